"""The stored verdicts on changes as facts: quoted, never tested again."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.reviews.facts.rows import Absent, FactRows
from cs_assets.statistics.verdict import WORDS

#: Suffix of a fact, how ``analytics.customer_changes`` calls the comparison, and the words.
COMPARISONS = (
    ("change", "before", "against the window before"),
    ("year_change", "year", "against a year earlier"),
)


class Judged:
    """Rows of ``reviews/changes``, by what is compared."""

    def __init__(self, rows: pd.DataFrame) -> None:
        keys = ["measure", "compared_with", "part"]
        self._rows = dict(list(rows.groupby(keys, sort=False)))

    def of(
        self,
        ids: pd.Series,
        measure: str,
        compared_with: str,
        part: str = "all",
        names: pd.Series | None = None,
    ) -> pd.DataFrame:
        """The verdict's columns in the order of ``ids`` (and ``names``); missing where none is."""
        found = self._rows.get((measure, compared_with, part))
        columns = ["name", "direction", "size", "n", "channels", "rising", "falling", "why"]
        if found is None:
            return pd.DataFrame(index=ids.index, columns=columns)
        keys = ["customer_id"] if names is None else ["customer_id", "name"]
        wanted = pd.DataFrame({"customer_id": ids.to_numpy()})
        if names is not None:
            wanted["name"] = names.to_numpy()
        rows = wanted.merge(found[["customer_id", *columns]], on=keys, how="left")
        rows.index = ids.index
        return rows


def add_verdict(
    facts: FactRows,
    ids: pd.Series,
    fact_id: str | pd.Series,
    label: str | pd.Series,
    rows: pd.DataFrame,
    absent: Sequence[Absent] = (),
) -> None:
    """The verdict in words; where nothing was compared, why."""
    facts.add(
        ids, fact_id, label, rows["direction"].map(WORDS), "text", n=_number(rows["n"]),
        source="changes", absent=[*absent, *_reasons(rows)],
    )  # fmt: skip


def _reasons(rows: pd.DataFrame) -> list[Absent]:
    gone = rows["direction"].eq("absent")
    return [
        Absent(gone & rows["why"].eq(why), "not_applicable", str(why))
        for why in sorted(rows.loc[gone, "why"].unique())
    ]


def _number(values: Any) -> pd.Series:
    return pd.to_numeric(pd.Series(values), errors="coerce").astype(float)


def numbers(rows: pd.DataFrame, column: str) -> pd.Series:
    """A column of figures, empty where nothing was compared."""
    return _number(rows[column]).where(rows["direction"].notna() & rows["direction"].ne("absent"))


def clear(rows: pd.DataFrame) -> np.ndarray:
    """Whether the verdict is a clear one."""
    found: np.ndarray = rows["direction"].isin(["rise", "fall"]).to_numpy()
    return found

"""Facts of many customers at once: columns in, rows of ``analytics.review_facts`` out.

One call of ``FactRows.add`` is one kind of fact for all customers; nothing here loops
over customers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.facts.model import Direction, Status, Unit, Visibility
from cs_assets.reviews.one_line import cleaned
from cs_assets.reviews.windows import Windows


@dataclass(frozen=True)
class Absent:
    """Where a fact has no value although a number is there, and why (first match wins)."""

    where: Any
    """Boolean per row."""
    status: Status
    reason: str


class FactRows:
    """Collects facts; ``frame`` gives them as one table, in the order they were added."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self._chunks: list[pd.DataFrame] = []

    def add(
        self,
        customer_id: pd.Series,
        fact_id: str | pd.Series,
        label: str | pd.Series,
        value: pd.Series,
        unit: Unit,
        *,
        n: pd.Series | None = None,
        window: str | None = "current",
        direction: Direction = "neutral",
        visibility: Visibility = "customer",
        source: str,
        absent: Sequence[Absent] = (),
    ) -> None:
        """One kind of fact. ``value`` is missing where there is no data.

        ``window`` names the span observed (``Windows.span``); ``None`` when the fact has none.
        """
        is_text = unit in ("text", "date")
        missing = value.isna()
        status = np.where(missing, "no_data", "ok").astype(object)
        reason = _filled_with(None, len(value))
        reason[missing.to_numpy()] = "nothing recorded"
        for rule in reversed(absent):
            where = np.asarray(rule.where, dtype=bool)
            status[where], reason[where] = rule.status, rule.reason
        shown = value.where(status == "ok")
        span = self._windows.span(window) if window else None
        self._chunks.append(
            pd.DataFrame(
                {
                    "customer_id": customer_id.to_numpy(),
                    "fact_id": fact_id if isinstance(fact_id, str) else fact_id.to_numpy(),
                    "label": label if isinstance(label, str) else label.to_numpy(),
                    "value_number": np.nan if is_text else shown.astype(float).to_numpy(),
                    "value_text": _texts(shown) if is_text else None,
                    "unit": unit,
                    "n": pd.array([pd.NA] * len(value), dtype="Int64")
                    if n is None
                    else n.astype("Int64").to_numpy(),
                    "period_start": span.start if span else None,
                    "period_end": span.end if span else None,
                    "direction": direction,
                    "status": status,
                    "reason": reason,
                    "visibility": visibility,
                    "source": f"reviews/{source}",
                }
            ).astype({"n": "Int64", "value_text": object})
        )

    def frame(self) -> pd.DataFrame:
        """All facts, customers together, each customer's facts in the order added."""
        chunks = [chunk for chunk in self._chunks if not chunk.empty]
        if not chunks:
            return self._chunks[0].assign(position=pd.Series(dtype="int64"))
        rows = pd.concat(chunks, ignore_index=True)
        rows = rows.sort_values("customer_id", kind="stable", ignore_index=True)
        rows["position"] = rows.groupby("customer_id", sort=False).cumcount()
        return rows


def _texts(values: pd.Series) -> Any:
    texts = _filled_with(None, len(values))
    known = values.notna().to_numpy()
    # A line break in a name would start a new block of the text that the name stands in.
    texts[known] = [cleaned(str(value)) for value in values[known]]
    return texts


def _filled_with(value: object, length: int) -> np.ndarray:
    return np.full(length, value, dtype=object)


def slugs(names: pd.Series, customer_id: pd.Series) -> pd.Series:
    """Names from data as parts of fact ids; two names that come out alike get a number."""
    plain = (
        names.astype(str)
        .str.normalize("NFKD")
        .str.lower()
        .str.replace(r"[^a-z0-9]+", "_", regex=True)
        .str.strip("_")
        .str.slice(0, 40)
        .replace("", "other")
    )
    repeat = plain.groupby([customer_id.to_numpy(), plain.to_numpy()]).cumcount()
    return plain.where(repeat == 0, plain + "_" + repeat.astype(str))


def percent_change(current: pd.Series, earlier: pd.Series) -> pd.Series:
    """Relative change in percent; infinite or undefined ones are missing."""
    change = (current - earlier) / earlier.where(earlier != 0) * 100
    return change.astype(float)


def rate(part: pd.Series, whole: pd.Series) -> pd.Series:
    """``part`` of ``whole`` in percent; missing where the whole is 0."""
    return part / whole.where(whole > 0) * 100


_ACRONYMS = {"sms": "SMS", "mms": "MMS", "seo": "SEO", "tv": "TV"}


def display_names(names: pd.Series) -> pd.Series:
    """Names from data as readers see them: ``email`` is ``Email``, ``paid_search`` two words."""
    words = names.astype(str).str.strip()
    simple = words.str.fullmatch(r"[a-z][a-z_]*").astype(bool)
    spelled = words.str.replace("_", " ", regex=False).str.capitalize()
    return words.map(_ACRONYMS).fillna(words.where(~simple, spelled))

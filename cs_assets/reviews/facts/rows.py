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
from cs_assets.feeds.coverage import CONVERSIONS, MESSAGES, TOUCHPOINTS
from cs_assets.feeds.gaps import Gaps
from cs_assets.names import shown
from cs_assets.reviews.facts.windows import Windows


@dataclass(frozen=True)
class Absent:
    """Where a fact has no value although a number is there, and why (first match wins)."""

    where: Any
    """Boolean per row."""
    status: Status
    reason: str


#: The feed that a statement's figures are made of.
_FEED_OF = {
    "conversions": CONVERSIONS,
    "conversions_by_part": CONVERSIONS,
    "engagement": MESSAGES,
    "engagement_by_channel": MESSAGES,
    "attribution_by_channel": TOUCHPOINTS,
}


@dataclass(frozen=True)
class Of:
    """What a fact is made of: a feed, the spans that it looks at, and the part by row if one."""

    feed: str | None = None
    spans: tuple[str, ...] = ()
    part: str | None = None
    names: "pd.Series[Any] | None" = None


class FactRows:
    """Collects facts; ``frame`` gives them as one table, in the order they were added.

    A figure whose data are not all there (``gaps``) has no value, whatever has been counted.
    """

    def __init__(self, windows: Windows, gaps: Gaps | None = None) -> None:
        self._windows = windows
        self.gaps = gaps or Gaps()
        self._customers: list[Any] = []
        self._columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}

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
        of: Of | None = None,
    ) -> None:
        """One kind of fact. ``value`` is missing where there is no data.

        ``window`` names the span observed (``Windows.span``); ``None`` when the fact has none.
        ``of`` says what it is made of where that is not the statement's feed over that span.
        """
        missing = value.isna().to_numpy()
        status = np.where(missing, "no_data", "ok").astype(object)
        reason = np.where(missing, "nothing recorded", "").astype(object)
        for rule in reversed(absent):
            where = pd.array(rule.where, dtype="boolean").to_numpy(dtype=bool, na_value=False)
            status[where], reason[where] = rule.status, rule.reason
        why = self._not_there(customer_id, of or Of(), source, window)
        gone = why.notna().to_numpy()
        status[gone], reason[gone] = "no_data", why[gone]
        if n is not None:
            n = n.where(~gone)
        is_text = unit in ("text", "date")
        kept = value.where(status == "ok")
        span = self._windows.span(window) if window else None
        self._customers.append(customer_id.to_numpy())
        self._put(
            len(value),
            fact_id=fact_id,
            label=label.map(shown) if isinstance(label, pd.Series) else label,
            value_number=np.nan if is_text else _rounded(kept),
            value_text=_texts(kept) if is_text else "",
            unit=unit,
            n=np.nan if n is None else n.to_numpy(dtype=float, na_value=np.nan),
            period_start=span.start if span else None,
            period_end=span.end if span else None,
            direction=direction,
            status=status,
            reason=reason,
            visibility=visibility,
            source=f"reviews/{source}",
        )

    def _not_there(
        self, ids: "pd.Series[Any]", of: Of, source: str, window: str | None
    ) -> "pd.Series[Any]":
        feed = of.feed or _FEED_OF.get(source)
        spans = of.spans or ((window,) if window else ())
        if feed is None or not spans or not self.gaps:
            return pd.Series(None, index=ids.index, dtype=object)
        if of.part is None or of.names is None:
            return self.gaps.why(ids, feed, *spans)
        return self.gaps.why_part(ids, of.names, feed, of.part, *spans)

    def _put(self, length: int, **columns: Any) -> None:
        """Keep the columns; one value stands for all rows."""
        for name, given in columns.items():
            kind = float if name in _NUMBERS else object
            if isinstance(given, pd.Series):
                given = given.to_numpy(dtype=object)
            elif not isinstance(given, np.ndarray):
                given = np.full(length, given, dtype=kind)
            self._columns[name].append(given)

    def frame(self) -> pd.DataFrame:
        """All facts, customers together, each customer's facts in the order added."""
        customers = np.concatenate(self._customers)
        codes, ids = pd.factorize(customers, sort=True)
        order = np.argsort(codes, kind="stable")
        rows = pd.DataFrame({"customer_id": np.asarray(ids, dtype=object)[codes[order]]})
        for name, parts in self._columns.items():
            rows[name] = np.concatenate(parts)[order]
        is_text = rows["unit"].isin(["text", "date"])
        rows["value_text"] = rows["value_text"].where(is_text & (rows["status"] == "ok"), None)
        rows["reason"] = rows["reason"].where(rows["status"] != "ok", None)
        rows["n"] = rows["n"].astype("Int64")
        starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
        lengths = np.diff(np.append(starts, len(order)))
        rows["position"] = np.arange(len(order)) - np.repeat(starts, lengths)
        return rows


_NUMBERS = ("value_number", "n")
_COLUMNS = (
    "fact_id", "label", "value_number", "value_text", "unit", "n", "period_start", "period_end",
    "direction", "status", "reason", "visibility", "source",
)  # fmt: skip


def _rounded(values: pd.Series) -> np.ndarray:
    """Far below what is shown, but above the noise of sums that are added in another order."""
    return np.round(values.to_numpy(dtype=float, na_value=np.nan), 4)


def _texts(values: pd.Series) -> Any:
    texts = np.full(len(values), "", dtype=object)
    known = values.notna().to_numpy()
    texts[known] = [str(value) for value in values[known]]
    return texts


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

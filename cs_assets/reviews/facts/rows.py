"""Facts of many customers at once: columns in, rows of ``analytics.review_facts`` out.

One call of ``FactRows.add`` is one kind of fact for all customers; nothing here loops
over customers.
"""

from collections.abc import Callable, Sequence
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
    Words are kept as codes: of millions of facts most columns say one of a few things.
    """

    def __init__(self, windows: Windows, gaps: Gaps | None = None) -> None:
        self._windows = windows
        self.gaps = gaps or Gaps()
        self._customers: list[Any] = []
        self._numbers: dict[str, list[np.ndarray]] = {name: [] for name in _NUMBERS}
        self._words = {name: _Words() for name in _WORDS}
        self._words["label"] = _Words(shown)

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
        call_id: "pd.Series[Any] | None" = None,
    ) -> None:
        """One kind of fact. ``value`` is missing where there is no data.

        ``window`` names the span observed (``Windows.span``); ``None`` when the fact has none.
        ``of`` says what it is made of where that is not the statement's feed over that span;
        ``call_id`` whose words the value quotes.
        """
        why = self._not_there(customer_id, of or Of(), source, window)
        known = self._put_status(value, absent, why)
        if n is not None and why is not None:
            n = n.where(why.isna())
        is_text = unit in ("text", "date")
        span = self._windows.span(window) if window else None
        self._customers.append(customer_id.to_numpy())
        self._put_numbers(
            len(value),
            value_number=None if is_text else _rounded(value, known),
            n=None if n is None else n.to_numpy(dtype=float, na_value=np.nan),
        )
        self._put(
            len(value),
            fact_id=fact_id,
            label=label,
            value_text=_texts(value, known) if is_text else None,
            unit=unit,
            period_start=span.start if span else None,
            period_end=span.end if span else None,
            direction=direction,
            visibility=visibility,
            source=f"reviews/{source}",
            quote_call_id=call_id,
        )

    def _put_status(
        self, value: pd.Series, absent: Sequence[Absent], why: "pd.Series[Any] | None"
    ) -> np.ndarray:
        """Keep status and reason of each row; which of them have a value."""
        code, reason_code = self._words["status"].code, self._words["reason"].code
        missing = value.isna().to_numpy()
        ok = code("ok")
        status = np.where(missing, code("no_data"), ok).astype(np.int32)
        reason = np.where(missing, reason_code("nothing recorded"), -1).astype(np.int32)
        for rule in reversed(absent):
            where = pd.array(rule.where, dtype="boolean").to_numpy(dtype=bool, na_value=False)
            status[where], reason[where] = code(rule.status), reason_code(rule.reason)
        if why is not None:
            gone = why.notna().to_numpy()
            status[gone] = code("no_data")
            reason[gone] = self._words["reason"].codes(why[gone])
        self._words["status"].parts.append(status)
        self._words["reason"].parts.append(reason)
        known: np.ndarray = status == ok
        return known

    def _not_there(
        self, ids: "pd.Series[Any]", of: Of, source: str, window: str | None
    ) -> "pd.Series[Any] | None":
        """Why a row's data are not all there, missing where they are; None where all are."""
        feed = of.feed or _FEED_OF.get(source)
        spans = of.spans or ((window,) if window else ())
        if feed is None or not spans or not self.gaps:
            return None
        if of.part is None or of.names is None:
            return self.gaps.why(ids, feed, *spans)
        return self.gaps.why_part(ids, of.names, feed, of.part, *spans)

    def _put(self, length: int, **columns: Any) -> None:
        """Keep the words; one value stands for all rows."""
        for name, given in columns.items():
            words = self._words[name]
            if isinstance(given, pd.Series | np.ndarray):
                words.parts.append(words.codes(given))
            else:
                words.parts.append(np.full(length, words.code(given), dtype=np.int32))

    def _put_numbers(self, length: int, **columns: np.ndarray | None) -> None:
        for name, given in columns.items():
            self._numbers[name].append(np.full(length, np.nan) if given is None else given)

    def frame(self) -> pd.DataFrame:
        """All facts, customers together, each customer's facts in the order added.

        Ids and words are categories.
        """
        codes, ids = pd.factorize(np.concatenate(self._customers), sort=True)
        order = np.argsort(codes, kind="stable")
        columns: dict[str, Any] = {
            "customer_id": pd.Categorical.from_codes(codes[order], pd.Index(ids))
        }
        for name in _COLUMNS:
            if name in _NUMBERS:
                columns[name] = np.concatenate(self._numbers[name])[order]
            else:
                columns[name] = self._words[name].column(order)
        rows = pd.DataFrame(columns, copy=False)
        rows["n"] = rows["n"].astype("Int64")
        starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
        lengths = np.diff(np.append(starts, len(order)))
        rows["position"] = np.arange(len(order)) - np.repeat(starts, lengths)
        return rows


class _Words:
    """A column of few different values: one code a row, -1 where there is none.

    ``as_kept`` makes of a value what is kept of it.
    """

    def __init__(self, as_kept: Callable[[Any], Any] = lambda value: value) -> None:
        self._as_kept = as_kept
        self._codes: dict[Any, int] = {}
        self.parts: list[np.ndarray] = []

    def code(self, value: Any) -> int:
        if value is None:
            return -1
        return self._codes.setdefault(self._as_kept(value), len(self._codes))

    def codes(self, values: Any) -> np.ndarray:
        """A code for each value."""
        found, different = pd.factorize(np.asarray(values, dtype=object))
        # Missing ones are -1 already: the last of the codes looked up.
        of_different = np.array([*map(self.code, different), -1], dtype=np.int32)
        return of_different[found]

    def column(self, order: np.ndarray) -> pd.Categorical:
        """The values in this order of the rows."""
        values = pd.Index(list(self._codes), dtype=object)
        return pd.Categorical.from_codes(np.concatenate(self.parts)[order], values)


_NUMBERS = ("value_number", "n")
_COLUMNS = (
    "fact_id", "label", "value_number", "value_text", "unit", "n", "period_start", "period_end",
    "direction", "status", "reason", "visibility", "source", "quote_call_id",
)  # fmt: skip
_WORDS = tuple(name for name in _COLUMNS if name not in _NUMBERS)


def _rounded(values: pd.Series, known: np.ndarray) -> np.ndarray:
    """Far below what is shown, but above the noise of sums that are added in another order."""
    numbers = np.round(values.to_numpy(dtype=float, na_value=np.nan), 4)
    numbers[~known] = np.nan
    return numbers


def _texts(values: pd.Series, known: np.ndarray) -> np.ndarray:
    texts = np.full(len(values), None, dtype=object)
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

"""What clearly changed of each customer: ``analytics.customer_changes``, judged once for all.

Reviews, segments, health and insights quote these rows; none of them tests again.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from cs_assets.customers.weekly import MISSING, Weekly
from cs_assets.feeds.coverage import CONVERSIONS, MESSAGES, USAGE
from cs_assets.feeds.gaps import Gaps
from cs_assets.frames import as_times
from cs_assets.statistics import counts, dispersion, rates
from cs_assets.statistics.changes import Changes
from cs_assets.statistics.verdict import judged

Comparison = Literal["before", "year"]
#: ``Session.query`` of the warehouse port: statement and parameters to rows.
Query = Callable[[str, Sequence[Any]], pd.DataFrame]

_YEAR = 52
#: Weeks of the past that dispersion is read from.
_PAST = 2 * _YEAR
_RATES = {"open_rate": "opened", "click_rate": "clicked"}


@dataclass(frozen=True)
class Readings:
    """Rows of ``customers/conversions_by_week``, ``key_actions_by_week``, ``sends_by_window``."""

    conversions: pd.DataFrame
    key_actions: pd.DataFrame
    sends: pd.DataFrame


def read(query: Query, week: dt.date, window: int) -> Readings:
    """All that ``change_rows`` looks at, of all customers."""
    weeks = weeks_needed(window)
    return Readings(
        conversions=query("customers/conversions_by_week", [week, weeks]),
        key_actions=query("customers/key_actions_by_week", [week, weeks]),
        sends=query("customers/sends_by_window", [week, window, windows_needed(window)]),
    )


def weeks_needed(window: int) -> int:
    """Weeks looked back for conversions and key actions."""
    return max(_PAST, _YEAR) + window


def windows_needed(window: int) -> int:
    """Windows looked back for messages: to the one a year earlier."""
    return _YEAR // window + 1


def change_rows(
    readings: Readings, week: dt.date, window: int, gaps: Gaps | None = None
) -> pd.DataFrame:
    """Verdicts of all customers on the window that ends with ``week`` (Monday).

    One kind of statement (measure, comparison, part) is judged over all customers together; what
    ``gaps`` says is not all there is not compared.
    """
    gaps = gaps or Gaps()
    parts = [
        *_conversions(readings.conversions, week, window, gaps),
        *_key_actions(readings.key_actions, week, window, gaps),
        *_rates(readings.sends, week, window, gaps),
    ]
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return rows.assign(week_start=week, window_weeks=window)


# --- counts and values ------------------------------------------------------------------


def _series(
    rows: pd.DataFrame, by: str | None, values: Sequence[str], week: dt.date, window: int
) -> list[Weekly]:
    return Weekly.of_each(rows, by, values, week, weeks_needed(window), window)


def _changes(series: Weekly, window: int, compared_with: Comparison, kind: counts.Kind) -> Changes:
    past = series.weekly[:, -(_PAST + window) : -window]
    spread = dispersion.of_weeks(past, window, kind.floor)
    if compared_with == "before":
        return counts.on_window_before(series.weekly, window, spread, kind)
    return counts.on_window(series.weekly, window, _YEAR, spread, kind)


def _absent(
    keys: pd.DataFrame, week: dt.date, window: int, compared_with: Comparison,
    gaps: Gaps, feed: str, part: str | None = None,
) -> list[str | None]:  # fmt: skip
    """Why there is nothing to compare, by series: the data begin later, or are not all there."""
    weeks_back = 2 * window if compared_with == "before" else _YEAR + window
    start = pd.Timestamp(week) - pd.Timedelta(weeks=weeks_back - 1)
    known_by = start + pd.Timedelta(days=7 * window // MISSING)
    reason = (
        "the data begin after the start of the window before"
        if compared_with == "before"
        else "no data from a year earlier"
    )
    spans = ("current", "prior" if compared_with == "before" else "year_ago")
    gone = (
        gaps.why(keys["customer_id"], feed, *spans)
        if part is None
        else gaps.why_part(keys["customer_id"], keys["name"], feed, part, *spans)
    )
    is_later = (as_times(keys["first_date"]) > known_by).tolist()
    return [reason if later else why for later, why in zip(is_later, gone, strict=True)]


def _rows(
    keys: pd.DataFrame, changes: Changes, absent: Sequence[str | None], **labels: str
) -> pd.DataFrame:
    verdicts = judged(changes, absent)
    return pd.concat([keys[["customer_id", "name"]], verdicts], axis=1).assign(**labels)


def _conversions(
    rows: pd.DataFrame, week: dt.date, window: int, gaps: Gaps
) -> Iterator[pd.DataFrame]:
    measures = (("conversions", counts.COUNTS), ("conversion_value", counts.VALUES))
    columns = ("conversions", "value")
    comparisons: tuple[Comparison, ...] = ("before", "year")
    cases: dict[Comparison, np.ndarray] = {}
    wholes = _series(rows, None, columns, week, window)
    for (measure, kind), whole in zip(measures, wholes, strict=True):
        for compared in comparisons:
            changes = _changes(whole, window, compared, kind)
            # The n of a value is conversions, not dollars.
            changes = replace(changes, n=cases.setdefault(compared, changes.n))
            absent = _absent(whole.keys, week, window, compared, gaps, CONVERSIONS)
            yield _rows(
                whole.keys, changes, absent, measure=measure, compared_with=compared, part="all"
            )
    numbers, values = _series(rows, "channel", columns, week, window)
    for compared in comparisons:
        changes = _changes(numbers, window, compared, counts.COUNTS)
        absent = _absent(numbers.keys, week, window, compared, gaps, CONVERSIONS, "channel")
        labels = {"measure": "conversions", "compared_with": compared}
        yield _rows(numbers.keys, changes, absent, part="channel", **labels)
        if compared == "before":
            moved = np.nan_to_num(_moved(values.weekly, window))
            owner = numbers.keys.groupby("customer_id", sort=True).ngroup().to_numpy()
            gone = [reason is not None for reason in absent]
            compared_ones = replace(changes, p_value=np.where(gone, np.nan, changes.p_value))
            picked = counts.of_most_moved(compared_ones, owner, by=moved)
            keys = numbers.keys.loc[picked.place].reset_index(drop=True)
            yield _rows(
                keys, picked.changes, [absent[one] for one in picked.place], part="picked",
                **labels,
            )  # fmt: skip


def _moved(weekly: np.ndarray, window: int) -> np.ndarray:
    moved: np.ndarray = weekly[:, -window:].sum(axis=1) - weekly[:, -2 * window : -window].sum(
        axis=1
    )
    return moved


def _key_actions(
    rows: pd.DataFrame, week: dt.date, window: int, gaps: Gaps
) -> Iterator[pd.DataFrame]:
    parts: tuple[tuple[str | None, str], ...] = ((None, "all"), ("module_code", "module"))
    for by, part in parts:
        (used,) = _series(rows, by, ["key_actions"], week, window)
        yield _rows(
            used.keys, _changes(used, window, "before", counts.COUNTS),
            _absent(used.keys, week, window, "before", gaps, USAGE, by),
            measure="key_actions", compared_with="before", part=part,
        )  # fmt: skip


# --- rates ------------------------------------------------------------------------------


def _rates(rows: pd.DataFrame, week: dt.date, window: int, gaps: Gaps) -> Iterator[pd.DataFrame]:
    if rows.empty:
        return
    customers = rows[["customer_id", "first_date"]].drop_duplicates().reset_index(drop=True)
    channels = sorted(rows["channel"].unique())
    for measure, events in _RATES.items():
        sends = _sends(rows, customers["customer_id"], channels, events, windows_needed(window))
        spread = rates.spread_of(sends)
        comparisons: tuple[tuple[Comparison, int], ...] = (("before", 1), ("year", _YEAR // window))
        for compared, back in comparisons:
            changed = rates.changes(sends, spread, back)
            absent = _absent(customers, week, window, compared, gaps, MESSAGES)
            of_channels = _absent_by_channel(customers, channels, week, window, compared, gaps)
            yield from _of_rate(
                changed, customers.assign(name=""), channels, absent, of_channels,
                {"measure": measure, "compared_with": compared},
            )  # fmt: skip


def _absent_by_channel(
    customers: pd.DataFrame, channels: Sequence[str], week: dt.date, window: int,
    compared: Comparison, gaps: Gaps,
) -> list[list[str | None]]:  # fmt: skip
    """The reasons of customers x channels."""
    each = [customers.assign(name=channel) for channel in channels]
    columns = [_absent(one, week, window, compared, gaps, MESSAGES, "channel") for one in each]
    return [list(row) for row in zip(*columns, strict=True)]


def _of_rate(
    changed: rates.RateChanges,
    customers: pd.DataFrame,
    channels: Sequence[str],
    absent: Sequence[str | None],
    absent_by_channel: Sequence[Sequence[str | None]],
    labels: dict[str, str],
) -> Iterator[pd.DataFrame]:
    none_sent = "no messages in one of the windows"
    reasons = [
        reason or (none_sent if not there else None)
        for reason, there in zip(absent, changed.strata > 0, strict=True)
    ]
    yield _rows(customers, changed.combined, reasons, part="all", **labels).assign(
        channels=changed.strata, rising=changed.rising, falling=changed.falling
    )
    yield _rows(customers, changed.mix, reasons, part="mix", **labels)
    of = changed.by_stratum
    there = ~np.isnan(of.p_value)
    row, column = np.nonzero(there)
    single = Changes(
        size=of.size[there], low=of.low[there], high=of.high[there], n=of.n[there],
        p_value=of.p_value[there], can_be_clear=of.can_be_clear[there], method=of.method[there],
    )  # fmt: skip
    keys = pd.DataFrame(
        {
            "customer_id": customers["customer_id"].to_numpy()[row],
            "name": np.array(channels, dtype=object)[column],
        }
    )
    reasons = [absent_by_channel[int(i)][int(k)] for i, k in zip(row, column, strict=True)]
    yield _rows(keys, single, reasons, part="channel", **labels)


def _sends(
    rows: pd.DataFrame, customers: pd.Series, channels: Sequence[str], events: str, windows: int
) -> rates.Sends:
    shape = (len(customers), len(channels), windows)
    place = (
        rows["customer_id"].map(pd.Series(range(len(customers)), index=customers)).to_numpy(),
        rows["channel"].map({name: i for i, name in enumerate(channels)}).to_numpy(),
        rows["back"].to_numpy(),
    )

    def sums(column: str) -> np.ndarray:
        found = np.zeros(shape)
        found[place] = rows[column].to_numpy(dtype=float)
        return found

    return rates.Sends(
        sends=sums("sends"), sent=sums("sent"), events=sums(events),
        events_squared=sums(f"{events}_squared"), events_sent=sums(f"{events}_sent"),
        sent_squared=sums("sent_squared"),
    )  # fmt: skip

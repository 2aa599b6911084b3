"""From readings to fact rows, and from fact rows back to one sheet per customer."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from math import nan
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.facts.model import Fact, FactSheet, Quote
from cs_assets.feeds.gaps import Gaps
from cs_assets.reviews.configuration import Edition, ReviewSettings
from cs_assets.reviews.facts.account import (
    add_customer,
    add_gaps,
    add_goal,
    add_lost_modules,
    add_modules,
    add_period,
    add_state,
)
from cs_assets.reviews.facts.attribution import add_attribution
from cs_assets.reviews.facts.benchmarks import add_benchmarks, add_peers_by_channel
from cs_assets.reviews.facts.contract import add_contract, add_first_action
from cs_assets.reviews.facts.conversions import (
    add_conversions,
    add_conversions_by,
    add_forecast,
    add_weekly_series,
)
from cs_assets.reviews.facts.engagement import add_engagement, add_engagement_by_channel, by_window
from cs_assets.reviews.facts.judged import Judged
from cs_assets.reviews.facts.readings import Readings
from cs_assets.reviews.facts.rows import FactRows
from cs_assets.reviews.facts.said import add_said
from cs_assets.reviews.facts.usage import add_usage, add_usage_by_module
from cs_assets.reviews.facts.windows import Windows

#: Columns that make a snapshot: all that a reader could see of a fact.
_SEEN = ("fact_id", "label", "value_number", "value_text", "unit", "n", "period_start",
         "period_end", "direction", "status", "reason", "visibility", "source")  # fmt: skip


def windows_of(week: dt.date, edition: Edition, settings: ReviewSettings) -> Windows:
    """The windows of an edition that ends with ``week`` (Monday)."""
    lengths = settings.windows[edition]
    return Windows(week, lengths.weeks, lengths.trend_weeks)


def fact_rows(readings: Readings, windows: Windows, settings: ReviewSettings) -> FactRows:
    """All facts of all customers read."""
    customers = readings.customers
    facts = FactRows(windows, Gaps(readings.gaps))
    add_customer(facts, customers)
    add_gaps(facts, customers)
    add_period(facts, customers, windows)
    judged = Judged(readings.changes)
    add_conversions(facts, customers, readings.conversions, windows, judged, settings.evidence)
    for part in ("channel", "region"):
        add_conversions_by(
            facts, readings.conversions_by_part, part, readings.conversions, windows,
            judged, settings.evidence,
        )  # fmt: skip
    engagement = by_window(readings.engagement)
    add_engagement(facts, customers, engagement, windows, judged, settings.evidence)
    add_engagement_by_channel(facts, readings.engagement_by_channel, engagement, windows, judged)
    add_peers_by_channel(
        facts, readings.engagement_by_channel, readings.peers_by_channel, settings.benchmarks
    )
    add_attribution(
        facts, customers, readings.attribution_by_channel, readings.conversions, windows,
        settings.evidence,
    )  # fmt: skip
    add_benchmarks(
        facts, customers, readings.benchmarks, readings.benchmark_own, settings.benchmarks, windows
    )
    add_state(facts, customers, readings.customer_state)
    add_said(facts, customers, readings.said)
    add_contract(facts, customers, readings.customer_state, readings.given_back, settings.modules)
    add_first_action(facts, customers, readings.customer_state)
    add_usage(facts, customers, readings.usage, windows, judged, settings.evidence)
    add_modules(facts, readings.adoption_by_module, settings.modules)
    add_usage_by_module(
        facts, readings.usage, readings.adoption_by_module, windows, judged, settings.modules
    )
    add_lost_modules(facts, customers, readings.adoption_by_module, settings.modules)
    add_goal(facts, customers, readings.adoption_by_module, settings)
    add_weekly_series(facts, customers, readings.conversions_by_week, windows)
    add_forecast(facts, customers, readings.forecasts, settings.forecast)
    return facts


def review_facts(
    readings: Readings, windows: Windows, settings: ReviewSettings, edition: Edition
) -> pd.DataFrame:
    """Rows of ``analytics.review_facts`` for all customers read, with snapshot and cut-off."""
    rows = fact_rows(readings, windows, settings).frame()
    rows["week_start"] = _everywhere(windows.week_start, rows)
    rows["edition"] = _everywhere(edition, rows)
    rows["cutoff"] = pd.Timestamp(windows.cutoff)
    made, ids = snapshots(rows), rows["customer_id"].cat
    codes, different = pd.factorize(np.array([made[one] for one in ids.categories], dtype=object))
    rows["snapshot_id"] = pd.Categorical.from_codes(codes[ids.codes], pd.Index(different))
    return rows


def _everywhere(value: Any, rows: pd.DataFrame) -> pd.Categorical:
    """One value in all rows."""
    return pd.Categorical.from_codes(
        np.zeros(len(rows), dtype=np.int8), pd.Index([value], dtype=object)
    )


def snapshots(rows: pd.DataFrame) -> dict[str, str]:
    """Sixteen hex digits per customer that change when any of its facts does.

    Columns are hashed value by distinct value, rows then as plain memory: the same facts have the
    same snapshot whichever customers are computed together.
    """
    cells = np.column_stack([_hashes(rows[name]) for name in _SEEN])
    codes, ids = pd.factorize(rows["customer_id"])
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    ends = np.append(starts, len(rows))[1:]  # of no rows there are none
    return {
        str(ids[codes[start]]): hashlib.sha256(cells[start:end].tobytes()).hexdigest()[:16]
        for start, end in zip(starts, ends, strict=True)
    }


def _hashes(column: pd.Series) -> np.ndarray:
    """64 bits per value; numbers are their own bits (missing ones and both zeros alike)."""
    if column.dtype.kind in "fi" or str(column.dtype) == "Int64":
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
        return np.where(np.isnan(numbers), 0.5**200, numbers + 0.0).view(np.uint64)
    words = column.astype("category").cat
    digests = (hashlib.sha256(repr(value).encode()).digest() for value in [*words.categories, nan])
    bits = np.array([int.from_bytes(d[:8], "big") for d in digests], dtype=np.uint64)
    return bits[words.codes]  # a missing value has the code -1: the last


def sheets(rows: pd.DataFrame) -> Iterator[FactSheet]:
    """One sheet per customer from rows of ``analytics.review_facts`` in their order."""
    for customer, group in rows.groupby("customer_id", sort=False, observed=True):
        facts = tuple(_fact(row) for row in group.itertuples(index=False))
        first = group.iloc[0]
        week = _date(first["week_start"])
        assert week is not None
        yield FactSheet(
            entity_type="customer",
            entity_id=str(customer),
            period_start=week,
            period_end=week + dt.timedelta(days=6),
            cutoff=pd.Timestamp(first["cutoff"]).to_pydatetime(),
            facts=facts,
        )


def _fact(row: Any) -> Fact:
    value = row.value_text if row.unit in ("text", "date") else row.value_number
    return Fact(
        fact_id=row.fact_id,
        label=row.label,
        value=None if row.status != "ok" else value,
        unit=row.unit,
        n=None if pd.isna(row.n) else int(row.n),
        period_start=_date(row.period_start),
        period_end=_date(row.period_end),
        direction=row.direction,
        status=row.status,
        reason=None if pd.isna(row.reason) else row.reason,
        visibility=row.visibility,
        source=row.source,
        call_id=None if pd.isna(row.quote_call_id) else row.quote_call_id,
    )


def _date(value: Any) -> dt.date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def sheet_from_json(text: str) -> FactSheet:
    """The sheet that ``FactSheet.as_json`` wrote."""
    document = json.loads(text)
    return FactSheet(
        entity_type=document["entity_type"],
        entity_id=document["entity_id"],
        period_start=dt.date.fromisoformat(document["period_start"]),
        period_end=dt.date.fromisoformat(document["period_end"]),
        cutoff=dt.datetime.fromisoformat(document["cutoff"]),
        facts=tuple(
            Fact(
                **fact
                | {
                    "period_start": _iso(fact["period_start"]),
                    "period_end": _iso(fact["period_end"]),
                }
            )
            for fact in document["facts"]
        ),
        quotes=tuple(Quote(**quote) for quote in document["quotes"]),
    )


def _iso(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)

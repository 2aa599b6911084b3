"""Health of a customer: few factors, visible weights, and a coverage that says what is missing.

score = 100 x sum(weight x share) / sum(weight), over the factors that are known.
A missing factor leaves both sums: missing is not zero. Below the minimum coverage
there is no score. A lost feed can so never turn a customer green or red.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from cs_assets.customers.adoption import ratio
from cs_assets.customers.policy import CustomerPolicy, HealthRules
from cs_assets.feeds.coverage import CALLS, CONVERSIONS, MESSAGES, USAGE
from cs_assets.feeds.gaps import Gaps
from cs_assets.frames import records

#: Columns of the verdicts on four weeks against the four before, and what each is on.
_VERDICTS = {
    "usage_verdict": "key_actions",
    "conversions_verdict": "conversions",
    "value_verdict": "conversion_value",
}

#: Metrics by the feed and spans that they are made of; those of use are emptied module by module.
_MADE_OF: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (CONVERSIONS, ("week",), ("conversions_week", "conversion_value_week")),
    (CONVERSIONS, ("current",), ("conversions_4w", "conversion_value_4w")),
    (CONVERSIONS, ("prior",), ("conversions_prior_4w", "conversion_value_prior_4w")),
    (
        MESSAGES, ("current",),
        ("messages_sent_4w", "open_rate_4w", "click_rate_4w", "engagement_score_4w"),
    ),
    (
        CALLS, ("current",),
        ("calls_4w", "negative_calls_4w", "judged_calls_4w", "days_since_contact"),
    ),
)  # fmt: skip

#: By the metric that is empty when its feed is not all there: what is not known then.
UNKNOWN_WITH: dict[str, tuple[str, tuple[str, ...]]] = {
    "key_actions_4w": (
        USAGE,
        (
            "key_actions_4w", "usage_change", "clear_usage_change", "usage_direction", "breadth",
            "dropped_modules", "declining_modules", "collapsed_modules", "not_started_modules",
        ),
    ),
    "active_modules": ("contracts", ("active_modules", "breadth", "not_started_modules")),
    "conversions_4w": (
        CONVERSIONS,
        (
            "conversions_4w", "conversion_value_change", "clear_conversion_count_change",
            "clear_conversion_change",
        ),
    ),
    "calls_4w": (CALLS, ("negative_calls_4w", "days_since_contact")),
}  # fmt: skip

HealthSegment = Literal["Red", "Yellow", "Green", "Unknown"]


@dataclass(frozen=True, slots=True)
class Health:
    """Score 0 to 100 or ``None``, its colour, the weight known, and each factor's part."""

    score: float | None
    segment: HealthSegment
    coverage: float
    factors: dict[str, dict[str, float | None]]
    override: str | None = None


def with_health(
    metrics: pd.DataFrame,
    verdicts: pd.DataFrame,
    gaps: Gaps,
    policy: CustomerPolicy,
    before: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Rows of ``analytics.customer_metrics`` from ``customers/metrics``, health added.

    ``verdicts``: rows of ``customers/changes_of_week``. What is made of data that are not all there
    (``gaps``) is empty, and while a feed of health is late a customer's health stays what it was
    (``before``: the metrics of the week before), and says so.
    """
    rows = known_only(metrics, gaps)
    whole = verdicts[verdicts["part"] == "all"]
    for column, measure in _VERDICTS.items():
        judged = whole[whole["measure"] == measure].set_index("customer_id")["direction"]
        rows[column] = rows["customer_id"].map(judged).astype(object)
    rows["seat_utilisation"] = ratio(rows["active_users"], rows["contracted_seats"])
    rows["usage_change"] = ratio(rows["key_actions_4w"], rows["key_actions_prior_4w"]) - 1
    found = [
        of_customer(row, policy.health)
        for row in records(derived(rows, policy.minimum_conversions))
    ]
    rows["health_score"] = [health.score for health in found]
    rows["health_segment"] = [health.segment for health in found]
    rows["health_coverage"] = [health.coverage for health in found]
    rows["health_factors"] = [json.dumps(health.factors, sort_keys=True) for health in found]
    rows["health_override"] = [health.override for health in found]
    return _kept(rows, before, gaps)


def known_only(metrics: pd.DataFrame, gaps: Gaps) -> pd.DataFrame:
    """Metrics without those whose data are not all there."""
    rows = metrics.copy()
    for feed, spans, columns in _MADE_OF:
        gone = gaps.why(rows["customer_id"], feed, *spans).notna()
        for column in columns:
            rows[column] = rows[column].where(~gone)
    return rows


def _kept(rows: pd.DataFrame, before: pd.DataFrame | None, gaps: Gaps) -> pd.DataFrame:
    """Health as it was where a feed is late: what has not arrived moves nobody."""
    late = pd.Series(None, index=rows.index, dtype=object)
    for feed, spans in (
        (USAGE, ("week", "current", "prior")), (CONVERSIONS, ("current", "prior")),
        (MESSAGES, ("current",)), (CALLS, ("current",)),
    ):  # fmt: skip
        reasons = gaps.late(rows["customer_id"], feed, *spans)
        late = late.where(late.notna(), reasons)
    if before is None or before.empty:
        held = pd.DataFrame(index=rows.index, columns=["health_score", "health_segment"])
    else:
        held = before.set_index("customer_id").reindex(rows["customer_id"])
        held.index = rows.index
    stays = late.notna() & held["health_segment"].notna() & held["health_segment"].ne("Unknown")
    for column in ("health_score", "health_segment"):
        rows[column] = held[column].where(stays, rows[column])
    rows["health_score"] = rows["health_score"].astype(float)
    words = "as it was the week before: " + late.where(late.notna(), "").astype(str)
    rows["health_override"] = words.where(stays, rows["health_override"])
    return rows


def derived(metrics: pd.DataFrame, minimum_conversions: int) -> pd.DataFrame:
    """Metrics with the figures that rules read and the table does not keep.

    The change of conversion value is empty below ``minimum_conversions`` in both
    windows together: a handful of conversions moves by half from chance alone. What is
    ``clear`` is empty unless the stored verdict says so; the value's also where the number of
    conversions clearly went the other way. ``judged_usage_change`` is that change, zero where
    there is no clear one, and empty where nothing can be said; ``judged_outcome_change`` the same
    of conversions, by value where that is clear and else by number.
    """
    rows = metrics.copy()
    rows["breadth"] = ratio(rows["adopted_modules"], rows["active_modules"])
    rows["negative_call_share"] = ratio(rows["negative_calls_4w"], rows["judged_calls_4w"])
    value = ratio(rows["conversion_value_4w"], rows["conversion_value_prior_4w"]) - 1
    number = ratio(rows["conversions_4w"], rows["conversions_prior_4w"]) - 1
    conversions = rows["conversions_4w"] + rows["conversions_prior_4w"].fillna(0)
    rows["conversion_value_change"] = value.where(conversions >= minimum_conversions)
    opposed = {"rise": "fall", "fall": "rise"}
    mixed = rows["conversions_verdict"] == rows["value_verdict"].map(opposed)
    rows["clear_conversion_count_change"] = _clear(number, rows["conversions_verdict"])
    rows["clear_conversion_change"] = _clear(value, rows["value_verdict"]).where(~mixed)
    rows["clear_usage_change"] = _clear(rows["usage_change"], rows["usage_verdict"])
    rows["usage_direction"] = rows["usage_verdict"]
    rows["judged_usage_change"] = _judged(rows["clear_usage_change"], rows["usage_verdict"])
    still = (rows["conversions_verdict"] == "none") | (rows["value_verdict"] == "none")
    rows["judged_outcome_change"] = _judged(
        rows["clear_conversion_change"].fillna(rows["clear_conversion_count_change"].where(~mixed)),
        still.map({True: "none", False: ""}),
    )
    rows["feeds_not_known"] = rows[rows.columns.intersection(list(UNKNOWN_WITH))].isna().sum(axis=1)
    return rows


def _judged(clear: pd.Series, verdict: pd.Series) -> pd.Series:
    """The clear change; zero where there is none, empty where nothing can be said."""
    return clear.where(clear.notna() | (verdict != "none"), 0.0)


def _clear(change: pd.Series, verdict: pd.Series) -> pd.Series:
    """The change where the verdict goes its way."""
    way = verdict.map({"rise": 1.0, "fall": -1.0}).astype(float)
    return change.astype(float).where(way * change.astype(float) > 0)


def of_customer(row: Mapping[str, Any], rules: HealthRules) -> Health:
    """The health of one customer from its derived metrics."""
    values = {
        "breadth": row["breadth"],
        "usage_trend": row["judged_usage_change"],
        "utilisation": row["seat_utilisation"],
        "outcomes": row["judged_outcome_change"],
        "engagement": row["engagement_score_4w"],
        "calls": row["negative_call_share"],
    }
    factors: dict[str, dict[str, float | None]] = {}
    known = earned = 0.0
    for name, factor in rules.factors.items():
        value = values[name]
        if pd.isna(value):
            factors[name] = _part(None, None, factor.weight, None)
            continue
        share = factor.share(float(value))
        known += factor.weight
        earned += factor.weight * share
        factors[name] = _part(float(value), share, factor.weight, 100 * factor.weight * share)
    coverage = round(known, 6)
    if coverage < rules.minimum_coverage or not known:
        return Health(None, "Unknown", coverage, factors)
    score = round(100 * earned / known, 1)
    colour = _colour(score, rules)
    capped, why = _capped(colour, row, rules)
    return Health(score, capped, coverage, factors, why)


def _capped(
    colour: HealthSegment, row: Mapping[str, Any], rules: HealthRules
) -> tuple[HealthSegment, str | None]:
    """The colour that the vetoes leave, and the words of those that changed it."""
    order: list[HealthSegment] = ["Red", "Yellow", "Green"]
    fitting = [(veto.cap, found) for veto in rules.vetoes if (found := veto.fitting(row))]
    lowest = min((order.index(cap) for cap, _ in fitting), default=len(order))
    if lowest >= order.index(colour):
        return colour, None
    reasons = [
        c.in_words(row) for cap, found in fitting if order.index(cap) == lowest for c in found
    ]
    return order[lowest], f"at most {order[lowest]}, {'; '.join(dict.fromkeys(reasons))}"


def _part(
    value: float | None, share: float | None, weight: float, points: float | None
) -> dict[str, float | None]:
    return {
        "value": None if value is None else round(value, 4),
        "share": None if share is None else round(share, 4),
        "weight": weight,
        "points": None if points is None else round(points, 2),
    }


def _colour(score: float, rules: HealthRules) -> HealthSegment:
    if score >= rules.green_from:
        return "Green"
    return "Yellow" if score >= rules.yellow_from else "Red"

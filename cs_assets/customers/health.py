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
from cs_assets.frames import records

#: Normal quantile from which a difference of counts is taken for real (5 %, two-sided).
_CLEAR = 1.96

HealthSegment = Literal["Red", "Yellow", "Green", "Unknown"]


@dataclass(frozen=True, slots=True)
class Health:
    """Score 0 to 100 or ``None``, its colour, the weight known, and each factor's part."""

    score: float | None
    segment: HealthSegment
    coverage: float
    factors: dict[str, dict[str, float | None]]
    override: str | None = None


def with_health(metrics: pd.DataFrame, policy: CustomerPolicy) -> pd.DataFrame:
    """Rows of ``analytics.customer_metrics`` from ``customers/metrics``, health added."""
    rows = metrics.copy()
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
    return rows


def derived(metrics: pd.DataFrame, minimum_conversions: int) -> pd.DataFrame:
    """Metrics with the figures that rules read and the table does not keep.

    The change of conversion value is empty below ``minimum_conversions`` in both
    windows together: a handful of conversions moves by half from chance alone.
    ``clear_conversion_change`` is the same, and empty unless the counts differ by
    more than chance: what a customer is called after.
    """
    rows = metrics.copy()
    rows["breadth"] = ratio(rows["adopted_modules"], rows["active_modules"])
    change = ratio(rows["conversion_value_4w"], rows["conversion_value_prior_4w"]) - 1
    conversions = rows["conversions_4w"] + rows["conversions_prior_4w"].fillna(0)
    rows["conversion_value_change"] = change.where(conversions >= minimum_conversions)
    rows["clear_conversion_change"] = rows["conversion_value_change"].where(_is_clear(rows))
    rows["negative_call_share"] = ratio(rows["negative_calls_4w"], rows["judged_calls_4w"])
    return rows


def _is_clear(rows: pd.DataFrame) -> pd.Series:
    """Whether the two windows' counts of conversions differ by more than chance.

    For two Poisson counts a and b, (a - b) / sqrt(a + b) is about standard normal
    when nothing has changed.
    """
    now, before = rows["conversions_4w"].astype(float), rows["conversions_prior_4w"].astype(float)
    together = (now + before).where(now + before > 0)
    return ((now - before).abs() / together**0.5) >= _CLEAR


def of_customer(row: Mapping[str, Any], rules: HealthRules) -> Health:
    """The health of one customer from its derived metrics."""
    values = {
        "breadth": row["breadth"],
        "usage_trend": row["usage_change"],
        "utilisation": row["seat_utilisation"],
        "outcomes": row["conversion_value_change"],
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
    stops = [c.in_words(row) for c in rules.never_green_when if c.fits(row)]
    if colour == "Green" and stops:
        return Health(score, "Yellow", coverage, factors, f"not Green, {'; '.join(stops)}")
    return Health(score, colour, coverage, factors)


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

"""What an account asks of a CSM: neediness, capacity points, churn risk, and what is unknown.

Both formulas are sums and products of values in the policy, so that each number
can be taken apart again; `neediness_terms` keeps the parts.
"""

import json
import math
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from cs_assets.routing import border
from cs_assets.routing.policy import TENURE, AtRisk, Neediness, Points, Policy, Tenure
from cs_assets.routing.rows import Row, known, rows_of

_RISK = {0: "none", 1: "low", 2: "medium", 3: "high"}

#: What routing would like to know of an account; empty ones are listed in `missing`.
WANTED = (
    "segment",
    "account_level",
    "region",
    "language",
    "lifecycle_stage",
    "revenue",
    "health_segment",
    "tad_score",
)


def weigh(accounts: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """`accounts`, one row each, with churn_risk, neediness, neediness_terms, at_risk, points
    and coverage (the shared book that the policy means for it; None: a CSM's).

    Needs the columns of `sql/routing/describe_batch.sql`. An unknown value takes
    the policy's price for `unknown` in the points and adds nothing to neediness; impossible
    values count as unknown and are named in `problems` and `unusable` (`border.accounts`).
    """
    out = border.accounts(accounts, policy)
    out["churn_risk"] = [_RISK[int(worst)] for worst in out["worst_signal"]]
    terms = [_neediness_terms(row, policy.neediness) for row in rows_of(out)]
    out["neediness_terms"] = [json.dumps(parts) for parts in terms]
    out["neediness"] = [round(sum(parts.values()), 3) for parts in terms]
    out["at_risk"] = [round(_at_risk(row, policy.objective.at_risk), 3) for row in rows_of(out)]
    out["points"] = [round(_points(row, policy.points), 2) for row in rows_of(out)]
    out["coverage"] = [_coverage(row, policy) for row in rows_of(out)]
    return out


def describe(
    accounts: pd.DataFrame,
    policy: Policy,
    *,
    parents: Mapping[str, str] | None = None,
    regions: Collection[str] | None = None,
) -> pd.DataFrame:
    """The accounts of a batch, weighed, with focus, waiting days and the list of unknowns.

    ``parents`` gives the parent of every account, owned ones too (None: as the batch says);
    ``regions`` are those in which CSMs work, beside the policy's (None: any may be one).
    """
    out = weigh(accounts, policy)
    if parents is None:
        has_parent = out[out["parent_account_id"].notna()]
        parents = dict(zip(has_parent["account_id"], has_parent["parent_account_id"], strict=True))
    out = border.without_circles(out, parents)
    if regions is not None:
        out = border.known_regions(out, policy, regions)
    since = pd.to_datetime(out["waiting_since"], errors="coerce")
    waited = pd.to_datetime(out["batched_at"]) - since
    out["waiting_days"] = (waited.dt.total_seconds() / 86_400).clip(lower=0).round(3)
    out["in_focus"] = (out["segment"] == policy.focus.segment) & (
        out["account_level"] == policy.focus.level
    )
    out["missing"] = [
        json.dumps([name for name in WANTED if not known(row[name])]) for row in rows_of(out)
    ]
    return out


def wanted_band(neediness: float, tenure: Tenure) -> int:
    """Index of the tenure band that an account of this neediness wants (0 = New)."""
    steps = [tenure.neediness_wants[name] for name in TENURE]
    return sum(neediness >= step for step in steps) - 1


def _known(value: Any) -> str:
    return str(value) if known(value) else "unknown"


def _number(value: Any) -> float:
    return float(value) if known(value) else 0.0


def _neediness_terms(row: Row, weights: Neediness) -> dict[str, float]:
    return {
        "health": weights.health.get(_known(row["health_segment"]), 0.0),
        "churn_risk": weights.churn_risk.get(str(row["churn_risk"]), 0.0),
        "stage": weights.stage.get(_known(row["lifecycle_stage"]), 0.0),
        "complexity": round(weights.tad_at_100 * min(_number(row["tad_score"]), 100) / 100, 3),
        "tickets": min(weights.per_ticket * _number(row["open_tickets"]), weights.tickets_at_most),
        "escalations": min(
            weights.per_escalation * _number(row["escalations_90d"]), weights.escalations_at_most
        ),
    }


def _coverage(row: Row, policy: Policy) -> str | None:
    """The kind of shared book that looks after such an account; None: a CSM of its own."""
    for line in policy.coverage:
        if line.segments and row["segment"] not in line.segments:
            continue
        if line.health_not and row["health_segment"] in line.health_not:
            continue
        below = known(row["revenue"]) and float(row["revenue"]) < (line.revenue_below or math.inf)
        if below or line.revenue_below is None:
            return line.kind
    return None


def _points(row: Row, weights: Points) -> float:
    complexity = 1 + weights.per_module_above_three * max(_number(row["module_count"]) - 3, 0)
    complexity += weights.per_integration * _number(row["integration_count"])
    return (
        _priced(weights.base, row["segment"])
        * _priced(weights.stage, row["lifecycle_stage"])
        * _priced(weights.health, row["health_segment"])
        * min(complexity, weights.complexity_at_most)
    )


def _at_risk(row: Row, weights: AtRisk) -> float:
    health = weights.health.get(_known(row["health_segment"]), 0.0)
    return health + weights.churn_risk.get(str(row["churn_risk"]), 0.0)


def _priced(prices: Mapping[str, float], value: Any) -> float:
    return prices.get(_known(value), prices["unknown"])

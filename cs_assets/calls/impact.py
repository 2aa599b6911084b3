"""What a call means for the business: the deal behind it, the risk it showed, how urgent it is.

Priority = evidence x impact x coachability, each 0 to 1: how much there is to go
by, what is at stake, and how much a better conversation could change. Recency is
left to whoever lists calls, so that a call's priority does not age. Low sentiment
alone is no reason to coach: it raises the risk, not the gap.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from cs_assets.calls.objections import OTHER, Objection
from cs_assets.calls.scoring.dimensions import DimensionScore
from cs_assets.calls.scoring.rubric import Dimension, PriorityRules, RiskRules, Rubric
from cs_assets.frames import number_or_none, text_or_none

Level = Literal["low", "medium", "high", "unknown"]
Priority = Literal["Critical", "High", "Medium", "Low"]

_RISK_SHARE: Mapping[Level, float] = {"low": 0.6, "medium": 0.8, "high": 1.0, "unknown": 0.6}


@dataclass(frozen=True, slots=True)
class Deal:
    """The deal that a call belongs to, as far as known; amount in USD."""

    name: str | None = None
    stage: str | None = None
    amount: float | None = None


@dataclass(frozen=True, slots=True)
class Impact:
    """Business impact of one call; ``reasons`` are in words, strongest first."""

    deal_amount: float | None
    deal_stage: str | None
    risk: Level
    risk_points: float
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Urgency:
    """The priority and the three factors that it is the product of."""

    priority: Priority
    evidence: float
    impact: float
    coachability: float

    @property
    def reason(self) -> str:
        return (
            f"evidence {self.evidence:.2f} x impact {self.impact:.2f} "
            f"x coachability {self.coachability:.2f}"
        )


def unknown_impact(deal: Deal) -> Impact:
    """The impact of a call that could not be read: the deal is known, the risk is not."""
    return Impact(deal.amount, deal.stage, "unknown", 0.0, ())


@dataclass(frozen=True, slots=True)
class Told:
    """What a call showed of the risk; ``sentiment`` is the category of the customer's words."""

    objections: Sequence[Objection] = ()
    sentiment: str | None = None
    speaks_of_leaving: bool = False
    has_next_step: bool = False


def impact(deal: Deal, told: Told, rules: RiskRules, labels: Mapping[str, str]) -> Impact:
    """Risk from what the call showed; ``labels`` name the kinds of objection."""
    found: list[tuple[float, str]] = []
    if told.speaks_of_leaving:
        found.append((rules.speaks_of_leaving, "the customer spoke of leaving or giving back"))
    for objection in told.objections:
        if objection.is_brush_off or not objection.is_certain:
            continue
        label = "" if objection.kind == OTHER else f": {labels[objection.kind]}"
        if objection.outcome == "lost":
            found.append((rules.lost_objection, f"lost on an objection{label}"))
        elif objection.outcome == "unresolved":
            found.append((rules.unresolved_objection, f"unresolved objection{label}"))
        if objection.kind == "competitor":
            found.append((rules.competitor_named, "a competitor was named"))
    if told.sentiment == "negative":
        found.append((rules.negative_sentiment, "the customer's words were negative"))
    elif told.sentiment == "mixed":
        found.append((rules.mixed_sentiment, "the customer's words were mixed"))
    if not told.has_next_step:
        found.append((rules.no_next_step, "no next step was agreed"))
    reasons: dict[str, float] = {}
    for points, reason in found:
        reasons.setdefault(reason, points)
    total = sum(reasons.values())
    ordered = sorted(reasons, key=lambda reason: -reasons[reason])
    return Impact(deal.amount, deal.stage, _level(total, rules), total, tuple(ordered))


def _level(points: float, rules: RiskRules) -> Level:
    if points >= rules.levels["high"]:
        return "high"
    return "medium" if points >= rules.levels["medium"] else "low"


def urgency(
    scores: Mapping[Dimension, DimensionScore], rep_turns: int, found: Impact, rubric: Rubric
) -> Urgency:
    """How urgently a coach should look at the call."""
    rules = rubric.priority
    known = [s.score for s in scores.values() if s.score is not None]
    evidence = min(1.0, rep_turns / rules.full_evidence_turns) if known else 0.0
    gap = (rubric.target_score - min(known)) / rubric.target_score if known else 0.0
    coachability = min(1.0, max(0.0, gap))
    weight = _amount_share(found.deal_amount, rules) * _RISK_SHARE[found.risk]
    value = evidence * weight * coachability
    return Urgency(_band(value, rules), evidence, weight, coachability)


def _amount_share(amount: float | None, rules: PriorityRules) -> float:
    if amount is None or amount <= 0:
        return rules.impact_without_amount
    span = math.log(rules.amount_full_impact / rules.amount_no_impact)
    return min(1.0, max(0.0, math.log(amount / rules.amount_no_impact) / span))


def _band(value: float, rules: PriorityRules) -> Priority:
    if value >= rules.bands["Critical"]:
        return "Critical"
    if value >= rules.bands["High"]:
        return "High"
    return "Medium" if value >= rules.bands["Medium"] else "Low"


_PRESSING = ("Critical", "High", "Medium", "Low")


def worth_an_hour(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Calls with something to work on, the most pressing first, then the newest.

    ``rows``: of ``calls/list_calls``, scored ones.
    """
    found = [
        {
            "call_id": str(row["call_id"]),
            "call_date": row["call_date"].date(),
            "account": text_or_none(row["account_name"]),
            "rep": text_or_none(row["rep_name"]),
            "priority": row["priority"],
            "overall_score": number_or_none(row["overall_score"]),
            "insights": insights,
        }
        for row in rows
        if (insights := json.loads(row["coaching_insights"]))
    ]
    newest = sorted(found, key=lambda one: (one["call_date"], one["call_id"]), reverse=True)
    return sorted(newest, key=lambda one: _PRESSING.index(one["priority"]))

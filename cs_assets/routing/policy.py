"""The routing policy: `routing.yaml` as typed values, its version, and the old limits file."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cs_assets import config
from cs_assets.config import Strict

Share = Annotated[float, Field(ge=0, le=1)]
NotNegative = Annotated[float, Field(ge=0)]
Strictness = Literal["hard", "soft", "off"]
Segment = Literal["Enterprise", "Mid-Market", "Small Business", "Residential"]
Coverage = Literal["pooled", "tech_touch"]
Rule = Literal[
    "cooling", "intake", "coverage", "language", "region", "parent", "segment", "seniority"
]

#: What books are filled with, in the order of the model's columns; and the weight of each.
DIMENSIONS = ("accounts", "points", "neediness", "at_risk", "revenue")
TERM_OF = {
    "accounts": "book_size",
    "points": "points",
    "neediness": "neediness",
    "at_risk": "health",
    "revenue": "revenue",
}
TENURE = ("New", "Junior", "Mid", "Senior", "Expert")

LIMITS_FILE = "csm_category_limits.json"


class RampStep(Strict):
    until_month: float = Field(gt=0)
    share: Share


class Eligibility(Strict):
    """Who may take accounts at all."""

    job_profiles: tuple[str, ...] = Field(min_length=1)
    leave_days_tolerated: int = Field(ge=0)
    leave_notice_days: int = Field(ge=0)
    leaving_notice_days: int = Field(default=90, ge=0)
    cooling_hours: NotNegative
    region: Strictness
    language: Strictness
    segment: Literal["hard", "off"]
    parent_keeps_csm: bool
    siblings_together: bool = True
    ramp: tuple[RampStep, ...]


class WeeklyIntake(Strict):
    until_month: float = Field(gt=0)
    accounts: int = Field(ge=0)


class AfterLeave(Strict):
    """Accounts in seven days, for so many days after a leave of so many days or more."""

    leave_days_from: int = Field(default=28, ge=1)
    for_days: int = Field(default=28, ge=0)
    accounts: int = Field(default=6, ge=0)


class Intake(Strict):
    """How many accounts of one batch a CSM may get: a floor, and a multiple of the fair share.

    ``weekly`` limits those of seven days in the first months, ``after_leave`` after a long leave.
    """

    at_least: int = Field(ge=1)
    times_fair_share: float = Field(ge=1)
    weekly: tuple[WeeklyIntake, ...] = ()
    after_leave: AfterLeave = AfterLeave()


class Capacity(Strict):
    max_accounts: int = Field(ge=1)
    max_accounts_by_segment: Mapping[Segment, int]
    max_points: float | None = Field(gt=0)
    intake: Intake
    max_accounts_shared: int = Field(default=500, ge=1)


class Points(Strict):
    base: Mapping[str, NotNegative]
    stage: Mapping[str, NotNegative]
    health: Mapping[str, NotNegative]
    per_module_above_three: NotNegative
    per_integration: NotNegative
    complexity_at_most: float = Field(ge=1)

    @model_validator(mode="after")
    def _unknown_has_a_value(self) -> "Points":
        for name in ("base", "stage", "health"):
            if "unknown" not in getattr(self, name):
                raise ValueError(f"{name} needs a value for 'unknown'")
        return self


class Neediness(Strict):
    health: Mapping[str, NotNegative]
    churn_risk: Mapping[str, NotNegative]
    stage: Mapping[str, NotNegative]
    tad_at_100: NotNegative
    per_ticket: NotNegative
    tickets_at_most: NotNegative
    per_escalation: NotNegative
    escalations_at_most: NotNegative


class Tenure(Strict):
    bands: Mapping[str, NotNegative]
    neediness_wants: Mapping[str, NotNegative]

    @model_validator(mode="after")
    def _all_bands_in_order(self) -> "Tenure":
        for name, values in (("bands", self.bands), ("neediness_wants", self.neediness_wants)):
            if tuple(values) != TENURE:
                raise ValueError(f"{name} must list {', '.join(TENURE)} in this order")
            steps = list(values.values())
            if steps[0] != 0 or steps != sorted(steps):
                raise ValueError(f"{name} must begin at 0 and rise")
        return self


class MatchTerm(Strict):
    use: bool
    weight: NotNegative


class AtRisk(Strict):
    """What of an account is at risk: the sum of both, 0 and above."""

    health: Mapping[str, NotNegative]
    churn_risk: Mapping[str, NotNegative]


class Weights(Strict):
    """Weights of the terms of the objective, each from 0 to 1."""

    book_size: Share
    points: Share
    neediness: Share
    health: Share
    revenue: Share
    tenure: Share
    recency: Share

    @model_validator(mode="after")
    def _sum_to_one(self) -> "Weights":
        total = sum(self.model_dump().values())
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the weights must sum to 1, not to {total:g}")
        return self

    def of(self, dimension: str) -> float:
        """The weight of a dimension of the books."""
        return float(getattr(self, TERM_OF[dimension]))


class Mix(Strict):
    """What it costs to make a book heavier (points), or richer (revenue), than it is already.

    For an account of twice the average in a book that is fuller in the one by a whole full book; a
    book counts as fuller by ``at_most`` of one.
    """

    points: NotNegative = 0.0
    revenue: NotNegative = 0.0
    at_most: float = Field(default=0.1, gt=0, le=1)


class Objective(Strict):
    """What a good owner is; costs are such that 1 is an average account on a full book."""

    weights: Weights
    mix: Mix = Mix()
    tenure_over: Share
    recency_hours: float = Field(gt=0)
    discouraged: NotNegative
    expertise: NotNegative = 0.0
    working_hours: NotNegative = 0.0
    region_soft: NotNegative
    language_soft: NotNegative
    at_risk: AtRisk
    at_risk_at_least: float = Field(gt=0)
    step: float = Field(ge=0.002, le=0.25)
    match_term: MatchTerm

    @property
    def steps(self) -> int:
        """Steps of the price between an empty and a full book."""
        return round(1 / self.step)


class Stake(Strict):
    """Accounts of these segments, revenue and health, and the months a CSM needs for them."""

    segment: Segment | None = None
    revenue_from: NotNegative = 0.0
    health: Literal["Red", "Yellow", "Green"] | None = None
    never_below: NotNegative = 0.0
    discouraged_below: NotNegative = 0.0


class Shared(Strict):
    """Accounts that a shared book of this kind looks after, not one CSM of their own.

    Of these segments (none: of all), below this revenue (none: any; an unknown one is not below),
    and not of these colours.
    """

    kind: Coverage
    segments: tuple[Segment, ...] = ()
    revenue_below: float | None = Field(default=None, gt=0)
    health_not: tuple[Literal["Red", "Yellow", "Green"], ...] = ()


class Passing(Strict):
    """When a rule may be passed, and from which stake on a person must agree."""

    rule: Rule
    after_hours: NotNegative = 0.0
    person_from_revenue: NotNegative | None = None
    person_segments: tuple[Segment, ...] = ()


class Batch(Strict):
    """Prices of waiting."""

    waiting: float = Field(gt=0)
    waiting_per_day: float = Field(gt=0)
    waiting_in_focus: NotNegative = 0.0


class Solver(Strict):
    time_limit_seconds: float = Field(gt=0)
    gap: float = Field(ge=0, lt=1)


class Focus(Strict):
    segment: Segment
    level: Literal["Corporate", "Individual", "Unknown"]


class ServiceLevel(Strict):
    """Hours from needing a CSM to having one, and from there to the first call."""

    owner_within_hours: float = Field(default=24.0, gt=0)
    contact_within_hours: float = Field(default=24.0, gt=0)


class ReviewPolicy(Strict):
    on_flag: Literal["hold", "note"]


class Rebalance(Strict):
    """Moving accounts that have a CSM; 1 is the cost of an average account on a full book."""

    continuity: NotNegative
    continuity_months: float = Field(gt=0)
    keep_in_renewal: bool
    keep_escalated: bool = True
    rest_days: int = Field(default=90, ge=0)
    move_prices: tuple[NotNegative, ...] = Field(min_length=1)


class Vocabulary(Strict):
    """How regions are written: each with other ways to write it."""

    regions: Mapping[str, tuple[str, ...]] = {}


class Policy(Strict):
    """`routing.yaml`."""

    eligibility: Eligibility
    capacity: Capacity
    points: Points
    neediness: Neediness
    tenure: Tenure
    seniority: tuple[Stake, ...] = ()
    coverage: tuple[Shared, ...] = ()
    objective: Objective
    batch: Batch
    solver: Solver
    focus: Focus
    passing: tuple[Passing, ...]
    review: ReviewPolicy
    service_level: ServiceLevel = ServiceLevel()
    rebalance: Rebalance
    vocabulary: Vocabulary = Vocabulary()

    @property
    def version(self) -> str:
        """Twelve hex digits that change with any value of the policy."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


class _OldLimits(BaseModel):
    """`csm_category_limits.json` of the former system: caps and cooling."""

    model_config = ConfigDict(extra="ignore")

    max_accounts_per_csm: int | None = Field(default=None, ge=1)
    cooling_period_hours: float | None = Field(default=None, ge=0)
    segment_limits: Mapping[Segment, int] = {}


def load(folder: Path | None = None) -> Policy:
    """The policy in force: the user's `routing.yaml` or ours, with the old limits laid over it.

    Raises `config.BadConfiguration` naming file and place.
    """
    policy = config.load("routing.yaml", Policy, folder)
    limits = folder / LIMITS_FILE if folder else None
    return with_old_limits(policy, limits) if limits and limits.is_file() else policy


def with_old_limits(policy: Policy, path: Path) -> Policy:
    """`policy` with the caps and the cooling of a limits file of the old form."""
    try:
        old = _OldLimits.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise config.BadConfiguration(f"{path}: {reason}") from None
    capacity = policy.capacity.model_copy(
        update={
            "max_accounts": old.max_accounts_per_csm or policy.capacity.max_accounts,
            "max_accounts_by_segment": {
                **policy.capacity.max_accounts_by_segment,
                **old.segment_limits,
            },
        }
    )
    eligibility = policy.eligibility
    if old.cooling_period_hours is not None:
        eligibility = eligibility.model_copy(update={"cooling_hours": old.cooling_period_hours})
    return policy.model_copy(update={"capacity": capacity, "eligibility": eligibility})

"""Customer intelligence by configuration: ``customers.yaml``, validated, and its conditions."""

from collections.abc import Collection, Mapping
from typing import Any, Literal

from pydantic import ConfigDict, Field, model_validator

from cs_assets.config import Strict
from cs_assets.config.modules import Module
from cs_assets.config.modules import modules as catalogue

Segment = Literal["Champion", "Growing", "Steady", "At risk", "Onboarding", "Dormant"]

#: Weeks that segments and health look at, against as many before.
SEGMENT_WINDOW = 4

#: How a metric is named in a reason, and its unit there.
METRICS: dict[str, tuple[str, Literal["count", "change", "share", "text", "days"]]] = {
    "health_segment": ("health", "text"),
    "behaviour_segment": ("segment", "text"),
    "lifecycle_stage": ("lifecycle stage", "text"),
    "usage_change": ("key actions against the four weeks before", "change"),
    "clear_usage_change": ("key actions against the four weeks before, beyond chance", "change"),
    "usage_direction": ("key actions against the four weeks before", "text"),
    "conversion_value_change": ("conversion value against the four weeks before", "change"),
    "clear_conversion_count_change": (
        "conversions against the four weeks before, beyond chance",
        "change",
    ),
    "clear_conversion_change": (
        "conversion value against the four weeks before, beyond chance",
        "change",
    ),
    "breadth": ("modules adopted of those active", "share"),
    "negative_calls_4w": ("calls with negative words in four weeks", "count"),
    "churn_calls_13w": ("calls of 13 weeks with a word of leaving or giving back", "count"),
    "competitor_calls_13w": ("calls of 13 weeks with another vendor in it", "count"),
    "expansion_calls_13w": ("calls of 13 weeks with a wish for more", "count"),
    "dropped_modules": ("modules no longer used", "count"),
    "declining_modules": ("modules whose use falls", "count"),
    "collapsed_modules": ("modules that lost nearly all their users", "count"),
    "days_since_contact": ("days without a call", "days"),
    "not_started_modules": ("modules never used", "count"),
    "active_modules": ("active modules", "count"),
    "key_actions_4w": ("key actions in four weeks", "count"),
    "conversions_4w": ("conversions in four weeks", "count"),
    "days_to_renewal": ("days to renewal", "days"),
    "feeds_not_known": ("kinds of data that are not all there", "count"),
}


class _Strict(Strict):
    model_config = ConfigDict(populate_by_name=True)


class Condition(_Strict):
    """One test of one metric. A metric that is not known never fits."""

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    equals: str | None = Field(default=None, alias="is")
    differs: str | None = Field(default=None, alias="is_not")

    @model_validator(mode="after")
    def _has_one_test(self) -> "Condition":
        if self.metric not in METRICS:
            raise ValueError(f"no metric is called '{self.metric}': {', '.join(METRICS)}")
        tests = (self.at_least, self.at_most, self.equals, self.differs)
        if sum(test is not None for test in tests) != 1:
            raise ValueError(f"{self.metric}: give one of at_least, at_most, is, is_not")
        return self

    def fits(self, metrics: Mapping[str, Any]) -> bool:
        value = metrics.get(self.metric)
        if value is None or value != value:  # NaN: not known
            return False
        if self.equals is not None:
            return bool(value == self.equals)
        if self.differs is not None:
            return bool(value != self.differs)
        if self.at_least is not None:
            return float(value) >= self.at_least
        return self.at_most is not None and float(value) <= self.at_most

    def may_fit(self, metrics: Mapping[str, Any], unknown: Collection[str]) -> bool:
        """Whether it fits, or could if the metrics of ``unknown`` were there."""
        return self.metric in unknown or self.fits(metrics)

    def in_words(self, metrics: Mapping[str, Any]) -> str:
        """What was found, e.g. ``key actions against the four weeks before: -34 %``."""
        label, unit = METRICS[self.metric]
        value = metrics[self.metric]
        if unit == "text":
            return f"{label}: {value}"
        shown = {"change": f"{value:+.0%}", "share": f"{value:.0%}"}.get(unit, f"{value:,.0f}")
        return f"{label}: {shown}"


class Rule(_Strict):
    """Fits when all of ``all`` hold and, where given, one of ``any``; always, without both."""

    all: list[Condition] = Field(default_factory=list)
    any: list[Condition] = Field(default_factory=list)

    def fitting(self, metrics: Mapping[str, Any]) -> list[Condition] | None:
        """The conditions that made the rule fit, or ``None`` when it does not."""
        if not all(condition.fits(metrics) for condition in self.all):
            return None
        alternatives = [condition for condition in self.any if condition.fits(metrics)]
        if self.any and not alternatives:
            return None
        return [*self.all, *alternatives]

    def may_fit(self, metrics: Mapping[str, Any], unknown: Collection[str]) -> bool:
        """Whether the rule fits, or could if the metrics of ``unknown`` were there."""
        every = all(condition.may_fit(metrics, unknown) for condition in self.all)
        return every and (
            not self.any or any(condition.may_fit(metrics, unknown) for condition in self.any)
        )


class SegmentRule(Rule):
    segment: Segment


class Playbook(Rule):
    """What to do when the rule fits; texts hold slots for figures."""

    code: str = Field(pattern=r"^[a-z_]+$")
    due_days: int = Field(ge=0)
    serves: Literal["renewal"] | None = None
    """The event that it prepares: it is never due after it."""
    action: str
    effect: str


class Veto(Rule):
    """When the rule fits, health is at most ``cap``, whatever the sum says."""

    cap: Literal["Yellow", "Red"]


class AdoptionRules(_Strict):
    used_within_days: int
    adopted_utilisation: float
    declining_change: float
    dropped_after_days: int
    collapsed_share: float = Field(gt=0, lt=1)
    collapsed_from_users: int = Field(ge=1)


class ValueTiers(_Strict):
    high_from: float
    medium_from: float


class Factor(_Strict):
    """One factor of health: a straight line from ``zero`` to ``full``."""

    weight: float = Field(gt=0, le=1)
    zero: float
    full: float
    label: str

    def share(self, value: float) -> float:
        return min(1.0, max(0.0, (value - self.zero) / (self.full - self.zero)))


class HealthRules(_Strict):
    minimum_coverage: float = Field(ge=0, le=1)
    yellow_from: float
    green_from: float
    factors: dict[
        Literal["breadth", "usage_trend", "utilisation", "outcomes", "engagement", "calls"], Factor
    ]
    vetoes: list[Veto] = Field(default_factory=list)

    @model_validator(mode="after")
    def _weights_add_up(self) -> "HealthRules":
        if abs(sum(factor.weight for factor in self.factors.values()) - 1) > 1e-9:
            raise ValueError("the weights of the factors must add up to 1")
        return self


class CustomerPolicy(_Strict):
    """``customers.yaml``."""

    version: str
    change_windows: list[int]
    """Weeks of the windows that changes are judged over."""
    adoption: AdoptionRules
    minimum_conversions: int = Field(ge=0)
    value_tiers: ValueTiers
    health: HealthRules
    segments: list[SegmentRule]
    playbooks: list[Playbook]
    modules: dict[str, Module] = Field(default_factory=catalogue)
    """By code, as the product tables have it: ``modules.yaml``."""

    @model_validator(mode="after")
    def _windows_are_weeks(self) -> "CustomerPolicy":
        windows = self.change_windows
        if SEGMENT_WINDOW not in windows or any(not 1 <= w <= 26 for w in windows):
            raise ValueError(
                f"change_windows: weeks from 1 to 26, {SEGMENT_WINDOW} among them (segments and "
                "health look at it)"
            )
        return self

    @model_validator(mode="after")
    def _something_always_fits(self) -> "CustomerPolicy":
        for name, rules in (("segments", self.segments), ("playbooks", self.playbooks)):
            last = rules[-1] if rules else None
            if last is None or last.all or last.any:
                raise ValueError(f"{name}: the last rule must have no condition, so that one fits")
        return self

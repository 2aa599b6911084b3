"""Customer intelligence by configuration: ``customers.yaml``, validated, and its conditions."""

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import ConfigDict, Field, model_validator

from cs_assets import config
from cs_assets.config import Strict
from cs_assets.config.modules import Module
from cs_assets.config.modules import modules as catalogue

HealthColour = Literal["Red", "Yellow", "Green", "Unknown"]
Segment = Literal["Champion", "Growing", "Steady", "At risk", "Onboarding", "Dormant"]

#: Weeks that segments and health look at, against as many before.
SEGMENT_WINDOW = 4

#: How a metric is named in a reason, and its unit there.
METRICS: dict[str, tuple[str, Literal["count", "change", "share", "text", "days", "score"]]] = {
    "health_segment": ("health", "text"),
    "behaviour_segment": ("segment", "text"),
    "lifecycle_stage": ("lifecycle stage", "text"),
    "usage_change": ("key actions against the four weeks before", "change"),
    "clear_usage_change": ("key actions, a clear change on the four weeks before", "change"),
    "usage_direction": ("key actions against the four weeks before", "text"),
    "conversion_value_change": ("conversion value against the four weeks before", "change"),
    "clear_conversion_count_change": (
        "conversions, a clear change on the four weeks before",
        "change",
    ),
    "clear_conversion_change": (
        "conversion value, a clear change on the four weeks before",
        "change",
    ),
    "breadth": ("modules adopted of those active", "share"),
    "seat_utilisation_4w": ("share of seats in use, mean of four weeks", "share"),
    "negative_calls_4w": ("calls with negative words in four weeks", "count"),
    "churn_calls_13w": ("calls with talk of leaving, giving back or doubt in 13 weeks", "count"),
    "churn_texts_13w": ("tickets and answers that speak of leaving in 13 weeks", "count"),
    "churn_signals_13w": (
        "talk of leaving, giving back or doubt, in calls and writing of 13 weeks",
        "count",
    ),
    "competitor_calls_13w": ("calls that name another vendor in 13 weeks", "count"),
    "competitor_texts_13w": ("tickets and answers that name another vendor in 13 weeks", "count"),
    "expansion_calls_13w": ("calls with a wish for more in 13 weeks", "count"),
    "expansion_signals_13w": ("wishes for more, in calls and writing of 13 weeks", "count"),
    "dropped_modules": ("modules no longer used", "count"),
    "declining_modules": ("modules with falling use", "count"),
    "collapsed_modules": ("modules that lost nearly all users", "count"),
    "cancelled_modules": ("modules given back", "count"),
    "days_since_contact": ("days without a contact", "days"),
    "days_without_champion": ("days since the champion left", "days"),
    "champions": ("champions", "count"),
    "not_started_modules": ("modules never used", "count"),
    "active_modules": ("active modules", "count"),
    "white_space_modules": ("modules not owned", "count"),
    "key_actions_4w": ("key actions in four weeks", "count"),
    "adopted_modules": ("modules adopted", "count"),
    "active_users": ("active users", "count"),
    "conversions_4w": ("conversions in four weeks", "count"),
    "severe_open_tickets": ("serious tickets still open", "count"),
    "severe_tickets_13w": ("serious tickets in 13 weeks", "count"),
    "unhappy_answers_26w": ("unhappy survey answers in 26 weeks", "count"),
    "negative_texts_13w": ("tickets and answers with blame in 13 weeks", "count"),
    "last_nps": ("last recommendation, 0 to 10", "score"),
    "tenure_days": ("days under contract", "days"),
    "days_to_renewal": ("days to renewal", "days"),
    "days_to_notice": ("days to the last day of notice", "days"),
    "feeds_not_known": ("kinds of data that are not all there", "count"),
    "plan_overdue_days": ("days behind the onboarding plan", "days"),
}

#: Values that are told in other words than they are kept in.
_SAID = {
    "usage_direction": {
        "none": "no clear change", "rise": "a clear rise", "fall": "a clear fall",
        "too_few": "too few to tell", "absent": "nothing to compare with",
    }
}  # fmt: skip

#: What has to happen, where a figure and its limit would not say it.
_MENDED_BY = {
    "days_without_champion": "a champion on record",
    "days_since_contact": "a call or a meeting",
    "active_modules": "a module under contract again",
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

    def mask(self, rows: pd.DataFrame) -> "pd.Series[bool]":
        """``fits`` of every row at once."""
        if self.metric not in rows.columns:
            return pd.Series(False, index=rows.index)
        values = rows[self.metric]
        if self.equals is not None:
            return values.eq(self.equals)
        if self.differs is not None:
            return values.notna() & values.ne(self.differs)
        numbers = values.astype(float)
        if self.at_least is not None:
            return numbers.ge(self.at_least)
        return numbers.le(float("-inf") if self.at_most is None else self.at_most)

    def other_side(self) -> str:
        """What must become of the metric for the condition not to fit."""
        if self.metric in _MENDED_BY:
            return _MENDED_BY[self.metric]
        label, unit = METRICS[self.metric]
        if self.equals is not None or self.differs is not None:
            wanted = "not " + self.equals if self.equals is not None else str(self.differs)
            return f"{label}: {wanted}"
        limit = self.at_least if self.at_least is not None else self.at_most
        if unit == "count" and self.at_least == 1:
            return f"{label}: none"
        shown = {"change": f"{limit:+.0%}", "share": f"{limit:.0%}"}.get(unit, f"{limit:,.0f}")
        return f"{label}: {'below' if self.at_least is not None else 'above'} {shown}"

    def in_words(self, metrics: Mapping[str, Any]) -> str:
        """What was found, e.g. ``key actions against the four weeks before: -34 %``."""
        label, unit = METRICS[self.metric]
        value = metrics[self.metric]
        if unit == "text":
            return f"{label}: {_SAID.get(self.metric, {}).get(value, value)}"
        shown = {"change": f"{value:+.0%}", "share": f"{value:.0%}"}.get(unit, f"{value:,.0f}")
        return f"{label}: {shown}"


class Rule(_Strict):
    """Fits when all of ``all`` hold and, where given, one of ``any``; always, without both."""

    all: list[Condition] = Field(default_factory=list)
    any: list[Condition] = Field(default_factory=list)

    @property
    def conditions(self) -> "list[Condition]":
        return [*self.all, *self.any]

    def fitting(self, metrics: Mapping[str, Any]) -> list[Condition] | None:
        """The conditions that made the rule fit, or ``None`` when it does not."""
        if not all(condition.fits(metrics) for condition in self.all):
            return None
        alternatives = [condition for condition in self.any if condition.fits(metrics)]
        if self.any and not alternatives:
            return None
        return [*self.all, *alternatives]

    def mask(self, rows: pd.DataFrame) -> "pd.Series[bool]":
        """Whether the rule fits each row."""
        found = pd.Series(True, index=rows.index)
        for condition in self.all:
            found &= condition.mask(rows)
        if self.any:
            one = pd.Series(False, index=rows.index)
            for condition in self.any:
                one |= condition.mask(rows)
            found &= one
        return found

    def mask_may_fit(
        self, rows: pd.DataFrame, unknown: Mapping[str, "pd.Series[bool]"]
    ) -> "pd.Series[bool]":
        """Whether the rule fits each row, or could if the metrics of ``unknown`` were there."""

        def could(condition: Condition) -> "pd.Series[bool]":
            found = condition.mask(rows)
            return found | unknown[condition.metric] if condition.metric in unknown else found

        every = pd.Series(True, index=rows.index)
        for condition in self.all:
            every &= could(condition)
        if not self.any:
            return every
        one = pd.Series(False, index=rows.index)
        for condition in self.any:
            one |= could(condition)
        return every & one


class SegmentRule(Rule):
    segment: Segment


class Playbook(Rule):
    """What to do when the rule fits; texts hold slots for figures."""

    code: str = Field(pattern=r"^[a-z_]+$")
    due_days: int = Field(ge=0)
    serves: Literal["renewal"] | None = None
    """The event that it prepares: it is due a week before the last day of notice, or the renewal
    where that is past or not known, if there is so much time."""
    rest_weeks: int = Field(default=4, ge=0)
    """Weeks for which it is not advised again once it was done or dropped."""
    asks_for_more: bool = False
    """Whether it wants the customer to buy: then nobody in trouble is asked, whatever the rule."""
    title: str = Field(default="", max_length=60)
    """A few words for lists."""
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

    def shares(self, values: "pd.Series[float]") -> "pd.Series[float]":
        """0 to 1 on the line; what is not known stays so."""
        return ((values - self.zero) / (self.full - self.zero)).clip(0.0, 1.0) + 0.0  # no -0


class Milestone(Condition):
    """What is to be reached by a week of the onboarding, counted from the contract's first day."""

    name: str = Field(pattern=r"^[a-z_]+$")
    by_week: int = Field(ge=1)
    label: str


class OnboardingRules(_Strict):
    plan: list[Milestone]
    red_after_days: int = Field(ge=0)
    """Days behind the plan up to which a customer is Yellow."""


FactorName = Literal[
    "breadth", "usage_trend", "utilisation", "outcomes", "engagement", "calls", "support", "survey"
]


class HealthRules(_Strict):
    minimum_coverage: float = Field(ge=0, le=1)
    yellow_from: float
    green_from: float
    factors: dict[FactorName, Factor]
    onboarding: OnboardingRules
    vetoes: list[Veto] = Field(default_factory=list)

    @model_validator(mode="after")
    def _weights_add_up(self) -> "HealthRules":
        if abs(sum(factor.weight for factor in self.factors.values()) - 1) > 1e-9:
            raise ValueError("the weights of the factors must add up to 1")
        return self


class ListRules(_Strict):
    """How lists are ordered: revenue x risk x how near the decision is."""

    nearness: list[tuple[int, float]]
    """Days to the last day of notice, or the renewal, up to which a share holds; nearest first."""
    far: float = Field(ge=0, le=1)
    spoke_of_leaving: float = Field(ge=0, le=1)
    """The least nearness of who spoke of leaving."""
    risk_by_colour: dict[HealthColour, float]
    """Where no past tells: assumed, and told as such."""
    renewal_is_near: int = Field(ge=1)
    notice_is_near: int = Field(default=30, ge=1)


class EffectRules(_Strict):
    """How the effect of actions is looked at, and when a playbook is left out of the advice."""

    weeks_after: int = Field(ge=1)
    weeks_to_take: int = Field(ge=1)
    """Weeks within which an action must be taken to count as one."""
    least_treated: int = Field(ge=10)
    worthwhile: float = Field(ge=0)
    """Points of health: a playbook that surely changes less does nothing."""


class CustomerPolicy(_Strict):
    """``customers.yaml``."""

    version: str
    """Of the rules; what is stored carries it with a digest of their content."""
    change_windows: list[int]
    """Weeks of the windows that changes are judged over."""
    adoption: AdoptionRules
    minimum_conversions: int = Field(ge=0)
    value_tiers: ValueTiers
    health: HealthRules
    segments: list[SegmentRule]
    lists: ListRules
    effects: EffectRules
    playbooks: list[Playbook]
    modules: dict[str, Module] = Field(default_factory=catalogue)
    """By code, as the product tables have it: ``modules.yaml``."""

    @cached_property
    def digest(self) -> str:
        """Version and content: rows of other rules can be told from these."""
        content = self.model_dump_json(exclude={"modules"}).encode()
        return f"{self.version}+{hashlib.sha256(content).hexdigest()[:8]}"

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


def load(folder: Path | None = None) -> CustomerPolicy:
    """The policy in force, with the modules in force.

    Raises ``BadConfiguration`` naming file, place and reason.
    """
    policy = config.load("customers.yaml", CustomerPolicy, folder)
    if "modules" in policy.model_fields_set:
        raise config.BadConfiguration(
            "customers.yaml: modules: has a file of its own, modules.yaml"
        )
    return policy.model_copy(update={"modules": catalogue(folder)})

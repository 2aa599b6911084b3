"""The coaching rubric and the objection taxonomy: configuration, validated, compiled once."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from pydantic import Field, PrivateAttr, model_validator

from cs_assets.config import Strict
from cs_assets.search.cues import Counter, Cues

Dimension = Literal["product_knowledge", "discovery", "objection_handling", "engagement"]
DIMENSIONS: tuple[Dimension, ...] = (
    "product_knowledge",
    "discovery",
    "objection_handling",
    "engagement",
)

#: Every criterion that the scorer can judge; the rubric must price exactly these.
CRITERIA: dict[Dimension, tuple[str, ...]] = {
    "product_knowledge": (
        "answers_questions",
        "concrete",
        "specific_to_customer",
        "honest_about_limits",
    ),
    "discovery": ("open_questions", "follow_ups", "impact", "decision", "asks_first"),
    "objection_handling": ("acknowledges", "clarifies", "answers", "stays_brief", "confirms"),
    "engagement": ("talk_balance", "monologue", "interplay", "checks_interest", "next_step"),
}

#: Every group of cues that the scorer reads.
CUES = (
    "courtesy_question",
    "follow_up",
    "impact",
    "decision",
    "pitch",
    "concrete",
    "specific",
    "honest_limit",
    "dissatisfied",
    "anaphor",
    "empty_promise",
    "evasive",
    "check",
    "acknowledge",
    "argue",
    "proof",
    "commitment",
    "no_step",
    "plan",
    "vague_time",
    "dated",
    "product_question",
    "small_talk",
    "courtesy",
)


class _Strict(Strict):
    @cached_property
    def content_digest(self) -> str:
        """SHA-256 of the configuration as it was validated."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Eligibility(_Strict):
    """The least a call must hold to be scored; times in seconds."""

    minimum_seconds: float = Field(ge=0)
    minimum_rep_words: int = Field(ge=0)
    minimum_customer_words: int = Field(ge=0)
    maximum_unknown_share: float = Field(ge=0, le=1)


#: A miss may be said to the rep when so many were right of those called, of at least so many, and
#: so many were labelled.
QUOTABLE_PRECISION = 0.9
_QUOTABLE_FROM, _QUOTABLE_LABELLED = 5, 20


class Measured(_Strict):
    """Misses of a criterion on the labelled calls: labelled by a reader, called, both."""

    labelled: int = Field(ge=0)
    called: int = Field(ge=0)
    right: int = Field(ge=0)


class CriterionRules(_Strict):
    """What one observable behaviour is worth, and the advice when it is missing."""

    label: str
    points: float = Field(gt=0)
    action: str = Field(min_length=10, pattern=r"^\D*$")
    enough: float = Field(default=1, gt=0)
    at_most: float | None = None
    per_minutes: float | None = Field(default=None, gt=0)
    measured: Measured | None = None

    @property
    def is_quotable(self) -> bool:
        """Whether a miss is right often enough on labelled calls to be said to a person.

        Without that the criterion counts for the score and the team's statistics alone.
        """
        return (
            self.measured is not None
            and self.measured.labelled >= _QUOTABLE_LABELLED
            and self.measured.called >= _QUOTABLE_FROM
            and self.measured.right >= QUOTABLE_PRECISION * self.measured.called
        )

    def asked_for(self, minutes: float) -> float:
        """How many are enough at that length: from half of ``enough`` to ``at_most``."""
        if self.per_minutes is None:
            return self.enough
        scaled = self.enough * minutes / self.per_minutes
        most = self.at_most if self.at_most is not None else self.enough
        return min(most, max(1.0, self.enough / 2, scaled))


class DimensionRules(_Strict):
    label: str
    criteria: dict[str, CriterionRules]


class Slope(_Strict):
    """Full marks at ``good``, none at ``bad``, a straight line between."""

    good: float
    bad: float

    def share(self, value: float) -> float:
        return min(1.0, max(0.0, (value - self.bad) / (self.good - self.bad)))

    @model_validator(mode="after")
    def _has_a_slope(self) -> "Slope":
        if self.good == self.bad:
            raise ValueError("good and bad are the same")
        return self


class PriorityRules(_Strict):
    """How evidence, impact and coachability become a priority; amounts in USD."""

    full_evidence_turns: int = Field(ge=1)
    bands: dict[Literal["Critical", "High", "Medium"], float]
    amount_full_impact: float = Field(gt=0)
    amount_no_impact: float = Field(gt=0)
    impact_without_amount: float = Field(ge=0, le=1)


class RiskRules(_Strict):
    """Points of risk, and the points from which the risk is medium or high."""

    lost_objection: float
    speaks_of_leaving: float = 4
    unresolved_objection: float
    negative_sentiment: float
    mixed_sentiment: float
    competitor_named: float
    no_next_step: float
    levels: dict[Literal["medium", "high"], float]


class Rubric(_Strict):
    """``coaching_rubric.yaml``: eligibility, weights, criteria, thresholds, cues."""

    version: str
    eligibility: Eligibility
    monologue_bridge_seconds: float = Field(ge=0)
    target_score: float = Field(gt=0, le=100)
    weights: dict[Dimension, float]
    next_step_from: float = Field(ge=0, lt=1)
    not_applicable: dict[Dimension, list[str]] = Field(default_factory=dict)
    discovery_from_turns: int = Field(ge=1)
    talk_ratio_band: dict[str, tuple[float, float]]
    talk_ratio_zero_beyond: float = Field(gt=0)
    dimensions: dict[Dimension, DimensionRules]
    monologue_seconds: Slope
    monologue_share: Slope
    nod_words: int = Field(ge=0)
    talks_freely_share: Slope
    next_step_without_date: float = Field(ge=0, le=1)
    answer_worth: dict[Literal["general", "concrete", "tailored"], float]
    speech_words: int = Field(ge=1)
    follow_up_share: Slope
    objection_reply_words: Slope
    argument_penalty: float = Field(ge=0, le=100)
    empty_promise_penalty: float = Field(ge=0)
    follow_up_after_words: int = Field(ge=1)
    priority: PriorityRules
    risk: RiskRules
    cues: dict[str, list[str]]

    _heard: Cues = PrivateAttr()
    _dates: Counter = PrivateAttr()

    @model_validator(mode="after")
    def _is_complete(self) -> "Rubric":
        if set(self.weights) != set(DIMENSIONS) or abs(sum(self.weights.values()) - 1) > 1e-9:
            raise ValueError(f"weights: one for each of {', '.join(DIMENSIONS)}, adding up to 1")
        if set(self.dimensions) != set(DIMENSIONS):
            raise ValueError(f"dimensions: exactly {', '.join(DIMENSIONS)}")
        for dimension, rules in self.dimensions.items():
            if set(rules.criteria) != set(CRITERIA[dimension]):
                raise ValueError(
                    f"dimensions.{dimension}: criteria are {', '.join(CRITERIA[dimension])}"
                )
        if set(self.cues) != set(CUES):
            odd = sorted(set(self.cues) ^ set(CUES))
            raise ValueError(f"cues: missing or unknown: {', '.join(odd)}")
        if "default" not in self.talk_ratio_band:
            raise ValueError("talk_ratio_band: a 'default' is needed")
        self._heard = Cues(self.cues)
        self._dates = Counter(self.cues["dated"])
        return self

    def cues_in(self, sentence: str) -> frozenset[str]:
        """The cues of a lower-case sentence."""
        return self._heard(sentence)

    def dates_in(self, sentence: str) -> int:
        """How many days or times a lower-case sentence names."""
        return self._dates(sentence)

    def criterion(self, dimension: Dimension, key: str) -> CriterionRules:
        return self.dimensions[dimension].criteria[key]

    def talk_band(self, call_type: str | None) -> tuple[float, float]:
        return self.talk_ratio_band.get(call_type or "", self.talk_ratio_band["default"])


OutcomeCue = Literal["lost", "resolved", "agrees", "not_resolved", "deferred"]


#: The five groups that every finer kind belongs to.
ObjectionGroup = Literal["pricing", "timing", "technical", "competitive", "other"]


class ObjectionKind(_Strict):
    label: str
    group: ObjectionGroup
    cues: list[str] = Field(min_length=1)
    is_brush_off: bool = False


class ObstacleRules(_Strict):
    """Signs of an obstacle and what each is worth; see ``calls.obstacles``."""

    named: float
    threshold: float
    certain: float
    signs: dict[str, list[str]] = Field(min_length=1)
    weights: dict[str, float]

    @model_validator(mode="after")
    def _has_a_bias(self) -> "ObstacleRules":
        if "bias" not in self.weights:
            raise ValueError("obstacles.weights: a 'bias' is needed")
        if self.certain < self.threshold:
            raise ValueError("obstacles: certain is below threshold")
        return self

    @cached_property
    def together(self) -> tuple[tuple[frozenset[str], float], ...]:
        """The weights of signs that count only together."""
        return tuple(
            (frozenset(name.split("&")), weight)
            for name, weight in self.weights.items()
            if "&" in name
        )


_NONE = "not_an_objection"


@dataclass(frozen=True, slots=True)
class ObjectionCues:
    """Kind of objection that a sentence names, first in the file's order, and signs of outcome.

    ``signs`` are those of an obstacle; ``is_none`` says that it is surely no objection.
    """

    kind: str | None
    outcomes: frozenset[OutcomeCue]
    signs: frozenset[str] = frozenset()
    is_none: bool = False


class Taxonomy(_Strict):
    """``objections.yaml``: the kinds of objection, how they are told, what became of them."""

    version: str
    reply_within_turns: int = Field(ge=1)
    outcome_within_turns: int = Field(ge=1)
    agreement_within_turns: int = Field(ge=1)
    same_within_turns: int = Field(ge=0)
    maximum_turn_words: int = Field(ge=1)
    about_trouble: list[str] = Field(default_factory=list)
    not_an_objection: list[str]
    obstacles: ObstacleRules
    kinds: dict[str, ObjectionKind] = Field(min_length=1)
    outcomes: dict[OutcomeCue, list[str]]

    _heard: Cues = PrivateAttr()
    #: A set of its own: two small automata are faster than one of both.
    _signs: Cues = PrivateAttr()

    @model_validator(mode="after")
    def _compile(self) -> "Taxonomy":
        if missing := set(get_args(OutcomeCue)) - set(self.outcomes):
            raise ValueError(f"outcomes: missing {', '.join(sorted(missing))}")
        groups = {f"kinds.{kind}": rules.cues for kind, rules in self.kinds.items()}
        groups |= {f"outcomes.{name}": cues for name, cues in self.outcomes.items()}
        self._signs = Cues(self.obstacles.signs)
        self._heard = Cues(groups | {_NONE: self.not_an_objection})
        return self

    def heard_in(self, sentence: str) -> "ObjectionCues":
        """What a lower-case sentence says about objections."""
        found = self._heard(sentence)
        kinds = [] if _NONE in found else [k for k in self.kinds if f"kinds.{k}" in found]
        return ObjectionCues(
            kind=kinds[0] if kinds else None,
            outcomes=frozenset(name for name in self.outcomes if f"outcomes.{name}" in found),
            signs=self._signs(sentence),
            is_none=_NONE in found,
        )


def rules_version(rubric: Rubric, taxonomy: Taxonomy) -> str:
    """What a score was made under: both versions, and a digest of both files' content.

    With the digest an edit without a new number is another version all the same.
    """
    both = (rubric.content_digest + taxonomy.content_digest).encode()
    digest = hashlib.sha256(both).hexdigest()[:8]
    return f"{rubric.version}/{taxonomy.version}-{digest}"

"""What a judge of calls is: cases in, a verdict on each criterion out, each with its sentence.

Three implementations: the rules (``by_rules``), and a model (``by_model``) that is asked in the
warehouse or by Claude (``resources.models.call_judges``).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import Field, model_validator

from cs_assets.calls.scoring.rubric import CRITERIA, DIMENSIONS, Dimension
from cs_assets.calls.transcript import Transcript
from cs_assets.config import Strict

#: Sides as a judge is told of them: a colleague is one of us.
JudgedSide = Literal["us", "customer"]

#: Criteria that are measured in seconds and words, whoever judges.
MEASURED = frozenset({"stays_brief", "talk_balance", "monologue", "interplay"})


class CriterionToJudge(Strict):
    """What a model is told of one criterion, and whose sentences may prove its verdict."""

    shown: str = Field(min_length=10)
    missed: str = Field(min_length=10)
    no_chance: str = Field(min_length=10)
    shown_by: tuple[JudgedSide, ...] = Field(min_length=1)
    missed_by: tuple[JudgedSide, ...] = Field(min_length=1)


class JudgeRules(Strict):
    """``call_judge.yaml``, validated."""

    version: str
    differs_from: float = Field(gt=0, le=1)
    criteria: dict[Dimension, dict[str, CriterionToJudge]]

    @model_validator(mode="after")
    def _has_each_criterion(self) -> "JudgeRules":
        for dimension in DIMENSIONS:
            wanted = set(CRITERIA[dimension]) - MEASURED
            if set(self.criteria.get(dimension, {})) != wanted:
                raise ValueError(f"criteria.{dimension}: exactly {', '.join(sorted(wanted))}")
        return self

    @property
    def judged(self) -> tuple[tuple[Dimension, str], ...]:
        """Dimension and key of every criterion that is judged, in order."""
        return tuple((d, key) for d in DIMENSIONS for key in self.criteria[d])


@dataclass(frozen=True)
class Case:
    """One call to judge. ``people``: names that are taken out before words leave the warehouse."""

    call_id: str
    call_date: dt.date
    call_type: str | None
    transcript: Transcript
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one criterion.

    ``share`` is 0 to 1, ``None`` when it does not apply or was rejected; ``position`` is the place
    of the sentence in the transcript; ``rejected`` says why a verdict does not count.
    """

    dimension: Dimension
    criterion: str
    share: float | None
    reason: str
    position: int | None = None
    rejected: str | None = None


@dataclass(frozen=True)
class Judged:
    """The verdicts on a call, one for each criterion that is judged, in the rubric's order."""

    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class NotJudged:
    """No verdicts (yet), and why: a batch that is under way, a ceiling, an outage."""

    reason: str


class Judge(Protocol):
    """Judges calls; never raises for what happens outside."""

    @property
    def name(self) -> str:
        """``rules`` or the name of the model: stored with each verdict."""
        ...

    @property
    def version(self) -> str:
        """Changes with whatever the judge is told of the rubric."""
        ...

    def judge(self, cases: Sequence[Case]) -> Mapping[str, Judged | NotJudged]:
        """By call id, an entry for every case."""
        ...


def side(transcript: Transcript, position: int) -> JudgedSide | Literal["unknown"]:
    """Whose sentence it is, as a judge is told."""
    spoken = transcript.sides[position]
    if spoken == "customer":
        return "customer"
    return "unknown" if spoken == "unknown" else "us"

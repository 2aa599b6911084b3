"""The coaching policy: what ``cs_assets/config/coaching.yaml`` may say."""

import datetime as dt
import re
from pathlib import Path
from typing import Literal, Self, cast

from pydantic import Field, model_validator

from cs_assets import config, desk_addresses
from cs_assets.config import Strict
from cs_assets.paper.brand import Paper

Dimension = Literal["overall", "product_knowledge", "discovery", "objection_handling", "engagement"]
#: Every scored dimension, in the order in which people see them.
DIMENSIONS: tuple[Dimension, ...] = (
    "overall",
    "product_knowledge",
    "discovery",
    "objection_handling",
    "engagement",
)


#: The type of objections that are of no other: many things, and so told of last.
OTHER = "other"


class Advice(Strict):
    """One thing to do differently: a short name and one concrete action."""

    title: str = Field(min_length=8, max_length=90)
    action: str = Field(min_length=20, max_length=260)


class Behaviour(Advice):
    """What a criterion of the rubric asks for, and what helps when it is missing.

    ``label`` goes on "... in 3 of 8 calls", ``praise`` after "In the call of ...", ``missed`` is a
    sentence on a call that lacked it. ``weight`` within its dimension. ``is_question``: it is done
    by asking, so a line that asks illustrates no miss. ``may_be_win``: whether it is done where it
    was heard, often enough on labelled calls (J-coaching-02a), to be praised. ``after_question``: a
    miss is shown after the question that the customer asked; ``after_answer``: it is shown by our
    last answer, after which the behaviour was to come; ``in_a_speech``: by a turn of ours that
    explains, and not by a greeting or a line. ``praised``: a pattern (of small letters)
    that a sentence has to match to be praised; what is heard goes further, so that nobody is
    blamed in doubt, and half of it would be praise in doubt.
    """

    label: str = Field(min_length=5, max_length=60)
    praise: str = Field(min_length=5, max_length=90)
    missed: str = Field(min_length=10, max_length=120)
    weight: float = Field(default=1.0, ge=0, le=1)
    is_question: bool = False
    may_be_win: bool = True
    after_question: bool = False
    after_answer: bool = False
    in_a_speech: bool = False
    praised: str = ""

    def may_praise(self, said: str) -> bool:
        """Whether a sentence shows it plainly enough to be praised."""
        return self.may_be_win and bool(re.search(self.praised, said.lower().replace("’", "'")))


class DimensionPolicy(Strict):
    """How a dimension is called, its target and weight, and what helps."""

    label: str
    target: float = Field(gt=0, le=100)
    weight: float = Field(ge=0, le=1)
    praise: str
    behaviours: dict[str, Behaviour]


class ObjectionPolicy(Strict):
    """How an objection type is called, its weight, and what helps."""

    label: str
    weight: float = Field(ge=0, le=1)
    is_brush_off: bool = False
    behaviour: Advice


class Pause(Strict):
    """Why a rep gets no digest: on leave ``until`` a day (that week included), or opted out."""

    reason: Literal["opted_out", "on_leave", "paused"]
    since: dt.date | None = None
    until: dt.date | None = None

    def holds(self, monday: dt.date) -> bool:
        """Whether the digest that goes out after the week of ``monday`` is left out."""
        sent = monday + dt.timedelta(days=7)
        begun = self.since is None or self.since <= sent
        return begun and (self.until is None or sent <= self.until)


class Trial(Strict):
    """Two forms of the digest on trial, from the week ``since`` to the week ``until``."""

    name: str = Field(pattern=r"^[a-z0-9-]{3,40}$")
    forms: tuple[Literal["full", "short"], Literal["full", "short"]]
    since: dt.date
    until: dt.date

    @model_validator(mode="after")
    def _compares(self) -> Self:
        if self.forms[0] == self.forms[1] or self.since > self.until:
            raise ValueError("a trial has two forms, and begins before it ends")
        return self

    def runs(self, monday: dt.date) -> bool:
        """Whether the digest of that week is of the trial."""
        return self.since <= monday <= self.until


class EffectRules(Strict):
    """How the effect of a focus is looked at: ``weeks`` before and after it was told."""

    weeks: int = Field(ge=2, le=10)
    least_calls: int = Field(ge=2)
    """Calls that tell the measure, before and after, for a behaviour to count."""
    least_treated: int = Field(ge=10)
    worthwhile: dict[str, float]
    """By measure: what surely changes less is called no effect."""


class CoachingPolicy(Strict):
    """The whole file; all numbers that are habits, not laws."""

    version: str
    window_weeks: int = Field(ge=1, le=13)
    before_weeks: int = Field(ge=1, le=26)
    history_weeks: int = Field(ge=6, le=104)
    least_calls: int = Field(ge=2)
    least_type_calls: int = Field(ge=2)
    cases_below: int = Field(ge=2)
    false_discovery_rate: float = Field(gt=0, lt=0.5)
    spread_floor: float = Field(gt=0)
    recurring_accounts: int = Field(ge=2)
    focus_areas: int = Field(ge=1, le=3)
    done_target: float = Field(gt=0, le=100)
    least_chances: int = Field(ge=2)
    least_missing: int = Field(ge=1)
    clear_level: float = Field(gt=0, lt=0.5)
    weeks_to_improve: int = Field(ge=1)
    weeks_to_drop: int = Field(ge=1)
    confidence_calls: float = Field(gt=0)
    follow_up_weeks: int = Field(ge=0, le=12)
    shown_objections: int = Field(ge=1, le=8)
    shown_themes: int = Field(ge=0, le=6)
    shown_calls: int = Field(ge=0, le=40)
    topics_left_out: tuple[str, ...]
    least_team: int = Field(ge=2)
    effects: EffectRules
    trial: Trial | None = None
    texts: bool = False
    """Whether text messages are made for reps, where something is critical (``texting``)."""
    attach_pdf: bool = False
    """Whether a digest's mail carries it as a PDF too."""
    paper: Paper = "A4"
    html_limit_bytes: int = Field(gt=10_000, le=102_000)
    dispute_contact: str
    dispute_url: str = Field(default="", pattern=r"^(https://\S+)?$")
    language: str = Field(default="en", pattern=r"^[a-z]{2}$")
    """Of digests and team pages: one with a catalogue (``languages/CODE.yaml``)."""
    languages: dict[str, str] = Field(default_factory=dict)
    """By Gong user or address in small letters: the language of one person."""
    folder: Path | None = Field(default=None, exclude=True)
    """Of the user's own configuration, where catalogues may lie."""
    desk_url: str = Field(default="", exclude=True)
    """The setting ``DESK_URL``; calls are opened there then, and scores disputed."""
    slack_channel: str
    slack_rep_lines: bool = False
    slack_picture: bool = True
    """Whether a bot's post of the team carries a picture of where it stands."""
    leaderboard: bool = False
    """Whether the channel sees by name who brought a focus to its target, most first."""
    pauses: dict[str, Pause]
    dimensions: dict[Dimension, DimensionPolicy]
    objections: dict[str, ObjectionPolicy]
    other_objection: ObjectionPolicy

    def dimension(self, name: str) -> DimensionPolicy:
        """The policy of a dimension by its plain name; a name of none raises ``KeyError``."""
        return self.dimensions[cast(Dimension, name)]

    def pause(self, user_id: str, email: str | None, monday: dt.date) -> Pause | None:
        """Why this rep gets no digest of that week; ``None`` when they do."""
        found = self.pauses.get(user_id) or self.pauses.get((email or "").lower())
        return found if found is not None and found.holds(monday) else None

    def language_for(self, user_id: str, email: str | None) -> str:
        """The language in which somebody reads: their own, else everybody's."""
        own = self.languages.get(user_id) or self.languages.get((email or "").lower())
        return own or self.language

    def behaviour(self, focus_id: str) -> Behaviour | None:
        """The behaviour ``dimension.criterion``; ``None`` when the file has none (any more)."""
        dimension, _, criterion = focus_id.partition(".")
        own = self.dimensions.get(cast(Dimension, dimension))
        return own.behaviours.get(criterion) if own else None

    def called(self, focus_id: str) -> str:
        """``dimension.criterion`` as people call it: ``Discovery: asks how they decide``."""
        dimension, _, criterion = focus_id.partition(".")
        own = self.dimensions.get(cast(Dimension, dimension))
        behaviour = self.behaviour(focus_id)
        told = behaviour.label if behaviour else criterion.replace("_", " ")
        return f"{own.label if own else dimension.replace('_', ' ')}: {told}"

    def weight(self, focus_id: str) -> float:
        """What a behaviour weighs: its dimension's weight times its own, 0 to 1."""
        behaviour = self.behaviour(focus_id)
        own = self.dimension(focus_id.partition(".")[0]).weight if behaviour else 0.0
        return own * behaviour.weight if behaviour else 0.0

    def objection(self, kind: str) -> ObjectionPolicy:
        """The policy of a type; types that the file does not name share ``other_objection``."""
        return self.objections.get(kind, self.other_objection)


def load(folder: Path | None = None, desk_url: str | None = None) -> CoachingPolicy:
    """The policy in force; raises ``BadConfiguration`` naming file, place and reason.

    ``desk_url``: the setting; ``UsageError`` for one that is no origin.
    """
    policy = config.load("coaching.yaml", CoachingPolicy, folder)
    missing = [name for name in DIMENSIONS if name not in policy.dimensions]
    if missing:
        raise config.BadConfiguration(f"coaching.yaml: dimensions: {', '.join(missing)} missing")
    policy = policy.model_copy(update={"folder": folder})
    if not desk_url:
        return policy
    base = desk_addresses.checked(desk_url)
    disputed = policy.dispute_url or desk_addresses.coaching(base)
    return policy.model_copy(update={"desk_url": base, "dispute_url": disputed})

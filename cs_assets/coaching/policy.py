"""The coaching policy: what ``cs_assets/config/coaching.yaml`` may say."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from cs_assets import config
from cs_assets.config import Strict

Dimension = Literal["overall", "product_knowledge", "discovery", "objection_handling", "engagement"]
#: Every scored dimension, in the order in which people see them.
DIMENSIONS: tuple[Dimension, ...] = (
    "overall",
    "product_knowledge",
    "discovery",
    "objection_handling",
    "engagement",
)


class Behaviour(Strict):
    """One thing to do differently: a short name and one concrete action.

    ``criteria``: the rubric's criteria of its dimension that it mends.
    """

    title: str = Field(min_length=8, max_length=90)
    action: str = Field(min_length=20, max_length=260)
    criteria: tuple[str, ...] = ()


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
    behaviour: Behaviour


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
    weeks_to_improve: int = Field(ge=1)
    weeks_to_drop: int = Field(ge=1)
    confidence_calls: float = Field(gt=0)
    resolved_target: float = Field(gt=0, le=100)
    shown_objections: int = Field(ge=1, le=8)
    shown_calls: int = Field(ge=0, le=40)
    least_team: int = Field(ge=2)
    html_limit_bytes: int = Field(gt=10_000, le=102_000)
    dispute_contact: str
    slack_channel: str
    dimensions: dict[Dimension, DimensionPolicy]
    objections: dict[str, ObjectionPolicy]
    other_objection: ObjectionPolicy

    def dimension(self, name: str) -> DimensionPolicy:
        """The policy of a dimension by its plain name; a name of none raises ``KeyError``."""
        return {str(key): policy for key, policy in self.dimensions.items()}[name]

    def objection(self, kind: str) -> ObjectionPolicy:
        """The policy of a type; types that the file does not name share ``other_objection``."""
        return self.objections.get(kind, self.other_objection)


def load(folder: Path | None = None) -> CoachingPolicy:
    """The policy in force; raises ``BadConfiguration`` naming file, place and reason."""
    policy = config.load("coaching.yaml", CoachingPolicy, folder)
    missing = [name for name in DIMENSIONS if name not in policy.dimensions]
    if missing:
        raise config.BadConfiguration(f"coaching.yaml: dimensions: {', '.join(missing)} missing")
    return policy

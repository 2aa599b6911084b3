"""What a user may set about reviews: ``reviews.yaml``, validated."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cs_assets import config
from cs_assets.config import BadConfiguration, Strict
from cs_assets.config.modules import Module
from cs_assets.config.modules import modules as catalogue
from cs_assets.paper.brand import Audience, Paper
from cs_assets.reviews import playbook
from cs_assets.reviews.playbook import Playbook

Edition = Literal["weekly", "quarterly"]
Section = Literal["performance", "business_value", "recommendations"]


class WindowLengths(Strict):
    """Lengths in weeks: of the window compared, and of the trend chart."""

    weeks: int = Field(ge=1, le=26)
    trend_weeks: int = Field(ge=4, le=52)


class Evidence(Strict):
    """When a difference may be called one."""

    minimum_n: int = Field(ge=1)


class Benchmarks(Strict):
    """Which peers are compared with, and how few are too few."""

    minimum_peers: int = Field(ge=2)
    coarser_group: str
    metrics: tuple[str, ...]


class Forecasting(Strict):
    """When a forecast is refused: with fewer known weeks than this."""

    minimum_weeks: int = Field(ge=26)


class RecommendationCount(Strict):
    """How many recommendations a report gives."""

    minimum: int = Field(ge=1, le=5)
    maximum: int = Field(ge=1, le=5)
    fill: bool = False
    """Whether standing advice fills up to the minimum; else fewer are given, and it is said."""


class CaseStudies(Strict):
    """Which case studies fit which advice."""

    minimum_score: float = Field(ge=0, le=1)
    """How well a case must fit the advice to be shown, 0 to 1: the share of what it is about."""
    subjects: dict[str, tuple[Annotated[str, Field(min_length=2)], ...]]
    """Kinds of work, and words or phrases that say that a text is about one."""


class Urgency(Strict):
    """How urgent each reason makes a customer, 0 to 1; they add up as independent chances."""

    renewal: tuple[tuple[int, Annotated[float, Field(ge=0, le=1)]], ...]
    """Within so many days, so urgent; nearest first."""
    red: float = Field(ge=0, le=1)
    yellow: float = Field(ge=0, le=1)
    lost_module: float = Field(ge=0, le=1)
    clear_fall: float = Field(ge=0, le=1)
    signal: float = Field(ge=0, le=1)


class Books(Strict):
    """What a CSM gets on Monday, and who stands in."""

    mail: Literal["book", "customer", "both"]
    """One mail a CSM, one a customer, or both."""
    leaders: bool
    """Whether those who lead CSMs get one mail over all books below them."""
    first: int = Field(ge=1, le=10)
    """How many customers a book puts first."""
    attach_megabytes: float = Field(ge=0, le=25)
    """Reviews are attached up to this size, the first ones first."""
    reports_url: str | None = Field(default=None, pattern=r"^https://[^\s?#]+$")
    """Where the home folder's files can be opened by readers, for links to reviews."""
    stand_ins: dict[str, str] = Field(default_factory=dict)
    """By CSM: the worker or CSM who reads the book while they are away."""
    urgency: Urgency


class Gate(Strict):
    """When a report is held back."""

    maximum_age_days: int = Field(ge=1)
    usual_weeks: int = Field(ge=1)
    """Weeks before the reported one that tell how many rows are usual."""
    least_rows: float = Field(ge=0, le=1)
    most_rows: float = Field(gt=1)
    maximum_incomplete: float = Field(ge=0, le=1)
    maximum_move: float = Field(gt=1)
    required_facts: tuple[str, ...]
    approval_from_arr: float | None = Field(default=None, ge=0)
    """Yearly revenue from which a person must approve a review; ``None``: never."""


class ReviewSettings(Strict):
    """The whole of ``reviews.yaml``."""

    version: str
    windows: dict[Edition, WindowLengths]
    evidence: Evidence
    benchmarks: Benchmarks
    forecast: Forecasting
    sections: tuple[Section, ...] = Field(min_length=1)
    change_only: bool
    """Whether a week without material change gets a line instead of a report."""
    charts: dict[Section, tuple[str, ...]]
    chart_modules: tuple[str, ...] = ()
    """Modules to import that register charts of the user's own."""
    goal_channels: dict[str, tuple[str, ...]]
    """By channel: words of a goal that name it."""
    recommendations: RecommendationCount
    books: Books
    case_studies: CaseStudies
    edition: Audience
    paper: Paper
    gate: Gate
    modules: dict[str, Module] = Field(default_factory=catalogue)
    """By code, as the product tables have it: ``modules.yaml``."""
    plays: Playbook = Field(default_factory=playbook.built_in)
    """The words of the advice: ``plays.yaml``."""

    @model_validator(mode="after")
    def _is_consistent(self) -> "ReviewSettings":
        if len(set(self.sections)) != len(self.sections):
            raise ValueError("sections: a section is named twice")
        if self.recommendations.minimum > self.recommendations.maximum:
            raise ValueError("recommendations: the minimum is above the maximum")
        missing = {"weekly", "quarterly"} - set(self.windows)
        if missing:
            raise ValueError(f"windows: {', '.join(sorted(missing))} missing")
        return self


def review_settings(folder: Path | None = None) -> ReviewSettings:
    """``reviews.yaml``, ``plays.yaml``, ``modules.yaml``; the user's where ``folder`` has them."""
    settings = config.load("reviews.yaml", ReviewSettings, folder)
    for name in {"plays", "modules"} & settings.model_fields_set:
        raise BadConfiguration(f"reviews.yaml: {name}: has a file of its own, {name}.yaml")
    others = {"plays": config.load("plays.yaml", Playbook, folder), "modules": catalogue(folder)}
    return settings.model_copy(update=others)

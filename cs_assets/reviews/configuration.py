"""What a user may set about reviews: ``reviews.yaml`` and ``brand.yaml``, validated."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from cs_assets import config
from cs_assets.config import BadConfiguration, Strict
from cs_assets.config.modules import Module
from cs_assets.config.modules import modules as catalogue
from cs_assets.reviews import playbook
from cs_assets.reviews.playbook import Playbook

Edition = Literal["weekly", "quarterly"]
Audience = Literal["internal", "customer"]
Paper = Literal["A4", "Letter"]
Section = Literal["performance", "business_value", "recommendations"]

#: Contrast that WCAG 2.2 (1.4.3) asks of text.
MINIMUM_CONTRAST = 4.5


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


def _hex_colour(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError(f"'{text}' is no colour: write #rrggbb")
    return text.lower()


Colour = Annotated[str, AfterValidator(_hex_colour)]


class Colours(Strict):
    """Colours by role: the same role has the same colour everywhere."""

    ink: Colour
    muted: Colour
    brand: Colour
    accent: Colour
    contrast: Colour
    context: Colour
    panel: Colour
    rule: Colour
    paper: Colour

    @model_validator(mode="after")
    def _is_readable(self) -> "Colours":
        pairs = [
            (text, ground)
            for text in ("ink", "muted", "brand", "accent")
            for ground in ("paper", "panel")
        ] + [("paper", "brand")]
        for text, ground in pairs:
            ratio = contrast(getattr(self, text), getattr(self, ground))
            if ratio < MINIMUM_CONTRAST:
                raise ValueError(
                    f"colour {text} on {ground} has a contrast of {ratio:.1f}, "
                    f"needs {MINIMUM_CONTRAST}"
                )
        return self


class Fonts(Strict):
    """TrueType files to use in place of the built-in Noto Sans."""

    regular: Path | None
    bold: Path | None


class Brand(Strict):
    """The whole of ``brand.yaml``."""

    name: str = Field(min_length=1, max_length=60)
    logo: Path | None
    """A PNG or JPEG for the band at the top; on the brand's colour."""
    colours: Colours
    dark: Colours = Field(default_factory=lambda: brand().dark)
    """The same roles where a reader's system asks for dark; ours, where a file names none."""
    fonts: Fonts
    footer: dict[Audience, Annotated[str, Field(max_length=120)]]
    confidential: dict[Audience, str]

    @model_validator(mode="after")
    def _has_its_files(self) -> "Brand":
        for path in (self.logo, self.fonts.regular, self.fonts.bold):
            if path is not None and not path.is_file():
                raise ValueError(f"{path} is no file")
        return self


def contrast(one: str, other: str) -> float:
    """Contrast of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def review_settings(folder: Path | None = None) -> ReviewSettings:
    """``reviews.yaml``, ``plays.yaml``, ``modules.yaml``; the user's where ``folder`` has them."""
    settings = config.load("reviews.yaml", ReviewSettings, folder)
    for name in {"plays", "modules"} & settings.model_fields_set:
        raise BadConfiguration(f"reviews.yaml: {name}: has a file of its own, {name}.yaml")
    others = {"plays": config.load("plays.yaml", Playbook, folder), "modules": catalogue(folder)}
    return settings.model_copy(update=others)


def brand(folder: Path | None = None) -> Brand:
    """``brand.yaml``, the user's when ``folder`` has one."""
    return config.load("brand.yaml", Brand, folder)

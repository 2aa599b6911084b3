"""A chart as shapes and words, before any library draws it.

Coordinates are shares of the scene's width and height, from the lower left. Colours are roles of
the brand. Shapes are operators of the page in the PDF and SVG in HTML; words stay text in both.
"""

from dataclasses import dataclass
from typing import Literal

#: A role of ``configuration.Colours``.
Role = Literal["ink", "muted", "accent", "contrast", "context", "panel", "rule", "paper"]
Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    role: Role


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points, or only its dots; ``None`` is a gap. Sizes in points (1/72 inch)."""

    points: tuple[tuple[float, float] | None, ...]
    role: Role
    width: float = 1.0
    dashed: bool = False
    dot: float = 0.0
    """Diameter of a dot at each point."""


@dataclass(frozen=True, slots=True)
class Words:
    """Text whose middle line lies at ``y``."""

    x: float
    y: float
    text: str
    align: Align = "left"
    role: Role = "ink"
    strong: bool = False


Shape = Box | Path


@dataclass(frozen=True)
class Scene:
    """All of one chart below its title.

    ``fixed`` shapes are the same for every customer of a week and can be kept; ``moving`` ones
    carry the data.
    """

    width: float
    height: float
    fixed: tuple[Shape, ...]
    moving: tuple[Shape, ...]
    words: tuple[Words, ...]


#: Width of all charts in points: the text width of A4.
WIDTH = 493.0
#: Size of the words in points.
WORD_SIZE = 7.5

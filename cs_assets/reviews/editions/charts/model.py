"""What a chart is before it is drawn: a message, a subject line and data of one of four kinds.

Every edition draws the same chart in its own way: vector shapes in the PDF, SVG in HTML, native
charts for slides. Numbers come from facts; labels are the facts as readers see them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cs_assets.facts.model import FactSheet


@dataclass(frozen=True)
class Trend:
    """A weekly series: a line of values with last year's behind it, and bars of counts below.

    ``None`` is a gap in the data, not zero. The last ``reported`` weeks are the window.
    """

    weeks: tuple[str, ...]
    values: tuple[float | None, ...]
    year_ago: tuple[float | None, ...]
    counts: tuple[float | None, ...]
    reported: int
    value_unit: str
    count_unit: str
    tone: str = ""
    """``rise`` or ``fall`` where the message says that the change is clear."""


@dataclass(frozen=True)
class Bars:
    """Named amounts, in the order drawn; ``earlier`` is the window before, where compared."""

    names: tuple[str, ...]
    values: tuple[float, ...]
    labels: tuple[str, ...]
    earlier: tuple[float, ...] | None
    unit: str
    horizontal: bool
    emphasised: int | None = None
    """The bar that the message is about."""
    is_bad: bool = False
    """Whether what the message says of that bar is a loss."""
    full: float | None = None
    """The end of the scale where the largest value is not: the whole of a share."""
    tones: tuple[str, ...] | None = None
    """By bar ``rise`` or ``fall`` where the change on ``earlier`` is clear, else empty."""


@dataclass(frozen=True)
class Lines:
    """A few named series over a few moments; ``None`` is a gap."""

    moments: tuple[str, ...]
    names: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    """By series, then by moment."""
    labels: tuple[str, ...]
    """What stands at the end of each line."""
    unit: str


@dataclass(frozen=True)
class Ranges:
    """Where one value lies among quartiles of peers; a row a metric, each on its own scale."""

    names: tuple[str, ...]
    low: tuple[float, ...]
    median: tuple[float, ...]
    high: tuple[float, ...]
    own: tuple[float, ...]
    own_labels: tuple[str, ...]
    median_labels: tuple[str, ...]


Data = Trend | Bars | Ranges | Lines


@dataclass(frozen=True)
class Chart:
    """One chart. ``message``, ``subject`` and ``alternative`` are texts with slots."""

    name: str
    message: str
    """The one thing it says, as a sentence: the title."""
    subject: str
    """Who and what is measured, unit and period: the line below the title."""
    alternative: str
    """For readers who cannot see it: what it shows, start, end, peak, n."""
    data: Data


#: A chart of a sheet, or ``None`` when the facts do not carry one.
Builder = Callable[[FactSheet], Chart | None]

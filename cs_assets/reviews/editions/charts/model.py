"""What a chart is before it is drawn: a message, a subject line and data of one of three kinds.

Every edition draws the same chart in its own way: matplotlib for the PDF, SVG for HTML, native
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


Data = Trend | Bars | Ranges


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

"""Process behaviour (XmR) charts of weekly means."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Signal = Literal["none", "outside_limits", "eight_on_one_side", "six_in_a_row", "too_few_points"]

#: 3 / d2 for moving ranges of two points, d2 = 1.128.
_LIMIT_FACTOR = 2.66
#: Fewer points than this give no limits at all; fewer than the other, provisional ones.
LEAST_POINTS = 6
SETTLED_POINTS = 10
_ONE_SIDE = 8
_IN_A_ROW = 6


@dataclass(frozen=True)
class Chart:
    """Centre and limits of a series, and what its last point signals."""

    points: int
    centre: float | None
    low: float | None
    high: float | None
    signal: Signal

    @property
    def is_provisional(self) -> bool:
        return self.points < SETTLED_POINTS


def chart(values: Sequence[float]) -> Chart:
    """The chart of ``values`` in order of time (gaps left out), judged at the last point.

    Wheeler, D. J. (1993), "Understanding Variation": limits = mean ± 2.66 · mean moving
    range; a signal is a point outside, eight in a row on one side, or six in a row
    rising or falling.
    """
    n = len(values)
    if n < LEAST_POINTS:
        return Chart(n, None, None, None, "too_few_points")
    centre = sum(values) / n
    ranges = [abs(b - a) for a, b in itertools.pairwise(values)]
    reach = _LIMIT_FACTOR * sum(ranges) / len(ranges)
    low, high = centre - reach, centre + reach
    return Chart(n, centre, low, high, _signal(values, centre, low, high))


def _signal(values: Sequence[float], centre: float, low: float, high: float) -> Signal:
    if not low <= values[-1] <= high:
        return "outside_limits"
    tail = values[-_ONE_SIDE:]
    if len(tail) == _ONE_SIDE and (
        all(value > centre for value in tail) or all(value < centre for value in tail)
    ):
        return "eight_on_one_side"
    steps = [b - a for a, b in itertools.pairwise(values[-_IN_A_ROW:])]
    if all(step > 0 for step in steps) or all(step < 0 for step in steps):
        return "six_in_a_row"
    return "none"

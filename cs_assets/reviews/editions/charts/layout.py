"""Where everything of a chart goes: data of one of the four kinds to a scene."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cs_assets.lettering.line import shortened
from cs_assets.reviews.editions.charts.model import Bars, Data, Lines, Ranges, Trend
from cs_assets.reviews.editions.charts.scene import (
    WIDTH,
    Align,
    Box,
    Path,
    Role,
    Scene,
    Shape,
    Words,
)


@lru_cache(16)
def scene(data: Data) -> Scene:
    """The scene of a chart's data; kept for the other editions of the same report."""
    if isinstance(data, Trend):
        return _trend(data)
    if isinstance(data, Ranges):
        return _ranges(data)
    if isinstance(data, Lines):
        return _lines(data)
    return _rows(data) if data.horizontal else _columns(data)


#: Colour by meaning. A mark stands beside each: colour is never the only cue.
_TONES: dict[str, Role] = {"rise": "accent", "fall": "contrast", "": "muted"}
_MARKS = {"rise": "▲ ", "fall": "▼ ", "": ""}


@dataclass(frozen=True)
class _Area:
    """A part of the scene in which data run from 0 to 1 both ways."""

    left: float
    bottom: float
    width: float
    height: float

    def x(self, share: float) -> float:
        return self.left + share * self.width

    def y(self, share: float) -> float:
        return self.bottom + share * self.height

    def level(self, share: float) -> Path:
        """A grid line across the area."""
        ends = ((self.left, self.y(share)), (self.left + self.width, self.y(share)))
        return Path(ends, "rule", 0.6)


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _trend(data: Trend) -> Scene:
    height = 190.0
    upper, lower = _Area(0.075, 0.40, 0.815, 0.50), _Area(0.075, 0.10, 0.815, 0.20)
    n = len(data.weeks)
    centres = [(i + 0.5) / n for i in range(n)]
    start = 1 - data.reported / n
    fixed: list[Shape] = [
        Box(area.x(start), area.bottom, area.width * (1 - start), area.height, "panel")
        for area in (upper, lower)
    ]
    fixed += [upper.level(0.5), upper.level(1.0), lower.level(1.0), upper.level(0), lower.level(0)]
    top = round_top(max(_known((*data.values, *data.year_ago)), default=0))
    most = round_top(max(_known(data.counts), default=0))
    bar = 0.62 / n * lower.width
    moving: list[Shape] = [
        Box(lower.x(c) - bar / 2, lower.bottom, bar, lower.height * (v or 0) / most, "accent")
        for c, v in zip(centres, data.counts, strict=True)
    ]
    moving.append(Path(_points(upper, centres, data.year_ago, top), "context", 1.3, dashed=True))
    line: Role = "contrast" if data.tone == "fall" else "accent"
    moving.append(Path(_points(upper, centres, data.values, top), line, 2.0, dot=4.5))
    step = 1 if n <= 14 else 2
    words = [
        Words(lower.x(centres[i]), 0.045, data.weeks[i], "centre", "muted")
        for i in range((n - 1) % step, n, step)
    ]
    words.append(Words(upper.x((start + 1) / 2), 0.955, "window reported", "centre", "muted"))
    words += [
        Words(upper.left - 0.012, upper.y(s), f"${short(top * s)}" if s else "0", "right", "muted")
        for s in (0, 0.5, 1)
    ]
    words += [
        Words(lower.left - 0.012, lower.y(s), short(most * s), "right", "muted") for s in (0, 1)
    ]
    words += _end_labels(data, upper, top)
    words.append(Words(lower.x(1.01), lower.y(0.5), "number", "left", "accent", strong=True))
    return Scene(WIDTH, height, tuple(fixed), tuple(moving), tuple(words))


def _points(
    area: _Area, centres: list[float], values: tuple[float | None, ...], top: float
) -> tuple[tuple[float, float] | None, ...]:
    return tuple(
        None if value is None else (area.x(centre), area.y(value / top))
        for centre, value in zip(centres, values, strict=True)
    )


def _end_labels(data: Trend, area: _Area, top: float) -> list[Words]:
    """Labels at the ends of the lines, moved apart where they would touch."""
    last, before = data.values[-1], data.year_ago[-1]
    places = {"this year": (last or 0) / top}
    if before is not None:
        places["a year earlier"] = before / top
        if abs(places["this year"] - places["a year earlier"]) < 0.13:
            middle = sum(places.values()) / 2
            up = places["this year"] >= places["a year earlier"]
            middle = min(max(middle, 0.065), 0.935)
            places["this year"] = middle + (0.065 if up else -0.065)
            places["a year earlier"] = middle - (0.065 if up else -0.065)
    line: Role = "contrast" if data.tone == "fall" else "accent"
    words = [Words(area.x(1.01), area.y(places["this year"]), "this year", "left", line, True)]
    if before is not None:
        y = area.y(places["a year earlier"])
        words.append(Words(area.x(1.01), y, "a year earlier", "left", "muted"))
    return words


def _columns(data: Bars) -> Scene:
    height, area = 130.0, _Area(0.02, 0.14, 0.96, 0.72)
    count = len(data.values)
    earlier = data.earlier or (0.0,) * count
    top = max([*data.values, *earlier, 1e-9])
    width = min(0.34 / count, 0.11) * area.width
    fixed = (Path(((area.left, area.bottom), (area.x(1), area.bottom)), "muted", 0.8),)
    moving: list[Shape] = []
    words: list[Words] = []
    for i, value in enumerate(data.values):
        centre = area.x((i + 0.5) / count)
        tall, before = area.height * value / top, area.height * earlier[i] / top
        shift = width * 0.52 if data.earlier else 0.0
        if data.earlier:
            moving.append(Box(centre - shift - width / 2, area.bottom, width, before, "context"))
        tone = data.tones[i] if data.tones else ""
        role: Role = _TONES[tone] if data.tones else "accent"
        moving.append(Box(centre + shift - width / 2, area.bottom, width, tall, role))
        words.append(Words(centre, 0.055, shortened(data.names[i], 96 // count), "centre"))
        words.append(
            Words(
                centre + shift,
                area.bottom + tall + 0.05,
                _MARKS[tone] + data.labels[i],
                "centre",
                strong=True,
            )
        )
    return Scene(WIDTH, height, fixed, tuple(moving), tuple(words))


def _rows(data: Bars) -> Scene:
    count = len(data.values)
    longest = max(map(len, data.names))
    left, most = (0.18, 20) if longest <= 20 else (0.28, 32)
    height, area = 20.0 + 18.7 * count, _Area(left, 0.04, 0.82 - left, 0.92)
    top = max([data.full or 0.0, *data.values, 1e-9])
    lines = [Path(((area.left, area.y(0)), (area.left, area.y(1))), "muted", 0.8)]
    if data.full:  # a share of a whole: the whole is seen
        lines.append(Path(((area.x(1), area.y(0)), (area.x(1), area.y(1))), "rule", 0.8))
    fixed = tuple(lines)
    stands_out: Role = "contrast" if data.is_bad else "accent"
    moving: list[Shape] = []
    words: list[Words] = []
    for i, value in enumerate(data.values):
        y = 1 - (i + 0.5) / count
        length, thick = area.width * value / top, area.height * 0.62 / count
        role: Role = stands_out if data.emphasised in (None, i) else "context"
        moving.append(Box(area.left, area.y(y) - thick / 2, length, thick, role))
        words.append(Words(area.left - 0.012, area.y(y), shortened(data.names[i], most), "right"))
        words.append(
            Words(area.left + length + 0.01, area.y(y), data.labels[i], "left", strong=True)
        )
    return Scene(WIDTH, height, fixed, tuple(moving), tuple(words))


def _lines(data: Lines) -> Scene:
    height, area = 130.0, _Area(0.075, 0.14, 0.66, 0.78)
    known = _known(value for series in data.values for value in series)
    top = round_top(max(known, default=0))
    fixed = (area.level(0), area.level(0.5), area.level(1.0))
    count = len(data.moments)
    centres = [(i + 0.5) / count for i in range(count)]
    moving: list[Shape] = []
    words = [
        Words(area.x(centre), 0.055, moment, "centre", "muted")
        for centre, moment in zip(centres, data.moments, strict=True)
    ]
    words += [
        Words(area.left - 0.012, area.y(s), f"{short(top * s)}{data.unit}", "right", "muted")
        for s in (0, 0.5, 1)
    ]
    ends = _apart([(series[-1] or 0) / top for series in data.values])
    for i, series in enumerate(data.values):
        role = _SERIES[i % len(_SERIES)]
        moving.append(
            Path(_points(area, centres, series, top), role, 1.8, dashed=i % 2 == 1, dot=4.5)
        )
        words.append(Words(area.x(1.0), area.y(ends[i]), data.labels[i], "left", role, True))
    return Scene(WIDTH, height, fixed, tuple(moving), tuple(words))


#: Colours of series; every other one is dashed, so that they differ in grey too.
_SERIES: tuple[Role, ...] = ("accent", "contrast", "ink", "muted", "accent")


def _apart(places: list[float], least: float = 0.125) -> list[float]:
    """Heights of labels, moved up where they would touch the one below, and kept inside."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved, below = list(places), -least
    for i in order:
        moved[i] = below = max(places[i], below + least)
    over = max(0.0, below - 1.0)
    return [place - over for place in moved]


def _ranges(data: Ranges) -> Scene:
    count = len(data.names)
    height, area = 24.0 + 27.0 * count, _Area(0.22, 0.03, 0.55, 0.94)
    fixed: list[Shape] = []
    moving: list[Shape] = []
    words: list[Words] = []
    for i, name in enumerate(data.names):
        slot = area.height / count
        y = area.y(1 - (i + 0.5) / count) + 0.12 * slot
        low, median, high, own = data.low[i], data.median[i], data.high[i], data.own[i]
        first, last = _ends(low, high, own)
        size = (last - first) or 1.0
        left, right, middle, dot = (area.x((v - first) / size) for v in (low, high, median, own))
        axis = y - 0.3 * slot
        fixed.append(Path(((area.left, axis), (area.x(1), axis)), "rule", 0.8))
        moving.append(Box(left, y - 0.17 * slot, right - left, 0.34 * slot, "context"))
        moving.append(Path(((middle, y - 0.25 * slot), (middle, y + 0.25 * slot)), "ink", 1.6))
        role: Role = "contrast" if own < low else "accent"
        moving.append(Path(((dot, y),), role, 0, dot=8))
        words.append(Words(area.left - 0.03, y, name, "right"))
        below, is_narrow = axis - 0.14 * slot, right - left < 0.1  # else the labels would touch
        sides: tuple[Align, Align] = ("right", "left") if is_narrow else ("centre", "centre")
        words.append(Words(left - 0.01 * is_narrow, below, _axis(low), sides[0], "muted"))
        words.append(Words(right + 0.01 * is_narrow, below, _axis(high), sides[1], "muted"))
        label = f"{data.own_labels[i]}  (median {data.median_labels[i]})"
        words.append(Words(area.x(1) + 0.03, y, label, "left"))
    return Scene(WIDTH, height, tuple(fixed), tuple(moving), tuple(words))


def _axis(value: float) -> str:
    return short(float(f"{value:.3g}"))


def _ends(low: float, high: float, own: float) -> tuple[float, float]:
    """Ends of a row's own scale: half a band beyond the band, and the own value inside."""
    margin = max(high - low, 1e-9) / 2
    first, last = min(low - margin, own), max(high + margin, own)
    room = 0.06 * (last - first)  # no dot on the edge
    return min(first, own - room), max(last, own + room)


def round_top(largest: float) -> float:
    """The smallest of 1, 2, 4, 5, 8 times a power of ten that is not below ``largest``."""
    if largest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next((step * power for step in (1, 2, 4, 5, 8) if step * power >= largest), 10 * power)


def short(value: float) -> str:
    """An axis label: 0, 250, 1.5K, 20K, 3M."""
    for limit, letter in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if value >= limit:
            return f"{value / limit:g}{letter}"
    return f"{value:g}"

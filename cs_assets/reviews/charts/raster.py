"""Charts drawn with matplotlib, fast: figures are kept and only what changes is drawn again.

Axes, grid and week labels of a figure are drawn once and kept as a background; each chart copies
it back and draws its own lines, bars and labels on top (blitting). All data are scaled to a fixed
axis of 0 to 1 so that the background holds for every customer.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from cs_assets.reviews.charts.model import Bars, Chart, Ranges, Trend
from cs_assets.reviews.charts.scale import round_top, short
from cs_assets.reviews.configuration import Colours

#: Figures kept at the same time, so that memory stays flat whatever the data.
_MOST_FIGURES = 24

_WIDTH_INCHES = 6.85
_SMALL = 7.5


@dataclass(frozen=True)
class Look:
    """How charts look: colours by role, font file, resolution."""

    colours: Colours
    regular: Path
    bold: Path
    dpi: int = 150


class _Board:
    """A figure with a kept background and artists that are drawn anew each time."""

    def __init__(self, look: Look, height: float) -> None:
        self.look = look
        self.figure = Figure(figsize=(_WIDTH_INCHES, height), dpi=look.dpi, facecolor="white")
        self.canvas = FigureCanvasAgg(self.figure)
        self.changing: list[Any] = []
        self._background: Any = None
        self.regular = font_manager.FontProperties(fname=str(look.regular), size=_SMALL)
        self.bold = font_manager.FontProperties(fname=str(look.bold), size=_SMALL)

    def axes(self, left: float, bottom: float, width: float, height: float) -> Any:
        """Axes without frame, 0 to 1 both ways."""
        axes = self.figure.add_axes((left, bottom, width, height))
        axes.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
        for side in axes.spines.values():
            side.set_visible(False)
        return axes

    def write(self, axes: Any, x: float, y: float, words: str = "", **style: Any) -> Any:
        """Text at a place in data units; fixed unless ``moving`` is given."""
        moving = style.pop("moving", False)
        style.setdefault("color", self.look.colours.ink)
        font = self.bold if style.pop("strong", False) else self.regular
        text = axes.text(x, y, words, fontproperties=font, parse_math=False, clip_on=False, **style)
        return self.moving(text) if moving else text

    def moving(self, artist: Any) -> Any:
        artist.set_animated(True)
        self.changing.append(artist)
        return artist

    def picture(self) -> Image.Image:
        """The figure as it now is, RGB."""
        if self._background is None:
            self.canvas.draw()
            self._background = self.canvas.copy_from_bbox(self.figure.bbox)
        else:
            self.canvas.restore_region(self._background)
        for artist in self.changing:
            if artist.get_visible():
                artist.axes.draw_artist(artist)
        width, height = self.canvas.get_width_height()
        pixels = bytes(self.canvas.buffer_rgba())
        return Image.frombuffer("RGBA", (width, height), pixels, "raw", "RGBA", 0, 1).convert("RGB")


class _TrendBoard(_Board):
    """Line of values above, bars of counts below, same weeks."""

    def __init__(self, look: Look, weeks: tuple[str, ...], reported: int) -> None:
        super().__init__(look, height=2.65)
        colours, n = look.colours, len(weeks)
        self.x = [(i + 0.5) / n for i in range(n)]
        self.upper = self.axes(0.075, 0.40, 0.835, 0.53)
        self.lower = self.axes(0.075, 0.09, 0.835, 0.22)
        for axes in (self.upper, self.lower):
            axes.axvspan(1 - reported / n, 1, color=colours.panel, zorder=0)
            for level in (0.0, 0.5, 1.0) if axes is self.upper else (0.0, 1.0):
                axes.axhline(level, color=colours.rule, linewidth=0.6, zorder=1)
        step = 1 if n <= 14 else 2
        for i in range((n - 1) % step, n, step):
            self.write(self.lower, self.x[i], -0.12, weeks[i], ha="center", va="top",
                       color=colours.muted)  # fmt: skip
        self.write(self.upper, 1 - reported / n / 2, 1.03, "window reported", ha="center",
                   va="bottom", color=colours.muted)  # fmt: skip
        muted: dict[str, Any] = {
            "ha": "right",
            "va": "center",
            "color": colours.muted,
            "moving": True,
        }
        self.value_ticks = [self.write(self.upper, -0.012, y, **muted) for y in (0.0, 0.5, 1.0)]
        self.count_ticks = [self.write(self.lower, -0.012, y, **muted) for y in (0.0, 1.0)]
        (before,) = self.upper.plot(self.x, [0.0] * n, color=colours.context, linewidth=1.3,
                                    linestyle=(0, (4, 2)), zorder=3, clip_on=False)  # fmt: skip
        (line,) = self.upper.plot(self.x, [0.0] * n, color=colours.accent, linewidth=2.0,
                                  marker="o", markersize=3.6, zorder=4, clip_on=False)  # fmt: skip
        self.before, self.line = self.moving(before), self.moving(line)
        self.bars = [
            self.moving(bar)
            for bar in self.lower.bar(self.x, [0.0] * n, width=0.62 / n, color=colours.accent,
                                      zorder=3)
        ]  # fmt: skip
        self.end_value = self.write(self.upper, 1.008, 0, ha="left", va="center", strong=True,
                                    color=colours.accent, moving=True)  # fmt: skip
        self.end_before = self.write(self.upper, 1.008, 0, "a year\nearlier", ha="left",
                                     va="center", color=colours.muted, moving=True)  # fmt: skip
        self.end_count = self.write(self.lower, 1.008, 0.5, "number", ha="left", va="center",
                                    color=colours.accent, strong=True)  # fmt: skip

    def show(self, data: Trend) -> Image.Image:
        nan = float("nan")
        known = [v for v in (*data.values, *data.year_ago) if v is not None]
        top, most = round_top(max(known, default=0)), round_top(max(_known(data.counts), default=0))
        values = [nan if v is None else v / top for v in data.values]
        earlier = [nan if v is None else v / top for v in data.year_ago]
        self.line.set_ydata(values)
        self.before.set_ydata(earlier)
        for bar, count in zip(self.bars, data.counts, strict=True):
            bar.set_height(0 if count is None else count / most)
        for tick, level in zip(self.value_ticks, (0, top / 2, top), strict=True):
            tick.set_text(f"${short(level)}" if level else "0")
        for tick, level in zip(self.count_ticks, (0, most), strict=True):
            tick.set_text(short(level))
        self._label_ends(values[-1], earlier[-1])
        return self.picture()

    def _label_ends(self, last: float, before: float) -> None:
        """Direct labels at the line ends, moved apart where they would touch."""
        self.end_value.set_text("this year")
        has_before = before == before
        self.end_before.set_visible(has_before)
        y, other = last, before
        if has_before and abs(y - other) < 0.22:
            middle, shift = (y + other) / 2, 0.12 if y >= other else -0.12
            y, other = middle + shift, middle - shift
        low, high = 0.02, 0.98
        self.end_value.set_y(min(max(y, low), high))
        self.end_before.set_y(min(max(other, low), high) if has_before else 0)


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


class _ColumnBoard(_Board):
    """Vertical bars with their labels, the window before in grey beside each."""

    def __init__(self, look: Look, count: int) -> None:
        super().__init__(look, height=2.2)
        colours = look.colours
        self.area = self.axes(0.02, 0.13, 0.96, 0.76)
        self.area.axhline(0, color=colours.muted, linewidth=0.8, zorder=1)
        slot = 1 / count
        width = min(0.34 * slot, 0.11)
        self.centres = [(i + 0.5) * slot for i in range(count)]
        self.earlier = [
            self.moving(bar)
            for bar in self.area.bar([c - width * 0.52 for c in self.centres], [0.0] * count,
                                     width=width, color=colours.context, zorder=3)
        ]  # fmt: skip
        self.bars = [
            self.moving(bar)
            for bar in self.area.bar([c + width * 0.52 for c in self.centres], [0.0] * count,
                                     width=width, color=colours.accent, zorder=3)
        ]  # fmt: skip
        self.names = [
            self.write(self.area, c, -0.05, ha="center", va="top", moving=True)
            for c in self.centres
        ]
        self.labels = [
            self.write(self.area, c + width * 0.52, 0, ha="center", va="bottom", strong=True,
                       moving=True)
            for c in self.centres
        ]  # fmt: skip

    def show(self, data: Bars) -> Image.Image:
        earlier = data.earlier or (0.0,) * len(data.values)
        top = max([*data.values, *earlier, 1e-9])
        for i, value in enumerate(data.values):
            self.bars[i].set_height(value / top)
            self.earlier[i].set_height(earlier[i] / top)
            self.names[i].set_text(_shortened(data.names[i], 16))
            self.labels[i].set_text(data.labels[i])
            self.labels[i].set_y(value / top + 0.02)
        return self.picture()


class _RowBoard(_Board):
    """Horizontal bars with names left and labels at their ends; one bar stands out."""

    def __init__(self, look: Look, count: int) -> None:
        super().__init__(look, height=0.28 + 0.26 * count)
        self.area = self.axes(0.175, 0.04, 0.645, 0.92)
        colours = look.colours
        self.area.axvline(0, color=colours.muted, linewidth=0.8, zorder=1)
        slot = 1 / count
        self.y = [1 - (i + 0.5) * slot for i in range(count)]
        self.bars = [
            self.moving(bar)
            for bar in self.area.barh(self.y, [0.0] * count, height=0.62 * slot, zorder=3)
        ]
        self.names = [
            self.write(self.area, -0.015, y, ha="right", va="center", moving=True) for y in self.y
        ]
        self.labels = [
            self.write(self.area, 0, y, ha="left", va="center", strong=True, moving=True)
            for y in self.y
        ]

    def show(self, data: Bars) -> Image.Image:
        colours = self.look.colours
        top = max([*data.values, 1e-9])
        for i, value in enumerate(data.values):
            self.bars[i].set_width(value / top)
            self.bars[i].set_color(
                colours.accent if data.emphasised in (None, i) else colours.context
            )
            self.names[i].set_text(_shortened(data.names[i], 20))
            self.labels[i].set_text(data.labels[i])
            self.labels[i].set_x(value / top + 0.012)
        return self.picture()


class _RangeBoard(_Board):
    """One row a metric: band of the middle half, line of the median, dot of the own value."""

    def __init__(self, look: Look, count: int) -> None:
        super().__init__(look, height=0.3 + 0.3 * count)
        colours = look.colours
        self.area = self.axes(0.215, 0.05, 0.575, 0.9)
        slot = 1 / count
        self.y = [1 - (i + 0.5) * slot for i in range(count)]
        for y in self.y:
            self.area.axhline(y, color=colours.rule, linewidth=0.8, zorder=1)
        self.bands = [
            self.moving(bar)
            for bar in self.area.barh(self.y, [0.0] * count, height=0.42 * slot,
                                      color=colours.context, zorder=2)
        ]  # fmt: skip
        self.medians = [
            self.moving(self.area.plot([0, 0], [y - 0.27 * slot, y + 0.27 * slot],
                                       color=colours.ink, linewidth=1.6, zorder=3)[0])
            for y in self.y
        ]  # fmt: skip
        self.dots = [
            self.moving(self.area.plot([0], [y], marker="o", markersize=8, color=colours.accent,
                                       markeredgecolor=colours.paper, markeredgewidth=1.2,
                                       zorder=4, clip_on=False)[0])
            for y in self.y
        ]  # fmt: skip
        self.names = [
            self.write(self.area, -0.03, y, ha="right", va="center", moving=True) for y in self.y
        ]
        self.labels = [
            self.write(self.area, 1.03, y, ha="left", va="center", moving=True) for y in self.y
        ]

    def show(self, data: Ranges) -> Image.Image:
        for i, name in enumerate(data.names):
            low, high, own = data.low[i], data.high[i], data.own[i]
            spread = max(high - low, 1e-9)
            first = min(low - spread * 0.5, own)
            last = max(high + spread * 0.5, own)
            first = max(0.0, first) if min(low, own) >= 0 else first

            def place(value: float, first: float = first, last: float = last) -> float:
                return (value - first) / (last - first)

            self.bands[i].set_x(place(low))
            self.bands[i].set_width(place(high) - place(low))
            self.medians[i].set_xdata([place(data.median[i])] * 2)
            self.dots[i].set_xdata([place(own)])
            self.names[i].set_text(name)
            self.labels[i].set_text(f"{data.own_labels[i]}  (median {data.median_labels[i]})")
        return self.picture()


def _shortened(words: str, most: int) -> str:
    words = "".join(c if c.isprintable() else " " for c in words)
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


class Draughtsman:
    """Draws charts; keeps a figure for each shape of chart that it has met."""

    def __init__(self, look: Look) -> None:
        matplotlib.set_loglevel("ERROR")
        self._look = look
        self._boards: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    def draw(self, chart: Chart) -> Image.Image:
        """The chart as an RGB picture, without its title."""
        data = chart.data
        if isinstance(data, Trend):
            key: tuple[Any, ...] = ("trend", data.weeks, data.reported)
            return self._board(key, lambda: _TrendBoard(self._look, *key[1:])).show(data)
        if isinstance(data, Ranges):
            key = ("ranges", len(data.names))
            return self._board(key, lambda: _RangeBoard(self._look, key[1])).show(data)
        key = ("rows" if data.horizontal else "columns", len(data.names))
        kind = _RowBoard if data.horizontal else _ColumnBoard
        return self._board(key, lambda: kind(self._look, key[1])).show(data)

    def _board(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        board = self._boards.get(key)
        if board is None:
            board = self._boards[key] = make()
            while len(self._boards) > _MOST_FIGURES:
                self._boards.popitem(last=False)
        self._boards.move_to_end(key)
        return board

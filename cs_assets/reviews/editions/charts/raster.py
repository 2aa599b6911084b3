"""Shapes of a chart drawn with matplotlib, fast: figures are kept, and only data drawn anew.

The fixed shapes of a scene are drawn once and kept as a background; each chart copies it back and
draws its own bars and lines on top (blitting, with artists that are kept too). Words are not drawn
here: in the PDF they are text, which is sharper, can be searched and read aloud.
"""

from collections import OrderedDict
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from PIL import Image

from cs_assets.reviews.configuration import Colours
from cs_assets.reviews.editions.charts.scene import Box, Path, Scene, Shape

#: Figures kept at the same time, so that memory stays flat whatever the data.
_MOST_FIGURES = 24
_DOTS_PER_INCH = 150
_GAP = (float("nan"), float("nan"))


class Draughtsman:
    """Draws scenes in one brand's colours; keeps a figure for each kind of scene it has met."""

    def __init__(self, colours: Colours) -> None:
        self._colours = colours
        self._palette = palette(colours)
        self._boards: OrderedDict[tuple[Any, ...], _Board] = OrderedDict()

    def draw(self, scene: Scene) -> Image.Image:
        """The shapes of the scene as a picture of at most 256 colours."""
        key = (scene.height, scene.fixed, tuple(type(shape) for shape in scene.moving))
        board = self._boards.get(key)
        if board is None:
            board = self._boards[key] = _Board(scene, self._colours, self._palette)
            while len(self._boards) > _MOST_FIGURES:
                self._boards.popitem(last=False)
        self._boards.move_to_end(key)
        return board.picture(scene.moving)


class _Board:
    """A figure with its background kept, and one artist for each moving shape."""

    def __init__(self, scene: Scene, colours: Colours, palette: Image.Image) -> None:
        self._palette = palette
        size = (scene.width / 72, scene.height / 72)
        self._colours = colours
        self._figure = Figure(figsize=size, dpi=_DOTS_PER_INCH, facecolor=colours.paper)
        self._canvas = FigureCanvasAgg(self._figure)
        self._axes = self._figure.add_axes((0, 0, 1, 1), xlim=(0, 1), ylim=(0, 1))
        self._axes.axis("off")
        for shape in scene.fixed:
            self._set(self._new(shape), shape)
        self._moving = [self._new(shape) for shape in scene.moving]
        for artist in self._moving:
            artist.set_animated(True)
        self._canvas.draw()
        self._background = self._canvas.copy_from_bbox(self._figure.bbox)

    def picture(self, moving: tuple[Shape, ...]) -> Image.Image:
        """The figure with these shapes on its background."""
        self._canvas.restore_region(self._background)
        for artist, shape in zip(self._moving, moving, strict=True):
            self._set(artist, shape)
            self._axes.draw_artist(artist)
        width, height = self._canvas.get_width_height()
        pixels = self._canvas.buffer_rgba()
        drawn = Image.frombuffer("RGBA", (width, height), pixels, "raw", "RGBA", 0, 1)
        return drawn.convert("RGB").quantize(palette=self._palette, dither=Image.Dither.NONE)

    def _new(self, shape: Shape) -> Any:
        if isinstance(shape, Box):
            return self._axes.add_patch(Rectangle((0, 0), 0, 0, linewidth=0))
        return self._axes.add_line(Line2D([], [], solid_capstyle="butt"))

    def _set(self, artist: Any, shape: Shape) -> None:
        colour = getattr(self._colours, shape.role)
        if isinstance(shape, Box):
            artist.set_bounds(shape.x, shape.y, shape.width, shape.height)
            artist.set_facecolor(colour)
            return
        places = [point or _GAP for point in shape.points]
        artist.set_data([x for x, _ in places], [y for _, y in places])
        artist.set_color(colour)
        artist.set_linewidth(shape.width)
        artist.set_linestyle((0, (4, 2)) if shape.dashed else "-")
        self._set_dots(artist, shape)

    def _set_dots(self, artist: Any, shape: Path) -> None:
        artist.set_marker("o" if shape.dot else "None")
        artist.set_markersize(shape.dot)
        artist.set_markeredgecolor(self._colours.paper)
        artist.set_markeredgewidth(0.9 if shape.dot else 0)


def palette(colours: Colours) -> Image.Image:
    """The brand's colours and what lies between those that touch, as at the edge of a bar.

    A third of the bytes to compress; no edge is off by more than an eye can see.
    """
    shapes = ("ink", "muted", "accent", "context", "rule", "contrast", "brand")
    grounds = ("paper", "panel", "context")
    exact = [_rgb(getattr(colours, role)) for role in dict.fromkeys((*grounds, *shapes))]
    between = [
        _mixed(_rgb(getattr(colours, ground)), _rgb(getattr(colours, shape)), step / _STEPS)
        for ground in grounds
        for shape in shapes
        for step in range(1, _STEPS)
    ]
    # Pillow looks for the nearest colour in steps of four: beside an exact one there is none.
    found = [*exact, *(mix for mix in between if all(_apart(mix, one) for one in exact))]
    image = Image.new("P", (1, 1))
    image.putpalette([part for colour in list(dict.fromkeys(found))[:256] for part in colour])
    return image


#: Colours between a shape and its ground, so that all pairs fit into 256.
_STEPS = 12


def _mixed(one: tuple[int, ...], other: tuple[int, ...], share: float) -> tuple[int, ...]:
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))


def _apart(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) >= 10


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


__all__ = ["Draughtsman", "palette"]

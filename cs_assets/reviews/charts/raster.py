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

from cs_assets.reviews.charts.scene import Box, Path, Scene, Shape
from cs_assets.reviews.configuration import Colours

#: Figures kept at the same time, so that memory stays flat whatever the data.
_MOST_FIGURES = 24
_DOTS_PER_INCH = 150
_GAP = (float("nan"), float("nan"))


class Draughtsman:
    """Draws scenes in one brand's colours; keeps a figure for each kind of scene it has met."""

    def __init__(self, colours: Colours) -> None:
        self._colours = colours
        self._boards: OrderedDict[tuple[Any, ...], _Board] = OrderedDict()

    def draw(self, scene: Scene) -> Image.Image:
        """The shapes of the scene as an RGB picture."""
        key = (scene.height, scene.fixed, tuple(type(shape) for shape in scene.moving))
        board = self._boards.get(key)
        if board is None:
            board = self._boards[key] = _Board(scene, self._colours)
            while len(self._boards) > _MOST_FIGURES:
                self._boards.popitem(last=False)
        self._boards.move_to_end(key)
        return board.picture(scene.moving)


class _Board:
    """A figure with its background kept, and one artist for each moving shape."""

    def __init__(self, scene: Scene, colours: Colours) -> None:
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
        return Image.frombuffer("RGBA", (width, height), pixels, "raw", "RGBA", 0, 1).convert("RGB")

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


__all__ = ["Draughtsman"]

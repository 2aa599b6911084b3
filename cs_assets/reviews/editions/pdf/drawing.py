"""Flowables of a page beside text: charts, and entries of the outline."""

from collections.abc import Iterable
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from cs_assets.paper.brand import Colours
from cs_assets.paper.fonts import Faces
from cs_assets.paper.text import draw_words
from cs_assets.reviews.editions.charts.scene import WORD_SIZE, Box, Path, Scene


class Drawing(Flowable):
    """A chart at the full width of the text: vector shapes, and its words as text."""

    canv: Any

    def __init__(
        self, alternative: str, scene: Scene, width: float, colours: Colours, faces_: Faces
    ) -> None:
        super().__init__()
        self._alternative, self._scene = alternative, scene
        self._colours, self._faces = colours, faces_
        self.width, self.height = width, width * scene.height / scene.width

    def wrap(self, *_: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        left, bottom = self.canv.absolutePosition(0, 0)
        box = (left, bottom, left + self.width, bottom + self.height)
        with self.canv.tags.marked(self.canv, "Figure", alternative=self._alternative, box=box):
            self.canv._code.append("q 0 J 1 j")
            for shape in (*self._scene.fixed, *self._scene.moving):
                self._box(shape) if isinstance(shape, Box) else self._path(shape)
            self.canv._code.append("Q")
            for words in self._scene.words:
                self.canv.setFillColor(HexColor(getattr(self._colours, words.role)))
                y = words.y * self.height - WORD_SIZE * 0.35
                draw_words(
                    self.canv, words.x * self.width, y, words.text, self._faces, WORD_SIZE,
                    strong=words.strong, align=words.align,
                )  # fmt: skip

    # Operators of the page are written directly: a review has a hundred shapes.

    def _box(self, box: Box) -> None:
        if box.width <= 0 or box.height <= 0:
            return
        place = (
            box.x * self.width, box.y * self.height, box.width * self.width,
            box.height * self.height,
        )  # fmt: skip
        self.canv._code.append(f"{self._colour(box.role)} rg {_numbers(place)} re f")

    def _path(self, path: Path) -> None:
        colour, code = self._colour(path.role), []
        places = [p and (p[0] * self.width, p[1] * self.height) for p in path.points]
        if path.width:
            pen_down = False
            for place in places:
                if place is not None:
                    code.append(f"{_numbers(place)} {'l' if pen_down else 'm'}")
                pen_down = place is not None
            dashes = "[5 3] 0 d" if path.dashed else "[] 0 d"
            code = [f"{colour} RG {path.width:g} w {dashes}", *code, "S"] if code else []
        self.canv._code.extend(code)
        if path.dot:
            paper = self._colour("paper")
            for place in places:
                if place is not None:
                    ring = _circle(*place, path.dot / 2)
                    self.canv._code.append(f"{colour} rg {paper} RG 0.9 w [] 0 d {ring} b")

    def _colour(self, role: str) -> str:
        colour = getattr(self._colours, role)
        return _numbers(tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))


#: Distance of the handles of a quarter circle drawn as one Bezier curve, of radius 1.
_HANDLE = 0.5523


def _circle(x: float, y: float, r: float) -> str:
    h = r * _HANDLE
    return (
        f"{_numbers((x + r, y))} m "
        f"{_numbers((x + r, y + h, x + h, y + r, x, y + r))} c "
        f"{_numbers((x - h, y + r, x - r, y + h, x - r, y))} c "
        f"{_numbers((x - r, y - h, x - h, y - r, x, y - r))} c "
        f"{_numbers((x + h, y - r, x + r, y - h, x + r, y))} c"
    )


def _numbers(values: Iterable[float]) -> str:
    return " ".join(f"{value:.2f}" for value in values)


class Bookmark(Flowable):
    """An entry of the document's outline that leads here."""

    def __init__(self, title: str, key: str, level: int) -> None:
        super().__init__()
        self._title, self._key, self._level = title, key, level

    def wrap(self, *_: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        self.canv.bookmarkPage(self._key)
        self.canv.addOutlineEntry(self._title, self._key, self._level)

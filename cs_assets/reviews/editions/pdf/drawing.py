"""Flowables of a page beside text: charts, and entries of the outline."""

from typing import Any

from PIL import Image as Pictures
from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from cs_assets.reviews.configuration import Colours
from cs_assets.reviews.editions.charts.scene import WORD_SIZE, Scene
from cs_assets.reviews.editions.pdf.fonts import Faces
from cs_assets.reviews.editions.pdf.pictures import draw_picture
from cs_assets.reviews.editions.pdf.text import draw_words


class Drawing(Flowable):
    """A chart at the full width of the text: its shapes as a picture, its words as text."""

    canv: Any

    def __init__(
        self,
        name: str,
        alternative: str,
        scene: Scene,
        picture: Pictures.Image,
        width: float,
        colours: Colours,
        faces_: Faces,
    ) -> None:
        super().__init__()
        self._name, self._alternative = name, alternative
        self._scene, self._picture = scene, picture
        self._colours, self._faces = colours, faces_
        self.width, self.height = width, width * scene.height / scene.width

    def wrap(self, *_: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        with self.canv.tags.marked(self.canv, "Figure", alternative=self._alternative):
            draw_picture(self.canv, self._name, self._picture, self.width, self.height)
            for words in self._scene.words:
                self.canv.setFillColor(HexColor(getattr(self._colours, words.role)))
                y = words.y * self.height - WORD_SIZE * 0.35
                draw_words(
                    self.canv, words.x * self.width, y, words.text, self._faces, WORD_SIZE,
                    strong=words.strong, align=words.align,
                )  # fmt: skip


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

"""Chart pictures put into a PDF without detours: no copy, no digest, light compression."""

import zlib
from typing import Any

from PIL import Image
from reportlab.pdfbase.pdfdoc import PDFImageXObject
from reportlab.pdfgen.canvas import Canvas

#: Flat colours compress well at any level; the lowest is three times as fast.
_COMPRESSION = 1


class _ChartImage(PDFImageXObject):
    """An RGB picture as an image object."""

    def __init__(self, name: str, picture: Image.Image) -> None:
        self.name = name
        self.width, self.height = picture.size
        self.bitsPerComponent = 8
        self.colorSpace = "DeviceRGB"
        self._filters = ("FlateDecode",)
        self.streamContent: Any = zlib.compress(picture.tobytes(), _COMPRESSION)
        self.mask = None


def draw_picture(
    canvas: Canvas, name: str, picture: Image.Image, width: float, height: float
) -> None:
    """Draw ``picture`` at the origin; ``name`` must be its own within the document."""
    inner: Any = canvas  # reportlab has no public way to place a prepared image object
    document = inner._doc
    image = _ChartImage(name, picture)
    registered = document.getXObjectName(name)
    inner._setXObjects(image)
    document.Reference(image, registered)
    document.addForm(name, image)
    inner._currentPageHasImages = 1
    canvas.saveState()
    canvas.scale(width, height)
    inner._code.append(f"/{registered} Do")
    canvas.restoreState()
    inner._formsinuse.append(name)

"""Chart pictures put into a PDF without detours: no copy, no digest, light compression."""

import zlib
from typing import Any

from PIL import Image
from reportlab.pdfbase.pdfdoc import PDFArray, PDFName, PDFObject, PDFStream
from reportlab.pdfgen.canvas import Canvas

#: Flat colours compress well at any level; the lowest is three times as fast.
_COMPRESSION = 1


class _ChartImage(PDFObject):
    """A picture with a palette as an image object."""

    def __init__(self, picture: Image.Image) -> None:
        self._size = picture.size
        self._colours = bytes(picture.getpalette() or ())
        self._pixels = zlib.compress(picture.tobytes(), _COMPRESSION)

    def format(self, document: Any) -> Any:
        stream = PDFStream(content=self._pixels)
        width, height = self._size
        last = len(self._colours) // 3 - 1
        stream.dictionary.dict |= {
            "Type": PDFName("XObject"), "Subtype": PDFName("Image"), "Width": width,
            "Height": height, "BitsPerComponent": 8, "Filter": PDFName("FlateDecode"),
            "ColorSpace": PDFArray(
                [PDFName("Indexed"), PDFName("DeviceRGB"), last, _Hex(self._colours)]
            ),
        }  # fmt: skip
        return stream.format(document)


class _Hex(PDFObject):
    """Bytes as a string in hexadecimal."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def format(self, _: Any) -> bytes:
        return b"<%s>" % self._content.hex().encode()


def draw_picture(
    canvas: Canvas, name: str, picture: Image.Image, width: float, height: float
) -> None:
    """Draw ``picture`` at the origin; ``name`` must be its own within the document."""
    inner: Any = canvas  # reportlab has no public way to place a prepared image object
    document = inner._doc
    image = _ChartImage(picture)
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

"""How text and tables look on a page, in a brand's colours and fonts."""

from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle

from cs_assets.paper.brand import Brand
from cs_assets.paper.fonts import Faces

#: Of tables of figures: size of the words, and points left and right of them.
FIGURES_SIZE, FIGURES_PADDING = 8, 3


def table_commands(brand: Brand, faces_: Faces) -> list[Any]:
    """How tables of figures look: a band of headings, first column of values strong."""
    colours = brand.colours
    return [
        ("FONT", (0, 0), (-1, -1), faces_.regular.name, FIGURES_SIZE),
        ("FONT", (0, 0), (-1, 0), faces_.bold.name, 7),
        ("FONT", (1, 1), (1, -1), faces_.bold.name, FIGURES_SIZE),
        ("TEXTCOLOR", (0, 0), (-1, -1), HexColor(colours.ink)),
        ("TEXTCOLOR", (0, 0), (-1, 0), HexColor(colours.paper)),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor(colours.brand)),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), [HexColor(colours.paper), HexColor(colours.panel)]),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LINEBELOW", (0, -1), (-1, -1), 0.6, HexColor(colours.brand)),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        ("LEFTPADDING", (0, 0), (-1, -1), FIGURES_PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), FIGURES_PADDING),
    ]


def styles(brand: Brand, faces_: Faces) -> dict[str, ParagraphStyle]:
    """The styles of text by name."""
    colours = brand.colours
    base = ParagraphStyle(
        "body", fontName=faces_.regular.name, fontSize=9.2, leading=13.2, spaceAfter=4.5,
        textColor=HexColor(colours.ink), alignment=TA_LEFT, splitLongWords=1,
        allowWidows=0, allowOrphans=0,
    )  # fmt: skip

    def derived(name: str, **changes: Any) -> ParagraphStyle:
        return ParagraphStyle(name, parent=base, **changes)

    bold, brand_colour = faces_.bold.name, HexColor(colours.brand)
    return {
        "body": base,
        "title": derived("title", fontName=bold, fontSize=20, leading=25, spaceAfter=1,
                         textColor=brand_colour),
        "muted": derived("muted", fontSize=8.6, leading=12, textColor=HexColor(colours.muted)),
        "headline": derived("headline", fontName=bold, fontSize=13, leading=17, spaceAfter=5),
        "section": derived("section", fontName=bold, fontSize=13.5, leading=17, spaceBefore=9,
                           spaceAfter=5, textColor=brand_colour),
        "subheading": derived("subheading", fontName=bold, fontSize=9.8, leading=13,
                              spaceBefore=6, spaceAfter=2),
        "lead": derived("lead", fontName=bold, fontSize=9.8, leading=13, spaceBefore=6,
                        spaceAfter=2),
        "chart": derived("chart", fontName=bold, fontSize=9.4, leading=12.5, spaceBefore=5,
                         spaceAfter=0.5),
        "note": derived("note", fontSize=7.4, leading=10, spaceAfter=2,
                        textColor=HexColor(colours.muted)),
        "heading": derived("heading", fontName=bold, fontSize=8, leading=10, spaceAfter=0,
                           alignment=TA_RIGHT, textColor=HexColor(colours.paper)),
        "item": derived("item", leftIndent=10, bulletIndent=1, spaceAfter=2,
                        bulletFontName=faces_.regular.name),
        "numbered": derived("numbered", leftIndent=14, bulletIndent=1, spaceAfter=2,
                            bulletFontName=bold),
        "watch": derived("watch", leftIndent=10, bulletIndent=1, spaceAfter=2,
                         bulletFontName=bold, bulletColor=HexColor(colours.contrast)),
        "glance": derived("glance", fontSize=7.4, leading=9.4, spaceAfter=0,
                          textColor=HexColor(colours.muted)),
        "fact": derived("fact", fontSize=8, leading=10.2, spaceAfter=0),
        "rise": derived("rise", fontName=bold, fontSize=8, leading=10, spaceAfter=0,
                        alignment=TA_RIGHT, textColor=HexColor(colours.accent)),
        "fall": derived("fall", fontName=bold, fontSize=8, leading=10, spaceAfter=0,
                        alignment=TA_RIGHT, textColor=HexColor(colours.contrast)),
        "value": derived("value", fontName=bold, fontSize=12.5, leading=15, spaceAfter=0),
        "boxed": derived("boxed", backColor=HexColor(colours.panel), borderPadding=(5, 6, 5, 6),
                         leftIndent=6, rightIndent=6, spaceBefore=11, spaceAfter=9),
    }  # fmt: skip

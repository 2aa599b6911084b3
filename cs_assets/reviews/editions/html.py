"""The HTML edition: one file that needs nothing else, with charts as vector graphics."""

import base64
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from cs_assets.paper.brand import Audience, Brand
from cs_assets.reviews.configuration import ReviewSettings
from cs_assets.reviews.editions.charts.layout import scene
from cs_assets.reviews.editions.charts.svg import svg
from cs_assets.reviews.editions.templating import environment
from cs_assets.reviews.editions.view import ChartView, ReportView, SectionView, view_of
from cs_assets.reviews.writing import what_became
from cs_assets.reviews.writing.report import Report
from cs_assets.reviews.writing.text_blocks import Block


def html_of(report: Report, brand: Brand, settings: ReviewSettings, audience: Audience) -> str:
    """The report as one HTML document."""
    return html_of_view(view_of(report, settings), brand, audience)


def html_of_view(view: ReportView, brand: Brand, audience: Audience) -> str:
    """A view as one HTML document, whatever it was made from."""
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            view=view,
            brand=brand,
            logo=_logo(brand),
            confidential=brand.confidential.get(audience, ""),
            footer=brand.footer.get(audience, ""),
            became=what_became,
            parts=lambda section: list(_parts(section, brand)),
        )
    )


def _logo(brand: Brand) -> str:
    """The logo as a data URL, so that the page needs no other file; empty without one."""
    if brand.logo is None:
        return ""
    kind = "png" if brand.logo.suffix.lower() == ".png" else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(brand.logo.read_bytes()).decode()}"


def _parts(section: SectionView, brand: Brand) -> Iterator[dict[str, Any]]:
    """The section's content for the template; items that follow each other are one list."""
    items: list[str] = []
    for part in section.content:
        if isinstance(part, Block) and part.kind == "item":
            items.append(part.text)
            continue
        if items:
            yield {"kind": "items", "lines": items}
            items = []
        yield _chart(part, brand) if isinstance(part, ChartView) else _block(part)
    if items:
        yield {"kind": "items", "lines": items}


def _block(block: Block) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "text": block.text,
        "label": block.label,
        "boxed": block.label in ("Internal", "Case study"),
    }


def _chart(view: ChartView, brand: Brand) -> dict[str, Any]:
    drawing = svg(scene(view.chart.data), brand.colours, view.alternative.filled, view.chart.name)
    return {
        "kind": "chart",
        "message": view.message.filled,
        "subject": view.subject.filled,
        # All text inside was escaped by ``svg``.
        "svg": Markup(drawing),  # noqa: S704
    }

"""A report laid out as a PDF. Same report, same brand, same paper: the same bytes."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from PIL import Image as Pictures
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from cs_assets.facts import slots
from cs_assets.facts.model import FactSheet
from cs_assets.facts.wording import written
from cs_assets.reviews.charts.layout import scene as scene_of
from cs_assets.reviews.charts.model import Chart
from cs_assets.reviews.charts.raster import Draughtsman
from cs_assets.reviews.charts.registry import builder
from cs_assets.reviews.charts.scene import WORD_SIZE, Scene
from cs_assets.reviews.configuration import Audience, Brand, Colours, Paper, ReviewSettings
from cs_assets.reviews.one_line import cleaned
from cs_assets.reviews.pdf import summary_table
from cs_assets.reviews.pdf.fonts import Faces, faces
from cs_assets.reviews.pdf.pages import BOTTOM, SIDE, SIZES, TOP, Furniture, canvas_maker
from cs_assets.reviews.pdf.passages import Block, Recommendation, blocks, recommendations
from cs_assets.reviews.pdf.pictures import draw_picture
from cs_assets.reviews.pdf.text import draw_words, pdf_text
from cs_assets.reviews.report_writing import TITLES, Passage, Report


@dataclass(frozen=True)
class Rendered:
    """A PDF, its number of pages, and the texts that its charts carry, filled."""

    pdf: bytes
    pages: int
    chart_passages: dict[str, Passage]


class Printer:
    """Prints reports in one brand, on one paper, for one audience; keeps what repeats."""

    def __init__(
        self, brand: Brand, settings: ReviewSettings, paper: Paper, audience: Audience
    ) -> None:
        self._brand = brand
        self._settings = settings
        self._paper: Paper = paper
        self._audience: Audience = audience
        self._faces = faces(brand.fonts)
        self._styles = _styles(brand, self._faces)
        self._draughtsman = Draughtsman(brand.colours)

    def print(self, report: Report) -> Rendered:
        """The report as PDF; raises what a broken section or chart raises."""
        sheet = report.sheet
        furniture = self._furniture(sheet)
        buffer = io.BytesIO()
        width, height = furniture.size
        document = BaseDocTemplate(
            buffer,
            pagesize=furniture.size,
            title=furniture.title,
            author=self._brand.name,
            invariant=1,
            lang="en",
            displayDocTitle=1,
            initialFontName=self._faces.regular.name,
        )
        frame = Frame(SIDE, BOTTOM, width - 2 * SIDE, height - TOP - BOTTOM, 0, 0, 0, 0, id="text")
        document.addPageTemplates([PageTemplate(id="page", frames=[frame])])
        charts: dict[str, Passage] = {}
        story = [*self._cover(report), *self._sections(report, charts), *self._notes(report)]
        document.build(story, canvasmaker=canvas_maker(furniture))
        return Rendered(buffer.getvalue(), document.page, charts)

    # The parts of the report, top to bottom.

    def _cover(self, report: Report) -> Iterable[Flowable]:
        sheet, style = report.sheet, self._styles
        yield Paragraph(self._safe(_words(sheet, "customer.name")), style["title"])
        yield Paragraph(self._safe(_about(sheet)), style["muted"])
        yield Spacer(1, 4 * mm)
        yield _Bookmark("Summary", "summary", 0)
        yield Paragraph(self._safe(report.passages["headline"].filled), style["headline"])
        for block in blocks(report.passages["summary"].filled):
            yield Paragraph(self._safe(block.text), style["item"], bulletText="•")
        yield Spacer(1, 3 * mm)
        yield self._summary_table(sheet)
        yield Spacer(1, 2)
        yield Paragraph(self._safe(_table_note(sheet)), style["note"])

    def _summary_table(self, sheet: FactSheet) -> Flowable:
        made = summary_table.rows(sheet)
        colours = self._brand.colours
        first, n = 0.25, 0.075
        other = (1 - first - n) / 5
        width = self._text_width
        commands: list[Any] = [
            ("TEXTCOLOR", (column, row), (column, row), HexColor(colours.muted))
            for row, cells in enumerate(made, start=1)
            for column, cell in enumerate(cells)
            if not cell.is_value
        ]
        return Table(
            [summary_table.HEADINGS, *[[cell.words for cell in cells] for cells in made]],
            colWidths=[width * w for w in (first, *[other] * 5, n)],
            rowHeights=15.5,
            style=TableStyle([*_table_commands(self._brand, self._faces), *commands]),
        )

    def _sections(self, report: Report, charts: dict[str, Passage]) -> Iterable[Flowable]:
        for section in self._settings.sections:
            title, passage = TITLES[section], report.passages[section]
            yield CondPageBreak(60 * mm)
            yield _Bookmark(title, section, 0)
            yield Paragraph(title.replace("&", "&amp;"), self._styles["section"])
            pictures = list(
                self._charts(report.sheet, self._settings.charts.get(section, ()), charts)
            )
            if section == "recommendations":
                yield from self._recommendations(passage)
                yield from pictures
            else:
                yield from self._illustrated(blocks(passage.filled), pictures)

    def _illustrated(
        self, made: Sequence[Block], pictures: Sequence[Flowable]
    ) -> Iterable[Flowable]:
        """Each picture after the paragraph (with its list) of the same place in the section."""
        waiting = list(pictures)
        for i, block in enumerate(made):
            yield from self._blocks([block])
            following = made[i + 1] if i + 1 < len(made) else None
            if waiting and (following is None or following.kind == "paragraph"):
                yield waiting.pop(0)
        yield from waiting

    def _blocks(self, made: Sequence[Block]) -> Iterable[Flowable]:
        for block in made:
            if block.kind == "item":
                yield Paragraph(self._safe(block.text), self._styles["item"], bulletText="•")
            elif block.kind == "labelled":
                words = f"<b>{block.label}:</b> {self._safe(block.text)}"
                style = "boxed" if block.label in ("Internal", "Case study") else "body"
                yield Paragraph(words, self._styles[style])
            elif block.kind == "heading":
                yield Paragraph(self._safe(block.text), self._styles["subheading"])
            else:
                yield Paragraph(self._safe(block.text), self._styles["body"])

    def _recommendations(self, passage: Passage) -> Iterable[Flowable]:
        before, made, after = recommendations(passage.filled, passage.claims)
        yield from self._blocks(before)
        for number, recommendation in enumerate(made, start=1):
            yield KeepTogether(list(self._recommendation(number, recommendation)))
        for block in after:
            yield KeepTogether(list(self._blocks([block])))

    def _recommendation(self, number: int, made: Recommendation) -> Iterable[Flowable]:
        yield Paragraph(f"{number}. {self._safe(made.title)}", self._styles["subheading"])
        yield from self._blocks(_run_on(made.lines))
        if made.evidence:
            yield Paragraph(
                self._safe("Evidence: " + ", ".join(made.evidence)), self._styles["note"]
            )

    def _charts(
        self, sheet: FactSheet, names: Sequence[str], passages: dict[str, Passage]
    ) -> Iterable[Flowable]:
        for name in names:
            chart = builder(name)(sheet)
            if chart is None:
                continue
            for part in ("message", "subject", "alternative"):
                passages[f"{name}.{part}"] = _chart_passage(getattr(chart, part), sheet)
            yield self._chart(chart, passages)

    def _chart(self, chart: Chart, passages: dict[str, Passage]) -> Flowable:
        scene = scene_of(chart.data)
        picture = self._draughtsman.draw(scene)
        return KeepTogether(
            [
                Paragraph(
                    self._safe(passages[f"{chart.name}.message"].filled), self._styles["chart"]
                ),
                Paragraph(
                    self._safe(passages[f"{chart.name}.subject"].filled), self._styles["note"]
                ),
                _Drawing(
                    chart.name, scene, picture, self._text_width, self._brand.colours, self._faces
                ),
                Spacer(1, 6),
            ]
        )

    def _notes(self, report: Report) -> Iterable[Flowable]:
        sheet = report.sheet
        lines = [
            f"Data up to {written(sheet['period.end'])}, snapshot {report.snapshot_id}. Window: "
            f"{_words(sheet, 'period.window')}, compared with "
            f"{_words(sheet, 'period.window_before')} and the same weekdays a year earlier.",
            "A change is called clear when it is larger than chance explains at the five percent "
            "level, given the number of cases; otherwise it is called no clear change.",
            *_left_out(sheet),
        ]
        body: list[Flowable] = [Paragraph("How to read this report", self._styles["subheading"])]
        body += [Paragraph(self._safe(line), self._styles["note"]) for line in lines]
        yield Spacer(1, 3 * mm)
        yield _Bookmark("How to read this report", "notes", 0)
        yield KeepTogether(body)

    # Helpers that know brand, fonts and paper.

    def _safe(self, text: str) -> str:
        return pdf_text(text, self._faces)

    @property
    def _text_width(self) -> float:
        return SIZES[self._paper][0] - 2 * SIDE

    def _furniture(self, sheet: FactSheet) -> Furniture:
        name = cleaned(_words(sheet, "customer.name"))
        period = f"Week to {written(sheet['period.end'])}"
        return Furniture(
            paper=self._paper,
            brand=self._brand,
            faces=self._faces,
            title=f"Executive review: {name[:80]}, {period.lower()}",
            running_head=name[:200],
            period=period,
            confidential=self._brand.confidential.get(self._audience, ""),
        )


def _chart_passage(text: str, sheet: FactSheet) -> Passage:
    filled = slots.fill(text, sheet)
    return Passage(text, filled.text, filled.claims, "rules", "rules", "rules")


def _words(sheet: FactSheet, fact_id: str) -> str:
    fact = sheet.get(fact_id)
    return written(fact) if fact is not None else ""


def _about(sheet: FactSheet) -> str:
    parts = [_words(sheet, f"customer.{p}") for p in ("industry", "segment", "region")]
    manager = _words(sheet, "csm.name")
    parts += [f"CSM {manager}"] if sheet.has("csm.name") else []
    parts.append(f"{_words(sheet, 'period.window')} to {_words(sheet, 'period.end')}")
    return "  ·  ".join(part for part in parts if part)


def _table_note(sheet: FactSheet) -> str:
    return (
        f"Now: {_words(sheet, 'period.window')}. Before: {_words(sheet, 'period.window_before')}. "
        "Higher is better in every row. Rates are shares of the messages sent."
    )


def _left_out(sheet: FactSheet) -> list[str]:
    """What a reader may miss: withheld and suppressed figures with their reasons."""
    words = {"withheld": "Withheld", "suppressed": "Suppressed", "failed": "Could not be computed"}
    lines = []
    for status, title in words.items():
        found: dict[str, list[str]] = {}
        for fact in sheet:
            if fact.status == status:
                found.setdefault(fact.reason or "", []).append(fact.label)
        for reason, labels in found.items():
            lines.append(f"{title} ({reason}): {'; '.join(labels[:6])}.")
    return lines


def _run_on(lines: Sequence[Block]) -> Iterable[Block]:
    """The reason set behind the observation, in one paragraph."""
    waiting: Block | None = None
    for line in lines:
        if line.label == "Why it matters" and waiting is not None:
            yield Block("paragraph", f"{waiting.text} {line.text}", start=waiting.start)
            waiting = None
            continue
        if waiting is not None:
            yield waiting
        waiting = line if line.kind == "paragraph" else None
        if waiting is None:
            yield line
    if waiting is not None:
        yield waiting


class _Drawing(Flowable):
    """A chart at the full width of the text: its shapes as a picture, its words as text."""

    def __init__(
        self,
        name: str,
        scene: Scene,
        picture: Pictures.Image,
        width: float,
        colours: Colours,
        faces_: Faces,
    ) -> None:
        super().__init__()
        self._name, self._scene, self._picture = name, scene, picture
        self._colours, self._faces = colours, faces_
        self.width, self.height = width, width * scene.height / scene.width

    def wrap(self, *_: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        draw_picture(self.canv, self._name, self._picture, self.width, self.height)
        for words in self._scene.words:
            self.canv.setFillColor(HexColor(getattr(self._colours, words.role)))
            y = words.y * self.height - WORD_SIZE * 0.35
            draw_words(
                self.canv, words.x * self.width, y, words.text, self._faces, WORD_SIZE,
                strong=words.strong, align=words.align,
            )  # fmt: skip


class _Bookmark(Flowable):
    """An entry of the document's outline that leads here."""

    def __init__(self, title: str, key: str, level: int) -> None:
        super().__init__()
        self._title, self._key, self._level = title, key, level

    def wrap(self, *_: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        self.canv.bookmarkPage(self._key)
        self.canv.addOutlineEntry(self._title, self._key, self._level)


def _table_commands(brand: Brand, faces_: Faces) -> list[Any]:
    colours = brand.colours
    return [
        ("FONT", (0, 0), (-1, -1), faces_.regular.name, 8),
        ("FONT", (0, 0), (-1, 0), faces_.bold.name, 8),
        ("FONT", (1, 1), (1, -1), faces_.bold.name, 8),
        ("TEXTCOLOR", (0, 0), (-1, -1), HexColor(colours.ink)),
        ("TEXTCOLOR", (0, 0), (-1, 0), HexColor(colours.paper)),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor(colours.brand)),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), [HexColor(colours.paper), HexColor(colours.panel)]),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LINEBELOW", (0, -1), (-1, -1), 0.6, HexColor(colours.brand)),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        ("LEFTPADDING", (0, 0), (-1, -1), 5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 5),
    ]


def _styles(brand: Brand, faces_: Faces) -> dict[str, ParagraphStyle]:
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
        "chart": derived("chart", fontName=bold, fontSize=9.4, leading=12.5, spaceBefore=5,
                         spaceAfter=0.5),
        "note": derived("note", fontSize=7.4, leading=10, spaceAfter=2,
                        textColor=HexColor(colours.muted)),
        "item": derived("item", leftIndent=10, bulletIndent=1, spaceAfter=2,
                        bulletFontName=faces_.regular.name),
        "boxed": derived("boxed", backColor=HexColor(colours.panel), borderPadding=(5, 6, 5, 6),
                         leftIndent=6, rightIndent=6, spaceBefore=7, spaceAfter=9),
    }  # fmt: skip


@cache
def printer(brand_json: str, settings_json: str, paper: Paper, audience: Audience) -> Printer:
    """One printer a process and look, so that fonts and figures are made once."""
    brand = Brand.model_validate_json(brand_json)
    return Printer(brand, ReviewSettings.model_validate_json(settings_json), paper, audience)

"""A digest on paper, from the view that its page and its text are made from."""

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import BaseDocTemplate, Flowable, PageTemplate, Paragraph

from cs_assets.coaching.digest.view import CallView, DigestView, DimensionView, MomentView
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.paper.brand import Brand, Paper, brand_of
from cs_assets.paper.fonts import Faces, faces
from cs_assets.paper.pages import BOTTOM, SIDE, TOP, Furniture, TextFrame, canvas_maker
from cs_assets.paper.styles import styles
from cs_assets.paper.tags import TaggedParagraph, TaggedTable, WrappedOnce
from cs_assets.paper.text import fragments

#: Of the width of the text: what is scored, its mean, its trend.
_SHARES = (0.56, 0.12, 0.32)


def as_pdf(view: DigestView, cutoff: dt.datetime, policy: CoachingPolicy) -> bytes:
    """A digest whose slots are filled as a PDF in the brand, tagged; the same bytes each time."""
    return _Printed(view, brand_of(policy.folder), policy.paper).document(cutoff)


class _Printed:
    """One digest with the letters it is printed in."""

    def __init__(self, view: DigestView, brand: Brand, paper: Paper) -> None:
        self._view = view
        self._brand, self._paper = brand, paper
        self._faces, self._forms = _letters(brand)

    def document(self, cutoff: dt.datetime) -> bytes:
        t, brand = self._view.t, self._brand
        furniture = Furniture(
            paper=self._paper, brand=brand, faces=self._faces, dated=cutoff, language=t.code,
            title=self._view.subject, running_head=self._view.masthead,
            period="", confidential=t.say("paper.personal"), footer="", what=t.say("paper.what"),
            page_of=t.say("paper.page", number="$number", total="$total"),
        )  # fmt: skip
        buffer, (width, height) = io.BytesIO(), furniture.size
        document = BaseDocTemplate(
            buffer, pagesize=furniture.size, title=furniture.title, author=brand.name,
            subject=furniture.running_head, creator="cs_assets", invariant=1, lang=t.code,
            displayDocTitle=1, initialFontName=self._faces.regular.name,
        )  # fmt: skip
        self._width = width - 2 * SIDE
        frame = TextFrame(SIDE, BOTTOM, self._width, height - TOP - BOTTOM, 0, 0, 0, 0, id="text")
        document.addPageTemplates([PageTemplate(id="page", frames=[frame])])
        document.build([*self._digest()], canvasmaker=canvas_maker(furniture))
        return buffer.getvalue()

    def _digest(self) -> Iterator[Flowable]:
        view = self._view
        yield self._text(view.masthead, "muted")
        yield self._text(view.headline, "headline")
        if not view.one_line:
            yield self._heading("win")
            yield self._text(view.win, "body")
            yield from self._moment(view.win_moment)
            yield from self._focus()
            yield from self._scores()
            yield from self._heard()
            yield from self._calls()
            for told in (view.left_out, *view.disputes, view.dispute):
                yield self._text(told, "note")
        yield self._text(view.cutoff, "note")

    def _focus(self) -> Iterator[Flowable]:
        view = self._view
        for number, focus in enumerate(view.focus):
            if number < 2:
                yield self._heading("after" if number else "focus")
            yield self._text(focus.title, "subheading")
            if focus.action:
                yield self._text(focus.action, "body")
            yield self._text(focus.why, "muted")
            yield from self._moment(focus.moment)
        if view.no_focus:
            yield self._heading("focus")
            yield self._text(view.no_focus, "body")
        if view.off_the_list:
            yield self._text(view.off_the_list, "muted")

    def _scores(self) -> Iterator[Flowable]:
        view, colours = self._view, self._brand.colours
        yield self._heading("scores")
        heads = [view.t.say(f"heading.{one}").rstrip(":") for one in ("dimension", "mean", "trend")]
        rows: list[list[Any]] = [[self._cell(head, "head") for head in heads]]
        rows += [
            [self._dimension(row), self._cell(row.value, "value"),
             self._cell(row.verdict, "fact")]
            for row in view.dimensions
        ]  # fmt: skip
        yield TaggedTable(
            rows, colWidths=[self._width * share for share in _SHARES], repeatRows=1,
            style=[
                ("BACKGROUND", (0, 0), (-1, 0), HexColor(colours.brand)),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 1), (-1, -1), 0.5, HexColor(colours.rule)),
                ("LEFTPADDING", (0, 0), (-1, -1), 4), ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                ("TOPPADDING", (0, 0), (-1, -1), 3), ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ],
        )  # fmt: skip
        yield self._text(view.dimensions_note, "note")
        if view.prediction:
            yield self._text(view.prediction, "note")

    def _dimension(self, row: DimensionView) -> list[Paragraph]:
        ends = [end.text for end in row.ends]
        notes = " · ".join((row.target, row.range, row.calls, *ends))
        return [
            self._cell(f"{row.label}  {row.band}", "named"),
            self._cell(notes, "glance"),
        ]

    def _heard(self) -> Iterator[Flowable]:
        view = self._view
        if view.objections:
            yield self._heading("objections")
        for one in view.objections:
            mark = f" · {view.t.say('mark.recurring')}" if one.recurring else ""
            yield self._text(f"{one.label}{mark}", "subheading")
            yield self._text(one.text, "lead" if one.moment else "body")
            yield from self._moment(one.moment)
        if view.themes:
            yield self._heading("again")
        for theme in view.themes:
            yield self._text(theme.text, "lead" if theme.moment else "body")
            yield from self._moment(theme.moment)

    def _calls(self) -> Iterator[Flowable]:
        calls: tuple[CallView, ...] = self._view.calls
        if calls or self._view.calls_more:
            yield self._heading("calls")
        for call in calls:
            yield self._text(call.text, "item")
        if self._view.calls_more:
            yield self._text(self._view.calls_more, "muted")

    def _moment(self, moment: MomentView | None) -> Iterator[Flowable]:
        """Word for word; the place without its link, which nobody types from paper."""
        if moment is None:
            return
        for who, said in moment.lines:
            yield self._text(f"{who}: “{said}”", "quote")
        if moment.missed:
            yield self._text(moment.missed, "quote")
        heard = "" if moment.lines else f"{self._view.t.say('link.listen_to')} "
        yield self._text(f"{heard}{moment.where}", "where")

    def _heading(self, name: str) -> Flowable:
        return self._text(self._view.t.say(f"heading.{name}"), "section")

    def _text(self, text: str, form: str) -> Flowable:
        style, bullet = self._forms[form], "•" if form == "item" else None
        return TaggedParagraph("", style, bullet, frags=fragments(text, self._faces, style))

    def _cell(self, text: str, form: str) -> Paragraph:
        style = self._forms[form]
        return WrappedOnce("", style, frags=fragments(text, self._faces, style))


def _letters(brand: Brand) -> tuple[Faces, dict[str, Any]]:
    """The brand's fonts, and its styles with those that only a digest has."""
    found = faces(brand.fonts)
    forms: dict[str, Any] = styles(brand, found)
    for name in ("section", "subheading"):
        forms[name].keepWithNext = 1
    forms["lead"] = forms["body"].clone("lead", keepWithNext=1)
    forms["quote"] = forms["body"].clone("quote", leftIndent=12, spaceAfter=1.5, keepWithNext=1)
    forms["where"] = forms["note"].clone("where", leftIndent=12, spaceAfter=6)
    forms["named"] = forms["fact"].clone("named", fontName=found.bold.name, fontSize=9)
    forms["head"] = forms["heading"].clone("head", alignment=0)
    return found, forms

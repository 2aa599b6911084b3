"""The usual way to print a report, to measure against: a new pyplot figure a chart, PNG at
150 dpi, platypus with styles made each time. Same text, same table, same three charts."""

import io

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Image, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from cs_assets.names import shown
from cs_assets.reviews.editions.charts.model import Bars, Trend
from cs_assets.reviews.editions.charts.registry import builder
from cs_assets.reviews.editions.view import todo
from cs_assets.reviews.writing.report import TITLES, Report
from cs_assets.reviews.writing.standing import standing
from cs_assets.reviews.writing.summary_table import HEADINGS, rows
from cs_assets.reviews.writing.text_blocks import blocks

CHARTS = ("conversion_trend", "channel_performance", "attribution")


def print_naively(report: Report) -> bytes:
    """The report as PDF."""
    from xml.sax.saxutils import escape

    sheet = getSampleStyleSheet()
    body = ParagraphStyle("b", parent=sheet["BodyText"], fontSize=9.2, leading=13.2)
    heading = ParagraphStyle("h", parent=sheet["Heading2"], fontSize=13.5, leading=17)
    story = [Paragraph(escape(shown(report.title)), sheet["Title"])]
    story += [
        Paragraph(escape(f"{one.label}: {one.value} {one.note}"), body)
        for one in standing(report.sheet)
    ]
    if "watch" in report.passages:
        story += [Paragraph(escape(b.text), body) for b in blocks(report.passages["watch"].filled)]
    story += [Paragraph(escape(f"{title}. {action}"), body) for title, action in todo(report)[:3]]
    story += [Paragraph(escape(b.text), body) for b in blocks(report.passages["summary"].filled)]
    made = [[cell.words for cell in row] for row in rows(report.sheet)]
    story.append(Table([HEADINGS, *made], style=_table_style()))
    pictures = [_picture(name, report) for name in CHARTS]
    for section, title in TITLES.items():
        story.append(Paragraph(escape(title), heading))
        story += [Paragraph(escape(b.text), body) for b in blocks(report.passages[section].filled)]
        if pictures:
            story += [Spacer(1, 6), pictures.pop(0)]
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm).build(
        story, onFirstPage=_footer, onLaterPages=_footer
    )
    return buffer.getvalue()


def _footer(canvas, document) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(190 * mm, 10 * mm, f"Page {document.page}")


def _table_style() -> TableStyle:
    return TableStyle(
        [
            ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#16425b")),
            ("TEXTCOLOR", (0, 0), (-1, 0), colors.white),
            ("FONTSIZE", (0, 0), (-1, -1), 8),
            ("GRID", (0, 0), (-1, -1), 0.25, colors.lightgrey),
        ]
    )


def _picture(name: str, report: Report) -> Image:
    chart = builder(name)(report.sheet)
    assert chart is not None
    height = 2.6 if isinstance(chart.data, Trend) else 2.2
    figure = plt.figure(figsize=(6.85, height))
    if isinstance(chart.data, Trend):
        _trend(figure, chart.data)
    else:
        _bars(figure.add_subplot(111), chart.data)
    figure.tight_layout()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=150)
    plt.close(figure)
    buffer.seek(0)
    return Image(buffer, 174 * mm, 174 * mm * height / 6.85)


def _trend(figure, data: Trend) -> None:
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    gap = float("nan")
    upper.plot(data.weeks, [gap if v is None else v for v in data.values], marker="o")
    upper.plot(data.weeks, [gap if v is None else v for v in data.year_ago], "--", color="grey")
    upper.set_title("Conversion value by week")
    upper.grid(alpha=0.3)
    lower.bar(data.weeks, [v or 0 for v in data.counts])
    lower.tick_params(axis="x", labelsize=7)


def _bars(axes, data: Bars) -> None:
    if data.horizontal:
        bars = axes.barh(data.names, data.values)
        axes.invert_yaxis()
    else:
        places = range(len(data.names))
        axes.bar([p - 0.2 for p in places], data.earlier, width=0.38, color="grey")
        bars = axes.bar([p + 0.2 for p in places], data.values, width=0.38)
        axes.set_xticks(list(places), data.names)
    axes.bar_label(bars, data.labels, fontsize=8)
    axes.set_title("By channel")

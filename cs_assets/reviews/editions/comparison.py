"""Several customers side by side in one report: figures, two charts, and who stands where."""

from collections.abc import Sequence

from cs_assets.errors import UsageError
from cs_assets.facts import slots
from cs_assets.facts.model import Fact, FactSheet
from cs_assets.facts.wording import ABSENT, written
from cs_assets.lettering.line import shortened
from cs_assets.reviews.editions.charts.model import Bars, Chart
from cs_assets.reviews.editions.view import ChartView, ReportView, SectionView, with_texts
from cs_assets.reviews.facts.groups import number, text
from cs_assets.reviews.writing.report import Report
from cs_assets.reviews.writing.summary_table import Cell
from cs_assets.reviews.writing.text_blocks import blocks

#: More columns cannot be read side by side on a page.
MOST = 6

#: Letters that the headings of all columns together have room for.
_HEADING_LETTERS = 66

_MEASURES = (
    ("Conversions", "conversions.count"),
    ("Conversion value", "conversions.value"),
    ("Value against before", "conversions.value_change"),
    ("Messages sent", "engagement.sent"),
    ("Open rate", "engagement.open_rate"),
    ("Click rate", "engagement.click_rate"),
    ("Engagement score", "engagement.score"),
    ("Attributed revenue", "attribution.revenue"),
    ("Seats in use", "adoption.utilisation"),
)


class CannotCompare(UsageError):
    """Fewer than two customers, more than a page holds, or different periods."""


def compare(reports: Sequence[Report]) -> ReportView:
    """One view of several customers' reports of the same week."""
    if not 2 <= len(reports) <= MOST:
        raise CannotCompare(f"a comparison takes 2 to {MOST} customers, not {len(reports)}")
    if len({(r.sheet.period_start, r.sheet["period.window"].value) for r in reports}) > 1:
        raise CannotCompare("the reports are of different periods")
    sheet = _joined(reports)
    names = [text(r.sheet, "customer.name") for r in reports]
    charts = [
        chart
        for fact_id, title in (
            ("conversions.value", "conversion value"),
            ("engagement.open_rate", "open rate"),
        )
        if (chart := _chart(sheet, reports, fact_id, title))
    ]
    lines = slots.fill(_standings(sheet, reports), sheet)
    first = reports[0].sheet
    return ReportView(
        customer=f"{len(reports)} customers compared",
        about=f"{written(first['period.window'])} to {written(first['period.end'])}",
        period=f"Week to {written(first['period.end'])}",
        headline=" · ".join(names),
        summary=tuple(block.text for block in blocks(lines.text, lines.claims)),
        headings=("", *(shortened(name, _HEADING_LETTERS // len(names)) for name in names)),
        table=[_row(label, fact_id, reports) for label, fact_id in _MEASURES],
        table_note="Each column is a customer in the same window. Higher is better in every row. "
        "Values rest on the conversions, rates on the messages of the column.",
        sections=(SectionView("performance", "Side by side", tuple(charts), (), ()),),
        notes=(
            f"Data up to {written(first['period.end'])}, snapshots "
            f"{', '.join(r.snapshot_id for r in reports)}.",
            "Customers differ in size, industry and history: a difference here is no verdict.",
        ),
        snapshot_id=reports[0].snapshot_id,
        cutoff=written(first["period.end"]),
    )


def _joined(reports: Sequence[Report]) -> FactSheet:
    """One sheet with the compared facts of all, ``of.a.conversions.value`` for the first."""
    facts = [
        Fact(
            fact_id=f"{_prefix(i)}.{fact_id}", label=fact.label, value=fact.value, unit=fact.unit,
            n=fact.n, status=fact.status, reason=fact.reason, source=fact.source,
        )
        for i, report in enumerate(reports)
        for fact_id in ("customer.name", *(m for _, m in _MEASURES))
        if (fact := report.sheet.get(fact_id)) is not None
    ]  # fmt: skip
    first = reports[0].sheet
    return FactSheet(
        "comparison", "+".join(r.sheet.entity_id for r in reports), first.period_start,
        first.period_end, max(r.sheet.cutoff for r in reports), tuple(facts),
    )  # fmt: skip


def _prefix(i: int) -> str:
    return f"of.{'abcdef'[i]}"


def _row(label: str, fact_id: str, reports: Sequence[Report]) -> list[Cell]:
    cells = [Cell(label)]
    for report in reports:
        fact = report.sheet.get(fact_id)
        if fact is None:
            cells.append(Cell("", False))
        elif fact.value is None:
            cells.append(Cell(ABSENT[fact.status], False))
        else:
            cells.append(Cell(written(fact, "signed" if fact_id.endswith("_change") else "")))
    return cells


def _ranked(sheet: FactSheet, reports: Sequence[Report], fact_id: str) -> list[str]:
    """Prefixes of the customers with the fact, highest first."""
    known = [
        (value, _prefix(i))
        for i in range(len(reports))
        if (value := number(sheet, f"{_prefix(i)}.{fact_id}")) is not None
    ]
    return [prefix for _, prefix in sorted(known, key=lambda pair: (-pair[0], pair[1]))]


def _standings(sheet: FactSheet, reports: Sequence[Report]) -> str:
    lines = []
    for fact_id, words in (
        ("conversions.value", "Highest conversion value"),
        ("engagement.open_rate", "Highest open rate"),
        ("adoption.utilisation", "Most seats in use"),
    ):
        ranked = _ranked(sheet, reports, fact_id)
        if len(ranked) < 2:
            continue
        top, last = ranked[0], ranked[-1]
        if sheet[f"{top}.{fact_id}"].number > sheet[f"{last}.{fact_id}"].number:
            lines.append(
                f"- {words}: {{{top}.customer.name}} with {{{top}.{fact_id}}}; lowest: "
                f"{{{last}.customer.name}} with {{{last}.{fact_id}}}."
            )
    return "\n".join(lines) or "- There is no figure in which these customers differ."


def _chart(
    sheet: FactSheet, reports: Sequence[Report], fact_id: str, title: str
) -> ChartView | None:
    ranked = _ranked(sheet, reports, fact_id)
    if len(ranked) < 2:
        return None
    top = ranked[0]
    listing = ", ".join(f"{{{p}.customer.name}} {{{p}.{fact_id}}}" for p in ranked)
    chart = Chart(
        name=fact_id.replace(".", "_"),
        message=f"{{{top}.customer.name}} has the highest {title}",
        subject=f"{title.capitalize()} by customer, same window",
        alternative=f"Horizontal bars of {title} by customer, highest first: {listing}.",
        data=Bars(
            names=tuple(text(sheet, f"{p}.customer.name") for p in ranked),
            values=tuple(sheet[f"{p}.{fact_id}"].number for p in ranked),
            labels=tuple(written(sheet[f"{p}.{fact_id}"]) for p in ranked),
            earlier=None,
            unit=sheet[f"{top}.{fact_id}"].unit,
            horizontal=True,
            emphasised=0,
        ),
    )
    return with_texts(chart, sheet)

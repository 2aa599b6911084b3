"""A report as all editions show it: the same words, table, charts and notes in the same order."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cs_assets.ai.authorship import authorship
from cs_assets.facts import slots
from cs_assets.facts.model import Fact, FactSheet
from cs_assets.facts.wording import listed, written
from cs_assets.paper.brand import Audience
from cs_assets.reviews.configuration import ReviewSettings, Section
from cs_assets.reviews.editions.charts.model import Chart
from cs_assets.reviews.editions.charts.registry import builder, load_modules
from cs_assets.reviews.facts.benchmarks import FOLLOW_THE_MIX, METRICS
from cs_assets.reviews.writing import summary_table, what_became
from cs_assets.reviews.writing.follow_up import NO_EVIDENCE
from cs_assets.reviews.writing.report import TITLES, Passage, Report
from cs_assets.reviews.writing.standing import Standing, standing
from cs_assets.reviews.writing.summary_table import BY_MIX, Cell
from cs_assets.reviews.writing.text_blocks import Block, Recommendation, blocks, recommendations
from cs_assets.reviews.writing.what_became import Followed

#: How much of the advice page one says; all of it follows with its evidence.
_FIRST_ACTIONS = 3


@dataclass(frozen=True)
class ChartView:
    """A chart with its texts filled."""

    chart: Chart
    message: Passage
    subject: Passage
    alternative: Passage


@dataclass(frozen=True)
class SectionView:
    """A section: its blocks with the charts between them, or its recommendations."""

    key: Section
    title: str
    content: tuple[Block | ChartView, ...]
    recommendations: tuple[Recommendation, ...]
    closing: tuple[Block, ...]


@dataclass(frozen=True)
class ReportView:
    """A whole report for readers."""

    customer: str
    about: str
    period: str
    headline: str
    summary: tuple[str, ...]
    headings: tuple[str, ...]
    table: Sequence[Sequence[Cell]]
    table_note: str
    sections: tuple[SectionView, ...]
    notes: tuple[str, ...]
    snapshot_id: str
    cutoff: str
    dated: dt.datetime | None = None
    """When the data were cut off, UTC."""
    standing: tuple[Standing, ...] = ()
    """How the customer is, at a glance."""
    watch: tuple[str, ...] = ()
    """What must not be overlooked."""
    todo: tuple[tuple[str, str], ...] = ()
    """What to do: title and action, the weightiest first."""
    todo_title: str = "What to do this week"
    history: tuple[Followed, ...] = ()
    """What became of earlier advice."""

    @property
    def charts(self) -> list[ChartView]:
        return [c for s in self.sections for c in s.content if isinstance(c, ChartView)]

    @property
    def chart_passages(self) -> dict[str, Passage]:
        """The charts' texts by ``chart.part``, for the audit file."""
        return {
            f"{view.chart.name}.{part}": getattr(view, part)
            for view in self.charts
            for part in ("message", "subject", "alternative")
        }


def view_of(report: Report, settings: ReviewSettings) -> ReportView:
    """The view of a report: sections, order and charts as the settings say."""
    load_modules(settings.chart_modules)
    sheet, told = report.sheet, report.passages["summary"]
    table = summary_table.rows(sheet)
    return ReportView(
        customer=words(sheet, "customer.name"),
        about=_about(sheet, settings.edition),
        period=f"Week to {words(sheet, 'period.end')}",
        headline=report.passages["headline"].filled,
        standing=tuple(standing(sheet)),
        watch=_lines(report, "watch"),
        todo=todo(report)[:_FIRST_ACTIONS],
        todo_title="What to do next" if settings.edition == "customer" else "What to do this week",
        history=what_became.rows(sheet) if "history" in report.passages else (),
        summary=tuple(b.text for b in blocks(told.filled, told.claims)),
        headings=summary_table.HEADINGS,
        table=table,
        table_note=_table_note(sheet, table),
        sections=tuple(
            _section(section, report.passages[section], sheet, settings.charts)
            for section in settings.sections
            if section in report.passages
        ),
        notes=tuple(_notes(report, settings.edition)),
        snapshot_id=report.snapshot_id,
        cutoff=words(sheet, "period.end"),
        dated=sheet.cutoff,
    )


def todo(report: Report) -> tuple[tuple[str, str], ...]:
    """Title and action of each recommendation as written."""
    advice = report.passages.get("recommendations")
    _, made, _ = recommendations(advice.filled, advice.claims) if advice else ([], [], [])
    return tuple(
        (one.title, next((b.text for b in one.lines if b.label == "Action"), "")) for one in made
    )


def _lines(report: Report, name: str) -> tuple[str, ...]:
    passage = report.passages.get(name)
    return tuple(b.text for b in blocks(passage.filled, passage.claims)) if passage else ()


def words(sheet: FactSheet, fact_id: str) -> str:
    """A fact as readers see it; empty when the sheet has none of this id."""
    fact = sheet.get(fact_id)
    return written(fact) if fact is not None else ""


def _section(
    section: Section,
    passage: Passage,
    sheet: FactSheet,
    charts: Mapping[Section, Sequence[str]],
) -> SectionView:
    pictures = [c for name in charts.get(section, ()) if (c := chart_view(name, sheet))]
    if section == "recommendations":
        before, made, after = recommendations(passage.filled, passage.claims)
        content: tuple[Block | ChartView, ...] = (*before, *pictures)
        told = tuple(replace(one, basis=basis(one.evidence, sheet)) for one in made)
        return SectionView(section, TITLES[section], content, told, tuple(after))
    illustrated = tuple(_illustrated(blocks(passage.filled, passage.claims), pictures))
    return SectionView(section, TITLES[section], illustrated, (), ())


#: Facts in words that are evidence; other words (names, windows) stand in the sentence itself.
_TOLD_TEXTS = (".stage", ".position", ".goal")


def basis(evidence: Sequence[str], sheet: FactSheet) -> str:
    """The facts behind a recommendation as readers know them: label, value and n."""
    told = []
    for fact_id in evidence:
        fact = sheet.get(fact_id)
        if fact is None or not (fact.is_number or fact_id.endswith(_TOLD_TEXTS)):
            continue
        if fact_id.startswith(NO_EVIDENCE):
            continue
        n = f" (n = {fact.n:,})" if fact.n is not None and fact.unit != "count" else ""
        is_over = fact.unit == "days" and fact.is_number and fact.number < 0
        said = f"passed {written(fact, 'abs')} ago" if is_over else written(fact)
        told.append(f"{fact.label}: {said}{n}")
    return "; ".join(told)


def _illustrated(made: Sequence[Block], pictures: list[ChartView]) -> list[Block | ChartView]:
    """Each picture after the paragraph (with its list) of the same place in the section."""
    content: list[Block | ChartView] = []
    for i, block in enumerate(made):
        content.append(block)
        following = made[i + 1] if i + 1 < len(made) else None
        if pictures and (following is None or following.kind == "paragraph"):
            content.append(pictures.pop(0))
    return [*content, *pictures]


def chart_view(name: str, sheet: FactSheet) -> ChartView | None:
    """The chart of this name with its texts, or ``None`` when the facts do not carry it."""
    chart = builder(name)(sheet)
    return None if chart is None else with_texts(chart, sheet)


def with_texts(chart: Chart, sheet: FactSheet) -> ChartView:
    """A chart with its message, subject and alternative filled from the facts."""
    return ChartView(
        chart,
        _filled(chart.message, sheet),
        _filled(chart.subject, sheet),
        _filled(chart.alternative, sheet),
    )


def _filled(text: str, sheet: FactSheet) -> Passage:
    filled = slots.fill(text, sheet)
    return Passage(text, filled.text, filled.claims, "rules", "rules", "rules")


def _about(sheet: FactSheet, audience: Audience) -> str:
    parts = [words(sheet, f"customer.{p}") for p in ("industry", "segment", "region")]
    who = "your contact:" if audience == "customer" else "CSM"
    parts += [f"{who} {words(sheet, 'csm.name')}"] if sheet.has("csm.name") else []
    parts.append(f"{words(sheet, 'period.window')} to {words(sheet, 'period.end')}")
    return "  ·  ".join(part for part in parts if part)


def _table_note(sheet: FactSheet, table: Sequence[Sequence[Cell]]) -> str:
    by_mix = any(cell.words.endswith(BY_MIX) for cells in table for cell in cells)
    shown = {cell.words for cells in table for cell in cells if not cell.is_value}
    mixed = f" {BY_MIX}: the channels moved clearly the other way, and their mix did this."
    return (
        f"Now: {words(sheet, 'period.window')}. Before: {words(sheet, 'period.window_before')}. "
        "▲ and ▼: a clear rise or fall; other changes of conversions, value, rates and, on the "
        "window before, use may be chance. Those of score, people, revenue and use on the year are "
        "not tested. Changes are taken before rounding. n: what the figure of now rests on."
        + (mixed if by_mix else "")
        + "".join(f" {word}: {meaning}." for word, meaning in _ABSENCES.items() if word in shown)
    )


#: What words in place of a value mean.
_ABSENCES = {
    "n/a": "nothing to compare with",
    "no data": "not on record, which is no zero",
    "withheld": "too few cases for a percentage",
}


def _notes(report: Report, audience: Audience) -> list[str]:
    sheet = report.sheet
    return [
        f"Data up to {words(sheet, 'period.end')}, snapshot {report.snapshot_id}. Window: "
        f"{words(sheet, 'period.window')}, compared with "
        f"{words(sheet, 'period.window_before')} and the same weekdays a year earlier.",
        "A change is called clear when it is larger than chance explains at the five percent "
        "level, over all customers of the run: of conversions and use given how their weeks vary, "
        "of rates given how sends vary. Otherwise it is called no clear change.",
        "n is what was counted: conversions, touchpoints, seats, daily scores, and for rates "
        "messages, not people; one person gets several.",
        *([_EFFECTS] if audience != "customer" and "recommendations" in report.passages else []),
        *_peers(sheet),
        *(_foreseen(sheet) if _is_foretold(report) else ()),
        *_left_out(sheet),
        *_authorship(report, audience),
    ]


#: Effects are measured in points of health, which a customer does not read.
_EFFECTS = (
    "An expected effect is what to look for. Where points of health, an interval and n stand "
    "beside it, it was measured; otherwise it is not measured yet."
)


def _peers(sheet: FactSheet) -> list[str]:
    """Who the peers are and when they were observed, once for each group."""
    fields = ("peers", "group", "period", "length")
    found = (
        tuple(words(sheet, f"benchmark.{metric}.{field}") for field in fields)
        for metric in METRICS
        if metric not in FOLLOW_THE_MIX
        and sheet.has(f"benchmark.{metric}.position")
        and sheet.has(*(f"benchmark.{metric}.{field}" for field in fields))
    )
    by_time: dict[tuple[str, str], list[str]] = {}
    for peers, group, period, length in dict.fromkeys(found):
        by_time.setdefault((period, length), []).append(f'{peers} companies in the group "{group}"')
    return [
        f"Peers: {listed(said)}, {period}; own values beside them are over the last {length}."
        for (period, length), said in by_time.items()
    ]


def _is_foretold(report: Report) -> bool:
    """Whether some text tells the forecast: a note on what is not said explains nothing."""
    return any("{forecast." in passage.slotted for passage in report.passages.values())


def _foreseen(sheet: FactSheet) -> list[str]:
    """How the forecast is made and how well it did."""
    told = ("method", "windows", "error", "naive_error")
    if not sheet.has("forecast.value", *(f"forecast.{part}" for part in told)):
        return []
    method, windows, error, naive = (words(sheet, f"forecast.{part}") for part in told)
    return [
        f"The forecast {method}; tried on {windows} windows of the past it was off by {error} on "
        f"average, the last window repeated by {naive}."
    ]


def _authorship(report: Report, audience: Audience) -> tuple[str, ...]:
    texts = {title: report.passages[s] for s, title in TITLES.items() if s in report.passages}
    return authorship(texts, with_reasons=audience != "customer")


#: Figures that belong to another one, which is named for all of them.
_BELONG = ("_within", "_mix", "channels", "rising", "falling")
_OF_THE_FORECAST = "forecast."


def _missed(fact: Fact) -> str:
    """What a reader misses where this fact is left out; empty where another says it."""
    if fact.unit == "text" or fact.fact_id.endswith(_BELONG):
        return ""
    if fact.fact_id.startswith(_OF_THE_FORECAST):
        return fact.label if fact.fact_id == "forecast.value" else ""
    return "Shares of value" if fact.fact_id.endswith(".share") else fact.label


def _left_out(sheet: FactSheet) -> list[str]:
    """What a reader may miss: withheld and suppressed figures with their reasons."""
    titles = {"withheld": "Withheld", "suppressed": "Suppressed", "failed": "Could not be computed"}
    lines = []
    for status, title in titles.items():
        found: dict[str, dict[str, None]] = {}
        for fact in sheet:
            if fact.status == status and (missed := _missed(fact)):
                found.setdefault(fact.reason or "", {})[missed] = None
        told = [f"{'; '.join(labels)} ({reason})" for reason, labels in found.items()]
        lines += [f"{title}: {'; '.join(told)}."] if told else []
    return lines

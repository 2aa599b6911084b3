"""Proof on the finished PDF: every number that a reader sees comes from a fact.

Numbers are bound to facts where they are written (slots); this looks once more from the other
end, at the text layer, so that no other way into the page goes unseen.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import chain

from cs_assets.facts.model import Fact
from cs_assets.facts.wording import written
from cs_assets.reviews.editions.charts.layout import scene
from cs_assets.reviews.editions.charts.registry import CHARTS
from cs_assets.reviews.writing import summary_table
from cs_assets.reviews.writing.report import Passage, Report

#: What stands before or after a piece of a name that had no room.
_EDGES = ("", "\r", "\n", "…")
#: Facts that stand around the text of every report.
_IN_NOTES = ("period.", "health.", "benchmark.", "forecast.")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")

#: Text of ours that holds numbers without a fact: the page, the place of a recommendation.
_FURNITURE = (re.compile(r"Page \d+ of \d+"), re.compile(r"(?m)^\s*[1-9]\. "))


def numbers(text: str) -> list[str]:
    """The numbers of a text as written, without signs and units."""
    return _NUMBER.findall(text)


def text_layer(pdf: bytes) -> str:
    """All text of all pages, as a reader could copy it."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def unproven_numbers(
    text: str,
    report: Report,
    charts: Mapping[str, Passage],
    printed: Callable[[str], str] = str,
) -> list[str]:
    """Numbers in the text layer of a report's PDF that no fact, axis or page number accounts for.

    ``charts`` are the passages that the printer gave, ``printed`` is how it writes a text: digits
    of other scripts become ours. A number may stand as often as it likes.
    """
    for pattern in _FURNITURE:
        text = pattern.sub(" ", text)
    open_ones = list(_NUMBER.finditer(text))
    # Cheapest first: nearly all numbers stand in the passages and the table.
    notes = (fact for fact in report.sheet if fact.fact_id.startswith(_IN_NOTES))
    for sources in (
        _texts(report, charts), _axes(report, charts), _facts(notes), _facts(report.sheet)
    ):  # fmt: skip
        if not open_ones:
            break
        known = _both("\n".join(sources), printed)
        open_ones = [found for found in open_ones if found[0] not in known]
    return [found[0] for found in open_ones if not _is_cut_name(found, report, printed)]


def _both(text: str, printed: Callable[[str], str]) -> set[str]:
    """The numbers of a text as it is, and as its lines are printed."""
    others = (numbers(printed(line)) for line in text.split("\n") if not line.isascii())
    return {*numbers(text), *chain.from_iterable(others)}


def _is_cut_name(found: re.Match[str], report: Report, printed: Callable[[str], str]) -> bool:
    """Whether it is a part of a number in a name, at the edge where the name was cut or broken."""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    if before not in _EDGES and after not in _EDGES:
        return False
    names = (fact.value for fact in report.sheet if fact.unit == "text" and fact.value)
    return any(found[0] in number for name in names for number in numbers(printed(str(name))))


def _texts(report: Report, charts: Mapping[str, Passage]) -> Iterable[str]:
    for passage in (*report.passages.values(), *charts.values()):
        yield passage.filled
    for row in summary_table.rows(report.sheet):
        yield " ".join(cell.words for cell in row)
    yield report.snapshot_id


def _axes(report: Report, charts: Mapping[str, Passage]) -> Iterable[str]:
    for name in {passage.partition(".")[0] for passage in charts}:
        chart = CHARTS[name](report.sheet)
        if chart is not None:
            yield " ".join(words.text for words in scene(chart.data).words)


def _facts(facts: Iterable[Fact]) -> Iterable[str]:
    """What is printed of facts themselves: evidence, what is withheld and why."""
    for fact in facts:
        yield f"{fact.label} {fact.reason or ''} {written(fact)}"
        if fact.n is not None:
            yield f"{fact.n:,}"

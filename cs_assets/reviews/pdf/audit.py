"""Proof on the finished PDF: every number that a reader sees comes from a fact.

Numbers are bound to facts where they are written (slots); this looks once more from the other
end, at the text layer, so that no other way into the page goes unseen.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from cs_assets.facts.wording import written
from cs_assets.reviews import summary_table
from cs_assets.reviews.charts.layout import scene
from cs_assets.reviews.charts.registry import CHARTS
from cs_assets.reviews.report_writing import Passage, Report

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


def unproven_numbers(text: str, report: Report, charts: Mapping[str, Passage]) -> list[str]:
    """Numbers in the text layer of a report's PDF that no fact, axis or page number accounts for.

    ``charts`` are the passages that the printer gave. A number may stand as often as it likes.
    """
    for pattern in _FURNITURE:
        text = pattern.sub(" ", text)
    known = Counter(n for source in _sources(report, charts) for n in numbers(source))
    known.update(numbers(" ".join(_names(report))))
    return [number for number in numbers(text) if number not in known]


def _sources(report: Report, charts: Mapping[str, Passage]) -> Iterable[str]:
    sheet = report.sheet
    for passage in (*report.passages.values(), *charts.values()):
        yield passage.filled
    for fact in sheet:
        yield written(fact)
        yield written(fact, "short")
        yield fact.reason or ""
        yield "" if fact.n is None else f"{fact.n:,}"
    for row in summary_table.rows(sheet):
        yield " ".join(cell.words for cell in row)
    for name in {passage.partition(".")[0] for passage in charts}:
        chart = CHARTS[name](sheet)
        if chart is not None:
            yield " ".join(words.text for words in scene(chart.data).words)
    yield report.snapshot_id


def _names(report: Report) -> Iterable[str]:
    """Labels and ids that are printed: what is withheld, and the evidence of recommendations."""
    for fact in report.sheet:
        yield fact.label
        yield fact.fact_id

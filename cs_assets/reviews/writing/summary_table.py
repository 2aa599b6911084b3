"""The executive summary table: one row a measure, one column a window, every row with its n."""

from dataclasses import dataclass

from cs_assets.facts.model import Fact, FactSheet
from cs_assets.facts.wording import ABSENT, written

HEADINGS = ("", "Now", "Before", "Change", "A year earlier", "Peers' median", "n")


@dataclass(frozen=True)
class Cell:
    """A cell's words and whether they are a value or the word for its absence."""

    words: str
    is_value: bool = True


_ROWS = (
    # label, what n counts, now, before, change, a year earlier, median of peers
    ("Conversions", "conversions", "conversions.count", "conversions.count_prior",
     "conversions.count_change", "conversions.count_year_ago", None),
    ("Conversion value", "conversions", "conversions.value", "conversions.value_prior",
     "conversions.value_change", "conversions.value_year_ago", None),
    ("Conversion value a week", "conversions", "conversions.value_per_week", None, None, None,
     "benchmark.conversion_value_per_week.median"),
    ("Open rate", "messages", "engagement.open_rate", "engagement.open_rate_prior",
     "engagement.open_rate_change", "engagement.open_rate_year_ago", "benchmark.open_rate.median"),
    ("Click rate", "messages", "engagement.click_rate", "engagement.click_rate_prior",
     "engagement.click_rate_change", "engagement.click_rate_year_ago",
     "benchmark.click_rate.median"),
    ("Engagement score", "daily scores", "engagement.score", "engagement.score_prior",
     "engagement.score_change", "engagement.score_year_ago", "benchmark.engagement_score.median"),
    ("Attributed revenue", "touchpoints", "attribution.revenue", "attribution.revenue_prior", None,
     None, None),
    ("Seats in use", "seats", "adoption.utilisation", None, None, None, None),
)  # fmt: skip


def rows(sheet: FactSheet) -> list[list[Cell]]:
    """The table's rows below its headings."""
    made = []
    for label, counted, *fact_ids in _ROWS:
        now = sheet.get(fact_ids[0] or "")
        cells = [Cell(label), *(_cell(sheet, fact_id) for fact_id in fact_ids)]
        known = now is not None and now.n is not None
        cells.append(Cell(f"{now.n:,} {counted}") if now and known else Cell("", False))
        made.append(cells)
    return made


def _cell(sheet: FactSheet, fact_id: str | None) -> Cell:
    fact = sheet.get(fact_id) if fact_id else None
    if fact is None:
        return Cell("", False)
    if fact.value is None:
        return Cell({"not_applicable": "n/a"}.get(fact.status, ABSENT[fact.status]), False)
    return Cell(_words(fact))


def _words(fact: Fact) -> str:
    if fact.fact_id.endswith("_change"):
        return written(fact, "signed") + (" pts" if fact.unit == "points" else "")
    return written(fact)

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
    # label, now, before, change, a year earlier, median of peers
    ("Conversions", "conversions.count", "conversions.count_prior", "conversions.count_change",
     "conversions.count_year_ago", None),
    ("Conversion value", "conversions.value", "conversions.value_prior",
     "conversions.value_change", "conversions.value_year_ago", None),
    ("Conversion value a week", "conversions.value_per_week", None, None, None,
     "benchmark.conversion_value_per_week.median"),
    ("Open rate", "engagement.open_rate", "engagement.open_rate_prior",
     "engagement.open_rate_change", "engagement.open_rate_year_ago", "benchmark.open_rate.median"),
    ("Click rate", "engagement.click_rate", "engagement.click_rate_prior",
     "engagement.click_rate_change", "engagement.click_rate_year_ago",
     "benchmark.click_rate.median"),
    ("Engagement score", "engagement.score", "engagement.score_prior", "engagement.score_change",
     "engagement.score_year_ago", "benchmark.engagement_score.median"),
    ("Attributed revenue", "attribution.revenue", "attribution.revenue_prior", None, None, None),
    ("Seats in use", "adoption.utilisation", None, None, None, None),
)  # fmt: skip


def rows(sheet: FactSheet) -> list[list[Cell]]:
    """The table's rows below its headings."""
    made = []
    for label, *fact_ids in _ROWS:
        now = sheet.get(fact_ids[0] or "")
        cells = [Cell(label), *(_cell(sheet, fact_id) for fact_id in fact_ids)]
        cells.append(
            Cell(f"{now.n:,}") if now is not None and now.n is not None else Cell("", False)
        )
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

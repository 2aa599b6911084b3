"""The executive summary table: one row a measure, one column a window, every row with its n."""

from collections.abc import Mapping
from dataclasses import dataclass

from cs_assets.facts.model import FactSheet
from cs_assets.facts.wording import ABSENT, written
from cs_assets.statistics.verdict import WORDS

HEADINGS = (
    "", "Now", "Before", "Change", "A year earlier", "On the year", "n",
)  # fmt: skip
#: Of a change that the stored verdict calls clear.
MARKS: Mapping[str, str] = {"rise": "▲", "fall": "▼"}
#: Stands behind a change of a whole that goes against the clear change of its parts.
BY_MIX = "(mix)"


@dataclass(frozen=True)
class Cell:
    """A cell's words, whether they are a value or the word for its absence, and its verdict."""

    words: str
    is_value: bool = True
    tone: str = ""
    """``rise`` or ``fall`` where the change is clear."""


_ROWS = (
    # label, what n counts, now, before, change, its verdict, a year earlier, change on the year,
    # its verdict
    ("Conversions", "conversions", "conversions.count", "conversions.count_prior",
     ("conversions.count_change", "conversions.verdict_change"), "conversions.count_year_ago",
     ("conversions.count_year_change", "conversions.verdict_year_change")),
    ("Conversion value", "conversions", "conversions.value", "conversions.value_prior",
     ("conversions.value_change", "conversions.value_verdict_change"),
     "conversions.value_year_ago",
     ("conversions.value_year_change", "conversions.value_verdict_year_change")),
    ("Open rate", "messages", "engagement.open_rate", "engagement.open_rate_prior",
     ("engagement.open_rate_change", "engagement.open_rate_verdict"),
     "engagement.open_rate_year_ago",
     ("engagement.open_rate_year_change", "engagement.open_rate_year_verdict")),
    ("Click rate", "messages", "engagement.click_rate", "engagement.click_rate_prior",
     ("engagement.click_rate_change", "engagement.click_rate_verdict"),
     "engagement.click_rate_year_ago",
     ("engagement.click_rate_year_change", "engagement.click_rate_year_verdict")),
    ("Engagement score", "daily scores", "engagement.score", "engagement.score_prior",
     ("engagement.score_change", ""), "engagement.score_year_ago",
     ("engagement.score_year_change", "")),
    ("Use of modules", "key actions", "usage.actions", "usage.actions_prior",
     ("usage.actions_change", "usage.verdict_change"), "usage.actions_year_ago",
     ("usage.actions_year_change", "")),
    ("People in a week", "person-weeks", "usage.users", "usage.users_prior",
     ("usage.users_change", ""), "usage.users_year_ago", ("usage.users_year_change", "")),
    ("Attributed revenue", "touchpoints", "attribution.revenue", "attribution.revenue_prior", None,
     None, None),
    ("Seats in use", "seats", "adoption.utilisation", None, None, None, None),
)  # fmt: skip


def rows(sheet: FactSheet) -> list[list[Cell]]:
    """The table's rows below its headings."""
    made = []
    for label, counted, now_id, *others in _ROWS:
        now = sheet.get(now_id)
        cells = [Cell(label), _cell(sheet, now_id)]
        cells += [
            _cell(sheet, of) if of is None or isinstance(of, str) else _change(sheet, *of)
            for of in others
        ]
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
    return Cell(written(fact))


def _change(sheet: FactSheet, fact_id: str, verdict_id: str) -> Cell:
    """A change with its sign, marked where it is clear.

    A rate that rises in its channels can fall as a whole, by their mix: then the verdict is on the
    channels and the number is not, and no mark stands beside it.
    """
    cell, fact = _cell(sheet, fact_id), sheet.get(fact_id)
    if fact is None or fact.value is None:
        return cell
    words = written(fact, "signed") + (" pts" if fact.unit == "points" else "")
    verdict = sheet.get(verdict_id)
    tone = next((d for d in MARKS if verdict is not None and verdict.value == WORDS[d]), "")
    if tone and (fact.number > 0) != (tone == "rise"):
        return Cell(f"{words} {BY_MIX}")
    return Cell(f"{MARKS[tone]} {words}" if tone else words, tone=tone)

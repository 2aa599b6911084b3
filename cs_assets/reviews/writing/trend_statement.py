"""The strongest statement that the facts carry: what headline, chart and advice are about.

Against a year earlier and against the window before the number of conversions is judged; a clear
verdict comes first, then a clear move of the open rate that matters, and only then what may be
chance, which is called so.
"""

from dataclasses import dataclass
from typing import Literal

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import number, text

#: A move of the value in percent that nobody would want to learn from page two, chance or not.
LARGE = 50.0
#: Points by which the open rate must move to be a headline.
_POINTS = 2.0

Way = Literal["up", "down"]


@dataclass(frozen=True)
class Comparison:
    """Conversions of the window against those of another."""

    key: str
    """Suffix of its facts: ``change`` or ``year_change``."""
    span: str
    """Suffix of the earlier window's facts: ``prior`` or ``year_ago``."""
    words: str

    def verdict(self, sheet: FactSheet) -> Way | None:
        """Where the number of conversions clearly went; ``None`` where that is not clear."""
        match text(sheet, f"conversions.verdict_{self.key}"):
            case "a clear rise":
                return "up"
            case "a clear fall":
                return "down"
        return None

    def move(self, sheet: FactSheet) -> float | None:
        """Change of the value in percent; ``None`` below the least number of cases."""
        return number(sheet, f"conversions.value_{self.key}")

    def is_known(self, sheet: FactSheet) -> bool:
        return sheet.has(f"conversions.count_{self.span}")


BEFORE = Comparison("change", "prior", "{period.window_before}")
YEAR = Comparison("year_change", "year_ago", "a year earlier")


def clear_comparisons(sheet: FactSheet) -> list[tuple[Comparison, Way]]:
    """Comparisons with a clear verdict, the year first: it is free of the season."""
    return [(c, way) for c in (YEAR, BEFORE) if c.is_known(sheet) and (way := c.verdict(sheet))]


def is_clear_fall(sheet: FactSheet) -> bool:
    """Whether conversions clearly fell on either comparison and rose on none."""
    ways = {way for _, way in clear_comparisons(sheet)}
    return ways == {"down"}


def clear_statement(sheet: FactSheet) -> str:
    """What is clear about the conversions, as a sentence without its full stop; or empty."""
    clear = clear_comparisons(sheet)
    if not clear:
        return ""
    compared, way = clear[0]
    if len(clear) == 2 and clear[1][1] == way:
        said = (
            f"Conversions clearly {way} on both {YEAR.words} and {BEFORE.words}: "
            f"{{conversions.count}} after {{conversions.count_{YEAR.span}}} and "
            f"{{conversions.count_{BEFORE.span}}}"
        )
    else:
        said = (
            f"Conversions clearly {way} on {compared.words}, to {{conversions.count}} from "
            f"{{conversions.count_{compared.span}}}"
        )
    return said + _value_beside(sheet, compared, way)


def _value_beside(sheet: FactSheet, compared: Comparison, way: Way) -> str:
    move = compared.move(sheet)
    if move is None or not move:
        return ""
    its_way = "up" if move > 0 else "down"
    joined = "value" if its_way == way else "but value"
    return f"; {joined} {its_way} {{conversions.value_{compared.key}:abs}}"


def open_rate_statement(sheet: FactSheet) -> str:
    """A clear move of the open rate that is large enough to matter, or empty."""
    for key, compared in (("year_", YEAR), ("", BEFORE)):
        verdict = text(sheet, f"engagement.open_rate_{key}verdict")
        moved = number(sheet, f"engagement.open_rate_{key}change") or 0.0
        if verdict in ("a clear rise", "a clear fall") and abs(moved) >= _POINTS:
            way = "up" if moved > 0 else "down"
            return (
                f"Open rate clearly {way} on {compared.words}, by "
                f"{{engagement.open_rate_{key}change:abs}} points to {{engagement.open_rate}}"
            )
    return ""


def large_unproven_move(sheet: FactSheet) -> str:
    """A large move that the number of conversions does not prove, as its cases; or empty."""
    move = BEFORE.move(sheet)
    if move is None or abs(move) < LARGE:
        return ""
    return (
        "{conversions.count} conversions worth {conversions.value} after {conversions.count_prior} "
        f"worth {{conversions.value_prior}}: too few to tell a {'rise' if move > 0 else 'fall'} "
        "from chance"
    )

"""The strongest statement that the facts carry: what headline, chart and advice are about.

Verdicts are the stored ones (``analytics.customer_changes``). A clear change of the number of
conversions comes first, then one of their value, then one of the open rate within channels that
matters, and only then what may be chance, which is called so.
"""

from dataclasses import dataclass
from typing import Literal

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import groups, number, text
from cs_assets.statistics.verdict import WORDS

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
        return _way(sheet, f"conversions.verdict_{self.key}")

    def value_verdict(self, sheet: FactSheet) -> Way | None:
        """Where their value clearly went."""
        return _way(sheet, f"conversions.value_verdict_{self.key}")

    def move(self, sheet: FactSheet) -> float | None:
        """Change of the value in percent; ``None`` below the least number of cases."""
        return number(sheet, f"conversions.value_{self.key}")

    def is_known(self, sheet: FactSheet) -> bool:
        return sheet.has(f"conversions.count_{self.span}")


def _way(sheet: FactSheet, fact_id: str) -> Way | None:
    ways: dict[str, Way] = {WORDS["rise"]: "up", WORDS["fall"]: "down"}
    return ways.get(text(sheet, fact_id))


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
        return _clear_value(sheet)
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
    """What the value did, which is a statement of its own."""
    move, value_way = compared.move(sheet), compared.value_verdict(sheet)
    if value_way is None:
        return "; their value shows no clear change" if move is not None else ""
    by = f" by {{conversions.value_{compared.key}:abs}}" if move is not None else ""
    joined = "their value too" if value_way == way else f"but their value clearly {value_way}"
    return f"; {joined},{by}" if value_way == way and by else f"; {joined}{by}"


def _clear_value(sheet: FactSheet) -> str:
    """A clear change of the value where the number of conversions shows none."""
    for compared in (YEAR, BEFORE):
        way = compared.value_verdict(sheet) if compared.is_known(sheet) else None
        if way is not None:
            by = (
                f", by {{conversions.value_{compared.key}:abs}}"
                if compared.move(sheet) is not None
                else ""
            )
            return (
                f"Conversion value clearly {way} on {compared.words}{by} to {{conversions.value}}; "
                "the number of conversions shows no clear change"
            )
    return ""


@dataclass(frozen=True)
class Opens:
    """What is told of the open rate against one earlier window."""

    compared: Comparison
    prefix: str
    """Of its facts: empty, or ``year_``."""

    def way(self, sheet: FactSheet) -> Way | None:
        """Where opens clearly went within channels."""
        return _way(sheet, f"engagement.open_rate_{self.prefix}verdict")

    def is_in_each(self, sheet: FactSheet) -> bool:
        """Whether every channel went the way of all."""
        channels = number(sheet, f"engagement.{self.prefix}channels")
        same = "rising" if self.way(sheet) == "up" else "falling"
        return channels is not None and number(sheet, f"engagement.{self.prefix}{same}") == channels

    def channels(self, sheet: FactSheet) -> list[str]:
        """Groups of the channels with messages in both windows, most messages first."""
        return [
            group
            for group in groups(sheet, "engagement.channel")
            if sheet.has(f"{group}.open_rate", f"{group}.open_rate_{self.compared.span}")
        ]

    def sentence(self, sheet: FactSheet) -> str:
        """The clear change of opens with the rates of up to three channels; or empty."""
        way = self.way(sheet)
        if way is None:
            return ""
        shown = self.channels(sheet)
        words = self.compared.words
        rates = ", ".join(
            f"{{{g}.name}} to {{{g}.open_rate}} from {{{g}.open_rate_{self.compared.span}}}"
            for g in shown[:_MOST_CHANNELS]
        )
        if len(shown) == 1:
            return f"Opens clearly {way} on {words}: {rates}"
        if self.is_in_each(sheet) and 1 < len(shown) <= _MOST_CHANNELS:
            return (
                f"Opens clearly {way} on {words} in each of {{engagement.{self.prefix}channels}} "
                f"channels: {rates}"
            )
        return (
            f"Opens clearly {way} on {words} within channels, by "
            f"{{engagement.open_rate_{self.prefix}within:abs}} points at the same mix"
        )


OPENS = (Opens(YEAR, "year_"), Opens(BEFORE, ""))
#: Channels whose rates stand in one sentence.
_MOST_CHANNELS = 3


def open_rate_statement(sheet: FactSheet) -> str:
    """A clear move of opens within channels that is large enough to matter, or empty."""
    for opens in OPENS:
        moved = number(sheet, f"engagement.open_rate_{opens.prefix}within") or 0.0
        if opens.way(sheet) and abs(moved) >= _POINTS:
            return opens.sentence(sheet)
    return ""


def usage_way(sheet: FactSheet) -> Way | None:
    """Where the key actions clearly went; ``None`` where that is not clear."""
    return _way(sheet, "usage.verdict_change")


def usage_statement(sheet: FactSheet) -> str:
    """A clear change of use against the window before, in all modules together; or empty."""
    way = usage_way(sheet)
    if way is None or not sheet.has("usage.actions", "usage.actions_prior"):
        return ""
    people = (
        " (people in a week: {usage.users} after {usage.users_prior})"
        if sheet.has("usage.users", "usage.users_prior")
        else ""
    )
    return (
        f"Use of the modules clearly {way} on {BEFORE.words}, to {{usage.actions}} key actions "
        f"from {{usage.actions_prior}}{people}"
    )


def large_unproven_move(sheet: FactSheet) -> str:
    """A large move that the number of conversions does not prove, as its cases; or empty."""
    move = BEFORE.move(sheet)
    if move is None or abs(move) < LARGE or BEFORE.value_verdict(sheet):
        return ""
    return (
        "{conversions.count} conversions worth {conversions.value} after {conversions.count_prior} "
        f"worth {{conversions.value_prior}}: too few to tell a {'rise' if move > 0 else 'fall'} "
        "from chance"
    )

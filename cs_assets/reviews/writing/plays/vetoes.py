"""What may not be advised to a customer as the facts stand, whoever writes the advice.

A veto is data (``plays.yaml``): when it holds (a condition by name, below), by which words advice
is known to ask for what it forbids, and why. Advice by rule and of models pass the same ones.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import groups, number, text
from cs_assets.reviews.playbook import Veto
from cs_assets.reviews.writing.plays.rules.results import conversions_fell
from cs_assets.reviews.writing.plays.rules.seen import is_troubled
from cs_assets.reviews.writing.standing import is_renewal_near
from cs_assets.reviews.writing.trend_statement import clear_comparisons, is_clear_fall
from cs_assets.statistics.verdict import WORDS

_ANY_CHANNEL = "CHANNEL"


def in_force(vetoes: tuple[Veto, ...], sheet: FactSheet) -> Iterator[Veto]:
    """The vetoes that hold for this sheet."""
    return (veto for veto in vetoes if CONDITIONS[veto.when](sheet))


def breaches(advice: str, vetoes: tuple[Veto, ...], sheet: FactSheet) -> Iterator[str]:
    """Why ``advice`` (title and action, filled) may not be given: a reason for each veto."""
    for veto in in_force(vetoes, sheet):
        for pattern in veto.says:
            if found := _compiled(pattern, _channels(sheet)).search(advice):
                yield f"'{found[0]}' is advised although {veto.because}"
                break


def _channels(sheet: FactSheet) -> tuple[str, ...]:
    names = (text(sheet, f"{group}.name") for group in groups(sheet, "conversions.channel"))
    return tuple(name for name in names if name)


@cache
def _compiled(pattern: str, channels: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(map(re.escape, channels)) or r"(?!)"
    return re.compile(pattern.replace(_ANY_CHANNEL, f"(?:{names})"), re.IGNORECASE)


def _is_in_trouble(sheet: FactSheet) -> bool:
    """Health, words of leaving, a lost module or a clear fall: nobody is asked for more then."""
    spoke = number(sheet, "calls.churn") or number(sheet, "calls.competitor")
    return is_troubled(sheet) or bool(spoke) or sheet.has("adoption.lost") or is_clear_fall(sheet)


def _is_nothing_growing(sheet: FactSheet) -> bool:
    """No comparison of conversions or of their value is a clear rise."""
    ids = ("verdict_change", "verdict_year_change", "value_verdict_change",
           "value_verdict_year_change")  # fmt: skip
    rose = any(text(sheet, f"conversions.{i}") == WORDS["rise"] for i in ids)
    return not rose and not any(way == "up" for _, way in clear_comparisons(sheet))


def _do_readers_tire(sheet: FactSheet) -> bool:
    """The open rate clearly fell against the window before or the year."""
    ids = ("open_rate_verdict", "open_rate_year_verdict")
    return any(text(sheet, f"engagement.{i}") == WORDS["fall"] for i in ids)


def _is_renewal_in_doubt(sheet: FactSheet) -> bool:
    spoke = bool(number(sheet, "calls.churn"))
    return is_renewal_near(sheet) and (is_troubled(sheet) or spoke)


def _did_all_channels_fall(sheet: FactSheet) -> bool:
    """As the rule on falling conversions sees it."""
    seen = conversions_fell(sheet)
    return seen is not None and seen.case.endswith("everywhere")


def _is_goal_agreed(sheet: FactSheet) -> bool:
    return sheet.has("customer.goal")


def _was_no_call_bad(sheet: FactSheet) -> bool:
    return not number(sheet, "calls.negative")


def _did_nobody_speak_of_leaving(sheet: FactSheet) -> bool:
    return not number(sheet, "calls.churn")


CONDITIONS: Mapping[str, Callable[[FactSheet], bool]] = {
    "in_trouble": _is_in_trouble,
    "nothing_grows": _is_nothing_growing,
    "readers_tire": _do_readers_tire,
    "renewal_in_doubt": _is_renewal_in_doubt,
    "all_channels_fell": _did_all_channels_fall,
    "goal_is_agreed": _is_goal_agreed,
    "no_call_was_bad": _was_no_call_bad,
    "nobody_spoke_of_leaving": _did_nobody_speak_of_leaving,
}

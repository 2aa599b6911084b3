"""What was mentioned in a question, given to the parameters of one of the closed set."""

from collections.abc import Sequence

from cs_assets.answers.directory import Named
from cs_assets.answers.mentions import Mentions
from cs_assets.answers.questions import Question


def take_names(
    question: Question, names: Sequence[Sequence[Named]], values: dict[str, str]
) -> tuple[int, dict[str, list[Named]], int]:
    """Give mentions to the slots of their kind: how many were given, those that several fit, and
    how many are left over.
    """
    slots = question.slots
    used = spare = 0
    choices: dict[str, list[Named]] = {}
    for owners in names:
        for slot in ("customer", "other", "rep", "account", "call"):
            kind = "customer" if slot == "other" else slot
            fitting = [one for one in owners if one.kind == kind]
            if slot in slots and fitting and slot not in values and slot not in choices:
                if len(fitting) == 1:
                    values[slot] = fitting[0].id
                else:
                    choices[slot] = fitting
                used += 1
                break
        else:
            spare += 1
    return used, choices, spare


#: Days of a week, where a question looks back over days.
_WEEK = 7


def take_times(question: Question, mentions: Mentions, values: dict[str, str]) -> int:
    """Give weeks, days and the window to their slots; how many have none."""
    slots, days, window = question.slots, mentions.days, mentions.window
    known = sorted(one for one in mentions.weeks if one is not None)
    spare = len(mentions.weeks) - len(known)
    for slot in ("since", "week"):
        if slot in slots and known:
            values[slot] = known.pop(0)
    if known == [mentions.newest] and not days and "days" in question.may:
        days, known = str(_WEEK), []  # looked back over, up to the end of that week
    elif question.is_of_now and known == [mentions.newest] and mentions.is_this_week:
        known = []
    if window and window == question.span:
        window = ""  # that is what they are
    elif window and "window" not in slots and "days" in slots and not days:
        days, window = str(_WEEK * int(window.rstrip("w"))), ""
    spare += len(known)
    for name, value in (("days", days), ("window", window)):
        if value and name in slots:
            values[name] = value
        elif value:
            spare += 1
    return spare

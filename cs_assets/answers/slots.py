"""What was mentioned in a question, given to the parameters of one of the closed set."""

from collections.abc import Mapping, Sequence

from cs_assets.answers.directory import Named
from cs_assets.answers.questions import Question

Choices = Mapping[str, Sequence[Named]]


def take_names(
    question: Question, names: Sequence[Sequence[Named]], values: dict[str, str]
) -> tuple[int, dict[str, list[Named]], int]:
    """Give mentions to the slots of their kind: how many were given, those that several fit, and
    how many are left over.
    """
    slots = [*question.needs, *question.may]
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


def take_times(
    question: Question, weeks: Sequence[str | None], days: str, window: str, values: dict[str, str]
) -> int:
    """Give weeks, days and the window to their slots; how many have none."""
    slots = {*question.needs, *question.may}
    known = sorted(one for one in weeks if one is not None)
    spare = len(weeks) - len(known)
    if "since" in slots and known:
        values["since"] = known.pop(0)
    if "week" in slots and known:
        values["week"] = known.pop(0)
    spare += len(known)
    for name, value in (("days", days), ("window", window)):
        if value and name in slots:
            values[name] = value
        elif value:
            spare += 1
    return spare

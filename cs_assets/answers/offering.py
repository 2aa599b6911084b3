"""Questions put in their documented words, with the names and times that were typed filled in."""

import re
from collections.abc import Mapping

from cs_assets.answers.directory import Directory
from cs_assets.answers.mentions import Mentions
from cs_assets.answers.metrics import METRICS
from cs_assets.answers.model import Plan
from cs_assets.answers.parameters import NAMED
from cs_assets.answers.questions import BY_ID, Question
from cs_assets.answers.slots import take_names, take_times
from cs_assets.names import shown

_DAYS = re.compile(r"\d+ days")
_ORDER = re.compile(r"\b(highest|lowest|top)\b")
#: By what stands for a parameter in phrasings, the parameters, the first that has a value first.
_STANDS_FOR = {
    "CUSTOMER": ("customer", "other"), "REP": ("rep",), "ACCOUNT": ("account",), "CALL": ("call",),
    "METRIC": ("metric",), "SIGNAL": ("signal",), "WEEK": ("since", "week"), "NUMBER": ("most",),
}  # fmt: skip


def worded(plan: Plan, directory: Directory) -> str:
    """A plan as a question: the documented phrasing that says most of it, else the first with what
    is known filled in.
    """
    question = BY_ID[plan.question]
    said = [_filled(one, plan, directory) for one in question.phrasings]
    whole = [(len(used), text) for text, used in said if text]
    if whole:
        return max(whole, key=lambda one: one[0])[1]
    return _filled(question.phrasings[0], plan, directory, is_part=True)[0]


def offered(
    question: Question, mentions: Mentions, said: Mapping[str, str], directory: Directory
) -> str:
    """A question about what was typed, as far as that names what the question needs.

    ``said``: parameters besides, by words.
    """
    values: dict[str, str] = {}
    take_names(question, mentions.names, values)
    take_times(question, mentions, values)
    values |= {slot: value for slot, value in said.items() if slot in question.slots}
    return worded(Plan(question.id, values), directory)


def _filled(
    phrasing: str, plan: Plan, directory: Directory, *, is_part: bool = False
) -> tuple[str, set[str]]:
    """A phrasing with values, and the parameters that it says; no text where one is lacking, unless
    a part will do.
    """
    used: set[str] = set()
    parts = []
    for word in phrasing.split():
        slots = _STANDS_FOR.get(word)
        slot = next((one for one in slots or () if one in plan.values and one not in used), None)
        if slots and slot is None and not is_part:
            return "", used
        if slot:
            used.add(slot)
        parts.append(_said(slot, plan.values[slot], directory) if slot else word)
    text = " ".join(parts)
    if "days" in plan.values and _DAYS.search(text):
        used.add("days")
        text = _DAYS.sub(f"{plan.values['days']} days", text)
    if "order" in plan.values and (there := _ORDER.search(text)):
        order = plan.values["order"]
        if there[1] == "top" and order != "highest":
            return "", used
        used.add("order")
        text = text if there[1] == "top" else _ORDER.sub(order, text)
    return text, used


def _said(slot: str, value: str, directory: Directory) -> str:
    if slot in NAMED:
        named = directory.get(NAMED[slot], value)
        return shown(named.name) if named else value
    if slot == "metric":
        return METRICS[value].phrases[0]
    return value.replace("_", " ")

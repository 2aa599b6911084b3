"""A question in words as a plan by a model: it chooses of the closed set, and nothing else.

The model sees the question with marks for names, ids and dates, the closed set, and no row of the
warehouse. What it gives back is held against the marks: whom a question is about is known from the
text and the asker's scope alone, so a model cannot name anybody. What does not hold is no plan.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cs_assets.answers.directory import Directory
from cs_assets.answers.mentions import Mentions, is_mark, mentions_in, without_names
from cs_assets.answers.model import Answer, Plan, unanswered
from cs_assets.answers.parameters import LISTED, NAMED
from cs_assets.answers.questions import BY_ID, QUESTIONS, SLOTS, Slot
from cs_assets.answers.wording import LONGEST, folded

#: Given the question with its marks and the JSON schema of the answer, a model's answer as text, or
#: ``None`` where there is none (no leave, no money, no network).
Asks = Callable[[str, Mapping[str, Any]], str | None]

NONE = "none"
_MARKS = {"name": "NAME", "week": "WEEK", "days": "DAYS", "window": "SPAN"}
#: Stands for whoever is out of scope; no parameter takes it.
_OTHER = "OTHER1"
_LONGEST_ANSWER = 4000


class _Given(BaseModel):
    """What a model answers."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: str
    parameters: list["_Parameter"] = Field(max_length=8)


class _Parameter(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    value: str = Field(max_length=60)


class _NoPlan(Exception):
    """What a model gave is no plan of this question."""


def closed_set() -> str:
    """The questions, parameters and figures, for the instructions of a model."""
    lines = ["The closed set:"]
    for one in QUESTIONS:
        needs = ", ".join(one.needs) or "nothing"
        may = f"; may take {', '.join(one.may)}" if one.may else ""
        said = " / ".join(one.phrasings)
        lines.append(f"- {one.id}: {one.meaning} Needs {needs}{may}. As in: {said}")
    lines.append("Parameters: " + "; ".join(f"{name}: {what}" for name, what in SLOTS.items()))
    lines += [f"{name} is one of: {', '.join(values)}" for name, values in LISTED.items()]
    return "\n".join(lines)


def schema() -> dict[str, Any]:
    """The JSON schema of a model's answer."""
    parameter = {
        "type": "object", "additionalProperties": False, "required": ["name", "value"],
        "properties": {
            "name": {"type": "string", "enum": list(get_args(Slot))},
            "value": {"type": "string"},
        },
    }  # fmt: skip
    return {
        "type": "object", "additionalProperties": False, "required": ["question", "parameters"],
        "properties": {
            "question": {"type": "string", "enum": [*BY_ID, NONE]},
            "parameters": {"type": "array", "items": parameter},
        },
    }  # fmt: skip


def planned(
    text: str,
    directory: Directory,
    weeks: Sequence[dt.date],
    asks: Asks,
    own_rep: str | None = None,
    others: Directory | None = None,
) -> Plan | Answer | None:
    """The plan that a model makes of a question; ``None`` where it makes none that holds.

    An answer where a name could be several. ``others``: names that no model may see, though who
    asks has not got them in scope; a plan of a question that has one does not hold.
    """
    if len(text) > LONGEST or not folded(text):
        return None
    mentions = mentions_in(text, directory, weeks)
    marked = with_marks(mentions, others)
    said = asks(marked, schema())
    if said is None or len(said) > _LONGEST_ANSWER:
        return None
    try:
        given = _Given.model_validate(json.loads(said[said.find("{") : said.rfind("}") + 1]))
        return _plan(given, mentions, marked, own_rep)
    except (ValueError, ValidationError, RecursionError, _NoPlan):
        return None


def with_marks(mentions: Mentions, others: Directory | None = None) -> str:
    """The question as a model sees it: marks in the place of names, ids, dates and spans."""
    parts, counted = [], dict.fromkeys(_MARKS, 0)
    for sign in without_names(mentions.text, others, _OTHER) if others else mentions.text:
        if not is_mark(sign):
            parts.append(sign)
            continue
        kind = mentions.kind_of(sign)
        counted[kind] += 1
        of = ""
        if kind == "name":
            kinds = {one.kind for one in mentions.names[counted[kind] - 1]}
            of = f" ({' or '.join(sorted(kinds))})"
        parts.append(f"{_MARKS[kind]}{counted[kind]}{of}")
    return " ".join("".join(parts).split())


def _plan(given: _Given, mentions: Mentions, marked: str, own_rep: str | None) -> Plan | Answer:
    question = BY_ID.get(given.question)
    if question is None:
        raise _NoPlan
    slots = {*question.needs, *question.may}
    values: dict[str, str] = {}
    unused = re.findall(r"[A-Z]+\d+", marked)
    for one in given.parameters:
        if one.name not in slots or one.name in values:
            raise _NoPlan
        if one.value in unused:
            unused.remove(one.value)
        found = _value(one, mentions, marked)
        if isinstance(found, Answer):
            return found
        values[one.name] = found
    if unused:  # something that was said has no place in the plan
        raise _NoPlan
    if own_rep and "rep" in question.needs:
        values.setdefault("rep", own_rep)
    return Plan(question.id, values)


def _value(one: _Parameter, mentions: Mentions, marked: str) -> str | Answer:
    """A parameter's value; what a mark stands for comes from the text and not from the model."""
    if one.name in NAMED:
        return _named(one, mentions)
    if one.name in ("week", "since"):
        place = _place(one.value, "WEEK", len(mentions.weeks))
        return mentions.weeks[place] or _none()
    if one.name in LISTED and one.value in LISTED[one.name]:
        return one.value
    if one.name == "window" and one.value == "SPAN1":
        return mentions.window or _none()
    if one.name == "days" and one.value == "DAYS1":
        return mentions.days or _none()
    if one.name == "most" and re.search(rf"(?<!\w){re.escape(one.value)}(?!\w)", marked):
        return one.value
    raise _NoPlan


def _named(one: _Parameter, mentions: Mentions) -> str | Answer:
    owners = mentions.names[_place(one.value, "NAME", len(mentions.names))]
    fitting = [owner for owner in owners if owner.kind == NAMED[one.name]]
    if not fitting:
        raise _NoPlan
    if len(fitting) > 1:
        return unanswered(
            "unclear", "Several could be meant; ask again with the whole name or the id.",
            offered=[f"{owner.kind} {owner.name} ({owner.id})" for owner in fitting],
        )  # fmt: skip
    return fitting[0].id


def _place(value: str, mark: str, count: int) -> int:
    found = re.fullmatch(rf"{mark}([1-9]\d?)", value)
    if found is None or int(found[1]) > count:
        raise _NoPlan
    return int(found[1]) - 1


def _none() -> NoReturn:
    raise _NoPlan

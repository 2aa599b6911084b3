"""A question in words as a plan, by rules alone: every word has to be understood, or none is.

Names, dates and numbers are taken out first. A question of the closed set fits when some word of
each of its groups of cues is there and no word is left that it does not know. So a word that would
change the meaning (not, without, only, a thing nobody knows) makes the question one that is not
answered, and the nearest ones are offered instead.
"""

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from cs_assets.answers import vocabulary
from cs_assets.answers.directory import Directory, Named
from cs_assets.answers.mentions import Mentions, is_mark, mentions_in
from cs_assets.answers.metrics import METRICS
from cs_assets.answers.model import Answer, Plan, unanswered
from cs_assets.answers.questions import QUESTIONS, Question
from cs_assets.answers.slots import take_names, take_times
from cs_assets.answers.wording import LONGEST, folded, place_of

_NUMBER = re.compile(r"\d{1,3}")
_SPOKEN_NUMBERS = {"three": 3, "five": 5, "ten": 10, "twenty": 20}


@dataclass(frozen=True)
class _Fit:
    """How well a question fits: ``plan`` when it does; else what is lacking."""

    question: Question
    plan: Plan | None
    weight: int
    penalty: int
    choices: tuple[Named, ...] = ()
    lacks_name: bool = False


def parse(
    text: str, directory: Directory, weeks: Sequence[dt.date], own_rep: str | None = None
) -> Plan | Answer:
    """The plan of a question in words, or the answer that there is none.

    ``weeks``: Mondays known, newest first; ``own_rep``: who asks, when a rep does, so that "my
    focus" is theirs. Never raises for what was typed.
    """
    if len(text) > LONGEST or not folded(text):
        return unanswered("not_understood", "That is no question that can be answered here.")
    reading = mentions_in(text, directory, weeks)
    fits = [_fit(question, reading, own_rep) for question in QUESTIONS]
    whole = [one for one in fits if one.plan or one.choices]
    if whole:
        best = max(one.weight for one in whole)
        chosen = [one for one in whole if one.weight == best]
        if len(chosen) > 1:
            offered = [one.question.phrasings[0] for one in chosen]
            return unanswered("unclear", "Several questions could be meant.", offered=offered)
        if chosen[0].plan:
            return chosen[0].plan
        names = [f"{one.kind} {one.name} ({one.id})" for one in chosen[0].choices]
        return unanswered(
            "unclear", "Several could be meant; ask again with the whole name or the id.",
            question=chosen[0].question.id, offered=names,
        )  # fmt: skip
    return _not_understood(fits)


def _not_understood(fits: Sequence[_Fit]) -> Answer:
    nearest = sorted(fits, key=lambda one: (one.penalty, -one.weight))[:3]
    offered = [one.question.phrasings[0] for one in nearest]
    if nearest[0].lacks_name:
        return unanswered(
            "not_known", "Nobody and nothing of that name is among what you may ask about.",
            needs="a name or id in your scope, written as it is stored", offered=offered,
        )  # fmt: skip
    return unanswered(
        "not_understood", "That is not known: it is none of the questions that can be answered.",
        offered=offered,
    )  # fmt: skip


def _fit(question: Question, reading: Mentions, own_rep: str | None) -> _Fit:
    """Try one question on what was read."""
    slots = question.slots
    values: dict[str, str] = {}
    text = reading.text
    weight = 0
    if "metric" in slots:
        text, weight = _take_metric(text, values)
    used, choices, spare = take_names(question, reading.names, values)
    spare += take_times(question, reading, values)
    parts = [one for one in text.split() if not is_mark(one[0])]
    parts = vocabulary.stems(_take_numbers(parts, slots, values))
    known = vocabulary.of_question(question.id)
    cued = known.cued(parts)
    left = known.left(_take_listed(parts, slots, values))
    if own_rep and "rep" in slots and not {"rep", "customer"} & set(values):
        values["rep"] = own_rep
    missing = [one for one in question.needs if one not in values and one not in choices]
    penalty = 2 * len(left) + 3 * cued.count(0) + 2 * len(missing) + 2 * spare
    weight += 2 * sum(cued) + len(values) + used
    fits = not (left or missing or spare or not all(cued))
    nameless = {"customer", "rep", "account", "call"} & set(missing)
    lacks = all(cued) and bool(left) and bool(nameless)
    unsure = tuple(one for several in choices.values() for one in several)
    plan = Plan(question.id, values) if fits and not choices else None
    return _Fit(question, plan, weight, penalty, unsure if fits else (), lacks)


def _take_metric(text: str, values: dict[str, str]) -> tuple[str, int]:
    """The longest figure's name in the text, taken out of it."""
    for phrase, key in _metric_phrases():
        if (at := place_of(phrase, text)) >= 0:
            values["metric"] = key
            return f"{text[:at]} {text[at + len(phrase) :]}", 2 * len(phrase.split())
    return text, 0


@cache
def _metric_phrases() -> tuple[tuple[str, str], ...]:
    found = [(phrase, key) for key, one in METRICS.items() for phrase in one.phrases]
    return tuple(sorted(found, key=lambda one: (-len(one[0]), one[0])))


def _take_numbers(parts: list[str], slots: Collection[str], values: dict[str, str]) -> list[str]:
    """A number that stands alone is how many rows are wanted, where that may be said."""
    if "most" not in slots:
        return parts
    for at, one in enumerate(parts):
        number = int(one) if _NUMBER.fullmatch(one) and one.isascii() else _SPOKEN_NUMBERS.get(one)
        if number:
            values["most"] = str(number)
            return parts[:at] + parts[at + 1 :]
    return parts


def _take_listed(parts: list[str], slots: Collection[str], values: dict[str, str]) -> list[str]:
    """Orders, states and kinds of signals by their words."""
    if "state" in slots and "open" in parts:
        values["state"] = "open"
        parts = [one for one in parts if one != "open"]
    for slot in ("order", "signal"):
        for value, phrases in vocabulary.listed(slot).items() if slot in slots else ():
            rest = vocabulary.take(parts, phrases)
            if rest is not None:
                values[slot] = value
                parts = rest
                break
    return parts

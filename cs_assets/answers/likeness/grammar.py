"""How questions are put: ``phrasings.yaml``, a grammar, read, and put into words by chance.

A frame is a text with choices: ``(a|b|)`` is one of its parts, ``{set}`` one of a set of the file.
It is read when the reader is taught and not when a question is asked.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from cs_assets.answers.questions import QUESTIONS

_DAYS = re.compile(r"\d+ days")
PLACE = Path(__file__).with_name("phrasings.yaml")

#: A word, or a choice of sequences.
Part = str | list["Frame"]
Frame = list[Part]


class Phrasings(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid")
    sets: dict[str, str]
    limits: str
    effects: str
    before: list[str]
    after: list[str]
    questions: dict[str, list[str]]
    none: list[str]
    figures: dict[str, list[str]]


@cache
def read() -> Phrasings:
    return Phrasings.model_validate(yaml.safe_load(PLACE.read_text(encoding="utf-8")))


def frame(text: str) -> Frame:
    """Read a frame; raises ``ValueError`` for brackets that do not close."""
    for sign in "()|":
        text = text.replace(sign, f" {sign} ")
    options, rest = _options(text.split())
    if rest or len(options) != 1 or text.count("(") != text.count(")"):
        raise ValueError(f"the phrasing {text!r} has a bracket or a bar too many")
    return options[0]


def _options(parts: list[str]) -> tuple[list[Frame], list[str]]:
    """Sequences parted by bars up to the bracket that closes them, and what follows."""
    options: list[Frame] = [[]]
    while parts:
        one, parts = parts[0], parts[1:]
        if one == ")":
            break
        if one == "|":
            options.append([])
        elif one == "(":
            inner, parts = _options(parts)
            options[-1].append(inner)
        elif one.startswith("{"):
            options[-1] += frame(read().sets[one.strip("{}")])
        else:
            options[-1].append(one)
    return options, parts


def said(of: Frame, rng: random.Random) -> list[str]:
    """A frame in words, one of each choice."""
    parts: list[str] = []
    for one in of:
        parts += [one] if isinstance(one, str) else said(rng.choice(one), rng)
    return parts


def words_of(of: Frame) -> Iterator[str]:
    """Every word that a frame can have."""
    for one in of:
        if isinstance(one, str):
            yield one
        else:
            for option in one:
                yield from words_of(option)


def ends(of: Frame, words: Sequence[str], start: int) -> set[int]:
    """Where a frame can end that begins at ``start``; empty when it does not stand there."""
    places = {start}
    for one in of:
        if isinstance(one, str):
            places = {at + 1 for at in places if at < len(words) and words[at] == one}
        else:
            places = {end for at in places for option in one for end in ends(option, words, at)}
        if not places:
            break
    return places


def of_questions() -> Mapping[str, list[Frame]]:
    """The frames by question, with what is documented; those of no question under ``none``."""
    found = {
        one.id: [
            frame(text) for text in (*map(_documented, one.phrasings), *read().questions[one.id])
        ]
        for one in QUESTIONS
    }
    return found | {"none": [frame(one) for one in read().none]}


def _documented(phrasing: str) -> str:
    """A documented phrasing as a frame."""
    return _DAYS.sub("DAYS", phrasing)


def around() -> tuple[list[Frame], list[Frame]]:
    """What is said before and after a question, and changes nothing."""
    return [frame(one) for one in read().before], [frame(one) for one in read().after]

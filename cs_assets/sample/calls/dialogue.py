"""The grammar of the calls: short scenes written by hand, and how one is picked.

A file under ``text/dialogue`` holds topics (``## name MODULE``), a topic holds
parts (``@name``), a part holds dialogues separated by blank lines. A line is
one turn: who speaks (R the rep, C the customer, D a second customer) and what.
``[one|other]`` is a choice, ``{name}`` a slot.
"""

import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z\"'])")

Dialogue = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Turn:
    """What one speaker says without being interrupted, and under which topic.

    ``silence`` is the time in milliseconds that passes before, beyond the usual pause.
    """

    speaker: str
    sentences: tuple[str, ...]
    topic: str | None = None
    silence: int = 0

    @property
    def text(self) -> str:
        return " ".join(self.sentences)


@dataclass(frozen=True)
class Topic:
    """A topic of one file: the module it is about, and its parts."""

    name: str
    module: str | None
    parts: dict[str, tuple[Dialogue, ...]]


@cache
def topics(file: str) -> dict[str, Topic]:
    """The topics of ``text/dialogue/<file>.txt`` by name; raises ``ValueError`` for a bad line."""
    path = files("cs_assets.sample").joinpath("text", "dialogue", f"{file}.txt")
    found: dict[str, Topic] = {}
    for block in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
        head, _, body = block.partition("\n")
        name, _, module = head.strip().partition(" ")
        parts = {}
        for part in re.split(r"^@", body, flags=re.M)[1:]:
            title, _, lines = part.partition("\n")
            dialogues = [_dialogue(text, file) for text in re.split(r"\n\s*\n", lines.strip())]
            parts[title.strip()] = tuple(dialogues)
        found[name] = Topic(name, module or None, parts)
    return found


def _dialogue(text: str, file: str) -> Dialogue:
    turns = []
    for line in text.splitlines():
        speaker, _, words = line.partition(": ")
        if speaker not in ("R", "C", "D") or not words:
            raise ValueError(f"text/dialogue/{file}.txt: a turn starts with 'R: ', not {line!r}")
        turns.append((speaker, words.strip()))
    return tuple(turns)


@dataclass
class Phrasebook:
    """Picks dialogues so that nobody says the same thing twice too soon.

    Within a call nothing repeats; over calls the host's least used dialogue
    goes first, and among equals chance decides.
    """

    used: Counter[tuple[str, Dialogue]] = field(default_factory=Counter)

    def pick(
        self, draw: random.Random, host: str, options: tuple[Dialogue, ...], said: set[Dialogue]
    ) -> Dialogue | None:
        """A dialogue that this call has not had, or None when all have been said."""
        fresh = [dialogue for dialogue in options if dialogue not in said]
        if not fresh:
            return None
        fewest = min(self.used[host, dialogue] for dialogue in fresh)
        chosen = draw.choice([d for d in fresh if self.used[host, d] == fewest])
        self.used[host, chosen] += 1
        said.add(chosen)
        return chosen


def spoken(
    draw: random.Random, dialogue: Dialogue, slots: Mapping[str, str], topic: str | None
) -> list[Turn]:
    """The dialogue with its choices made and its slots filled, sentence by sentence."""
    turns = []
    for speaker, words in dialogue:
        filled = words.format_map(slots)
        chosen = _CHOICE.sub(lambda found: draw.choice(found[1].split("|")), filled)
        turns.append(Turn(speaker, tuple(_SENTENCE_END.split(chosen)), topic))
    return turns

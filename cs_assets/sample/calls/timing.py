"""When each sentence is said: pace, pauses, and who waits how long before speaking."""

import random
from dataclasses import dataclass

from cs_assets.sample.calls.dialogue import Turn

#: Words a second, and pauses in milliseconds between sentences of one turn.
_PACE = 2.3
_BREATH = (150, 900)
#: Pause before a host speaks after the customer, by how well the host listens.
_PATIENT = (700, 1_900)
_HASTY = (40, 350)
_CUSTOMER = (180, 1_100)


@dataclass(frozen=True)
class Sentence:
    """One sentence with its times in milliseconds from the start of the call."""

    speaker: str
    start: int
    end: int
    text: str
    topic: str | None


def timed(draw: random.Random, turns: list[Turn], patience: float) -> list[Sentence]:
    """Every sentence with its times; ``patience`` is the chance that the host waits."""
    now = draw.randrange(800, 9_000)
    found: list[Sentence] = []
    before: str | None = None
    for turn in turns:
        if before is not None:
            now += _pause(draw, turn.speaker, patience) + turn.silence
        for position, text in enumerate(turn.sentences):
            if position:
                now += draw.randrange(*_BREATH)
            length = max(420, round(1_000 * len(text.split()) / (_PACE * draw.uniform(0.85, 1.2))))
            found.append(Sentence(turn.speaker, now, now + length, text, turn.topic))
            now += length
        before = turn.speaker
    return found


def _pause(draw: random.Random, speaker: str, patience: float) -> int:
    if speaker != "R":
        return draw.randrange(*_CUSTOMER)
    return draw.randrange(*(_PATIENT if draw.random() < patience else _HASTY))

"""Commitments at the end of a conversation: who does what by when, in the speaker's words."""

from collections.abc import Sequence
from dataclasses import dataclass

from cs_assets.calls.scoring.rubric import Rubric
from cs_assets.calls.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Commitment:
    """A sentence in which somebody takes on a step; ``is_dated`` when it names a day or time."""

    position: int
    is_dated: bool
    dates: int
    """How many days or times it names: 'by Wednesday, and we meet on Thursday' is the plan."""


def find(
    transcript: Transcript, rubric: Rubric, cues: Sequence[frozenset[str]]
) -> list[Commitment]:
    """Commitments of either known side in the later part of a call, in order.

    ``cues`` are the rubric's of each sentence.
    """
    found = []
    earliest = rubric.next_step_from * len(transcript)
    for position in transcript.positions("rep", "colleague", "customer"):
        if position < earliest:
            continue
        is_ours = transcript.sides[position] != "customer"
        if "commitment" in cues[position] or (is_ours and "plan" in cues[position]):
            is_dated = "dated" in cues[position] and "vague_time" not in cues[position]
            dates = rubric.dates_in(transcript.lowered[position]) if is_dated else 0
            found.append(Commitment(position, is_dated, dates))
    return found


def best(commitments: list[Commitment]) -> Commitment | None:
    """The next step of the call: the commitment with most dates, of equals the last; or none."""
    if not commitments:
        return None
    return max(commitments, key=lambda commitment: (commitment.dates, commitment.position))

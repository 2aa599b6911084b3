"""How a call was talked: shares, runs, pauses, questions.

Talk ratio = rep's speaking time / all speaking time, silence left out. Longest
monologue = longest run of the rep, neighbouring entries bridged. Patience = mean
silence between a customer's end and the rep's start, overlaps counted as 0.
(Definitions: Gong's help for the ratio, ours for the rest; see docs/scoring.md.)
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cs_assets.calls.transcript import Side, Transcript, Turn


@dataclass(frozen=True, slots=True)
class Run:
    """Unbroken speech: sentence positions and length in seconds."""

    first: int
    last: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Talk:
    """Figures of one call. ``None`` where there is nothing to measure."""

    talk_ratio: float | None
    longest_monologue: Run | None
    longest_customer_story: Run | None
    patience_seconds: float | None
    switches_per_minute: float | None
    question_count: int
    customer_question_count: int


def measure(transcript: Transcript, bridge_seconds: float) -> Talk:
    """The talk figures of a transcript."""
    return Talk(
        talk_ratio=_talk_ratio(transcript),
        longest_monologue=_longest_run(transcript, "rep", bridge_seconds),
        longest_customer_story=_longest_run(transcript, "customer", bridge_seconds),
        patience_seconds=_patience(transcript),
        switches_per_minute=_switches(transcript),
        question_count=_questions(transcript, "rep"),
        customer_question_count=_questions(transcript, "customer"),
    )


def _talk_ratio(transcript: Transcript) -> float | None:
    spoken = {"rep": 0, "other": 0}
    for sentence, side in zip(transcript.sentences, transcript.sides, strict=True):
        spoken["rep" if side == "rep" else "other"] += max(0, sentence.end_ms - sentence.start_ms)
    total = sum(spoken.values())
    return spoken["rep"] / total if total else None


def _longest_run(transcript: Transcript, side: Side, bridge_seconds: float) -> Run | None:
    """The longest stretch of one speaker in which no pause exceeds ``bridge_seconds``."""
    longest: Run | None = None
    for turn in transcript.turns:
        if turn.side != side:
            continue
        first = turn.first
        for position in range(turn.first, turn.last + 1):
            sentences = transcript.sentences
            ends_here = (
                position == turn.last
                or sentences[position + 1].start_ms - sentences[position].end_ms
                > bridge_seconds * 1000
            )
            if ends_here:
                seconds = (sentences[position].end_ms - sentences[first].start_ms) / 1000
                if longest is None or seconds > longest.seconds:
                    longest = Run(first, position, seconds)
                first = position + 1
    return longest


def _patience(transcript: Transcript) -> float | None:
    pauses = [
        max(0, after.start_ms - before.end_ms) / 1000
        for before, after in zip(transcript.turns, transcript.turns[1:], strict=False)
        if before.side == "customer" and after.side == "rep"
    ]
    return sum(pauses) / len(pauses) if pauses else None


def _switches(transcript: Transcript) -> float | None:
    """Changes of speaker a minute."""
    if not transcript.minutes:
        return None
    return max(0, len(transcript.turns) - 1) / transcript.minutes


def _questions(transcript: Transcript, side: Side) -> int:
    return sum(
        transcript.lowered[position].endswith("?") for position in transcript.positions(side)
    )


def words_on_the_matter(transcript: Transcript, cues: Sequence[frozenset[str]], turn: Turn) -> int:
    """Words of a turn without its sentences of courtesy."""
    places = range(turn.first, turn.last + 1)
    return sum(transcript.words[p] for p in places if "courtesy" not in cues[p])

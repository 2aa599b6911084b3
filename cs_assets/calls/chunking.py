"""Chunks of a call for embedding: whole turns together, never cut inside a sentence.

A chunk ends with a turn once it has enough words to mean something; only a turn
that alone is over the model's limit is split, between sentences.
"""

import hashlib
from dataclasses import dataclass

from cs_assets.calls.transcript import Transcript

#: What the embedding models take (snowflake-arctic-embed-m-v1.5: 512 tokens).
LIMIT_TOKENS = 512
#: A chunk of about this size is one exchange on one subject.
TARGET_TOKENS = 160


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: index of its first and last sentence in the table, and its words."""

    index: int
    first_sentence: int
    last_sentence: int
    text: str

    @property
    def text_hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def estimated_tokens(text: str) -> int:
    """Tokens of a text, estimated on the safe side: four letters or 3/4 of a word each."""
    return max(len(text) // 4, len(text.split()) * 4 // 3) + 1


def chunks(
    transcript: Transcript, limit: int = LIMIT_TOKENS, target: int = TARGET_TOKENS
) -> list[Chunk]:
    """All sentences of a call in chunks of at most ``limit`` estimated tokens.

    A single sentence over the limit is a chunk of its own.
    """
    found: list[Chunk] = []
    tokens = [estimated_tokens(sentence.text) for sentence in transcript.sentences]
    first = 0

    def close(last: int) -> None:
        nonlocal first
        sentences = transcript.sentences[first : last + 1]
        text = " ".join(sentence.text for sentence in sentences)
        found.append(Chunk(len(found), sentences[0].index, sentences[-1].index, text))
        first = last + 1

    for turn in transcript.turns:
        if first < turn.first and sum(tokens[first : turn.last + 1]) > limit:
            close(turn.first - 1)
        for position in range(turn.first, turn.last + 1):
            if first < position and sum(tokens[first : position + 1]) > limit:
                close(position - 1)
        if sum(tokens[first : turn.last + 1]) >= target:
            close(turn.last)
    if first < len(transcript):
        close(len(transcript) - 1)
    return found

"""A call as one text: turns in order, each after its side, one a line."""

import hashlib
import re

from cs_assets.calls.transcript import Side, Transcript

#: Where a sentence ends: marks, what closes them, and then a blank or the end.
_SENTENCE_END = re.compile(r"[.!?…][\"”’)]*(?=\s|$)")

_LABELS: dict[Side, str] = {
    "rep": "Rep",
    "colleague": "Colleague",
    "customer": "Customer",
    "unknown": "Unknown",
}


def as_text(transcript: Transcript) -> str:
    """The whole call; no names, so that what is stored for search carries none of its own."""
    return "\n".join(
        f"{_LABELS[turn.side]}: "
        + " ".join(s.text for s in transcript.sentences[turn.first : turn.last + 1])
        for turn in transcript.turns
    )


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def bounded(text: str | None, most: int) -> str | None:
    """At most so many letters of a text, ended at a whole sentence; its first one stays whole."""
    if text is None or not isinstance(text, str) or len(text) <= most:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text)]
    return text[: max((end for end in ends if end <= most), default=min(ends, default=len(text)))]


def clock(milliseconds: int) -> str:
    """A moment in a call as people say it: minutes and seconds, hours where there are any."""
    seconds = milliseconds // 1000
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

"""A summary made of the text's own sentences: nothing is invented, nothing is asked outside.

Sentences are weighed by how often their content words occur in the whole text,
damped by length (after H. P. Luhn, "The Automatic Creation of Literature
Abstracts", 1958), chosen one by one with a penalty for what is already said,
and given in the order in which they were spoken, each after the label of who said it.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from cs_assets.search.words import content_words

MODEL = "local-extractive-2"

_SENTENCE = re.compile(r"[^.!?…]+(?:[.!?…]+[\"'”’)]*|$)")
_LABEL = re.compile(r"([A-Z]\w{1,20}): ")
_SHORTEST = 4  # content words; below that a sentence is a greeting or an "okay, sure"


@dataclass(frozen=True)
class _Sentence:
    """A sentence, the line it stands in, and the label at the start of that line."""

    line: int
    label: str
    text: str


def summary(text: str | None, *, sentences: int = 3, max_characters: int = 600) -> str | None:
    """At most ``sentences`` sentences of ``text`` that carry most of it; ``None`` without words.

    A text with no sentence long enough gives its beginning, cut at a word.
    """
    if not text or not text.strip():
        return None
    candidates = list(_sentences(text))
    words = [content_words(candidate.text) for candidate in candidates]
    worth = [_worth(candidate) for candidate in candidates]
    weights = Counter(word for part in words for word in set(part))
    chosen: list[int] = []
    said: set[str] = set()
    room = max_characters
    while len(chosen) < sentences:
        best = max(
            (
                i
                for i, part in enumerate(words)
                if i not in chosen and len(part) >= _SHORTEST and _length(candidates[i]) <= room
            ),
            key=lambda i: (worth[i] * _weight(words[i], weights, said), -i),
            default=None,
        )
        if best is None or _weight(words[best], weights, said) <= 0:
            break
        chosen.append(best)
        said |= set(words[best])
        room -= _length(candidates[best]) + 1
    if not chosen:
        return _beginning(" ".join(text.split()), max_characters)
    return " ".join(_told([candidates[i] for i in sorted(chosen)]))


#: What a reader who was not there wants to know: what is lacking, what it costs, what was decided,
#: who does what by when.
_TELLS = (
    re.compile(
        r"\b(?:needs? to|we need|problems?|trouble|can't|cannot|couldn't|no longer|missing|lacks?|"
        r"by hand|manually|worried|concerns?|wrong|late|lost|losing|broken|complain\w*|expensive|"
        r"too (?:much|many|long|late|expensive)|risk\w*|waiting|mess|twice|errors?)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|"
        r"fifty|sixty|eighty|ninety|hundred|thousand|million|half|percent)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:decid\w+|decision\w*|agree\w*|approv\w+|sign\w*|board|director|budget|plan\w*|"
        r"will|'ll|going to|by (?:\w+day|the end|next)|next (?:week|month|step\w*)|should|renew\w*|"
        r"cancel\w*|leav(?:e|ing)|switch\w*)\b|'ll\b",
        re.IGNORECASE,
    ),
)
#: Of the talk itself, or of what is on a screen: out of its place it says nothing.
_OF_THE_TALK = re.compile(
    r"^(?:so |and |okay,? |well,? |then |now |look,? )*(?:let me|here (?:is|are|you)|this is|"
    r"up here|"
    r"on (?:the )?(?:top|left|right)|you see|as you can see|i'?ll (?:show|walk|share)|"
    r"can you (?:see|hear)|"
    r"i have \w+ (?:things?|points?|slides?)|for today|today i)\b"
    r"|\b(?:slides?|(?:share|see) (?:my|the) screen|home screen|tiles?|agenda|on mute|move on|"
    r"wrap up|"
    r"(?:things?|questions?|points?) (?:for )?today|for the room|founded in|out of the box|"
    r"(?:an|two|three|several) awards?|hundred (?:clients|customers|reports|standard))\b",
    re.IGNORECASE,
)
_TOLD_MORE, _ASKED, _TALKED_OF, _THEIRS = 0.15, 0.6, 0.5, 1.2
#: Sides whose words a reader looks for first.
_FIRST_SIDE = "Customer"


def _worth(sentence: _Sentence) -> float:
    """What a sentence is worth to somebody who was not there, beside the weight of its words."""
    worth = 1.0 + _TOLD_MORE * sum(bool(kind.search(sentence.text)) for kind in _TELLS)
    if sentence.text.endswith("?"):
        worth *= _ASKED
    if _OF_THE_TALK.search(sentence.text):
        worth *= _TALKED_OF
    return worth * (_THEIRS if sentence.label == _FIRST_SIDE else 1.0)


def _sentences(text: str) -> Iterator[_Sentence]:
    for number, line in enumerate(text.splitlines()):
        found = _LABEL.match(line)
        label = found.group(1) if found else ""
        for match in _SENTENCE.finditer(line[found.end() :] if found else line):
            if sentence := " ".join(match.group().split()):
                yield _Sentence(number, label, sentence)


def _length(sentence: _Sentence) -> int:
    return len(sentence.text) + (len(sentence.label) + 2 if sentence.label else 0)


def _told(chosen: list[_Sentence]) -> Iterator[str]:
    """Who said it stands before every sentence that does not go on in the same line."""
    before = -1
    for sentence in chosen:
        named = sentence.label and sentence.line != before
        yield f"{sentence.label}: {sentence.text}" if named else sentence.text
        before = sentence.line


def completion(prompt: str | None) -> str | None:
    """The local answer to a prompt: the summary of its material.

    The material is what follows the last line that is only ``---`` (the
    project's prompts put it there); without such a line, the whole prompt.
    """
    if prompt is None:
        return None
    return summary(re.split(r"^-{3,}\s*$", prompt, flags=re.MULTILINE)[-1])


def _weight(words: list[str], weights: Counter[str], said: set[str]) -> float:
    new = set(words) - said
    return sum(math.log1p(weights[word]) for word in new) / math.sqrt(len(words))


def _beginning(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0] + "…"

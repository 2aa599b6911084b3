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

MODEL = "local-extractive"

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
            key=lambda i: (_weight(words[i], weights, said), -i),
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

"""A summary made of the text's own sentences: nothing is invented, nothing is asked outside.

Sentences are weighed by how often their content words occur in the whole text,
damped by length (after H. P. Luhn, "The Automatic Creation of Literature
Abstracts", 1958), chosen one by one with a penalty for what is already said,
and given in the order in which they were spoken.
"""

import math
import re
from collections import Counter

from cs_assets.ai.words import content_words

MODEL = "local-extractive"

_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+[\"'”’)]*|\n|$)")
_SHORTEST = 4  # content words; below that a sentence is a greeting or an "okay, sure"


def summary(text: str | None, *, sentences: int = 3, max_characters: int = 600) -> str | None:
    """At most ``sentences`` sentences of ``text`` that carry most of it; ``None`` without words.

    A text with no sentence long enough gives its beginning, cut at a word.
    """
    if not text or not text.strip():
        return None
    candidates = [" ".join(match.group().split()) for match in _SENTENCE.finditer(text)]
    words = [content_words(candidate) for candidate in candidates]
    weights = Counter(word for part in words for word in set(part))
    chosen: list[int] = []
    said: set[str] = set()
    room = max_characters
    while len(chosen) < sentences:
        best = max(
            (
                i
                for i, part in enumerate(words)
                if i not in chosen and len(part) >= _SHORTEST and len(candidates[i]) <= room
            ),
            key=lambda i: (_weight(words[i], weights, said), -i),
            default=None,
        )
        if best is None or _weight(words[best], weights, said) <= 0:
            break
        chosen.append(best)
        said |= set(words[best])
        room -= len(candidates[best]) + 1
    if not chosen:
        return _beginning(" ".join(text.split()), max_characters)
    return " ".join(candidates[i] for i in sorted(chosen))


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

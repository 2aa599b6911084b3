"""Words that are no words of questions or names, but one letter away from one alone."""

import re
from collections.abc import Collection

from cs_assets.answers.likeness.model import learnt
from cs_assets.answers.mentions import Mentions, is_mark
from cs_assets.answers.wording import folded

#: Letters at least: shorter words have too many neighbours; one less where two are turned alone.
_SHORTEST = 5


def corrected(text: str, mentions: Mentions, names: Collection[str]) -> tuple[str, bool]:
    """The text with such words as they are spelt, and whether one of them is of a name.

    ``names``: the words of the names in scope. A word in capital letters can be of a name alone,
    and no word becomes or was one that may change what is asked.
    """
    knows = learnt()
    is_of_name = False
    for word in dict.fromkeys(one for one in mentions.text.split() if not is_mark(one[0])):
        if len(word) < _SHORTEST - 1 or not word.isalpha() or word in knows.words or word in names:
            continue
        here = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
        if here is None or (here[0] != word and folded(here[0]) != word):
            continue
        is_name = here[0][:1].isupper() and here.start() > 0
        near = _near(word, names if is_name else {*names, *knows.words} - knows.limits)
        if len(word) < _SHORTEST:
            near = {one for one in near if sorted(one) == sorted(word)}
        if len(near) == 1:
            (right,) = near
            is_of_name |= right in names
            text = f"{text[: here.start()]}{right}{text[here.end() :]}"
    return text, is_of_name


def _near(word: str, words: Collection[str]) -> set[str]:
    """Words that become ``word`` by one letter more, less, changed, or two in each other's place;
    the first letter is never the wrong one.
    """
    return {
        one
        for one in words
        if one[0] == word[0] and abs(len(one) - len(word)) <= 1 and _is_near(one, word)
    }


def _is_near(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    is_turned = one[at : at + 2] == other[at : at + 2][::-1]
    return one[at + 1 :] == other[at + 1 :] or (is_turned and one[at + 2 :] == other[at + 2 :])

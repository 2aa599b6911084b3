"""How a person says a sentence: contractions and the small words people start with.

The same line of a dialogue so sounds different from one speaker to the next,
and a quote is rarely word for word the same in two calls.
"""

import random
import re

_BE = {
    "It is": "It's",
    "That is": "That's",
    "There is": "There's",
    "We are": "We're",
    "You are": "You're",
    "They are": "They're",
    "I am": "I'm",
    "I will": "I'll",
    "I would": "I'd",
}
_NOT = {
    "do not": "don't",
    "does not": "doesn't",
    "did not": "didn't",
    "is not": "isn't",
    "was not": "wasn't",
    "would not": "wouldn't",
    "cannot": "can't",
    "could not": "couldn't",
    "have not": "haven't",
    "has not": "hasn't",
}
#: Only before a word that begins a phrase: "It is late" shortens, "I know what it is" does not.
_BE_PATTERN = re.compile(rf"^({'|'.join(_BE)}) (?=[a-z])(?!had\b|to\b)")
_NOT_PATTERN = re.compile(rf"\b({'|'.join(_NOT)}) (?=[a-z])")

_STARTERS = {
    "stagnant": (0.16, ("So, ", "Honestly, ", "Look, ", "I mean, ", "Yeah, so ")),
    "talkative": (0.16, ("So ", "Basically, ", "Now, ", "You see, ")),
    "new": (0.18, ("Um, ", "So, um, ", "Okay, so ", "I think ")),
    "pressed_on_price": (0.08, ("So, ", "Well, ", "Right, ")),
    "improving": (0.08, ("So, ", "Um, ", "Well, ")),
    "strong": (0.03, ("So ", "Well, ")),
    "consultative": (0.04, ("Well, ", "So ")),
    "caring": (0.06, ("Well, ", "Oh, ", "You know, ")),
    "customer": (0.07, ("Well, ", "You know, ", "I mean, ", "Hm, ", "Look, ")),
}
#: A sentence that starts with one of these can follow a small word in lower case.
_LOWERED = {
    "The", "We", "It", "That", "You", "And", "There", "This", "If", "When", "What", "How",
    "Which", "Who", "Where", "Our", "They", "Some", "My",
}  # fmt: skip


def voiced(draw: random.Random, persona: str, casual: float, sentence: str) -> str:
    """The sentence as ``persona`` would say it; ``casual`` is the chance to contract."""
    if draw.random() < casual:
        sentence = _BE_PATTERN.sub(lambda found: _BE[found[1]] + " ", sentence)
        sentence = _NOT_PATTERN.sub(lambda found: _NOT[found[1]] + " ", sentence)
    chance, starters = _STARTERS[persona]
    first, _, rest = sentence.partition(" ")
    if draw.random() >= chance or first not in _LOWERED or rest.count(" ") < 3:
        return sentence
    starter = draw.choice(starters)
    if starter == "I think " and sentence.endswith("?"):
        return sentence
    return starter + first.lower() + " " + rest

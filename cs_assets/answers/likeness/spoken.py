"""A text as a reader by likeness sees it: stems, and signs in the place of names and times."""

import re
from collections.abc import Iterable, Sequence

from cs_assets.answers import vocabulary
from cs_assets.answers.mentions import Mentions, is_mark

#: Begins what stands for a name, a time or a number.
SIGN = "§"
NUMBER = f"{SIGN}number"
_KINDS = ("customer", "rep", "account", "call")
_TIMES = {"week": "week", "days": "days", "window": "span"}

_SHORT = {
    "w": "with", "wk": "week", "wks": "weeks", "shd": "should", "abt": "about", "re": "about",
    "acct": "account", "accts": "accounts", "cust": "customer", "custs": "customers", "r": "are",
    "u": "you", "ur": "your", "diff": "different", "b4": "before", "rn": "now", "ppl": "people",
    "gimme": "give me", "wanna": "want to", "gonna": "going to", "gotta": "got to",
    "rec": "recommend", "lemme": "let me", "whats": "what is", "hows": "how is",
    "wheres": "where is", "whos": "who is", "whens": "when is", "thats": "that is",
    "theres": "there is", "im": "i am", "ive": "i have", "weve": "we have", "id": "i would",
    "theyre": "they are", "isnt": "is not", "arent": "are not", "wasnt": "was not",
    "werent": "were not", "hasnt": "has not", "info": "information", "havent": "have not",
    "hadnt": "had not", "dont": "do not", "doesnt": "does not", "didnt": "did not",
    "cant": "can not", "cannot": "can not", "couldnt": "could not", "wont": "will not",
    "shouldnt": "should not", "wouldnt": "would not", "versus": "vs", "avg": "average",
    "whn": "when", "wich": "which", "whch": "which", "wat": "what", "wht": "what", "teh": "the",
    "pct": "percent", "convs": "conversions", "util": "utilisation", "mgr": "manager",
    "recs": "recommendations", "sched": "schedule", "prev": "previous", "curr": "current",
    "pls": "please", "plz": "please", "thx": "thanks", "tix": "tickets", "prob": "probably",
}  # fmt: skip
#: Before a lone "t": what is left of a negation.
_DENIED = {
    "don": "do", "doesn": "does", "didn": "did", "isn": "is", "aren": "are", "wasn": "was",
    "weren": "were", "hasn": "has", "haven": "have", "hadn": "had", "can": "can", "won": "will",
    "couldn": "could", "shouldn": "should", "wouldn": "would",
}  # fmt: skip
_BEGUN = {"m": "am", "ve": "have", "re": "are", "ll": "will", "d": "would"}
_ASKING = frozenset(["how", "where", "when", "why"])
_SUBJECTS = frozenset(["i", "we", "you", "they", "he", "she", "it", "who", "what", "that", "there"])
_VALUES = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "dozen": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
}  # fmt: skip
_NUMBER_STEMS = {vocabulary.stem(word): value for word, value in _VALUES.items()}


def whole(words: Iterable[str]) -> list[str]:
    """Words of a folded text without abbreviations and contractions."""
    found: list[str] = []
    for one in words:
        last = found[-1] if found else ""
        if one == "t" and last in _DENIED:
            found[-1:] = [_DENIED[last], "not"]
        elif one == "d" and last in _ASKING:
            found.append("did")
        elif one in _BEGUN and last in _SUBJECTS:
            found.append(_BEGUN[one])
        else:
            found += _SHORT.get(one, one).split()
    return found


def stems(words: Iterable[str]) -> list[str]:
    """Stems of words in order, numbers as their sign."""
    return [NUMBER if number(one) else one for one in vocabulary.stems(whole(words))]


def number(stem: str) -> int | None:
    """The value of a number that stands alone, in digits or as a word."""
    if re.fullmatch(r"\d{1,3}", stem) and stem.isascii():
        return int(stem)
    return _NUMBER_STEMS.get(stem)


def signed(mentions: Mentions) -> tuple[list[str], list[int]]:
    """Stems and signs of a question, and the values of its numbers in order."""
    parts: list[str] = []
    names = 0
    for one in mentions.text.split():
        if not is_mark(one[0]):
            parts.append(one)
        elif (kind := mentions.kind_of(one[0])) == "name":
            there = {owner.kind for owner in mentions.names[names]}
            names += 1
            parts.append(SIGN + next(one for one in _KINDS if one in there))
        else:
            parts.append(SIGN + _TIMES[kind])
    as_said = vocabulary.stems(whole(parts))
    values = [value for one in as_said if (value := number(one))]
    return stems(parts), values


#: Where a text is parted: sentences, and parts of one.
_PARTS = re.compile(r"[.;:!?]+(?=\s|$)|,\s+|\s+[-–—]+\s+|\n+|\s*[()]\s*")


def parts(text: str) -> Sequence[str]:
    """The sentences and parts of sentences of a text as it was typed."""
    return [one.strip() for one in _PARTS.split(text) if one.strip()]

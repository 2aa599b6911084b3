"""Words of a text for weighing and matching: small letters, without those that say nothing."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
#: The same of plain ASCII, as most texts are; there nothing has to be folded but case.
_PLAIN_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")

#: Of ASCII all but letters, digits and the apostrophe as blanks: a text is cut there in half the
#: time that an expression takes, which is left to parts with an apostrophe.
_BLANKS = bytes(
    code if chr(code).isalnum() or chr(code) == "'" else ord(" ") for code in range(128)
).ljust(256)

#: Words of English grammar and of talk on the telephone; they tell no two texts apart.
_STOP_WORDS = """
    a about after again all also am an and any are aren't as at be because been before being
    between both but by can can't could did didn't do does doesn't doing don't down during each
    few for from further get go going gonna got had has have having he her here him his how i i'd
    i'll i'm i've if in into is isn't it it's its just kind know let let's like lot make me mean
    more most much my no not now of off okay ok on once only or other our out over own really
    right said same say see she should so some such sure than that that's the their them then
    there these they they're thing things think this those through to too um uh under until up us
    very was wasn't we we'll we're we've well were what when where which while who why will with
    would yeah yes you you're your"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
_NOTHING_SAID = STOP_WORDS | frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def words(text: str) -> list[str]:
    """The words of ``text`` in order, case and width folded."""
    if text.isascii():
        return _plain_words(text)
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return _WORD.findall(folded)


def content_words(text: str) -> list[str]:
    """``words`` without stop words and single letters."""
    if text.isascii():
        return [word for word in _plain_words(text) if word not in _NOTHING_SAID]
    return [word for word in words(text) if len(word) > 1 and word not in STOP_WORDS]


def _plain_words(text: str) -> list[str]:
    parts = text.lower().encode().translate(_BLANKS).decode().split()
    if "'" not in text:
        return parts
    found: list[str] = []
    for part in parts:
        if "'" in part:
            found += _PLAIN_WORD.findall(part)
        else:
            found.append(part)
    return found

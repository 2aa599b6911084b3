"""The language of a call: as Gong says, or detected; what is not English the rules do not judge.

English is told by its small words, which no other language has in such numbers and names do not
hide; only where they are rare is a library asked (``py3langid``: M. Lui and T. Baldwin,
"langid.py", 2012). A few words say nothing: then Gong's word counts, or none.
"""

import re
from collections.abc import Sequence

ENGLISH = "en"

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SMALL_WORDS = """
    the and you that it for with have this are not but what they your from would there of to is be
    i'm it's we're don't that's you're we've i've can't which when how about our been was has my
    yes okay yeah thanks thank please hello morning good really just some because could should"""
_ENGLISH_WORDS = frozenset(_SMALL_WORDS.split())
#: Those of them that are words of other languages, too.
_SHARED = frozenset(
    ("for", "of", "to", "is", "be", "we", "my", "it", "was", "has", "are", "not", "okay")
)
_ENGLISH_ALONE = _ENGLISH_WORDS - _SHARED
#: Share of small words from which a text is English, and below which it is none for certain.
_ENGLISH_FROM, _OTHER_BELOW = 0.10, 0.03
#: Fewer words than this are not enough to say that somebody spoke another language.
_FEW_WORDS = 12
#: Of a long call so many letters are looked at.
_LETTERS = 4000

#: ISO 639-2 as Gong gives it, where its first two letters are no ISO 639-1 of that language.
_TWO_LETTERS = {
    "ger": "de", "deu": "de", "spa": "es", "por": "pt", "pol": "pl", "dut": "nl", "nld": "nl",
    "swe": "sv", "jpn": "ja", "zho": "zh", "chi": "zh", "tur": "tr", "ukr": "uk", "dan": "da",
    "cze": "cs", "ces": "cs", "gre": "el", "ell": "el", "slk": "sk", "slo": "sk", "rum": "ro",
    "ron": "ro", "heb": "he", "est": "et", "ice": "is", "isl": "is", "per": "fa", "fas": "fa",
    "ind": "id", "may": "ms", "msa": "ms", "kor": "ko", "cat": "ca", "baq": "eu", "eus": "eu",
}  # fmt: skip
_SAYS_NOTHING = frozenset(("", "und", "mul", "zxx", "mis", "unk", "unknown"))


def of_words(told: str | None, sentences: Sequence[str]) -> str | None:
    """Two letters (ISO 639-1) of what is spoken; ``None`` when nobody can say.

    ``told``: Gong's code. Words that plainly are English, or are not, outweigh it: recorders are
    set to one language and used in several.
    """
    given = _code(told)
    text = _beginning(sentences)
    found = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    small = sum(word in _ENGLISH_WORDS for word in found)
    if found and small / len(found) >= _ENGLISH_FROM:
        return ENGLISH
    if not _is_enough(text, found):
        return given or (ENGLISH if small or not found else None)
    certain = sum(word in _ENGLISH_ALONE for word in found) / max(1, len(found))
    return _detected(text) if given is None or certain < _OTHER_BELOW else given


def is_english(language: str | None) -> bool:
    """Whether rules made for English may judge it; where nobody can say, they may."""
    return language in (ENGLISH, None)


def _is_enough(text: str, words: Sequence[str]) -> bool:
    """Writing without blanks (Chinese, Japanese, Thai) has few words and many letters."""
    return len(words) >= _FEW_WORDS or sum(ord(letter) > 0x2E7F for letter in text) >= _FEW_WORDS


def _beginning(sentences: Sequence[str]) -> str:
    taken: list[str] = []
    length = 0
    for sentence in sentences:
        taken.append(sentence)
        length += len(sentence)
        if length >= _LETTERS:
            break
    return " ".join(taken)[:_LETTERS]


def _code(told: str | None) -> str | None:
    """``eng``, ``en-US`` and ``EN`` as ``en``."""
    code = (told or "").strip().lower().replace("_", "-").partition("-")[0]
    if code in _SAYS_NOTHING:
        return None
    return _TWO_LETTERS.get(code, code[:2])


def _detected(text: str) -> str:
    # Its model takes a tenth of a second to read, so only a doubtful call pays for it.
    import py3langid

    return str(py3langid.classify(text)[0])

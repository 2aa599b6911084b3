"""A line of text for a page: in the characters that fonts have, and cut to the room there is.

What a name may not bring into any report is ``cs_assets.names``; this is about paper.
"""

import unicodedata

from cs_assets.names import JOINERS

#: Cc control, Cf format (direction, zero width, joiners: fonts here do not join), Cs surrogates.
_DROPPED = frozenset({"Cc", "Cf", "Cs"})
_SPACES = frozenset("\t\n\r\v\f\u2028\u2029\u00a0")

#: Ligatures as the letters they join, so that a search finds them; blanks in the guise of signs
#: as blanks; no variation selectors and no fillers, which are seen nowhere.
_PLAIN = {
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)},
    0x2800: " ",
    0xFFFC: "\ufffd",  # stands for an object that is not there
    **dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]),
    **dict.fromkeys(
        [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x3164, 0xFFA0]
    ),
}


def cleaned(text: str) -> str:
    """Normal form C, white space as single blanks, nothing that has no shape of its own."""
    if _is_plain(text):
        return " ".join(text.split())
    kept = (
        " " if c in _SPACES else c
        for c in unicodedata.normalize("NFC", text.translate(_PLAIN))
        if c in _SPACES or unicodedata.category(c) not in _DROPPED
    )
    return " ".join("".join(kept).split())


def _is_plain(text: str) -> bool:
    """Whether nothing is to be done but to the blanks: so are nearly all texts."""
    if not text.isprintable():
        return False
    return text.isascii() or (
        unicodedata.is_normalized("NFC", text) and _PLAIN.keys().isdisjoint(map(ord, text))
    )


def shortened(words: str, most: int) -> str:
    """``words`` in the room of ``most`` letters, cut with an ellipsis; wide ones count two."""
    room = most
    for place, character in enumerate(words):
        room -= 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if room < 0:
            return f"{words[: _edge(words, max(place - 1, 1))].rstrip()}…"
    return words


def _edge(words: str, place: int) -> int:
    """The last place up to ``place`` where a letter ends with all that belongs to it."""
    while place > 1 and (
        words[place] in JOINERS
        or words[place - 1] in JOINERS
        or unicodedata.category(words[place])[0] == "M"
        or 0x1F3FB <= ord(words[place]) <= 0x1F3FF
    ):
        place -= 1
    return place

"""Text from data as one clean line: what a name may not bring into a report."""

import unicodedata

#: Cc control, Cf format (bidirectional overrides, zero width), Cs surrogates, Co private use,
#: Cn unassigned.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SPACES = frozenset("\t\n\r\v\f\u2028\u2029\u00a0")

#: Ligatures as the letters they join, so that a search finds them; no variation selectors.
_PLAIN = {
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)},
    **dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]),
}


def cleaned(text: str) -> str:
    """Normal form C, white space as single blanks, no control, format or private characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = (
        " " if c in _SPACES else c
        for c in unicodedata.normalize("NFC", text.translate(_PLAIN))
        if c in _SPACES or unicodedata.category(c) not in _DROPPED
    )
    return " ".join("".join(kept).split())


def shortened(words: str, most: int) -> str:
    """``words`` in the room of ``most`` letters, cut with an ellipsis; wide ones count two."""
    room = most
    for place, character in enumerate(words):
        room -= 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if room < 0:
            return f"{words[: max(place - 1, 1)].rstrip()}…"
    return words

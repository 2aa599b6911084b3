"""Names that are not in clean form: random ones over all of Unicode, always the same."""

import random
import sys
import unicodedata

#: One of each kind that was ever held, lost or garbled, and what only looks like markup.
SEEDS = (
    "Acme  Two Blanks",
    "No\u00a0Break & Sons",
    "Tab\tbed Ltd",
    "Line\r\nbreak Ltd",
    "Soft\u00adhyphen",
    "Cafe\u0301 de\u0301compose\u0301",
    "ﬁnance oﬃce ﬂow",
    "می\u200cخواهم \u200fشرکت",
    "ශ්\u200dරී ලංකා",
    "👩\u200d👩\u200d👧 Family 🏳️\u200d🌈",
    "\u202egnirts lortnoc\u202c Ltd",
    "\u2066isolate\u2069 Ltd",
    "\u200eLeft\u200f Right",
    "Zero\u200bwidth\u2060join",
    "\ufeffMarked",
    "\x1b[31mRed\x1b[0m \x1b]0;title\x07",
    "Bell\x07 \x9b31m C1 \x85 next",
    "Line\u2028separator\u2029paragraph",
    "Ｆｕｌｌ　Ｗｉｄｔｈ １２３",
    "١٢٣ شركة ٤٥٦",
    "Studio ¾ ① ² Ⅷ 𝟗𝟗",
    "株式会社さくら",
    "บริษัท ไทย จำกัด",
    "शर्मा एंड संस",
    "Z̶̢̛a̵ľ̰g̸ọ̤",
    "- Dash First",
    "# Hash First",
    "Action: Now",
    "• Bullet",
    "{conversions.value} {quote:x}",
    "<b>Bold</b> & <script>alert(1)</script>",
    "=?utf-8?q?evil?= =?utf-8?b?eA==?=",
    "*star* _under_ ~tilde~ `code` <!channel> <@U1>",
    "[link](https://x.example) [bold]rich[/bold]",
    "1234567890" * 6,
    "n" * 120,
    "한빛 주식회사",
    "\U0010fffd\ue000 private",
    "Non\ufdd0character\uffff",
    "\U000e0041tag",
    "12 Trees, 34 Birds",
    "'; DROP TABLE customers; --",
    "=cmd|' /C calc'!A0",
    "İstanbul ıŞIK ß ẞ",
    "N/A",
    "null",
)

#: Joiners, marks of direction, controls and blanks, put into words where people's tools put them.
_ODD = (
    *"\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\u00ad",
    *"\u200b\u2060\ufeff\u00a0\u2002\u2009\u202f\u3000\t\n\x0b\x1b\x07\x85\x9b\u2028\u2029",
    *"\u0301\u0308\u0323\ufe0f\ufb01\u034f",
    "  ",
)

_BLOCKS = (
    (0x20, 0x7F, 6), (0xA1, 0x250, 4), (0x250, 0x590, 2), (0x590, 0x800, 2), (0x900, 0xE00, 2),
    (0xE00, 0x1100, 2), (0x1100, 0x2000, 1), (0x2010, 0x2C00, 2), (0x2C00, 0x3000, 1),
    (0x3040, 0xA000, 4), (0xA000, 0xAC00, 1), (0xAC00, 0xD7A4, 2), (0xE000, 0xF900, 0.2),
    (0xF900, 0x10000, 1), (0x10000, 0x1F000, 1), (0x1F000, 0x20000, 2), (0x20000, 0x30000, 1),
    (0x30000, 0x110000, 0.2),
)  # fmt: skip


def _character(dice: random.Random) -> str:
    first, last, _ = dice.choices(_BLOCKS, [weight for *_, weight in _BLOCKS])[0]
    code = dice.randrange(first, last)
    return "x" if 0xD800 <= code < 0xE000 else chr(code)


def _word(dice: random.Random) -> str:
    """Letters of one block, with something odd among them now and then."""
    first, last, _ = dice.choices(_BLOCKS, [weight for *_, weight in _BLOCKS])[0]
    codes = [dice.randrange(first, last) for _ in range(dice.randint(1, 9))]
    letters = ["x" if 0xD800 <= code < 0xE000 else chr(code) for code in codes]
    if dice.random() < 0.5:
        letters.insert(dice.randint(0, len(letters)), dice.choice(_ODD))
    return "".join(letters)


def _made(dice: random.Random) -> str:
    kind = dice.random()
    if kind < 0.3:
        return "".join(_character(dice) for _ in range(dice.randint(1, 30)))
    if kind < 0.8:
        return dice.choice((" ", "  ", "\u00a0", "-", "\u200d")).join(
            _word(dice) for _ in range(dice.randint(1, 4))
        )
    one, other = dice.choice(SEEDS), dice.choice(SEEDS)
    return one[: dice.randint(1, len(one))] + dice.choice(_ODD) + other


def names(count: int, seed: int = 54) -> list[str]:
    """``count`` different names as a file can hold them: blanks at the ends are its border's."""
    dice = random.Random(seed)
    found = dict.fromkeys(SEEDS[:count])
    while len(found) < count:
        name = _made(dice).strip()
        if name and "\0" not in name:
            found[name] = None
    return list(found)


def joined(count: int) -> list[str]:
    """All seeds in ``count`` names, for every day."""
    return [" / ".join(SEEDS[start::count]).strip() for start in range(count)]


#: What the house says it does not show (``cs_assets.names``), written down once more.
DIRECTION = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    "\u206a\u206b\u206c\u206d\u206e\u206f"
)
NO_CHARACTERS = frozenset(
    chr(code)
    for code in (*range(0xFDD0, 0xFDF0), *range(0xFFFE, sys.maxunicode + 1, 0x10000),
                 *range(0xFFFF, sys.maxunicode + 1, 0x10000))
)  # fmt: skip


def printed(name: str) -> str:
    """What must be read where a name is printed, white space apart (lines are wrapped)."""
    kept = []
    for character in name:
        if character in NO_CHARACTERS or unicodedata.category(character) == "Cs":
            kept.append("\ufffd")
        elif character not in DIRECTION and unicodedata.category(character) != "Cc":
            kept.append(character)
    return "".join("".join(kept).split())

"""Right texts with one number broken, in two hundred ways."""

import random
from collections.abc import Callable, Iterator

RIGHT = (
    "{customer.name} saw {conversions.count} conversions.",
    "Attributed revenue came to {revenue.total:short} over the week.",
    "Conversions moved by {conversions.change:signed} against the week before.",
    "The team won {conversions.count} conversions, worth {revenue.total} in all.",
    "With {conversions.count} conversions the week was calm; revenue was {revenue.total}.",
)
_SLOTS = ("{conversions.count}", "{revenue.total:short}", "{revenue.total}",
          "{conversions.change:signed}")  # fmt: skip

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
_ONES = [*_UNITS.split(), "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{_ONES[hundreds]} hundred" + (f" and {in_words(rest)}" if rest else "")
    thousands, rest = divmod(number, 1000)
    return f"{in_words(thousands)} thousand" + (f" {in_words(rest)}" if rest else "")


def roman(number: int) -> str:
    signs = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    text = ""
    for value, sign in signs:
        while number >= value:
            text, number = text + sign, number - value
    return text


def _shifted(start: int) -> Callable[[int], str]:
    """The digits of another script or style, by the code point of its zero."""
    return lambda n: "".join(chr(start + int(digit)) for digit in str(n))


SPELLINGS: tuple[Callable[[int], str], ...] = (
    str,
    lambda n: f"{n:,}",
    lambda n: f"{n / 10:.1f}%",
    lambda n: f"${n / 1000:.1f}K",
    lambda n: f"{n:e}",
    lambda n: f"#{n:x}9",
    in_words,
    lambda n: in_words(n).upper(),
    lambda n: in_words(n).replace("-", ""),
    lambda n: in_words(n).replace("-", " "),
    lambda n: " ".join(in_words(n % 20)) if n % 20 > 1 else "t w o",
    lambda n: "\u200b".join(in_words(n)),
    lambda n: in_words(n).replace("e", "\u0435").replace("o", "\u043e"),
    lambda n: "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in in_words(n)),
    lambda n: roman(n % 38 + 2),
    _shifted(0xFF10),
    _shifted(0x0660),
    _shifted(0x0966),
    _shifted(0x1D7CE),
    lambda n: "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(d)] for d in str(n)),
    lambda n: "".join("零一二三四五六七八九"[int(d)] for d in str(n)),
    lambda n: chr(0x2460 + n % 20),
    lambda n: chr(0x2160 + n % 12),
    lambda n: ("half", "a quarter of them", "two thirds", "double that", "twice as many")[n % 5],
    lambda n: ("a dozen", "dozens of", "hundreds of", "a couple of", "tenfold")[n % 5],
    lambda n: ("zwölf", "douze", "veinte", "venti", "dertig")[n % 5],
    lambda n: f"{{conversions.count}}{n % 10}",
    lambda n: f"{n % 10}{{conversions.count}}",
    lambda n: f"{{{n}}}",
    lambda n: f"{{conversions.of_week_{n}}}",
    lambda n: f"{{conversions.count:{n}}}",
    lambda n: f"{{{{conversions.count}}}} or {n}",
    lambda n: f"&#{48 + n % 10};",
    lambda n: f"1{n % 10} per cent",
)


def mutated(count: int, seed: int = 20261109) -> Iterator[str]:
    """``count`` texts, each with one slot replaced by a number that no fact gave."""
    chance = random.Random(seed)
    for position in range(count):
        spell = SPELLINGS[position % len(SPELLINGS)]
        text = RIGHT[chance.randrange(len(RIGHT))]
        slot = next(slot for slot in chance.sample(_SLOTS, len(_SLOTS)) if slot in text)
        yield text.replace(slot, spell(chance.randrange(2, 9999)), 1)

"""Numbers that are written in words, in any of the usual disguises.

Whoever writes a figure in words goes round the rule that figures come from facts:
so number words, fractions, multiples, Roman numerals, the number words of other
languages, letters set apart and words run together are all found here.
"""

import re
from functools import cache

_ONES = "two three four five six seven eight nine ten eleven twelve"
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fourty fifty sixty seventy eighty ninety"
_SIZES = (
    "hundred hundreds thousand thousands million millions billion billions trillion trillions "
    "dozen dozens zero nil nought"
)
_ORDINALS = (
    "third thirds fourth fourths fifth fifths sixth sixths seventh sevenths eighth eighths ninth "
    "ninths tenth tenths eleventh twelfth hundredth thousandth"
)
_MULTIPLES = (
    "half halves halved halving double doubled doubles doubling triple tripled triples tripling "
    "quadruple quadrupled twice thrice twofold threefold fourfold fivefold tenfold hundredfold "
    "percent"
)
_FOREIGN = (
    "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig "
    "hundert tausend deux trois quatre cinq huit neuf dix onze douze treize quinze vingt "
    "trente quarante cinquante mille dos tres cuatro cinco seis siete ocho nueve diez doce "
    "veinte treinta cuarenta cincuenta ciento cien quattro cinque sette nove dieci dodici "
    "venti trenta quaranta cinquanta cento dois quatro oito dez doze vinte twee drie vijf zeven "
    "acht negen tien twaalf twintig dertig"
)
_NUMBER_WORDS = frozenset(
    f"{_ONES} {_TEENS} {_TENS} {_SIZES} {_ORDINALS} {_MULTIPLES} {_FOREIGN}".split()
)
#: Phrases in which such a word counts nothing.
_NO_NUMBER = re.compile(
    r"\bthird[- ]part(?:y|ies)\b|\bsecond[- ]half\b|\bfirst half\b|\bin two minds\b"
    r"|\bdouble[- ]check(?:ed|ing|s)?\b|\bfour[- ]eyes\b",
    re.IGNORECASE,
)
#: "one" before a thing counts it; before these words it does not.
_ONE = re.compile(
    r"\b(?:one|single)\b(?!\s*(?:of|another|more|way|place|thing|side|hand|step|reason|question|"
    r"area|theme|by|at|time|day|view|page|plan|next|clear|concrete|to|that|who|which|can|will|"
    r"should|is|was|has|for|in|on|with|and|or|,|\.|;|-on-|-to-|-off|-page|-time|$))",
    re.IGNORECASE,
)
_NOT_COUNTING_ONE = re.compile(
    r"\b(?:no|any|every|each|this|that|without|which|the|some|every single|as|day|at)"
    r"\s+(?:one|single)\b",
    re.IGNORECASE,
)
_QUARTER = re.compile(
    r"\b(?:a|one|each|nearly a|about a|over a)\s+quarter\s+of\b|\bquarters\s+of\b"
    r"|\b(?:a|the)\s+(?:couple|pair|majority|fraction)\s+of\b|\b\w+[- ]fold\b|\bper\s?cent\b"
    r"|\b\w+-thirds?\b|\ba\s+(?:hundred|thousand|million|dozen)\b",
    re.IGNORECASE,
)
#: Lines that say what to do, by the layout that the prompts ask for. There a small number
#: counts steps, owners or tests, unless its sentence reports something.
_PLAN = re.compile(r"^(?:#{1,3} |Action:|Why it matters:|Expected effect:|- Next step)")
_SMALL = re.compile(r"\b(?:one|two|three|four|five|six|the fold)\b", re.IGNORECASE)
_REPORTING = re.compile(
    r"\b(?:rose|fell|grew|dropped|increased|decreased|recorded|won|lost|saw|had|were|was|reached|"
    r"gained|converted|came|brought|made|cost|earned|left|moved|stood|stands?|amounts?)\b",
    re.IGNORECASE,
)
_ROMAN = re.compile(
    r"\b(?:X{1,3}(?:IX|IV|V?I{0,3})|IX|IV|VI{0,3}(?<=VI|II)|I{2,3}|[VX](?![\w.]))\b"
)


def spans_named_in(instructions: str) -> tuple[str, ...]:
    """The spans of time that a prompt names in words: no figures of the data."""
    words = f"one {_ONES}".replace(" ", "|")
    found = re.findall(rf"\b(?:{words}) (?:day|week|month|quarter|year)s?\b", instructions)
    return tuple(sorted(set(found)))


def numbers_in_words(prose: str) -> list[str]:
    """The numbers that ``prose`` (without slots, compatibility forms folded) holds in words."""
    spared = _NO_NUMBER.sub(" ", "\n".join(map(_without_plan_counts, prose.split("\n"))))
    found = [word for word in re.findall(r"[^\W\d_]+", spared) if word.casefold() in _NUMBER_WORDS]
    found += [match[0] for match in _QUARTER.finditer(spared)]
    found += [match[0] for match in _ROMAN.finditer(spared)]
    found += [match[0] for match in _ONE.finditer(_NOT_COUNTING_ONE.sub(" ", spared))]
    # Letters set apart ("t w e l v e") and words run together ("twentyfive").
    closed = re.sub(r"\b(\w)[ .\-](?=\w\b)", r"\1", spared)
    found += [w for w in re.findall(r"[^\W\d_]+", closed) if _is_compound(w.casefold())]
    return list(dict.fromkeys(word.strip() for word in found))


def _without_plan_counts(line: str) -> str:
    if not _PLAN.match(line):
        return line
    parts = re.split(r"(?<=[.;!?])\s", line)
    return " ".join(p if _REPORTING.search(p) else _SMALL.sub(" ", p) for p in parts)


@cache
def _is_compound(word: str) -> bool:
    if word in _NUMBER_WORDS:
        return True
    units = f"one {_ONES} hundred thousand million".split()
    tens = _TENS.split()
    return any(word.startswith(ten) and word.removeprefix(ten) in units for ten in (*tens, *units))

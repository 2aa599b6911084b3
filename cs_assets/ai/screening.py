"""Why a model's text may not be shown: every rule that code can check.

``cs_assets.facts.slots.problems`` refuses digits, unknown slots and unknown quotes.
Here comes what only a model would do: numbers in words, causes without a cited
reason, claims that nobody may make, links and markup, hidden characters, length.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from cs_assets.ai.configuration import Banned
from cs_assets.facts import slots
from cs_assets.facts.model import FactSheet

_SLOT = re.compile(r"\{[^{}]*\}")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+|\n|$)")
_FACT_SLOT = re.compile(r"\{([a-z][a-z0-9_.]*)(?::[a-z]+)?\}")

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
_CAUSE = re.compile(
    r"\b(?:because|due to|owing to|thanks to|led to|leads to|caused?|causes|causing|resulted in|"
    r"as a (?:direct )?(?:result|consequence)|driven by|drove|therefore|consequently|hence|"
    r"explains? (?:why|the)|attributable to|on account of)\b",
    re.IGNORECASE,
)
_CHANGE_ID = re.compile(r"(?:^|[._])(?:change|delta|diff|difference)(?:$|_)|_change$")
_UP = re.compile(
    r"\b(?:up|rose|rise[ns]?|rising|grew|grow[ns]?|growing|growth|increas\w*|gain\w*|climb\w*|"
    r"higher|above|more|added|jumped)\b",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:down|fell|fall(?:s|en|ing)?|drop\w*|decreas\w*|declin\w*|lost|lower|below|less|fewer|"
    r"shrank|shrunk|slipped|under)\b",
    re.IGNORECASE,
)
_BEFORE_WORDS = 5  # a word of direction that far before its slot speaks of it
_AFTER_WORDS = 2
_LINK = re.compile(
    r"https?:|www\.|://|\bmailto:|javascript:|data:|@\w|\b[\w-]+\.(?:com|net|org|io|ru|cn|dev|app|"
    r"co|info|biz|example|invalid|test)\b",
    re.IGNORECASE,
)
#: Headings ("## ") and items ("- ") are structure that a section's prompt may ask for.
_MARKUP = re.compile(
    r"[<>`|\\]|&[#\w]+;|\]\(|#{4,}|[^\s#][ \t]*#|\*\*|__|~~|^\s*[*•]\s", re.MULTILINE
)
_CODE = re.compile(
    r"\w_\w|\.\./|(?<!\w)/\w+/|;\s*--|--|=\s*\w+\(|\w\(\)|"
    r"\b(?:drop|alter|truncate|delete|insert|grant)\s+(?:table|from|into|all|on)\b",
    re.IGNORECASE,
)
_PLACEHOLDER_LEFT = re.compile(r"\[[A-Z]+_[A-Z]+\]")
_ALLOWED_MARKS = frozenset(" \n.,;:!?'\"()-–—’‘“”…/&%$€£+−=[]{}_#*@<>`|\\~^")


@dataclass(frozen=True)
class Limits:
    """What a text must keep to beside the facts."""

    max_characters: int
    banned: tuple[Banned, ...] = ()
    spans: tuple[str, ...] = ()
    """Spans of time that the instructions name in words ("four weeks"): no figures of the data."""


def spans_named_in(instructions: str) -> tuple[str, ...]:
    """The spans of time that a prompt names in words, for ``Limits.spans``."""
    words = f"one {_ONES}".replace(" ", "|")
    found = re.findall(rf"\b(?:{words}) (?:day|week|month|quarter|year)s?\b", instructions)
    return tuple(sorted(set(found)))


def reasons_to_reject(text: str, sheet: FactSheet, limits: Limits) -> tuple[str, ...]:
    """Every reason against ``text``, in words a model or a person can act on; empty when fine."""
    if not text.strip():
        return ("the text is empty",)
    if len(text) > limits.max_characters:
        # Measured first: no further rule is run on something huge.
        return (f"too long: {len(text)} characters, at most {limits.max_characters}",)
    prose = unicodedata.normalize("NFKC", _SLOT.sub(" ¤ ", text))
    for span in limits.spans:
        prose = re.sub(rf"\b{re.escape(span)}\b", " ", prose, flags=re.IGNORECASE)
    found = slots.problems(text, sheet)
    found += [*_strange(prose), *_number_words(prose), *_markup(prose)]
    found += [*_causes(text, sheet), *_directions(text, sheet)]
    found += _banned(prose, limits.banned)
    return tuple(dict.fromkeys(found))


def _strange(prose: str) -> list[str]:
    """Hidden characters, other scripts, numerals of other scripts."""
    found = []
    for character in sorted(set(prose) - _ALLOWED_MARKS - {"¤"}):
        if not (character.isalpha() and unicodedata.name(character, "").startswith("LATIN")):
            name = unicodedata.name(character, f"U+{ord(character):04X}")
            if not character.isdigit():  # digits have been told
                found.append(f"a character that is not allowed: {name}")
    return found[:3]


def _number_words(prose: str) -> list[str]:
    spared = _NO_NUMBER.sub(" ", "\n".join(map(_without_plan_counts, prose.split("\n"))))
    found = [word for word in re.findall(r"[^\W\d_]+", spared) if word.casefold() in _NUMBER_WORDS]
    found += [match[0] for match in _QUARTER.finditer(spared)]
    found += [match[0] for match in _ROMAN.finditer(spared)]
    found += [match[0] for match in _ONE.finditer(_NOT_COUNTING_ONE.sub(" ", spared))]
    # Letters set apart ("t w e l v e") and words run together ("twentyfive").
    closed = re.sub(r"\b(\w)[ .\-](?=\w\b)", r"\1", spared)
    found += [w for w in re.findall(r"[^\W\d_]+", closed) if _is_compound(w.casefold())]
    told = ", ".join(dict.fromkeys(word.strip() for word in found))
    return [f"a number in words: {told[:80]}; use a slot"] if told else []


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


def _markup(prose: str) -> list[str]:
    found = []
    if _LINK.search(prose):
        found.append("a link or address")
    if _MARKUP.search(prose):
        found.append("markup; write plain text")
    if _CODE.search(_PLACEHOLDER_LEFT.sub(" ", prose)):
        found.append("code, SQL or a path")
    if _PLACEHOLDER_LEFT.search(prose):
        found.append("a placeholder that stands for nobody")
    return found


def _causes(text: str, sheet: FactSheet) -> list[str]:
    """A causal word needs a reason in its sentence: a quote, or a fact that is itself words."""
    for sentence in _SENTENCE.findall(_SLOT.sub(lambda m: m[0].replace(".", "\0"), text)):
        cause = _CAUSE.search(sentence)
        if cause is None or "{quote:" in sentence:
            continue
        cited = (sheet.get(i) for i in _FACT_SLOT.findall(sentence.replace("\0", ".")))
        if not any(fact is not None and fact.unit == "text" for fact in cited):
            return [f"'{cause[0]}' without a cited reason; say 'at the same time' or cite a quote"]
    return []


def _directions(text: str, sheet: FactSheet) -> list[str]:
    """A word of direction beside a change must fit its sign; one without sign needs the word."""
    found = []
    for slot in re.finditer(r"\{([a-z][a-z0-9_.]*)(?::([a-z]+))?\}", text):
        fact = sheet.get(slot[1])
        if fact is None or not fact.is_number or not _CHANGE_ID.search(fact.fact_id):
            continue
        before = re.split(r"[.!?;\n](?:\s|$)|\{[^{}]*\}", text[: slot.start()])[-1]
        after = re.split(r"[.!?;,\n]|\{", text[slot.end() :])[0]
        near = " ".join([*before.split()[-_BEFORE_WORDS:], *after.split()[:_AFTER_WORDS]])
        up, down = _UP.search(near), _DOWN.search(near)
        if up and not down and fact.number < 0:
            found.append(f"'{up[0]}' beside {slot[0]}, which is below zero")
        elif down and not up and fact.number > 0:
            found.append(f"'{down[0]}' beside {slot[0]}, which is above zero")
        elif slot[2] == "abs" and not up and not down:
            found.append(f"{slot[0]} hides its sign; say up or down, or use the style signed")
    return found


def _banned(prose: str, banned: Sequence[Banned]) -> Iterable[str]:
    for claim in banned:
        if found := re.search(claim.pattern, prose, re.IGNORECASE):
            yield f"'{found[0]}' {claim.reason}"

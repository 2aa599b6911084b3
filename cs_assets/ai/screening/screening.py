"""Why a model's text may not be shown: every rule that code can check.

``cs_assets.facts.slots.problems`` refuses digits, unknown slots and unknown quotes.
Here comes what only a model would do: numbers in words, causes without a cited
reason, claims that nobody may make, links and markup, hidden characters, length; and a word such
as "rose" beside a change below zero: a slot puts the right figure into a sentence, but the
sentence may still turn it round.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cs_assets.ai.configuration import Banned
from cs_assets.ai.screening.number_words import numbers_in_words
from cs_assets.facts import slots
from cs_assets.facts.model import Fact, FactSheet

_SLOT = re.compile(r"\{[^{}]*\}")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+|\n|$)")
_FACT_SLOT = re.compile(r"\{([a-z][a-z0-9_.]*)(?::[a-z]+)?\}")

_CAUSE = re.compile(
    r"\b(?:because|due to|owing to|thanks to|led to|leads to|caused?|causes|causing|resulted in|"
    r"as a (?:direct )?(?:result|consequence)|driven by|drove|therefore|consequently|hence|"
    r"explains? (?:why|the)|attributable to|on account of)\b",
    re.IGNORECASE,
)
_REASONS = {"reason", "reasons", "note", "notes", "cause", "why", "comment", "feedback", "goal"}
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
_QUOTED = re.compile(r'[“„«]([^“”„«»\n]*)[”“»]|"([^"\n]*)"')
_A_QUOTATION = 3
_PLACEHOLDER_LEFT = re.compile(r"\[[A-Z]+_[A-Z]+\]")
_ALLOWED_MARKS = frozenset(" \n.,;:!?'\"()-–—’‘“”…/&%$€£+−=[]{}_#*@<>`|\\~^")


@dataclass(frozen=True)
class Limits:
    """What a text must keep to beside the facts."""

    max_characters: int
    banned: tuple[Banned, ...] = ()
    spans: tuple[str, ...] = ()
    """Spans of time that the instructions name in words ("four weeks"): no figures of the data."""


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
    found += [*_strange(prose), *_numbers(prose), *_markup(prose), *_quotations(text)]
    found += [*_causes(text, sheet), *wrong_directions(text, sheet)]
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


def _numbers(prose: str) -> list[str]:
    told = ", ".join(numbers_in_words(prose))
    return [f"a number in words: {told[:80]}; use a slot"] if told else []


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


def _quotations(text: str) -> list[str]:
    """Three words or more in quotation marks and in no slot: nobody is known to have said them."""
    for pair in _QUOTED.findall(text):
        words = "".join(pair)
        if "{" not in words and len(words.split()) >= _A_QUOTATION:
            return [f"words in quotation marks that no quote of the data has: '{words[:40]}'"]
    return []


def _causes(text: str, sheet: FactSheet) -> list[str]:
    """A causal word needs a reason in its sentence: a quote, or a fact that is itself one."""
    for sentence in _SENTENCE.findall(_SLOT.sub(lambda m: m[0].replace(".", "\0"), text)):
        cause = _CAUSE.search(sentence)
        if cause is None or "{quote:" in sentence:
            continue
        cited = (sheet.get(i) for i in _FACT_SLOT.findall(sentence.replace("\0", ".")))
        if not any(fact is not None and _is_reason(fact) for fact in cited):
            return [f"'{cause[0]}' without a cited reason; say 'at the same time' or cite a quote"]
    return []


def _is_reason(fact: Fact) -> bool:
    """Whether a fact in words gives a reason, by its id; a name in words gives none."""
    return fact.unit == "text" and bool(_REASONS & set(re.split(r"[._]", fact.fact_id)))


def _banned(prose: str, banned: Sequence[Banned]) -> Iterable[str]:
    for claim in banned:
        if found := re.search(claim.pattern, prose, re.IGNORECASE):
            yield f"'{found[0]}' {claim.reason}"


_STYLED_SLOT = re.compile(r"\{([a-z][a-z0-9_.]*)(?::([a-z]+))?\}")
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


def wrong_directions(text: str, sheet: FactSheet) -> list[str]:
    """A word of direction beside a change must fit its sign; one without sign needs the word."""
    found = []
    for slot in _STYLED_SLOT.finditer(text):
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

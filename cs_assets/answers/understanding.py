"""A question in words as a plan, without a model: by rules, and by likeness what they leave.

The rules understand a text of which they know every word. Where they and the likeness of the text
say different questions, the likeness decides if it is sure, and else neither. What neither knows is
tried with its words as they are spelt, and as several questions; those are offered, for an answer
is to one.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cs_assets.answers.directory import Directory
from cs_assets.answers.lacking import lacking
from cs_assets.answers.likeness.model import learnt
from cs_assets.answers.likeness.reading import Likely, Read, asks_other, order_in, read
from cs_assets.answers.likeness.spelling import corrected
from cs_assets.answers.mentions import Mentions, is_mark, mentions_in
from cs_assets.answers.model import Answer, Plan, unanswered
from cs_assets.answers.offering import offered, worded
from cs_assets.answers.parameters import NAMED
from cs_assets.answers.parsing import parse
from cs_assets.answers.questions import BY_ID
from cs_assets.answers.wording import LONGEST, folded

#: The question of the rules is doubted when its likeness is below that share of the other's, and
#: the other's is above.
_DOUBTED, _SURE = 0.3, 0.7
#: Where questions are parted: ends of sentences, else what joins two.
_SENTENCES = re.compile(r"\?.*\?")
_PARTED = (
    re.compile(r"[?!.;]+\s+"),
    re.compile(r",?\s+(?:and|plus)\s+(?:also\s+)?|[?,;]\s+", re.I),
)
#: Questions at most that a text is parted into.
_MOST = 3


@dataclass(frozen=True)
class Understood:
    """The plan of a question, or the answer that there is none, and who understood it."""

    found: Plan | Answer
    by: Literal["rules", "likeness"] = "rules"
    otherwise: Answer | None = None
    """What is said where no model understands it either: what would have to be loaded."""


@dataclass(frozen=True)
class _Known:
    """What a text is understood with; ``parse`` says what each is."""

    directory: Directory
    weeks: Sequence[dt.date]
    own_rep: str | None

    def mentions(self, text: str) -> Mentions:
        return mentions_in(text, self.directory, self.weeks)


def understand(
    text: str, directory: Directory, weeks: Sequence[dt.date], own_rep: str | None = None
) -> Understood:
    """The plan of a question in words; parameters as of ``parse``."""
    known = _Known(directory, weeks, own_rep)
    first = _as_one(text, known)
    if len(text) > LONGEST or not (_is_lost(first.found) or _SENTENCES.search(text)):
        return first
    if _is_lost(first.found) and (spelt := _as_spelt(text, known)):
        return spelt
    plans = next(_as_several(text, known), [])
    if not plans:
        return first
    several = [worded(one, directory) for one in plans]
    return Understood(
        unanswered("unclear", "That is more than one question; ask one at a time.", offered=several)
    )


def _is_lost(found: Plan | Answer) -> bool:
    return isinstance(found, Answer) and found.question is None and found.status != "unclear"


def _as_one(text: str, known: _Known) -> Understood:
    found = parse(text, known.directory, known.weeks, known.own_rep)
    if len(text) > LONGEST or not folded(text) or (isinstance(found, Answer) and found.question):
        return Understood(found)
    likeness = read(text, known.directory, known.weeks, known.own_rep)
    meant = likeness.meant
    if meant is not None and lacking(meant.strange):
        meant = None  # of something that nothing here answers
    plan = found if isinstance(found, Plan) else meant.plan if meant else None
    moves = likeness.begins_with_a_move and not (plan and BY_ID[plan.question].is_pair)
    if likeness.wants_done or moves:
        return Understood(_deed(text, likeness, known))
    if isinstance(found, Plan) and not asks_other(found.question, likeness.stems, learnt()):
        agreed = _agreed(found, likeness)
        return Understood(_nobody(text, likeness, known)) if _hangs(agreed, likeness) else agreed
    if isinstance(found, Plan):
        found = _lost()
    if meant is not None:
        chosen = Understood(_chosen(meant), "likeness")
        return Understood(_nobody(text, likeness, known)) if _hangs(chosen, likeness) else chosen
    if found.status == "not_known" and _strange_words(text, known):
        return Understood(found)
    offers = _nearest(text, likeness, known)
    return Understood(
        replace(_lost(), offered=offers), otherwise=_lacked(text, likeness, offers, known)
    )


def _lost() -> Answer:
    return unanswered(
        "not_understood", "That is not known: it is none of the questions that can be answered."
    )


def _strange_words(text: str, known: _Known) -> set[str]:
    """The words that may be of a name: no phrasing of anything has them."""
    words = known.mentions(text).text.split()
    return {one for one in words if not is_mark(one[0]) and one not in learnt().words}


def _lacked(text: str, likeness: Read, offers: tuple[str, ...], known: _Known) -> Answer | None:
    """What would have to be loaded for what is not understood, where its words say that."""
    if needs := lacking(likeness.stems):
        return unanswered("not_known", "That is not known here.", needs=needs, offered=offers)
    if not _names_nobody(text, known):
        return None
    return unanswered(
        "not_known", "Nobody and nothing of that name is among what you may ask about.",
        needs="a name or id in your scope, written as it is stored", offered=offers,
    )  # fmt: skip


#: Written as an id is; and as a name is, behind another word, where more of it may stand beside.
_AS_IDS = re.compile(r"(?<!\w)\w*\d{5,}\w*")
_AS_NAMES = re.compile(r"(?<=[\w,:] )[A-ZÀ-Þ][^\W\d_]{2,}")
_TWO_BESIDE = re.compile(r"(?<=[\w,:] )(?:[A-ZÀ-Þ][^\W\d_]{2,} )+[A-ZÀ-Þ][^\W\d_]{2,}")


def _names_nobody(text: str, known: _Known) -> bool:
    """Whether a word that is in no name here is written as one of a name is."""
    left = set(known.mentions(text).text.split())
    strange = _strange_words(text, known)
    parts = [one for run in _TWO_BESIDE.findall(text) for one in run.split()]
    return any(folded(one) in left for one in (*_AS_IDS.findall(text), *parts)) or any(
        folded(one) in strange for one in _AS_NAMES.findall(text)
    )


def _nearest(text: str, likeness: Read, known: _Known) -> tuple[str, ...]:
    """The nearest questions, with what was typed filled in."""
    mentions = known.mentions(text)
    figures = learnt().figures_in(likeness.stems)
    said = {"metric": figures[0].key} if figures else {}
    if order := order_in(likeness.stems):
        said["order"] = order
    several = [offered(BY_ID[one], mentions, said, known.directory) for one in likeness.nearest]
    return tuple(dict.fromkeys(several))


def _hangs(understood: Understood, likeness: Read) -> bool:
    """Whether it is of everybody, though it points at somebody whom it does not name."""
    plan = understood.found
    if not isinstance(plan, Plan) or NAMED.keys() & plan.values.keys():
        return False
    question = BY_ID[plan.question]
    return bool(NAMED.keys() & question.slots) and likeness.points_at_somebody(question)


def _nobody(text: str, likeness: Read, known: _Known) -> Answer:
    return unanswered(
        "not_known", "Who is meant is not known: nobody is named.", needs="a name or an id",
        offered=_nearest(text, likeness, known),
    )  # fmt: skip


def _deed(text: str, likeness: Read, known: _Known) -> Answer:
    return unanswered(
        "not_understood",
        "Answers tell what is known; nothing is done, sent or changed by asking. Decisions are "
        "taken at the desk, or by the commands deliveries, route, customers, report and rep.",
        offered=_nearest(text, likeness, known),
    )


def _as_spelt(text: str, known: _Known) -> Understood | None:
    """What the text means with its words as they are spelt; a name is offered, not guessed."""
    right, is_of_name = corrected(text, known.mentions(text), known.directory.words)
    if right == text:
        parts = known.mentions(text).text.split()
        right = known.directory.completed(text, parts, _strange_words(text, known))
        is_of_name = True
    if right == text:
        return None
    found = _as_one(right, known).found
    if not isinstance(found, Plan):
        return None
    if not is_of_name:
        return Understood(found, "likeness")
    meant = [worded(found, known.directory)]
    return Understood(unanswered("unclear", "A name is written otherwise here.", offered=meant))


def _as_several(text: str, known: _Known) -> Iterator[list[Plan]]:
    """The plans of the questions in a text; one may name whom another is about."""
    for between in _PARTED:
        parts = [one for one in between.split(text) if one.strip(" ?!.;")]
        if not 1 < len(parts) <= _MOST:
            continue
        names = [one for one in known.mentions(text).names if len(one) == 1]
        plans: list[Plan] = []
        for part in parts:
            tries = [part, *(f"{part.rstrip(' ?!.;')} {one[0].id}" for one in names[:1])]
            found = (_as_one(one, known).found for one in tries)
            plans += [next((one for one in found if isinstance(one, Plan)), Plan(""))]
        if all(one.question for one in plans) and len({repr(one) for one in plans}) == len(plans):
            yield plans


def _agreed(by_rules: Plan, likeness: Read) -> Understood:
    """The plan of the rules, unless the text is like another question."""
    meant = likeness.meant
    if meant is None or meant.question.id == by_rules.question:
        return Understood(by_rules)
    doubt = likeness.shares[by_rules.question] / likeness.shares[meant.question.id]
    if doubt >= _DOUBTED or meant.weight < _SURE:
        return Understood(by_rules)
    return Understood(_chosen(meant), "likeness")


def _chosen(meant: Likely) -> Plan | Answer:
    if not meant.choices:
        return meant.plan
    return unanswered(
        "unclear", "Several could be meant; ask again with the whole name or the id.",
        question=meant.question.id,
        offered=[f"{one.kind} {one.name} ({one.id})" for one in meant.choices],
    )  # fmt: skip

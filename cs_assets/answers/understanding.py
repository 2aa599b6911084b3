"""A question in words as a plan, without a model: by rules, and by likeness what they leave.

The rules understand a text of which they know every word. Where they and the likeness of the text
say different questions, the likeness decides if it is sure, and else neither.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cs_assets.answers.directory import Directory
from cs_assets.answers.likeness.model import learnt
from cs_assets.answers.likeness.reading import Likely, Read, asks_other, read
from cs_assets.answers.model import Answer, Plan, unanswered
from cs_assets.answers.parsing import parse
from cs_assets.answers.questions import BY_ID
from cs_assets.answers.wording import LONGEST, folded

#: The question of the rules is doubted when its likeness is below that share of the other's, and
#: the other's is above.
_DOUBTED, _SURE = 0.3, 0.7


@dataclass(frozen=True)
class Understood:
    """The plan of a question, or the answer that there is none, and who understood it."""

    found: Plan | Answer
    by: Literal["rules", "likeness"] = "rules"


def understand(
    text: str, directory: Directory, weeks: Sequence[dt.date], own_rep: str | None = None
) -> Understood:
    """The plan of a question in words; parameters as of ``parse``."""
    found = parse(text, directory, weeks, own_rep)
    if len(text) > LONGEST or not folded(text) or (isinstance(found, Answer) and found.question):
        return Understood(found)
    likeness = read(text, directory, weeks, own_rep)
    meant = likeness.meant
    if isinstance(found, Plan) and not asks_other(found.question, likeness.stems, learnt()):
        return _agreed(found, likeness)
    if isinstance(found, Plan):
        found = unanswered(
            "not_understood", "That is not known: it is none of the questions that can be answered."
        )
    if meant is None and found.status == "not_known":
        return Understood(found)
    if meant is None:
        nearest = tuple(BY_ID[one].phrasings[0] for one in likeness.nearest)
        return Understood(replace(found, offered=nearest))
    return Understood(_chosen(meant), "likeness")


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

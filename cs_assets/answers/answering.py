"""From a question in words, or a plan that somebody else made, to an answer: one way for all.

Whoever plans (the parser, a form, an agent with tools), the plan is held against the closed set and
the asker's scope here, and the same functions answer it.
"""

import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property

import pandas as pd

from cs_assets.answers.directory import Directory
from cs_assets.answers.model import Answer, Plan, unanswered
from cs_assets.answers.offering import worded
from cs_assets.answers.parameters import LISTED, NAMED
from cs_assets.answers.periods import monday
from cs_assets.answers.planning import Asks, planned
from cs_assets.answers.questions import BY_ID, Question
from cs_assets.answers.reading import Reader
from cs_assets.answers.scope import Asker, Session
from cs_assets.answers.told import calls, customers, figures, people
from cs_assets.answers.told.telling import Telling
from cs_assets.answers.understanding import understand
from cs_assets.answers.wording import LONGEST, folded, words
from cs_assets.errors import UsageError
from cs_assets.frames import records
from cs_assets.names import shown

_TOLD: Mapping[str, Callable[[Telling], Answer]] = {
    "metric": figures.metric,
    "compare_customers": figures.compare_customers,
    "compare_weeks": figures.compare_weeks,
    "ranking": figures.ranking,
    "at_risk": customers.at_risk,
    "standing": customers.standing,
    "renewals": customers.renewals,
    "changed_since": customers.changed_since,
    "next_action": customers.next_action,
    "actions": customers.actions,
    "signals": calls.signals,
    "alike": calls.alike,
    "why_score": calls.why_score,
    "promises": calls.promises,
    "why_owner": people.why_owner,
    "focus": people.focus,
    "rep_scores": people.rep_scores,
    "held": people.held,
}
#: Names given at most.
_MOST = 20
#: What parameters are called, where it is not their name.
_SAID = {"other": "customer", "since": "week"}
#: Numbers that can be asked for, in words.
_BOUNDS = {"days": "days, one to ten years of them", "most": "rows, one to fifty"}
_NUMBERS: Mapping[str, int] = {"days": 3660, "most": 50}


class Answers:
    """Answers questions of one asker over one open session; raises ``UsageError`` for an asker
    whom nobody is.
    """

    def __init__(self, db: Session, who: Asker, model: Asks | None = None) -> None:
        """``model`` is asked for the plan of what the rules do not understand."""
        self.reader = Reader(db, who)
        self._db = db
        self._model = model
        self.weeks: list[dt.date] = [one.date() for one in self.reader.weeks()]
        self.directory = Directory(self.reader)

    @cached_property
    def _others(self) -> Directory | None:
        """Everybody's names, which are hidden from a model; no answer sees them."""
        is_all = self.reader.asker.role == "operations"
        return None if is_all else Directory(Reader(self._db, Asker("operations")))

    def ask(self, text: str) -> Answer:
        """Answer a question in words."""
        understood = understand(text, self.directory, self.weeks, self.reader.own_rep)
        found = understood.found
        if isinstance(found, Plan):
            answer = replace(self.answer(found), planner=understood.by)
            return answer if understood.by == "rules" else self._echoed(answer, found)
        is_lost = found.status == "not_understood"
        by_model = self._by_model(text) if is_lost else None
        if by_model is None:
            return understood.otherwise or found
        if isinstance(by_model, Answer):
            return replace(by_model, planner="model")
        return self._echoed(replace(self.answer(by_model), planner="model"), by_model)

    def _echoed(self, answer: Answer, plan: Plan) -> Answer:
        return replace(answer, understood=worded(plan, self.directory))

    def _by_model(self, text: str) -> Plan | Answer | None:
        if self._model is None:
            return None
        return planned(
            text, self.directory, self.weeks, self._model, self.reader.own_rep, self._others
        )

    def answer(self, plan: Plan) -> Answer:
        """Answer a plan; one that does not hold is refused with the reason."""
        question = BY_ID.get(plan.question)
        if question is None:
            return unanswered(
                "not_understood", "That is none of the questions that can be answered.",
                offered=BY_ID,
            )  # fmt: skip
        if refused := self._refused(question, plan):
            return refused
        if not self.weeks:
            return unanswered(
                "not_known", "Nothing is known yet.", question=question.id,
                needs="customer metrics: run cs-assets demo, or the weekly job",
            )  # fmt: skip
        answer = _TOLD[question.id](Telling(self.reader, plan, self.weeks))
        return replace(answer, parameters=plan.values)

    def find(self, name: str) -> Answer:
        """Ids in scope by a name, its beginning, or an id: offered, for they are no facts."""
        text = words(folded(name[:LONGEST]))
        owners = [one for _, several in self.directory.named(text) for one in several]
        if not owners and text:
            taken, several = self.directory.beginning(text.split())
            owners = several if taken == len(text.split()) else []
        if not owners:
            return unanswered(
                "not_known", "Nobody of that name is among whom you may ask about.",
                question="find", needs="a name or id in your scope",
            )  # fmt: skip
        told = dict.fromkeys(f"{one.kind} {one.id} ({shown(one.name)})" for one in owners)
        return unanswered("answered", "These are meant:", question="find", offered=[*told][:_MOST])

    def _refused(self, question: Question, plan: Plan) -> Answer | None:
        slots = {*question.needs, *question.may}
        if lacking := [one for one in question.needs if not plan.values.get(one)]:
            return unanswered(
                "not_understood", f"To answer that, these are needed: {', '.join(lacking)}.",
                question=question.id, offered=question.phrasings,
            )  # fmt: skip
        if unknown := sorted(set(plan.values) - slots):
            return unanswered(
                "not_understood", f"This question takes no {_plain(', '.join(unknown))}.",
                question=question.id, offered=question.phrasings,
            )  # fmt: skip
        for name, value in plan.values.items():
            if not self._holds(name, value):
                text, needs = _why_not(name)
                return unanswered("not_known", text, question=question.id, needs=needs)
        return None

    def _holds(self, name: str, value: str) -> bool:
        """Whether a parameter is of its kind, and whom it names is in scope."""
        if name in NAMED:
            return self.directory.get(NAMED[name], value) is not None
        if name in LISTED:
            return value in LISTED[name]
        if name in _NUMBERS:
            return value.isascii() and value.isdigit() and 0 < int(value[:6]) <= _NUMBERS[name]
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            return False
        return day == monday(day) and day in self.weeks


def _why_not(name: str) -> tuple[str, str]:
    """Why a parameter's value does not hold, and what would: the same where it is out of scope."""
    if name in _NUMBERS:
        return "That number cannot be asked for.", f"a whole number of {_BOUNDS[name]}"
    if name in LISTED:
        return f"That {name} is none of those that are kept.", f"one of: {', '.join(LISTED[name])}"
    said = _SAID.get(name, name)
    needs = f"a {said} that exists and is in your scope"
    return f"That {said} is not known, or not among what you may ask about.", needs


def _plain(text: str) -> str:
    """Names of parameters that others gave: their letters alone, for no digit stands in prose."""
    return "".join(c for c in text[:60] if c.isalpha() or c in ", _") or "such parameter"


#: Letters of an answer's id: short enough to be typed, and no two alike.
_LETTERS = 16
#: What is kept of a question.
AUDIT = "ops.answers_given"


def noted(answer: Answer) -> Answer:
    """The answer with an id under which it is kept."""
    return replace(answer, answer_id=uuid.uuid4().hex[:_LETTERS])


def plan_given(db: Session, answer_id: str, who: Asker) -> tuple[Plan, Asker]:
    """The plan of an answer that was given and to whom, for whoever it was, or operations.

    Raises ``UsageError`` where there is none such: it may be somebody else's, or of no question.
    """
    for row in records(db.query("answers/given", [answer_id])):
        of = (row["role"], row["asker_id"] if isinstance(row["asker_id"], str) else "")
        is_theirs = who.role == "operations" or of == (who.role, who.identity)
        if is_theirs and row["question_id"] in BY_ID:
            return Plan(row["question_id"], json.loads(row["parameters"])), Asker(*of)
    raise UsageError("no answer of that id was given to you: ids stand below answers")


def audit_row(answer: Answer, who: Asker, way: str, planner: str, at: dt.datetime) -> pd.DataFrame:
    """The row of ``ops.answers_given``. Holds no words of anybody."""
    return pd.DataFrame(
        [
            {
                "answer_id": answer.answer_id,
                "asked_at": at.astimezone(dt.UTC).replace(tzinfo=None),
                "role": who.role,
                "asker_id": who.identity or None,
                "way": way,
                "planner": planner,
                "question_id": answer.question,
                "parameters": json.dumps(dict(answer.parameters), sort_keys=True),
                "status": answer.status,
                "facts": json.dumps([one.ref for one in answer.facts]),
                "quotes": len(answer.quotes),
            }
        ]
    )

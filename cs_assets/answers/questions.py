"""The closed set of questions that can be answered, each with the phrasings that are documented."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Slot = Literal[
    "customer", "other", "rep", "account", "call", "metric", "signal", "week", "since", "window",
    "days", "most", "order", "state",
]  # fmt: skip

#: What each parameter is, for people and for schemas of tools.
SLOTS: Mapping[Slot, str] = {
    "customer": "id of the customer",
    "other": "id of the second customer",
    "rep": "Gong id of the rep",
    "account": "id of the account",
    "call": "id of the call",
    "metric": "figure of a customer",
    "signal": "kind of signal",
    "week": "Monday of the week, YYYY-MM-DD; the newest when empty",
    "since": "Monday of the earlier week, YYYY-MM-DD",
    "window": "week, 4w or 13w; the figure's own when empty",
    "days": "days looked ahead or back",
    "most": "rows at most",
    "order": "highest, lowest, best or worst",
    "state": "open: actions that are neither done nor dropped",
}

Guard = Literal["customer", "rep", "call", "account", "artefact"]


@dataclass(frozen=True)
class Question:
    """One question: what it takes, how it is asked, and whose rows it reads.

    ``phrasings`` are documented (UPPER words stand for parameters). The words that it is
    known by stand in ``vocabulary.yaml``: of each group of ``cues`` some must be in the question,
    ``also`` may. A word in neither, in no name and in no parameter makes it another question, which
    is not answered.

    ``is_narrowed``: a strange word behind "in" or "of" may narrow it down. ``is_pair``: of two
    customers or weeks, which names and figures alone do not say. ``is_whose``: whose it is has to
    be said, though it may be one or the other. ``is_of_now``: this week may be said of it.
    ``span``: of so many weeks always.
    """

    id: str
    meaning: str
    phrasings: tuple[str, ...]
    needs: tuple[Slot, ...]
    may: tuple[Slot, ...]
    reads: tuple[str, ...]
    scope: Guard
    is_narrowed: bool = False
    is_pair: bool = False
    is_whose: bool = False
    is_of_now: bool = False
    span: str = ""

    @property
    def slots(self) -> frozenset[Slot]:
        return frozenset((*self.needs, *self.may))


QUESTIONS: tuple[Question, ...] = (
    Question(
        "metric", "A figure of a customer, at a week or over the weeks up to it.",
        ("what is the METRIC of CUSTOMER", "METRIC of CUSTOMER in the week of WEEK",
         "METRIC of CUSTOMER in the four weeks up to WEEK"),
        ("customer", "metric"), ("week", "window"),
        ("answers/state_of_week", "answers/changes_of_customer"), "customer", is_narrowed=True,
    ),
    Question(
        "compare_customers", "One figure of two customers, side by side.",
        ("compare the METRIC of CUSTOMER and CUSTOMER", "METRIC of CUSTOMER against CUSTOMER"),
        ("customer", "other", "metric"), ("week", "window"),
        ("answers/state_of_week",), "customer", is_pair=True, is_narrowed=True,
    ),
    Question(
        "compare_weeks", "A figure of a customer at two weeks, with a verdict if one is kept.",
        ("compare the METRIC of CUSTOMER in the weeks of WEEK and WEEK",
         "how did the METRIC of CUSTOMER change since WEEK"),
        ("customer", "metric", "since"), ("week", "window"),
        ("answers/state_of_week", "answers/changes_of_customer"), "customer", is_pair=True,
        is_narrowed=True,
    ),
    Question(
        "ranking", "The customers with the highest or lowest of a figure.",
        ("which customers have the highest METRIC", "top NUMBER customers by METRIC",
         "which NUMBER customers have the lowest METRIC"),
        ("metric", "order"), ("week", "window", "most"),
        ("answers/state_of_week",), "customer", is_narrowed=True,
    ),
    Question(
        "at_risk", "Customers whose health is red or whose segment is At risk, with the reason.",
        ("which customers are at risk", "list the customers at risk", "who is at risk of leaving"),
        (), ("week", "most"),
        ("answers/state_of_week",), "customer", is_narrowed=True,
    ),
    Question(
        "standing", "How a customer is: health, segment and why, ARR, renewal, clear changes.",
        ("how is CUSTOMER doing", "is CUSTOMER at risk", "why is CUSTOMER red"),
        ("customer",), ("week",),
        ("answers/state_of_week", "answers/changes_of_customer"), "customer",
    ),
    Question(
        "renewals", "Customers whose contract year ends within so many days of the newest week.",
        ("which customers renew in 90 days", "renewals in the next 60 days",
         "whose contract ends within 30 days"),
        ("days",), ("most",),
        ("answers/state_of_week",), "customer", is_narrowed=True,
    ),
    Question(
        "signals", "What was heard in a customer's calls that others must know, as quotes.",
        ("what signals did we hear from CUSTOMER", "SIGNAL signals of CUSTOMER",
         "quotes of CUSTOMER about SIGNAL"),
        ("customer",), ("signal", "days"),
        ("answers/signals", "answers/calls"), "call",
    ),
    Question(
        "alike", "Calls that are most like one call.",
        ("which calls are like CALL", "calls similar to CALL"),
        ("call",), ("most",),
        ("answers/calls",), "call",
    ),
    Question(
        "why_score", "Why a call was scored so: each dimension with reason and evidence.",
        ("why was CALL scored so", "explain the score of CALL", "what is the score of CALL"),
        ("call",), (),
        ("answers/score_of_call",), "rep",
    ),
    Question(
        "why_owner", "Who owns an account, and why: the reasons of its routing.",
        ("why does ACCOUNT have this owner", "who owns ACCOUNT and why",
         "explain the owner of ACCOUNT"),
        ("account",), (),
        ("answers/owner_of_account",), "account",
    ),
    Question(
        "changed_since", "What changed for a customer since a week: health, segment, verdicts.",
        ("what changed for CUSTOMER since WEEK", "what is new at CUSTOMER since WEEK",
         "what is new at CUSTOMER"),
        ("customer",), ("since",),
        ("answers/transitions", "answers/state_of_week", "answers/changes_of_customer"), "customer",
    ),
    Question(
        "promises", "What was agreed as next steps in the calls of a customer or a rep.",
        ("what did we promise CUSTOMER", "next steps with CUSTOMER", "what did REP promise"),
        (), ("customer", "rep", "days"),
        ("answers/promises", "answers/calls"), "call", is_whose=True,
    ),
    Question(
        "actions", "Advised actions, what was done and what came of it.",
        ("what was done for CUSTOMER and what came of it", "actions of CUSTOMER",
         "which actions are open"),
        (), ("customer", "state"),
        ("answers/actions",), "customer", is_narrowed=True, is_of_now=True,
    ),
    Question(
        "next_action", "What the platform advises to do next for a customer.",
        ("what should I do next for CUSTOMER", "next action for CUSTOMER",
         "what is the advice for CUSTOMER"),
        ("customer",), ("week",),
        ("answers/advice",), "customer",
    ),
    Question(
        "focus", "What a rep works on now, with the moment to listen to.",
        ("what is the focus of REP", "what should REP work on", "what should REP practise"),
        ("rep",), (),
        ("answers/focus_of_rep",), "rep", is_of_now=True,
    ),
    Question(
        "rep_scores", "A rep's scores over four weeks, with intervals and verdicts.",
        ("what are the scores of REP", "how is REP doing"),
        ("rep",), (),
        ("answers/scores_of_rep",), "rep", span="4w",
    ),
    Question(
        "held", "Deliveries that are held, and why.",
        ("which deliveries are held and why", "why is the review of CUSTOMER held",
         "what is held back"),
        (), ("customer", "rep"),
        ("answers/held",), "artefact", is_narrowed=True, is_of_now=True,
    ),
)  # fmt: skip

BY_ID: Mapping[str, Question] = {one.id: one for one in QUESTIONS}

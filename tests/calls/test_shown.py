"""What is shown of a judged call: bound to what it shows, and one truth in all its places."""

import json
from dataclasses import replace

import pytest

from cs_assets.ai.local_summary import summary
from cs_assets.calls import told
from cs_assets.calls.analysis import analyse
from cs_assets.calls.sentiment import Judged, of_call
from tests.calls.conversation import GOOD_CALL
from tests.calls.conversation import talk as conversation

#: A talk long enough to be scored, without an objection or a next step.
TALK = (
    ("rep", "How do the boats get counted at the harbour today, and who does that for you?"),
    ("customer", "Two wardens walk along the jetty every evening with a sheet of paper each."),
    ("rep", "So two people walk every evening, and what happens with the two sheets after that?"),
    ("customer", "They are typed by somebody in the office on Monday, one after the other."),
    ("rep", "The planner takes the count on a phone, and the office sees it at the same moment."),
    ("customer", "Can one boat be counted by two wardens at the jetty?"),
    ("rep", "Yes, both type it in, and the second of them is told within a second."),
    ("customer", "That sounds like something that the wardens would get used to in a week."),
) * 3  # fmt: skip


@pytest.fixture
def judge(call, rubric, taxonomy):
    def run(*lines, **known):
        return analyse(replace(call, **known), conversation(*lines), rubric, taxonomy)

    return run


@pytest.mark.parametrize(
    "words",
    [
        "The offer is only valid until the end of the month, though.",
        "The discount ends on Friday.",
        "This price holds until Thursday, then it goes up.",
        "If you sign by Friday I can give you ten percent.",
        "I can only hold that price until Monday.",
        "Our prices go up on the first of January.",
        "The deadline is on Friday.",
        "It's only available until Wednesday.",
    ],
)
def test_an_expiry_or_pressure_is_no_next_step(judge, words):
    row = judge(*TALK, ("rep", words), ("customer", "Hm, I see."))
    assert row["next_step"] is None


@pytest.mark.parametrize(
    ("lines", "chosen"),
    [
        (
            [("rep", "I'll send you the deck."), ("customer", "Okay."),
             ("rep", "Shall we meet on Friday at ten?"), ("customer", "Yes, Friday it is."),
             ("rep", "The offer is only valid until the thirtieth.")],
            "Shall we meet on Friday at ten?",
        ),
        (
            [("rep", "I send you the plan, and the four of them meet before the month is over."),
             ("customer", "Good."), ("rep", "I'll be in touch.")],
            "I send you the plan, and the four of them meet before the month is over.",
        ),
    ],
)  # fmt: skip
def test_of_several_the_next_step_is_the_dated_one_that_says_who_does_what(judge, lines, chosen):
    row = judge(*TALK, *lines)
    assert (row["next_step"], row["next_step_is_dated"]) == (chosen, True)


@pytest.mark.parametrize(
    ("words", "is_one"),
    [
        ("I'm not sure that we really have a problem that this would solve.", True),
        ("It looks complicated.", True),
        ("This is the worst possible moment.", True),
        ("How would I know that a text message led to a count?", False),
    ],
)
def test_an_objection_is_one_in_score_list_and_risk_or_in_none(judge, words, is_one):
    row = judge(*TALK, ("customer", words), ("rep", "Good. Next point."), ("customer", "Mm-hm."))
    raised = json.loads(row["objections"])
    risk = json.loads(row["business_impact"])["reasons"]
    unresolved = [told.outcome(one) for one in raised if told.outcome(one) == "unresolved"]
    scored = row["objection_handling_score"] is not None
    assert (scored, bool(unresolved), any("objection" in one for one in risk)) == (is_one,) * 3
    if raised and not is_one:
        assert "in doubt" in json.loads(row["evidence"])["objection_handling"]["reason"]
        assert "in doubt" in told.outcome(raised[0])


def test_no_objection_is_told_as_none(judge):
    reason = json.loads(judge(*TALK)["evidence"])["objection_handling"]["reason"]
    assert reason == "not applicable: the customer raised no objection"


def test_each_quote_says_what_it_shows_and_what_it_replies_to(judge):
    evidence = json.loads(judge(*GOOD_CALL)["evidence"])
    shown = {q["criterion"]: q for part in evidence.values() for q in part["quotes"]}
    answer = shown["answers_questions"]
    assert answer["shows"] == "answers"
    assert answer["before"]["text"] == "Can it import the bank file every morning?"
    labels = [label for label, _ in told.lines([answer])]
    assert labels == ["answers: ", "→ "]
    assert "next_step" in shown


def test_what_is_lacking_in_a_whole_call_has_no_quote(judge):
    goodbye = (("rep", "Thank you, Lachlan."), ("customer", "Until then."), ("rep", "Off you go."))
    evidence = json.loads(judge(*TALK, *goodbye)["evidence"])
    quotes = [q["text"] for part in evidence.values() for q in part["quotes"]]
    assert quotes
    assert not {words for _, words in goodbye} & set(quotes)
    assert "next step: none agreed" in evidence["engagement"]["reason"]


def test_criteria_that_nobody_is_judged_by_have_their_names(judge):
    evidence = json.loads(judge(*TALK)["evidence"])
    names = told.aside(evidence.values())
    assert "takes up what the customer says" in names
    assert not [name for name in names if "_" in name]


def test_one_sentence_of_a_long_call_makes_no_negative_call():
    plain = [
        Judged(n, n * 9000, f"The file goes to office {n}.", "neutral", 0.0) for n in range(18)
    ]
    bad = [
        Judged(20 + n, 180_000 + n, f"The import is broken on machine {n}.", "negative", -0.6)
        for n in range(2)
    ]
    assert of_call([*plain, bad[0]]).category == "neutral"
    assert of_call([*plain, *bad]).category == "negative"


def test_small_talk_at_the_head_says_nothing_of_the_matter():
    head = [Judged(0, 9000, "The lift was broken and I hate it.", "negative", -0.7)]
    rest = [Judged(n, n * 9000, f"The file goes to office {n}.", "neutral", 0.0)
            for n in range(3, 18)]  # fmt: skip
    found = of_call([*head, *rest])
    assert (found.negative, found.sentences_scored) == ((), len(rest))


def test_who_speaks_of_leaving_is_a_high_risk(judge):
    for leaves in (False, True):
        impact = json.loads(judge(*TALK, speaks_of_leaving=leaves)["business_impact"])
        assert (impact["risk"] == "high") == leaves
    assert impact["reasons"][0] == "the customer spoke of leaving or giving back"


def test_a_summary_prefers_needs_decisions_and_steps_to_what_is_on_a_screen():
    lines = (
        "Rep: On the top there's the search, and it searches everything in the ledger.",
        "Customer: Our clerks type four thousand invoices a month by hand.",
        "Rep: So this is the home screen with the tiles that can be moved around the ledger.",
        "Customer: The board decides on the budget for the ledger in January.",
        "Rep: I'll send the offer for the ledger to your legal team by Friday.",
        "Customer: Does the ledger move the tiles around on the home screen again?",
    )
    told_of = summary("\n".join(lines))
    assert told_of == " ".join((lines[1], lines[3], lines[4]))

"""Questions in other words are known by likeness; a word that may change them is not read over."""

import json

import numpy as np
import pytest

from cs_assets.answers.likeness import learning, reading
from cs_assets.answers.likeness.model import NONE, PLACE, learnt
from tests.answers.tenant import CALL

NORTHGATE = "Northgate Council"


@pytest.mark.parametrize(
    ("asked", "question", "parameters"),
    [
        ("Heading into a QBR, what sort of ARR do we have with {0}?", "metric",
         {"metric": "arr", "customer": "CUST_1"}),
        ("Any accounts whose deal lapses in the next two weeks?", "renewals", {"days": "14"}),
        ("From which six accounts do we get the least ARR?", "ranking",
         {"metric": "arr", "order": "lowest", "most": "6"}),
        ("I've got a 1:1 with Ann Olund at noon, where does she need coaching?", "focus", None),
        ("Did we give {0} our word on anything?", "promises", {"customer": "CUST_1"}),
        (f"On what basis did call {CALL} end up with that grade?", "why_score", {"call": CALL}),
        ("whats fresh at {0} vs 2026-11-02", "changed_since", None),
        ("Which outgoing items are parked, and what's the reason?", "held", {}),
        ("My boss just asked me about {0}. What shape are they in?", "standing", None),
    ],
)  # fmt: skip
def test_other_words_are_the_same_question(answers_of, asked, question, parameters):
    answer = answers_of("operations").ask(asked.format(NORTHGATE))
    assert (answer.question, answer.planner) == (question, "likeness")
    assert parameters is None or answer.parameters == parameters


@pytest.mark.parametrize(
    "asked",
    [
        "Which of our customers aren't at risk these days?", "What did we not promise {0}?",
        "what did we promise Atlantis Shipping", "is Atlantis in danger", "who owns Atlantis",
        "Change the score of call " + CALL + " to 5", "how long did call " + CALL + " last",
        "bounce rate of {0}", "SMS open rate of {0}", "top 5 clients by ARR in Bavaria",
        "could you tell me the open rate of {0} on Tuesdays", "accounts with over 5 open tickets",
        "ARR of {0} and the scores of Bob", "which customers renew next quarter",
        "please release everything that is held", "how much does Ann Olund earn",
        "why was 1013442300344276367 scored so", "{0}", "{0}?", "and the other one?",
    ],
)  # fmt: skip
def test_a_word_that_may_change_what_is_asked_is_not_read_over(answers_of, asked):
    answer = answers_of("operations").ask(asked.format(NORTHGATE))
    assert (answer.facts, answer.quotes) == ((), ())
    assert answer.offered or answer.needs


def test_what_was_learnt_is_of_these_phrasings():
    with np.load(PLACE, allow_pickle=False) as file:
        told = json.loads(file["words"].tobytes())
    assert told["digest"] == learning.digest(), "run python -m cs_assets.answers.likeness.learning"
    assert len(file_size := PLACE.read_bytes()) < 1_000_000, len(file_size)


def test_shares_are_of_all_questions_and_sum_to_one():
    shares = learnt().likely(["which", "custom", "are", "at", "risk"])
    assert set(shares) >= {"at_risk", NONE}
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-5)
    assert max(shares, key=shares.__getitem__) == "at_risk"


def test_frames_of_brackets_that_do_not_close_are_refused():
    with pytest.raises(ValueError, match="a bracket or a bar too many"):
        learning.grammar.frame("what (is|are the ARR")


def test_no_text_makes_reading_fail(answers_of):
    asked = answers_of("operations")
    for text in ("?", "(((", "§customer § §", "t t t", "5 5 5", "the " * 99, "\u202e§week"):
        reading.read(text, asked.directory, asked.weeks)


@pytest.mark.parametrize(
    "asked", ["whats in my pipeline", "whats in my calendar", "show me my notes"]
)
def test_a_text_of_which_no_word_says_what_is_asked_is_no_question(answers_of, asked):
    assert not answers_of("operations").ask(asked).facts

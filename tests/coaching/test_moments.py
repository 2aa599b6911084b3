"""A moment shows what it is shown for, with the line before and what followed."""

import datetime as dt

import pandas as pd
import pytest

from cs_assets.coaching import policy
from cs_assets.coaching.planning.evidence import DimensionEvidence, Objection
from cs_assets.coaching.planning.moments import (
    at_second,
    focus_moment,
    missed_moments,
    settled_moments,
    shown_moment,
)
from cs_assets.coaching.planning.standings import Chance, standings
from cs_assets.coaching.quotes import Transcripts
from cs_assets.coaching.windows import Days

TOLD = policy.load().behaviour("objection_handling.answers")
SAID = (
    ("C", "It takes us two days every month."),
    ("C", "And it is expensive as well."),
    ("R", "Let me pull that up."),
    ("R", "Sure."),
    ("R", "Here you can see the calendar with all of its colours."),
    ("C", "Okay."),
    ("C", "I see the calendar now."),
    ("R", "Great."),
    ("R", "How is that, then?"),
    ("C", "What happens when the line is down?"),
    ("C", "It does happen here."),
    ("R", "That never happens to anybody in the cloud."),
    ("C", "Our cable was cut twice."),
    ("R", "Is that right?"),
)


def call(call_id, day=10, objections=()):
    return {
        "call_id": call_id,
        "call_date": dt.date(2026, 11, day),
        "title": f"Call {call_id}",
        "url": f"https://gong.example/call?id={call_id}",
        "rep_user_id": "ann",
        "objections": objections,
        "evidence": {},
    }


@pytest.fixture
def transcripts():
    sentences = [
        {
            "call_id": call_id,
            "sentence_index": index,
            "affiliation": "Internal" if who == "R" else "External",
            "user_id": "ann" if who == "R" else None,
            "start_ms": index * 10_000,
            "sentence": said,
        }
        for call_id in ("1", "2", "3")
        for index, (who, said) in enumerate(SAID)
    ]
    return Transcripts(pd.DataFrame(sentences))


def texts(shown):
    return [words.text for _, words in shown.lines]


def test_the_latest_call_that_lacked_it_is_shown(transcripts):
    seen = [
        Chance(call("1", 12), False, (2,)),
        Chance(call("2", 11), True, (2,)),
        Chance(call("3", 10), True, (2,)),
    ]
    assert focus_moment(seen, transcripts, TOLD).call_id == "2"
    assert shown_moment(seen, transcripts, TOLD).call_id == "1"


def test_without_a_place_nothing_is_shown(transcripts):
    assert focus_moment([Chance(call("1"), True, ())], transcripts, TOLD) is None
    assert focus_moment([Chance(call("1"), True, (7,))], transcripts, TOLD) is None  # "Great." only


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_lines_around_are_shown_and_what_says_nothing_is_not(transcripts, place):
    shown = focus_moment([Chance(call("1"), True, (place,))], transcripts, TOLD)
    before = [SAID[1]] if place == 1 else SAID[:2]
    said = [*before, SAID[2], SAID[4], *SAID[5:7]]
    assert texts(shown) == [text for _, text in said]


def test_a_short_line_gives_way_to_the_next_that_tells(transcripts):
    shown = focus_moment([Chance(call("1"), True, (3,))], transcripts, TOLD)
    assert texts(shown) == [SAID[place][1] for place in (0, 1, 4, 5, 6)]


def test_before_an_answer_to_an_objection_stands_the_objection(transcripts):
    raised = Objection(
        type="price", outcome="unresolved", sentence_index=0, text=SAID[0][1], reply_index=2
    )
    shown = focus_moment([Chance(call("1", objections=(raised,)), True, (2,))], transcripts, TOLD)
    assert texts(shown)[0] == SAID[0][1]


def test_the_link_plays_from_the_line_before(transcripts):
    shown = focus_moment([Chance(call("1"), True, (2,))], transcripts, TOLD)
    part = "%5B%7B%22type%22%3A%22SHARE%22%2C%22from%22%3A0%2C%22to%22%3A80%7D%5D"
    assert shown.url == f"https://gong.example/call?id=1&highlights={part}"
    assert at_second("https://calls.example/1", 0, 0) == "https://calls.example/1"
    assert at_second(None, 0, 0) is None


def test_a_question_without_an_answer_is_shown_with_the_question(transcripts):
    answers = policy.load().behaviour("product_knowledge.answers_questions")
    shown = focus_moment([Chance(call("1"), True, (11,))], transcripts, answers)
    assert [words.text for _, words in shown.lines] == [SAID[9][1], SAID[11][1], SAID[12][1]]
    assert focus_moment([Chance(call("1"), True, (2,))], transcripts, answers) is None


def test_what_was_to_come_after_the_answer_is_shown_by_the_answer(transcripts):
    checks = policy.load().behaviour("objection_handling.confirms")
    raised = Objection(
        type="price", outcome="unresolved", sentence_index=1, text=SAID[1][1], reply_index=2
    )
    thanked = DimensionEvidence(shown={"acknowledges": (2,)})
    told = {**call("1", objections=(raised,)), "evidence": {"objection_handling": thanked}}
    shown = focus_moment([Chance(told, True, (2,))], transcripts, checks)
    assert shown.words.text == SAID[4][1]


def test_no_moment_is_shown_twice(transcripts):
    seen = [Chance(call("1"), True, (2,)), Chance(call("2", 9), True, (2,))]
    first = focus_moment(seen, transcripts, TOLD)
    second = focus_moment(seen, transcripts, TOLD, {first.place})
    assert (first.call_id, second.call_id) == ("1", "2")
    assert focus_moment(seen, transcripts, TOLD, {first.place, second.place}) is None


def test_where_asking_is_the_point_a_question_shows_a_win_and_no_miss(transcripts):
    asks = policy.load().behaviour("discovery.open_questions")
    assert focus_moment([Chance(call("1"), True, (8,))], transcripts, asks) is None
    assert (
        shown_moment([Chance(call("1"), False, (8,))], transcripts, asks).words.text == SAID[8][1]
    )
    assert shown_moment([Chance(call("1"), False, (13,))], transcripts, asks) is None
    assert shown_moment([Chance(call("1"), False, (3,))], transcripts, TOLD) is None
    doubtful = TOLD.model_copy(update={"may_be_win": False})
    assert shown_moment([Chance(call("1"), False, (2,))], transcripts, doubtful) is None


def spoken(said):
    """A call of these lines: R is the rep, C the customer."""
    sentences = [
        {
            "call_id": "1", "sentence_index": index, "start_ms": index * 10_000,
            "affiliation": "Internal" if who == "R" else "External", "user_id": None,
            "sentence": text,
        }
        for index, (who, text) in enumerate(said)
    ]  # fmt: skip
    return Transcripts(pd.DataFrame(sentences))


def settled(*said):
    """The moment of an objection that the last line settles; R asks or answers, C is customer."""
    calls = [
        call("1", objections=(Objection(
            type="price", outcome="resolved", sentence_index=0, text=said[0][1],
            reply_index=1, outcome_index=len(said) - 1,
        ),))
    ]  # fmt: skip
    found = settled_moments(calls, spoken(said))
    return texts(found["price"]) if found else None


CONCERN = ("C", "I do not think that we can pay that.")
BEHIND = ("R", "What do you compare it with today?")
ANSWER = ("R", "Then we begin with the one module that you use.")


def test_an_objection_is_settled_by_our_answer_with_the_check_after_it():
    check = ("R", "Would that get it through?")
    said = (CONCERN, BEHIND, ("C", "With what we have."), ANSWER, check, ("C", "It would."))
    assert settled(*said) == [CONCERN[1], ANSWER[1], check[1], "It would."]


@pytest.mark.parametrize(
    "said",
    [
        (("R", "Everybody else has moved on by now."), ("C", "Makes sense.")),
        (BEHIND, ("C", "Makes sense.")),
        (BEHIND, ("C", "With less."), ANSWER, ("C", "Does it print?"), ("R", "It does print, yes."),
         ("C", "That is fine.")),
        (ANSWER, BEHIND, ("C", "That works.")),
        (BEHIND, ("C", "With less."), ANSWER, ("R", "Would you pay now, or in the spring?"),
         ("C", "That is fine.")),
        (("R", "Everybody in your place pays that."), ("R", "Does that make sense?"),
         ("C", "Sure.")),
    ],
    ids=["no answer to it", "nothing put forward", "another matter", "open question", "a choice",
         "only asked whether it is fine"],
)  # fmt: skip
def test_what_our_answer_did_not_settle_is_no_win(said):
    assert settled(CONCERN, *said) is None


def test_what_cannot_be_shown_comes_into_no_focus(transcripts):
    rules = policy.load()
    seen = {"discovery.open_questions": [Chance(call(n), True, (8,)) for n in ("1", "2", "3")]}
    found = standings(seen, 3, Days(dt.date(2026, 11, 9), dt.date(2026, 11, 15)), {}, rules)
    assert found[0].may_open(rules)
    assert missed_moments(found, (), seen, transcripts, rules) == {}


@pytest.mark.parametrize(
    ("focus_id", "asked", "is_win"),
    [
        ("discovery.decision", "Besides you, who will have an opinion on this?", True),
        ("discovery.decision", "Since when does it feel like that to you?", False),
        ("discovery.decision", "Who should be allowed to do that?", False),
        ("engagement.checks_interest", "How would that fit with what you do?", True),
        ("engagement.checks_interest", "Shall I ask a few things first?", False),
        ("objection_handling.clarifies", "Which part of it is too much?", True),
        ("objection_handling.clarifies", "Did you forget the password, maybe?", False),
        ("discovery.open_questions", "Is there a sheet with points?", False),
    ],
)
def test_what_is_heard_in_doubt_is_no_praise(focus_id, asked, is_win):
    said = [("R", asked), ("C", "That would be the warehouse, I think.")]
    behaviour = policy.load().behaviour(focus_id)
    seen = [Chance(call("1"), False, (0,))]
    shown = shown_moment(seen, spoken(said), behaviour)
    assert (shown is not None) == is_win


def test_a_question_without_room_for_the_answer_is_no_win():
    decision = policy.load().behaviour("discovery.decision")
    said = ("So who is the one to decide then?", "Because I should be talking to them instead.")
    sentences = [
        {
            "call_id": "1", "sentence_index": index, "start_ms": index * 10_000,
            "affiliation": "Internal", "user_id": None, "sentence": text,
        }
        for index, text in enumerate(said)
    ]  # fmt: skip
    for much, is_win in ((1, True), (2, False)):
        transcripts = Transcripts(pd.DataFrame(sentences[:much]))
        shown = shown_moment([Chance(call("1"), False, (0,))], transcripts, decision)
        assert (shown is not None) == is_win

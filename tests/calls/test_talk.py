"""Talk figures against hand-made timings."""

import pytest

from cs_assets.calls import talk
from cs_assets.calls.transcript import Sentence, Transcript


def said(*rows):
    """(who, start s, end s, words)."""
    sides = {
        "rep": ("Internal", "rep"),
        "mate": ("Internal", "mate"),
        "customer": ("External", None),
    }
    return Transcript(
        Sentence(i, who, sides[who][0], sides[who][1], round(a * 1000), round(b * 1000), words)
        for i, (who, a, b, words) in enumerate(rows)
    )


def test_talk_ratio_leaves_silence_out():
    found = talk.measure(said(("rep", 0, 30, "a"), ("customer", 60, 70, "b")), 10)
    assert found.talk_ratio == pytest.approx(0.75)


def test_longest_monologue_bridges_short_pauses_and_ends_at_long_ones():
    rows = said(
        ("rep", 0, 20, "a"), ("rep", 25, 40, "b"), ("rep", 60, 65, "c"),
        ("customer", 66, 70, "d"), ("rep", 71, 90, "e"),
    )  # fmt: skip
    found = talk.measure(rows, bridge_seconds=10)
    assert (found.longest_monologue.first, found.longest_monologue.last) == (0, 1)
    assert found.longest_monologue.seconds == 40


def test_a_colleague_between_ends_the_reps_monologue():
    rows = said(
        ("rep", 0, 20, "a"),
        ("mate", 20, 30, "b"),
        ("rep", 30, 45, "c"),
        ("customer", 46, 50, "d"),
    )
    assert talk.measure(rows, 10).longest_monologue.seconds == 20


def test_patience_is_the_mean_pause_after_the_customer_and_overlap_counts_nothing():
    rows = said(
        ("customer", 0, 10, "a"), ("rep", 12, 20, "b"),
        ("customer", 20, 30, "c"), ("rep", 29, 40, "d"),
    )  # fmt: skip
    assert talk.measure(rows, 10).patience_seconds == pytest.approx(1.0)


def test_questions_are_counted_by_side():
    rows = said(("rep", 0, 1, "Why?"), ("rep", 1, 2, "How?"), ("customer", 2, 3, "What?"))
    found = talk.measure(rows, 10)
    assert (found.question_count, found.customer_question_count) == (2, 1)


def test_nothing_said_gives_no_figures_instead_of_zeros():
    found = talk.measure(Transcript([]), 10)
    assert found.talk_ratio is None
    assert found.longest_monologue is None
    assert found.patience_seconds is None


def test_the_rep_is_who_spoke_longest_and_ties_go_to_the_smaller_id():
    assert said(("rep", 0, 5, "a"), ("mate", 5, 20, "b")).rep_user_id == "mate"
    assert said(("rep", 0, 5, "a"), ("mate", 5, 10, "b")).rep_user_id == "mate"
    assert said(("customer", 0, 5, "a")).rep_user_id is None

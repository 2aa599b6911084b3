"""From verdicts on sentences to the sentiment of a call."""

import pytest

from cs_assets.calls.sentiment import Judged, of_call


def judged(labels, score=None):
    return [Judged(i, i * 1000, f"sentence {i}", label, score) for i, label in enumerate(labels)]


@pytest.mark.parametrize(
    ("labels", "category"),
    [
        (["positive"] * 3 + ["neutral"] * 7, "positive"),
        (["negative"] * 3 + ["neutral"] * 7, "negative"),
        (["positive"] * 3 + ["negative"] * 3 + ["neutral"] * 4, "mixed"),
        (["mixed"] * 4 + ["neutral"] * 6, "mixed"),
        (["neutral"] * 10, "neutral"),
        (["positive", "negative"], "unknown"),
        ([None] * 10, "unknown"),
        (["unknown"] * 10, "unknown"),
        ([], "unknown"),
    ],
)
def test_the_category_comes_from_the_lead_of_one_side(labels, category):
    assert of_call(judged(labels)).category == category


def test_a_small_lead_counts_only_when_the_score_says_the_same():
    labels = ["negative"] * 4 + ["positive"] * 3 + ["neutral"] * 13
    assert of_call(judged(labels)).category == "mixed"
    assert of_call(judged(labels, score=-0.2)).category == "negative"


def test_without_scores_of_the_engine_there_is_no_score():
    found = of_call(judged(["negative"] * 5))
    assert found.score is None
    assert found.sentences_scored == 5


def test_segments_are_the_strongest_sentences_of_their_label():
    sentences = [Judged(i, 0, str(i), "negative", -i / 10) for i in range(1, 6)]
    assert [s.sentence_index for s in of_call(sentences).negative] == [5, 4, 3]

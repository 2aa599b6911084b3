"""From verdicts on sentences to the sentiment of a call."""

from pathlib import Path

import pytest

from cs_assets.ai.local_sentiment import sentiment
from cs_assets.ai.sentiment import judging
from cs_assets.calls.sentiment import Judged, of_call

#: Written and labelled by hand, the first 108 before there was a rule.
SENTENCES = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parents[1] / "judge/labelled/sentences.tsv")
    .read_text()
    .splitlines()
]


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


def test_each_side_leads_against_what_friendly_talk_has_of_it_anyway():
    talk = ["neutral"] * 18
    assert of_call(judged(["positive"] * 2 + talk)).category == "neutral"
    assert of_call(judged(["negative"] * 2 + talk)).category == "negative"


def test_courtesy_does_not_count_whoever_judged_it():
    thanks = [
        Judged(i, 0, "Thank you so much, have a great day!", "positive", 0.8) for i in range(9)
    ]
    found = of_call(thanks)
    assert (found.category, found.sentences_scored, found.score) == ("neutral", 0, None)
    assert of_call([*thanks, *judged(["negative"] * 3, -0.5)]).category == "negative"


def test_no_praise_makes_up_for_a_customer_who_leaves():
    praise = judged(["positive"] * 9)
    leaving = Judged(99, 0, "We are leaving for another vendor in May.", "negative", -0.8)
    assert of_call(praise).category == "positive"
    assert of_call([*praise, leaving]).category == "mixed"


def test_a_sentence_is_judged_by_its_matter():
    found = {text: sentiment(text) for _, text in SENTENCES}
    wrong = {text: found[text] for label, text in SENTENCES if found[text].category != label}
    assert not wrong
    assert max(abs(found[text].score) for label, text in SENTENCES if label == "neutral") < 0.4


def test_without_scores_of_the_engine_there_is_no_score():
    found = of_call(judged(["negative"] * 5))
    assert found.score is None
    assert found.sentences_scored == 5


def test_segments_are_the_strongest_sentences_of_their_label():
    words = "The import stopped working on day"
    sentences = [Judged(i, 0, f"{words} {i}.", "negative", -i / 10) for i in range(1, 6)]
    assert [s.sentence_index for s in of_call(sentences).negative] == [5, 4, 3]


@pytest.mark.parametrize(
    ("text", "label", "is_shown"),
    [
        ("The bank import stopped working on Tuesday.", "negative", True),
        ("The dashboards are good.", "positive", True),
        ("Don't tell anyone.", "negative", False),
        ("Their portal is really good.", "positive", False),
    ],
)
def test_a_sentence_that_is_shown_as_proof_says_it_plainly(text, label, is_shown):
    one = judging.judge(text)
    score = judging.score([one])
    found = of_call([Judged(0, 0, text, label, score)])
    assert bool(found.positive or found.negative) == is_shown

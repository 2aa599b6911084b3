"""What is not English is not judged by rules for English, and says so."""

import pandas as pd
import pytest

from cs_assets import config
from cs_assets.calls import language, rows
from cs_assets.calls.analysis import analyse
from cs_assets.calls.signals import SignalRules
from tests.judge.languages import conversation, kept_apart, others


def test_twelve_languages_are_kept_apart_and_english_is_not_refused(tell):
    figure = kept_apart()
    tell(figure)
    assert figure.passed


@pytest.mark.parametrize(
    ("told", "lines", "found"),
    [
        ("deu", ["Hm.", "Ja."], "de"),
        ("en-US", ["Hm."], "en"),
        ("und", ["Hm."], None),
        (None, [], "en"),
        ("fra", ["So what do you think of the plan that we have for the team?"], "en"),
    ],
)
def test_gongs_word_counts_where_the_words_do_not_say(told, lines, found):
    assert language.of_words(told, lines) == found


def test_a_call_in_german_has_no_score_no_sentiment_and_no_signal_and_says_why(
    call, rubric, taxonomy
):
    said = conversation(others()["de"])
    row = analyse(call, said, rubric, taxonomy)
    assert (row["status"], row["status_reason"]) == ("language", "not judged: language (de)")
    assert row["overall_score"] is None
    assert row["discovery_score"] is None
    day = pd.Timestamp("2026-11-10")
    spoken = pd.DataFrame(
        [
            {"call_id": "1", "call_date": day, "sentence_index": s.index, "start_ms": s.start_ms,
             "end_ms": s.end_ms, "speaker_id": s.speaker_id, "affiliation": s.affiliation,
             "user_id": s.user_id, "sentence": s.text, "was_asked": True,
             "sentiment_category": "negative", "sentiment_score": -0.5}
            for s in said.sentences
        ]
    )  # fmt: skip
    readable = pd.DataFrame([{"call_id": "1", "call_date": day, "language": None}])
    felt = rows.sentiment_rows(readable, spoken, "local-x").iloc[0]
    assert (felt["sentiment_category"], felt["not_judged"]) == ("unknown", "language: de")
    assert felt["sentiment_score"] is None
    cortex = rows.sentiment_rows(readable, spoken, "ai_sentiment").iloc[0]
    assert (cortex["sentiment_category"], cortex["not_judged"]) == ("negative", None)
    none = pd.DataFrame(columns=["call_id"])
    rules = config.load("signals.yaml", SignalRules)
    assert rows.signal_rows(spoken, none, rules).empty

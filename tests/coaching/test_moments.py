"""The moment beside an advice shows what the advice mends, or there is none."""

import datetime as dt

import pandas as pd
import pytest

from cs_assets.coaching.evidence import DimensionEvidence, Insight, Quote
from cs_assets.coaching.moments import focus_moment
from cs_assets.coaching.quotes import Transcripts

SAID = "So what would you like to look at in the next call?"


def call(call_id, score, *insights):
    return {
        "call_id": call_id,
        "call_date": dt.date(2026, 11, 10),
        "title": f"Call {call_id}",
        "url": None,
        "engagement": score,
        "coaching_insights": insights,
        "evidence": {"engagement": DimensionEvidence(quotes=(Quote(sentence_index=0, text=SAID),))},
    }


def lacked(criterion):
    return Insight(
        dimension="engagement",
        criterion=criterion,
        observation=f"{criterion} missing.",
        action="x",
        sentence_index=0,
    )


@pytest.fixture
def transcripts():
    sentences = pd.DataFrame(
        [
            {
                "call_id": call_id,
                "sentence_index": 0,
                "affiliation": "Internal",
                "start_ms": 0,
                "sentence": SAID,
            }
            for call_id in ("1", "2", "3")
        ]
    )
    return Transcripts(sentences)


def test_the_weakest_call_that_lacked_what_the_advice_mends_is_shown(transcripts):
    calls = [
        call("1", 20, lacked("next_step")),
        call("2", 40, lacked("talk_balance")),
        call("3", 60, lacked("interplay")),
    ]
    shown = focus_moment(calls, "engagement", ["talk_balance", "interplay"], transcripts)
    assert (shown.call_id, shown.seen) == ("2", "talk_balance missing")


def test_a_call_that_lacked_something_else_illustrates_nothing(transcripts):
    calls = [call("1", 20, lacked("next_step")), call("2", 40)]
    assert focus_moment(calls, "engagement", ["monologue"], transcripts) is None


def test_without_an_insight_nothing_is_shown_as_a_failure(transcripts):
    """The quotes of a low score may be what was done well: they prove no miss."""
    calls = [call("1", 50), call("2", 30)]
    assert focus_moment(calls, "engagement", ["monologue"], transcripts) is None

"""Properties of the scorer: quotes always verbatim, same in same out, unmoved by pleasantries."""

import dataclasses
import datetime as dt
import json
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from cs_assets import config
from cs_assets.calls.analysis import Call, analyse
from cs_assets.calls.impact import Deal
from cs_assets.calls.scoring.rubric import DIMENSIONS, Rubric, Taxonomy
from cs_assets.calls.transcript import Sentence, Transcript
from tests.calls.labelled_calls import labelled_calls

RUBRIC = config.load("coaching_rubric.yaml", Rubric)
TAXONOMY = config.load("objections.yaml", Taxonomy)
LABELLED = labelled_calls()
PLEASANTRIES = (
    "Thank you so much.",
    "Great, thanks.",
    "It is nice to see you.",
    "I hope you had a good weekend.",
    "Wonderful.",
    "I really appreciate it.",
    "Thanks for your time.",
    "Perfect.",
)
_FAST = settings(max_examples=60, derandomize=True)


def score(name, call_type, transcript):
    call = Call(name, dt.date(2026, 11, 1), call_type, "External", False, Deal(), None)
    return analyse(call, transcript, RUBRIC, TAXONOMY)


def with_pleasantries(transcript, inserted):
    """The transcript with (position, words) said at the head of that sentence's turn."""
    by_turn = {}
    for position, words in inserted:
        by_turn.setdefault(transcript.turn_of[position % len(transcript)], []).append(words)
    sentences, late = [], 0
    for turn in transcript.turns:
        speaker = transcript.sentences[turn.first]
        for words in by_turn.get(turn.number, []):
            start = speaker.start_ms + late
            late += 400 * len(words.split())
            sentences.append((speaker, start, speaker.start_ms + late, words))
        sentences += [
            (s, s.start_ms + late, s.end_ms + late, s.text)
            for s in transcript.sentences[turn.first : turn.last + 1]
        ]
    return Transcript(
        dataclasses.replace(s, index=i, start_ms=start, end_ms=end, text=text)
        for i, (s, start, end, text) in enumerate(sentences)
    )


def test_pleasantries_hardly_move_the_overall_score():
    """Never by more than three points: an overall score is no reward for courtesy."""
    chosen = random.Random(7)
    far = []
    for call in LABELLED:
        before = score(call.name, call.call_type, call.transcript)["overall_score"]
        for _ in range(8):
            inserted = [(chosen.randrange(len(call.transcript)), chosen.choice(PLEASANTRIES))]
            longer = with_pleasantries(call.transcript, inserted)
            after = score(call.name, call.call_type, longer)["overall_score"]
            if abs(after - before) > 3:
                far.append((abs(after - before), call.name, inserted))
    assert far == []


_TEXTS = st.sampled_from(
    [s.text for call in LABELLED for s in call.transcript.sentences]
) | st.text(max_size=80)


@st.composite
def transcripts(draw):
    """Any order of real and arbitrary sentences by any speakers at any (even overlapping) times."""
    sentences = []
    for index in range(draw(st.integers(0, 60))):
        speaker, side, user = draw(
            st.sampled_from(
                [
                    ("a", "Internal", "rep"),
                    ("b", "Internal", "other"),
                    ("c", "External", None),
                    ("d", "External", None),
                    (None, "Unknown", None),
                    ("e", "Internal", None),
                ]
            )
        )
        start = draw(st.integers(0, 600_000))
        end = start + draw(st.integers(0, 30_000))
        sentences.append(Sentence(index, speaker, side, user, start, end, draw(_TEXTS)))
    return Transcript(sentences)


@_FAST
@given(transcripts(), st.sampled_from([None, "demo", "closing", "support", "discovery"]))
def test_whatever_is_said_quotes_are_verbatim_and_scores_lie_between_0_and_100(transcript, kind):
    row = score("any", kind, transcript)
    said = {s.index: (s.start_ms, s.text) for s in transcript.sentences}
    evidence = json.loads(row["evidence"])
    for dimension in DIMENSIONS:
        value = row[f"{dimension}_score"]
        if value is not None:
            assert 0 <= value <= 100
            assert all(q["shows"] for q in evidence[dimension]["quotes"]), dimension
            assert evidence[dimension]["reason"]
    quotes = [q for part in evidence.values() for q in part["quotes"]]
    quotes += [before for q in quotes if (before := q["before"])]
    for quote in [*quotes, *json.loads(row["objections"])]:
        assert said[quote["sentence_index"]] == (quote["start_ms"], quote["text"])
    for insight in json.loads(row["coaching_insights"]):
        assert insight["sentence_index"] in said
    if row["status"] != "scored":
        assert row["overall_score"] is None


@_FAST
@given(transcripts())
def test_the_same_transcript_gives_the_same_row(transcript):
    assert score("any", None, transcript) == score("any", None, Transcript(transcript.sentences))

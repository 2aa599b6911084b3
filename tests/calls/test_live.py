"""Live: few prompts, at the right moment, and no stop at a bad line."""

import json
import time

import pytest

from cs_assets import config
from cs_assets.calls.live import BETWEEN_MS, Listener, NotATurn, prompts
from cs_assets.calls.scoring.rubric import Rubric, Taxonomy
from cs_assets.calls.signals import SignalRules


@pytest.fixture
def listener():
    return Listener(
        config.load("coaching_rubric.yaml", Rubric),
        config.load("objections.yaml", Taxonomy),
        config.load("signals.yaml", SignalRules),
    )


def turn(speaker, text, at, seconds=5):
    return json.dumps(
        {"speaker": speaker, "text": text, "start_ms": at * 1000, "end_ms": (at + seconds) * 1000}
    )


def test_what_the_customer_says_prompts_and_never_twice_within_a_minute(listener):
    lines = [
        turn("rep", "How is it going with the module?", 0),
        turn("customer", "Fine, we have four warehouses.", 10),
        turn("customer", "We are thinking about giving the module back.", 20),
        turn("customer", "It is too expensive for us anyway.", 40),
        turn("customer", "Another vendor offered us half the price.", 95),
        turn("customer", "As I said, we are thinking about giving it back.", 200),
    ]
    found = list(prompts(lines, listener))
    assert [one.kind for one in found] == ["churn", "competitor"]
    assert found[1].at_ms - found[0].at_ms >= BETWEEN_MS
    assert "what would have to change" in found[0].text


def test_a_long_monologue_and_long_without_a_question(listener):
    lines = [turn("rep", "And then there is the next screen.", 15 * n, 15) for n in range(30)]
    found = [one.kind for one in prompts(lines, listener)]
    assert found == ["monologue", "no question"]


def test_a_question_without_its_mark_is_one(listener):
    """Transcribers without punctuation: who asks is not told to ask."""
    lines = []
    for n in range(30):
        lines.append(turn("rep", "how do you close the month today", 30 * n))
        lines.append(turn("customer", "we do it in a sheet every month", 30 * n + 10))
    assert not [one for one in prompts(lines, listener) if one.kind == "no question"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "no JSON"),
        ("[]", "no object"),
        ('{"speaker": "boss", "text": "x"}', "speaker must be"),
        ('{"speaker": "rep", "text": ""}', "text must have"),
        ('{"speaker": "rep", "text": "x", "start_ms": "soon"}', "start_ms must be"),
    ],
)
def test_a_line_that_is_no_turn_says_why(listener, line, why):
    with pytest.raises(NotATurn, match=why):
        listener.hear(line)


def test_a_turn_of_a_long_call_is_answered_in_a_fraction_of_a_second(listener):
    slowest = 0.0
    for n in range(150):
        begin = time.process_time()
        listener.hear(turn("customer", f"We need the list of the {n} orders by Monday.", n * 6))
        slowest = max(slowest, time.process_time() - begin)
    assert slowest < 1

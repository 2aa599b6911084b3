"""Text with slots: what is refused, what is filled, and where each figure stands."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_assets.facts.model import Fact, FactSheet, Quote
from cs_assets.facts.slots import RejectedText, fill, problems, used

SHEET = FactSheet(
    entity_type="customer",
    entity_id="c-1",
    period_start=dt.date(2026, 11, 9),
    period_end=dt.date(2026, 11, 15),
    cutoff=dt.datetime(2026, 11, 16),
    facts=(
        Fact("calls.held", "Calls", 12, "count"),
        Fact("customer.name", "Customer", "Blue {Harbor} 7", "text"),
        Fact("tickets.open", "Tickets", None, "count", status="withheld"),
    ),
    quotes=(Quote("win", "We saved 3 days {a week}.", "call-1", "Avery"),),
)


def test_values_go_in_and_claims_point_at_them() -> None:
    filled = fill("{customer.name} held {calls.held} calls: “{quote:win}”", SHEET)
    assert filled.text == "Blue {Harbor} 7 held 12 calls: “We saved 3 days {a week}.”"
    shown = {claim.fact_id: filled.text[claim.start : claim.end] for claim in filled.claims}
    assert shown == {
        "customer.name": "Blue {Harbor} 7",
        "calls.held": "12",
        "quote:win": "We saved 3 days {a week}.",
    }


def test_a_missing_value_is_said_in_words() -> None:
    assert fill("Open tickets: {tickets.open}.", SHEET).text == "Open tickets: withheld."


def test_what_is_filled_in_is_not_read_as_slots() -> None:
    assert "{Harbor}" in fill("{customer.name}", SHEET).text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("12 calls", "digit outside a slot"),
        ("ⅻ calls and ² more", "digit outside a slot"),
        ("١٢ calls", "digit outside a slot"),
        ("{calls.lost}", "unknown fact 'calls.lost'"),
        ("{quote:lost}", "unknown quote 'lost'"),
        ("{calls.held:loud}", "unknown style"),
        ("{quote:win:short}", "unknown style"),
        ("{calls.held", "a brace that is no slot"),
        ("{{calls.held}}", "a brace that is no slot"),
        ("{Calls.Held}", "a brace that is no slot"),
        ("{calls.held!r}", "a brace that is no slot"),
        ("{}", "a brace that is no slot"),
    ],
)
def test_what_may_not_be_shown_is_named(text: str, told: str) -> None:
    assert any(told in problem for problem in problems(text, SHEET))
    with pytest.raises(RejectedText, match="c-1"):
        fill(text, SHEET)


def test_facts_used_come_once_in_order_without_quotes() -> None:
    text = "{calls.held} {quote:win} {customer.name} {calls.held:short}"
    assert used(text) == ("calls.held", "customer.name")


@given(st.text(max_size=120))
def test_any_text_is_either_refused_or_shown_as_it_is(text: str) -> None:
    if problems(text, SHEET):
        with pytest.raises(RejectedText):
            fill(text, SHEET)
    else:
        filled = fill(text, SHEET)
        if "{" not in text:
            assert filled.text == text
        assert [filled.text[c.start : c.end] for c in filled.claims] or "{" not in text

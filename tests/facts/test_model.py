"""Facts, quotes and sheets: what may be one, and what changes its hash."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from cs_assets.facts.model import Fact, FactSheet, Quote

MONDAY = dt.date(2026, 11, 9)


def sheet(*facts: Fact, quotes: tuple[Quote, ...] = (), **more: Any) -> FactSheet:
    return FactSheet(
        entity_type="customer",
        entity_id="c-1",
        period_start=MONDAY,
        period_end=MONDAY + dt.timedelta(days=6),
        cutoff=more.get("cutoff", dt.datetime(2026, 11, 16)),
        facts=facts,
        quotes=quotes,
    )


@pytest.mark.parametrize("fact_id", ["", "A.b", "1.a", "a..b", "a b", "a.b.", "a-b", "{a}"])
def test_an_id_that_no_slot_can_hold_is_refused(fact_id: str) -> None:
    with pytest.raises(ValueError, match="no fact id"):
        Fact(fact_id, "Label", 1.0, "count")


def test_a_value_goes_with_ok_and_nothing_else() -> None:
    with pytest.raises(ValueError, match="status"):
        Fact("a.b", "Label", None, "count")
    with pytest.raises(ValueError, match="status"):
        Fact("a.b", "Label", 1.0, "count", status="suppressed")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_figure_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="no figure"):
        Fact("a.b", "Label", value, "count")


def test_zero_is_a_value() -> None:
    assert Fact("a.b", "Label", 0, "count").number == 0


def test_text_is_no_number() -> None:
    with pytest.raises(TypeError, match=r"a\.b"):
        _ = Fact("a.b", "Label", "red", "text").number


def test_an_id_or_quote_given_twice_is_refused() -> None:
    fact = Fact("a.b", "Label", 1, "count")
    quote = Quote("q", "Words.", "call-1", "Avery")
    with pytest.raises(ValueError, match="twice"):
        sheet(fact, fact)
    with pytest.raises(ValueError, match="twice"):
        sheet(fact, quotes=(quote, quote))


def test_the_hash_follows_facts_and_quotes_but_not_the_cutoff() -> None:
    fact = Fact("a.b", "Label", 1, "count", n=3)
    one = sheet(fact)
    assert one.snapshot_id == replace(one, cutoff=dt.datetime(2027, 1, 1)).snapshot_id
    others = [
        sheet(replace(fact, value=2)),
        sheet(replace(fact, n=4)),
        sheet(replace(fact, label="Other")),
        sheet(fact, quotes=(Quote("q", "Words.", "call-1", "Avery"),)),
        sheet(replace(fact, value=None, status="no_data")),
    ]
    assert len({one.snapshot_id, *(other.snapshot_id for other in others)}) == 6


def test_a_customer_sees_no_internal_fact() -> None:
    shown = Fact("a.b", "Label", 1, "count")
    hidden = Fact("a.c", "Label", 2, "count", visibility="internal")
    assert sheet(shown, hidden).for_customer().facts == (shown,)


def test_looking_up() -> None:
    here = sheet(
        Fact("a.b", "Label", 1, "count"), Fact("a.c", "Label", None, "count", status="withheld")
    )
    assert here.has("a.b")
    assert not here.has("a.b", "a.c")
    assert "a.c" in here
    assert [fact.fact_id for fact in here.under("a")] == ["a.b", "a.c"]
    assert here.quote("nobody") is None
    assert here.get("x.y") is None

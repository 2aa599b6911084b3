"""How values are written: one rule a unit, six absences that look different."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_assets.facts.model import Fact, Status
from cs_assets.facts.wording import ABSENT, written


def fact(value: Any, unit: Any, **more: Any) -> Fact:
    return Fact("a.b", "Label", value, unit, **more)


@pytest.mark.parametrize(
    ("value", "unit", "style", "expected"),
    [
        (1234, "count", "", "1,234"),
        (1234, "count", "short", "1.2K"),
        (0, "count", "", "0"),
        (98_700, "currency", "", "$98,700"),
        (1_250_000, "currency", "short", "$1.2M"),
        (-98_700, "currency", "", "−$98,700"),
        (12.34, "percent", "signed", "+12.3%"),
        (-12.34, "percent", "signed", "−12.3%"),
        (-12.34, "percent", "abs", "12.3%"),
        (71.26, "points", "", "71.3"),
        (-0.04, "points", "signed", "0.0"),
        (0.04, "percent", "signed", "0.0%"),
        (-0.4, "currency", "", "$0"),
        (1.005, "ratio", "", "1.00"),
        (1, "days", "", "1 day"),
        (30, "days", "", "30 days"),
        (1.2, "hours", "", "1 hour"),
        ("2026-11-09", "date", "", "9 November 2026"),
        ("Blue Harbor", "text", "", "Blue Harbor"),
    ],
)
def test_each_unit_has_its_rule(value: Any, unit: str, style: str, expected: str) -> None:
    assert written(fact(value, unit), style) == expected


def test_the_six_absences_and_zero_look_different() -> None:
    statuses: list[Status] = ["no_data", "not_applicable", "suppressed", "withheld", "failed"]
    shown = [written(fact(None, "count", status=status)) for status in statuses]
    assert shown == list(ABSENT.values())
    assert len({*shown, written(fact(0, "count"))}) == 6


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(ValueError, match="no style"):
        written(fact(1, "count"), "loud")


@given(
    st.floats(-1e12, 1e12),
    st.sampled_from(["count", "currency", "percent", "points", "ratio", "days"]),
    st.sampled_from(["", "short", "signed", "abs"]),
)
def test_any_number_is_written_with_digits_and_one_sign_at_most(
    value: float, unit: str, style: str
) -> None:
    shown = written(fact(value, unit), style)
    assert any(character.isdigit() for character in shown)
    assert shown.count("−") + shown.count("+") <= 1
    assert "e+" not in shown

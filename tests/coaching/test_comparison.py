"""Two windows: call mix taken out, Student's test, a floor under the spread."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cs_assets.coaching.comparison import compare, without_call_mix

windows = st.lists(st.floats(0, 100, allow_nan=False), min_size=2, max_size=20)


def test_the_test_is_students():
    before, recent = [50.0, 58.0, 61.0, 47.0, 55.0], [66.0, 71.0, 60.0, 74.0]
    ours = compare(before, recent, floor=0.01)
    theirs = stats.ttest_ind(recent, before)
    assert ours.p_value == pytest.approx(theirs.pvalue)
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs.confidence_interval(0.95)))


def test_equal_scores_are_no_proof_of_a_change():
    assert compare([60.0] * 5, [62.0] * 5, floor=5).p_value > 0.3


def test_a_comparison_needs_two_calls_on_each_side():
    with pytest.raises(ValueError, match="two calls"):
        compare([60.0], [62.0, 64.0], floor=5)


@given(windows, windows, st.floats(-30, 30))
def test_a_common_shift_changes_nothing(before, recent, shift):
    ours = compare(before, recent, floor=5)
    moved = compare([x + shift for x in before], [x + shift for x in recent], floor=5)
    assert moved.p_value == pytest.approx(ours.p_value, abs=1e-6)
    assert moved.change == pytest.approx(ours.change, abs=1e-6)


@given(windows, windows)
def test_to_swap_the_windows_turns_the_change_round(before, recent):
    ours, swapped = compare(before, recent, floor=5), compare(recent, before, floor=5)
    assert swapped.change == pytest.approx(-ours.change, abs=1e-9)
    assert swapped.p_value == pytest.approx(ours.p_value, abs=1e-9)
    assert ours.low <= ours.change <= ours.high


def test_a_shift_of_the_call_mix_is_not_a_change():
    """Demos score lower by twenty; the rep did more of them lately and changed nothing."""
    before = [("discovery", 70.0)] * 9 + [("demo", 50.0)] * 3
    recent = [("discovery", 70.0)] * 3 + [("demo", 50.0)] * 9
    kinds = [kind for kind, _ in before + recent]
    cells = ["before"] * 12 + ["recent"] * 12
    adjusted = without_call_mix([s for _, s in before + recent], kinds, cells, least=10)
    assert np.mean(adjusted[12:]) == pytest.approx(np.mean(adjusted[:12]))
    assert np.mean(adjusted) == pytest.approx(60)


def test_rare_call_types_are_left_as_they_are():
    scores = [70.0, 50.0, 70.0, 50.0]
    assert without_call_mix(scores, ["a", "b", "a", "b"], [1, 1, 2, 2], least=10) == scores

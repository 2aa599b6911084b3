"""Welch's t: against numbers worked out by hand, and where it has nothing to say."""

import math

import numpy as np
import pytest

from cs_assets.statistics.welch import difference


def test_mean_interval_and_p_are_those_of_the_formula() -> None:
    """Variances 2.5 and 10 over 5 values each: a standard error of sqrt(2.5), 5.88 degrees."""
    found = difference([1, 2, 3, 4, 5], [2, 4, 6, 8, 10])
    assert found is not None
    assert found.mean == -3
    half = 2.459 * math.sqrt(2.5)  # t of 5.88 degrees at 97.5 %, from a table
    assert (found.low, found.high) == pytest.approx((-3 - half, -3 + half), abs=0.02)
    assert found.p_value == pytest.approx(0.107, abs=0.002)


@pytest.mark.parametrize(
    ("one", "other"), [([1.0], [2.0, 3.0]), ([], [2.0, 3.0]), ([200 / 3] * 9, [100 / 3] * 9)]
)
def test_without_spread_or_values_nothing_is_said(one: list[float], other: list[float]) -> None:
    assert difference(one, other) is None


def test_one_group_without_spread_is_judged_by_the_other() -> None:
    found = difference([5.0] * 10, [1.0, 2.0, 3.0] * 4)
    assert found is not None
    assert found.low > 0


def test_of_equal_means_the_interval_holds_nought_as_often_as_it_says() -> None:
    random = np.random.default_rng(1947)
    found = [
        difference(random.normal(0, 1, 12).tolist(), random.normal(0, 4, 15).tolist())
        for _ in range(1_000)
    ]
    held = sum(one is not None and one.low <= 0 <= one.high for one in found)
    assert 930 <= held <= 970

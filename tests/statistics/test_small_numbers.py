"""Intervals, false discovery control, shrinkage and charts against their definitions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cs_assets.statistics import control_chart, dispersion, false_discovery
from cs_assets.statistics.intervals import mean_interval, wilson

counts = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
scores = st.lists(st.floats(0, 100, allow_nan=False), min_size=2, max_size=30)
p_values = st.lists(st.floats(0, 1, allow_nan=False), max_size=40)


@given(counts)
def test_wilson_holds_the_share_and_stays_in_bounds(pair):
    successes, n = pair
    interval = wilson(successes, n)
    assert 0 <= interval.low <= interval.high <= 1
    if n:
        assert interval.low <= successes / n + 1e-12
        assert interval.high >= successes / n - 1e-12


@given(counts)
def test_wilson_ends_solve_the_score_equation(pair):
    successes, n = pair
    if n == 0 or successes in (0, n):
        return
    z = stats.norm.ppf(0.975)
    interval = wilson(successes, n)
    for end in (interval.low, interval.high):
        distance = abs(successes / n - end) / math.sqrt(end * (1 - end) / n)
        assert distance == pytest.approx(z, rel=1e-6)


def test_wilson_gives_the_published_examples():
    few, more = wilson(1, 2), wilson(12, 40)
    assert (round(100 * few.low), round(100 * few.high)) == (9, 91)
    assert (round(100 * more.low), round(100 * more.high)) == (18, 45)


@given(counts)
def test_wilson_is_symmetric(pair):
    successes, n = pair
    one, other = wilson(successes, n), wilson(n - successes, n)
    assert one.low == pytest.approx(1 - other.high, abs=1e-9)


def test_a_share_of_more_than_all_is_refused():
    with pytest.raises(ValueError, match="no share"):
        wilson(3, 2)


@given(scores)
def test_a_mean_lies_in_its_interval_on_the_scale(values):
    interval = mean_interval(values)
    assert interval is not None
    mean = sum(values) / len(values)
    assert 0 <= interval.low <= mean + 1e-9
    assert mean - 1e-9 <= interval.high <= 100


def test_one_call_has_no_interval():
    assert mean_interval([61.0]) is None


def test_equal_scores_do_not_prove_that_a_rep_has_no_spread():
    interval = mean_interval([60.0] * 5, spread_floor=5)
    assert interval is not None
    assert interval.high - interval.low == pytest.approx(2 * stats.t.ppf(0.975, 4) * 5 / 5**0.5)


def test_the_interval_covers_the_true_mean_as_often_as_it_says():
    rng = stats.norm(60, 12)
    draws = rng.rvs(size=(4000, 6), random_state=7)
    held = sum(1 for row in draws if (i := mean_interval(list(row))) and i.low <= 60 <= i.high)
    assert 0.94 <= held / 4000 <= 0.96


def brute_force_q(p_values: list[float]) -> list[float]:
    """The definition: the least level at which the step-up procedure rejects each."""
    m = len(p_values)

    def rejects(level: float, index: int) -> bool:
        ordered = sorted(p_values)
        passing = [k for k in range(1, m + 1) if ordered[k - 1] <= level * k / m * (1 + 1e-12)]
        return bool(passing) and p_values[index] <= ordered[max(passing) - 1]

    levels = sorted({p * m / k for p in p_values for k in range(1, m + 1)} | {1.0})
    return [min(v for v in levels if v >= 1 or rejects(v, i)) if m else 1 for i in range(m)]


@settings(max_examples=60)
@given(st.lists(st.floats(1e-6, 1, allow_nan=False), max_size=9))
def test_q_values_are_those_of_the_step_up_procedure(values):
    assert list(false_discovery.adjusted(np.array(values))) == pytest.approx(
        [min(1.0, q) for q in brute_force_q(values)], rel=1e-9
    )


@given(p_values)
def test_q_values_agree_with_scipy_and_never_fall_below_p(values):
    q_values = list(false_discovery.adjusted(np.array(values)))
    assert all(q >= p - 1e-12 for p, q in zip(values, q_values, strict=True))
    if values:
        assert q_values == pytest.approx(list(stats.false_discovery_control(values)), abs=1e-12)


@given(p_values, st.randoms(use_true_random=False))
def test_the_order_of_comparisons_does_not_matter(values, random):
    shuffled = list(enumerate(values))
    random.shuffle(shuffled)
    moved = false_discovery.adjusted(np.array([p for _, p in shuffled]))
    back = {index: q for (index, _), q in zip(shuffled, moved, strict=True)}
    assert [back[i] for i in range(len(values))] == pytest.approx(
        list(false_discovery.adjusted(np.array(values)))
    )


@given(
    st.floats(-100, 100, allow_nan=False),
    st.floats(0.01, 1000),
    st.floats(0, 1000),
)
def test_a_shrunk_change_keeps_its_sign_and_never_grows(change, sampling, truth):
    drawn = dispersion.shrunk(change, sampling, truth)
    assert abs(drawn) <= abs(change) + 1e-12
    assert drawn * change >= 0


def test_without_true_differences_a_change_shrinks_to_none():
    assert dispersion.between_variance([1.0, -1.0, 0.5], [4.0, 4.0, 4.0]) == 0
    assert dispersion.shrunk(9.0, 4.0, 0.0) == 0


def test_the_true_variance_is_recovered_on_average():
    random = stats.norm(0, math.sqrt(36 + 9)).rvs(size=20_000, random_state=3)
    assert dispersion.between_variance(list(random), [9.0] * 20_000) == pytest.approx(36, rel=0.05)


def test_shrinking_brings_estimates_nearer_to_the_truth():
    truth = stats.norm(0, 4).rvs(size=2000, random_state=1)
    seen = truth + stats.norm(0, 6).rvs(size=2000, random_state=2)
    variance = dispersion.between_variance(list(seen), [36.0] * 2000)
    drawn = [dispersion.shrunk(x, 36.0, variance) for x in seen]
    raw = sum((x - t) ** 2 for x, t in zip(seen, truth, strict=True))
    assert sum((x - t) ** 2 for x, t in zip(drawn, truth, strict=True)) < 0.5 * raw


def test_few_weeks_give_no_limits():
    assert control_chart.chart([50, 90, 50]).signal == "too_few_points"


def test_limits_are_mean_and_moving_range():
    chart = control_chart.chart([50, 54, 50, 54, 50, 54, 50, 54, 50, 54])
    assert chart.centre == 52
    assert chart.high == pytest.approx(52 + 2.66 * 4)
    assert chart.signal == "none"
    assert not chart.is_provisional


@pytest.mark.parametrize(
    ("values", "signal"),
    [
        ([50, 52, 50, 52, 50, 52, 50, 52, 50, 90], "outside_limits"),
        ([40, 44] * 5 + [56, 60] * 4, "eight_on_one_side"),
        ([60, 40, 60, 40, 44, 46, 48, 50, 52, 54], "six_in_a_row"),
        ([60, 40, 60, 40, 60, 56, 54, 50, 48, 46], "six_in_a_row"),
        ([60, 40, 60, 40, 60, 40, 60, 40, 60, 40], "none"),
    ],
)
def test_the_last_point_signals(values, signal):
    assert control_chart.chart(values).signal == signal


def test_fewer_than_ten_points_are_provisional():
    assert control_chart.chart([50, 52, 51, 50, 52, 51]).is_provisional

"""Two windows: call mix taken out, the team's spread borrowed, and no more alarms than promised."""

import numpy as np
import pytest
from scipy import stats

from cs_assets.coaching.comparison import (
    SpreadPrior,
    compare,
    pooled_variance,
    spread_prior,
    without_call_mix,
)


def test_without_a_prior_the_test_is_students():
    before, recent = [50.0, 58.0, 61.0, 47.0, 55.0], [66.0, 71.0, 60.0, 74.0]
    ours = compare(before, recent, SpreadPrior(1.0, 0.0), floor=0.01)
    theirs = stats.ttest_ind(recent, before)
    assert ours.p_value == pytest.approx(theirs.pvalue)
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs.confidence_interval(0.95)))


def test_equal_scores_are_no_proof_of_a_change():
    assert compare([60.0] * 5, [62.0] * 5, SpreadPrior(25.0, 0.0), floor=5).p_value > 0.3


def test_a_comparison_needs_a_spread():
    with pytest.raises(ValueError, match="spread"):
        compare([60.0], [62.0], SpreadPrior(25.0, 0.0), floor=5)


def test_the_prior_finds_the_teams_spread():
    rng = np.random.default_rng(5)
    variances = [float(np.var(rng.normal(60, 12, 9), ddof=1)) for _ in range(400)]
    prior = spread_prior(variances, [8] * 400, floor=1)
    assert prior.variance == pytest.approx(144, rel=0.1)
    assert prior.degrees > 50


def test_reps_who_differ_in_spread_give_the_prior_little_weight():
    rng = np.random.default_rng(6)
    spreads = rng.choice([3.0, 25.0], 300)
    variances = [float(np.var(rng.normal(60, s, 9), ddof=1)) for s in spreads]
    assert spread_prior(variances, [8] * 300, floor=1).degrees < 4


def test_two_reps_say_nothing_of_each_other():
    assert spread_prior([100.0, 120.0], [8, 8], floor=5).degrees == 0


def test_pooled_variance_is_that_of_both_windows():
    variance, degrees = pooled_variance([50.0, 54.0], [70.0, 76.0, 73.0])
    assert degrees == 3
    assert variance == pytest.approx((8 + 18) / 3)


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

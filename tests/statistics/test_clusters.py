"""Alike cases: how alike they are is recovered, and widens what is said of a change."""

import numpy as np
import pytest
from scipy import stats

from cs_assets.statistics import clusters
from cs_assets.statistics.clusters import Alike, Cases


def cases(alike_week: float, alike_account: float, units: int = 60, seed: int = 1) -> Cases:
    """Two windows of four weeks, two accounts a week, three calls each; spreads differ by unit."""
    rng = np.random.default_rng(seed)
    shape = (units, 8, 2, 3)
    own = 1 - alike_week - alike_account
    value = (
        np.sqrt(alike_week) * rng.normal(size=(units, 8, 1, 1))
        + np.sqrt(alike_account) * rng.normal(size=(units, 8, 2, 1))
        + np.sqrt(own) * rng.normal(size=shape)
    ) * rng.choice([6.0, 12.0], (units, 1, 1, 1))
    place = np.arange(value.size)
    return Cases(
        value=60 + value.ravel(),
        unit=place // 48,
        is_late=(place % 48 >= 24).astype(int),
        clusters=[place // 6, place // 3],
    )


POOL = np.zeros(60, dtype=int)


@pytest.mark.parametrize(("week", "account"), [(0.0, 0.0), (0.2, 0.0), (0.0, 0.3), (0.15, 0.2)])
def test_how_alike_calls_are_is_recovered_for_weeks_and_accounts_apart(week, account):
    found = np.array(
        [
            clusters.correlations(cases(week, account, seed=seed), POOL)[0].correlations
            for seed in range(8)
        ]
    ).mean(axis=0)
    assert found == pytest.approx([week, account], abs=0.05)


def test_independent_cases_have_students_test():
    some = cases(0, 0, units=1)
    found = clusters.changes(some, [Alike((0.0, 0.0))], POOL[:1], floor=0.01)
    early, late = some.value[:24], some.value[24:]
    known = stats.ttest_ind(late, early)
    assert found.p_value[0] == pytest.approx(known.pvalue)
    assert (found.low[0], found.high[0]) == pytest.approx(tuple(known.confidence_interval(0.95)))


def test_alike_cases_say_less():
    some = cases(0, 0, units=1)
    alone = clusters.changes(some, [Alike((0.0, 0.0))], POOL[:1], floor=1)
    alike = clusters.changes(some, [Alike((0.3, 0.0))], POOL[:1], floor=1)
    assert alike.p_value[0] > alone.p_value[0]
    width = (alike.high - alike.low)[0] / (alone.high - alone.low)[0]
    assert width == pytest.approx(np.sqrt(1 + 0.3 * 5), rel=0.15)


def test_too_few_cases_are_not_compared():
    some = Cases(
        np.array([50.0, 60.0, 70.0]), np.zeros(3, int), np.array([0, 0, 1]), [np.arange(3)]
    )
    found = clusters.changes(some, clusters.correlations(some, POOL[:1]), POOL[:1], floor=5)
    assert np.isnan(found.p_value[0])

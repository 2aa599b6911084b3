"""Changes of counts, values and rates: exact where they can be, and what must not move them."""

import numpy as np
import pytest
from scipy import stats

from cs_assets.statistics import counts, dispersion, rates, tails, verdict
from cs_assets.statistics.dispersion import Dispersion
from cs_assets.statistics.false_discovery import of_picked
from tests.judge import simulated

INDEPENDENT = Dispersion(np.array([1.0]), np.array([np.inf]))


def steady(mean: float = 40, series: int = 40, kind: str = "shock .2", seed: int = 3) -> np.ndarray:
    return simulated.weekly_counts(np.random.default_rng(seed), kind, mean, series, 56)


def judged(weekly: np.ndarray) -> list[str]:
    spread = dispersion.of_weeks(weekly[:, :-4], 4)
    return list(verdict.judged(counts.on_window_before(weekly, 4, spread))["direction"])


@pytest.mark.parametrize(("now", "then"), [(0, 6), (9, 3), (12, 30), (1, 1), (8, 0)])
def test_small_counts_are_tested_exactly(now, then):
    weekly = np.zeros((1, 8))
    weekly[0, -1], weekly[0, 0] = now, then
    found = counts.on_window(weekly, 4, 4, INDEPENDENT)
    assert found.p_value[0] == pytest.approx(stats.binomtest(now, now + then, 0.5).pvalue)


def test_the_interval_is_clopper_and_pearsons_and_excludes_what_the_test_does():
    weekly = np.array([[0, 0, 0, 30.0, 0, 0, 0, 12]])
    found = counts.on_window(weekly, 4, 4, INDEPENDENT)
    share = stats.binomtest(12, 42, 0.5).proportion_ci(0.95, method="exact")
    assert found.low[0] == pytest.approx(share.low / (1 - share.low) - 1)
    assert found.high[0] == pytest.approx(share.high / (1 - share.high) - 1)
    assert found.p_value[0] < 0.05
    assert found.high[0] < 0


def test_clumps_are_as_many_fewer_cases():
    once, twice = np.array([[3.0, 9.0]]), np.array([[6.0, 18.0]])
    double = Dispersion(np.array([2.0]), np.array([np.inf]))
    alone = counts.on_window(once, 1, 1, INDEPENDENT).p_value[0]
    clumped = counts.on_window(twice, 1, 1, double).p_value[0]
    # Half a clump between two totals where a case has a whole one: a little less careful.
    assert alone * 0.6 < clumped <= alone


def test_a_spread_that_was_estimated_asks_for_more():
    tail = np.array([0.02])
    assert tails.with_estimated_spread(tail, np.array([np.inf])) == pytest.approx(0.04)
    assert tails.with_estimated_spread(tail, np.array([4.0]))[0] > 0.1
    back = tails.tail_of_level(0.05, np.array([4.0]))
    assert tails.with_estimated_spread(back, np.array([4.0])) == pytest.approx(0.05)


@pytest.mark.parametrize(("kind", "expected"), [("poisson", 1.0), ("clumps of 2", 2.0)])
def test_dispersion_is_recovered_and_neither_trend_nor_step_is_taken_for_it(kind, expected):
    rng = np.random.default_rng(5)
    level = simulated.weekly_counts(rng, kind, 80, 400, 52)
    assert dispersion.of_weeks(level, 4).value.mean() == pytest.approx(expected, rel=0.12)
    stepped = level.copy()
    stepped[:, :26] = simulated.weekly_counts(rng, kind, 20, 400, 26)
    # Read from the variance around the mean it would be fifty times as much at the later level.
    assert dispersion.of_weeks(stepped, 4).value.mean() < 1.7 * expected


def test_a_young_customer_leans_on_peers_and_not_the_other_way_round():
    weekly = np.concatenate([steady(series=40, kind="clumps of 2"), steady(series=1)])
    weekly[-1, :44] = np.nan
    spread = dispersion.of_weeks(weekly[:, :-4], 4)
    assert spread.freedom[-1] < 20 < spread.freedom[0]
    alone = dispersion.of_weeks(weekly[-1:, :-4], 4)
    assert alone.freedom[0] < spread.freedom[-1]


def test_weeks_before_the_beginning_are_not_zeros():
    weekly = steady()
    weekly[0, :-5] = np.nan  # data begin inside the window before
    assert judged(weekly)[0] == "absent"
    weekly[0] = np.nan
    weekly[1, 5:9] = np.nan  # a hole in the past
    found = judged(weekly)
    assert found[0] == "absent"
    assert found[1] == "none"


def test_a_halving_is_found_and_a_customer_with_few_cases_is_too_few():
    weekly = steady(mean=200)
    weekly[0, -4:] = np.round(weekly[0, -4:] / 2.5)
    weekly[1] = 0
    weekly[1, [10, 30, 50]] = 1
    found = judged(weekly)
    assert found[:2] == ["fall", "too_few"]
    assert set(found[2:]) == {"none"}


def test_first_cases_ever_after_many_known_weeks_are_a_rise():
    weekly = steady()
    weekly[0, :-4] = 0
    weekly[0, -4:] = (3, 4, 5, 4)
    row = verdict.judged(
        counts.on_window_before(weekly, 4, dispersion.of_weeks(weekly[:, :-4], 4))
    ).iloc[0]
    assert row["direction"] == "rise"
    assert np.isnan(row["size"])  # from nothing to anything is no percentage
    assert row["size_low"] > 0


def test_a_level_that_moved_before_is_not_told_as_new():
    weekly = simulated.weekly_counts(np.random.default_rng(2), "poisson", 100, 200, 56)
    weekly[:, -8:] = simulated.weekly_counts(np.random.default_rng(4), "poisson", 50, 200, 8)
    clear = np.mean([direction in ("rise", "fall") for direction in judged(weekly)])
    assert clear <= 0.02


def test_values_are_judged_by_their_own_spread():
    rng = np.random.default_rng(6)
    number = rng.poisson(12, (60, 56))
    value = np.array([[rng.lognormal(4, 1.0, n).sum() for n in row] for row in number])
    value[0, -4:] /= 4
    spread = dispersion.of_weeks(value[:, :-4], 4, counts.VALUES.floor)
    changes = counts.on_window_before(value, 4, spread, counts.VALUES)
    found = verdict.judged(changes)["direction"]
    assert found[0] == "fall"
    assert (found[1:] == "none").mean() > 0.95
    in_cents = counts.on_window_before(
        100 * value, 4, dispersion.of_weeks(100 * value[:, :-4], 4, 0.0), counts.VALUES
    )
    assert in_cents.p_value == pytest.approx(changes.p_value, rel=1e-6)


def money(mean: float, last: float, series: int = 400, seed: int = 8) -> np.ndarray:
    """Weekly sums of conversions of unlike worth; ``mean`` and ``last`` in four weeks."""
    rng = np.random.default_rng(seed)
    rates = np.full((series, 108), mean / 4)
    rates[:, -4:] = last / 4
    number = rng.poisson(rates)
    worth = rng.lognormal(7, 0.7, (int(number.max()), *number.shape))
    held: np.ndarray = np.where(np.arange(len(worth))[:, None, None] < number, worth, 0).sum(axis=0)
    return held


@pytest.mark.parametrize("mean", [0.5, 1.5, 3, 6])
def test_no_money_at_all_in_a_window_of_few_conversions_is_no_proof(mean):
    value = money(mean, mean)
    spread = dispersion.of_weeks(value[:, :-4], 4, counts.VALUES.floor)
    found = counts.on_window_before(value, 4, spread, counts.VALUES)
    assert (found.p_value < 0.05).mean() <= 0.06
    empty = value[:, -4:].sum(axis=1) == 0
    assert empty.any()
    assert (found.high[empty] > -1).all()  # some of it may be left


def test_money_that_stops_is_found_where_there_was_enough_of_it():
    value = money(12, 0)
    spread = dispersion.of_weeks(value[:, :-4], 4, counts.VALUES.floor)
    found = counts.on_window_before(value, 4, spread, counts.VALUES)
    assert (found.p_value < 0.05).mean() >= 0.95


def test_a_first_sum_of_who_has_no_past_and_no_peers_may_be_one_conversion():
    value = np.zeros((1, 108))
    value[0, -1] = 9000.0
    spread = dispersion.of_weeks(value[:, :-4], 4, counts.VALUES.floor)
    found = counts.on_window_before(value, 4, spread, counts.VALUES)
    assert verdict.judged(found)["direction"].tolist() == ["too_few"]


def test_the_picked_channel_answers_for_all_that_could_have_been_picked():
    assert of_picked(np.array([0.02]), np.array([4])) == pytest.approx(1 - 0.98**4)
    weekly = steady(series=8)
    moved = counts.on_window_before(weekly, 4, dispersion.of_weeks(weekly[:, :-4], 4))
    picked = counts.of_most_moved(moved, np.repeat([0, 1], 4))
    assert list(picked.place // 4) == [0, 1]
    assert (picked.changes.p_value >= moved.p_value[picked.place]).all()


def test_a_shift_of_the_mix_is_told_apart_from_the_rates():
    shares = np.ones((3, 14))
    shares[:, 0] = (1.0, 0.4, 2.0)
    sends = simulated.sends(np.random.default_rng(7), 50, 14, shares=shares)
    found = rates.changes(sends, rates.spread_of(sends))
    assert (found.pooled < -5).all()  # what a pooled rate would have told as a fall
    assert (verdict.judged(found.mix)["direction"] == "fall").all()
    assert (verdict.judged(found.combined)["direction"] == "none").mean() > 0.9
    assert found.mix.size + found.combined.size == pytest.approx(found.pooled, abs=4)


def test_a_fall_within_each_channel_is_one_though_the_pooled_rate_stands():
    shares = np.ones((3, 14))
    shares[:, 0] = (1.0, 2.2, 0.5)
    sends = simulated.sends(np.random.default_rng(8), 50, 14, now=0.64, shares=shares)
    found = rates.changes(sends, rates.spread_of(sends))
    assert np.median(np.abs(found.pooled)) < 4
    assert (verdict.judged(found.combined)["direction"] == "fall").mean() > 0.9
    assert (found.falling == 3).mean() > 0.8


def test_channels_that_move_against_each_other_have_no_change_in_common():
    sends = simulated.sends(np.random.default_rng(9), 30, 14, cv=0.05)
    moved = sends.events.copy()
    moved[:, 0, 0] *= 1.6
    moved[:, 1, 0] *= 0.6
    found = rates.changes(rates.Sends(**{**vars(sends), "events": moved}), rates.spread_of(sends))
    by_stratum = found.by_stratum.p_value
    assert (by_stratum[:, :2] < 0.05).all()
    assert (found.falling >= 1).all()
    assert (found.rising >= 1).all()


def test_no_message_at_all_and_no_event_are_no_comparison():
    sends = simulated.sends(np.random.default_rng(10), 12, 14)
    gone = {name: value.copy() for name, value in vars(sends).items()}
    for value in gone.values():
        value[0] = 0
    for name in ("events", "events_squared", "events_sent"):
        gone[name][1] = 0
    found = rates.changes(rates.Sends(**gone), rates.spread_of(rates.Sends(**gone)))
    assert list(verdict.judged(found.combined)["direction"][:2]) == ["absent", "absent"]


def test_a_reason_for_absence_counts_for_nothing():
    weekly = steady(mean=200)
    weekly[0, -4:] = 0
    spread = dispersion.of_weeks(weekly[:, :-4], 4)
    moved = counts.on_window_before(weekly, 4, spread)
    late = ["the feed ends a week early", *[None] * 39]
    rows = verdict.judged(moved, late)
    assert rows.loc[0, "direction"] == "absent"
    assert rows.loc[0, "why"] == "the feed ends a week early"
    assert rows["looked_at"].eq(39).all()
    assert np.isnan(rows.loc[0, "size"])
    told = verdict.Verdict(**rows.loc[1].to_dict())
    assert told.words == "no clear change"

"""Forecasts: what they rest on, when they are withheld, and what an interval is read from."""

import numpy as np
import pytest

from cs_assets.statistics import forecasting
from tests.judge import simulated


def weekly(
    kind: str = "big level", series: int = 30, weeks: int = 156, seed: int = 2
) -> np.ndarray:
    return simulated.weekly_values(np.random.default_rng(seed), kind, series, weeks)


def test_a_level_is_continued_and_the_interval_lies_around_it():
    past = weekly()
    made = forecasting.forecast(past, 4)
    assert made.value == pytest.approx(past[:, -52:].mean(axis=1) * 4, rel=0.1)
    assert ((made.low < made.value) & (made.value < made.high)).all()
    assert (made.windows == 26).all()  # a quarter of the 104 weeks with a year before them


def test_a_season_is_taken_from_the_year_before():
    made = forecasting.forecast(weekly("season"), 13)
    names = [forecasting.METHODS[method] for method in made.method]
    assert names.count("repeats the same window a year earlier") > 25
    assert (made.error < made.naive_error).mean() > 0.9


def test_after_a_step_only_the_weeks_since_count():
    past = weekly()
    past[:, -20:] *= 0.4
    made = forecasting.forecast(past, 4)
    assert made.value == pytest.approx(past[:, -20:].mean(axis=1) * 4, rel=0.15)


def test_short_history_is_refused_and_more_of_it_is_not():
    past = weekly(weeks=30)
    past[0, :20] = np.nan
    made = forecasting.forecast(past, 4)
    assert made.reason[0] == "short"
    assert np.isnan([made.value[0], made.low[0], made.error[0]]).all()
    assert made.reason[1] is None
    assert made.windows[1] == 5
    assert (forecasting.forecast(weekly(weeks=5), 4).reason == "short").all()
    assert len(forecasting.forecast(np.zeros((0, 60)), 4).value) == 0


@pytest.mark.parametrize("last", [17, 60, 150])
def test_a_customer_who_stopped_gets_no_absurd_error(last):
    past = weekly()
    past[0, -last:] = 0
    made = forecasting.forecast(past, 4)
    assert made.reason[0] == "wide"
    assert np.nanmax(made.error) <= 200
    assert not np.isinf(made.error).any()


def test_an_interval_that_says_nothing_is_withheld():
    made = forecasting.forecast(weekly("sparse"), 4)
    assert (made.reason == "wide").mean() > 0.9
    assert np.isnan(made.high[made.reason == "wide"]).all()


def test_the_interval_is_read_beyond_the_share_it_holds():
    errors = np.arange(1.0, 9.0)[None, :]  # eight of them: 80 % lies at rank 7.2, not 6.4
    assert forecasting.conformal(errors, np.array([8]))[0] == pytest.approx(7.45)
    gaps = np.array([[np.nan, 3.0, 1.0, np.nan, 2.0, 4.0, 5.0]])
    assert forecasting.conformal(gaps, np.array([5]))[0] == pytest.approx(5.0)


def test_the_unit_does_not_matter():
    past = weekly("autocorrelated")
    one, cents = forecasting.forecast(past, 13), forecasting.forecast(100 * past, 13)
    assert cents.value == pytest.approx(100 * one.value, nan_ok=True)
    assert cents.error == pytest.approx(one.error, nan_ok=True)

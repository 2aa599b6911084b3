"""The plan's later half against its earlier: chance is not told, alike calls count less."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cs_assets.coaching import policy
from cs_assets.coaching.planning.plan_changes import alike_of_team, clear_changes
from cs_assets.statistics.clusters import Alike

DIMENSIONS = policy.DIMENSIONS[1:]
ALONE = dict.fromkeys(DIMENSIONS, Alike((0.0, 0.0)))


def month(later: float = 60.0, calls: int = 16) -> list[tuple[float, dt.date, str]]:
    first = dt.date(2026, 11, 2)
    noise = [3.0, -4.0, 5.0, -2.0, 0.0, 2.0, -5.0, 1.0]
    return [
        (
            (later if place >= calls // 2 else 60.0) + noise[place % 8],
            first + dt.timedelta(days=28 * place // calls),
            f"account {place}",
        )
        for place in range(calls)
    ]


def test_a_steady_month_is_not_told_as_changed_and_a_leap_is():
    found, clear = clear_changes({"discovery": month(), "engagement": month(85.0)}, ALONE)
    assert list(clear) == [False, False, False, True]
    assert found.size[3] == pytest.approx(25)
    assert found.low[3] < 25 < found.high[3]
    assert np.isnan(found.size[0])


def test_few_calls_in_a_half_have_no_change():
    found, clear = clear_changes({"discovery": month(95.0, calls=11)}, ALONE)
    assert np.isnan(found.size).all()
    assert not clear.any()


def test_the_same_month_is_not_clear_when_calls_of_a_week_are_alike():
    scored = {"discovery": month(67.0)}
    assert clear_changes(scored, ALONE)[1][1]
    alike = dict.fromkeys(DIMENSIONS, Alike((0.4, 0.0)))
    assert not clear_changes(scored, alike)[1][1]


def test_dimensions_answer_for_each_other():
    one = {"discovery": month(66.0)}
    assert clear_changes(one, ALONE)[1].any()
    all_four = dict.fromkeys(DIMENSIONS, month()) | one
    assert not clear_changes(all_four, ALONE)[1].any()


def test_likeness_is_read_from_the_whole_team():
    rng = np.random.default_rng(1)
    rows = []
    for rep in range(30):
        for week in range(4):
            shared = rng.normal(0, 8)
            for call in range(4):
                score = 60 + shared + rng.normal(0, 8)
                rows.append(
                    {
                        "call_id": f"{rep}-{week}-{call}",
                        "call_date": pd.Timestamp("2026-11-02")
                        + pd.Timedelta(days=7 * week + call),
                        "rep_user_id": f"rep {rep}",
                        "account_key": None,
                        **dict.fromkeys(DIMENSIONS, score),
                        "engagement": np.nan,
                    }
                )
    found = alike_of_team(pd.DataFrame(rows))
    assert sum(found["discovery"].correlations) == pytest.approx(0.5, abs=0.12)
    assert found["engagement"].correlations == (0.0, 0.0)

"""Effects: matched, with an interval; a playbook that does nothing is dropped from the advice."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cs_assets import config
from cs_assets.customers.follow_up import effects
from cs_assets.customers.policy import CustomerPolicy
from tests.judge.customers_effects import world

RULES = config.load("customers.yaml", CustomerPolicy).effects
WEEK = dt.date(2026, 11, 9)


def test_a_planted_uplift_is_found_where_the_bare_difference_would_find_one_of_its_own():
    rows = world(np.random.default_rng(1), 10.0, treated=200)
    found = effects.effect(rows)
    assert found.low < 10 < found.high
    assert found.verdict(RULES.least_treated, RULES.worthwhile) == "works"
    calm = world(np.random.default_rng(2), 0.0, treated=200)
    nothing = effects.effect(calm)
    assert nothing.low < 0 < nothing.high
    change = calm["after"] - calm["before"]
    assert change[calm["is_treated"]].mean() - change[~calm["is_treated"]].mean() > 5


@pytest.mark.parametrize(
    ("low", "high", "treated", "verdict"),
    [
        (1.0, 9.0, 40, "works"),
        (-9.0, -1.0, 40, "harms"),
        (-2.0, 2.0, 400, "no effect"),
        (-4.0, 8.0, 40, "not clear"),
        (1.0, 9.0, 20, "too few"),
        (None, None, 40, "too few"),
    ],
)
def test_verdicts(low, high, treated, verdict):
    assert (
        effects.Effect(treated, 100, 1.0, low, high).verdict(RULES.least_treated, RULES.worthwhile)
        == verdict
    )


def test_rows_leave_out_who_took_it_too_late_and_say_no_figure_of_few():
    rows = world(np.random.default_rng(3), 0.0, treated=12).assign(
        code="expand", is_taken_at_all=lambda r: r["is_treated"]
    )
    made = effects.effect_rows(rows, RULES, WEEK)
    assert made[["treated", "verdict", "is_dropped"]].values.tolist() == [[12, "too few", False]]
    assert made["effect"].isna().all()
    late = rows.assign(is_treated=False)
    assert effects.effect_rows(late, RULES, WEEK)["treated"].tolist() == [0]
    assert effects.effect_rows(pd.DataFrame(columns=rows.columns), RULES, WEEK).empty

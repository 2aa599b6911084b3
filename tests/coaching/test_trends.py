"""Trends that stay silent when nothing changed, and speak when something did."""

import datetime as dt

import numpy as np
import pytest

from cs_assets.coaching.trends import week_trends
from tests.coaching.tenant import MONDAY, Tenant, weeks_ago
from tests.figures import Tell
from tests.judge import coaching as judge
from tests.judge import prediction as oracle


def verdicts(tenant: Tenant, rules) -> dict[str, str]:
    rows = week_trends(tenant.scores_of_calls(), MONDAY, rules)
    return dict(zip(rows["dimension"], rows["verdict"], strict=True))


def test_without_a_true_change_hardly_any_run_speaks_of_one(tell: Tell):
    figures = list(judge.alarms_are_rare(runs=40))
    for figure in figures:
        tell(figure)
    assert all(figure.passed for figure in figures)


def test_few_calls_are_said_to_be_few(rules):
    tenant = Tenant()
    for week in range(8):
        tenant.call("ann", weeks_ago(week), 90.0 if week < 4 else 20.0)
    rows = week_trends(tenant.scores_of_calls(), MONDAY, rules)
    assert set(rows["verdict"]) == {"too_few_calls"}
    assert rows["reason"].iloc[0] == "4 calls now and 4 before; 5 each are needed"
    assert rows["p_value"].isna().all()


def test_the_worst_week_after_a_good_one_is_no_trend(rules):
    tenant = Tenant()
    rng = np.random.default_rng(4)
    for week in range(8):
        for day in range(3):
            bad = 15 if week == 0 else 0
            tenant.call("ann", weeks_ago(week, day), float(60 - bad + rng.normal(0, 12)))
    assert set(verdicts(tenant, rules).values()) == {"no_clear_change"}


def test_a_clear_fall_is_told(rules):
    tenant = Tenant()
    for week in range(8):
        for day in range(3):
            tenant.call("ann", weeks_ago(week, day), (30.0 if week < 4 else 80.0) + 2 * day)
    rows = week_trends(tenant.scores_of_calls(), MONDAY, rules)
    assert set(rows["verdict"]) == {"declining"}
    assert (rows["change"] < rows["change_shrunk"]).all()
    assert (rows["change_shrunk"] < 0).all()
    assert (rows["q_value"] <= rules.false_discovery_rate).all()


def test_a_dimension_that_no_call_showed_is_not_compared(rules):
    tenant = Tenant()
    for week in range(8):
        for day in range(2):
            tenant.call("ann", weeks_ago(week, day), {"discovery": 50.0 + day})
    assert verdicts(tenant, rules)["objection_handling"] == "too_few_calls"


def test_calls_after_the_week_do_not_change_what_was_told(rules):
    tenant = Tenant()
    for week in range(8):
        for day in range(2):
            tenant.call("ann", weeks_ago(week, day), 50.0 + day)
    before = week_trends(tenant.scores_of_calls(), MONDAY, rules)
    for day in range(7, 14):
        tenant.call("ann", MONDAY + dt.timedelta(days=day), 100.0)
    after = week_trends(tenant.scores_of_calls(), MONDAY, rules)
    assert after.equals(before)


def test_a_new_rubric_starts_a_new_series(rules):
    tenant = Tenant()
    for week in range(8):
        for day in range(3):
            version = "2" if week < 4 else "1"
            score = 90.0 if week < 4 else 30.0
            tenant.call("ann", weeks_ago(week, day), score, rubric_version=version)
    rows = week_trends(tenant.scores_of_calls(), MONDAY, rules)
    assert set(rows["verdict"]) == {"too_few_calls"}
    assert (rows["calls_before"] == 0).all()


@pytest.mark.parametrize("weeks", [4, 9, 12])
def test_the_chart_counts_weeks_with_calls(rules, weeks):
    tenant = Tenant()
    for week in range(weeks):
        tenant.call("ann", weeks_ago(week), 50.0 + week % 2)
    row = week_trends(tenant.scores_of_calls(), MONDAY, rules).iloc[0]
    assert row["chart_points"] == weeks
    assert row["is_provisional"] == (weeks < 10)
    assert row["chart_signal"] == ("too_few_points" if weeks < 6 else "none")


def test_the_chart_is_silent_when_this_week_has_no_call(rules):
    tenant = Tenant()
    for week in range(1, 12):
        tenant.call("ann", weeks_ago(week), 50.0)
    assert week_trends(tenant.scores_of_calls(), MONDAY, rules).iloc[0]["chart_points"] == 0


def test_what_is_foretold_comes_true_and_nothing_is_where_nobody_changes(tell: Tell):
    for figure in oracle.foretold(teams=20):
        tell(figure)
        assert figure.passed, figure.line()

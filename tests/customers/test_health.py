"""Health: visible weights, missing is not zero, no colour on too little."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_assets import config
from cs_assets.customers.judging import health
from cs_assets.customers.policy import CustomerPolicy
from tests.customers.one_health import of_customer

POLICY = config.load("customers.yaml", CustomerPolicy)
RULES = POLICY.health
GOOD = {
    "breadth": 1.0,
    "judged_usage_change": 0.2,
    "seat_utilisation_4w": 0.8,
    "judged_outcome_change": 0.2,
    "engagement_score_4w": 70.0,
    "negative_call_share": 0.0,
    "severe_tickets_13w": 0,
    "last_nps": 10,
    "dropped_modules": 0,
    "collapsed_modules": 0,
    "clear_usage_change": None,
    "days_to_renewal": 200,
    "days_since_contact": 5,
}


def of(**changes):
    return of_customer({**GOOD, **changes}, RULES)


def test_all_good_is_green_at_full_coverage():
    found = of()
    assert (found.score, found.segment, found.coverage) == (100.0, "Green", 1.0)


def test_a_missing_factor_leaves_the_mean_and_lowers_the_coverage():
    found = of(engagement_score_4w=None)
    assert found.score == 100.0
    assert found.coverage == pytest.approx(0.95)
    assert found.factors["engagement"]["points"] is None


def test_a_bad_factor_counts_where_a_missing_one_does_not():
    assert of(judged_usage_change=-0.6).score == 80.0
    assert of(judged_usage_change=None).score == 100.0


def test_too_little_known_gives_no_score_and_no_colour():
    found = of(
        breadth=None, judged_usage_change=None, seat_utilisation_4w=None, judged_outcome_change=None
    )
    assert (found.score, found.segment) == (None, "Unknown")
    assert found.coverage == pytest.approx(0.35)


def test_a_dropped_module_keeps_from_green_and_says_so():
    found = of(dropped_modules=1)
    assert found.score == 100.0
    assert found.segment == "Yellow"
    assert "no longer used: 1" in found.override


@given(
    st.fixed_dictionaries(
        {name: st.none() | st.floats(-2, 100) for name in GOOD if name != "dropped_modules"}
    )
)
def test_points_of_the_known_factors_make_the_score(values):
    found = of_customer({**values, "dropped_modules": 0}, RULES)
    known = [part for part in found.factors.values() if part["share"] is not None]
    if found.score is None:
        assert found.coverage < RULES.minimum_coverage
    else:
        assert 0 <= found.score <= 100
        weight = sum(part["weight"] for part in known)
        points = sum(part["points"] for part in known)
        assert found.score == pytest.approx(points / weight, abs=0.2)


def metrics(**changes):
    base = {
        "active_users": 5, "contracted_seats": 10, "key_actions_4w": 50, "key_actions_prior_4w": 40,
        "adopted_modules": 1, "active_modules": 2, "conversion_value_4w": 50.0,
        "conversion_value_prior_4w": 100.0, "conversions_4w": 5, "conversions_prior_4w": 10,
        "negative_calls_4w": 0, "churn_calls_13w": 0, "judged_calls_4w": 0, "usage_change": 0.25,
        "usage_verdict": "none", "conversions_verdict": "none", "value_verdict": "none",
    }  # fmt: skip
    return health.derived(pd.DataFrame([{**base, **changes}]), POLICY.minimum_conversions).iloc[0]


def test_few_conversions_have_no_change():
    assert pd.isna(metrics()["conversion_value_change"])


def test_what_is_not_clear_is_no_change_and_what_is_not_known_is_missing():
    some = metrics(conversions_4w=12, conversions_prior_4w=15)
    assert some["conversion_value_change"] == pytest.approx(-0.5)
    assert pd.isna(some["clear_conversion_change"])
    assert some["judged_usage_change"] == 0.0
    for nothing in ("too_few", "absent", None):
        assert pd.isna(metrics(usage_verdict=nothing)["judged_usage_change"])
    clear = metrics(value_verdict="fall", usage_verdict="rise")
    assert clear["clear_conversion_change"] == pytest.approx(-0.5)
    assert clear["judged_usage_change"] == pytest.approx(0.25)


def test_number_and_value_are_separate_and_opposed_ones_are_no_loss():
    halved = {"conversions_4w": 60, "conversions_prior_4w": 30, "value_verdict": "fall"}
    mixed = metrics(**halved, conversions_verdict="rise")
    assert pd.isna(mixed["clear_conversion_change"])
    assert mixed["clear_conversion_count_change"] == pytest.approx(1.0)
    assert metrics(**halved)["clear_conversion_change"] == pytest.approx(-0.5)


def test_no_calls_are_no_share_of_negative_calls():
    assert pd.isna(metrics()["negative_call_share"])
    assert metrics(judged_calls_4w=4, negative_calls_4w=1)["negative_call_share"] == 0.25


@pytest.mark.parametrize(
    ("changes", "colour", "words"),
    [
        ({"collapsed_modules": 1}, "Yellow", "modules that lost nearly all users: 1"),
        ({"collapsed_modules": 1, "days_to_renewal": 42}, "Red", "days to renewal: 42"),
        ({"days_to_renewal": 30, "days_since_contact": 60}, "Yellow", "days without a contact: 60"),
        ({"days_to_renewal": 30, "days_since_contact": 10}, "Green", None),
        ({"days_to_renewal": 30, "days_since_contact": None}, "Green", None),
        ({"days_to_renewal": -5, "collapsed_modules": 1}, "Yellow", "lost nearly all"),
        ({"active_modules": 0, "cancelled_modules": 2}, "Red", "modules given back: 2"),
        ({"active_modules": 0, "cancelled_modules": None}, "Green", None),
        ({"churn_calls_13w": 1}, "Yellow", "of 13 weeks: 1"),
        ({"churn_calls_13w": 2, "days_to_renewal": 90}, "Red", "of 13 weeks: 2"),
    ],
)
def test_a_veto_caps_the_colour_whatever_the_sum_says(changes, colour, words):
    found = of(**changes)
    assert (found.score, found.segment) == (100.0, colour)
    assert (found.override is None) == (words is None)
    assert words is None or words in found.override


def test_a_veto_never_makes_a_customer_healthier():
    low = of(breadth=0.0, seat_utilisation_4w=0.0, judged_usage_change=-1.0,
             judged_outcome_change=-1.0, collapsed_modules=1)  # fmt: skip
    assert (low.segment, low.override) == ("Red", None)

"""What a reader of this room once saw, each as it must be seen now."""

import pytest

from cs_assets import config
from cs_assets.customers.insight import insight_text
from cs_assets.customers.judging.segments import decide
from cs_assets.customers.policy import CustomerPolicy
from cs_assets.facts import slots
from tests.customers.one_health import of_customer
from tests.customers.test_insights import MODULES, case

POLICY = config.load("customers.yaml", CustomerPolicy)
#: A customer that looked Champion by its sums alone.
WELL = {
    "breadth": 1.0, "judged_usage_change": 0.0, "seat_utilisation_4w": 0.7,
    "judged_outcome_change": 0.0, "engagement_score_4w": 60.0, "negative_call_share": 0.0,
    "severe_tickets_13w": 0, "tenure_days": 900, "lifecycle_stage": "steady",
    "conversions_4w": 12, "negative_calls_4w": 0, "usage_direction": "none",
}  # fmt: skip


def judged(**found):
    """Colour and segment of a customer of today's rules."""
    metrics = {**WELL, **found}
    health = of_customer(metrics, POLICY.health)
    segment, _ = decide({**metrics, "health_segment": health.segment}, POLICY.segments)
    return health.segment, segment


def test_who_gives_a_module_back_before_the_renewal_is_red_and_told_to_be_rung():
    found = {"churn_signals_13w": 1, "collapsed_modules": 1, "days_to_renewal": 42}
    assert judged(**found) == ("Red", "At risk")
    made = case(
        churn_calls_13w=1, collapsed_modules=1, days_to_renewal=42, health_segment="Red",
        modules=[MODULES[0], {**MODULES[1], "is_collapsed": True}],
    )  # fmt: skip
    assert made.playbook.code == "answer_churn"
    said = slots.fill(insight_text.summary(made.sheet), made.sheet).text
    assert "Accounts Payable lost nearly all of its users" in said
    assert "spoke of leaving" in said


def test_without_any_data_on_conversions_nobody_is_a_champion_and_no_zero_is_told():
    colour, segment = judged(conversions_4w=None, judged_outcome_change=None)
    assert (colour, segment) == ("Green", "Steady")
    made = case(conversions_4w=None, conversion_value_4w=None, value_verdict=None,
                conversions_verdict=None)  # fmt: skip
    assert "no conversions" not in slots.fill(insight_text.summary(made.sheet), made.sheet).text


@pytest.mark.parametrize("weeks", [1, 3, 5])
def test_nobody_is_red_for_little_use_in_the_first_weeks(weeks):
    found = of_customer(
        {"lifecycle_stage": "onboarding", "tenure_days": 7 * weeks, "key_actions_4w": 0,
         "seat_utilisation_4w": 0.0, "adopted_modules": 0}, POLICY.health,
    )  # fmt: skip
    assert found.segment != "Red"

"""Conditions, rules, and what a wrong policy file says."""

import pandas as pd
import pytest
import yaml

from cs_assets import config
from cs_assets.customers.judging.segments import decide, value_tiers
from cs_assets.customers.policy import Condition, CustomerPolicy, Rule

POLICY = config.load("customers.yaml", CustomerPolicy)


def fits(metrics, **condition):
    return Condition.model_validate(condition).fits(metrics)


def test_a_metric_that_is_not_known_never_fits():
    for value in (None, float("nan")):
        for test in ({"at_least": 0}, {"at_most": 0}, {"is": "x"}, {"is_not": "x"}):
            assert not fits({"usage_change": value}, metric="usage_change", **test)


def test_conditions_compare():
    assert fits({"usage_change": -0.3}, metric="usage_change", at_most=-0.3)
    assert not fits({"usage_change": -0.2}, metric="usage_change", at_most=-0.3)
    assert fits({"health_segment": "Red"}, metric="health_segment", **{"is_not": "Green"})


def test_a_rule_needs_all_and_one_of_any():
    rule = Rule.model_validate(
        {
            "all": [{"metric": "active_modules", "at_least": 1}],
            "any": [
                {"metric": "usage_change", "at_most": -0.3},
                {"metric": "dropped_modules", "at_least": 1},
            ],
        }
    )
    known = {"active_modules": 2, "usage_change": 0.1, "dropped_modules": 1}
    assert [c.metric for c in rule.fitting(known)] == ["active_modules", "dropped_modules"]
    assert rule.fitting({**known, "dropped_modules": 0}) is None
    assert rule.fitting({**known, "active_modules": 0}) is None


def test_the_reason_names_what_was_found():
    segment, reason = decide({"clear_usage_change": -0.34}, POLICY.segments)
    assert segment == "At risk"
    assert reason == "key actions, a clear change on the four weeks before: -34%"


def test_a_change_that_may_be_chance_moves_nobody():
    assert (
        decide({"usage_change": -0.34, "usage_direction": "none"}, POLICY.segments)[0] == "Steady"
    )


def test_no_clear_change_is_not_told_as_none_of_it():
    condition = Condition.model_validate({"metric": "usage_direction", "is_not": "fall"})
    said = condition.in_words({"usage_direction": "none"})
    assert said == "key actions against the four weeks before: no clear change"


def test_without_any_sign_a_customer_is_steady():
    assert decide({}, POLICY.segments) == ("Steady", "none of the other rules fits")


def test_unknown_revenue_is_no_low_revenue():
    arr = pd.Series([None, 0.0, 25_000.0, 100_000.0], dtype=object)
    found = value_tiers(arr, POLICY.value_tiers)
    assert list(found) == ["Unknown", "Low", "Medium", "High"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d["health"]["factors"]["breadth"].update(weight=0.9), "add up to 1"),
        (lambda d: d["segments"].pop(), "the last rule must have no condition"),
        (lambda d: d["segments"][0]["all"][0].update(metric="mood"), "no metric is called 'mood'"),
        (lambda d: d["segments"][0]["all"].append({"metric": "breadth"}), "give one of"),
        (lambda d: d["playbooks"][0].update(due_days=-1), "greater than or equal"),
        (lambda d: d.update(change_windows=[13]), "4 among them"),
    ],
)
def test_a_wrong_policy_is_named_with_its_reason(tmp_path, change, says):
    document = yaml.safe_load((config._BUILT_IN / "customers.yaml").read_text(encoding="utf-8"))
    change(document)
    (tmp_path / "customers.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(config.BadConfiguration, match=says):
        config.load("customers.yaml", CustomerPolicy, tmp_path)

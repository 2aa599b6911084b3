"""What is judged of all customers at once is what the rules say of each of them alone."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from cs_assets import config
from cs_assets.customers.judging import health, segments
from cs_assets.customers.policy import CustomerPolicy
from cs_assets.frames import records

POLICY = config.load("customers.yaml", CustomerPolicy)
CUSTOMERS = 300


@pytest.fixture(scope="module")
def metrics() -> pd.DataFrame:
    """Of customers of every kind, what the statements give; any figure may not be known."""
    draw = np.random.default_rng(17)

    def drawn(usual, *others):
        """The first mostly."""
        values = draw.choice(np.array(others, dtype=object), CUSTOMERS)
        values[draw.random(CUSTOMERS) < 0.85] = usual
        return pd.Series(values, dtype=object if isinstance(usual, str) else float)

    verdicts = ("none", "rise", "fall", "too_few")
    return pd.DataFrame(
        {
            "customer_id": [f"C{one:03}" for one in range(CUSTOMERS)],
            "week_start": dt.date(2026, 11, 9),
            "lifecycle_stage": drawn("steady", "onboarding"),
            "arr": drawn(50000, 5000, 500000, None),
            "tenure_days": drawn(400, 20, 70, 120),
            "active_modules": drawn(4, 5),
            "adopted_modules": drawn(3, 0, 1),
            **{
                f"{name}_modules": drawn(0, 1, 2)
                for name in ("declining", "dropped", "collapsed", "not_started")
            },
            "seat_utilisation_4w": drawn(0.7, 0.05, 0.18, 0.4, None),
            "key_actions_4w": drawn(300, 0, 40),
            "key_actions_prior_4w": drawn(200, 0, 100),
            "usage_change": drawn(0.3, -0.6, -0.1),
            "usage_verdict": drawn(*verdicts),
            "conversions_4w": drawn(60, 0, 12),
            "conversions_prior_4w": drawn(40, 0, 30),
            "conversion_value_4w": drawn(5000, 0, 900),
            "conversion_value_prior_4w": drawn(4000, 0, 2500),
            "conversions_verdict": drawn(*verdicts),
            "value_verdict": drawn(*verdicts),
            "engagement_score_4w": drawn(35, 5, None),
            "calls_4w": drawn(3, 0),
            "negative_calls_4w": drawn(0, 2),
            "judged_calls_4w": drawn(3, 0),
            "churn_calls_13w": drawn(0, 1, 2),
            "churn_texts_13w": drawn(0, 1, None),
            "expansion_calls_13w": drawn(0, 1),
            "expansion_texts_13w": drawn(0, None),
            "days_to_renewal": drawn(300, -10, 30, 80, 110),
            "days_since_contact": drawn(3, 60, None),
            "days_without_champion": drawn(None, 10, 40),
            "severe_tickets_13w": drawn(0, 3, None),
            "severe_open_tickets": drawn(0, 2),
            "last_nps": drawn(9, 2, None),
        }
    ).pipe(_with_quiet_ones)


def _with_quiet_ones(rows: pd.DataFrame) -> pd.DataFrame:
    """A few who do nothing at all, a few who begin to, and a few of whom little is known."""
    rows.loc[::25, ["key_actions_4w", "conversions_4w"]] = 0
    rows.loc[3::25, "usage_verdict"], rows.loc[3::25, "adopted_modules"] = "rise", 1
    rows.loc[7::25, ["seat_utilisation_4w", "engagement_score_4w", "last_nps"]] = np.nan
    rows.loc[7::25, ["usage_verdict", "conversions_verdict", "value_verdict"]] = "too_few"
    return rows


def test_each_has_the_first_segment_that_fits_and_the_words_and_values_of_it(metrics):
    scored = health.scored(health.of_policy(metrics, POLICY), POLICY.health)
    told = metrics.assign(health_segment=scored["health_segment"])
    before = pd.DataFrame(columns=["customer_id", "behaviour_segment", "reason", "segment_since"])
    found = segments.segment_rows(told, before, dt.date(2026, 11, 9), POLICY)
    seen = set()
    for alone, row in zip(records(health.of_policy(told, POLICY)), records(found), strict=True):
        rule = next(rule for rule in POLICY.segments if rule.fitting(alone) is not None)
        fitting = rule.fitting(alone)
        words = list(dict.fromkeys(one.in_words(alone) for one in fitting))
        assert row["behaviour_segment"] == rule.segment
        assert row["reason"] == ("; ".join(words) or "none of the other rules fits")
        assert json.loads(row["rule_values"]) == {
            one.metric: alone[one.metric]
            if isinstance(alone[one.metric], str)
            else round(float(alone[one.metric]), 4)
            for one in fitting
        }
        seen.add(rule.segment)
    assert seen == {rule.segment for rule in POLICY.segments}


def test_each_has_the_health_that_it_has_alone(metrics):
    def judged(rows: pd.DataFrame) -> pd.DataFrame:
        return health.scored(health.of_policy(rows, POLICY), POLICY.health)

    found = judged(metrics)
    assert set(found["health_segment"]) == {"Red", "Yellow", "Green", "Unknown"}
    for place in range(0, CUSTOMERS, 30):
        alone = judged(metrics.iloc[[place]].reset_index(drop=True))
        pd.testing.assert_series_equal(
            found.iloc[place], alone.iloc[0], check_names=False, check_dtype=False
        )


def test_words_of_a_veto_are_those_of_the_strictest_that_fits(metrics):
    rows = health.of_policy(metrics, POLICY)
    found = health.scored(rows, POLICY.health)
    capped = 0
    for alone, row in zip(records(rows), records(found), strict=True):
        told = row["health_override"]
        if not isinstance(told, str) or not told.startswith("at most"):
            continue
        colour = row["health_segment"]
        fitting = [v for v in POLICY.health.vetoes if v.cap == colour and v.fitting(alone)]
        words = [one.in_words(alone) for veto in fitting for one in veto.fitting(alone)]
        assert told == f"at most {colour}, {'; '.join(dict.fromkeys(words))}"
        capped += 1
    assert capped > CUSTOMERS / 10


def test_who_is_only_left_over_is_told_with_what_ended(metrics):
    scored = health.scored(health.of_policy(metrics, POLICY), POLICY.health)
    rows = metrics.assign(health_segment=scored["health_segment"])
    before = pd.DataFrame(
        {
            "customer_id": rows["customer_id"], "segment_since": dt.date(2026, 10, 5),
            "behaviour_segment": ["Champion", "At risk"] * (CUSTOMERS // 2),
            "reason": "said then; this too",
        }
    )  # fmt: skip
    found = segments.segment_rows(rows, before, dt.date(2026, 11, 9), POLICY)
    left = found[found["behaviour_segment"] == "Steady"]
    were = dict(zip(before["customer_id"], before["behaviour_segment"], strict=True))
    champions = left[left["customer_id"].map(were) == "Champion"]
    others = left[left["customer_id"].map(were) == "At risk"]
    assert len(champions)
    assert champions["reason"].str.contains("; no longer Champion: ").all()
    derived = health.of_policy(rows, POLICY).set_index("customer_id")
    few = champions[derived.loc[champions["customer_id"], "breadth"].lt(0.75).to_numpy()]
    assert len(few)
    assert few["reason"].str.contains("modules adopted of those active: ").all()
    assert len(others)
    assert others["reason"].str.endswith("; before: said then, and this too").all()
    elsewhere = found[found["behaviour_segment"] != "Steady"]["reason"]
    assert not elsewhere.str.contains("; no longer [AC]|; before: ").any()

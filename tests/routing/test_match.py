"""The learned match term is used when it predicts, and withheld when it does not."""

import datetime as dt
import json

import numpy as np
import pandas as pd

from cs_assets.routing import match, policy
from cs_assets.routing.placing.recommend import recommend
from tests.routing.frames import account, described, owned, worker


def past(skill: dict[str, float], n: int = 400) -> pd.DataFrame:
    """A history in which each worker retains accounts with a given probability."""
    random = np.random.default_rng(7)
    rows = []
    for k in range(n):
        name = list(skill)[k % len(skill)]
        began = dt.datetime(2024, 1, 1) + dt.timedelta(days=2 * k)
        rows.append(
            {
                "account_id": f"H{k}",
                "worker_id": name,
                "assigned_at": began,
                "ended_at": began + dt.timedelta(days=60),
                "outcome": "retained" if random.random() < skill[name] else "churned",
                "segment": "Residential",
            }
        )
    return pd.DataFrame(rows)


def test_a_real_difference_between_csms_is_found() -> None:
    tested = match.back_test(past({"W0": 0.9, "W1": 0.3, "W2": 0.6}))
    assert tested.helps
    assert tested.with_term is not None
    assert tested.without is not None
    assert tested.with_term < tested.without


def test_no_difference_is_not_made_up() -> None:
    tested = match.back_test(past({"W0": 0.6, "W1": 0.6, "W2": 0.6}))
    assert not tested.helps
    assert "withheld" in json.loads(tested.as_json(False))["term"]


def test_a_short_history_is_too_few_to_say() -> None:
    tested = match.back_test(past({"W0": 0.9, "W1": 0.1}, n=20))
    assert not tested.helps
    assert "too few" in tested.as_json(False)


def test_switched_on_the_term_is_in_the_certified_cost() -> None:
    rules = policy.load()
    term = policy.MatchTerm(use=True, weight=20.0)
    on = rules.objective.model_copy(update={"match_term": term})
    rules = rules.model_copy(update={"objective": on})
    book = [owned(f"O{n}", f"W{n % 3}") for n in range(6)]
    fresh = [account(f"A{n}") for n in range(3)]
    accounts, books = described([*book, *fresh], [worker(f"W{n}") for n in range(3)])
    outcome = recommend(accounts, books, rules, history=past({"W0": 0.95, "W1": 0.1, "W2": 0.5}))
    first = outcome.recommendations.query("rank == 1")
    assert all("match" in json.loads(text) for text in first["terms"])
    assert json.loads(outcome.solution["match_term"])["term"] == "used"
    assert first["worker_id"].value_counts().idxmax() == "W0"

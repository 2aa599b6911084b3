"""Stages of adoption, each from the weeks of use that make it."""

import datetime as dt

import pandas as pd
import pytest

from cs_assets import config
from cs_assets.customers import adoption
from cs_assets.customers.policy import CustomerPolicy
from resources.duckdb.warehouse import DuckDBWarehouse

WEEK = dt.date(2026, 11, 9)
POLICY = config.load("customers.yaml", CustomerPolicy)
STEADY = {"seats": 10, "users": [5] * 8, "actions": [25] * 8, "days": 2}
#: What is changed of a module in steady use, and what becomes of it.
CASES = [
    ({}, "adopted"),
    ({"users": [], "actions": []}, "not_started"),
    ({"days": 40}, "dropped"),
    ({"actions": [0] * 4 + [25] * 4}, "dropped"),
    ({"actions": [12] * 4 + [25] * 4, "verdict": "fall"}, "declining"),
    ({"actions": [12] * 4 + [25] * 4, "verdict": "none"}, "adopted"),
    ({"actions": [24] * 4 + [25] * 4, "verdict": "fall"}, "adopted"),
    ({"users": [1] * 8}, "trying"),
    ({"users": [3, 4] * 4}, "trying"),
    ({"days": 20}, "trying"),
    ({"seats": 0, "users": [2] * 8}, "adopted"),
    ({"seats": 36, "users": [1] * 8, "actions": [9] * 8}, "trying"),
    ({"users": [6] * 4 + [5] * 4, "actions": [9] * 4 + [25] * 4, "verdict": "fall"}, "declining"),
    # What is not all there is no stage; of what lies before only "never" is made.
    ({"lost": [("all", "", "week")]}, None),
    ({"lost": [("module_code", "AP", "current")]}, None),
    ({"lost": [("module_code", "GL", "current")]}, "adopted"),
    ({"lost": [("all", "", "prior")]}, "adopted"),
    ({"lost": [("all", "", "prior")], "users": [], "actions": []}, None),
    ({"cancelled": dt.date(2023, 6, 30)}, "adopted"),  # and bought again
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Every case as a customer with one module; its row by the case's place."""
    path = tmp_path_factory.mktemp("adoption") / "warehouse.duckdb"
    warehouse = DuckDBWarehouse(path=str(path), wait_seconds=20)
    rows = {}
    for place, (changes, _) in enumerate(CASES):
        for table, row in rows_of(f"C{place:02}", {**STEADY, **changes}):
            rows.setdefault(table, []).append(row)
    with warehouse.session("test") as db:
        for table, listed in rows.items():
            db.append(table, pd.DataFrame(listed))
        asked = adoption.asked(WEEK, POLICY.adoption)
        db.replace_from(
            "analytics.module_adoption", "customers/module_adoption", asked, {"week_start": WEEK}
        )
        return db.query("customers/adoption_of_week", [WEEK])


def rows_of(customer, case):
    module = {"customer_id": customer, "module_code": "AP"}
    yield "source.products", {
        **module, "purchased_on": dt.date(2024, 1, 1), "status": "active",
        "contracted_seats": case["seats"], "annual_price": 100,
        "cancelled_on": case.get("cancelled"),
    }  # fmt: skip
    last = WEEK + dt.timedelta(days=6 - case["days"])
    for back, (users, actions) in enumerate(zip(case["users"], case["actions"], strict=True)):
        yield "source.module_usage", {
            **module, "week_start": WEEK - dt.timedelta(weeks=back), "active_users": users,
            "key_actions": actions, "last_used_on": last,
        }  # fmt: skip
    of_week = {"customer_id": customer, "week_start": WEEK, "window_weeks": 4}
    if "verdict" in case:
        yield "analytics.customer_changes", {
            **of_week, "measure": "key_actions", "compared_with": "before", "part": "module",
            "name": "AP", "looked_at": 1, "direction": case["verdict"], "method": "x", "why": "x",
        }  # fmt: skip
    for part, name, span in case.get("lost", ()):
        yield "analytics.customer_gaps", {
            **of_week, "feed": "usage figures", "part": part, "name": name, "span": span,
            "state": "late", "missing": 1.0, "why": "x",
        }  # fmt: skip


@pytest.mark.parametrize("place", range(len(CASES)))
def test_the_stage_of_a_module(made, place):
    found = made["adoption_stage"].iloc[place]
    assert (None if pd.isna(found) else found) == CASES[place][1]


def test_what_is_made_of_weeks_that_are_lost_is_empty_and_the_rest_is_told(made):
    week, window, other, prior = (made.iloc[place] for place in (13, 14, 15, 16))
    assert pd.isna(week["active_users"])
    assert pd.isna(week["is_collapsed"])
    assert week["key_actions_4w"] == 100
    assert window[["key_actions_4w", "users_4w", "peak_users_26w"]].isna().all()
    assert (other["key_actions_4w"], other["seat_utilisation"]) == (100, 0.5)
    assert pd.isna(prior["usage_change"])
    assert (prior["key_actions_4w"], bool(prior["is_collapsed"])) == (100, False)

"""Recommendations: explanations add up, rules are named, people's choices are kept."""

import json

import pandas as pd

from cs_assets.routing import metrics, policy
from cs_assets.routing.decisions.earlier import Decisions
from cs_assets.routing.placing.recommend import recommend
from tests.routing.frames import account, described, owned, worker

RULES = policy.load()


def firm(accounts: list, workers: list) -> tuple[pd.DataFrame, pd.DataFrame]:
    book = [owned(f"O{n}", f"W{n % 3}") for n in range(9)]
    return described([*book, *accounts], workers)


THREE = [worker(f"W{n}") for n in range(3)]


def test_the_terms_add_up_exactly_to_cost_and_difference() -> None:
    fresh = [account(f"A{n}", health_segment=("Red", "Green", None)[n % 3]) for n in range(7)]
    rows = recommend(*firm(fresh, THREE), RULES).recommendations
    for _, ranked in rows.groupby("account_id"):
        terms = [json.loads(text) for text in ranked.sort_values("rank")["terms"]]
        costs = list(ranked.sort_values("rank")["cost"])
        assert [sum(t.values()) for t in terms] == costs
        differences = list(ranked.sort_values("rank")["cost_difference"])
        assert differences == [cost - costs[0] for cost in costs]
        assert min(differences) == 0


def test_a_child_follows_the_csm_of_its_parent() -> None:
    accounts, books = firm([account("CHILD"), account("OTHER")], THREE)
    accounts.loc[accounts["account_id"] == "CHILD", "parent_owner_id"] = "W2"
    rows = recommend(accounts, books, RULES).recommendations
    first = rows[rows["rank"] == 1].set_index("account_id")
    assert first.loc["CHILD", "worker_id"] == "W2"


def test_a_protected_account_goes_to_a_person_unless_one_has_chosen() -> None:
    accounts, books = firm([account("P", is_protected=True), account("A"), account("B")], THREE)
    rows = recommend(accounts, books, RULES).recommendations.set_index("account_id")
    assert rows.loc["P", "status"] == "needs_person"
    decided = Decisions(pins={"P": "W1"})
    rows = recommend(accounts, books, RULES, decided).recommendations
    first = rows[rows["rank"] == 1].set_index("account_id")
    assert (first.loc["P", "worker_id"], first.loc["P", "method"]) == ("W1", "pinned")


def test_the_fewest_rules_are_relaxed_and_named() -> None:
    accounts, books = firm([account("J", language="ja"), account("A")], THREE)
    outcome = recommend(accounts, books, RULES)
    first = outcome.recommendations.query("rank == 1").set_index("account_id")
    assert json.loads(first.loc["J", "relaxed_rules"]) == ["language"]
    assert "language" in first.loc["J", "explanation"]
    (found,) = json.loads(outcome.solution["diagnosis"])
    assert found["conflict"] == {"language": 3}
    assert found["price_of_waiting"] > RULES.batch.waiting


def test_too_little_room_leaves_the_shortest_wait_waiting_and_places_the_rest() -> None:
    tight = [worker(f"W{n}", max_accounts=4) for n in range(3)]
    accounts, books = firm([account(f"A{n}") for n in range(5)], tight)
    accounts["waiting_days"] = [1.0, 9.0, 3.0, 8.0, 7.0]
    rows = recommend(accounts, books, RULES).recommendations.query("rank == 1")
    by_status = rows.groupby("status")["account_id"].apply(sorted).to_dict()
    assert by_status == {"recommended": ["A1", "A3", "A4"], "waiting": ["A0", "A2"]}


def test_workday_rules_keep_out_who_is_absent_new_or_no_csm() -> None:
    import datetime as dt

    from tests.routing.frames import AS_OF

    day = AS_OF.date()
    people = [
        worker("W0", leave_start=day, leave_end=day + dt.timedelta(days=30)),
        worker("W1", hire_date=day - dt.timedelta(days=10)),
        worker("W2", job_profile="Account Executive"),
        worker("W3", is_active=False),
        worker("W4", leave_start=day, leave_end=day + dt.timedelta(days=2)),
    ]
    accounts, books = firm([account("A"), account("B")], people)
    rows = recommend(accounts, books, RULES).recommendations
    assert set(rows["worker_id"]) == {"W4"}, "only the short leave does not matter"
    assert set(books["worker_id"]) == {"W0", "W1", "W4"}


def test_a_single_account_whose_csm_a_person_chose_is_confirmed_by_the_checker() -> None:
    accounts, books = firm([account("A")], THREE)
    outcome = recommend(accounts, books, RULES, Decisions(pins={"A": "W1"}))
    (row,) = outcome.recommendations.to_dict("records")
    assert (row["worker_id"], row["method"], row["status"]) == ("W1", "pinned", "recommended")
    assert json.loads(outcome.solution["certificate"])["holds"]


def test_a_single_account_too_heavy_for_every_book_waits() -> None:
    capped = RULES.capacity.model_copy(update={"max_points": 4.0})
    rules = RULES.model_copy(update={"capacity": capped})
    accounts, books = firm([account("A", segment="Enterprise", health_segment="Red")], THREE)
    books = books.assign(max_points=4.0)
    (row,) = recommend(accounts, books, rules).recommendations.to_dict("records")
    assert (row["status"], row["worker_id"]) == ("waiting", None)
    assert "has no room left" in row["explanation"]


def test_gini_is_zero_for_all_alike_and_known_for_a_known_case() -> None:
    assert metrics.gini([5, 5, 5]) == 0
    assert metrics.gini([0, 0, 0, 1]) == 0.75
    assert metrics.gini([]) is None
    assert metrics.gini([0, 0]) is None


def test_books_after_a_batch_hold_what_was_given() -> None:
    accounts, books = firm([account("A", health_segment="Red"), account("B")], THREE)
    given = pd.DataFrame({"account_id": ["A", "B"], "worker_id": ["W0", "W0"]})
    later = metrics.after(books, given, accounts).set_index("worker_id")
    before = books.set_index("worker_id")
    assert later.loc["W0", "accounts"] == before.loc["W0", "accounts"] + 2
    assert later.loc["W0", "red"] == before.loc["W0", "red"] + 1
    assert later.loc["W0", "points"] > before.loc["W0", "points"]
    assert later.loc["W1", "points"] == before.loc["W1", "points"]


def test_each_measure_counts_the_books_behind_it():
    """A book without accounts has no share of them at risk; one without a limit is not used up."""
    book = {"points": 5.0, "load_share": 1.0, "revenue": 7, "red": 1, "accounts": 2}
    books = pd.DataFrame(
        [book | {"max_accounts": 4}, book | {"accounts": 0, "red": 0, "max_accounts": 4},
         book | {"max_accounts": None}]
    )  # fmt: skip
    counted = {name: n for name, _, n in metrics.fairness(books)}
    assert counted["at_risk_share_mean"] == 2
    assert counted["points_mean"] == counted["revenue_gini"] == 3
    assert counted["utilisation"] == 2

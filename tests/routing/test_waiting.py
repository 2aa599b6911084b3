"""Nobody waits for ever: over many batches with too little room the oldest come first."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from cs_assets.partitions import ROUTING_BATCHES
from cs_assets.routing import assets, batches, policy
from cs_assets.routing.decisions import assigning
from cs_assets.routing.placing import waiting
from cs_assets.routing.placing.recommend import recommend
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.settings import Settings
from tests.routing.conftest import fill
from tests.routing.frames import AS_OF, account, described, onboarding, owned, worker
from tests.routing.test_assets import route, table

RULES = policy.load()


def days_until_placed(
    arrivals: Callable[[int], list[dict[str, Any]]],
    days: int,
    rules: policy.Policy = RULES,
    **book: Any,
) -> dict[str, int]:
    """Days that each account waited for the one place (or the points) that come free a day."""
    queue: dict[str, tuple[int, dict[str, Any]]] = {}
    waited: dict[str, int] = {}
    for day in range(days):
        queue |= {row["account_id"]: (day, row) for row in arrivals(day)}
        frames = described(
            [*(row for _, row in queue.values()), owned("O1", "W0")],
            [worker("W0", max_accounts=2)],
        )
        accounts, books = frames
        books = books.assign(**book)
        since = accounts["account_id"].map(
            {name: day - began for name, (began, _) in queue.items()}
        )
        rows = recommend(accounts.assign(waiting_days=since.astype(float)), books, rules)
        first = rows.recommendations.query("rank == 1 and status == 'recommended'")
        for name in first["account_id"]:
            waited[name] = day - queue.pop(name)[0]
    return waited


def test_with_one_place_a_day_for_three_accounts_the_queue_is_kept() -> None:
    waited = days_until_placed(lambda day: [account(f"A{day:02}{k}") for k in range(3)], 12)
    served = sorted(waited)
    assert len(served) == 12
    assert served == [f"A{day:02}{k}" for day in range(4) for k in range(3)], "oldest first"


def test_an_account_out_of_focus_is_overtaken_for_days_and_not_for_ever() -> None:
    def arrivals(day: int) -> list[dict[str, Any]]:
        slow = [account("SLOW", segment="Small Business")] if day == 0 else []
        return [*slow, account(f"A{day:02}")]

    waited = days_until_placed(arrivals, 16)
    ahead = RULES.batch.waiting_in_focus / RULES.batch.waiting_per_day
    assert waited["A00"] == 0, "the focus counts"
    assert ahead - 1 <= waited["SLOW"] <= ahead + 1


def test_a_heavy_account_is_not_passed_over_for_light_ones_for_ever() -> None:
    """It takes the points of four light ones, of which two come each day, in focus."""
    rules = RULES.model_copy(
        update={
            "capacity": RULES.capacity.model_copy(update={"max_points": 100.0}),
            "batch": RULES.batch.model_copy(update={"waiting_per_day": 5.0}),
        }
    )

    def arrivals(day: int) -> list[dict[str, Any]]:
        heavy = [account("HEAVY", segment="Enterprise", tad_score=0.0)] if day == 0 else []
        return [*heavy, *(account(f"A{day:02}{k}") for k in range(2))]

    room = {"points": 0.0, "max_points": 4.3, "max_accounts": 9}
    waited = days_until_placed(arrivals, 18, rules, **room)
    costs = rules.batch
    two_light = 2 * (costs.waiting + costs.waiting_in_focus)
    assert waited["HEAVY"] == (two_light - costs.waiting) // costs.waiting_per_day + 1


def test_an_account_left_over_is_placed_by_a_later_batch_when_there_is_room(
    small: DuckDBWarehouse,
) -> None:
    with small.session("test") as db:
        people = db.query("routing/workers").assign(worker_email="x@example.com")
    fill(small, workday_workers=people.assign(max_accounts=4).to_dict("records"))
    first = batches.plan_batch(small, AS_OF)
    assert first is not None
    assert route(small, first).success
    given = table(small, "routing/assignments")
    left = {f"A{n}" for n in range(6)} - set(given["account_id"])
    assert len(left) == 2
    assert batches.plan_batch(small, AS_OF + dt.timedelta(hours=1)) is None, "too soon"
    fill(small, workday_workers=people.assign(max_accounts=9).to_dict("records"))
    second = batches.plan_batch(small, AS_OF + batches.RETRY_AFTER)
    assert second is not None
    assert set(table(small, "routing/batch_members", second)["account_id"]) == left
    done = route(small, second)
    assert all(check.passed for check in done.get_asset_check_evaluations())
    again = table(small, "routing/assignments").set_index("account_id")
    assert set(again.index) == {f"A{n}" for n in range(6)}
    kept = given.set_index("account_id")["worker_id"]
    assert (again.loc[kept.index, "worker_id"] == kept).all(), "who had a CSM keeps it"


def test_a_run_that_died_after_solving_is_taken_up_again(small: DuckDBWarehouse) -> None:
    import dagster as dg

    from resources.models.claude import ClaudeResource

    batch = batches.plan_batch(small, AS_OF)
    assert batch is not None
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(ROUTING_BATCHES, [batch])
        assert dg.materialize(
            assets.batch_assets[:3],
            partition_key=batch,
            instance=instance,
            resources={
                "settings": Settings.load(),
                "warehouse": small,
                "claude": ClaudeResource(settings=Settings.load()),
            },
        ).success
    assert table(small, "routing/assignments").empty
    assert batches.plan_batch(small, AS_OF + dt.timedelta(minutes=1)) == batch
    assert route(small, batch).success
    assert len(table(small, "routing/assignments")) == 6
    assert batches.plan_batch(small, AS_OF + dt.timedelta(minutes=2)) is None


def test_two_batches_side_by_side_keep_a_cap_that_neither_knows_of(
    small: DuckDBWarehouse,
) -> None:
    with small.session("test") as db:
        people = db.query("routing/workers").assign(worker_email="x@example.com")
        db.append("source.onboarding_detail", pd.DataFrame([onboarding("B1")]))
        db.append("source.accounts", pd.DataFrame([account("B1")]))
    fill(small, workday_workers=people.assign(max_accounts=5).to_dict("records"))
    with small.session("test") as db:
        everything = db.query("routing/waiting_accounts")
        none_yet = pd.DataFrame(columns=["account_id"])
        for part in (everything[:3], everything[3:]):
            for planned in batches.plan_batches(part, none_yet, AS_OF):
                db.merge("ops.routing_batches", planned.members)
        one, two = batches.open_batches(db)
    for batch in (one, two):
        assert route(small, batch).success
    given = table(small, "routing/assignments")
    assert given["worker_id"].value_counts().max() <= 2
    assert given["account_id"].is_unique


def test_what_no_longer_fits_is_left_out_and_what_was_assigned_stays() -> None:
    planned = pd.DataFrame(
        {
            "account_id": ["A", "B", "C"],
            "worker_id": "W",
            "waiting_since": [AS_OF, AS_OF - dt.timedelta(days=3), pd.NaT],
        }
    )
    books = pd.DataFrame([{"worker_id": "W", "max_accounts": 5}])
    owned_now = pd.DataFrame({"worker_id": ["W"] * 4})
    assert list(assigning.within_caps(planned, books, owned_now, ())["account_id"]) == ["B"]
    assert list(assigning.within_caps(planned, books, owned_now, {"A"})["account_id"]) == ["A"]


@pytest.mark.parametrize("days", [0.0, 3.0, None])
def test_the_price_of_waiting_grows_with_the_days(days: float | None) -> None:
    row = {"waiting_days": days, "in_focus": False}
    more = {"waiting_days": (days or 0.0) + 1, "in_focus": False}
    assert waiting.price(more, RULES) > waiting.price(row, RULES)
    assert waiting.price({**row, "in_focus": True}, RULES) > waiting.price(row, RULES)


def test_rules_are_passed_before_an_account_waits_for_want_of_room() -> None:
    """One place without passing a rule; the other CSM only cools down."""
    book = [
        *(owned(f"F{n}", "W0") for n in range(3)),
        owned("R", "W1", owned_since=AS_OF - dt.timedelta(hours=1)),
    ]
    people = [worker("W0", max_accounts=4), worker("W1"), worker("W2", region="Asia Pacific")]
    accounts, books = described([*book, account("A"), account("B"), account("C")], people)
    fresh = recommend(accounts, books, RULES).recommendations.query("rank == 1")
    assert sorted(fresh["status"]) == ["recommended", "waiting", "waiting"], "cooling soon ends"
    outcome = recommend(accounts.assign(waiting_days=4.0), books, RULES)
    first = outcome.recommendations.query("rank == 1").set_index("account_id")
    assert (first["status"] == "recommended").all()
    passed = [json.loads(rules) for rules in first["relaxed_rules"]]
    assert sorted(passed) == [[], ["cooling"], ["cooling"]], "and no rule without need"
    told = json.loads(outcome.solution["diagnosis"])
    assert sorted(row["relaxed"] for row in told) == [["cooling"], ["cooling"]]

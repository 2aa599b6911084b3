"""Planning of batches: each account in exactly one."""

import datetime as dt

import pandas as pd
import pytest

from cs_assets.routing import batches
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.routing.frames import AS_OF

NOTHING = pd.DataFrame(columns=["account_id"])
LATER = AS_OF + batches.RETRY_AFTER


def waiting(*ids: str, since: dt.datetime | None = AS_OF) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "account_id": list(ids),
            "tenant_id": "T1",
            "waiting_since": since,
            "rejected_at": None,
            "is_routable": True,
        }
    )


def batched(account: str, assigned_at: dt.datetime | None, **values: object) -> pd.DataFrame:
    row = {
        "account_id": account,
        "batched_at": AS_OF,
        "assigned_at": assigned_at,
        "outcome": "recommended",
        "is_finished": True,
        "has_assignment": assigned_at is not None,
        **values,
    }
    return pd.DataFrame([row])


def test_a_batch_is_named_by_its_members_in_any_order() -> None:
    one = batches.plan_batches(waiting("B", "A"), NOTHING, AS_OF)
    two = batches.plan_batches(waiting("A", "B"), NOTHING, AS_OF)
    assert one[0].batch_id == two[0].batch_id
    assert batches.plan_batches(waiting("A"), NOTHING, AS_OF)[0].batch_id != one[0].batch_id


def test_an_account_in_a_batch_is_not_planned_again_while_it_waits() -> None:
    assert batches.plan_batches(waiting("A"), batched("A", None), AS_OF) == []


@pytest.mark.parametrize(
    ("as_of", "planned", "before"),
    [
        (LATER, True, {"outcome": "waiting"}),
        (LATER - dt.timedelta(seconds=1), False, {"outcome": "waiting"}),
        (LATER, False, {"outcome": "waiting", "is_finished": False}),
        (LATER, True, {"outcome": "recommended"}),
        (LATER, False, {"outcome": "recommended", "has_assignment": True}),
        (LATER, True, {"outcome": "needs_person"}),
    ],
    ids=["no room", "too soon", "under way", "room went elsewhere", "held", "person not needed"],
)
def test_an_account_left_over_is_planned_again_under_another_name(
    as_of: dt.datetime, planned: bool, before: dict[str, object]
) -> None:
    found = batches.plan_batches(waiting("A"), batched("A", None, **before), as_of)
    assert bool(found) == planned
    if planned:
        assert found[0].members["wait_key"][0].endswith("again after 2026-11-16T09:00:00")
        again = batches.plan_batches(waiting("A"), batched("A", None, **before), as_of)
        assert again[0].batch_id == found[0].batch_id


def test_a_protected_account_is_left_to_the_person() -> None:
    protected = waiting("A").assign(is_routable=False)
    assert not batches.plan_batches(protected, batched("A", None, outcome="needs_person"), LATER)


def test_an_account_that_waits_again_after_its_assignment_is_new() -> None:
    assigned = AS_OF - dt.timedelta(days=1)
    later = batches.plan_batches(waiting("A"), batched("A", assigned), AS_OF)
    assert len(later) == 1
    stale = batches.plan_batches(waiting("A"), batched("A", AS_OF), AS_OF)
    assert stale == [], "the onboarding view still shows the wait that was ended"


def test_large_backlogs_are_cut_into_batches_without_loss() -> None:
    ids = [f"A{n:03}" for n in range(25)]
    found = batches.plan_batches(waiting(*ids), NOTHING, AS_OF, largest=10)
    assert [len(batch) for batch in found] == [10, 10, 5]
    assert sorted(a for batch in found for a in batch.members["account_id"]) == ids


def test_an_unknown_start_of_waiting_is_kept_unknown() -> None:
    (batch,) = batches.plan_batches(waiting("A", since=None), NOTHING, AS_OF)
    row = batch.members.iloc[0]
    assert row["wait_key"] == "unknown"
    assert pd.isna(row["waiting_since"])


def test_planning_twice_stores_each_account_once(small: DuckDBWarehouse) -> None:
    first = batches.plan_batch(small, AS_OF)
    second = batches.plan_batch(small, AS_OF + dt.timedelta(days=1))
    assert first == second
    with small.session("test") as db:
        stored = db.query("routing/batched_accounts")
    assert sorted(stored["account_id"]) == [f"A{n}" for n in range(6)]

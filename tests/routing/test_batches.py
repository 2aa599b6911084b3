"""Planning of batches: each account in exactly one."""

import datetime as dt

import pandas as pd

from cs_assets.routing import batches
from resources.duckdb_warehouse import DuckDBWarehouse
from tests.routing.frames import AS_OF

NOTHING = pd.DataFrame(columns=["account_id", "waiting_since", "assigned_at"])


def waiting(*ids: str, since: dt.datetime | None = AS_OF) -> pd.DataFrame:
    return pd.DataFrame({"account_id": list(ids), "tenant_id": "T1", "waiting_since": since})


def batched(account: str, assigned_at: dt.datetime | None) -> pd.DataFrame:
    row = {"account_id": account, "waiting_since": AS_OF, "assigned_at": assigned_at}
    return pd.DataFrame([row])


def test_a_batch_is_named_by_its_members_in_any_order() -> None:
    one = batches.plan_batches(waiting("B", "A"), NOTHING, AS_OF)
    two = batches.plan_batches(waiting("A", "B"), NOTHING, AS_OF)
    assert one[0].batch_id == two[0].batch_id
    assert batches.plan_batches(waiting("A"), NOTHING, AS_OF)[0].batch_id != one[0].batch_id


def test_an_account_in_a_batch_is_not_planned_again_while_it_waits() -> None:
    assert batches.plan_batches(waiting("A"), batched("A", None), AS_OF) == []


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

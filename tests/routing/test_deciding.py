"""Decisions of people are stored, respected next time, and refused when they make no sense."""

import datetime as dt

import pandas as pd
import pytest

from cs_assets.routing import batches
from cs_assets.routing.decisions.people import CannotDecide, Decision, consequence, store_decision
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.routing.frames import AS_OF
from tests.routing.test_assets import route, table

LATER = AS_OF + dt.timedelta(hours=6)


def decide(warehouse: DuckDBWarehouse, kind: str, account: str, csm: str | None = None) -> None:
    made = Decision(account, kind, "workload", "ops@example.com", LATER, csm)  # type: ignore[arg-type]
    with warehouse.session("test") as db:
        given = db.query("routing/assignments")
        mine = given[given["account_id"] == account]
        current = mine.iloc[0].to_dict() if len(mine) else None
        store_decision(db, consequence(made, current, db.query("routing/workers")))


@pytest.fixture
def routed(small: DuckDBWarehouse) -> DuckDBWarehouse:
    batch = batches.plan_batch(small, AS_OF)
    assert batch is not None
    assert route(small, batch).success
    return small


def owner(warehouse: DuckDBWarehouse, account: str) -> tuple[str, str]:
    rows = table(warehouse, "routing/assignments").set_index("account_id")
    return str(rows.loc[account, "worker_id"]), str(rows.loc[account, "status"])


def test_an_override_wins_and_a_second_run_of_the_batch_leaves_it(routed: DuckDBWarehouse) -> None:
    before, _ = owner(routed, "A0")
    other = next(w for w in ("W1", "W2") if w != before)
    decide(routed, "override", "A0", other)
    assert owner(routed, "A0") == (other, "overridden")
    batch = str(table(routed, "routing/batched_accounts")["batch_id"].iloc[0])
    assert route(routed, batch).success
    assert owner(routed, "A0") == (other, "overridden")


def test_a_rejected_account_is_planned_anew_and_goes_to_somebody_else(
    routed: DuckDBWarehouse,
) -> None:
    refused, _ = owner(routed, "A1")
    decide(routed, "reject", "A1")
    assert "A1" not in set(table(routed, "routing/assignments")["account_id"])
    batch = batches.plan_batch(routed, LATER + dt.timedelta(minutes=1))
    assert batch is not None
    assert route(routed, batch).success
    assert owner(routed, "A1")[0] != refused


def test_the_write_back_view_shows_what_the_crm_lacks(routed: DuckDBWarehouse) -> None:
    rows = table(routed, "routing/write_back")
    assert sorted(rows["account_id"]) == [f"A{n}" for n in range(6)]
    assert rows["owner_before"].isna().all()


@pytest.mark.parametrize(
    ("kind", "worker", "reason", "says"),
    [
        ("approve", None, "workload", "no assignment"),
        ("override", "NOBODY", "workload", "no active worker"),
        ("override", "W1", "because", "reason 'because'"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    kind: str, worker: str | None, reason: str, says: str
) -> None:
    workers = pd.DataFrame([{"worker_id": "W1", "worker_name": "One", "is_active": True}])
    made = Decision("A", kind, reason, "me", AS_OF, worker)  # type: ignore[arg-type]
    with pytest.raises(CannotDecide, match=says):
        consequence(made, None, workers)

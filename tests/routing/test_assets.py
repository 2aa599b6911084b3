"""Each routing asset materialised on a real warehouse."""

import dagster as dg
import pandas as pd
import pytest

from cs_assets.partitions import ROUTING_BATCHES
from cs_assets.routing import assets, batches, checks
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.models.claude import ClaudeResource
from resources.settings import Settings
from tests.materialising import materialize
from tests.routing.conftest import fill
from tests.routing.frames import AS_OF, account, onboarding, owned


def route(warehouse: DuckDBWarehouse, batch: str) -> dg.ExecuteInProcessResult:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(ROUTING_BATCHES, [batch])
        return materialize(
            [*assets.batch_assets, *checks.checks],
            partition_key=batch,
            instance=instance,
            resources={
                "settings": Settings.load(),
                "warehouse": warehouse,
                "claude": ClaudeResource(settings=Settings.load()),
            },
        )


def table(warehouse: DuckDBWarehouse, statement: str, *parameters: str) -> pd.DataFrame:
    with warehouse.session("test") as db:
        return db.query(statement, list(parameters))


def test_every_waiting_account_gets_an_owner_and_every_check_passes(
    small: DuckDBWarehouse,
) -> None:
    batch = batches.plan_batch(small, AS_OF)
    assert batch is not None
    done = route(small, batch)
    assert done.success
    assert all(check.passed for check in done.get_asset_check_evaluations())
    given = table(small, "routing/assignments")
    assert list(given["account_id"]) == [f"A{n}" for n in range(6)]
    assert given["worker_id"].value_counts().max() <= 2, "six alike accounts over four CSMs"


def test_materialising_a_batch_again_gives_the_same_rows(small: DuckDBWarehouse) -> None:
    batch = batches.plan_batch(small, AS_OF)
    assert batch is not None
    route(small, batch)
    first = [
        table(small, "routing/recommendations_of_batch", batch),
        table(small, "routing/books_of_batch", batch),
        table(small, "routing/assignments"),
    ]
    route(small, batch)
    again = [
        table(small, "routing/recommendations_of_batch", batch),
        table(small, "routing/books_of_batch", batch),
        table(small, "routing/assignments"),
    ]
    for before, after in zip(first, again, strict=True):
        pd.testing.assert_frame_equal(before, after)


def test_a_later_batch_sees_what_the_first_gave_away(small: DuckDBWarehouse) -> None:
    first = batches.plan_batch(small, AS_OF)
    assert first is not None
    route(small, first)
    with small.session("test") as db:
        db.append("source.onboarding_detail", pd.DataFrame([onboarding("B1")]))
        db.append("source.accounts", pd.DataFrame([account("B1")]))
    second = batches.plan_batch(small, AS_OF + pd.Timedelta(hours=5))
    assert second not in (None, first)
    route(small, str(second))
    books = table(small, "routing/books_of_batch", str(second))
    assert books["accounts"].sum() == 12 + 6
    method = table(small, "routing/recommendations_of_batch", str(second))["method"].unique()
    assert list(method) == ["weighted_score"]


def test_an_unknown_batch_fails_with_one_clear_line(small: DuckDBWarehouse) -> None:
    with pytest.raises(assets.UnknownBatch, match="no accounts; plan one"):
        route(small, "20260101-nothing")


def test_an_account_missing_from_the_source_goes_to_a_person_and_stops_nobody(
    small: DuckDBWarehouse,
) -> None:
    with small.session("test") as db:
        db.append("source.onboarding_detail", pd.DataFrame([onboarding("GHOST")]))
    batch = batches.plan_batch(small, AS_OF)
    assert batch is not None
    assert route(small, batch).success
    rows = table(small, "routing/recommendations_of_batch", batch)
    first = rows[rows["rank"] == 1].set_index("account_id")["status"]
    assert first["GHOST"] == "needs_person"
    assert (first.drop("GHOST") == "recommended").all()


def test_nobody_available_leaves_all_waiting_with_the_rule_named(small: DuckDBWarehouse) -> None:
    with small.session("test") as db:
        workers = db.query("routing/workers").assign(
            leave_start=AS_OF.date(), leave_end=None, worker_email="x@example.com"
        )
    fill(small, workday_workers=workers.to_dict("records"))
    batch = batches.plan_batch(small, AS_OF)
    assert batch is not None
    done = route(small, batch)
    failed = [c.check_name for c in done.get_asset_check_evaluations() if not c.passed]
    assert failed == ["accounts_left_waiting"]
    rows = table(small, "routing/recommendations_of_batch", batch)
    assert (rows["status"] == "waiting").all()
    assert table(small, "routing/assignments").empty


def test_the_weekly_proposal_is_stored_and_applies_nothing(small: DuckDBWarehouse) -> None:
    crowded = [owned(f"X{n}", "W1") for n in range(12)]
    with small.session("test") as db:
        db.append("source.accounts", pd.DataFrame(crowded))
    done = dg.materialize(
        [assets.rebalancing_proposals],
        partition_key="2026-11-09",
        resources={"settings": Settings.load(), "warehouse": small},
    )
    assert done.success
    rows = table(small, "routing/rebalancing_of_week", "2026-11-09")
    assert len(rows) > 0
    assert set(rows["from_worker_id"]) == {"W1"}
    assert (rows["imbalance_after"] < rows["imbalance_before"]).all()
    assert table(small, "routing/assignments").empty


def test_the_service_level_of_a_week_is_stored_and_what_is_late_is_named(
    small: DuckDBWarehouse,
) -> None:
    given = {
        "account_id": "O10", "account_name": "x", "worker_id": "W1", "worker_name": "w",
        "batch_id": "B", "status": "assigned", "method": "person", "llm_feedback": "[]",
        "review_verdict": "unreviewed", "policy_version": "1",
        "assigned_at": AS_OF - pd.Timedelta(days=4), "waiting_since": AS_OF - pd.Timedelta(days=9),
    }  # fmt: skip
    with small.session("test") as db:
        db.merge("analytics.account_csm_assignments", pd.DataFrame([given]))
    done = dg.materialize(
        [assets.routing_service_level],
        partition_key="2026-11-09",
        resources={"settings": Settings.load(), "warehouse": small},
    )
    assert done.success
    late = table(small, "routing/check_service_level").set_index("account_id")
    assert late["late"].to_dict() == {"O10": "both"} | {f"A{n}": "owner" for n in range(6)}

"""The sensor on accounts that need a CSM, on a real instance and warehouse."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from cs_assets.partitions import ROUTING_BATCHES, routing_batches
from resources.duckdb.fair_lock import fair_lock
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.settings import Settings
from sensors import needs_csm
from tests.faults import routing_kills
from tests.figures import Tell
from tests.routing.test_assets import route, table


def now() -> dt.datetime:
    """The moment of the call, as the sensor takes it: the suite may have begun long before."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def tick(
    instance: dg.DagsterInstance, warehouse: DuckDBWarehouse
) -> dg.SensorResult | dg.SkipReason:
    sensor = needs_csm.build("routing_job")
    context = dg.build_sensor_context(
        instance=instance, resources={"settings": Settings.load(), "warehouse": warehouse}
    )
    answer = sensor(context)
    assert isinstance(answer, dg.SensorResult | dg.SkipReason)
    return answer


def test_new_accounts_become_one_batch_with_one_run(
    instance: dg.DagsterInstance, small: DuckDBWarehouse
) -> None:
    answer = tick(instance, small)
    assert isinstance(answer, dg.SensorResult)
    (request,) = answer.run_requests or []
    assert request.run_key == request.partition_key
    (added,) = answer.dynamic_partitions_requests or []
    assert added.partition_keys == [request.partition_key]


def test_a_tick_repeated_after_a_crash_asks_for_the_same_run(
    instance: dg.DagsterInstance, small: DuckDBWarehouse
) -> None:
    first, again = tick(instance, small), tick(instance, small)
    assert isinstance(first, dg.SensorResult)
    assert isinstance(again, dg.SensorResult)
    assert [r.run_key for r in first.run_requests or []] == [
        r.run_key for r in again.run_requests or []
    ]


def test_once_routed_nothing_is_asked_for(
    instance: dg.DagsterInstance, small: DuckDBWarehouse
) -> None:
    answer = tick(instance, small)
    assert isinstance(answer, dg.SensorResult)
    (request,) = answer.run_requests or []
    assert request.partition_key is not None
    instance.add_dynamic_partitions(ROUTING_BATCHES, [request.partition_key])
    assert route(small, request.partition_key).success
    assert isinstance(tick(instance, small), dg.SkipReason)
    assert len(table(small, "routing/batched_accounts")) == 6


def test_a_failed_run_is_asked_for_again_but_not_for_ever(
    instance: dg.DagsterInstance, small: DuckDBWarehouse
) -> None:
    answer = tick(instance, small)
    assert isinstance(answer, dg.SensorResult)
    (request,) = answer.run_requests or []
    batch = str(request.partition_key)
    instance.add_dynamic_partitions(ROUTING_BATCHES, [batch])

    @dg.asset(partitions_def=routing_batches)
    def breaks() -> None:
        raise RuntimeError("no luck")

    keys = []
    while (key := needs_csm.run_key(instance, batch, now())) is not None:
        keys.append(key)
        dg.materialize([breaks], partition_key=batch, instance=instance, raise_on_error=False)
    assert keys == [batch, f"{batch}#1", f"{batch}#2"]


def test_when_the_data_are_mended_what_failed_is_planned_again_and_never_in_a_storm(
    instance: dg.DagsterInstance, small: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three runs fail; the same data ask for no more; other data ask for one, then more rarely."""

    @dg.asset(partitions_def=routing_batches)
    def breaks() -> None:
        raise RuntimeError("a row that nothing foresaw")

    cursor: list[str | None] = [None]
    moment = [now()]
    monkeypatch.setattr(needs_csm, "_now", lambda: moment[0])

    def ticked(seconds: float) -> list[str]:
        # Dagster notes runs by the clock, which must never be ahead of the sensor's.
        moment[0] = max(moment[0], now()) + dt.timedelta(seconds=seconds)
        sensor = needs_csm.build("routing_job")
        answer = sensor(
            dg.build_sensor_context(
                instance=instance,
                resources={"settings": Settings.load(), "warehouse": small},
                cursor=cursor[0],
            )
        )
        assert isinstance(answer, dg.SensorResult)
        cursor[0] = answer.cursor
        for request in answer.run_requests or []:
            instance.add_dynamic_partitions(ROUTING_BATCHES, [str(request.partition_key)])
            dg.materialize(
                [breaks],
                partition_key=request.partition_key,
                instance=instance,
                raise_on_error=False,
            )
        return [str(request.run_key) for request in answer.run_requests or []]

    def change(revenue: float) -> None:
        with small.session("test") as db:
            db._run("UPDATE source.accounts SET revenue = ? WHERE account_id = 'A0'", [revenue])

    assert [len(ticked(1)) for _ in range(5)] == [1, 1, 1, 0, 0], "given up on these data"
    change(1.0)
    assert len(ticked(1)) == 1, "the data changed: once more, at once"
    assert [len(ticked(1)) for _ in range(3)] == [0, 0, 0]
    change(2.0)
    assert ticked(1) == [], "data that change all the time make no storm"
    assert len(ticked(3600)) == 1
    assert ticked(1) == []
    hours = needs_csm.TRY_AGAIN_AFTER.total_seconds()
    assert len(ticked(hours)) == 1, "and never for good: the same data now and then"
    cursor[0] = "no cursor of ours"
    assert len(ticked(hours)) == 1, "a lost cursor costs one run"


def test_a_run_that_fell_silent_is_asked_for_again(
    instance: dg.DagsterInstance,
) -> None:
    @dg.asset(partitions_def=routing_batches)
    def something() -> None: ...

    job = dg.Definitions([something]).resolve_implicit_global_asset_job_def()
    instance.add_dynamic_partitions(ROUTING_BATCHES, ["B"])

    begun = dg.DagsterRunStatus.STARTED
    instance.create_run_for_job(job, status=begun, tags={"dagster/partition": "B"})
    assert needs_csm.run_key(instance, "B", now()) is None
    later = now() + needs_csm.SILENT_AFTER + dt.timedelta(minutes=1)
    assert needs_csm.run_key(instance, "B", later) == "B#1"


def test_two_instances_over_one_warehouse_plan_each_account_once(
    small: DuckDBWarehouse,
) -> None:
    with dg.DagsterInstance.ephemeral() as one, dg.DagsterInstance.ephemeral() as two:
        first, second = tick(one, small), tick(two, small)
        assert isinstance(first, dg.SensorResult)
        assert isinstance(second, dg.SensorResult)
        asked = [[r.partition_key for r in answer.run_requests or []] for answer in (first, second)]
    assert asked[0] == asked[1]
    batch = str(asked[0][0])
    assert route(small, batch).success
    assert route(small, batch).success
    given = table(small, "routing/assignments")
    assert given["account_id"].is_unique
    assert len(given) == 6


def test_a_busy_warehouse_skips_the_tick_with_a_reason(
    instance: dg.DagsterInstance, small: DuckDBWarehouse
) -> None:
    path = Path(small.path)
    hurried = DuckDBWarehouse(path=small.path, wait_seconds=0.05)
    with fair_lock(path.parent / f"{path.name}.lock", label="somebody", timeout=1):
        answer = tick(instance, hurried)
    assert isinstance(answer, dg.SkipReason)
    assert "busy" in str(answer.skip_message)


def test_killed_and_crowded_it_routes_each_account_once(tell: Tell) -> None:
    for figure in routing_kills.killed_and_crowded(("after:solution",), 2, 1):
        tell(figure)
        assert figure.passed, figure.line()

"""What the platform tells of itself: service levels, a silent daemon, late schedules."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest
import typer
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    ScheduleInstigatorData,
    SensorInstigatorData,
    TickData,
    TickStatus,
)
from dagster._daemon.types import DaemonHeartbeat
from dagster._utils.error import SerializableErrorInfo

from cs_assets.commands import doctor, watch
from cs_assets.commands.running import prepare_instance
from cs_assets.operations import checks, levels
from cs_assets.operations.assets import service_levels
from resources.home import Home
from resources.instance import health
from resources.settings import Settings
from tests import materialising

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
DAY = NOW.date()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    found = Home(tmp_path / "home")
    monkeypatch.setenv("CS_ASSETS_HOME", str(found.root))
    monkeypatch.setenv("DAGSTER_HOME", "elsewhere")  # put back afterwards
    monkeypatch.delenv("DAGSTER_HOME")  # as cron and timers give none
    prepare_instance(found)
    return found


@pytest.fixture
def instance(home: Home) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(home.dagster)) as opened:
        yield opened


def _origin(name: str) -> object:
    from dagster._core.remote_origin import (
        InProcessCodeLocationOrigin,
        RemoteInstigatorOrigin,
        RemoteRepositoryOrigin,
    )
    from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

    location = InProcessCodeLocationOrigin(
        LoadableTargetOrigin(module_name="m"), location_name="cs"
    )
    return RemoteInstigatorOrigin(RemoteRepositoryOrigin(location, "__repository__"), name)


def _switched_on(instance, name: str, data: object, kind: InstigatorType) -> InstigatorState:
    state = InstigatorState(_origin(name), kind, InstigatorStatus.RUNNING, data)
    instance.add_instigator_state(state)
    return state


def _ticked(instance, state: InstigatorState, at: dt.datetime, status: TickStatus) -> None:
    failed = SerializableErrorInfo("it fails", [], None)
    instance.create_tick(
        TickData(
            state.instigator_origin_id, state.instigator_name, state.instigator_type, status,
            at.timestamp(), selector_id=state.selector_id, run_ids=[],
            error=failed if status is TickStatus.FAILURE else None,
        )
    )  # fmt: skip


def _beats(instance, at: dt.datetime) -> None:
    instance.add_daemon_heartbeat(DaemonHeartbeat(at.timestamp(), "SENSOR", "d", []))


def test_what_is_off_late_or_failing_is_told_and_what_runs_is_not(instance):
    declared = dict.fromkeys(("well", "late", "failing", "off", "new"), ("0 8 * * 1", "UTC", False))
    long_ago = (NOW - dt.timedelta(days=30)).timestamp()
    states = {
        name: _switched_on(
            instance, name,
            ScheduleInstigatorData("0 8 * * 1", NOW.timestamp() if name == "new" else long_ago),
            InstigatorType.SCHEDULE,
        )
        for name in ("well", "late", "failing", "new")
    }  # fmt: skip
    due = NOW.replace(hour=8)
    _ticked(instance, states["well"], due, TickStatus.SUCCESS)
    _ticked(instance, states["late"], due - dt.timedelta(days=7), TickStatus.SUCCESS)
    _ticked(instance, states["failing"], due, TickStatus.FAILURE)
    found = health.what_runs(instance, declared, {"sensor_at_first_on": True}, NOW)
    troubles = {one.name: one.trouble for one in found}
    assert troubles == {
        "well": None, "late": "late", "failing": "failing", "off": "off", "new": None,
        "sensor_at_first_on": None,
    }  # fmt: skip


def test_the_doctor_says_whether_the_daemon_lives(home, instance):
    settings = Settings.load()
    assert "has not run here" in doctor._runs(settings).detail
    _beats(instance, dt.datetime.now(dt.UTC) - dt.timedelta(seconds=20))
    alive = doctor._runs(settings)
    assert (alive.verdict, "seen 2" in alive.detail) == ("ok", True)
    assert "weekly_reviews_schedule" in alive.detail.partition("off: ")[2]
    _beats(instance, dt.datetime.now(dt.UTC) - dt.timedelta(hours=2))
    silent = doctor._runs(settings)
    assert (silent.verdict, silent.mend.startswith("start it")) == ("warning", True)


def test_a_silent_daemon_and_a_failed_check_alert_once_each(home, instance, monkeypatch, capsys):
    monkeypatch.setenv("ALERT_EMAIL", "ops@cs.example")
    asset = dg.AssetKey("customer_metrics")
    key = dg.AssetCheckKey(asset, "customer_metrics_grain_is_unique")
    instance.report_runless_asset_event(
        dg.AssetCheckEvaluation(asset, key.name, passed=False, metadata={})
    )
    now = dt.datetime.now(dt.UTC)
    for last_seen, told in ((5, 1), (15, 2), (15, 2)):
        _beats(instance, now - dt.timedelta(minutes=last_seen))
        with pytest.raises(typer.Exit) as ended:
            watch.watch(as_json=True)
        assert ended.value.exit_code == 1
        found = json.loads(capsys.readouterr().out)
        assert len(found) == len(list((home.root / "outbox").glob("*.eml"))) == told
    assert any("silent since" in one["what"] for one in found)
    assert any("customer_metrics_grain_is_unique" in one["what"] for one in found)


def test_a_seeded_breach_trips_the_check_of_service_levels(instance, warehouse):
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    state = _switched_on(
        instance, "run_failure_sensor", SensorInstigatorData(min_interval=30), InstigatorType.SENSOR
    )
    start = dt.datetime.combine(yesterday, dt.time(), dt.UTC)
    for minute in range(0, 12):
        _ticked(instance, state, start + dt.timedelta(minutes=minute), TickStatus.SKIPPED)
    assert health.minutes_alive(instance, yesterday) == 12
    done = materialising.materialize(
        [service_levels, *checks.checks], resources={"warehouse": warehouse}, instance=instance
    )
    [evaluation] = done.get_asset_check_evaluations()
    assert not evaluation.passed
    with warehouse.session("test") as db:
        rows = db.query("operations/missed_levels").to_dict("records")
    assert [(row["measure"], row["good"], row["total"]) for row in rows] == [
        ("minutes_alive", 12, levels.MINUTES)
    ]


def test_levels_are_shares_of_what_there_was_and_nothing_is_neither_met_nor_missed():
    records = pd.DataFrame(
        {"stage": ["mails", "calls", "reviews"], "good": [98, 199, 0], "total": [100, 200, 0]}
    )
    ended = [levels.Ended("gong_job", well=n > 0) for n in range(200)]
    found = levels.rows(DAY, ended, None, records).set_index(["measure", "stage"])
    assert found.loc[("scheduled_runs", "gong_job"), "is_met"]  # 199 of 200
    assert not found.loc[("records", "mails"), "is_met"]
    assert found.loc[("records", "calls"), "is_met"]
    assert found.loc[("records", "reviews"), "is_met"] is None
    assert levels.week_before(DAY) == dt.date(2026, 11, 16)

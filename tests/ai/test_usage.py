"""What was used, by asset, model, account and week: asset, checks, command."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest
from typer.testing import CliRunner

from cs_assets.ai import configuration
from cs_assets.ai.assets import ai_usage
from cs_assets.ai.checks import checks
from cs_assets.ai.configuration import Ceiling
from cs_assets.ai.ledger.ledger import AiLedger, Estimate, Purpose, Reserved
from cs_assets.ai.ledger.usage import calls_frame, reconciled, room_left, usage
from cs_assets.ai.requests import Tokens
from cs_assets.commands.ai import app
from cs_assets.definitions import build_defs
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home_resource import HomeResource
from resources.settings import Settings


class Clock:
    now = dt.datetime(2026, 11, 16, 8)

    def __call__(self) -> dt.datetime:
        return self.now


def fill(home: Path, calls: int = 6, *, lose: int = 0) -> AiLedger:
    """A ledger with calls of two assets in two weeks, some reused, some lost."""
    clock = Clock()
    ledger = AiLedger(home / "ai.sqlite", configuration.load().ceilings, clock=clock)
    for number in range(calls):
        clock.now = dt.datetime(2026, 11, 16 if number % 2 else 9, 8, number)
        asset = "rep_digests" if number % 3 == 0 else "weekly_reports"
        for _ in range(2):  # the second time it is known
            decision = ledger.reserve(
                f"key-{number}",
                Purpose(asset, f"run-{number % 2}", f"customer:c-{number}", "2026-11-09"),
                provider="claude",
                model="claude-sonnet-5-5",
                prompt_name="p",
                prompt_version="1",
                estimate=Estimate(Tokens(1000, 500), 7000),
            )
            if isinstance(decision, Reserved) and number >= calls - lose:
                ledger.abandon(decision.call_id, "interrupted")
                break
            if isinstance(decision, Reserved):
                ledger.settle(decision.call_id, Tokens(900, 100), 2800, text="T", model="m")
    return ledger


def frame(ledger: AiLedger) -> pd.DataFrame:
    return calls_frame(ledger.rows(), configuration.load())


def test_usage_by_each_way_sums_to_the_same(tmp_path: Path) -> None:
    calls = frame(fill(tmp_path))
    for way in ("asset", "model", "account", "week"):
        table = usage(calls, way)
        assert table["calls"].sum() == 6
        assert table["reused"].sum() == 6
        assert table["cost_usd"].sum() == pytest.approx(6 * 0.0028)
    assert list(usage(calls, "week")["week"]) == [dt.date(2026, 11, 9), dt.date(2026, 11, 16)]
    assert list(usage(calls, "asset")["asset"]) == ["weekly_reports", "rep_digests"]


def test_another_way_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="asset, model, account, week"):
        usage(frame(fill(tmp_path)), "colour")


def materialize(home: Path) -> tuple[dg.ExecuteInProcessResult, DuckDBWarehouse]:
    warehouse = DuckDBWarehouse(path=str(home / "w.duckdb"))
    ran = dg.materialize(
        [ai_usage, *checks],
        resources={
            "settings": Settings.load(),
            "warehouse": warehouse,
            "home": HomeResource(root=str(home)),
        },
    )
    return ran, warehouse


def test_the_asset_copies_the_ledger_and_shows_it(tmp_path: Path) -> None:
    fill(tmp_path)
    ran, warehouse = materialize(tmp_path)
    shown = ran.asset_materializations_for_node("ai_usage")[0].metadata
    assert shown["calls"].value == 6
    assert shown["cost_usd"].value == pytest.approx(0.0168)
    chart = str(shown["chart"].value)
    assert chart.startswith("![cost by week and asset](data:image/png;base64,")
    assert len(chart) < 100_000
    with warehouse.session("test") as db:
        by_week = db.query("ai/usage")
    assert by_week["calls"].sum() == 6
    materialize(tmp_path)
    with warehouse.session("test") as db:
        assert db.query("ai/usage")["calls"].sum() == 6, "a second copy adds nothing"


def test_without_calls_the_asset_says_so(tmp_path: Path) -> None:
    ran, _ = materialize(tmp_path)
    shown = ran.asset_materializations_for_node("ai_usage")[0].metadata
    assert "by rules" in str(shown["usage"].value)
    assert all(check.passed for check in ran.get_asset_check_evaluations())


def test_lost_calls_fail_their_check(tmp_path: Path) -> None:
    fill(tmp_path, lose=2)
    ran, _ = materialize(tmp_path)
    verdicts = {check.check_name: check for check in ran.get_asset_check_evaluations()}
    assert not verdicts["every_call_is_settled"].passed
    assert verdicts["every_call_is_settled"].metadata["found"].value == 2
    assert verdicts["failures_are_rare"].passed
    assert verdicts["the_month_leaves_room"].passed


def test_room_is_a_share_of_each_ceiling() -> None:
    used = room_left((5, 100, 2_000_000), Ceiling(calls=10, tokens=1000, dollars=2.0))
    assert used == {"calls": 0.5, "tokens": 0.1, "dollars": 1.0}
    assert room_left((0, 0, 0), Ceiling(calls=0, tokens=1, dollars=1))["calls"] == 1.0


def test_statements_are_reconciled_with_the_bill_by_day() -> None:
    calls = pd.DataFrame(
        {
            "provider": ["cortex-sql", "cortex-sql", "claude"],
            "state": ["answered", "answered", "answered"],
            "reserved_at": pd.to_datetime(["2026-11-09T08", "2026-11-10T00", "2026-11-09T00"]),
            "cost_usd": [1.0, 0.5, 9.0],
        }
    )
    billed = pd.DataFrame({"usage_date": ["2026-11-09", "2026-11-11"], "credits": [0.4, 0.1]})
    table = reconciled(calls, billed, 2.0)
    assert table["ledger_usd"].tolist() == [1.0, 0.5, 0.0]
    assert table["billed_usd"].tolist() == pytest.approx([0.8, 0.0, 0.2])
    assert table["difference_usd"].tolist() == pytest.approx([0.2, 0.5, -0.2])


@pytest.mark.parametrize("by", ["asset", "model", "account", "week"])
def test_the_command_prints_a_table_and_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    fill(tmp_path)
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path))
    printed = CliRunner().invoke(app, ["usage", "--by", by])
    assert printed.exit_code == 0
    assert "Prices as of" in printed.stdout
    rows: list[dict[str, Any]] = json.loads(
        CliRunner().invoke(app, ["usage", "--by", by, "--json"]).stdout
    )
    assert sum(row["calls"] for row in rows) == 6


def test_the_command_without_a_ledger_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dagster").mkdir()  # an installation that has called no model yet
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path))
    assert "by rules" in CliRunner().invoke(app, ["usage"]).stdout
    assert not (tmp_path / "ai.sqlite").exists()


def test_the_ledger_is_copied_every_day_by_a_job_of_its_own() -> None:
    defs = build_defs(Settings())
    schedule = defs.resolve_schedule_def("ai_usage_schedule")
    assert (schedule.job.name, schedule.cron_schedule) == ("ai_usage_job", "30 5 * * *")
    job = defs.resolve_job_def("ai_usage_job")
    made = {key.to_user_string() for key in job.asset_layer.executable_asset_keys}
    assert made == {"ai_usage", "service_levels", "snowflake_usage"}
    with dg.build_schedule_context(
        scheduled_execution_time=dt.datetime(2026, 11, 16, 5, 30, tzinfo=dt.UTC)
    ) as context:
        (request,) = schedule.evaluate_tick(context).run_requests
    assert request.run_key == "2026-11-16"


@pytest.mark.parametrize(
    ("tokens", "paid"),
    [
        (Tokens(1000, 100), 3000),
        (Tokens(1000, 100, read=1000), 1200),
        (Tokens(1000, 100, written=1000), 3500),
        (Tokens(1000, 0, read=400, written=600), 80 + 1500),
        (Tokens(10, 0, read=10**9, written=10**9), 2),  # more than there was
    ],
)
def test_what_is_kept_and_what_was_kept_have_prices_of_their_own(tokens, paid):
    price = configuration.load().model("claude-sonnet-5-5")
    assert price.micro_dollars(tokens) == paid
    assert price.most_micro_dollars(tokens) >= paid

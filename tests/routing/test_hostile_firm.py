"""A firm whose tables hold what tables of firms hold: every view of routing stands, and is true."""

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cs_assets import config
from cs_assets.commands.route import app
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.routing.conftest import fill
from tests.routing.frames import account, onboarding, worker
from tests.routing.test_assets import table

NOW = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
ODD: dict[str, dict[str, Any]] = {
    "N0": {"revenue": -5.0},
    "N1": {"region": "the moon", "language": "klingon", "segment": "Huge"},
    "N2": {"region": "NULL", "language": r"\N", "health_segment": "purple"},
    "N3": {"time_zone": "'; DROP TABLE x", "modules": ";;;", "industry": "=cmd()"},
    "N4": {"parent_account_id": "N4"},
    "N5": {"account_name": "\u202eevil\x1b[31m", "revenue": 5e13},
    "N6": {"parent_account_id": "O0"},
    "N7": {"revenue": 900.0},
    "N8": {"segment": "Enterprise", "revenue": 2_400_000.0},
}
PEOPLE = [
    worker("W0", region="eu", languages="en-US;German", time_zone="europe/berlin"),
    worker("W1", region="EU", languages="English|de", max_accounts=-3),
    worker("W2", region="Europe", working_hours="25:00-1", time_zone="Nowhere/Land"),
    worker("W3", leave_start=NOW.date(), leave_end=NOW.date() + dt.timedelta(days=80)),
    worker("W4", termination_date=NOW.date() + dt.timedelta(days=40)),
    worker("W5", hire_date=NOW.date() - dt.timedelta(days=20)),
    worker("W0", region="eu", languages="en-US;German", time_zone="europe/berlin"),
    worker("POOL", coverage=" Pooled ", languages=None),
    worker("POOR", coverage="poolled"),
]


@pytest.fixture
def hostile(tmp_path: Path, small: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch) -> Path:
    draw = random.Random(5)
    rules = (Path(config.__file__).parent / "routing.yaml").read_text(encoding="utf-8")
    line = "coverage:\n  - {kind: pooled, segments: [Residential], revenue_below: 5000}"
    (tmp_path / "routing.yaml").write_text(rules.replace("coverage: []", line), encoding="utf-8")
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path))
    monkeypatch.setenv("CS_ASSETS_CONFIG_DIR", str(tmp_path))
    owners = ["W0", "W2", "W3", "W4", "LEFT", "POOL"]
    held = [
        account(
            f"O{k}",
            owner_worker_id=draw.choice(owners) if k else "LEFT",
            owned_since=NOW - dt.timedelta(days=draw.choice([5, 300])),
            revenue=round(draw.uniform(300, 90_000), 2),
            health_segment=draw.choice(["Red", "green", "amber", None]),
        )
        for k in range(60)
    ]
    fresh = [account(name, **values) for name, values in ODD.items()]
    fill(
        small,
        workday_workers=PEOPLE,
        accounts=[*held, *fresh, dict(fresh[-1], revenue=1.0)],
        onboarding_detail=[
            onboarding(name, needs_csm_since=NOW - dt.timedelta(hours=5)) for name in ODD
        ],
    )
    return tmp_path


def test_every_view_of_a_hostile_firm_stands_and_is_true(
    hostile: Path, small: DuckDBWarehouse
) -> None:
    def run(*arguments: str, status: int = 0) -> str:
        answer = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        assert answer.exit_code == status, answer.output
        assert "\x1b" not in answer.output
        assert "\u202e" not in answer.output
        return answer.output

    rows = {row["account_id"]: row for row in json.loads(run("route", "--json"))}
    assert set(rows) == set(ODD)
    went = {name: row["worker_id"] for name, row in rows.items() if row["status"] == "recommended"}
    assert set(went.values()) <= {"W0", "W2", "POOL"}, "the others cannot take anything"
    assert [name for name, owner in went.items() if owner == "POOL"] == ["N7"]
    people = {"N0", "N4", "N5", "N8"}
    assert {name for name, row in rows.items() if row["status"] == "needs_person"} == people
    for name in ODD:
        assert name in run("route", "--explain", name)
    waits = run("route", "--to-decide")
    assert all(word in waits for word in ("Nowhere", "poolled", "klingon", "-3"))
    assert "LEFT" in run("route", "--status", status=1)
    gone = {row["worker_id"]: row["why"] for row in json.loads(run("route", "--orphans", "--json"))}
    assert gone == {"W3": "leave", "W4": "leaving", "LEFT": "unknown"}
    plan = json.loads(run("route", "--hand-off", "--json"))
    assert {row["to_worker_id"] for row in plan} <= {"W0", "W2", "POOL", None}
    assert "Europe" in run("route", "--plan", "2")
    scenario = hostile / "scenario.yaml"
    scenario.write_text("leavers: [W0]\n", encoding="utf-8")
    assert "Proposals" in run("route", "--what-if", str(scenario))
    assert len(table(small, "routing/assignments")) == len(went)

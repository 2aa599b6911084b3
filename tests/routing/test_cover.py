"""Accounts whose owner is not there are seen."""

import datetime as dt
import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from cs_assets.commands.route import app
from cs_assets.routing import accounts as describing
from cs_assets.routing import cover, policy
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.routing.conftest import fill
from tests.routing.frames import AS_OF, owned, worker

RULES = policy.load()
DAY = AS_OF.date()


def test_whoever_is_gone_or_long_away_leaves_orphans() -> None:
    away = {"leave_start": DAY, "leave_end": DAY + dt.timedelta(days=90)}
    short = {"leave_start": DAY, "leave_end": DAY + dt.timedelta(days=2)}
    soon = DAY + dt.timedelta(days=30)
    people = [
        worker("HERE"), worker("SHORT", **short), worker("LEAVE", **away),
        worker("SOON", termination_date=soon), worker("LEFT", is_active=False),
        worker("MOVED", job_profile="Account Executive"),
    ]  # fmt: skip
    names = ["HERE", "SHORT", "LEAVE", "SOON", "LEFT", "MOVED", "NOBODY"]
    rows = [owned(f"O{n}", who, revenue=1000.0 * (n + 1)) for n, who in enumerate(names)]
    frame = pd.DataFrame(rows).rename(columns={"owner_worker_id": "worker_id"})
    mine = describing.weigh(frame.assign(churn_signals=0, worst_signal=0), RULES)
    found = cover.orphans(mine, pd.DataFrame(people), AS_OF, RULES)
    assert list(zip(found["worker_id"], found["why"], strict=True)) == [
        ("NOBODY", "unknown"), ("MOVED", "no_csm"), ("LEFT", "left"), ("SOON", "leaving"),
        ("LEAVE", "leave"),
    ]  # fmt: skip
    until = found.set_index("worker_id")["until"]
    assert until["SOON"] == soon
    assert until["LEAVE"] == away["leave_end"]


def test_the_command_lists_them(small: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CS_ASSETS_HOME", small.path.rsplit("/", 1)[0])
    assert "has an owner who is there" in run("route", "--orphans")
    fill(small, workday_workers=[worker(f"W{n}", is_active=n != 2) for n in range(1, 5)])
    rows = json.loads(run("route", "--orphans", "--json"))
    assert [(row["account_id"], row["why"]) for row in rows] == [
        ("O20", "left"), ("O21", "left"), ("O22", "left"),
    ]  # fmt: skip


def run(*arguments: str) -> str:
    answer = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output

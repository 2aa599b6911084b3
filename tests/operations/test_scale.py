"""What a company of some size asks: the arithmetic, the queue, and that the page says the same."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from cs_assets.operations.scale.queue import Week, simulate
from cs_assets.operations.scale.units import load
from tests.cycle.conftest import command

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scale.md"
WEEK = Week(1000, 10, 100.0, 2.0, 6.0, 0.0)
CALM = {"CS_ASSETS_WAREHOUSE": "snowflake", "SNOWFLAKE_ACCOUNT": "a", "SNOWFLAKE_USER": "u"}


def asked(monkeypatch, home, *arguments: str, **settings: str) -> dict:
    for name, value in (CALM | settings).items():
        monkeypatch.setenv(name, value)
    done = command("--home", str(home.root), "scale", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_one_worker_does_one_shard_after_the_other():
    done = simulate(WEEK, workers=1)
    assert done.median_hours * 3600 == pytest.approx(100 + 6 + 10 * 6 + 1000 * 2, rel=0.05)
    assert done.busy == pytest.approx(1.0)


def test_more_workers_are_no_slower_and_lost_runs_cost_time():
    hours = [simulate(WEEK, workers=n).median_hours for n in (1, 2, 5, 10, 20)]
    assert hours == sorted(hours, reverse=True)
    assert hours[3] == pytest.approx(hours[4])  # no more than there are shards
    lossy = simulate(replace(WEEK, lost=0.2), workers=5)
    assert lossy.worst_hours > simulate(WEEK, workers=5).worst_hours
    assert lossy == simulate(replace(WEEK, lost=0.2), workers=5)


def test_every_unit_says_where_it_is_from():
    def each(node):
        if isinstance(node, dict):
            if "source" in node:
                yield node
            for value in node.values():
                yield from each(value)

    units = list(each(load().model_dump()))
    assert len(units) > 20
    measured = [unit for unit in units if not unit["assumed"]]
    assert len(measured) > len(units) / 2
    assert all(unit["source"] for unit in units)


def test_what_binds_is_named_with_its_mend_and_moves_when_it_is_mended(home, monkeypatch):
    sizes = ("--customers", "100000", "--reps", "5000", "--calls", "25000", "--workers", "32")
    shards = {"CS_ASSETS_REVIEW_SHARDS": "64"}
    found = asked(monkeypatch, home, *sizes, **shards)
    binding = found["limits"][0]
    assert binding["name"] == "Gong requests a day"
    assert binding["load"] > 1
    assert "gong_schedule" in binding["mend"]
    less = asked(monkeypatch, home, *sizes, GONG_LOOK_BACK_DAYS="1", **shards)
    assert less["gong_requests_a_day"] < found["gong_requests_a_day"] / 2


def test_the_page_shows_what_the_command_says(home, monkeypatch):
    """Each block of the page that begins with the command holds what it prints today."""
    text = PAGE.read_text(encoding="utf-8")
    shown = re.findall(r"```\n\$ ((?:[A-Z_]+=\S+ )*)cs-assets (scale .+)\n((?:.*\n)+?)```", text)
    assert len(shown) >= 2
    for settings, arguments, printed in shown:
        with monkeypatch.context() as patched:
            for pair in settings.split():
                patched.setenv(*pair.split("=", 1))
            patched.setenv("SNOWFLAKE_ACCOUNT", "a")
            patched.setenv("SNOWFLAKE_USER", "u")
            done = command("--home", str(home.root), *arguments.split())
        assert done.stdout == printed, arguments

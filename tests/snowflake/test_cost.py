"""What the schedules cost: the warehouse's clock, and four weeks played against it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cs_assets.commands.setup import app
from resources.snowflake.warehouse_clock import billed_seconds
from schedules.cost import MEASURED, SIZES, Sends, ceiling, company_of, month
from schedules.rhythm import built_in


@pytest.mark.parametrize(
    ("work", "auto_suspend", "billed"),
    [
        ([], 60, 0),
        ([(0, 1)], 60, 61),
        ([(0, 1)], 30, 60),  # a start costs a minute
        ([(0, 1), (40, 1)], 60, 101),  # still awake: one start
        ([(200, 1), (0, 1)], 60, 122),  # asleep between: two
        ([(0, 500), (10, 1)], 60, 560),
    ],
)
def test_a_warehouse_is_billed_while_it_is_awake(work, auto_suspend, billed):
    assert billed_seconds(work, auto_suspend) == billed


def test_the_default_cadence_is_within_its_budget_and_its_quarter_of_an_hour():
    now = month(built_in())
    assert now.credits <= 60
    assert now.latest <= 900
    assert sum(now.beside.values()) < now.credits  # runs that meet share a start
    assert month(built_in(), auto_suspend=300).credits > 2 * now.credits


def test_more_calls_and_longer_statements_cost_more():
    few = month(built_in(), replace(SIZES["small"], calls=0))
    assert few.latest == 0
    assert few.credits < month(built_in()).credits < month(built_in(), SIZES["large"]).credits
    longer = {kind: Sends(10 * one.plain, one.ai) for kind, one in MEASURED.items()}
    assert month(built_in(), sends=longer).credits > month(built_in()).credits


def test_calls_a_day_tell_which_company_it_is():
    for size in SIZES.values():
        assert company_of(size.calls) == size
    assert company_of(41) == replace(SIZES["medium"], calls=41)
    assert company_of(9_000) == replace(SIZES["large"], calls=9_000)


def test_the_ceiling_carries_the_schedules_and_a_half():
    assert [ceiling(one) for one in (0, 6.6, 40, 41)] == [10, 10, 60, 70]


def test_the_command_tells_each_schedule_with_its_rhythm_and_its_credits(monkeypatch):
    told = CliRunner().invoke(app, ["cost", "--auto-suspend", "300"])
    assert told.exit_code == 0
    assert "*/15 * * * * (UTC)" in told.output
    data = json.loads(CliRunner().invoke(app, ["cost", "--json", "--calls", "80"]).output)
    assert data["credits_a_month"] < data["monitor_credits"]
    assert data["schedules"]["needs_csm_sensor"]["rhythm"] == "every 60 s"
    assert CliRunner().invoke(app, ["cost", "--auto-suspend", "5"]).exit_code == 2


def test_the_page_shows_the_table_that_the_command_makes():
    made = CliRunner().invoke(app, ["cost", "--sizes"]).output.strip()
    page = (Path(__file__).parents[2] / "docs" / "snowflake.md").read_text(encoding="utf-8")
    assert made in page, "make it anew: cs-assets setup cost --sizes"

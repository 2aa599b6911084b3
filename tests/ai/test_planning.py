"""What a week of model calls will use, told before it runs."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cs_assets.ai import configuration
from cs_assets.ai.configuration import AiConfiguration, Ceiling
from cs_assets.ai.planning import Planned, Volume, of_week
from cs_assets.commands.ai import app
from resources.duckdb.warehouse import DuckDBWarehouse

CLAUDE, AGENT, RULES = ("claude", "claude-sonnet-5-5"), ("cortex", "cortex-agent"), ("rules", "")
COMPANY = Volume(1_000, 200, 400, 8_000_000, 56_000, 3_200_000)


def planned(
    volume: Volume = COMPANY,
    writer: tuple[str, str] = CLAUDE,
    spent: tuple[int, int, int] = (0, 0, 0),
    rows: tuple[dict[str, object], ...] = (),
    config: AiConfiguration | None = None,
    on_snowflake: bool = False,
) -> dict[str, Planned]:
    config = config or configuration.load()
    found = of_week(volume, writer, RULES, config, rows, spent, on_snowflake=on_snowflake)
    return {one.asset: one for one in found}


def test_by_default_no_customer_of_a_thousand_is_cut_with_claude() -> None:
    found = planned()
    assert {name: one.items for name, one in found.items()} == {
        "weekly_reports": 1_000, "customer_insights": 300, "rep_digests": 200,
    }  # fmt: skip
    assert not any(one.cut for one in found.values())
    assert 0.02 < found["weekly_reports"].dollars / 1_000 < 0.25


def test_an_agent_costs_many_times_as_much_and_what_is_cut_is_told() -> None:
    agent, claude = planned(writer=AGENT)["weekly_reports"], planned()["weekly_reports"]
    assert agent.dollars > 5 * claude.dollars
    assert 0 < agent.cut < 1_000
    assert agent.credits(2.0) == pytest.approx(agent.dollars / 2)
    assert claude.credits(2.0) is None


def test_what_was_spent_in_the_month_is_gone() -> None:
    tight = configuration.load()
    ceilings = tight.ceilings.model_copy(update={"each": Ceiling(calls=0, tokens=0, dollars=0)})
    config = tight.model_copy(update={"ceilings": ceilings})
    whole = planned(config=config)["weekly_reports"]
    assert planned(config=config, spent=(0, 0, 490_000_000))["weekly_reports"].cut > whole.cut
    assert planned(config=config, spent=(0, 0, 10**12))["weekly_reports"].cut == 1_000


def test_what_the_ledger_knows_stands_before_what_is_usual() -> None:
    row = {"asset": "rep_digests", "model": CLAUDE[1], "state": "answered", "week": "2026-11-09"}
    rows = tuple(
        {**row, "account": f"rep:{n % 20}", "input_tokens": 1_000, "output_tokens": 100}
        for n in range(40)
    )
    found = planned(rows=rows)["rep_digests"]
    assert (found.basis, found.calls, found.input_tokens) == ("ledger", 400, 400_000)
    assert planned(rows=rows[:9])["rep_digests"].basis == "assumed"


def test_statements_are_planned_on_snowflake_with_their_hidden_prompts() -> None:
    found = planned(writer=RULES, on_snowflake=True)
    assert set(found) == {"call_sentiment", "call_summaries", "transcript_embeddings"}
    assert found["call_sentiment"].input_tokens > 200 * COMPANY.heard
    assert planned(writer=RULES) == {}


def test_insights_by_a_statement_are_planned_beside_another_writer() -> None:
    found = of_week(
        COMPANY, RULES, RULES, configuration.load(), (), (0, 0, 0), on_snowflake=False,
        insight=("cortex-sql", "ai_complete"),
    )  # fmt: skip
    assert [(one.asset, one.provider, one.items) for one in found] == [
        ("customer_insights", "cortex-sql", 300)
    ]
    assert found[0].dollars > 0


def test_many_customers_raise_the_ceilings_and_nothing_lowers_them() -> None:
    ceilings = configuration.load().ceilings
    assert ceilings.fitting(0) == ceilings.fitting(10) == ceilings
    many = ceilings.fitting(10_000)
    assert many.asset.dollars == many.run.dollars == 2_500
    assert many.month.dollars == 12_500
    assert many.account == ceilings.account
    none = ceilings.model_copy(update={"month": Ceiling(calls=0, tokens=0, dollars=0)})
    assert none.fitting(10_000).month == none.month  # nothing stays nothing


def test_the_command_says_it_for_people_and_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    with DuckDBWarehouse(path=str(tmp_path / "warehouse.duckdb")).session("test"):
        pass
    asked = ["plan", "--customers", "1000", "--reps", "200", "--calls", "400"]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0, told.output
    assert "weekly_reports" in told.output
    data = json.loads(CliRunner().invoke(app, [*asked, "--json"]).output)
    assert data["dollars"] == pytest.approx(sum(one["dollars"] for one in data["assets"]), abs=0.05)
    assert {one["asset"] for one in data["assets"]} >= {"weekly_reports", "rep_digests"}
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    assert "No model will be asked" in CliRunner().invoke(app, asked).output

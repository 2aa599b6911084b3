"""Which writer the settings choose, through real Dagster."""

import json
from pathlib import Path

import dagster as dg
import pytest
from pydantic import SecretStr

from cs_assets.ai import configuration
from cs_assets.ai.ledger.ledger import AiLedger
from cs_assets.ai.writing import RulesWriter
from cs_assets.errors import Unavailable, UsageError
from resources.models.writer import WriterResource, choice, probe
from resources.settings import Settings
from tests.ai import fake_claude, fake_cortex
from tests.ai.loopback import Reply, as_json, serving
from tests.ai.sheets import GOOD, assignment


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "CORTEX_AGENT", "CS_ASSETS_WRITER", "CS_ASSETS_WAREHOUSE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "rules"),
        ({"anthropic_api_key": "k"}, "claude"),
        ({"anthropic_api_key": "k", "cs_assets_writer": "rules"}, "rules"),
        ({"anthropic_api_key": "k", "cortex_agent": "A.B.C"}, "claude"),
        ({"cortex_agent": "A.B.C", "cs_assets_warehouse": "snowflake"}, "cortex"),
        ({"cs_assets_warehouse": "snowflake"}, "rules"),
        ({"cs_assets_writer": "cortex"}, "cortex"),
    ],
)
def test_the_choice(given: dict[str, str], expected: str) -> None:
    assert choice(Settings(**given)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"CS_ASSETS_WRITER": "claude"}, "ANTHROPIC_API_KEY"),
        ({"CS_ASSETS_WRITER": "cortex"}, "CORTEX_AGENT"),
        ({"CS_ASSETS_WRITER": "cortex", "CORTEX_AGENT": "A.B.C"}, "SNOWFLAKE_ACCOUNT"),
        ({"ANTHROPIC_API_KEY": "k", "ANTHROPIC_MODEL": "claude-3-5-sonnet-20241022"}, "retired"),
        ({"ANTHROPIC_API_KEY": "k", "ANTHROPIC_MODEL": "claude-new-9"}, "no price"),
        ({"ANTHROPIC_API_KEY": "k", "ANTHROPIC_MODEL": "claude-mythos-preview"}, "price"),
    ],
)
def test_what_is_missing_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], told: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=told) as raised:
        WriterResource(settings=Settings.load(cs_assets_home=tmp_path)).for_run(
            "weekly_reports", "run-1"
        )
    assert "\n" not in str(raised.value)


def test_the_default_writes_by_rules(tmp_path: Path) -> None:
    writer = WriterResource(settings=Settings.load(cs_assets_home=tmp_path)).for_run(
        "weekly_reports", "run-1"
    )
    assert isinstance(writer, RulesWriter)


def test_an_asset_writes_with_claude_by_settings_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dg.asset
    def report(context: dg.AssetExecutionContext, writer: WriterResource) -> str:
        (draft,) = writer.for_run("report", context.run.run_id).write([assignment()])
        return f"{draft.writer}: {draft.text}"

    with serving(lambda _: fake_claude.written(GOOD)) as server:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "secret-canary")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        ran = dg.materialize(
            [report],
            resources={"writer": WriterResource(settings=Settings.load(cs_assets_home=tmp_path))},
        )
    assert ran.output_for_node("report") == f"claude: {GOOD}"
    assert all("secret-canary" not in str(event) for event in ran.all_events)


def test_an_asset_writes_with_an_agent_in_one_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = fake_cortex.make_key(tmp_path)
    runs = fake_cortex.agent(
        lambda _, count: fake_cortex.stream(
            fake_cortex.whole_run(GOOD, assistant_id=2 * count, run_id=f"7-{2 * count - 1}")
        )
    )
    with serving(runs) as server:
        for name, value in {
            "CS_ASSETS_WRITER": "cortex",
            "CORTEX_AGENT": "CS.AI.WRITER",
            "CORTEX_BASE_URL": server.url,
            "SNOWFLAKE_ACCOUNT": "org-acc",
            "SNOWFLAKE_USER": "svc",
            "SNOWFLAKE_PRIVATE_KEY_PATH": str(key),
        }.items():
            monkeypatch.setenv(name, value)
        writer = WriterResource(settings=Settings.load(cs_assets_home=tmp_path)).for_run(
            "weekly_reports", "run-1"
        )
        sections = [assignment(section=name) for name in ("performance", "value", "next_steps")]
        drafts = writer.write(sections)
    assert [draft.writer for draft in drafts] == ["cortex"] * 3
    threads = [one for one in server.requests if one.path.endswith("/threads")]
    parents = [one.json["parent_message_id"] for one in server.requests if "run" in one.path]
    assert len(threads) == 1
    assert parents == [0, 2, 4]
    assert "conversions.count" not in server.requests[-1].body.decode(), "facts are sent once"
    ledger = AiLedger(tmp_path / "ai.sqlite", configuration.load().ceilings)
    kept = [json.loads(ledger.evidence(str(row["call_key"])) or "{}") for row in ledger.rows()]
    assert [one["sql"] for one in kept] == [["SELECT COUNT(*) FROM conversions"]] * 3
    assert [one["citations"][0]["doc_id"] for one in kept] == ["cs-1"] * 3


MODEL = {
    "id": "claude-sonnet-5-5",
    "type": "model",
    "display_name": "Sonnet",
    "created_at": "2026-09-01T00:00:00Z",
    "lifecycle": "deprecated",
    "retires_at": "2027-03-01T00:00:00Z",
}


def test_the_probe_tells_how_long_the_model_lives() -> None:
    assert probe(Settings()) == "rules"
    with serving(lambda _: as_json(MODEL)) as server:
        settings = Settings(anthropic_api_key=SecretStr("k"), anthropic_base_url=server.url)
        told = probe(settings)
    assert told == "claude: claude-sonnet-5-5 is deprecated, retires 2027-03-01"
    assert server.requests[0].path == "/v1/models/claude-sonnet-5-5"


@pytest.mark.parametrize(
    ("reply", "error", "told"),
    [
        (fake_claude.error(404, "not_found_error"), UsageError, "ANTHROPIC_MODEL"),
        (fake_claude.error(401, "authentication_error"), UsageError, "ANTHROPIC_API_KEY"),
        (fake_claude.error(529, "overloaded_error"), Unavailable, "later"),
        (Reply(fault="reset"), Unavailable, "network"),
    ],
)
def test_the_probe_says_what_to_do(reply: Reply, error: type[Exception], told: str) -> None:
    with serving(lambda _: reply) as server:
        settings = Settings(anthropic_api_key=SecretStr("k"), anthropic_base_url=server.url)
        with pytest.raises(error, match=told):
            probe(settings)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (as_json({"name": "WRITER", "agent_spec": "{}"}), "answers"),
        (as_json({"code": "390201"}, 403), "CORTEX_AGENT"),
        (as_json({}, 503), "later"),
    ],
)
def test_the_probe_of_an_agent(tmp_path: Path, reply: Reply, expected: str) -> None:
    with serving(lambda _: reply) as server:
        settings = Settings(
            cs_assets_writer="cortex",
            cortex_agent="CS.AI.WRITER",
            cortex_base_url=server.url,
            snowflake_account="org-acc",
            snowflake_user="svc",
            snowflake_private_key_path=fake_cortex.make_key(tmp_path),
        )
        try:
            told = probe(settings)
        except (UsageError, Unavailable) as error:
            told = str(error)
    assert expected in told
    assert server.requests[0].path == "/api/v2/databases/CS/schemas/AI/agents/WRITER"

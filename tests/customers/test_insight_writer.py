"""AI_COMPLETE writes what is told of customers: golden cases, ledger and ceilings, one statement.

A Snowflake server of this machine is asked by the real connector; its answers are scripted.
"""

import json
from contextlib import contextmanager

import pytest

from cs_assets.ai import configuration, local_summary
from cs_assets.ai.ledger.ledger import AiLedger
from cs_assets.ai.prompting import golden, prompts
from cs_assets.ai.writing import Assignment, RulesWriter
from cs_assets.errors import UsageError
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.models.insight_writer import insight_writer
from resources.settings import Settings
from tests.ai import fake_claude, fake_cortex
from tests.ai.loopback import serving
from tests.ai.writers import claude_writer, cortex_writer
from tests.snowflake import statement_log
from tests.snowflake.local_server import key_in_environment, local_server, prepare, warehouse_on

NAME = "customers/insight"
PROMPT = prompts.load(NAME)
CASES = golden.load(NAME).cases
WRITERS = ("rules", "claude", "cortex", "ai_complete")


@pytest.fixture(scope="module")
def account():
    with local_server() as arguments:
        prepare(arguments)
        yield arguments


def asked(case) -> Assignment:
    return Assignment(case.name, case.sheet, PROMPT, lambda: case.accepted, max_characters=900)


def case_of(prompt: str):
    """The case that a prompt is about, by the name of its customer."""
    return next(c for c in CASES if f'"{c.facts[0]["value"]}"' in prompt)


@contextmanager
def writing(kind, says, folder, account, monkeypatch):
    """A writer whose model answers ``says`` of what it was told."""
    if kind == "rules":
        yield RulesWriter()
    elif kind == "claude":
        with serving(lambda r: fake_claude.written(says(str(r.json)))) as server:
            yield claude_writer(server.url, folder)
    elif kind == "cortex":
        answer = fake_cortex.agent(
            lambda r, _: fake_cortex.stream(fake_cortex.whole_run(says(str(r.json))))
        )
        with serving(answer) as server:
            yield cortex_writer(server.url, folder)
    else:
        yield completing(says, folder, account, monkeypatch)


def completing(says, folder, account, monkeypatch, **settings):
    def answer(prompt):
        text = says(prompt)
        return None if text is None else json.dumps({"text": text})

    monkeypatch.setattr(local_summary, "completion", answer)
    for name, value in key_in_environment().items():
        monkeypatch.setenv(name, value)
    chosen = Settings.load(
        cs_assets_home=folder, cs_assets_insight_writer="ai_complete", **settings
    )
    warehouse = warehouse_on(account, settings=chosen)
    return insight_writer(chosen, warehouse, asset="customer_insights", run_id="r", items=2)


def rows_of_ledger(folder):
    settings = Settings.load(cs_assets_home=folder)
    return AiLedger(settings.home.ai_ledger, configuration.load().ceilings).rows()


@pytest.mark.parametrize("kind", WRITERS)
def test_golden_customers_hold_for_every_writer(kind, tmp_path, account, monkeypatch):
    told = {case.name: case.accepted for case in CASES}
    with writing(
        kind, lambda words: told[_named(words).name], tmp_path, account, monkeypatch
    ) as writer:
        drafts = writer.write_reports([[asked(case)] for case in CASES])
    for case, (draft,) in zip(CASES, drafts, strict=True):
        assert (draft.writer, draft.text, draft.rejections) == (kind, case.accepted, ())
        assert (
            golden.breaches(draft.text, case, prompts.read(NAME), configuration.load().banned) == []
        )


@pytest.mark.parametrize("kind", WRITERS[1:])
def test_what_golden_customers_must_not_be_told_is_told_by_no_model(
    kind, tmp_path, account, monkeypatch
):
    """Each refused text that screening can tell: the rules' own words stand instead."""
    for number, case in enumerate(CASES):
        folder = tmp_path / str(number)
        folder.mkdir()
        bad = case.accepted + " That is 17 more than before."
        with writing(kind, lambda _, bad=bad: bad, folder, account, monkeypatch) as writer:
            ((draft,),) = writer.write_reports([[asked(case)]])
        assert (draft.writer, draft.text) == ("rules", case.accepted)
        assert "digit" in draft.rejections[0]


def _named(words: str):
    names = {case.facts[0]["value"]: case for case in CASES}
    return next(case for name, case in names.items() if str(name) in words)


def test_one_statement_for_all_with_a_second_chance_and_its_words_bound(
    tmp_path, account, monkeypatch
):
    said: list[str] = []

    def says(prompt):
        said.append(prompt)
        again = "cannot be used" in prompt
        return _named(prompt).accepted + ("" if again or _named(prompt) is CASES[0] else " 17.")

    writer = completing(says, tmp_path, account, monkeypatch)
    with statement_log.statements() as sent:
        drafts = [d for (d,) in writer.write_reports([[asked(case)] for case in CASES])]
    assert {d.writer for d in drafts} == {"ai_complete"}
    assert [bool(d.rejections) for d in drafts] == [case is not CASES[0] for case in CASES]
    asking = [one.text for one in sent if "AI_COMPLETE(" in one.text.upper()]
    assert len(asking) == 2  # all customers, and those whose text was refused
    assert not any(str(case.facts[0]["value"]) in text for case in CASES for text in asking)
    assert not any("BEGIN" in one.text.upper()[:12] for one in sent)  # outside of transactions
    assert [(r["model"], r["rows_covered"], r["state"]) for r in rows_of_ledger(tmp_path)] == [
        ("ai_complete", len(CASES), "answered"), ("ai_complete", len(CASES) - 1, "answered"),
    ]  # fmt: skip
    markers = {p.split("DATA ")[1].split(" BEGINS")[0] for p in said[: len(CASES)]}
    assert len(markers) == 1
    assert len(markers.pop()) == 16


def test_a_row_that_fails_and_a_ceiling_leave_the_rules_words(tmp_path, account, monkeypatch):
    first = CASES[0]
    writer = completing(
        lambda p: None if _named(p) is first else _named(p).accepted, tmp_path, account,
        monkeypatch,
    )  # fmt: skip
    drafts = [d for (d,) in writer.write_reports([[asked(case)] for case in CASES])]
    assert [d.writer for d in drafts] == ["rules"] + ["ai_complete"] * (len(CASES) - 1)
    assert drafts[0].degraded == ("the model failed on it",)


def test_what_a_ceiling_leaves_room_for_goes_to_those_in_front(tmp_path, account, monkeypatch):
    own = tmp_path / "config"
    own.mkdir()
    shipped = configuration.load()
    room = _tokens_of(shipped, CASES[:1], tmp_path, account, monkeypatch)
    text = (configuration.load_file.__globals__["_BUILT_IN"] / "ai.yaml").read_text()
    (own / "ai.yaml").write_text(
        text.replace(
            "asset: {calls: 4000, tokens: 30000000,", f"asset: {{calls: 4000, tokens: {room},"
        )
    )
    writer = completing(
        lambda p: _named(p).accepted, tmp_path / "home", account, monkeypatch,
        cs_assets_config_dir=own,
    )  # fmt: skip
    drafts = [d for (d,) in writer.write_reports([[asked(case)] for case in CASES])]
    assert [d.writer for d in drafts] == ["ai_complete"] + ["rules"] * (len(CASES) - 1)
    assert "ceiling of the asset" in drafts[-1].degraded[0]


def _tokens_of(config, cases, folder, account, monkeypatch) -> int:
    """What is reserved for one case: what it reads, and the longest answer."""
    writer = completing(
        lambda p: _named(p).accepted, folder / "measured", account, monkeypatch
    )  # fmt: skip
    writer.write_reports([[asked(case)] for case in cases])
    (row,) = rows_of_ledger(folder / "measured")
    return int(row["input_tokens"]) + 1_500


def test_ai_complete_needs_snowflake(tmp_path):
    settings = Settings.load(cs_assets_home=tmp_path, cs_assets_insight_writer="ai_complete")
    here = DuckDBWarehouse(path=str(tmp_path / "x.duckdb"))
    with pytest.raises(UsageError, match="needs Snowflake"):
        insight_writer(settings, here, asset="a", run_id="r", items=1)


def test_the_setting_chooses_beside_that_of_all_texts(tmp_path):
    settings = Settings.load(
        cs_assets_home=tmp_path, cs_assets_writer="claude", cs_assets_insight_writer="rules"
    )
    here = DuckDBWarehouse(path=str(tmp_path / "x.duckdb"))
    made = insight_writer(settings, here, asset="a", run_id="r", items=1)
    assert isinstance(made, RulesWriter)

"""Prompts are code: golden cases hold, an edit that breaks an assertion fails here."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cs_assets.ai import configuration
from cs_assets.ai.prompting import golden, prompts
from cs_assets.commands.ai import app
from tests.ai import fake_claude
from tests.ai.loopback import Reply, Request, serving

#: Those that write about facts; the judge of calls and the planner of questions have cases of
#: their own (tests/calls, tests/answers).
_OTHERS = ("ai/writer", "ask/plan", "calls/judge")
NAMES = [name for name in prompts.names() if name not in _OTHERS]
CASES = golden.cases_of(NAMES)
BANNED = configuration.load().banned


def test_every_prompt_has_golden_cases() -> None:
    for name in NAMES:
        assert golden.load(name).cases


@pytest.mark.parametrize("name", NAMES)
def test_the_instructions_say_what_they_must(name: str) -> None:
    assert golden.breaches_of_prompt(prompts.read(name), golden.load(name)) == []


@pytest.mark.parametrize("name", CASES)
def test_the_accepted_text_keeps_every_assertion(name: str) -> None:
    case, prompt = CASES[name]
    assert golden.breaches(case.accepted, case, prompt, BANNED) == []


@pytest.mark.parametrize("name", CASES)
def test_what_must_be_refused_is_refused_for_its_reason(name: str) -> None:
    case, prompt = CASES[name]
    assert case.refused
    for text, because in ((one.text, one.because) for one in case.refused):
        found = golden.breaches(text, case, prompt, BANNED)
        assert any(because in reason for reason in found), (text, found)


def test_every_prompt_is_accepted_as_it_is() -> None:
    files = [prompts.read(name) for name in prompts.names()]
    assert prompts.problems(files, prompts.accepted()) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_edit_that_drops_a_rule_is_caught(name: str) -> None:
    prompt, cases = prompts.read(name), golden.load(name)
    for phrase in cases.instructions_must_say:
        words = phrase.split()
        edited = " ".join(prompt.text.split()).replace(" ".join(words), "")
        broken = prompt.model_copy(update={"text": edited})
        assert golden.breaches_of_prompt(broken, cases) == [f"{name} no longer says '{phrase}'"]


def test_an_edit_without_a_new_number_is_caught() -> None:
    prompt = prompts.read("reviews/performance")
    edited = prompt.model_copy(update={"text": prompt.text + " More."})
    (problem,) = prompts.problems([edited], {prompt.name: prompt.version})
    assert "must be raised" in problem


def test_accepting_writes_what_is_then_accepted(tmp_path: Path) -> None:
    files = [prompts.read(name) for name in prompts.names()]
    prompts.accept(files, tmp_path / "versions.yaml")
    assert prompts.problems(files, prompts.accepted(tmp_path / "versions.yaml")) == []


def test_the_report_shows_what_got_worse() -> None:
    name = next(iter(CASES))
    case, _ = CASES[name]
    found = golden.changes(
        {name: CASES[name]}, {name: case.accepted}, {name: "It went up by 12."}, BANNED
    )
    text = golden.report(found, "before", "after")
    assert "1 cases, 1 worse, 1 changed" in text
    assert "digit outside a slot" in text
    assert "+It went up by 12." in text


def test_a_model_answers_the_cases_and_two_answers_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = next(iter(CASES))
    case, _ = CASES[name]
    said = [case.accepted]

    def script(_: Request) -> Reply:
        return fake_claude.written(said[0])

    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    runner = CliRunner()
    prompt = name.split(": ")[0]
    with serving(script) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        first = runner.invoke(
            app, ["golden", "--prompt", prompt, "--out", str(tmp_path / "old.json")]
        )
        said[0] = "We guarantee it."
        monkeypatch.setenv("ANTHROPIC_MODEL", "claude-haiku-5-5")
        second = runner.invoke(
            app, ["golden", "--prompt", prompt, "--out", str(tmp_path / "new.json")]
        )
    assert json.loads((tmp_path / "old.json").read_text())[name] == case.accepted
    assert first.exit_code in (0, 1)  # other cases of the prompt have other facts
    assert second.exit_code == 1
    assert json.loads((tmp_path / "new.json").read_text())[name] == ""
    compared = runner.invoke(app, ["diff", str(tmp_path / "old.json"), str(tmp_path / "new.json")])
    assert compared.exit_code == 1
    assert "the text is empty" in compared.stdout


def test_without_a_model_the_command_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    found = CliRunner().invoke(app, ["golden", "--out", str(tmp_path / "x.json")])
    assert "ANTHROPIC_API_KEY" in str(found.exception)

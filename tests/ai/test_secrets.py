"""Keys, tokens and prompts stay out of logs, errors, the ledger and reprs."""

import logging
from pathlib import Path

import pytest

from resources.models.claude import ClaudeResource
from resources.models.writer import WriterResource
from resources.settings import Settings
from tests.ai import fake_claude, fake_cortex
from tests.ai.loopback import Reply, Request, serving
from tests.ai.sheets import GOOD, assignment, sheet

KEY = "sk-ant-canary-5f1d"
SENTENCE = "the canary sang in the boardroom"


@pytest.mark.parametrize(
    "reply", [fake_claude.written(GOOD), fake_claude.error(401, "x"), Reply(500)]
)
def test_claude_leaves_no_trace_at_debug(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    reply: Reply,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("ANTHROPIC_LOG", "debug")
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with serving(lambda _: reply) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        resource = WriterResource(settings=Settings.load(cs_assets_home=tmp_path))
        (draft,) = resource.for_run("a", "r").write([assignment(sheet(quote=SENTENCE))])
    shown = caplog.text + "".join(capfd.readouterr()) + repr(draft) + repr(resource)
    shown += repr(ClaudeResource(settings=Settings.load()))
    assert KEY not in shown
    assert SENTENCE not in shown
    assert _in_files(tmp_path, KEY, SENTENCE) == []


def test_cortex_leaves_no_trace_at_debug(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    tokens: list[str] = []

    def script(request: Request) -> Reply:
        tokens.append(request.headers["authorization"].removeprefix("Bearer "))
        return fake_cortex.agent(lambda _, __: fake_cortex.stream(fake_cortex.whole_run(GOOD)))(
            request
        )

    caplog.set_level(logging.DEBUG)
    key = fake_cortex.make_key(tmp_path.parent)
    with serving(script) as server:
        for name, value in {
            "CS_ASSETS_WRITER": "cortex",
            "CORTEX_AGENT": "CS.AI.WRITER",
            "CORTEX_BASE_URL": server.url,
            "SNOWFLAKE_ACCOUNT": "org-acc",
            "SNOWFLAKE_USER": "svc",
            "SNOWFLAKE_PRIVATE_KEY_PATH": str(key),
        }.items():
            monkeypatch.setenv(name, value)
        resource = WriterResource(settings=Settings.load(cs_assets_home=tmp_path))
        (draft,) = resource.for_run("a", "r").write([assignment(sheet(quote=SENTENCE))])
    assert draft.writer == "cortex"
    shown = caplog.text + "".join(capfd.readouterr())
    assert tokens
    assert all(token not in shown for token in tokens)
    assert SENTENCE not in shown
    assert _in_files(tmp_path, tokens[0], SENTENCE) == []


def _in_files(folder: Path, *secrets: str) -> list[str]:
    """Files below ``folder`` that hold one of ``secrets``."""
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and any(secret.encode() in path.read_bytes() for secret in secrets)
    ]

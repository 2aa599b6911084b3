"""A writer on a loopback provider, wired as the resource wires it."""

from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from cs_assets.ai import configuration
from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.guarded_calls import Caller
from cs_assets.ai.ledger.ledger import AiLedger
from cs_assets.ai.model_writer import ModelWriter
from cs_assets.ai.prompting import prompts
from resources.models.claude import claude_provider
from resources.models.cortex import CortexAgentProvider, CortexClient
from resources.settings import Settings
from resources.snowflake.jwt import KeyPairToken
from tests.ai.fake_cortex import make_key


def claude_writer(
    url: str,
    folder: Path,
    config: AiConfiguration | None = None,
    *,
    run_id: str = "run-1",
    model: str = "claude-sonnet-5-5",
    lease_seconds: float = 300.0,
    sleep: Callable[[float], None] = lambda _: None,
) -> ModelWriter:
    """A writer asking the Claude at ``url``, with its ledger in ``folder``; it never sleeps."""
    config = config or configuration.load()
    settings = Settings(
        anthropic_api_key=SecretStr("test-key"), anthropic_base_url=url, anthropic_model=model
    )
    ledger = AiLedger(folder / "ai.sqlite", config.ceilings, lease_seconds=lease_seconds)
    caller = Caller(
        claude_provider(settings, config), ledger, config, sleep=sleep, jitter=lambda: 1.0
    )
    return ModelWriter(
        caller,
        config,
        model=model,
        rules_prompt=prompts.load("ai/writer"),
        asset="weekly_reports",
        run_id=run_id,
        structured=True,
        redact=True,
    )


def cortex_writer(
    url: str, folder: Path, config: AiConfiguration | None = None, *, run_id: str = "run-1"
) -> ModelWriter:
    """As ``claude_writer``, with an agent at ``url``."""
    config = config or configuration.load()
    token = KeyPairToken("org-acc", "svc", make_key(folder).read_bytes())
    client = CortexClient(url, token, read_timeout=5.0, deadline=10.0)
    ledger = AiLedger(folder / "ai.sqlite", config.ceilings)
    caller = Caller(
        CortexAgentProvider(client, "CS.AI.WRITER"), ledger, config, sleep=lambda _: None
    )
    return ModelWriter(
        caller,
        config,
        model="cortex-agent",
        rules_prompt=prompts.load("ai/writer"),
        asset="weekly_reports",
        run_id=run_id,
        structured=False,
        redact=False,
    )

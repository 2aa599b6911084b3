"""The writer that the settings choose: rules without keys, a model with them."""

from pathlib import Path

import dagster as dg

from cs_assets.ai import prompts
from cs_assets.ai.calling import Caller
from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.configuration import load as load_configuration
from cs_assets.ai.ledger import AiLedger
from cs_assets.ai.model_writer import ModelWriter
from cs_assets.ai.writing import RulesWriter, Writer
from resources.claude import claude_provider
from resources.errors import UsageError
from resources.home import Home
from resources.settings import Settings


class WriterResource(dg.ConfigurableResource):
    """Gives each asset its writer, as ``CS_ASSETS_WRITER`` says.

    ``auto``: Cortex on Snowflake with an agent named, else Claude with a key, else
    rules. Keys never pass through here: they are read from the environment.
    """

    root: str | None = None
    """The home folder; that of the settings when not given."""

    def for_run(self, asset: str, run_id: str) -> Writer:
        """The writer for one asset in one run: budget and ledger count under these names."""
        settings = Settings.load()
        chosen = choice(settings)
        if chosen == "rules":
            return RulesWriter()
        configuration = load_configuration(settings.cs_assets_config_dir)
        home = Home(Path(self.root)) if self.root else settings.home
        ledger = AiLedger(home.ai_ledger, configuration.ceilings)
        return self._claude(settings, configuration, ledger, asset, run_id)

    @staticmethod
    def _claude(
        settings: Settings,
        configuration: AiConfiguration,
        ledger: AiLedger,
        asset: str,
        run_id: str,
    ) -> Writer:
        provider = claude_provider(settings, configuration)
        return ModelWriter(
            Caller(provider, ledger, configuration),
            configuration,
            model=settings.anthropic_model,
            rules_prompt=prompts.load("ai/writer", settings.cs_assets_config_dir),
            asset=asset,
            run_id=run_id,
            structured=True,
            redact=True,
        )


def choice(settings: Settings) -> str:
    """``rules``, ``claude`` or ``cortex``; one clear line when what is asked for lacks its key."""
    wanted = settings.cs_assets_writer
    if wanted == "auto":
        return "claude" if settings.anthropic_api_key is not None else "rules"
    if wanted == "claude" and settings.anthropic_api_key is None:
        raise UsageError("CS_ASSETS_WRITER=claude needs a key; set ANTHROPIC_API_KEY")
    return wanted

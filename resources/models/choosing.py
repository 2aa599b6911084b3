"""The writer that the settings choose: rules without keys, a model with them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.configuration import load as load_configuration
from cs_assets.ai.guarded_calls import Asks, Caller
from cs_assets.ai.ledger.ledger import AiLedger
from cs_assets.ai.model_writer import ModelWriter
from cs_assets.ai.prompting import prompts
from cs_assets.ai.requests import AskingFailed, Provider
from cs_assets.ai.writing import RulesWriter, Writer
from cs_assets.errors import Unavailable, UsageError
from resources.settings import Settings

if TYPE_CHECKING:
    from resources.models.cortex import CortexAgentProvider

CORTEX_MODEL = "cortex-agent"  # priced in ai.yaml; the agent's specification names the model

#: Reports that wait side by side where their questions are sent together.
_AT_ONCE_IN_BATCHES = 400


def _no_agent(_: str) -> str:
    return ""


def writer_of(settings: Settings, asset: str, run_id: str, items: int = 0) -> Writer:
    """The writer for one asset in one run: budget and ledger count under these names.

    ``items``: customers or reps that it writes for, by which the ceilings are fitted.
    """
    chosen = choice(settings)
    if chosen == "rules":
        return RulesWriter()
    configuration = load_configuration(settings.cs_assets_config_dir)
    ledger = AiLedger(settings.home.ai_ledger, configuration.ceilings.fitting(items))
    provider: Provider
    asks: Asks | None = None
    agent_for: Callable[[str], str] = _no_agent
    if chosen == "claude":
        from resources.models.claude import claude_provider  # a resource of Dagster is beside it

        provider, model = claude_provider(settings, configuration), settings.anthropic_model
        if settings.cs_assets_writer_batch_hours:
            asks = _together(
                settings, configuration, Caller(provider, ledger, configuration), asset, items
            )
    else:
        from resources.models.vertical_agents import VerticalAgents
        from resources.snowflake.semantics import beside
        from resources.snowflake.setup import load_agents

        cortex, model = cortex_provider(settings, configuration), CORTEX_MODEL
        own = beside(cortex.agent, load_agents(settings.cs_assets_config_dir))
        agents = VerticalAgents(cortex.agent, own, cortex.is_there)
        provider, agent_for = cortex, agents.for_industry
    return ModelWriter(
        asks or Caller(provider, ledger, configuration),
        configuration,
        model=model,
        rules_prompt=prompts.load("ai/writer", settings.cs_assets_config_dir),
        asset=asset,
        run_id=run_id,
        # An agent answers in plain text, and inside the warehouse, where the data are.
        structured=chosen == "claude",
        redact=chosen == "claude",
        agent_for=agent_for,
        at_once=_AT_ONCE_IN_BATCHES if asks else None,
    )


def _together(
    settings: Settings, configuration: AiConfiguration, caller: Caller, asset: str, items: int
) -> Asks:
    """Claude in batches: what is sent for one asset is noted in a folder of its own."""
    from resources.models.claude import claude_client
    from resources.models.claude_batch import LEASE_SECONDS, ClaudeBatches
    from resources.models.claude_together import Together

    folder = settings.home.ai_batches / asset
    ceilings = configuration.ceilings.fitting(items)
    ledger = AiLedger(settings.home.ai_ledger, ceilings, lease_seconds=LEASE_SECONDS)
    client = claude_client(settings, configuration)
    batches = ClaudeBatches(client, ledger, configuration, folder)
    return Together(caller, batches, folder, settings.cs_assets_writer_batch_hours * 3600.0)


def cortex_provider(settings: Settings, configuration: AiConfiguration) -> "CortexAgentProvider":
    """The Cortex Agent of the settings; raises ``UsageError`` where none is named."""
    if settings.cortex_agent is None:
        raise UsageError("a Cortex agent is asked for and none is named; set CORTEX_AGENT")
    from resources.models.cortex import CortexAgentProvider, cortex_client  # heavy, seldom used

    client = cortex_client(settings, configuration.timeout_seconds)
    return CortexAgentProvider(client, settings.cortex_agent)


def choice(settings: Settings) -> str:
    """``rules``, ``claude`` or ``cortex``; one clear line when what is asked for lacks its key."""
    wanted = settings.cs_assets_writer
    if wanted == "auto":
        if settings.cs_assets_warehouse == "snowflake" and settings.cortex_agent is not None:
            return "cortex"
        return "claude" if settings.anthropic_api_key is not None else "rules"
    if wanted == "claude" and settings.anthropic_api_key is None:
        raise UsageError("CS_ASSETS_WRITER=claude needs a key; set ANTHROPIC_API_KEY")
    return wanted


def all_chosen(settings: Settings) -> dict[str, str]:
    """Who writes texts, what is told of customers, and who judges calls; nothing is asked.

    One clear line (``UsageError``) where one of them lacks its key, its agent or its warehouse.
    """
    for_customers = settings.cs_assets_insight_writer
    found = {"CS_ASSETS_WRITER": choice(settings)}
    if for_customers is not None:
        found["CS_ASSETS_INSIGHT_WRITER"] = for_customers
    if settings.cs_assets_call_judge != "rules":
        found["CS_ASSETS_CALL_JUDGE"] = settings.cs_assets_call_judge
    for setting, chosen in found.items():
        by_statement = chosen == "ai_complete" or setting == "CS_ASSETS_CALL_JUDGE"
        if chosen == "claude" and settings.anthropic_api_key is None:
            raise UsageError(f"{setting}=claude needs a key; set ANTHROPIC_API_KEY")
        if chosen in ("cortex", "ai_complete") and by_statement:
            if settings.cs_assets_warehouse != "snowflake":
                raise UsageError(f"{setting}={chosen} needs CS_ASSETS_WAREHOUSE=snowflake")
        elif chosen == "cortex" and settings.cortex_agent is None:
            raise UsageError(f"{setting}=cortex needs an agent; set CORTEX_AGENT")
    return found


def probe(settings: Settings) -> str:
    """Which writer is chosen and whether it answers, in a few words; for ``doctor``.

    One request to the provider, none for rules. Raises ``UsageError`` or
    ``Unavailable`` saying what to do.
    """
    chosen = choice(settings)
    if chosen == "rules":
        return "rules"
    configuration = load_configuration(settings.cs_assets_config_dir)
    if chosen == "claude":
        from resources.models.claude import claude_provider, lifecycle

        claude_provider(settings, configuration)
        return f"claude: {lifecycle(settings, configuration)}"
    from resources.models.cortex import cortex_client

    if settings.cortex_agent is None:
        raise UsageError("CS_ASSETS_WRITER=cortex needs an agent; set CORTEX_AGENT")
    try:
        cortex_client(settings, configuration.timeout_seconds).describe_agent(settings.cortex_agent)
    except AskingFailed as failure:
        if failure.kind == "transient":
            raise Unavailable(f"Cortex does not answer ({failure}); try again later") from None
        raise UsageError(
            f"the agent {settings.cortex_agent} cannot be used ({failure}); check CORTEX_AGENT, "
            "its grants, and the key"
        ) from None
    return f"cortex: agent {settings.cortex_agent} answers"

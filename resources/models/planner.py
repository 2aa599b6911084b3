"""The model that plans questions in words, if the settings choose one (``CS_ASSETS_PLANNER``)."""

import uuid
from collections.abc import Mapping
from typing import Any

from cs_assets.ai.configuration import load as load_configuration
from cs_assets.ai.guarded_calls import Answered, Caller
from cs_assets.ai.ledger.ledger import AiLedger, Purpose
from cs_assets.ai.prompting import prompts
from cs_assets.ai.requests import Provider, Question
from cs_assets.ai.screening.redaction import Redactor
from cs_assets.answers.planning import Asks, closed_set
from resources.models.claude import claude_provider
from resources.models.writer import CORTEX_MODEL, cortex_provider
from resources.settings import Settings

_PROMPT = "ask/plan"
_ASK = "Answer with the JSON object."
_MAX_TOKENS = 1000


def planner(settings: Settings, who: str) -> Asks | None:
    """How to ask the model for plans, or ``None`` where rules alone plan; ``who`` asks.

    Every question stands in the AI ledger with its cost; the same one is not paid twice. Raises
    ``UsageError`` where the model that is chosen has no key or agent.
    """
    chosen = settings.cs_assets_planner
    if chosen == "rules":
        return None
    configuration = load_configuration(settings.cs_assets_config_dir)
    provider: Provider
    if chosen == "claude":
        provider, model = claude_provider(settings, configuration), settings.anthropic_model
    else:
        provider, model = cortex_provider(settings, configuration), CORTEX_MODEL
    caller = Caller(provider, AiLedger(settings.home.ai_ledger, configuration.ceilings),
                    configuration)  # fmt: skip
    prompt = prompts.load(_PROMPT, settings.cs_assets_config_dir)
    purpose = Purpose(asset="ask", run_id=uuid.uuid4().hex, account=who, week="")

    def asks(marked: str, schema: Mapping[str, Any]) -> str | None:
        question = Question(
            system=f"{prompt.text}\n\n{closed_set()}",
            material=Redactor().redact(marked),
            ask=_ASK,
            model=model,
            prompt_name=prompt.name,
            prompt_version=prompt.version,
            max_tokens=_MAX_TOKENS,
            schema=schema,
        )
        outcome = caller.ask(question, purpose)
        return outcome.text if isinstance(outcome, Answered) else None

    return asks

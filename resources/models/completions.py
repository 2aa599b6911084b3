"""AI_COMPLETE over many rows of one statement on Snowflake: to judge calls, and to write."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.statements import Statement
from cs_assets.ai.token_estimate import sampled
from cs_assets.errors import UsageError
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.models.ai_statements import AiStatements
from resources.settings import Settings
from resources.warehouse import Warehouse


class Completions:
    """The statements that ask one model for one asset in one run.

    ``chosen``: the setting that chose this (``CS_ASSETS_CALL_JUDGE=cortex``). One clear line
    (``UsageError``) where the warehouse is not Snowflake, or the model is retired.
    """

    def __init__(
        self,
        settings: Settings,
        configuration: AiConfiguration,
        warehouse: Warehouse,
        model: str,
        *,
        chosen: str,
        asset: str,
        run_id: str,
    ) -> None:
        if isinstance(warehouse, DuckDBWarehouse):
            setting = chosen.partition("=")[0]
            raise UsageError(
                f"{chosen} needs Snowflake: set CS_ASSETS_WAREHOUSE=snowflake, "
                f"or {setting}=claude or rules"
            )
        configuration.check_not_retired(model)
        self.model = model
        self._statements = AiStatements(warehouse, settings, asset=asset, run_id=run_id)

    def answers(
        self,
        name: str,
        prompts: Sequence[str],
        period: str,
        ask: Callable[[], pd.DataFrame],
        *,
        max_tokens: int,
    ) -> Mapping[str, str | None]:
        """What ``ask`` brings (a key, ``answer``), by key; ``None`` where the model failed.

        ``prompts``: what each row gives the model, whole; ``max_tokens``: of one answer.
        """
        statement = Statement(
            "ai_complete",
            name,
            len(prompts),
            sum(map(len, prompts)),
            max_tokens,
            sampled(prompts),
            model=self.model,
        )
        found = self._statements.run(
            statement, period, ask, lambda rows: rows["answer"].dropna().astype(str).tolist()
        )
        rows = found.set_index(found.columns[0])["answer"].items()
        return {str(key): None if pd.isna(text) else str(text) for key, text in rows}

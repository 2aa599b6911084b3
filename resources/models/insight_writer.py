"""Who writes what is told of customers: the writer of all texts, or AI_COMPLETE on Snowflake."""

import json
import secrets
from collections.abc import Mapping, Sequence

import pandas as pd

from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.configuration import load as load_configuration
from cs_assets.ai.prompting import prompts
from cs_assets.ai.statement_writer import Row, StatementWriter
from cs_assets.ai.writing import Writer
from resources.models.choosing import writer_of
from resources.models.completions import Completions
from resources.settings import Settings
from resources.warehouse import Warehouse

_STATEMENT = "customers/insights_by_model"
#: What a row may give back, as the statement says it.
_MAX_TOKENS = 1_500


def insight_writer(
    settings: Settings, warehouse: Warehouse, *, asset: str, run_id: str, items: int
) -> Writer:
    """The writer of ``CS_ASSETS_INSIGHT_WRITER``, without it that of ``CS_ASSETS_WRITER``.

    ``items``: customers that may be written about. One clear line (``UsageError``) where what is
    chosen lacks its key, its agent or its warehouse.
    """
    chosen = settings.cs_assets_insight_writer
    if chosen != "ai_complete":
        wanted = settings.cs_assets_writer if chosen is None else chosen
        return writer_of(
            settings.model_copy(update={"cs_assets_writer": wanted}), asset, run_id, items
        )
    configuration = load_configuration(settings.cs_assets_config_dir)
    statement = _Complete(settings, configuration, warehouse, asset=asset, run_id=run_id)
    return StatementWriter(
        statement, configuration, prompts.load("ai/writer", settings.cs_assets_config_dir)
    )


class _Complete:
    """AI_COMPLETE over the rows that are bound to one statement; no table holds their words."""

    def __init__(
        self,
        settings: Settings,
        configuration: AiConfiguration,
        warehouse: Warehouse,
        *,
        asset: str,
        run_id: str,
    ) -> None:
        self.model = settings.cs_assets_insight_model or configuration.writer_on_snowflake
        self._completions = Completions(
            settings,
            configuration,
            warehouse,
            self.model,
            chosen="CS_ASSETS_INSIGHT_WRITER=ai_complete",
            asset=asset,
            run_id=run_id,
        )
        self._warehouse = warehouse
        self._asset = asset
        self._asked = 0

    def __call__(self, system: str, rows: Sequence[Row]) -> Mapping[str, str | None]:
        marker = secrets.token_hex(8)
        before, begins, ends = (
            f"{system}\n\n",
            f"\n\nDATA {marker} BEGINS\n",
            f"\nDATA {marker} ENDS",
        )
        given = [{"key": row.key, "ask": row.ask, "words": row.words} for row in rows]
        self._asked += 1

        def ask() -> pd.DataFrame:
            asked = [json.dumps(given), self.model, before, begins, ends]
            with self._warehouse.session(self._asset) as db:
                return db.query(_STATEMENT, asked)

        return self._completions.answers(
            _STATEMENT,
            [before + row.ask + begins + row.words + ends for row in rows],
            f"statement {self._asked}",
            ask,
            max_tokens=_MAX_TOKENS,
        )

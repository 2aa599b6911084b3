"""Runs AI statements of the warehouse: ledgered on Snowflake, as they are on DuckDB."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

import sql
from cs_assets.ai import statements
from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.configuration import load as load_configuration
from cs_assets.ai.ledger.ledger import AiLedger, Purpose
from cs_assets.ai.statements import Statement
from cs_assets.ai.token_estimate import Counted, uncounted
from cs_assets.errors import CsAssetsError
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.settings import Settings
from resources.warehouse import Warehouse

Result = TypeVar("Result")

#: By function: the statement that counts the tokens of some texts for it.
_COUNTS = {
    "ai_sentiment": "ai/tokens_of_sentiment",
    "ai_summarize": "ai/tokens_of_summary",
    "ai_embed": "ai/tokens_of_embedding",
    "ai_complete": "ai/tokens_of_completion",
}


def used(settings: Settings, asset: str, run_id: str) -> dict[str, int | float]:
    """Metadata: what an asset has used of models in a run; nothing where none was asked."""
    path = settings.home.ai_ledger
    if not path.exists():
        return {}
    ceilings = load_configuration(settings.cs_assets_config_dir).ceilings
    return AiLedger(path, ceilings).used(asset, run_id)


class AiStatements:
    """The AI statements of one asset in one run.

    On DuckDB the functions are local and free: nothing is ledgered.
    """

    def __init__(
        self, warehouse: Warehouse, settings: Settings, *, asset: str, run_id: str
    ) -> None:
        self._warehouse = warehouse
        self._is_billed = not isinstance(warehouse, DuckDBWarehouse)
        self._asset = asset
        self._run_id = run_id
        self._settings = settings

    @property
    def is_billed(self) -> bool:
        """Whether the functions cost something, so that what is there is worth keeping."""
        return self._is_billed

    def run(
        self,
        statement: Statement,
        period: str,
        call: Callable[[], Result],
        written: Callable[[Result], Sequence[str]] | None = None,
    ) -> Result:
        """Run ``call``, which executes ``statement`` for ``period`` (``2026-11-09``, a range).

        ``written``: the texts in what came back, for functions billed by them, too.
        Raises ``statements.CeilingReached`` instead when a ceiling would be passed.
        """
        if not self._is_billed:
            return call()
        settings = self._settings
        configuration = load_configuration(settings.cs_assets_config_dir)
        name = "\0".join((self._run_id, self._asset, statement.name, period))
        n = len(statement.sample)
        counted = self._counted((*statement.sample, *statement.past), statement, configuration)
        past = counted.tokens[n:] if counted else tuple(map(uncounted, statement.past))

        def answered(result: Result) -> int | None:
            if written is None:
                return None
            texts = tuple(written(result))
            found = self._counted(texts, statement, configuration)
            return sum(found.tokens if found else map(uncounted, texts))

        return statements.run(
            statement,
            call,
            ledger=AiLedger(settings.home.ai_ledger, configuration.ceilings, lease_seconds=7200),
            configuration=configuration,
            purpose=Purpose(self._asset, self._run_id, "all", ""),
            key=hashlib.sha256(name.encode()).hexdigest(),
            counted=counted and Counted(counted.characters[:n], counted.tokens[:n]),
            past=past,
            answered=answered,
        )

    def _counted(
        self, texts: Sequence[str], statement: Statement, configuration: AiConfiguration
    ) -> Counted | None:
        """The tokens of texts for the statement's function, which Snowflake counts without charge;
        None where it does not."""
        if not texts or statement.function not in _COUNTS:
            return None
        asked = [json.dumps([one or " " for one in texts])]
        if statement.function in ("ai_embed", "ai_complete"):
            asked.insert(0, statement.model or configuration.statement_models["embedding"])
        try:
            with self._warehouse.session(self._asset) as db:
                rows = db.query(_COUNTS[statement.function], asked)
        except (CsAssetsError, sql.UnknownStatement):  # away, or an engine that cannot count
            return None
        if len(rows) != len(texts) or rows["tokens"].isna().any():
            return None
        return Counted(tuple(map(int, rows["characters"])), tuple(map(int, rows["tokens"])))

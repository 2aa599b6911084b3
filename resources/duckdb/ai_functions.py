"""The AI functions of Snowflake Cortex on DuckDB: same names, local and deterministic.

Vectorised user functions (Arrow in, Arrow out) with macros of Snowflake's names
in front (``sql/duckdb/ai_macros.sql``). What they call is imported at the first
call, so that a connection that asks for no AI pays about a millisecond.
"""

from collections.abc import Callable
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling, PythonUDFType

import sql

_SENTIMENT_TYPE = "STRUCT(category VARCHAR, score DOUBLE)"


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the functions behind the AI macros, and the macros, known to the connection."""
    _function(connection, "local_sentiment", _sentiment, ["VARCHAR"], _SENTIMENT_TYPE)
    _function(connection, "local_summary", _summary, ["VARCHAR"], "VARCHAR")
    _function(connection, "local_completion", _completion, ["VARCHAR"], "VARCHAR")
    _function(connection, "local_embedding", _embedding, ["VARCHAR"], "FLOAT[768]")
    connection.execute(sql.text("duckdb/ai_macros"))


def _function(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    function: Callable[[Any], Any],
    parameters: list[Any],
    returns: str,
) -> None:
    try:
        connection.create_function(
            name,
            function,
            parameters,
            returns,
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )
    except duckdb.CatalogException as error:
        # A second connection of one process to one file shares what the first has made.
        if "already exists" not in str(error):
            raise


def _sentiment(texts: Any) -> Any:
    import pyarrow as pa

    from cs_assets.ai.local_sentiment import sentiments

    given = texts.to_pylist()
    judged = sentiments(given)
    fields = [
        pa.array([one.category for one in judged], pa.string()),
        pa.array([one.score for one in judged], pa.float64()),
    ]
    missing = pa.array([text is None for text in given], pa.bool_())
    return pa.StructArray.from_arrays(fields, names=["category", "score"], mask=missing)


def _summary(texts: Any) -> Any:
    import pyarrow as pa

    from cs_assets.ai.local_summary import summary

    return pa.array([summary(text) for text in texts.to_pylist()], pa.string())


def _completion(prompts: Any) -> Any:
    import pyarrow as pa

    from cs_assets.ai.local_summary import completion

    return pa.array([completion(prompt) for prompt in prompts.to_pylist()], pa.string())


def _embedding(texts: Any) -> Any:
    import pyarrow as pa

    from cs_assets.search.vectors import DIMENSION, embed_all

    given = texts.to_pylist()
    missing = pa.array([text is None for text in given], pa.bool_())
    values = pa.array(embed_all(given).reshape(-1), pa.float32())
    return pa.FixedSizeListArray.from_arrays(values, DIMENSION, mask=missing)

"""Which model stands behind each AI function of a warehouse: stored with every row it makes."""

from typing import Literal

Function = Literal["sentiment", "summary", "embedding"]

#: The embedding model asked for on Snowflake: English, 768 numbers, widest coverage of regions.
CORTEX_EMBEDDING = "snowflake-arctic-embed-m-v1.5"


def models(*, is_local: bool) -> dict[Function, str]:
    """Names by function; those of the embedded warehouse start with ``local-``."""
    if not is_local:
        return {
            "sentiment": "cortex-ai-sentiment",
            "summary": "cortex-ai-summarize",
            "embedding": CORTEX_EMBEDDING,
        }
    from cs_assets.ai import local_embedding, local_sentiment, local_summary

    return {
        "sentiment": local_sentiment.MODEL,
        "summary": local_summary.MODEL,
        "embedding": local_embedding.MODEL,
    }

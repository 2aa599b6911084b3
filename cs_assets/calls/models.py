"""Which model stands behind each AI function of a warehouse: stored with every row it makes."""

from collections.abc import Mapping

from cs_assets.ai.configuration import StatementFunction


def models(
    configured: Mapping[StatementFunction, str], *, is_local: bool
) -> dict[StatementFunction, str]:
    """Names by function: those ``configured`` (``statement_models`` of ``ai.yaml``).

    The embedded warehouse has its own; they start with ``local-``.
    """
    if not is_local:
        return dict(configured)
    from cs_assets.ai import local_sentiment, local_summary
    from cs_assets.search import vectors

    return {
        "sentiment": local_sentiment.MODEL,
        "summary": local_summary.MODEL,
        "embedding": vectors.MODEL,
    }

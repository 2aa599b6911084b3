"""The review of recommendations by a model. It comments or flags; it can change nothing."""

import pandas as pd

PROMPT_VERSION = "routing-review-1"


def unreviewed(recommendations: pd.DataFrame, why: str) -> pd.DataFrame:
    """Rows of analytics.routing_reviews (without batch) that say there was no review, and why."""
    chosen = recommendations[recommendations["status"] == "recommended"]
    return pd.DataFrame(
        {
            "account_id": chosen["account_id"],
            "verdict": "unreviewed",
            "reasons": "[]",
            "opens_hold": False,
            "reviewer": "none",
            "prompt_version": PROMPT_VERSION,
            "why_unreviewed": why,
            "reviewed_for": chosen["recommended_at"],
        }
    )

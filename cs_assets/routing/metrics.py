"""Measures of a batch: was it routed, are the books fair, did the reviewer agree.

Fairness is measured on the books as they are after the batch, per share of full load, so
that somebody in the first months or back from leave is not called underloaded.
"""

from collections.abc import Sequence

import pandas as pd

from cs_assets.routing.policy import TENURE
from cs_assets.routing.rows import known, rows_of


def gini(values: Sequence[float]) -> float | None:
    """Gini coefficient, 0 all alike to 1; None for no values or a sum of zero.

    Mean absolute difference over twice the mean (Gini 1912), by the sorted form.
    """
    ordered = sorted(values)
    total, n = sum(ordered), len(ordered)
    if not n or total <= 0:
        return None
    weighted = sum((2 * rank - n - 1) * value for rank, value in enumerate(ordered, start=1))
    return weighted / (n * total)


def after(books: pd.DataFrame, given: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """The books with the accounts of the batch added, in every dimension.

    ``given`` are assignments (account_id, worker_id), ``accounts`` the described ones.
    """
    added = given[["account_id", "worker_id"]].merge(accounts, on="account_id", how="left")
    out = books.copy()
    for name in ("points", "neediness", "at_risk", "revenue"):
        more = pd.to_numeric(added[name]).groupby(added["worker_id"]).sum()
        out[name] = out[name] + out["worker_id"].map(more).astype(float).fillna(0)
    out["accounts"] += out["worker_id"].map(added["worker_id"].value_counts()).fillna(0).astype(int)
    for colour in ("red", "yellow", "green"):
        mine = added[added["health_segment"] == colour.capitalize()]["worker_id"].value_counts()
        out[colour] += out["worker_id"].map(mine).fillna(0).astype(int)
    return out


def measure(
    recommendations: pd.DataFrame, books_after: pd.DataFrame, reviews: pd.DataFrame
) -> pd.DataFrame:
    """Rows of analytics.routing_metrics (scope, metric, value, n) of one batch."""
    first = recommendations[recommendations["rank"] == 1]
    judged = reviews[reviews["verdict"] != "unreviewed"]
    rows = [
        _row("all", "success_rate", _mean(first["status"] == "recommended"), len(first)),
        _row("all", "approval_rate", _mean(judged["verdict"] == "approve"), len(judged)),
    ]
    # Shared books are full otherwise than those of CSMs: they are not measured against them.
    carrying = books_after[(books_after["load_share"] > 0) & books_after["coverage"].isna()]
    for scope in ("all", *TENURE):
        group = carrying if scope == "all" else carrying[carrying["tenure_category"] == scope]
        rows += [_row(scope, *measured) for measured in fairness(group)]
    return pd.DataFrame(rows)


def fairness(group: pd.DataFrame) -> list[tuple[str, float | None, int]]:
    """Measures of some books: name, value (None where nothing can be measured), books behind."""
    rows = rows_of(group)
    points = [row["points"] / row["load_share"] for row in rows]
    revenue = [float(row["revenue"]) / row["load_share"] for row in rows]
    red = [row["red"] / row["accounts"] for row in rows if row["accounts"]]
    limited = [row for row in rows if known(row["max_accounts"]) and row["max_accounts"]]
    use = [row["accounts"] / row["max_accounts"] for row in limited]
    return [
        ("utilisation", _mean(pd.Series(use, dtype=float)), len(use)),
        ("points_mean", _mean(pd.Series(points, dtype=float)), len(points)),
        ("points_gini", gini(points), len(points)),
        ("points_max_over_min", _most_over_least(points), len(points)),
        ("revenue_mean", _mean(pd.Series(revenue, dtype=float)), len(revenue)),
        ("revenue_gini", gini(revenue), len(revenue)),
        ("revenue_max_over_min", _most_over_least(revenue), len(revenue)),
        ("at_risk_share_mean", _mean(pd.Series(red, dtype=float)), len(red)),
        ("at_risk_share_gini", gini(red), len(red)),
        ("at_risk_share_spread", max(red) - min(red) if red else None, len(red)),
    ]


def _most_over_least(values: Sequence[float]) -> float | None:
    least = min(values, default=0.0)
    return max(values) / least if least > 0 else None


def _mean(values: pd.Series) -> float | None:
    return float(values.mean()) if len(values) else None


def _row(scope: str, metric: str, value: float | None, n: int) -> dict[str, object]:
    return {"scope": scope, "metric": metric, "value": value, "n": n}

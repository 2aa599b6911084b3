"""The weighted score of each CSM for a single account: terms from 0 to 1, weights that sum to 1."""

from collections.abc import Mapping, Sequence

import pandas as pd

from cs_assets.routing.accounts import wanted_band
from cs_assets.routing.policy import TENURE, Policy
from cs_assets.routing.rows import Row, known


def terms(account: Row, book: Row, peers: Sequence[Row], policy: Policy) -> dict[str, float]:
    """Each term of the score of ``book``'s CSM for ``account``, 1 best and 0 worst.

    - book_size: room left, 1 - accounts / allowed accounts.
    - neediness: the lightest load of ``peers`` over this load (neediness per share of load).
    - health: 1 - share of the book that has this account's health; 1 when it is unknown.
    - tenure: 1 at the wanted band; less by a third of the range for each band short, by a
      twentieth for each band over.
    - recency: hours since the last assignment over the policy's hours, at most 1.
    """
    return {
        "book_size": _clip(1 - book["accounts"] / max(book["max_accounts"], 1)),
        "neediness": _clip(min(map(_load, peers)) / max(_load(book), 1e-9)),
        "health": _health(account, book),
        "tenure": _tenure(account, book, policy),
        "recency": _recency(book, policy),
    }


def score(parts: Mapping[str, float], policy: Policy) -> float:
    """Weighted sum of the terms."""
    weights = policy.single.model_dump()
    return sum(weights[name] * value for name, value in parts.items())


def _clip(value: float) -> float:
    return min(1.0, max(0.0, float(value)))


def _load(book: Row) -> float:
    return float(book["neediness"]) / max(float(book["load_share"]), 0.1)


def _health(account: Row, book: Row) -> float:
    if not known(account["health_segment"]):
        return 1.0  # nothing to balance: the same for every CSM
    return _clip(1 - book[str(account["health_segment"]).lower()] / max(book["accounts"], 1))


def _tenure(account: Row, book: Row, policy: Policy) -> float:
    step = TENURE.index(book["tenure_category"]) - wanted_band(account["neediness"], policy.tenure)
    return _clip(1 + step / 3) if step < 0 else _clip(1 - step / 20)


def _recency(book: Row, policy: Policy) -> float:
    if not known(book["last_assigned_at"]):
        return 1.0
    since = pd.Timestamp(book["batched_at"]) - pd.Timestamp(book["last_assigned_at"])
    return _clip(since.total_seconds() / 3600 / policy.batch.recency_hours)

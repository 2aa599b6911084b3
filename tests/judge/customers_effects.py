"""J-customers-04: planted uplifts of actions are recovered, and nothing is found where nothing is.

Worlds of 100 treated and 400 untreated customers. The worse and the faster falling a customer is,
the likelier it is treated; health returns to its own level by itself, more so from below, with a
noise of 15 points. A comparison of treated with all others would find an uplift in each of them.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from cs_assets.customers.follow_up.effects import effect
from tests.figures import Figure


def world(draw: np.random.Generator, uplift: float, treated: int = 100) -> pd.DataFrame:
    """Rows of ``customers/action_outcomes`` of one playbook."""
    n = 5 * treated
    level = draw.normal(65, 12, n)
    before = np.clip(level + draw.normal(0, 12, n), 0, 100)
    trend = 0.5 * (before - level) + draw.normal(0, 6, n)
    arr = np.exp(draw.normal(10, 1, n))
    tenure = draw.integers(100, 2500, n)
    pull = -0.05 * (before - 60) - 0.08 * trend + 0.15 * (np.log(arr) - 10) + draw.gumbel(size=n)
    chosen = np.zeros(n, dtype=bool)
    chosen[np.argsort(-pull)[:treated]] = True
    back = 0.6 * (level - before) + 0.004 * np.maximum(0, 55 - before) ** 2
    after = before + back + draw.normal(0, 15, n) + chosen * uplift
    return pd.DataFrame(
        {
            "customer_id": [f"C{number}" for number in range(n)], "is_treated": chosen,
            "before": before, "after": after, "trend": trend, "arr": arr, "tenure_days": tenure,
            "days_to_renewal": draw.integers(0, 365, n),
        }
    )  # fmt: skip


def effects_are_recovered(worlds: int = 300) -> Iterable[Figure]:
    """J-customers-04a: coverage; b: no uplift called one; c: an uplift of ten points called."""
    covered, naive, false, called = 0, 0, 0, 0
    for number in range(worlds):
        draw = np.random.default_rng(9000 + number)
        uplift = float(draw.uniform(0, 12))
        rows = world(draw, uplift)
        found = effect(rows)
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= uplift <= found.high
        change = rows["after"] - rows["before"]
        gap = change[rows["is_treated"]].mean() - change[~rows["is_treated"]].mean()
        naive += gap - uplift > 2
        nothing = effect(world(draw, 0.0))
        false += nothing.low is not None and nothing.low > 0
        ten = effect(world(draw, 10.0))
        called += ten.low is not None and ten.low > 0
    size = f"{worlds}_worlds_100_treated_400_not"
    share = covered / worlds
    yield Figure("J-customers-04a", f"interval_covers_the_planted_uplift_{size}", f"{share:.3f}",
                 ".90_to_.98", 0.9 <= share <= 0.98)  # fmt: skip
    share = false / worlds
    yield Figure("J-customers-04b",
                 f"no_uplift_called_one_(bare_difference_off_by_2_in_{naive / worlds:.2f})_{size}",
                 f"{share:.3f}", "<=.06", share <= 0.06)  # fmt: skip
    share = called / worlds
    yield Figure("J-customers-04c", f"uplift_of_10_points_is_called_{size}", f"{share:.3f}",
                 ">=.70", share >= 0.7)  # fmt: skip

"""How long to wait after "not now"."""

import math
import random

from cs_assets.delivery.policy import RetryRules


def wait_seconds(refusals: int, hint: float | None, rules: RetryRules, rng: random.Random) -> float:
    """Seconds to wait after the ``refusals``-th refusal (1 is the first).

    The larger of the server's hint and exponential back-off with full jitter,
    never more than the longest wait; an absurd hint (negative, not a number) counts
    as none.
    """
    ceiling = rules.first_wait_seconds * 2.0 ** min(refusals - 1, 30)
    own = rng.uniform(0, min(ceiling, rules.longest_wait_seconds))
    asked = hint if hint is not None and not math.isnan(hint) and hint > 0 else 0.0
    return min(max(own, asked), rules.longest_wait_seconds)

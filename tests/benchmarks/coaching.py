"""How fast coaching is."""

import time

import numpy as np

from cs_assets.coaching import policy, trends
from tests.figures import Figure
from tests.judge.coaching import MONDAY, team_of_calls


def trends_of_a_large_team() -> Figure:
    """P-coaching-11."""
    calls = team_of_calls(np.random.default_rng(9), 200, 26)
    start = time.perf_counter()
    trends.week_trends(calls, MONDAY, policy.load())
    seconds = time.perf_counter() - start
    return Figure(
        "P-coaching-11",
        f"trends of 200 reps over 26 weeks ({len(calls)} calls)",
        f"{seconds:.1f} s",
        "<= 20 s",
        seconds <= 20,
    )


BY_ID = {"P-coaching-11": trends_of_a_large_team}

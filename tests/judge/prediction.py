"""Whether what is foretold of a rep comes true, and nothing is foretold where nothing can be."""

import datetime as dt
from collections.abc import Iterable

import numpy as np
import pandas as pd

from cs_assets.coaching import policy
from cs_assets.coaching.planning.prediction import predictions
from tests.figures import Figure
from tests.judge.coaching import MONDAY


def past_and_next(
    rng: np.random.Generator, reps: int, step: float, weeks: int = 26
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Scored calls of a team, and each rep's mean of the four weeks after them.

    Each rep's level moves by ``step`` points (standard deviation) from window to window.
    """
    rows, after = [], {}
    for rep in range(reps):
        level = rng.normal(60, 8)
        levels = np.clip(level + np.cumsum(rng.normal(0, step, weeks // 4 + 3)), 5, 95)
        for week in range(-4, weeks):
            now = levels[(weeks - week) // 4]
            scores = np.clip(rng.normal(now, 10, rng.integers(2, 5)), 0, 100)
            if week < 0:
                after.setdefault(f"rep{rep}", []).extend(scores)
                continue
            rows += [
                {
                    "call_id": f"{rep}-{week}-{number}", "rep_user_id": f"rep{rep}",
                    "call_date": MONDAY - dt.timedelta(weeks=week) + dt.timedelta(days=number),
                    "overall": score, "rubric_version": "1", "model": "rules",
                }
                for number, score in enumerate(scores)
            ]  # fmt: skip
    return pd.DataFrame(rows), {rep: float(np.mean(own)) for rep, own in after.items()}


def foretold(teams: int = 100) -> Iterable[Figure]:
    """J-coaching-03: teams whose levels move, and teams whose levels do not."""
    rules = policy.load()
    held = made = said = 0
    for team in range(teams):
        calls, after = past_and_next(np.random.default_rng([7, team]), 20, 9.0)
        found, _ = predictions(calls, MONDAY, rules)
        made += len(found)
        held += sum(one.low <= after[rep] <= one.high for rep, one in found.items())
        calls, _ = past_and_next(np.random.default_rng([8, team]), 20, 0.0)
        said += bool(predictions(calls, MONDAY, rules)[0])
    share = held / max(1, made)
    yield Figure(
        "J-coaching-03",
        f"intervals of 80 % that hold the next four weeks, {made} forecasts",
        f"{100 * share:.1f} %",
        "76 to 88 %",
        bool(made) and 0.76 <= share <= 0.88,
    )
    yield Figure(
        "J-coaching-03a",
        f"teams of which nobody changes and something is foretold, {teams} teams",
        f"{100 * said / teams:.1f} %",
        "<= 10 %",
        said <= 0.1 * teams,
    )


BY_ID = {"J-coaching-03": foretold, "J-coaching-03a": foretold}

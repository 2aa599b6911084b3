"""How often trends cry wolf, and how often they see a wolf."""

import datetime as dt
from collections.abc import Iterable

import numpy as np
import pandas as pd

from cs_assets.coaching import policy, trends
from cs_assets.coaching.policy import DIMENSIONS
from tests.figures import Figure

MONDAY = dt.date(2026, 11, 9)
#: Points that a call of a type adds to all scores: a mix of types that shifts must not matter.
_TYPES = {"discovery": 6.0, "demo": -6.0, "closing": 0.0}


def team_of_calls(
    rng: np.random.Generator, reps: int, weeks: int, *, changes: float = 0.0
) -> pd.DataFrame:
    """Scored calls of a team as ``sql/coaching/scores_of_calls`` gives them.

    One to five calls a rep and week; reps differ in level, spread and mix of call types, the
    dimensions of a call go together, scores are whole and cut to 0 to 100. The first
    rep's calls of the last four weeks are ``changes`` points better.
    """
    rows = []
    for rep in range(reps):
        level, spread = rng.normal(60, 12), rng.choice([7.0, 12.0, 18.0])
        mix = rng.dirichlet([2.0, 2.0, 1.0])
        for week in range(weeks):
            for _ in range(rng.integers(1, 6)):
                kind = str(rng.choice(list(_TYPES), p=mix))
                mood = rng.normal(0, spread * 0.6)
                base = level + mood + _TYPES[kind] + (changes if rep == 0 and week < 4 else 0)
                own = np.clip(np.round(base + rng.normal(0, spread * 0.8, 4)), 0, 100)
                shown = [float(v) if rng.random() < 0.85 else None for v in own]
                rows.append(
                    {
                        "call_id": f"{rep}-{week}-{len(rows)}",
                        "call_date": MONDAY
                        - dt.timedelta(weeks=week)
                        + dt.timedelta(days=int(rng.integers(0, 7))),
                        "rep_user_id": f"rep{rep:03}",
                        "call_type": kind,
                        "account_key": f"account {rng.integers(0, 8)}",
                        "overall": float(np.mean(own)),
                        **dict(zip(DIMENSIONS[1:], shown, strict=True)),
                        "rubric_version": "1",
                        "model": "rules",
                    }
                )
    return pd.DataFrame(rows)


def false_alarms(runs: int, *, reps: int = 30, seed: int = 1) -> float:
    """Share of weekly runs that call anything a trend although nobody changed."""
    rules = policy.load()
    alarms = 0
    for run in range(runs):
        calls = team_of_calls(np.random.default_rng([seed, run]), reps, 8)
        verdicts = trends.week_trends(calls, MONDAY, rules)["verdict"]
        alarms += bool(verdicts.isin(["improving", "declining"]).any())
    return alarms / runs


def naive_alarms(runs: int, *, reps: int = 30, seed: int = 1) -> float:
    """The same for what is commonly done: this week's mean beside the last week's, 3 points."""
    alarms = 0
    for run in range(runs):
        calls = team_of_calls(np.random.default_rng([seed, run]), reps, 2)
        week = calls["call_date"].map(lambda day: day >= MONDAY)
        now = calls[week].groupby("rep_user_id")["overall"].mean()
        before = calls[~week].groupby("rep_user_id")["overall"].mean()
        alarms += bool(((now - before).abs() > 3).any())
    return alarms / runs


def seen_changes(runs: int, points: float, *, reps: int = 30, seed: int = 2) -> float:
    """Share of runs in which the one rep who improved is told so in the overall score."""
    rules = policy.load()
    seen = 0
    for run in range(runs):
        rng = np.random.default_rng([seed, run])
        calls = team_of_calls(rng, reps, 8, changes=points)
        rows = trends.week_trends(calls, MONDAY, rules).set_index(["rep_user_id", "dimension"])
        seen += rows.loc[("rep000", "overall"), "verdict"] == "improving"
    return seen / runs


def alarms_are_rare(runs: int = 400) -> Iterable[Figure]:
    """J-coaching-11 to 14: ``runs`` weekly runs of a team each."""
    alarms = false_alarms(runs)
    yield Figure(
        "J-coaching-11",
        f"runs of {runs} with a false improving or declining verdict, 30 reps x 5 dimensions",
        f"{100 * alarms:.1f} %",
        "<= 5 %",
        alarms <= 0.05,
    )
    small = false_alarms(runs, reps=6, seed=3)
    yield Figure(
        "J-coaching-12",
        f"the same with 6 reps, {runs} runs",
        f"{100 * small:.1f} %",
        "<= 5 %",
        small <= 0.05,
    )
    naive = naive_alarms(min(runs, 100))
    yield Figure(
        "J-coaching-13",
        "the same when weeks are compared and 3 points count (for comparison)",
        f"{100 * naive:.0f} %",
        "> 90 %",
        naive > 0.9,
    )
    power = seen_changes(max(20, runs // 4), 25.0)
    yield Figure(
        "J-coaching-14",
        "runs that see a true change of 25 points, about 12 calls each side, among 150 comparisons",
        f"{100 * power:.0f} %",
        ">= 60 %",
        power >= 0.6,
    )


BY_ID = {
    "J-coaching-11": alarms_are_rare,
    "J-coaching-12": alarms_are_rare,
    "J-coaching-13": alarms_are_rare,
    "J-coaching-14": alarms_are_rare,
}

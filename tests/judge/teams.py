"""What a team and its reps are told of a week: digests and team pages, made by the real path."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from cs_assets.ai.prompting import prompts
from cs_assets.ai.writing import RulesWriter
from cs_assets.coaching import policy
from cs_assets.coaching.assets import read_frames
from cs_assets.coaching.digest.digests import Digest, write_digest
from cs_assets.coaching.digest.team import audiences
from cs_assets.coaching.digest.team_view import Summary, write_summary
from cs_assets.coaching.inputs import Told as ToldBefore
from cs_assets.coaching.inputs import reps_with_scores, week_inputs
from cs_assets.coaching.rep_week import rep_week, users_of
from cs_assets.coaching.scored_calls import dated
from cs_assets.coaching.scores import week_scores
from cs_assets.coaching.trends import week_trends
from resources.warehouse import Session
from tests.coaching import tenant as team

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class TeamTold:
    """A week's digests, and the team pages with the digests' reps in them."""

    digests: list[Digest]
    summaries: list[Summary]


def tell_team(db: Session, last: dt.date) -> TeamTold:
    """The week of ``team.MONDAY`` with scores and trends of the calls up to a day."""
    rules = policy.load()
    calls = dated(db.query("coaching/scores_of_calls", [last - 100 * _DAY, last]))
    for table, rows in (
        ("rep_week_scores", week_scores(calls, team.MONDAY, rules)),
        ("rep_week_trends", week_trends(calls, team.MONDAY, rules)),
    ):
        db.replace(f"analytics.{table}", rows, {})
    frames = read_frames(db, [team.MONDAY], rules)
    users = users_of(db.query("coaching/reps"))
    inputs, _ = week_inputs(frames, ToldBefore({}, {}), team.MONDAY, rules)
    weeks = [rep_week(rep, inputs, rules) for rep in reps_with_scores(inputs, users)]
    instructions = prompts.load("coaching/digest")
    pages = audiences(team.MONDAY, weeks, [], [], users, rules, inputs.unread_week)
    return TeamTold(
        [write_digest(week, RulesWriter(), instructions, rules) for week in weeks],
        [write_summary(page, rules) for page in pages],
    )


def random_team(seed: int, reps: int = 6) -> team.Tenant:
    """Reps of one manager over twelve weeks: steady, better, worse, and with few calls."""
    rng = np.random.default_rng([seed, 8])
    made = team.Tenant()
    made.rep("boss", "Bo Berg", None)
    for number in range(reps):
        rep = made.rep(f"r{number}", f"Rep {chr(65 + number)}")
        level, step = rng.uniform(45, 80), rng.choice([0.0, 0.0, 18.0, -18.0])
        for back in range(12):
            for _ in range(int(rng.integers(0, 5))):
                score = {
                    name: float(np.clip(level + step * (back < 4) + rng.normal(0, 8), 0, 100))
                    for name in team.SCORES
                }
                day = team.MONDAY - 7 * back * _DAY + int(rng.integers(0, 5)) * _DAY
                made.call(rep, day, score, account=f"a{rng.integers(0, 9)}")
    return made

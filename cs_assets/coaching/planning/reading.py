"""A rep's plan from what is stored: what the command line and the desk read alike."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from cs_assets.coaching.disputes import disputes_of
from cs_assets.coaching.inputs import told_before
from cs_assets.coaching.planning import plan as planning
from cs_assets.coaching.planning.evidence import readable
from cs_assets.coaching.planning.plan_changes import alike_of_team
from cs_assets.coaching.planning.standings import targets
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.coaching.quotes import Transcripts
from cs_assets.coaching.rep_week import chances_by_rep, rows_by_rep
from cs_assets.coaching.scored_calls import dated
from cs_assets.coaching.windows import Days
from cs_assets.frames import records

#: ``Session.query`` of the warehouse port.
Query = Callable[[str, Sequence[Any]], pd.DataFrame]


def read_plan(query: Query, rep: str, span: tuple[dt.date, dt.date]) -> Mapping[str, pd.DataFrame]:
    """What the plan of a rep (id in Gong) over a span of days is made of, in one short session."""
    days = list(span)
    return {
        "calls": query("calls/list_calls", [*days, rep, *[None] * 5]),
        "disputes": query("coaching/disputes", days),
        "sentences": query("coaching/sentences_of_rep", [*days, rep]),
        "team": query("coaching/scores_of_calls", days),
        "focus": query("coaching/rep_week_focus", days),
        "digests": query("coaching/rep_digests", days),
        "others": query("coaching/calls_of_window", days),
    }


def plan_of(
    read: Mapping[str, pd.DataFrame], rep: str, span: tuple[dt.date, dt.date],
    policy: CoachingPolicy,
) -> tuple[planning.Plan, dict[str, str]]:  # fmt: skip
    """The plan, and the calls whose analysis cannot be read, with why."""
    rows = read["calls"].rename(columns=lambda name: name.removesuffix("_score"))
    calls, broken = readable(
        rows.assign(
            call_date=pd.to_datetime(rows["call_date"]).dt.date,
            account_key=rows["customer_id"].fillna(rows["account_name"]),
        )
    )
    disputed = disputes_of(read["disputes"])
    told = told_before(read["focus"], read["digests"])
    has_digest = rep in told.until
    # Before the first digest the team's calls say what can be reached, as they will then.
    team_chances = (
        {}
        if has_digest
        else chances_by_rep(
            rows_by_rep(readable(dated(read["others"]))[0]), policy, disputed.values()
        )
    )
    made = planning.build(
        records(calls),
        Days(*span),
        told.focus.get(rep, []) if has_digest else None,
        targets(team_chances.values(), policy),
        disputed.values(),
        Transcripts(read["sentences"]),
        policy,
        alike_of_team(read["team"]),
    )
    return made, broken

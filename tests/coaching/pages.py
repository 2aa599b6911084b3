"""One digest made without a warehouse, with any text in every field that comes from outside."""

import datetime as dt
from dataclasses import replace

import pandas as pd

from cs_assets.ai.writing import Prompt, RulesWriter
from cs_assets.coaching.digest.digests import Digest, write_digest
from cs_assets.coaching.digest.team import audiences
from cs_assets.coaching.digest.team_view import Summary, write_summary
from cs_assets.coaching.objections import week_objections
from cs_assets.coaching.planning.evidence import readable
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.coaching.quotes import Transcripts
from cs_assets.coaching.rep_week import (
    Rep,
    RepWeek,
    WeekInputs,
    chances_by_rep,
    rep_week,
    rows_by_rep,
)
from cs_assets.coaching.scores import week_scores
from cs_assets.coaching.trends import week_trends
from tests.coaching.tenant import MONDAY, Tenant, small_team

PROMPT = Prompt("coaching/digest", "test", "write")
REP = Rep("bob", "Bob Ray", "bob@team.example", "boss", True)
BOSS = Rep("boss", "Olga Boss", "boss@team.example", None, True)


def week_of(tenant: Tenant, rules: CoachingPolicy, monday: dt.date = MONDAY) -> WeekInputs:
    """The inputs of the week, as the assets would read them."""
    staged = {call["call_id"]: call for call in tenant.staged}
    rows = []
    for row in tenant.analysis:
        call = staged[row["call_id"]]
        renamed = {name.removesuffix("_score"): value for name, value in row.items()}
        rows.append(
            {
                **renamed,
                "started": call["started"],
                "title": call["title"],
                "url": call["url"],
                "call_type": call["call_type"],
                "account_key": call["hubspot_company_id"],
            }
        )
    calls, broken = readable(pd.DataFrame(rows))
    assert not broken
    scores = tenant.scores_of_calls()
    transcripts = Transcripts(pd.DataFrame(tenant.sentences))
    return WeekInputs(
        monday=monday,
        calls=calls,
        calls_by_rep=rows_by_rep(calls),
        scores=week_scores(scores, monday, rules),
        objections=week_objections(calls, transcripts, monday, rules),
        trends=week_trends(scores, monday, rules),
        focus_before={},
        told_until={},
        transcripts=transcripts,
        chances=chances_by_rep(rows_by_rep(calls), rules),
    )


def bobs_week(rules: CoachingPolicy) -> RepWeek:
    """A benign week with a recurring objection, focus areas and quotes."""
    inputs = week_of(small_team(), rules)
    window = inputs.calls["call_date"] > MONDAY - dt.timedelta(weeks=4)
    calls = inputs.calls[window]
    recent = replace(inputs, calls=calls, calls_by_rep=rows_by_rep(calls))
    return rep_week(REP, recent, rules)


def with_text(week: RepWeek, text: str, url: str) -> RepWeek:
    """The week with ``text`` as every name, title and quote, and ``url`` as every address."""

    def changed(moment):
        said = replace(moment.words, text=text)
        around = {"before": (said,), "after": (said,)} if moment.before or moment.after else {}
        return replace(moment, title=text, url=url, words=said, **around)

    return replace(
        week,
        rep=replace(week.rep, name=text if text.strip() else "x"),
        calls=tuple({**call, "title": text, "url": url} for call in week.calls),
        objection_moments={k: changed(m) for k, m in week.objection_moments.items()},
        focus_moments={k: changed(m) for k, m in week.focus_moments.items()},
        win=replace(week.win, moment=changed(week.win.moment) if week.win.moment else None),
    )


def digest_of(week: RepWeek, rules: CoachingPolicy) -> Digest:
    """The digest by the rule-based writer."""
    return write_digest(week, RulesWriter(), PROMPT, rules)


def summaries_of(week: RepWeek, rules: CoachingPolicy) -> list[Summary]:
    """The channel's and the manager's summary of a team of this rep."""
    teams = audiences(MONDAY, [week], [week.rep], [week.rep], {"boss": BOSS}, rules)
    return [write_summary(team, rules) for team in teams]

"""Coaching at the desk: a rep's weeks, what is in focus and why, and the team for who leads it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.answers.scope import Scope
from cs_assets.coaching import disputing
from cs_assets.coaching.disputes import Dispute
from cs_assets.coaching.planning.plan import Plan
from cs_assets.coaching.planning.reading import plan_of, read_plan
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.desk.guards import ScopedSession
from cs_assets.errors import UsageError
from cs_assets.frames import records, text_or_none
from resources.warehouse_port import Opens

Row = dict[str, Any]
#: Weeks of a rep that a page shows.
WEEKS = 13
_PLAN_DAYS = 30


class NoRep(UsageError):
    """A rep whose scores the viewer may not see, or who is not there (any more)."""


@dataclass(frozen=True)
class Person:
    """A rep in the viewer's scope."""

    id: str
    name: str
    email: str


@dataclass(frozen=True)
class RepWeeks:
    """A rep over the last weeks, the newest last."""

    person: Person
    week: dt.date
    scores: list[Row]
    trends: list[Row]
    focus: list[Row]
    digests: list[Row]
    objections: list[Row]
    disputes: list[Dispute]

    def of_week(self, rows: list[Row]) -> list[Row]:
        """Those of the newest week."""
        return [one for one in rows if pd.Timestamp(one["week_start"]).date() == self.week]


@dataclass(frozen=True)
class TeamLine:
    """One rep of a team in the newest week."""

    person: Person
    calls: int
    mean: float | None
    low: float | None
    high: float | None
    verdict: str
    focus: str
    open_disputes: int


@dataclass(frozen=True)
class Team:
    """All reps in scope who had a digest."""

    week: dt.date
    lines: list[TeamLine]
    disputes: list[Dispute]
    """Open ones, the oldest first."""
    names: Mapping[str, str]
    patterns: list[Row]
    """Of the week: what recurs over calls in scope, and what goes with won deals."""


def newest_week(db: ScopedSession) -> dt.date | None:
    """Monday of the newest week with digests."""
    newest = db.query("desk/newest_coaching_week")["week_start"].iloc[0]
    return None if pd.isna(newest) else pd.Timestamp(newest).date()


def people(db: ScopedSession) -> dict[str, Person]:
    """Reps in scope by id."""
    return {
        str(one["user_id"]): Person(
            str(one["user_id"]), text_or_none(one["full_name"]) or str(one["user_id"]),
            text_or_none(one["email"]) or "",
        )
        for one in records(db.query("answers/reps"))
    }  # fmt: skip


def rep_weeks(db: ScopedSession, rep: str) -> RepWeeks | None:
    """A rep's weeks; ``None`` before the first digest of anybody; raises ``NoRep``."""
    person = people(db).get(rep)
    if person is None:
        raise NoRep("no such rep is among those whose scores you may see")
    week = newest_week(db)
    if week is None:
        return None
    span = [week - dt.timedelta(weeks=WEEKS - 1), week]

    def mine(statement: str) -> list[Row]:
        rows = db.query(statement, span)
        rows = rows[rows["rep_user_id"] == rep].sort_values("week_start")
        return records(rows)

    every = disputing.of_all_time(db).values()
    return RepWeeks(
        person, week,
        scores=mine("coaching/rep_week_scores"),
        trends=mine("coaching/rep_week_trends"),
        focus=mine("coaching/rep_week_focus"),
        digests=mine("coaching/rep_digests"),
        objections=mine("coaching/rep_week_objections"),
        disputes=sorted(
            (one for one in every if one.rep_user_id == rep), key=lambda d: d.raised_at
        ),
    )  # fmt: skip


def team(db: ScopedSession) -> Team | None:
    """The reps in scope in the newest week, by name; ``None`` before the first digest."""
    week = newest_week(db)
    if week is None:
        return None
    known = people(db)
    digests = records(db.query("coaching/rep_digests", [week, week]))
    scores = {
        str(one["rep_user_id"]): one
        for one in records(db.query("coaching/rep_week_scores", [week, week]))
        if one["dimension"] == "overall"
    }
    trends = {
        str(one["rep_user_id"]): str(one["verdict"])
        for one in records(db.query("coaching/rep_week_trends", [week, week]))
        if one["dimension"] == "overall"
    }
    first = {
        str(one["rep_user_id"]): text_or_none(one["behaviour"]) or str(one["focus_id"])
        for one in records(db.query("coaching/rep_week_focus", [week, week]))
        if one["state"] == "open" and one["place"] == 1
    }
    waiting = [one for one in disputing.of_all_time(db).values() if one.decision is None]
    lines = []
    for digest in digests:
        rep = str(digest["rep_user_id"])
        score = scores.get(rep, {})
        lines.append(
            TeamLine(
                known.get(rep, Person(rep, rep, "")), int(digest["calls_window"]),
                _number(score.get("mean_window")), _number(score.get("low_window")),
                _number(score.get("high_window")),
                trends.get(rep, "too_few_calls"), first.get(rep, ""),
                sum(one.rep_user_id == rep for one in waiting),
            )
        )  # fmt: skip
    return Team(
        week,
        sorted(lines, key=lambda one: one.person.name),
        sorted(waiting, key=lambda one: one.raised_at),
        {one.id: one.name for one in known.values()},
        records(db.query("calls/call_patterns", [week])),
    )


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def plan(rep: str, scope: Scope, warehouse: Opens, policy: CoachingPolicy) -> Plan | None:
    """The plan of a rep's last thirty days with calls; ``None`` where there are none.

    What is usual for the team is read too, so the session is not cut to the scope: the rep must be
    in it. Raises ``NoRep``.
    """
    if not scope.allows("rep", rep):
        raise NoRep("no such rep is among those whose scores you may see")
    with warehouse.reading("desk plan") as db:
        told = db.query("calls/span_of_calls").iloc[0]
        if not int(told["calls"]):
            return None
        last = pd.Timestamp(told["last_day"]).date()
        span = last - dt.timedelta(days=_PLAN_DAYS - 1), last
        read = read_plan(db.query, rep, span)
    return plan_of(read, rep, span, policy)[0]

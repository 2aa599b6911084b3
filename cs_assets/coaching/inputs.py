"""Frames of a span of weeks cut into one week's inputs."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.coaching import windows
from cs_assets.coaching.disputes import disputes_of
from cs_assets.coaching.planning.evidence import readable
from cs_assets.coaching.planning.focus import Focus
from cs_assets.coaching.planning.prediction import predictions
from cs_assets.coaching.planning.standings import targets
from cs_assets.coaching.planning.themes import topics_by_call
from cs_assets.coaching.policy import CoachingPolicy, Pause
from cs_assets.coaching.quotes import Transcripts
from cs_assets.coaching.rep_week import Rep, WeekInputs, chances_by_rep, rep_of, rows_by_rep
from cs_assets.coaching.scored_calls import dated, on_scale, scale_of, within
from cs_assets.collector import collector_off
from cs_assets.feeds import days
from cs_assets.feeds.wording import unread_calls


@dataclass(frozen=True)
class Frames:
    """What the warehouse gave for a span of weeks, named as the statements are."""

    scores_of_calls: pd.DataFrame
    calls_of_window: pd.DataFrame
    sentences_of_window: pd.DataFrame
    rep_week_scores: pd.DataFrame
    rep_week_objections: pd.DataFrame
    rep_week_trends: pd.DataFrame
    topics_of_window: pd.DataFrame
    disputes: pd.DataFrame
    read_days: pd.DataFrame


@dataclass(frozen=True)
class Told:
    """What earlier digests left: open focus areas, and the last week that was told of."""

    focus: dict[str, list[Focus]]
    until: dict[str, dt.date]

    def with_week(self, monday: dt.date, focus: dict[str, list[Focus]]) -> "Told":
        """After the digests of one more week; reps without a digest keep what they had."""
        return Told({**self.focus, **focus}, {**self.until, **dict.fromkeys(focus, monday)})


def told_before(focus_rows: pd.DataFrame, digest_rows: pd.DataFrame) -> Told:
    """From the rows of ``rep_week_focus`` and ``rep_digests`` of earlier weeks."""
    until: dict[str, dt.date] = {}
    for row in _records(digest_rows):
        if row["status"] in ("written", "nothing_new"):
            rep = str(row["rep_user_id"])
            until[rep] = max(_date(row["week_start"]), until.get(rep, dt.date.min))
    focus: dict[str, list[Focus]] = {}
    for row in _records(focus_rows):
        rep = str(row["rep_user_id"])
        if until.get(rep) == _date(row["week_start"]):
            focus.setdefault(rep, []).append(_focus(row))
    return Told(focus, until)


@collector_off()
def week_inputs(
    frames: Frames, told: Told, monday: dt.date, policy: CoachingPolicy
) -> tuple[WeekInputs, dict[str, str]]:
    """One week's inputs, and the calls that could not be read with the reason.

    Scored calls of another rubric or model than the latest are left out, as in
    ``rep_week_scores``.
    """
    window = windows.recent(monday, policy.window_weeks)
    calls = within(dated(frames.calls_of_window), window)
    scored = calls["status"] == "scored"
    scale = scale_of(calls[scored])
    if scale is not None:
        kept = on_scale(calls[scored], scale).index
        calls = calls[~scored | calls.index.isin(kept)]
    calls, broken = readable(calls)
    disputed = [one for one in disputes_of(frames.disputes).values() if one.call_date in window]
    by_rep = rows_by_rep(calls)
    chances = chances_by_rep(by_rep, policy, disputed)
    foretold, unforetold = predictions(dated(frames.scores_of_calls), monday, policy)
    return (
        WeekInputs(
            monday=monday,
            calls=calls,
            calls_by_rep=by_rep,
            scores=_of_week(frames.rep_week_scores, monday),
            objections=_of_week(frames.rep_week_objections, monday),
            trends=_of_week(frames.rep_week_trends, monday),
            focus_before=told.focus,
            told_until=told.until,
            transcripts=Transcripts(frames.sentences_of_window),
            chances=chances,
            targets=targets(chances.values(), policy),
            disputes=disputed,
            predictions=foretold,
            unforetold=unforetold,
            topics=topics_by_call(frames.topics_of_window),
            unread=unread_calls(
                days.unread(frames.read_days, windows.week(monday).last), window.first, window.last
            ),
            unread_week=unread_calls(
                days.unread(frames.read_days, windows.week(monday).last),
                monday,
                windows.week(monday).last,
            ),
        ),
        broken,
    )


def with_leaves(policy: CoachingPolicy, leaves: pd.DataFrame) -> CoachingPolicy:
    """The policy with who is on leave among its pauses; what it says of a person itself holds.

    ``leaves``: rows of ``coaching/leaves``. A leave without a last day lasts until one is told.
    """
    known = {
        str(row["email"]): Pause(
            reason="on_leave",
            since=_date(row["leave_start"]),
            until=None if pd.isna(row["leave_end"]) else _date(row["leave_end"]),
        )
        for row in _records(leaves)
    }
    return policy.model_copy(update={"pauses": {**known, **policy.pauses}})


def reps_with_scores(inputs: WeekInputs, users: dict[str, Rep]) -> list[Rep]:
    """Reps with a scored call in the window, by id: each gets a digest."""
    found = inputs.calls[inputs.calls["status"] == "scored"]["rep_user_id"].unique()
    return [rep_of(str(user_id), users) for user_id in sorted(found)]


def reps_without_scores(
    frames: Frames, inputs: WeekInputs, users: dict[str, Rep], policy: CoachingPolicy
) -> list[Rep]:
    """Active reps with scored calls before, or unscored calls in the window, but none now."""
    past = dated(frames.scores_of_calls)
    past = within(past, windows.recent(inputs.monday, policy.history_weeks))
    scored = {rep.user_id for rep in reps_with_scores(inputs, users)}
    seen = {*map(str, past["rep_user_id"]), *map(str, inputs.calls["rep_user_id"])} - scored
    return [rep for user_id in sorted(seen) if (rep := rep_of(user_id, users)).is_active]


def _focus(row: dict[str, Any]) -> Focus:
    return Focus(
        focus_id=str(row["focus_id"]),
        state=row["state"],
        place=None if pd.isna(row["place"]) else int(row["place"]),
        since_week=_date(row["since_week"]),
        weeks_at_target=int(row["weeks_at_target"]),
        weeks_unseen=int(row["weeks_unseen"]),
        calls=int(row["calls"]),
        missing=int(_number(row["missing"]) or 0),
        level=_number(row["level"]),
        level_then=_number(row["level_then"]),
        target=float(row["target"]),
        priority=float(row["priority"]),
        is_clear=not pd.isna(row["is_clear"]) and bool(row["is_clear"]),
    )


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _of_week(frame: pd.DataFrame, monday: dt.date) -> pd.DataFrame:
    weeks = pd.to_datetime(frame["week_start"]).dt.date
    return frame.assign(week_start=weeks)[weeks == monday]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _date(value: Any) -> dt.date:
    return pd.Timestamp(value).date()

"""All that a digest tells of one rep and week, put together from the tables."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from cs_assets.coaching import windows
from cs_assets.coaching.disputes import Dispute, respected
from cs_assets.coaching.planning.focus import Focus, advance
from cs_assets.coaching.planning.moments import (
    Moment,
    Win,
    missed_moments,
    moment,
    settled_moments,
    shown_moment,
    win,
)
from cs_assets.coaching.planning.prediction import Prediction
from cs_assets.coaching.planning.standings import Chance, Standing, Targets, chances, standings
from cs_assets.coaching.planning.themes import Missed, Topic, missed, topics
from cs_assets.coaching.policy import DIMENSIONS, OTHER, CoachingPolicy
from cs_assets.coaching.quotes import Transcripts
from cs_assets.coaching.scored_calls import monday_of
from cs_assets.frames import records

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Rep:
    """A Gong user. ``email`` and ``manager_id`` are ``None`` when unknown."""

    user_id: str
    name: str
    email: str | None
    manager_id: str | None
    is_active: bool


@dataclass(frozen=True)
class WeekInputs:
    """One week's rows of all reps; frames with dates as dates."""

    monday: dt.date
    calls: pd.DataFrame
    """``evidence.readable`` over the window."""
    calls_by_rep: Mapping[str, Sequence[Row]]
    """Their rows."""
    scores: pd.DataFrame
    objections: pd.DataFrame
    trends: pd.DataFrame
    focus_before: Mapping[str, Sequence[Focus]]
    told_until: Mapping[str, dt.date]
    """By rep: the last week before this one that had a digest."""
    transcripts: Transcripts
    chances: Mapping[str, Mapping[str, list[Chance]]] = field(default_factory=dict)
    """By rep and focus id: the calls of the window that gave a chance."""
    targets: Targets = field(default_factory=dict)
    disputes: Sequence[Dispute] = ()
    predictions: Mapping[str, Prediction] = field(default_factory=dict)
    unforetold: str = ""
    """Why nothing is foretold of anybody."""
    topics: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By call: its topics, as Gong names them."""
    unread: str = ""
    """Days of the window whose calls were not read, in words."""
    unread_week: str = ""
    """Those of the week itself."""

    def calls_of(self, rep: "Rep") -> list[Row]:
        """A rep's calls of the window."""
        return list(self.calls_by_rep.get(rep.user_id, ()))

    def rows_of(self, frame: str, rep: "Rep") -> list[Row]:
        """A rep's rows of ``scores``, ``objections`` or ``trends``."""
        return self._by_rep[frame].get(rep.user_id, [])

    @cached_property
    def _by_rep(self) -> dict[str, dict[str, list[Row]]]:
        """The frames by rep, in one pass for all of them."""
        found: dict[str, dict[str, list[Row]]] = {}
        for name in ("scores", "objections", "trends"):
            own = found.setdefault(name, {})
            for row in records(getattr(self, name)):
                own.setdefault(str(row["rep_user_id"]), []).append(row)
        return found


@dataclass(frozen=True)
class RepWeek:
    """One rep's week. ``calls`` are the scored calls of the window, newest first."""

    rep: Rep
    monday: dt.date
    calls: tuple[Row, ...]
    calls_week: int
    skipped: dict[str, int]
    """Calls of the window that were not scored, by reason."""
    scores: dict[str, Row]
    trends: dict[str, Row]
    objections: tuple[Row, ...]
    """Recurring first, then by calls; brush-offs last."""
    objection_moments: dict[str, Moment]
    standings: tuple[Standing, ...]
    chances: Mapping[str, list[Chance]]
    """By focus id, the calls of the window that gave a chance."""
    focus: tuple[Focus, ...]
    focus_moments: dict[str, Moment]
    shown_moments: dict[str, Moment]
    """By focus id: where it was done, in the window."""
    settled_moments: dict[str, Moment]
    """By type of objection: how one was settled, in the window."""
    win: Win
    topics: tuple[Topic, ...]
    missed: tuple[Missed, ...]
    """Behaviours of the week's calls that are missing in several and in no focus."""
    nothing_new: bool
    disputes: tuple[Dispute, ...] = ()
    prediction: Prediction | None = None
    unforetold: str = ""
    unread: str = ""
    unread_week: str = ""

    @property
    def open_focus(self) -> list[Focus]:
        return [focus for focus in self.focus if focus.state == "open"]

    @property
    def also_improved(self) -> list[Focus]:
        """What reached its target beside the win."""
        improved = [focus for focus in self.focus if focus.state == "improved"]
        return [focus for focus in improved if focus.focus_id != self.win.subject]

    @property
    def dropped_focus(self) -> list[Focus]:
        return [focus for focus in self.focus if focus.state == "dropped"]


def rep_of(user_id: str, users: Mapping[str, Rep]) -> Rep:
    """The Gong user, or one without name and address when Gong does not list it."""
    return users.get(user_id) or Rep(user_id, f"Gong user {user_id}", None, None, False)


def users_of(rows: pd.DataFrame) -> dict[str, Rep]:
    """The rows of ``sql/coaching/reps`` by id."""

    def text(value: Any) -> str | None:
        return None if pd.isna(value) or not str(value).strip() else str(value).strip()

    return {
        str(row["user_id"]): Rep(
            str(row["user_id"]),
            text(row["full_name"]) or f"Gong user {row['user_id']}",
            text(row["email"]),
            text(row["manager_id"]),
            bool(row["is_active"]),
        )
        for row in rows.to_dict("records")
    }


def rep_week(rep: Rep, inputs: WeekInputs, policy: CoachingPolicy) -> RepWeek:
    """Everything of one rep; the rep has a scored call in the window."""
    own = inputs.calls_of(rep)
    skipped = Counter(str(call["status"]) for call in own if call["status"] != "scored")
    calls = _newest_first([call for call in own if call["status"] == "scored"])
    week = windows.week(inputs.monday)
    this_week = [call for call in calls if call["call_date"] in week]
    scores = {str(row["dimension"]): row for row in inputs.rows_of("scores", rep)}
    trends = {str(row["dimension"]): row for row in inputs.rows_of("trends", rep)}
    objections = _ordered(inputs.rows_of("objections", rep))
    seen = inputs.chances.get(rep.user_id, {})
    found = standings(seen, len(calls), week, inputs.targets, policy)
    before = inputs.focus_before.get(rep.user_id, ())
    lacking = missed_moments(found, before, seen, inputs.transcripts, policy)
    focus = advance(before, found, inputs.monday, policy, lacking)
    lacking = {one.focus_id: lacking[one.focus_id] for one in focus if one.focus_id in lacking}
    heard = _objection_moments(objections, calls, inputs.transcripts)
    listed = [str(row["objection_type"]) for row in objections[: policy.shown_objections]]
    above = [heard[kind] for kind in listed if kind in heard]
    return RepWeek(
        rep=rep,
        monday=inputs.monday,
        calls=tuple(calls),
        calls_week=len(this_week),
        skipped=dict(sorted(skipped.items())),
        scores=scores,
        trends=trends,
        objections=tuple(objections),
        objection_moments=heard,
        standings=tuple(found),
        chances=seen,
        focus=tuple(focus),
        focus_moments=lacking,
        shown_moments={
            focus_id: shown
            for focus_id, own in seen.items()
            if (behaviour := policy.behaviour(focus_id))
            and (shown := shown_moment(own, inputs.transcripts, behaviour))
        },
        settled_moments=settled_moments(calls, inputs.transcripts),
        win=win(
            this_week,
            focus,
            [name for name in DIMENSIONS[1:] if trends[name]["verdict"] == "improving"],
            seen,
            inputs.transcripts,
            policy,
        ),
        topics=topics(this_week, inputs.topics, policy),
        missed=_missed_this_week(
            seen, week, focus, [*lacking.values(), *above], inputs.transcripts, policy
        ),
        nothing_new=_nothing_new(calls, inputs.told_until.get(rep.user_id)),
        disputes=tuple(one for one in inputs.disputes if one.rep_user_id == rep.user_id),
        prediction=inputs.predictions.get(rep.user_id),
        unforetold=inputs.unforetold or "too few weeks with enough calls",
        unread=inputs.unread,
        unread_week=inputs.unread_week,
    )


def _ordered(objections: Sequence[Row]) -> list[Row]:
    return sorted(
        objections,
        key=lambda o: (
            o["is_brush_off"],
            o["objection_type"] == OTHER,
            not o["is_recurring"],
            -o["calls"],
            o["objection_type"],
        ),
    )


def _missed_this_week(
    seen: Mapping[str, Sequence[Chance]],
    week: windows.Days,
    focus: Sequence[Focus],
    shown: Sequence[Moment],
    transcripts: Transcripts,
    policy: CoachingPolicy,
) -> tuple[Missed, ...]:
    now = {key: [one for one in own if one.call["call_date"] in week] for key, own in seen.items()}
    told = [area.focus_id for area in focus if area.state == "open"]
    return missed(now, told, transcripts, policy, [one.place for one in shown])


def rows_by_rep(calls: pd.DataFrame) -> dict[str, list[Row]]:
    """The rows of calls (``evidence.readable``) in their order, by rep."""
    found: dict[str, list[Row]] = {}
    for call in records(calls):
        found.setdefault(str(call["rep_user_id"]), []).append(call)
    return dict(sorted(found.items()))


def chances_by_rep(
    by_rep: Mapping[str, Sequence[Row]], policy: CoachingPolicy, disputed: Iterable[Dispute] = ()
) -> dict[str, dict[str, list[Chance]]]:
    """The chances of every rep with a scored call (``rows_by_rep``)."""
    about = list(disputed)
    scored = {
        rep: [call for call in own if call["status"] == "scored"] for rep, own in by_rep.items()
    }
    return {rep: respected(chances(own, policy), about) for rep, own in scored.items() if own}


def _newest_first(calls: Sequence[Row]) -> list[Row]:
    by_id = sorted(calls, key=lambda call: str(call["call_id"]))
    return sorted(by_id, key=lambda call: call["started"], reverse=True)


def _nothing_new(calls: Sequence[Row], told_until: dt.date | None) -> bool:
    """Whether every scored call of the window was in an earlier digest already."""
    return told_until is not None and all(
        monday_of(call["call_date"]) <= told_until for call in calls
    )


def _objection_moments(
    objections: Sequence[Row], calls: Sequence[Row], transcripts: Transcripts
) -> dict[str, Moment]:
    by_id = {str(call["call_id"]): call for call in calls}
    found: dict[str, Moment] = {}
    for row in objections:
        if pd.isna(row["quote"]):
            continue
        call = by_id.get(str(row["quote_call_id"]))
        where = str(row["quote_call_id"]), int(row["quote_sentence_index"])
        said = transcripts.concern(*where, str(row["quote"]))
        if call is not None and said:
            around = transcripts.exchange(*where)
            shown = replace(around, before=said) if around and around.before else said[0]
            found[str(row["objection_type"])] = moment(call, shown)
    return found

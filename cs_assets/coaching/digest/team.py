"""The team's week: distribution, shared objections and coverage; never a ranking of people."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from cs_assets.coaching import windows
from cs_assets.coaching.disputes import Dispute
from cs_assets.coaching.objections import mentions
from cs_assets.coaching.planning.moments import Moment
from cs_assets.coaching.planning.standings import Standing
from cs_assets.coaching.policy import OTHER, CoachingPolicy
from cs_assets.coaching.rep_week import Rep, RepWeek, Row

#: The audience that sees the whole team and no names.
TEAM = "team"


@dataclass(frozen=True)
class SharedObjection:
    """One type heard by the team in the window: distinct calls, accounts and reps."""

    kind: str
    calls: int
    accounts: int
    reps: int
    resolved: int
    moment: Moment | None
    """How one was settled; else what was heard."""
    is_settled: bool


@dataclass(frozen=True)
class TeamNeed:
    """What the team lacks most: in ``missing`` of ``chances`` calls, ``lacking`` of ``reps``."""

    focus_id: str
    missing: int
    chances: int
    lacking: int
    reps: int
    example: Moment | None
    """Where somebody did it."""


@dataclass(frozen=True)
class TeamBelow:
    """The team of somebody whom a manager leads, as a whole: nobody of it by name."""

    lead: Rep
    reps: int
    calls_week: int
    need: TeamNeed | None


@dataclass(frozen=True)
class TeamWeek:
    """What one audience is told: the channel (``manager`` is ``None``) or one manager."""

    monday: dt.date
    manager: Rep | None
    weeks: tuple[RepWeek, ...]
    """Reps with a scored call in the window, by name."""
    without_digest: tuple[Rep, ...]
    """Reps with calls in the window of which none was scored, by name."""
    failed: tuple[Rep, ...]
    """Reps whose digest could not be made, by name."""
    objections: tuple[SharedObjection, ...]
    need: TeamNeed | None = None
    unread: str = ""
    """Days of the week whose calls were not read, in words."""
    teams: tuple[TeamBelow, ...] = ()
    """Teams of those whom the manager leads, by the name of who leads them."""
    is_direct: bool = True
    """Whether the manager leads these reps themselves, and so is told who needs what."""
    reached: Mapping[str, int] = field(default_factory=dict)
    """By rep: focus areas that came to their target of late; of a leaderboard that is wished."""
    effects: tuple[Row, ...] = ()
    """What coaching changed over all reps: rows of ``coaching_effects``, once a quarter."""

    @property
    def names_people(self) -> bool:
        """Whether reps stand here by name: for who leads them, for nobody else."""
        return self.manager is not None and self.is_direct

    @property
    def audience_id(self) -> str:
        return self.manager.user_id if self.manager else TEAM

    @property
    def artefact_id(self) -> str:
        return f"{TEAM}-{self.manager.user_id}" if self.manager else TEAM

    @property
    def open_disputes(self) -> list[tuple[RepWeek, Dispute]]:
        return [(week, o) for week in self.weeks for o in week.disputes if o.decision is None]

    @property
    def scored_calls(self) -> int:
        return sum(len(week.calls) for week in self.weeks)


def shared_objections(
    weeks: Sequence[RepWeek], policy: CoachingPolicy
) -> tuple[SharedObjection, ...]:
    """Types heard by more than one rep or from several accounts; brush-offs kept out."""
    calls: dict[str, set[str]] = {}
    still_open: dict[str, set[str]] = {}
    accounts: dict[str, set[str]] = {}
    reps: dict[str, set[str]] = {}
    moments: dict[str, Moment] = {}
    settled: dict[str, Moment] = {}
    for week in weeks:
        for call in week.calls:
            for mention in mentions(call):
                kind = mention.kind
                calls.setdefault(kind, set()).add(mention.call_id)
                reps.setdefault(kind, set()).add(week.rep.user_id)
                accounts.setdefault(kind, set()).update(
                    [mention.account_key] if mention.account_key else []
                )
                if mention.outcome != "resolved":
                    still_open.setdefault(kind, set()).add(mention.call_id)
        for kind, shown in week.settled_moments.items():
            settled.setdefault(kind, shown)
        for kind, shown in week.objection_moments.items():
            moments.setdefault(kind, shown)
    found = [
        SharedObjection(
            kind,
            len(heard),
            len(accounts[kind]),
            len(reps[kind]),
            len(heard - still_open.get(kind, set())),
            settled.get(kind) or moments.get(kind),
            kind in settled,
        )
        for kind, heard in calls.items()
        if not policy.objection(kind).is_brush_off
        and (len(reps[kind]) > 1 or len(accounts[kind]) >= policy.recurring_accounts)
    ]
    return tuple(
        sorted(found, key=lambda o: (o.kind == OTHER, -o.calls, o.kind))[: policy.shown_objections]
    )


def team_need(weeks: Sequence[RepWeek], policy: CoachingPolicy) -> TeamNeed | None:
    """The behaviour with the highest priority over all calls of these reps; ``None`` without.

    The same formula as a rep's focus, against ``done_target``: what nobody does is the team's.
    """
    found = []
    scored = sum(len(week.calls) for week in weeks)
    for focus_id in sorted({one.focus_id for week in weeks for one in week.standings}):
        own = [one for week in weeks for one in week.standings if one.focus_id == focus_id]
        sums = {
            part: sum(getattr(one, part) for one in own)
            for part in ("chances", "missing", "chances_week")
        }
        whole = Standing(
            focus_id=focus_id, scored_calls=scored, weight=policy.weight(focus_id),
            target=policy.done_target, **sums,
        )  # fmt: skip
        if not whole.may_open(policy) or whole.priority(policy) <= 0:
            continue
        shown = (week.shown_moments.get(focus_id) for week in weeks)
        need = TeamNeed(
            focus_id, whole.missing, whole.chances, sum(one.missing > 0 for one in own), len(own),
            max(filter(None, shown), key=lambda one: one.date, default=None),
        )  # fmt: skip
        found.append((-whole.priority(policy), focus_id, need))
    return min(found, key=lambda one: one[:2])[2] if found else None


def audiences(
    monday: dt.date,
    weeks: Sequence[RepWeek],
    without_digest: Sequence[Rep],
    failed: Sequence[Rep],
    users: dict[str, Rep],
    policy: CoachingPolicy,
    unread: str = "",
) -> list[TeamWeek]:
    """The whole team for the channel, then each manager's own reps and the teams below them.

    Who leads no rep but managers of reps is told of all below, as teams.
    """
    reps = [*(week.rep for week in weeks), *without_digest, *failed]
    above = {rep.user_id: _above(rep, users) for rep in reps}
    direct = {rep.manager_id for rep in reps}

    def told_to(manager: Rep | None) -> TeamWeek:
        leads = manager is not None and manager.user_id in direct

        def theirs(rep: Rep) -> bool:
            if manager is None:
                return True
            return (
                rep.manager_id == manager.user_id
                if leads
                else manager.user_id in above[rep.user_id]
            )

        own = sorted((w for w in weeks if theirs(w.rep)), key=lambda w: (w.rep.name, w.rep.user_id))
        return TeamWeek(
            monday=monday,
            manager=manager,
            weeks=tuple(own),
            without_digest=tuple(_by_name(filter(theirs, without_digest))),
            failed=tuple(_by_name(filter(theirs, failed))),
            objections=shared_objections(own, policy),
            # Of a few reps the channel would know whom it is about.
            need=team_need(own, policy) if manager or len(own) >= policy.least_team else None,
            unread=unread,
            teams=() if manager is None else _teams_below(manager, weeks, users, above, policy),
            is_direct=leads,
        )

    known = [users[m] for m in sorted(set().union(*above.values())) if m in users]
    return [told_to(None), *(told_to(manager) for manager in known)]


def _above(rep: Rep, users: dict[str, Rep]) -> tuple[str, ...]:
    """Who leads a rep, who leads them, and so on; Gong's ids may go in a circle."""
    found: list[str] = []
    lead = rep.manager_id
    while lead is not None and lead not in found and lead != rep.user_id:
        found.append(lead)
        lead = users[lead].manager_id if lead in users else None
    return tuple(found)


def _teams_below(
    manager: Rep, weeks: Sequence[RepWeek], users: dict[str, Rep],
    above: dict[str, tuple[str, ...]], policy: CoachingPolicy,
) -> tuple[TeamBelow, ...]:  # fmt: skip
    """Whom the manager leads that lead reps themselves, each with all below as one team."""
    leads = {lead for chain in above.values() for lead in chain}
    own = [users[lead] for lead in leads if lead in users]
    found = []
    for lead in _by_name(one for one in own if one.manager_id == manager.user_id):
        team = [week for week in weeks if lead.user_id in above[week.rep.user_id]]
        if team and lead.user_id != manager.user_id:
            calls = sum(week.calls_week for week in team)
            found.append(TeamBelow(lead, len(team), calls, team_need(team, policy)))
    return tuple(found)


def _by_name(reps: Iterable[Rep]) -> list[Rep]:
    return sorted(reps, key=lambda rep: (rep.name, rep.user_id))


#: Weeks of a leaderboard.
BOARD_WEEKS = 13


def reached(rows: Iterable[Row], monday: dt.date) -> dict[str, int]:
    """By rep: focus areas that came to their target in the weeks up to ``monday``'s, each once.

    ``rows``: of ``rep_week_focus``.
    """
    first = monday - (BOARD_WEEKS - 1) * windows.WEEK
    done = {
        (str(row["rep_user_id"]), str(row["focus_id"]), str(row["since_week"]))
        for row in rows
        if row["state"] == "improved" and first <= pd.Timestamp(row["week_start"]).date() <= monday
    }
    return dict(Counter(rep for rep, _, _ in done))

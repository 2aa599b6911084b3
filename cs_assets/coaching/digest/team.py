"""The team's week: distribution, shared objections and coverage; never a ranking of people."""

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from cs_assets.coaching import windows
from cs_assets.coaching.digest.gate import address_reasons
from cs_assets.coaching.digest.language import Language, language_of
from cs_assets.coaching.digest.sheet import (
    VERDICTS,
    count,
    cutoff,
    day,
    heading,
    moment_facts,
    text,
    value,
)
from cs_assets.coaching.disputes import Dispute
from cs_assets.coaching.objections import mentions
from cs_assets.coaching.planning.focus import behaviour_of
from cs_assets.coaching.planning.moments import Moment
from cs_assets.coaching.planning.standings import Standing
from cs_assets.coaching.policy import DIMENSIONS, OTHER, CoachingPolicy
from cs_assets.coaching.rep_week import Rep, RepWeek, Row
from cs_assets.facts.model import Fact, FactSheet, Quote, Unit
from cs_assets.statistics.intervals import wilson

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


def team_sheet(team: TeamWeek, policy: CoachingPolicy) -> FactSheet:
    """All facts and quotes of one audience's summary. Names only for a manager."""
    quotes: list[Quote] = []
    t = language_of(policy)
    window = windows.recent(team.monday, policy.window_weeks)
    days = windows.week(team.monday)
    skipped: Counter[str] = Counter()
    for week in team.weeks:
        skipped.update(week.skipped)
    facts = [
        day("week.start", "week from", team.monday),
        day("week.end", "week to", days.last),
        day("window.start", "window from", window.first),
        count("window.weeks", "weeks of the window", policy.window_weeks),
        count("before.weeks", "weeks of the window before", policy.before_weeks),
        count("scale.top", "highest score", 100),
        count("reps.told", "reps with a digest", len(team.weeks)),
        count("reps.without", "reps with no scored call in the window", len(team.without_digest)),
        count("reps.failed", "reps whose digest failed", len(team.failed)),
        count("calls.week", "scored calls in the week", sum(w.calls_week for w in team.weeks)),
        count("calls.window", "scored calls in the window", team.scored_calls),
        count("calls.skipped", "calls not scored", skipped.total()),
        *(count(f"skipped.{r}", f"calls not scored: {r}", n) for r, n in skipped.items()),
        *([text("data.calls", team.unread, "calls that were not read")] if team.unread else []),
        count("team.least", "reps needed for a distribution", policy.least_team),
    ]
    for name in DIMENSIONS:
        facts += _distribution(name, team, policy)
    facts += _need(team, policy, quotes, t)
    for objection in team.objections:
        facts += _objection(objection, team, policy, quotes, t)
    for row in team.effects:
        facts += _effect(row)
    for number, below in enumerate(team.teams, start=1):
        facts += _team_below(f"below.{number}", below, policy)
    if team.names_people:
        facts += _names(team, policy, t)
    elif names_everybody(team, policy):
        facts += _rep_lines(team, t)
    if policy.leaderboard and everybody_was_told(team):
        facts += _board(team)
    return FactSheet(
        entity_type="team",
        entity_id=team.audience_id,
        period_start=days.first,
        period_end=days.last,
        cutoff=cutoff(team.monday),
        facts=tuple(facts),
        quotes=tuple(quotes),
    )


def _distribution(name: str, team: TeamWeek, policy: CoachingPolicy) -> list[Fact]:
    own = next(p for dimension, p in policy.dimensions.items() if dimension == name)
    means = [
        float(week.scores[name]["mean_window"])
        for week in team.weeks
        if week.scores[name]["calls_window"]
    ]
    few = len(means) < policy.least_team
    middle = statistics.quantiles(means, n=4, method="inclusive") if not few else [None] * 3
    verdicts = Counter(str(week.trends[name]["verdict"]) for week in team.weeks)
    facts = [
        text(f"{name}.label", own.label),
        count(f"{name}.reps", f"{own.label}: reps with a score", len(means)),
        count(f"{name}.target", f"{own.label} target", own.target),
    ]
    for part, number in zip(("lower", "median", "upper"), middle, strict=True):
        facts.append(
            value(
                f"{name}.{part}",
                f"{own.label}: {part} of the reps' means",
                number,
                "count",
                n=len(means),
                direction="higher_is_better",
                missing="suppressed",
                reason="too few reps",
                source="analytics.rep_week_scores",
            )
        )
    at_target = None if few else sum(mean >= own.target for mean in means)
    facts.append(
        value(
            f"{name}.at_target", f"{own.label}: reps at target", at_target, "count",
            n=len(means), missing="suppressed", reason="too few reps",
        )
    )  # fmt: skip
    facts += [
        value(
            f"{name}.{verdict}",
            f"{own.label}: reps {verdict.replace('_', ' ')}",
            None if few else verdicts[verdict],
            "count",
            n=len(team.weeks),
            missing="suppressed",
            reason="too few reps",
            source="analytics.rep_week_trends",
        )
        for verdict in VERDICTS
    ]
    return facts


def _objection(
    objection: SharedObjection,
    team: TeamWeek,
    policy: CoachingPolicy,
    quotes: list[Quote],
    t: Language,
) -> list[Fact]:
    prefix, n = f"objection.{objection.kind}", team.scored_calls
    share = wilson(objection.calls, n)
    few = n < policy.cases_below
    facts = [
        text(f"{prefix}.label", heading(policy.objection(objection.kind).label)),
        count(f"{prefix}.calls", "calls with it", objection.calls, n),
        count(f"{prefix}.accounts", "distinct accounts", objection.accounts, n),
        count(f"{prefix}.reps", "reps who heard it", objection.reps, n),
        count(f"{prefix}.resolved", "calls in which it was settled", objection.resolved, n),
    ]
    for part, end in (("share_low", share.low), ("share_high", share.high)):
        facts.append(
            value(
                f"{prefix}.{part}", part.replace("_", " "), None if few else round(100 * end),
                "count", n=n, missing="suppressed", reason="too few calls" if few else None,
            )
        )  # fmt: skip
    if objection.moment is not None and (objection.is_settled or team.manager is not None):
        facts += moment_facts(prefix, objection.moment, quotes, t)
    return facts


def _need(team: TeamWeek, policy: CoachingPolicy, quotes: list[Quote], t: Language) -> list[Fact]:
    need, found = team.need, []
    if need is not None and (behaviour := policy.behaviour(need.focus_id)):
        found = [
            text("need.title", behaviour.title),
            text("need.action", behaviour.action),
            count("need.missing", "calls that lacked it", need.missing, need.chances),
            count("need.chances", "calls that gave a chance", need.chances),
            count("need.lacking", "reps who lacked it in a call", need.lacking, need.reps),
            count("need.reps", "reps with a chance", need.reps),
        ]
        if need.example is not None:
            found += [text("need.praise", behaviour.praise)]
            found += moment_facts("need", need.example, quotes, t)
    return found


def _effect(row: Row) -> list[Fact]:
    """What one measure of ``coaching_effects`` says; withheld where nothing can be said."""
    prefix = f"effect.{row['measure']}"
    n = int(row["treated"])
    unit: Unit = "ratio" if row["measure"] == "sentiment" else "points"
    return [
        *(count(f"{prefix}.{part}", part, row[part]) for part in ("treated", "reps", "untreated")),
        *(
            value(
                f"{prefix}.{part}", part.replace("_", " "), row[part], unit, n=n,
                missing="withheld", reason="too few", source="analytics.coaching_effects",
            )
            for part in ("before", "after", "effect", "effect_low", "effect_high")
        ),
    ]  # fmt: skip


def _team_below(prefix: str, below: TeamBelow, policy: CoachingPolicy) -> list[Fact]:
    facts = [
        text(f"{prefix}.name", below.lead.name),
        count(f"{prefix}.reps", "reps with a digest", below.reps),
        count(f"{prefix}.calls", "scored calls in the week", below.calls_week),
    ]
    need = below.need
    if need is not None and (behaviour := policy.behaviour(need.focus_id)):
        facts += [
            text(f"{prefix}.need", behaviour.title),
            count(f"{prefix}.missing", "calls that lacked it", need.missing, need.chances),
            count(f"{prefix}.chances", "calls that gave a chance", need.chances),
        ]
    return facts


def names_everybody(team: TeamWeek, policy: CoachingPolicy) -> bool:
    """Whether the channel gets a line for each rep: a setting, and every rep was told first.

    A rep whose digest failed, or who cannot be written to, has not seen what would stand there.
    """
    return policy.slack_rep_lines and everybody_was_told(team)


def everybody_was_told(team: TeamWeek) -> bool:
    """Whether it is the channel's, and each rep's own digest could be made and sent."""
    told = not team.failed and all(not address_reasons(week.rep) for week in team.weeks)
    return team.manager is None and told


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


def _board(team: TeamWeek) -> list[Fact]:
    """Who reached something, most first and then by name; nobody is shown to have reached none."""
    own = [(team.reached.get(week.rep.user_id, 0), week.rep.name) for week in team.weeks]
    facts = [count("board.weeks", "weeks of the leaderboard", BOARD_WEEKS)]
    ranked = sorted((-n, name) for n, name in own if n)
    for number, (minus, name) in enumerate(ranked, start=1):
        facts.append(text(f"board.{number}.name", name))
        facts.append(count(f"board.{number}.reached", "focus areas at their target", -minus))
    return facts


def _rep_lines(team: TeamWeek, t: Language) -> list[Fact]:
    """Mean, verdict and calls of each rep, by name: an order that ranks nobody."""
    facts = []
    for number, week in enumerate(team.weeks, start=1):
        prefix, scores = f"line.{number}", week.scores["overall"]
        facts += [
            text(f"{prefix}.name", week.rep.name),
            value(
                f"{prefix}.mean", "overall mean", scores["mean_window"], "count",
                n=int(scores["calls_window"]), source="analytics.rep_week_scores",
            ),
            text(f"{prefix}.verdict", t.say(f"verdict.{week.trends['overall']['verdict']}")),
            count(f"{prefix}.calls", "scored calls of the window", len(week.calls)),
        ]  # fmt: skip
    return facts


def _names(team: TeamWeek, policy: CoachingPolicy, t: Language) -> list[Fact]:
    """Who is in the summary, for the manager who leads them: by name, without scores."""
    facts = []
    for number, week in enumerate(team.weeks, start=1):
        prefix = f"rep.{number}"
        facts += [
            text(f"{prefix}.name", week.rep.name),
            count(f"{prefix}.calls_week", "scored calls in the week", week.calls_week),
            count(f"{prefix}.calls_window", "scored calls in the window", len(week.calls)),
        ]
        for area in week.open_focus[:1]:
            facts.append(text(f"{prefix}.focus", behaviour_of(area, policy).title))
            facts.append(count(f"{prefix}.missing", "calls that lacked it", area.missing))
            facts.append(count(f"{prefix}.chances", "calls that gave a chance", area.calls))
        improved = [behaviour_of(a, policy).title for a in week.focus if a.state == "improved"]
        if improved:
            facts.append(text(f"{prefix}.improved", "; ".join(improved)))
    for number, (week, one) in enumerate(team.open_disputes, start=1):
        behaviour = policy.behaviour(one.focus_id)
        facts += [
            text(f"dispute.{number}.rep", week.rep.name),
            text(f"dispute.{number}.id", one.dispute_id, "dispute"),
            text(f"dispute.{number}.label", behaviour.label if behaviour else one.focus_id),
            text(f"dispute.{number}.call", one.title or t.say("untitled")),
            text(f"dispute.{number}.reason", one.reason, "the rep's reason"),
        ]
    for number, rep in enumerate(team.without_digest, start=1):
        facts.append(text(f"without.{number}.name", rep.name))
    for number, rep in enumerate(team.failed, start=1):
        facts.append(text(f"failed.{number}.name", rep.name))
    return facts

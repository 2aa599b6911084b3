"""The facts of the team's week, for one audience; names only for who leads these reps."""

import statistics
from collections import Counter

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
from cs_assets.coaching.digest.team import BOARD_WEEKS, SharedObjection, TeamBelow, TeamWeek
from cs_assets.coaching.planning.focus import behaviour_of
from cs_assets.coaching.policy import DIMENSIONS, CoachingPolicy
from cs_assets.coaching.rep_week import Row
from cs_assets.facts.model import Fact, FactSheet, Quote, Unit
from cs_assets.statistics.intervals import wilson


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

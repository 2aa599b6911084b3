"""How a rep's plan looks on a terminal, in the rep's language: wording by catalogue."""

import datetime as dt

from rich import box
from rich.markup import escape
from rich.table import Table

from cs_assets.calls.texts import clock
from cs_assets.coaching.digest.language import Language, language_of
from cs_assets.coaching.digest.sheet import skipped_because
from cs_assets.coaching.planning.plan import DimensionLevel, Plan, Practice
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.commands.console import Console
from cs_assets.facts.model import Fact


def print_plan(name: str, plan: Plan, policy: CoachingPolicy) -> None:
    """A rep's plan: levels with n, what to work on with moments, what goes well.

    ``policy`` in the language of the reader (``told_in``).
    """
    console, t = Console(markup=True), language_of(policy)
    days = t.say("plan.range", low=_day(plan.first_day, t), high=_day(plan.last_day, t))
    scored = t.say("scored_calls", plan.scored, n=str(plan.scored))
    others = [f"{n} {skipped_because(status, t)}" for status, n in plan.not_scored.items()]
    left_out = t.say("plan.left_out", reasons=", ".join(others)) if others else ""
    console.print(f"[bold]{escape(name)}[/bold], {days}: {scored}{left_out}\n")
    if not plan.scored:
        console.print(t.say("plan.nothing"))
        return
    _levels(console, plan, policy)
    console.print(f"\n[bold]{t.say('plan.work_on')}[/bold]" if plan.focus else _none(t))
    for number, focus in enumerate(plan.focus, start=1):
        _practice(console, number, focus, t)
    _schedule(console, plan, t)
    if plan.strengths:
        keep = "; ".join(
            t.say("plan.strength", chances, label=label, done=str(done), n=str(chances))
            for label, done, chances in plan.strengths
        )
        console.print(f"\n[bold]{t.say('plan.keep')}[/bold]  {escape(keep)}")
    for kind, calls, accounts, resolved in plan.objections:
        told = t.say(
            "plan.objection", label=policy.objection(kind).label, resolved=str(resolved),
            accounts=t.say("accounts.of", accounts, n=str(accounts)),
            calls=t.say("calls.of", calls, n=str(calls)),
        )  # fmt: skip
        console.print(escape(told))
    if plan.look_first:
        console.print(f"\n{t.say('plan.hear_first', calls=', '.join(plan.look_first))}")


def _none(t: Language) -> str:
    return f"\n{t.say('no_focus')}"


def _practice(console: Console, number: int, focus: Practice, t: Language) -> None:
    calls = t.say("calls.of", focus.chances, n=str(focus.chances))
    missing = t.say("why.missing", missing=str(focus.missing_in), calls=calls)
    why = t.say("why.clear" if focus.is_clear else "why.hint", missing=missing)
    since = f" {t.say('why.since', since=_day(focus.since_week, t))}" if focus.since_week else ""
    console.print(f"{number}. [bold]{escape(focus.title)}[/bold]")
    console.hang(f"   {escape(focus.action)}")
    console.hang(f"   {escape(why)}{since}")
    for moment in focus.moments:
        place = t.say(
            "where", call=moment.call_id, date=_day(moment.call_date, t),
            time=clock(moment.start_ms),
        )  # fmt: skip
        console.hang(f"   {t.say('link.listen_to')} {place}")


def _levels(console: Console, plan: Plan, policy: CoachingPolicy) -> None:
    t, table = language_of(policy), Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("dimension", "mean", "range", "calls", "change"):
        table.add_column(t.say(f"plan.column.{column}"))
    for level in plan.levels:
        label = policy.dimension(level.dimension).label
        if level.mean is None:
            table.add_row(label, t.catalogue.absent["no_data"], "", "0", "")
            continue
        spread = t.say("plan.range", low=f"{level.lowest:.0f}", high=f"{level.highest:.0f}")
        table.add_row(label, f"{level.mean:.0f}", spread, str(level.calls), _change(level, t))
    console.print(table)


def _change(level: DimensionLevel, t: Language) -> str:
    """A clear change with its interval, or that there is none to speak of."""
    if level.change is None:
        return t.say("verdict.too_few_calls")
    if not level.is_clear:
        return t.say("verdict.no_clear_change")
    likely = t.say("plan.range", low=f"{level.change_low:+.0f}", high=f"{level.change_high:+.0f}")
    return f"{level.change:+.0f} ({likely})"


def _schedule(console: Console, plan: Plan, t: Language) -> None:
    """Four weeks: one behaviour at a time, the last week to look back."""
    if not plan.focus:
        return
    console.print(f"\n[bold]{t.say('plan.four_weeks')}[/bold]")
    for week, focus in enumerate(plan.focus, start=1):
        console.hang(f"  {escape(t.say('plan.week', week=str(week), title=focus.title))}")
    first = len(plan.focus) + 1
    last = "plan.last_week" if first >= 4 else "plan.last_weeks"
    console.hang(f"  {t.say(last, first=str(first))}")


def _day(day: dt.date, t: Language) -> str:
    return t.write(Fact("day", "day", day.isoformat(), "date"), "")

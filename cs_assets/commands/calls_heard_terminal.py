"""How signals and calls to coach look on a terminal. Only wording and layout live here."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from rich.markup import escape

from cs_assets.calls.patterns import LEAST_DEALS, Pattern
from cs_assets.calls.texts import clock
from cs_assets.commands.console import Console
from cs_assets.facts.wording import counted
from cs_assets.frames import number_or_none, records, text_or_none


def print_signals(rows: pd.DataFrame, most: int, span: tuple[dt.date, dt.date]) -> None:
    """Signals with their n; counts are of calls, too."""
    console = Console(markup=True)
    if rows.empty:
        console.print(f"No signal was heard between {span[0]} and {span[1]}.")
        return
    calls = counted(rows["call_id"].nunique(), "call")
    console.print(f"{counted(len(rows), 'signal')} in {calls}, {span[0]} to {span[1]}")
    for row in records(rows.head(most)):
        console.print(
            f"\n{row['call_date']:%Y-%m-%d}  [bold]{str(row['kind']).replace('_', ' ')}[/bold] "
            f"({row['confidence']:.2f})  {escape(text_or_none(row['account_name']) or 'not known')}"
        )
        console.hang(
            f"  {escape(str(row['call_id']))} {clock(int(row['start_ms']))} "
            f"“{escape(str(row['sentence']))}”"
        )
    console.tell_more(rows, most)


def print_patterns(found: Sequence[Pattern], span: tuple[dt.date, dt.date]) -> None:
    """What was found, with its n and interval; what was looked at in vain, and what is too few."""
    console = Console(markup=True)
    told = [one for one in found if one.verdict in ("more in won", "more in lost")]
    vain = [one for one in found if one.verdict == "no difference found"]
    alike = [one for one in found if one.verdict == "no spread to judge by"]
    few = [one for one in found if one.verdict == "too few deals"]
    console.print(
        f"{len(found)} behaviours over deals that were won and lost, {span[0]} to {span[1]}. "
        "What goes with winning need not be its cause."
    )
    for one in told:
        console.print(
            f"\n[bold]{escape(one.label)}[/bold]: {one.verdict}\n"
            f"  won {one.mean_won:.2f} (n={one.won}), lost {one.mean_lost:.2f} (n={one.lost}); "
            f"difference {one.difference:+.2f} ({one.low:+.2f} to {one.high:+.2f}), "
            f"q={one.q_value:.3f}"
        )
    if vain:
        names = ", ".join(escape(one.label) for one in vain)
        console.print(f"\nNo difference found: {names}.")
    if alike:
        names = ", ".join(escape(one.label) for one in alike)
        console.print(f"\nNo spread to judge by, as all deals of a kind are alike: {names}.")
    if few:
        most = max(min(one.won, one.lost) for one in few)
        console.print(
            f"\nToo few deals to say anything of {len(few)} behaviours: {LEAST_DEALS} won and as "
            f"many lost are needed, there are {most} of each at most."
        )


def print_recurring(rows: pd.DataFrame) -> None:
    """Each pattern with its n and trend, and the sentences that it was heard in."""
    console = Console(markup=True)
    if rows.empty:
        console.print(
            "Nothing is told to recur: it takes three accounts, and the asset call_patterns."
        )
        return
    first = records(rows)[0]
    console.print(
        f"What recurs in the eight weeks up to that of {first['week_start']:%Y-%m-%d}; trends "
        f"compare {counted(int(first['spoken_recent']), 'account')} of the last four with "
        f"{int(first['spoken_before'])} before."
    )
    for (kind, name), group in rows.groupby(["kind", "name"], sort=False):
        one = records(group)[0]
        console.print(
            f"\n[bold]{escape(str(name))}[/bold] ({kind}): "
            f"{counted(int(one['accounts']), 'account')} in {counted(int(one['calls']), 'call')}; "
            f"{one['verdict']} ({int(one['accounts_recent'])} against "
            f"{counted(int(one['accounts_before']), 'account')})"
        )
        for row in records(group):
            console.hang(
                f"  {escape(str(row['call_id']))} {clock(int(row['start_ms']))} "
                f"“{escape(str(row['sentence']))}”"
            )


def print_judgements(
    rows: pd.DataFrame, most: int, span: tuple[dt.date, dt.date], *, only_differing: bool
) -> None:
    """Each criterion with both shares and the sentences that they rest on."""
    console = Console(markup=True)
    if rows.empty:
        what = "no difference between model and rules" if only_differing else "no model's judgement"
        console.print(
            f"There is {what} between {span[0]} and {span[1]}. "
            "CS_ASSETS_CALL_JUDGE chooses a model."
        )
        return
    differ = int((rows["compared"] == "differs").sum())
    console.print(
        f"{counted(len(rows), 'criterion', 'criteria')} in "
        f"{counted(rows['call_id'].nunique(), 'call')}, {span[0]} to {span[1]}; "
        f"model and rules differ in {differ}. No score rests on the model."
    )
    for row in records(rows.head(most)):
        console.print(
            f"\n[bold]{escape(str(row['call_id']))}[/bold]  {row['call_date']:%Y-%m-%d}  "
            f"{escape(str(row['criterion']).replace('_', ' '))} · "
            f"{str(row['compared']).replace('_', ' ')} · rules {_share(row['rules_share'])}, "
            f"{escape(str(row['model']))} {_share(row['share'])}"
        )
        if why := text_or_none(row["rejected"]):
            console.hang(f"  not taken: {escape(why)}")
        for who, reason, quote in (
            ("rules", row["rules_reason"], row["rules_quote"]),
            ("model", row["reason"], row["quote"]),
        ):
            if said := text_or_none(quote):
                console.hang(f"  {who}: {escape(text_or_none(reason) or '')} “{escape(said)}”")
    console.tell_more(rows, most)


def _share(value: object) -> str:
    found = number_or_none(value)
    return "–" if found is None else f"{found:.2f}"


def print_coaching(
    chosen: Sequence[Mapping[str, Any]], most: int, span: tuple[dt.date, dt.date], scored: int
) -> None:
    """Calls worth an hour: why, and the first thing to do at which moment."""
    console = Console(markup=True)
    console.print(
        f"{len(chosen)} of {counted(scored, 'scored call')}, {span[0]} to {span[1]}, "
        f"{'has' if len(chosen) == 1 else 'have'} something to work on"
    )
    for one in chosen[:most]:
        score = (
            "no score" if one["overall_score"] is None else f"overall {one['overall_score']:.0f}"
        )
        console.print(
            f"\n[bold]{escape(one['call_id'])}[/bold]  {one['call_date']}  "
            f"{escape(one['account'] or 'account not known')} · "
            f"{escape(one['rep'] or 'rep not known')} · {one['priority']} · {score}"
        )
        for insight in one["insights"]:
            console.hang(f"  {clock(insight['start_ms']):>7} {escape(insight['action'])}")
    console.tell_more(chosen, most)

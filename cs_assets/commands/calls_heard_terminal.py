"""How signals and calls to coach look on a terminal. Only wording and layout live here."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from rich import box
from rich.markup import escape
from rich.table import Table

from cs_assets.calls.texts import clock
from cs_assets.commands.console import Console
from cs_assets.frames import records, text_or_none


def print_signals(rows: pd.DataFrame, most: int, span: tuple[dt.date, dt.date]) -> None:
    """A table of signals with its n; counts are of calls, too."""
    console = Console(markup=True)
    if rows.empty:
        console.print(f"No signal was heard between {span[0]} and {span[1]}.")
        return
    calls = rows["call_id"].nunique()
    console.print(f"{len(rows)} signals in {calls} calls, {span[0]} to {span[1]}")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("day", "signal", "account", "call", "at", "sure", "said"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("day", "at", "sure"))
    for row in records(rows.head(most)):
        table.add_row(
            f"{row['call_date']:%Y-%m-%d}",
            str(row["kind"]).replace("_", " "),
            escape(text_or_none(row["account_name"]) or "not known"),
            escape(str(row["call_id"])),
            clock(int(row["start_ms"])),
            f"{row['confidence']:.2f}",
            f"“{escape(str(row['sentence']))}”",
        )
    console.print(table)
    if len(rows) > most:
        console.print(f"{len(rows) - most} more: ask with --most.")


def print_coaching(
    chosen: Sequence[Mapping[str, Any]], most: int, span: tuple[dt.date, dt.date], scored: int
) -> None:
    """Calls worth an hour: why, and the first thing to do at which moment."""
    console = Console(markup=True)
    console.print(
        f"{len(chosen)} of {scored} scored calls, {span[0]} to {span[1]}, have something to work on"
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
            console.print(f"  {clock(insight['start_ms']):>7} {escape(insight['action'])}")
    if len(chosen) > most:
        console.print(f"\n{len(chosen) - most} more: ask with --most.")

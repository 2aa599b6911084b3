"""How lists of customers look on a terminal. Only wording and layout live here."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from rich import box
from rich.markup import escape
from rich.table import Table

from cs_assets.commands.console import Console
from cs_assets.customers.reading import wording
from cs_assets.customers.reading.searching import Hit
from cs_assets.customers.reading.wording import is_empty
from cs_assets.facts.wording import counted
from cs_assets.frames import records, text_or_none

Row = Mapping[str, Any]


_COLOURS = {"Red": "red", "Yellow": "yellow", "Green": "green", "Unknown": "dim"}


def print_list(rows: Sequence[Row], most: int, week: dt.date) -> None:
    """Whom to call first: why, what to do, by when."""
    console = Console(markup=True)
    console.print(
        f"{counted(len(rows), 'customer')}, week of {week}; yearly revenue x risk x how near it is"
    )
    for number, row in enumerate(rows[:most], start=1):
        console.print(f"\n[bold]{number}. {_name(row)}[/bold]")
        console.hang(f"   {_figures(row)}")
        if row["reasons"]:
            console.hang(f"   why: {escape('; '.join(row['reasons'][:4]))}")
        if text_or_none(row["next_action"]) is not None:
            console.hang(f"   do, {_state(row, week)}: {escape(str(row['next_action']))}")
        if row["off"]:
            console.hang(f"   off the list: {escape('; '.join(row['off'][:3]))}")
    console.tell_more(rows, most)


def _name(row: Row) -> str:
    owner = text_or_none(row["csm_name"]) or text_or_none(row["csm_id"]) or "nobody"
    return f"{escape(str(row['customer_name']))} ({row['customer_id']}, {escape(owner)})"


def _figures(row: Row) -> str:
    colour = _COLOURS[str(row["health_segment"])]
    score = "" if is_empty(row["health_score"]) else f" {row['health_score']:.0f}"
    return (
        f"{escape(wording.revenue(row))} · [{colour}]{row['health_segment']}{score}[/{colour}] · "
        f"{row['behaviour_segment']} · {wording.risk(row)} · {wording.renewal(row)}"
    )


def _state(row: Row, week: dt.date) -> str:
    return escape(wording.state(row, week))


def print_at_risk(rows: Sequence[Row], most: int, week: dt.date) -> None:
    """Who may leave, with how much revenue, why, and what would take them off."""
    console = Console(markup=True)
    known = [float(row["arr_at_risk"]) for row in rows if not is_empty(row["arr_at_risk"])]
    worth = f", {sum(known):,.0f} a year at risk" if known else ""
    if known and len(known) < len(rows):
        worth += f" (that of {len(rows) - len(known)} not in it)"
    console.print(f"{counted(len(rows), 'customer')} at risk, week of {week}{worth}")
    for row in rows[:most]:
        at_risk = (
            "" if is_empty(row["arr_at_risk"]) else f"{float(row['arr_at_risk']):,.0f} at risk · "
        )
        console.print(f"\n[bold]{_name(row)}[/bold]")
        console.hang(f"   {at_risk}{_figures(row)}")
        console.hang(f"   why: {escape('; '.join(row['reasons']) or 'its segment')}")
        console.hang(f"   off the list: {escape('; '.join(row['off']) or 'a better score')}")
    console.tell_more(rows, most)


def print_renewals(rows: Sequence[Row], most: int, week: dt.date) -> None:
    """Renewals by date."""
    console = Console(markup=True)
    if not rows:
        console.print(f"No renewal is near, week of {week}.")
        return
    console.print(f"{counted(len(rows), 'renewal')}, week of {week}")
    table = _table(
        ("date", "customer", "a year", "health", "risk", "notice", "promised last", "next")
    )
    for row in rows[:most]:
        notice = "" if is_empty(row["notice_date"]) else f"{pd.Timestamp(row['notice_date']):%d %b}"
        table.add_row(
            f"{pd.Timestamp(row['renewal_date']):%Y-%m-%d}", escape(str(row["customer_name"])),
            escape(wording.revenue(row).replace(" a year", "")),
            str(row["health_segment"]), _share(row), notice, _promised(row),
            f"{escape(str(row['next_action_code']).replace('_', ' '))}, {_state(row, week)}",
        )  # fmt: skip
    console.print(table)
    console.tell_more(rows, most)


def _share(row: Row) -> str:
    return "not known" if is_empty(row["risk"]) else f"{row['risk']:.0%}"


def _promised(row: Row) -> str:
    step = text_or_none(row["next_step"])
    if step is None:
        return "nothing in 12 weeks"
    due = (
        "" if is_empty(row["next_step_due"]) else f", by {pd.Timestamp(row['next_step_due']):%d %b}"
    )
    short = step if len(step) <= 80 else step[:77] + "..."
    return escape(f"“{short}” ({text_or_none(row['next_step_owner']) or 'somebody'}{due})")


def print_expansion(rows: Sequence[Row], most: int, week: dt.date) -> None:
    """Who could have more."""
    console = Console(markup=True)
    if not rows:
        console.print(f"Nobody is to be asked for more, week of {week}.")
        return
    console.print(
        f"{counted(len(rows), 'customer')} could have more, week of {week}; list price x readiness"
    )
    table = _table(("customer", "modules", "list price", "readiness", "why"))
    for row in rows[:most]:
        table.add_row(
            _name(row), escape(", ".join(row["white_space"])),
            f"{row['white_space_value']:,.0f}" if row["white_space_value"] else "not known",
            f"{row['readiness']:.0%}", escape("; ".join(row["because"])),
        )  # fmt: skip
    console.print(table)
    console.tell_more(rows, most)


def print_onboarding(rows: Sequence[Row], most: int, week: dt.date) -> None:
    """Who is behind the plan of its onboarding."""
    console = Console(markup=True)
    if not rows:
        console.print(f"Nobody is behind the onboarding plan, week of {week}.")
        return
    for row in rows[:most]:
        console.print(
            f"[bold]{_name(row)}[/bold]  {counted(round(row['plan_overdue_days']), 'day')} behind"
        )
        console.hang(f"   {escape(str(row['health_override']))}")
        console.hang(f"   do, {_state(row, week)}: {escape(str(row['next_action']))}")
    console.tell_more(rows, most)


def print_transitions(rows: pd.DataFrame, most: int, first: dt.date, last: dt.date) -> None:
    """Changes of segment and colour."""
    console = Console(markup=True)
    weeks = f"week of {last}" if first == last else f"weeks of {first} to {last}"
    console.print(f"{counted(len(rows), 'change')}, {weeks}")
    if rows.empty:
        return
    table = _table(("week", "customer", "what", "from", "to", "why"))
    for row in records(rows.head(most)):
        table.add_row(
            f"{pd.Timestamp(row['week_start']):%Y-%m-%d}", escape(str(row["customer_name"])),
            str(row["subject"]), str(row["was"]), str(row["has_become"]),
            escape(text_or_none(row["reason"]) or ""),
        )  # fmt: skip
    console.print(table)
    console.tell_more(rows, most)


def print_hits(hits: Sequence[Hit], names: Mapping[str, str], query: str) -> None:
    """Customers found, each with its best passage."""
    console = Console(markup=True)
    if not hits:
        console.print(f"Nothing is said of “{escape(query)}”.")
    for hit in hits:
        more = f", {hit.passages} passages" if hit.passages > 1 else ""
        console.print(f"[bold]{escape(names[hit.customer_id])}[/bold] ({hit.customer_id}{more})")
        words = hit.words if len(hit.words) <= 240 else hit.words[:237] + "..."
        day = pd.Timestamp(str(hit.said_on)).date()
        console.hang(f"   {hit.source}, {day}: “{escape(words)}”")


def print_customer(row: Row, parts: Mapping[str, pd.DataFrame], week: dt.date) -> None:
    """All of one customer."""
    console = Console(markup=True)
    console.print(f"[bold]{_name(row)}[/bold], week of {week}\n{_figures(row)}")
    if text_or_none(row["health_override"]):
        console.print(f"health: {escape(str(row['health_override']))}")
    console.print(f"segment: {row['behaviour_segment']} ({escape(str(row['segment_reason']))})")
    if text_or_none(row["summary"]):
        console.print(f"\n{escape(str(row['summary']))}")
    if text_or_none(row["next_action"]):
        console.print(f"\nDo, {_state(row, week)}: {escape(str(row['next_action']))}")
        console.print(f"because {escape(str(row['action_trigger']))}")
        console.print(f"{escape(str(row['expected_effect']))}")
    _print_factors(console, row, parts["weights"])
    modules = parts["modules"].assign(worth=[_worth(row) for row in records(parts["modules"])])
    _print(console, "Modules", modules, {
        "module_code": "module", "module_state": "state", "state_since": "since",
        "worth": "a year", "peer_adopted_share": "peers adopted", "peer_count": "n",
    })  # fmt: skip
    _print(console, "Channels, four weeks", parts["channels"], {
        "channel": "channel", "messages_sent_4w": "sent", "open_rate_4w": "opened",
        "click_rate_4w": "clicked", "conversions_4w": "conversions",
        "conversion_value_4w": "value", "attributed_revenue_4w": "credited",
    })  # fmt: skip
    _print(console, "People", parts["people"], {
        "full_name": "name", "role": "role", "since": "since", "left_on": "left",
        "last_contact_on": "last contact",
    })  # fmt: skip
    _print(console, "Actions", parts["actions"], {
        "done_at": "when", "code": "action", "state": "state", "done_by": "by", "note": "note",
    })  # fmt: skip
    _print(console, "Changes", parts["transitions"].head(8), {
        "week_start": "week", "subject": "what", "was": "from", "has_become": "to",
        "reason": "why",
    })  # fmt: skip
    _print(console, "What is known", parts["inputs"], {
        "input_name": "input", "state": "state", "last_day": "newest", "age_days": "days old",
        "why": "why",
    })  # fmt: skip


def _worth(row: Row) -> str:
    """What a module costs a year; what is not owned, about what others pay for it."""
    value = _cell("annual_value", row["annual_value"])
    return f"about {value} (n {row['value_peers']:.0f})" if value and row["is_estimate"] else value


def _print_factors(console: Console, row: Row, weights: pd.DataFrame) -> None:
    factors = json.loads(row["health_factors"]) if text_or_none(row["health_factors"]) else {}
    proposed = dict(zip(weights["factor"], weights["proposed_weight"], strict=True))
    table = _table(("health", "value", "points", "of", "weight the past proposes"))
    for name, part in factors.items():
        weight = proposed.get(name)
        table.add_row(
            name.replace("_", " "),
            "not known" if part["value"] is None else _plain(part["value"]),
            "" if part["points"] is None else f"{part['points'] + 0:.0f}",
            f"{100 * part['weight']:.0f}",
            "" if weight is None or is_empty(weight) else f"{100 * weight:.0f}",
        )  # fmt: skip
    console.print(table)


def _plain(value: float) -> str:
    """With two decimals where it has them."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _print(console: Console, title: str, rows: pd.DataFrame, columns: Mapping[str, str]) -> None:
    if rows.empty:
        return
    table = _table(tuple(columns.values()), title=title)
    for row in records(rows):
        table.add_row(*(escape(_cell(name, row[name])) for name in columns))
    console.print(table)


def _cell(name: str, value: Any) -> str:
    if value is None or is_empty(value):
        return ""
    if isinstance(value, pd.Timestamp | dt.datetime | dt.date):
        return f"{pd.Timestamp(value):%Y-%m-%d}"
    if name.endswith("_share") or name in ("open_rate_4w", "click_rate_4w"):
        return f"{float(value):.0%}"
    if isinstance(value, float) or name in _MONEY:
        return f"{float(value):,.0f}"
    return str(value).replace("_", " ") if name in ("module_state", "code") else str(value)


#: Amounts that are shown without cents.
_MONEY = ("annual_value", "conversion_value_4w", "attributed_revenue_4w")


def _table(headings: Sequence[str], title: str = "") -> Table:
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), title=title or None,
        title_justify="left",
    )  # fmt: skip
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table

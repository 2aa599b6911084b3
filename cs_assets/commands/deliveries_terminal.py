"""Deliveries as lines of a terminal, readable at eighty columns, and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from cs_assets.commands.terminal import echo_json
from cs_assets.delivery.model import Delivery

_COLOURS = {
    "sent": "green",
    "unknown": "bold red",
    "failed": "red",
    "held": "yellow",
    "pending": "cyan",
    "sending": "cyan",
    "cancelled": "dim",
}
#: Short words that are never broken.
_WHOLE = frozenset({"key", "state", "period", "would", "kind", "channel", "attempt", "decision"})


def document(delivery: Delivery, why: str | None = None) -> dict[str, Any]:
    """A delivery as one flat mapping; ``why``: what it waits for."""
    flat = asdict(delivery)
    return {**flat.pop("identity"), **flat.pop("parts"), **flat, "why": why}


def print_json(found: Any) -> None:
    echo_json(found, indent=2)


def print_document(found: Mapping[str, Any]) -> None:
    """One line for each value that there is; lines are not broken, so that they can be copied."""
    from rich.markup import escape

    from cs_assets.commands.console import Console

    console = Console(markup=True, soft_wrap=True)
    for name, value in found.items():
        if value not in (None, ""):
            console.print(f"[bold]{name:<20}[/] {escape(str(value))}", highlight=False)


def print_documents(documents: Sequence[Mapping[str, Any]], title: str = "Deliveries") -> None:
    """A table, one line a delivery: as ``document`` gives them, and what is held."""
    rows = [
        {
            "key": str(one["delivery_key"])[:10],
            "state": str(one["state"]),
            "period": str(one["period_start"]),
            "kind": one["report_kind"],
            "what": _what(one),
            "to": one["recipient"],
            "why": "" if one["state"] == "sent" else _why(one),
        }
        for one in documents
    ]
    columns = ("key", "state", "period", "kind", "what", "to", "why")
    reasons = list(dict.fromkeys(row["why"] for row in rows))
    if not 1 < len(reasons) <= len(rows) / 2:
        print_rows(title, rows, columns)
        return
    # Few reasons for many: each is said once, above those that it holds for.
    for reason in reasons:
        print_rows(title, [row for row in rows if row["why"] == reason], columns)


def _why(one: Mapping[str, Any]) -> str:
    return str(one.get("why") or one.get("last_error_text") or one.get("last_error_class") or "")


def _what(one: Mapping[str, Any]) -> str:
    again = f" (revision {one['revision']})" if one["revision"] > 1 else ""
    return f"{one['artefact_id']}{again}"


def print_rows(title: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """A table of ``columns``; what is the same in all rows stands above it."""
    from rich.markup import escape
    from rich.table import Table

    from cs_assets.commands.console import Console

    console = Console(markup=True)
    if not rows:
        console.print(f"{escape(title)}: none")
        return
    cells = {column: [_text(row[column]) for row in rows] for column in columns}
    # The first column names the row; an empty one says nothing.
    same = [c for c in columns[1:] if len(rows) > 1 and len(set(cells[c])) == 1 and cells[c][0]]
    shown = [column for column in columns if column not in same and any(cells[column])]
    console.print(f"[bold]{escape(title)}[/]", highlight=False)
    if same:
        told = "; ".join(f"{column} {cells[column][0]}" for column in same)
        console.print(f"All: {told}", highlight=False, markup=False)
    widths = [max(map(len, [column, *cells[column]])) for column in shown]
    if sum(widths) + 2 * len(widths) > console.width and "to" in shown:
        # An address is easier to read broken before its host than anywhere.
        cells["to"] = [address.replace("@", "\n@") for address in cells["to"]]
    # Plain columns: eighty characters must hold an address, and lines must be easy to cut.
    table = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in shown:
        table.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
    styles = [_COLOURS.get(_text(row.get("state"))) for row in rows]
    for number, style in enumerate(styles):
        table.add_row(*(cells[column][number] for column in shown), style=style)
    console.print(table, markup=False)
    console.print(f"{len(rows)} in all\n", highlight=False)


def _text(value: Any) -> str:
    return "" if value is None else str(value)

"""Prints what routing found: tables for people, JSON for programs."""

import dataclasses
import json
import shutil
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

    from cs_assets.routing.rebalance import Point


#: Columns up to which a table is laid out with a line for each row.
_WIDEST = 7
#: Columns up to which sentences run.
_LINE = 110


class Shown:
    """Prints rows as a table for people or as JSON for programs."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def rows(self, title: str, rows: "pd.DataFrame") -> None:
        from rich.console import Console
        from rich.table import Table

        if self.as_json:
            typer.echo(rows.to_json(orient="records", date_format="iso"))
            return
        if rows.empty:
            typer.echo("No account waits for a CSM.")
            return
        console = Console()
        console.print(title, style="bold", highlight=False)
        table = Table(box=None, pad_edge=False)
        if len(rows.columns) > _WIDEST:  # a few rows of many figures read better downwards
            table.add_column("")
            for _ in range(len(rows)):
                table.add_column("", justify="right", overflow="fold")
            for name in rows.columns:
                cells = ("" if _missing(cell) else str(cell) for cell in rows[name])
                table.add_row(str(name).replace("_", " "), *cells)
        else:
            for name in rows.columns:
                table.add_column(str(name).replace("_", " "), overflow="fold")
            for row in rows.itertuples(index=False):
                table.add_row(*("" if _missing(cell) else str(cell) for cell in row))
        console.print(table)

    def recommendations(self, title: str, rows: "pd.DataFrame") -> None:
        """One block an account (or candidate): who, and why in a sentence or two."""
        if self.as_json or rows.empty:
            self.rows(title, rows)
            return
        width = min(shutil.get_terminal_size().columns, _LINE)
        typer.echo(typer.style(title, bold=True))
        for row in rows.to_dict("records"):
            account = f"{row['account_name'] or 'unknown account'} ({row['account_id']})"
            if "score" in rows.columns and not _missing(row["score"]):
                account = f"{row['rank']:>3}  {row['score']:.3f}"
            who = row["status"].replace("_", " ")
            if not _missing(row["worker_id"]):
                who = f"{row['worker_name']} ({row['worker_id']})"
            typer.echo(f"{account}  ->  {who}")
            for line in textwrap.wrap(row["explanation"], width - 6):
                typer.echo(f"      {line}")

    def explanation(self, row: dict[str, Any]) -> None:
        """The stored audit of one account; wide terminals are not filled with long lines."""
        from cs_assets.routing import explaining

        if self.as_json:
            typer.echo(json.dumps(explaining.as_document(row)))
        else:
            typer.echo(explaining.told(row, shutil.get_terminal_size().columns))

    def points(self, found: "Proposed", chart: Path | None) -> None:
        """The list of balance against moves, the moves of its last point, and a picture."""
        if self.as_json:
            typer.echo(json.dumps([dataclasses.asdict(point) for point in found.points]))
        elif not found.points:
            typer.echo("There is nothing that could move.")
        else:
            self._listed(found)
        if chart is not None and found.points:
            from cs_assets.routing import charts

            after = _moved(found.books, found.owned, found.points[-1])
            chart.write_bytes(charts.balance(found.books, after))

    def _listed(self, found: "Proposed") -> None:
        import pandas as pd

        last = found.points[-1]
        listed = [
            {
                "moves": len(point.moves),
                "of them forced": point.forced,
                "revenue moved": f"{point.revenue:,.0f}",
                "imbalance after": f"{point.balance:,.1f}",
                "proven within": f"{100 * point.gap:.2f} %",
            }
            for point in found.points
        ]
        self.rows("Proposals; nothing is applied", pd.DataFrame(listed))
        typer.echo(
            f"Imbalance now: {last.before:,.1f}. It is how far all books are from their fair "
            "share, in accounts too many."
        )
        if last.forced or last.unplaced:
            typer.echo(
                "Forced moves are of accounts whose owner leaves or has left; as things are "
                "now, they count in no book."
            )
        passed = {name: " and ".join(rules) for name, rules in last.relaxed.items()}
        for rules, ids in _by_value(passed).items():
            typer.echo(f"No CSM keeps every rule; {rules} passed for: {', '.join(ids)}.")
        for why, ids in _by_value(last.unplaced).items():
            typer.echo(f"{len(ids)} find no owner ({why}): {', '.join(ids)}.")
        if last.moves:
            names = found.owned.set_index("account_id")["account_name"].to_dict()
            who = found.names
            moves = [
                (account, names[account], who.get(source, source), who.get(target, target))
                for account, source, target in last.moves
            ]
            columns = ["account", "name", "from", "to"]
            typer.echo()
            self.rows("Moves of the last proposal", pd.DataFrame(moves, columns=columns))


@dataclasses.dataclass(frozen=True)
class Proposed:
    """Proposals with what is needed to show them; ``names`` of workers by id."""

    points: "list[Point]"
    books: "pd.DataFrame"
    owned: "pd.DataFrame"
    names: dict[str, str]


def _by_value(said: Mapping[str, str]) -> dict[str, list[str]]:
    """Names by what is said of them."""
    out: dict[str, list[str]] = {}
    for name, words in said.items():
        out.setdefault(words, []).append(name)
    return out


def _moved(books: "pd.DataFrame", owned: "pd.DataFrame", point: "Point") -> "pd.DataFrame":
    """The books after the moves of a proposal, in points."""
    weight = owned.set_index("account_id")["points"]
    out = books.copy()
    for account, source, target in point.moves:
        out.loc[out["worker_id"] == source, "points"] -= weight[account]
        out.loc[out["worker_id"] == target, "points"] += weight[account]
    return out


def _missing(cell: object) -> bool:
    return cell is None or cell != cell

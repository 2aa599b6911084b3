"""Prints what routing found: tables for people, JSON for programs."""

import dataclasses
import shutil
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cs_assets.commands.terminal import echo, echo_json, echo_records, echo_title
from cs_assets.names import shown

if TYPE_CHECKING:
    import pandas as pd

    from cs_assets.routing.rehearsal.rebalance import Point
    from cs_assets.routing.rehearsal.replay import Month


#: Columns up to which a table is laid out with a line for each row.
_WIDEST = 7
#: Columns up to which sentences run.
_LINE = 110


class Shown:
    """Prints rows as a table for people or as JSON for programs."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def rows(
        self, title: str, rows: "pd.DataFrame", nothing: str = "No account waits for a CSM."
    ) -> None:
        from rich.table import Table

        from cs_assets.commands.console import Console

        if self.as_json:
            echo_records(rows.to_json(orient="records", date_format="iso"))
            return
        if rows.empty:
            echo(nothing)
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

    def recommendations(
        self, title: str, rows: "pd.DataFrame", nothing: str = "No account waits for a CSM."
    ) -> None:
        """One block an account (or candidate): who, and why in a sentence or two."""
        if self.as_json or rows.empty:
            self.rows(title, rows, nothing)
            return
        echo_title(title)
        for row in rows.to_dict("records"):
            account = f"{row['account_name'] or 'unknown account'} ({row['account_id']})"
            if _missing(row["account_id"]):
                account = "Workday"
            if "score" in rows.columns and not _missing(row["score"]):
                account = f"{row['rank']:>3}  {row['score']:.3f}"
            who = row["status"].replace("_", " ")
            if not _missing(row["worker_id"]):
                held = ", held" if row["status"] == "held" else ""
                who = f"{row['worker_name']} ({row['worker_id']}){held}"
            echo(shown(f"{account}  ->  {who}"))
            _say(row["explanation"], indent="      ")

    def left_to_people(self, accounts: list[str]) -> None:
        """Say which accounts nothing but a person moves on; part of no JSON."""
        if accounts and not self.as_json:
            count = f"{len(accounts)} account{'s wait' if len(accounts) > 1 else ' waits'}"
            _say(f"{count} for a person: {', '.join(accounts)} (route --to-decide says why).")

    def to_mend(self, count: int) -> None:
        """Say that rows of the sources have something wrong; part of no JSON."""
        if count and not self.as_json:
            rows = "row of the sources has" if count == 1 else "rows of the sources have"
            _say(f"{count} {rows} something to mend (route --to-decide names them).")

    def explanation(self, row: dict[str, Any]) -> None:
        """The stored audit of one account; wide terminals are not filled with long lines."""
        from cs_assets.routing.explain import text as explaining

        if self.as_json:
            echo_json(explaining.as_document(row), indent=None)
        else:
            echo(explaining.told(row, shutil.get_terminal_size().columns))

    def months(self, months: "list[Month]", chart: Path | None) -> None:
        """Past months as people filled the books and as they would have been routed."""
        import pandas as pd

        rows = [
            {
                "month": f"{one.month:%Y-%m}",
                "accounts": one.accounts,
                "placed": one.placed,
                "as people did": one.agree,
                **{
                    f"Gini {label}": _figure(measures.get("points_gini"))
                    for label, measures in (
                        ("before", one.before), ("people", one.people), ("routed", one.routed),
                    )
                },
            }
            for one in months
        ]  # fmt: skip
        if self.as_json:
            plain = [dataclasses.asdict(dataclasses.replace(m, outcome=None)) for m in months]
            echo_json(plain, indent=None)
        else:
            self.rows("Past months, by today's policy and what was known then", pd.DataFrame(rows))
            _say(
                "Gini of capacity points per CSM, 0 is all alike: of the books on the first of "
                "the month, as people filled them during it, and as they would have been "
                "routed. Health, tickets and stage of then are known only where a batch "
                "described them; else they count as unknown."
            )
        if chart is not None:
            from cs_assets.routing.rehearsal import charts

            chart.write_bytes(charts.replayed(months))

    def points(self, found: "Proposed", chart: Path | None) -> None:
        """The list of balance against moves, the moves of its last point, and a picture."""
        if self.as_json:
            echo_json([dataclasses.asdict(point) for point in found.points], indent=None)
        elif not found.points:
            echo("There is nothing that could move.")
        else:
            self._listed(found)
        if chart is not None and found.points:
            from cs_assets.routing.rehearsal import charts

            chart.write_bytes(charts.balance(found.books, _moved(found)))

    def _listed(self, found: "Proposed") -> None:
        import pandas as pd

        last = found.points[-1]
        listed = [
            {
                "moves": len(point.moves),
                "of them forced": point.forced,
                "revenue moved": f"{point.revenue:,.0f}",
                "imbalance after": f"{point.balance:,.3f}",
                "proven within": "cut to the limit"
                if point.gap is None
                else f"{100 * point.gap:.2f} %",
            }
            for point in found.points
        ]
        self.rows("Proposals; nothing is applied", pd.DataFrame(listed))
        _say(
            f"Imbalance now: {last.before:,.3f}. It is what the books cost more than if all were "
            "as full as each other; 1 is an average account on a full book."
        )
        if last.forced or last.unplaced:
            _say(
                "Forced moves are of accounts whose owner leaves or has left; as things are "
                "now, they count in no book. A limit of moves or revenue is for the others."
            )
        passed = {name: " and ".join(rules) for name, rules in last.relaxed.items()}
        for rules, ids in _by_value(passed).items():
            _say(f"No CSM keeps every rule; {rules} passed for: {', '.join(ids)}.")
        for why, ids in _by_value(last.unplaced).items():
            _say(f"{len(ids)} find no owner ({why}): {', '.join(ids)}.")
        if last.moves:
            names = found.owned.set_index("account_id")["account_name"].to_dict()
            who = found.names
            moves = [
                (account, names[account], who.get(source, source), who.get(target, target))
                for account, source, target in last.moves
            ]
            columns = ["account", "name", "from", "to"]
            echo()
            self.rows("Moves of the last proposal", pd.DataFrame(moves, columns=columns))


@dataclasses.dataclass(frozen=True)
class Proposed:
    """Proposals with what is needed to show them; ``names`` of workers by id.

    ``books`` of today, ``books_then`` of those who are there in the scenario.
    """

    points: "list[Point]"
    books: "pd.DataFrame"
    books_then: "pd.DataFrame"
    owned: "pd.DataFrame"
    names: dict[str, str]


def _say(text: str, indent: str = "") -> None:
    """Sentences over the width of the terminal, and no wider than is good to read."""
    width = min(shutil.get_terminal_size().columns, _LINE)
    for line in textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent):
        echo(line)


def _figure(value: float | None) -> str:
    return "no data" if value is None else f"{value:.3f}"


def _by_value(said: Mapping[str, str]) -> dict[str, list[str]]:
    """Names by what is said of them."""
    out: dict[str, list[str]] = {}
    for name, words in said.items():
        out.setdefault(words, []).append(name)
    return out


def _moved(found: "Proposed") -> "pd.DataFrame":
    """The books of everybody after the moves of the last proposal, in points.

    Accounts that find no owner are in no book; who leaves carries no load any more.
    """
    import pandas as pd

    point, owned = found.points[-1], found.owned
    goes: dict[str, str | None] = {account: target for account, _, target in point.moves}
    goes |= dict.fromkeys(point.unplaced)
    then = owned["account_id"].map(goes)
    owner = then.where(owned["account_id"].isin(list(goes)), owned["worker_id"])
    points = owned["points"].groupby(owner).sum()
    gone = found.books[~found.books["worker_id"].isin(found.books_then["worker_id"])]
    everybody = pd.concat([found.books_then, gone.assign(load_share=0.0)])
    return everybody.assign(points=everybody["worker_id"].map(points).fillna(0.0))


def _missing(cell: object) -> bool:
    return cell is None or cell != cell

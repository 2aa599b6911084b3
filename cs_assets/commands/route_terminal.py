"""Prints what routing found: tables for people, JSON for programs."""

import dataclasses
import json
import shutil
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cs_assets.commands.terminal import echo, echo_json, echo_records, echo_title
from cs_assets.facts.wording import counted
from cs_assets.names import shown

if TYPE_CHECKING:
    import pandas as pd

    from cs_assets.routing.rehearsal.capacity_plan import Region
    from cs_assets.routing.rehearsal.proposed import Proposed
    from cs_assets.routing.rehearsal.replay import Month
    from cs_assets.routing.status import Counted


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

    def status(self, found: "Counted") -> None:
        """What was last recommended, what is in force, the books, and owners that cannot stay."""
        from cs_assets.routing.status import Status

        if self.as_json:
            echo_json(found.as_dict(), indent=None)
            return
        self._counted(found)
        if isinstance(found, Status):
            echo()
            self._books(found.books)
            echo()
            nothing = "Every account that waits for none has one active owner who may own it."
            self.rows("Owners that cannot stay", found.wrong, nothing)

    def _counted(self, found: "Counted") -> None:
        import pandas as pd

        told = {
            "last recommendations": _counted(found.last) or "none yet",
            "assignments in force": _counted(found.in_force) or "none yet",
            "waiting for a CSM": found.waiting,
        }
        for name, (value, n) in found.measures.items():
            told[name.replace("_", " ")] = (
                "no data" if value is None else f"{100 * value:.1f} % (n={n})"
            )
        for name, (value, n) in found.service.items():
            unit, factor = ("hours", 1) if name.startswith("hours") else ("%", 100)
            told[name.replace("_", " ").replace("hours to", "median time to")] = (
                "no data" if value is None else f"{factor * value:.1f} {unit} (n={n})"
            )
        self.rows("Routing", pd.DataFrame(told.items(), columns=["what", "figure"]))

    def _books(self, books: "pd.DataFrame") -> None:
        import pandas as pd

        from cs_assets.routing import books as shelving

        whose = shelving.whose(books)
        used = ["no room" if _missing(u) else f"{100 * u:.0f} %" for u in books["utilisation"]]
        shown_books = pd.DataFrame(
            {
                whose: books["worker_name"].fillna(books["worker_id"]),
                "accounts": books["accounts"],
                "R/Y/G": [
                    f"{r}/{y}/{g}" + (f" ({u} unknown)" if u else "")
                    for r, y, g, u in zip(
                        books["red"], books["yellow"], books["green"], books["health_unknown"],
                        strict=True,
                    )
                ],
                "used": used,
                "takes": books["takes"].str.replace("_", " "),
            }
        )  # fmt: skip
        self.rows(f"Accounts per {whose}", shown_books, "There is no CSM.")

    def hand_off(self, rows: "pd.DataFrame") -> None:
        """Who takes which account, from when to when, and back when."""
        if self.as_json or rows.empty:
            self.rows("", rows, "Every account has an owner who is there: nothing to hand off.")
            return
        echo_title("Hand-off plan; nothing is stored")
        for _, mine in rows.groupby("from_worker_id", sort=True):
            first = mine.iloc[0]
            name = first["from_worker_name"]
            name = "unknown" if _missing(name) else name
            until = "" if _missing(first["ends"]) else f", back on {first['back_on']}"
            who = f"{name} ({first['from_worker_id']}), {first['why']}"
            echo(shown(f"{who}, from {first['begins']}{until}"))
            for row in mine.to_dict("records"):
                to = "nobody" if _missing(row["to_worker_id"]) else row["to_worker_name"]
                note = f" ({row['note']})" if row["note"] else ""
                if row["status"] == "needs_person":
                    note = f", only if {row['agreed_by']} agrees by {row['introduce_by']}{note}"
                elif row["status"] == "planned":
                    note += f"; meet by {row['introduce_by']}"
                known = [] if _missing(row["health_segment"]) else [row["health_segment"]]
                known += [] if _missing(row["revenue"]) else [f"{row['revenue']:,.0f} USD"]
                what = ", ".join([f"{row['account_name']} ({row['account_id']})", *known])
                _say(shown(f"{what}  ->  {to}{note}"), indent="      ")
        self._settled(rows)

    def _settled(self, rows: "pd.DataFrame") -> None:
        """What is settled by who takes it, and how much is not."""
        took = rows[rows["status"] == "planned"].groupby("to_worker_name", sort=True)
        told = [
            f"{name} takes {counted(len(mine), 'account')} "
            f"({mine['revenue'].astype(float).sum():,.0f} USD), {_fuller(mine.iloc[0])}"
            for name, mine in took
        ]
        if told:
            echo("In all")
        for line in told:
            _say(shown(line), indent="      ")
        for status, said in (
            ("needs_person", "not settled: a person must agree first"),
            ("nobody", "without anybody who takes them"),
        ):
            those = rows[rows["status"] == status]
            if len(those):
                revenue = those["revenue"].astype(float).sum()
                ids = ", ".join(those["account_id"])
                _say(shown(f"{counted(len(those), 'account')} ({revenue:,.0f} USD) {said}: {ids}."))

    def plan(self, regions: "list[Region]", chart: Path | None) -> None:
        """CSMs needed by region and quarter, what that rests on, and what one change would do."""
        import pandas as pd

        if chart is not None and regions:
            from cs_assets.routing.rehearsal import charts

            chart.write_bytes(charts.capacity(regions))
        if self.as_json:
            echo_json([dataclasses.asdict(one) for one in regions], indent=None)
            return
        for one in regions:
            rows = [
                {
                    "by": row.ends,
                    "accounts": _between(row.accounts, row.low, row.high),
                    "room": f"{row.room:,.0f}",
                    "needed": _between(row.needed, None, row.needed_high),
                    "there then": f"{row.staying:.1f}",
                    "hires": _between(row.hires, None, row.hires_high or None),
                    "begin by": row.hire_by if row.hires or row.hires_high else "",
                }
                for row in one.plan
            ]
            self.rows(one.heading, pd.DataFrame(rows))
            _say(
                f"{one.arrivals:g} accounts came a quarter (n={one.quarters} quarters"
                f"{', too few for an interval' if one.plan[0].low is None else ''}); "
                f"{100 * one.losses:.1f} % of the accounts are lost a year, "
                f"{100 * one.attrition:.1f} % of all CSMs leave (n={one.left} in two years). "
                f"At the end: {one.one_hire}; "
                f"{one.ten_more}."
            )
            echo()
        if not regions:
            echo("There are neither CSMs nor accounts.")

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
            told = [dataclasses.asdict(point) for point in found.points]
            if told:
                told[-1]["reasons"] = found.reasons()
                told[-1]["books"] = json.loads(found.by_csm().to_json(orient="records"))
            echo_json(told, indent=None)
        elif not found.points:
            echo("There is nothing that could move.")
        else:
            self._listed(found)
        if chart is not None and found.points:
            from cs_assets.routing.rehearsal import charts

            chart.write_bytes(charts.balance(found.books, found.moved()))
            beside = chart.with_name(f"{chart.stem}-pareto{chart.suffix}")
            beside.write_bytes(charts.pareto(found.points))
            if not self.as_json:
                _say(f"{chart.name} shows the books, {beside.name} balance against moves.")

    def _listed(self, found: "Proposed") -> None:
        import pandas as pd

        from cs_assets.routing.placing.eligibility import CALLED

        last = found.points[-1]
        listed = [
            {
                "moves": len(point.moves),
                "of them forced": point.forced,
                "revenue moved": f"{point.revenue:,.0f}",
                "imbalance after": f"{point.balance:,.3f}",
                "proven within": "cut, not proven"
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
        for book in found.newcomers().to_dict("records"):
            _say(
                f"{book['worker_name']} counts as somebody of {book['tenure_months']:.0f} months "
                f"here who may own {counted(book['max_accounts'], 'account')}; with "
                "`ramped: false` in the scenario, as somebody who begins today."
            )
        if last.forced or last.unplaced:
            _say(
                "Forced moves are of accounts whose owner leaves or has left; as things are "
                "now, they count in no book. A limit of moves or revenue is for the others."
            )
        passed = {name: " and ".join(rules) for name, rules in last.relaxed.items()}
        for rules, ids in _by_value(passed).items():
            _say(f"No CSM keeps every rule; {rules} passed for: {', '.join(ids)}.")
        asked = {
            name: " and ".join(CALLED.get(rule, rule) for rule in rules)
            for name, rules in last.asked.items()
        }
        for what, ids in _by_value(asked).items():
            _say(f"A person must agree first, for what is at stake ({what}): {', '.join(ids)}.")
        for why, ids in _by_value(last.split).items():
            _say(f"Of one family, but {why}: {', '.join(ids)}.")
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
            for reason, accounts in _by_value(found.reasons()).items():
                _say(f"{', '.join(accounts)}: {reason}.")
            echo()
            self.rows(
                "Books of the last proposal, before and after",
                _in_short(found.by_csm(), found.whose()),
            )


def _say(text: str, indent: str = "") -> None:
    """Sentences over the width of the terminal, and no wider than is good to read."""
    width = min(shutil.get_terminal_size().columns, _LINE)
    for line in textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent):
        echo(line)


def _fuller(row: "pd.Series") -> str:
    """How full the book of one who takes accounts is and becomes."""
    return (
        f"and has {row['to_accounts_after']} then instead of {row['to_accounts']}, "
        f"of {row['to_max_accounts']} allowed"
    )


def _counted(told: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items())


def _between(value: float, low: float | None, high: float | None) -> str:
    """A figure, with its interval or its upper end where there is one."""
    if high is None or (low is None and round(high) == round(value)):
        return f"{value:,.0f}"
    return (
        f"{value:,.0f} ({low:,.0f} to {high:,.0f})"
        if low is not None
        else (f"{value:,.0f} (up to {high:,.0f})")
    )


def _figure(value: float | None) -> str:
    return "no data" if value is None else f"{value:.3f}"


def _by_value(said: Mapping[str, str]) -> dict[str, list[str]]:
    """Names by what is said of them."""
    out: dict[str, list[str]] = {}
    for name, words in said.items():
        out.setdefault(words, []).append(name)
    return out


def _in_short(books: "pd.DataFrame", whose: str) -> "pd.DataFrame":
    """Each measure before and after in one cell."""
    import pandas as pd

    def cells(name: str, written: str) -> list[str]:
        pairs = zip(books[f"{name} before"], books[f"{name} after"], strict=True)
        return [f"{a:{written}} -> {b:{written}}" for a, b in pairs]

    columns = {whose: list(books["csm"]), "accounts": cells("accounts", ",")}
    columns |= {"points": cells("points", ",.1f"), "USD": cells("revenue", ",")}
    return pd.DataFrame({**columns, "red": cells("red", ",")})


def _missing(cell: object) -> bool:
    return cell is None or cell != cell

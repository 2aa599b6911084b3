"""``cs-assets report``: ``list``, ``history``, ``act``, ``note``, ``strike``, ``approve``."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cs_assets.acting import acting_user
from cs_assets.commands.terminal import echo, echo_json

if TYPE_CHECKING:
    import pandas as pd

    from cs_assets.reviews.hands import Kind

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Customer = Annotated[str, typer.Argument(help="Customer id, or its name or a part of it.")]
Week = Annotated[
    str | None, typer.Option("--week", help="Monday of the week; default: the newest made.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``cs-assets report``."""
    app.command("list")(list_reports)
    app.command("history")(history)
    app.command("act")(act)
    app.command("note")(note)
    app.command("strike")(strike)
    app.command("approve")(approve)


def list_reports(
    week: Week = None,
    by_week: Annotated[
        bool, typer.Option("--by-week", help="A line a week instead of one a report.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List what was made: reports, CSMs served, writer, length, held, failed."""
    rows = _query("reports/by_week" if by_week else "reports/of_week", [] if by_week else [week])
    if as_json:
        _print_json(rows)
    else:
        _print_rows(rows)


def history(customer: Customer, as_json: Json = False) -> None:
    """Show a customer's reports: who wrote what when, what was sent, and what changed."""
    customer = _meant(customer)
    rows = _query("reports/history", [customer] * 4)
    if rows.empty:
        from cs_assets.errors import UsageError

        raise UsageError(f"no report of {customer} has been made: see cs-assets report list")
    if as_json:
        _print_json(rows)
    else:
        _print_rows(rows)


def act(
    customer: Customer,
    advice: Annotated[int, typer.Argument(help="Number of the advice in the review, from 1.")],
    taken: Annotated[bool, typer.Option("--taken", help="You are on it.")] = False,
    done: Annotated[bool, typer.Option("--done", help="It is done.")] = False,
    dropped: Annotated[str, typer.Option("--dropped", help="It will not be done: why.")] = "",
    note: Annotated[str, typer.Option("--note", help="What came of it.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who; default: you.")] = "",
    week: Week = None,
) -> None:
    """Note what became of a piece of advice; the next reviews say it on their last page."""
    from cs_assets.commands import report_acts

    state = report_acts.state_of(taken=taken, done=done, dropped=dropped, note=note)
    customer = _meant(customer)
    title, monday = report_acts.keep(customer, week, advice, state, dropped or note, by)
    echo(f'kept for {customer}, week of {monday}: {state} "{title}"')
    echo("The next reviews say it.")


def note(
    customer: Customer,
    words: Annotated[str, typer.Argument(help="The note, one line.")],
    week: Week = None,
) -> None:
    """Keep a note: it stands on page one of the review of its week and the next."""
    _keep(customer, week, "note", words)


def strike(
    customer: Customer,
    advice: Annotated[int, typer.Argument(help="Number of the advice in the review, from 1.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it does not fit.")],
    week: Week = None,
) -> None:
    """Strike a piece of advice: it is not given again for a quarter, and the reason is shown."""
    _keep(customer, week, "struck", reason, advice)


def approve(customer: Customer, week: Week = None) -> None:
    """Approve a review that waits for it (gate rule ``approval``); made again it goes out."""
    _keep(customer, week, "approved")


def _keep(customer: str, week: str | None, kind: "Kind", words: str = "", number: int = 0) -> None:
    from cs_assets.reviews import by_hand
    from resources.settings import Settings
    from resources.warehouse_choice import existing_warehouse

    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    customer = _meant(customer)
    with existing_warehouse(Settings.load()).session("report") as db:
        hand = by_hand.keep(
            db, customer, week, kind, words=words, number=number, by=acting_user(), at=now
        )
    about = f' "{hand.title}"' if hand.title else ""
    echo(f"kept for {customer}, week of {hand.week}: {kind}{about}")


def _meant(customer: str) -> str:
    """The id of a customer by id or name; one that the sources do not have any more stays."""
    from cs_assets.commands.meant import meant
    from resources.settings import Settings
    from resources.warehouse_choice import warehouse

    with warehouse(Settings.load()).reading("report") as db:
        if not db.query("reports/weeks_of_customer", [customer]).empty:
            return customer
        return meant(db, "customer", customer)


def _query(statement: str, parameters: Sequence[Any]) -> "pd.DataFrame":
    from resources.settings import Settings
    from resources.warehouse_choice import warehouse

    with warehouse(Settings.load()).reading("report") as db:
        return db.query(statement, parameters)


def _records(rows: "pd.DataFrame") -> list[dict[str, Any]]:
    import pandas as pd

    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in rows.to_dict("records")
    ]


def _print_json(rows: "pd.DataFrame") -> None:
    echo_json([{name: _plain(value) for name, value in row.items()} for row in _records(rows)])


def _plain(value: Any) -> Any:
    """A day or a moment as text, everything else as it is."""
    if value is None or isinstance(value, str | int | float):
        return value
    return str(value)[:10] if str(value).endswith("00:00:00") else str(value)[:19]


def _print_rows(rows: "pd.DataFrame") -> None:
    """A line a row: values that there are, with the name of what is only a number."""
    for row in _records(rows):
        echo("  ".join(_said(name, value) for name, value in row.items() if value is not None))
    if rows.empty:
        echo("nothing has been made yet")


def _said(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value if value != "[]" else ""
    if isinstance(value, int | float):
        return f"{name.replace('_', ' ')} {value:g}"
    return str(_plain(value))

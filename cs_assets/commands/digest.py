"""``cs-assets digest``: one rep's digest of a week, on the terminal or as a file."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cs_assets.commands.terminal import echo

if TYPE_CHECKING:
    from cs_assets.coaching.rep_week import Rep
    from resources.warehouse import Warehouse

app = typer.Typer(help="Coaching digests.")


@app.command()
def digest(
    rep: Annotated[str, typer.Argument(help="Gong user id, e-mail or name of the rep.")],
    week: Annotated[
        str, typer.Option("--week", help="Monday of the week, YYYY-MM-DD; default: the last made.")
    ] = "",
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the HTML to this file.")
    ] = None,
    text: Annotated[bool, typer.Option("--text", help="Print as plain text, undecorated.")] = False,
) -> None:
    """Show a rep's coaching digest, as it was made for the week."""
    from cs_assets.coaching.rep_week import users_of
    from cs_assets.frames import records
    from resources.settings import Settings

    settings = Settings.load()
    with _warehouse().reading("digest") as db:
        users = users_of(db.query("coaching/reps"))
        chosen = find_rep(rep, list(users.values()))
        first, last = (dt.date(1970, 1, 1), dt.date(9999, 1, 1)) if not week else (_day(week),) * 2
        rows = db.query("coaching/rep_digests", [first, last])
    row = _pick(records(rows[rows["rep_user_id"] == chosen.user_id]), chosen, week)
    root = settings.home.root
    if html is not None:
        from cs_assets.errors import UsageError

        try:
            html.write_bytes((root / row["html_path"]).read_bytes())
        except OSError as error:
            raise UsageError(f"--html {html}: {error.strerror}") from error
        echo(f"{html}: digest of {chosen.name}, week {_monday(row)}")
        return
    content = (root / row["text_path"]).read_text(encoding="utf-8")
    if text:
        echo(content, end="")
        return
    from rich.markdown import Markdown
    from rich.markup import escape

    from cs_assets.commands.console import Console

    console = Console(markup=True)
    page = escape(str(root / row["html_path"]))
    console.print(f"[bold]{escape(chosen.name)}[/bold], week {_monday(row)} ({page})\n")
    console.print(Markdown(content))


def find_rep(wanted: str, reps: "list[Rep]") -> "Rep":
    """The one rep that an id, an address or a part of a name means; raises ``UsageError``."""
    from cs_assets.errors import UsageError
    from cs_assets.names import compared

    exact = [rep for rep in reps if wanted in (rep.user_id, rep.email)]
    found = exact or [rep for rep in reps if compared(wanted) in compared(rep.name)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(sorted(rep.name for rep in found)[:5])
        raise UsageError(f"rep '{wanted}' is not clear: {names}; give the e-mail")
    raise UsageError(f"no rep '{wanted}' in Gong's users; give an id, an e-mail or a name")


def _pick(rows: list[dict[str, Any]], rep: "Rep", week: str) -> dict[str, Any]:
    from cs_assets.errors import CsAssetsError, UsageError

    if not rows:
        when = f"for week {week}" if week else "yet"
        raise UsageError(
            f"{rep.name} has no digest {when}; make it with: cs-assets run weekly --week MONDAY"
        )
    made = [row for row in rows if row["status"] in ("written", "nothing_new")]
    if not made:
        row = rows[-1]
        why = row["failure"] or "no scored call in the window"
        raise CsAssetsError(f"{rep.name} has no digest for week {_monday(row)}: {why}")
    return max(made, key=_monday)


def _monday(row: dict[str, Any]) -> dt.date:
    import pandas as pd

    return pd.Timestamp(row["week_start"]).date()


def _day(week: str) -> dt.date:
    from cs_assets.errors import UsageError

    try:
        day = dt.date.fromisoformat(week)
    except ValueError:
        raise UsageError(f"week '{week}' is no date; give its Monday as YYYY-MM-DD") from None
    if day.weekday() != 0:
        monday = day - dt.timedelta(days=day.weekday())
        raise UsageError(f"week {week} does not start on a Monday; did you mean {monday}?")
    return day


def _warehouse() -> "Warehouse":
    from resources.settings import Settings
    from resources.warehouse_choice import warehouse

    return warehouse(Settings.load())

"""The command line ``cs-assets``: thin, calls the same functions as the assets.

Errors are one line on standard error; exit status 2 for what was asked wrongly,
1 for what failed. ``CS_ASSETS_DEBUG=1`` shows the trace.
"""

import contextlib
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from cs_assets.collector import collector_resting
from cs_assets.commands.home_option import HomeOption, use_home
from cs_assets.commands.interrupts import heed_stops, stopped, stopped_by
from cs_assets.commands.terminal import echo, let_go, prepare
from cs_assets.disk import refusal
from cs_assets.errors import CsAssetsError

app = typer.Typer(
    name="cs-assets",
    help="Customer success and sales coaching: calls in; owners, reviews and digests out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

WeekOption = Annotated[str | None, typer.Option("--week", help="Monday of the week, YYYY-MM-DD.")]


#: What typer makes of an interrupt, without words.
_INTERRUPTED = 130
#: Letters of a path that are told.
_PATH = 200


def _tell_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        echo(f"cs-assets {version('cs-assets')}")
        raise typer.Exit


@app.callback()
def _global(
    home: HomeOption = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_tell_version, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    use_home(home)


@app.command()
def demo(
    gong: Annotated[
        Path | None,
        typer.Option("--gong", help="Folder of Gong API answers instead of the sample calls."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Folder of CSV files instead of the sample tenant."),
    ] = None,
    with_providers: Annotated[
        bool,
        typer.Option(
            "--with-providers",
            help="Use keys of the environment (models, mail, Slack); else nothing goes out.",
        ),
    ] = False,
    today: Annotated[
        str | None,
        typer.Option(
            "--today",
            metavar="DATE",
            help="Move the sample company so that it ends the Sunday before DATE (own --home).",
        ),
    ] = None,
    home: HomeOption = None,
    week: WeekOption = None,
) -> None:
    """Run one weekly cycle: from calls to PDFs, digests, assignments and an outbox."""
    use_home(home)
    from cs_assets.commands import demo as cycle

    status = cycle.demo(gong=gong, data=data, week=week, today=today, with_providers=with_providers)
    raise typer.Exit(status)


@app.command()
def up(
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 3000,
    host: Annotated[
        str, typer.Option("--host", help="Keep the default: the UI has no sign-in.")
    ] = "127.0.0.1",
    desk_port: Annotated[
        int, typer.Option("--desk-port", min=0, max=65535, help="Of the desk; 0: without it.")
    ] = 8501,
    team: Annotated[
        bool, typer.Option("--team", help="For a team: on PostgreSQL, and a second, read-only UI.")
    ] = False,
    reading_port: Annotated[
        int | None,
        typer.Option(
            "--read-only-port",
            min=0,
            max=65535,
            help="Of the UI that takes nothing (with --team 3001); 0: without it.",
        ),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Serve the Dagster UI, with daemon, over this installation's data; and the desk beside it."""
    use_home(home)
    from cs_assets.commands.serving.services import Served, serve

    if reading_port is None:
        reading_port = 3001 if team else 0
    serve(Served(host, port, desk_port, reading_port), team=team)


@app.command()
def desk(
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8501,
    host: Annotated[
        str, typer.Option("--host", help="Another than this machine's own needs sign-in (OIDC).")
    ] = "127.0.0.1",
    home: HomeOption = None,
) -> None:
    """Serve the desk alone: the pages in which CSMs, managers, reps and operations work."""
    use_home(home)
    from cs_assets.commands.serving.desk import serve

    serve(host=host, port=port)


@app.command()
def doctor(
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    home: HomeOption = None,
) -> None:
    """Check settings, folders, warehouse, calls and mail; say how to mend what fails."""
    use_home(home)
    from cs_assets.commands.doctor import report

    raise typer.Exit(report(as_json=json_output))


def mount_rooms() -> None:
    """Add the commands of the rooms; their modules import what is heavy when called."""
    from cs_assets.commands import (
        ai,
        ask,
        backup,
        calls_heard,
        customers,
        erase,
        gong,
        rep,
        run,
        scale,
        setup,
        sources,
        watch,
    )
    from cs_assets.commands import deliveries_told as delivery
    from cs_assets.commands import digest as coaching
    from cs_assets.commands import report as reviews
    from cs_assets.commands import route as routing
    from cs_assets.desk.agents import command as mcp
    from cs_assets.desk.chat import command as slack

    for room, name in (
        (ai, "ai"),
        (calls_heard, "calls"),
        (customers, "customers"),
        (rep, "rep"),
        (delivery, "deliveries"),
        (gong, "gong"),
        (sources, "sources"),
        (run, "run"),
    ):
        app.add_typer(room.app, name=name)
    app.add_typer(setup.app, name="setup")
    app.add_typer(reviews.app, name="report")
    for room in (coaching, routing, ask, mcp, slack, erase, backup, watch, scale):
        app.add_typer(room.app)


def main() -> NoReturn:
    """Entry point: run the command, turn errors into one line and a status."""
    prepare()
    heed_stops()
    warnings.filterwarnings("ignore", module="dagster")
    # An interrupt that comes as it closes a connection is told by us, not by a traceback of it.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    try:
        said, status = _ended()
    except KeyboardInterrupt:  # a second one, while the first was told
        said, status = stopped()
    if said:
        _say(said)
    let_go()
    sys.exit(status)


def _ended() -> tuple[str, int]:
    """Run the command; what to say of its end, and its exit status."""
    try:
        with collector_resting():
            mount_rooms()
        status = app(standalone_mode=False)
        sys.stdout.flush()
    except TyperException as error:  # what was typed is wrong
        said = error.format_message() if isinstance(error, typer.BadParameter) else str(error)
        said = said.removeprefix("Invalid value: ").replace(": Value error, ", ": ")
        # Without a command the help has been shown already.
        return f"{' '.join(said.split()).rstrip('.')}; see --help" if said.strip() else "", 2
    except BrokenPipeError:  # whoever read the output, as `head` does, has read enough
        return "", 1  # as typer ends while it is writing
    except (typer.Abort, KeyboardInterrupt):
        return stopped()
    except Exception as error:
        if stopped_by():  # it was in the midst of something, or a helper was told as well
            return stopped()
        if os.environ.get("CS_ASSETS_DEBUG"):
            raise
        return _told(error)
    if status == _INTERRUPTED:
        return stopped()
    return "", status if isinstance(status, int) else 0


def _told(error: Exception) -> tuple[str, int]:
    if line := refusal(error):
        return line, 1
    if isinstance(error, CsAssetsError):
        return error.told(), error.exit_status
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        where = str(error.filename)
        where = where if len(where) <= _PATH else f"{where[:_PATH]}... ({len(where):,} letters)"
        return f"{where}: {error.strerror}; mend that, or name another place", 1
    return f"unexpected: {type(error).__name__}: {error} (CS_ASSETS_DEBUG=1 shows where)", 1


def _say(text: str) -> None:
    with contextlib.suppress(OSError):  # of a terminal that was closed
        echo(f"cs-assets: {text}", error=True)


if __name__ == "__main__":
    main()

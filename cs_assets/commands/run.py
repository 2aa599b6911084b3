"""``cs-assets run``: a week or a range of days now, on this installation's own data."""

import datetime as dt
from typing import Annotated

import typer

from cs_assets.commands.home_option import HomeOption, use_home
from cs_assets.commands.terminal import echo, echo_json

app = typer.Typer(help="Run a part of the platform now.", no_args_is_help=True)

OnlyOption = Annotated[
    list[str] | None,
    typer.Option("--only", help="reviews, digests or routing alone (repeatable, or by comma)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON; progress goes to stderr.")]
#: Days of one run of calls.
_MOST_DAYS = 400


@app.command()
def week(
    monday: Annotated[
        str | None, typer.Argument(metavar="[WEEK]", help="Its Monday; default: the last one.")
    ] = None,
    only: OnlyOption = None,
    json_output: JsonOption = False,
    week: Annotated[str | None, typer.Option("--week", hidden=True)] = None,
    home: HomeOption = None,
) -> None:
    """Run the cycle of one week: calls, customers, routing, reviews, digests, mails."""
    use_home(home)
    from cs_assets.commands import demo

    raise typer.Exit(demo.weekly(monday or week, _parts(only), as_json=json_output))


@app.command(hidden=True)
def weekly(
    week: Annotated[str | None, typer.Option("--week")] = None, home: HomeOption = None
) -> None:
    """As ``run week``."""
    use_home(home)
    from cs_assets.commands import demo

    raise typer.Exit(demo.weekly(week))


@app.command()
def coaching(
    week: Annotated[
        str | None, typer.Option("--week", help="Monday of the week, YYYY-MM-DD.")
    ] = None,
    reps: Annotated[
        str, typer.Option("--reps", help="Only these reps: ids, e-mails or names, with commas.")
    ] = "",
    send_emails: Annotated[
        bool, typer.Option("--send-emails/--no-send-emails", help="Whether mails go out.")
    ] = True,
    send_slack: Annotated[
        bool, typer.Option("--send-slack/--no-send-slack", help="Whether Slack posts go out.")
    ] = True,
    home: HomeOption = None,
) -> None:
    """Make and send the coaching digests and the team's page of a week."""
    use_home(home)
    from cs_assets.commands.coaching_week import run

    raise typer.Exit(run(week, reps, send_emails=send_emails, send_slack=send_slack))


def _parts(only: list[str] | None) -> list[str]:
    from cs_assets.commands.weekly_cycle import PARTS

    asked = [word.strip() for said in only or [] for word in said.split(",") if word.strip()]
    for word in asked:
        if word not in PARTS:
            raise typer.BadParameter(f"--only {word}: there are {', '.join(PARTS)}")
    return [part for part in PARTS if part in asked]


@app.command()
def days(
    span: Annotated[str, typer.Argument(metavar="DAY[..DAY]", help="2026-11-02..2026-11-08.")],
    full: Annotated[
        bool, typer.Option("--full", help="Ask again for transcripts that are stored.")
    ] = False,
    transcripts: Annotated[
        bool, typer.Option("--transcripts/--no-transcripts", help="Read transcripts, or not.")
    ] = True,
    json_output: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Read and analyse the calls of a day or a range of days, as one run."""
    use_home(home)
    from cs_assets.commands.console import Console
    from cs_assets.commands.running import calls_of_days
    from cs_assets.progress import Progress
    from resources.settings import Settings

    if full and not transcripts:
        raise typer.BadParameter("--full asks for transcripts again: leave --no-transcripts out")
    first, last = _span(span)
    settings = Settings.load()
    settings.home.ensure()
    progress = Progress(Console(markup=True, stderr=json_output))
    with progress.step(f"Calls of {first} to {last}"):
        report = calls_of_days(settings, first, last, progress, full=full, transcripts=transcripts)
        if not report.succeeded:
            progress.failed()
    for step, reason in report.failed.items():
        progress.warn(f"{step}: {reason}")
    counts = {
        asset: told["dagster/partition_row_count"]
        for asset, told in report.metadata.items()
        if "dagster/partition_row_count" in told
    }
    if json_output:
        facts = {"first": first, "last": last, "succeeded": report.succeeded, "rows": counts}
        echo_json({**facts, "failed": report.failed, "failed_checks": report.failed_checks})
    else:
        for asset, count in counts.items():
            echo(f"  {asset:<32} {count:>9,} rows")
    raise typer.Exit(0 if report.succeeded else 1)


def _span(text: str) -> tuple[str, str]:
    """First and last day; raises where they are no days that calls can be of."""
    from cs_assets.errors import UsageError
    from cs_assets.partitions import days as partitions

    first_text, _, last_text = text.partition("..")
    try:
        first = dt.date.fromisoformat(first_text.strip())
        last = dt.date.fromisoformat((last_text or first_text).strip(" ."))
    except ValueError:
        raise UsageError(
            f"'{text[:40]}' is no range of days; write 2026-11-02..2026-11-08"
        ) from None
    begin = partitions.get_first_partition_key() or ""
    today = dt.datetime.now(dt.UTC).date()
    if last < first:
        raise UsageError(f"{last} is before {first}; the earlier day comes first")
    if first.isoformat() < begin:
        raise UsageError(f"{first} is before the first day {begin} (CS_ASSETS_START_WEEK)")
    if last > today:
        raise UsageError(f"{last} is not yet; the last day is {today}")
    if (last - first).days >= _MOST_DAYS:
        raise UsageError(
            f"{(last - first).days + 1} days are more than {_MOST_DAYS} of one run; split them"
        )
    return first.isoformat(), last.isoformat()

"""``cs-assets gong``: the calls that came in, records that did not, and a stand-in for Gong."""

import datetime as dt
import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from cs_assets.commands.terminal import echo, echo_json, echo_records

app = typer.Typer(no_args_is_help=True, help="Calls from Gong.")

#: Heads of the table of days, short enough for a terminal of 80 columns.
_HEADS = {
    "call_date": "day",
    "transcribed": "words",
    "pending": "waits",
    "dead_lettered": "dead",
    "left_out": "out",
    "vanished": "gone",
    "missing": "gap",
}

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("retry-dead-letters")
def retry_dead_letters(json_output: JsonOption = False) -> None:
    """Take up the records that could not be read: ask Gong again, else read the raw copies."""
    from cs_assets.gong import staging
    from cs_assets.gong.replaying import replay
    from cs_assets.gong.rules import load_rules
    from resources.gong.source import reader
    from resources.settings import Settings
    from resources.warehouse_choice import warehouse

    settings = Settings.load()
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    rules = load_rules(settings.cs_assets_config_dir)
    stores = warehouse(settings)
    source = reader(settings, stores)
    with stores.session("gong retry-dead-letters") as db:
        outcome = replay(db, source.calls_by_id, source.transcripts, now, "retry-dead-letters")
        for day in sorted(outcome.days):
            span = staging.Days(day, day)
            staging.stage_participants(db, span)
            staging.stage_topics(db, span)
            staging.stage_calls(db, span, rules, now)
            staging.stage_transcripts(db, span, now)
            staging.reconcile(db, span)
    days = [day.isoformat() for day in sorted(outcome.days)]
    if json_output:
        facts = {"waiting": outcome.waiting, "settled": outcome.settled, "days_staged": days}
        echo_json(facts, indent=None)
        return
    echo(f"{outcome.settled} of {outcome.waiting} dead letters taken up")
    if days:
        echo(f"staged again: {', '.join(days)}; their next read asks for the transcripts")
    if outcome.left:
        echo(f"{outcome.left} cannot be read yet; their reasons: cs-assets gong dead-letters")


@app.command("dead-letters")
def dead_letters(json_output: JsonOption = False) -> None:
    """List the records that could not be read, by kind and reason."""
    from rich.table import Table

    from cs_assets.commands.console import Console
    from resources.settings import Settings
    from resources.warehouse_choice import warehouse

    with warehouse(Settings.load()).reading("gong dead-letters") as db:
        letters = db.query("gong/open_dead_letters")
    if json_output:
        echo_records(letters.to_json(orient="records"))
        return
    if letters.empty:
        echo("no record waits")
        return
    table = Table("kind", "records", "reason", "first seen in")
    for row in letters.itertuples():
        table.add_row(str(row.kind), str(row.records), str(row.reason), str(row.first_origin))
    Console().print(table)


@app.command()
def days(
    last: Annotated[int, typer.Option("--last", min=1, help="Days to show.")] = 14,
    json_output: JsonOption = False,
) -> None:
    """Show day by day what Gong has against what is stored, transcribed and scored."""
    import pandas as pd
    from rich.box import SIMPLE
    from rich.table import Table

    from cs_assets.commands.console import Console
    from resources.settings import Settings
    from resources.warehouse_choice import warehouse

    with warehouse(Settings.load()).reading("gong days") as db:
        rows = db.query("gong/reconciliation_days", ["2000-01-01", "2100-01-01"]).tail(last)
    rows["call_date"] = rows.call_date.dt.date.astype(str)
    if json_output:
        echo_records(rows.to_json(orient="records"))
        return
    if rows.empty:
        echo("no day was read yet; materialise gong_reconciliation")
        return
    table = Table(box=SIMPLE, padding=0)
    for name in rows.columns:
        justify: Literal["left", "right"] = "left" if name == "call_date" else "right"
        table.add_column(_HEADS.get(name, name), justify=justify, no_wrap=True)
    rows["known"] = rows.known.astype(object).where(rows.known.notna(), "never")
    for row in rows.itertuples(index=False):
        table.add_row(*["" if pd.isna(value) else str(value) for value in row])
    Console().print(table)


@app.command()
def simulate(
    port: Annotated[int, typer.Option(help="Loopback port; 0 takes a free one.")] = 8720,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of Gong API answers; without, the sample tenant's calls."),
    ] = None,
    key: Annotated[str, typer.Option(help="Access key that the simulator takes.")] = "key",
    secret: Annotated[str, typer.Option(help="Its secret.")] = "secret",  # noqa: S107
    per_second: Annotated[int, typer.Option(help="Requests a second; 0: no limit.")] = 3,
    per_day: Annotated[int, typer.Option(help="Requests a day; 0: no limit.")] = 10_000,
    visible_after: Annotated[
        float | None, typer.Option(help="Minutes from a call's end until it can be seen.")
    ] = None,
    transcript_after: Annotated[
        float | None, typer.Option(help="Minutes from a call's end until its transcript is there.")
    ] = None,
    now: Annotated[str | None, typer.Option(help="Set the clock: ISO 8601 with offset.")] = None,
    fault_rate: Annotated[
        float, typer.Option(min=0, max=1, help="Share of requests that meet a fault.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="Seed of the faults.")] = 0,
    deny: Annotated[
        list[str] | None, typer.Option(help="Scope that the key lacks, e.g. api:users:read.")
    ] = None,
) -> None:
    """Serve a stand-in for Gong's API on 127.0.0.1, from an export folder or the sample tenant.

    Steer it while it runs with POST /_sim/clock, /_sim/limits, /_sim/faults and
    /_sim/calls/ID; GET /_sim/state tells what it has seen.
    """
    from tempfile import TemporaryDirectory

    from cs_assets.errors import UsageError
    from cs_assets.gong.simulator import Clock, Corpus, Faults, Limits, Simulator, serve
    from cs_assets.gong.simulator.corpus import instant
    from cs_assets.gong.simulator.protocol import MEDIA_SCOPE, READING
    from cs_assets.gong.simulator.reviewing import with_reviews

    granted = READING | {MEDIA_SCOPE}
    if unknown := set(deny or ()) - granted:
        raise UsageError(f"--deny {sorted(unknown)[0]}: no such scope; there are {sorted(granted)}")
    try:
        clock = Clock(instant(now)) if now else Clock()
    except ValueError:
        raise UsageError(f"--now '{now}' is no time; write it as 2026-11-09T08:00:00Z") from None
    with TemporaryDirectory() as temporary:
        folder = data if data is not None else _sample_calls(Path(temporary))
        corpus = Corpus.from_folder(
            folder,
            visible_after=_minutes(visible_after),
            transcript_after=_minutes(transcript_after),
        )
    simulator = Simulator(
        with_reviews(corpus),
        key=key,
        secret=secret,
        clock=clock,
        limits=Limits(per_second or None, per_day or None),
        faults=Faults(rate=fault_rate, seed=seed),
        scopes=granted - set(deny or ()),
    )
    try:
        with serve(simulator, port) as url:
            echo(f"Gong simulator with {len(corpus):,} calls on {url}")
            echo(f"GONG_BASE_URL={url} GONG_ACCESS_KEY={key} GONG_ACCESS_KEY_SECRET={secret}")
            while True:  # bounded: a person ends it
                time.sleep(3600)
    except OSError as error:
        raise UsageError(
            f"port {port} of 127.0.0.1 cannot be used ({error.strerror}); choose another"
        ) from error
    except KeyboardInterrupt:
        echo("stopped")


def _minutes(count: float | None) -> dt.timedelta | None:
    return None if count is None else dt.timedelta(minutes=count)


def _sample_calls(folder: Path) -> Path:
    from cs_assets.sample import write_tenant

    write_tenant(folder / "sources", folder / "gong")
    return folder / "gong"

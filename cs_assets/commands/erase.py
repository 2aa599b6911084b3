"""``cs-assets erase``: removes a person or a customer, and says what stays and why."""

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cs_assets.acting import acting_user
from cs_assets.commands.terminal import echo, echo_json
from cs_assets.errors import UsageError

if TYPE_CHECKING:
    from cs_assets.erasure.spoken import Spoken
    from cs_assets.erasure.subject import Subject
    from cs_assets.erasure.tables import Done
    from resources.settings import Settings

app = typer.Typer()
_EVER = dt.timedelta(days=36_500)


@app.command()
def erase(
    who: Annotated[
        str, typer.Argument(help="Person or customer: an id, a mail address or a whole name.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be erased; change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Erase a person or a customer everywhere in this installation, and say what stays and why."""
    from resources.settings import Settings
    from resources.warehouse_choice import warehouse

    settings = Settings.load()
    settings.home.existing()
    store = warehouse(settings)
    with store.reading("erase") as db:
        found = _subject(db, who)
    if not dry_run:
        _refuse_while_runs_go_on(settings)
        if not yes:
            _ask(found)
    done = _erase(settings, store, found, carry_out=not dry_run)
    stays = _stays(settings, found, done[1])
    _tell(found, done[0], stays, dry_run=dry_run, as_json=as_json)


def _subject(db: Any, who: str) -> "Subject":
    from dataclasses import replace

    from cs_assets.erasure import calls
    from cs_assets.erasure.subject import known_rows, subject

    found = subject(known_rows(db.query("erasure/known").to_dict("records")), who)
    return replace(found, call_ids=calls.of(db, found))


def _ask(found: "Subject") -> None:
    from cs_assets.facts.wording import counted

    what = f"{found.kind} {found.title}, with {counted(len(found.call_ids), 'call')}"
    if not typer.confirm(f"Erase {what}? This cannot be undone", default=False):
        raise typer.Abort


def _refuse_while_runs_go_on(settings: "Settings") -> None:
    from dagster import DagsterRunStatus, RunsFilter

    from cs_assets.commands.running import instance_of

    going = [
        DagsterRunStatus.QUEUED, DagsterRunStatus.NOT_STARTED, DagsterRunStatus.STARTING,
        DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING,
    ]  # fmt: skip
    with instance_of(settings.home) as instance:
        count = instance.get_runs_count(RunsFilter(statuses=going))
    if count:
        raise UsageError(
            f"{count} runs are going on or wait: what they write now would not be erased; stop the "
            "daemon (cs-assets up), wait for their end or end them in the UI, and ask again"
        )


def _erase(
    settings: "Settings", store: Any, found: "Subject", *, carry_out: bool
) -> "tuple[list[Done], list[str]]":
    """Files first, while the tables still know who is meant: after a stop ask the same again."""
    from cs_assets.erasure import quoting, tables
    from resources.duckdb.warehouse import DuckDBWarehouse
    from resources.erasure import event_logs
    from resources.erasure.files import HomeFiles

    embedded = isinstance(store, DuckDBWarehouse)
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    with store.session("erase") as db:
        calls, days = _calls(db, found)
        files = HomeFiles(settings.home, found, calls)
        plan = files.plan()
        looked_through = tables.tables(owns_sources=embedded)
        changes = tables.changes(db, found, looked_through, files.removed(plan))
        quotes = quoting.changes(db, calls, quoting.span_of(days)) if days else []
        if carry_out:
            files.carry_out(plan)
            if days:
                event_logs.withdraw(settings.home.dagster, calls, now - _EVER)
            _write(db, found, calls, days, changes, now)
    if carry_out and isinstance(store, DuckDBWarehouse):
        from pathlib import Path

        from resources.duckdb.compaction import compact

        compact(Path(store.path).absolute(), store.wait_seconds)
    done = Counter({(one.place, one.action, one.unit): 0 for one in plan})
    for one in plan:
        done[one.place, one.action, one.unit] += one.count
    in_files = [tables.Done(place, action, n, unit) for (place, action, unit), n in done.items()]
    said = [tables.Done(one.table, "cut", len(one.rows), "rows with a quote") for one in quotes]
    return [*tables.done(changes), *said, *in_files], files.unread


def _calls(db: Any, found: "Subject") -> "tuple[Spoken, list[dt.date]]":
    """The calls that go: what they are known by, and their days."""
    from cs_assets.erasure import tables
    from cs_assets.erasure.spoken import Spoken
    from cs_assets.gong.purging import prints_of

    ids = sorted(found.call_ids)
    told = {one for prints in prints_of(db, ids).values() for one in prints}
    rows = tables.by(db, "gong.stg_gong_calls", "call_id", ids)
    days = sorted(set(rows["call_date"].dt.date)) if len(rows) else []
    return Spoken(frozenset(ids), frozenset(told), frozenset(days)), days


def _write(
    db: Any,
    found: "Subject",
    calls: "Spoken",
    days: list[dt.date],
    changes: Any,
    now: dt.datetime,
) -> None:
    import pandas as pd

    from cs_assets.erasure import kept_out, quoting, tables
    from cs_assets.gong.purging import bury_vanished, purged_tables
    from sql import catalog

    written = {*purged_tables(), *tables.names_of(changes), "gong.gong_calls_raw", "ops.erasures"}
    written |= {place.table for place in quoting.PLACES}
    marks = pd.DataFrame({"digest": kept_out.digests(found)})
    with db.transaction(*sorted(written)):
        if found.call_ids:
            bury_vanished(db, found.call_ids, now, "erase", "erased")
        if days:
            notes = pd.DataFrame({"call_id": sorted(calls.call_ids), "purged_at": now})
            db.merge("gong.gong_purges", notes.assign(prints=None))
            quoting.apply(db, quoting.changes(db, calls, quoting.span_of(days)))
        quoted = {place.table for place in quoting.PLACES}
        again = [catalog.table(name) for name in sorted(quoted)]  # for they may have lost words
        others = [change for change in changes if change.table.full_name not in quoted]
        tables.apply(db, [*others, *tables.changes(db, found, again)])
        db.merge(
            "ops.erasures",
            marks.assign(kind=found.kind, erased_at=now, erased_by=acting_user()),
        )


def _stays(settings: "Settings", found: "Subject", unread: list[str]) -> list[str]:
    """What is not erased from here, and why; a line each."""
    from resources.remembered import read

    stays = [
        "mails and posts that were delivered: with their recipients and providers",
        "the CRM, Gong and other systems that the data come from: erase there too; what is known "
        "here by id or address stays out, what is new there comes in",
        "backups made before: replace them by a new one",
        "records of Gong that could not be read: without names, addresses and ids, for 90 days; a "
        "new one that names none of the addresses and no erased call is kept as long",
        "ops.erasures: hashes of ids and addresses, so that what is read again stays out",
        "the delivery ledger: that something was sent, when, as keys without name and address",
        "the AI ledger: what calls of models cost, without their words",
    ]
    if found.namesakes:
        stays.append(
            f"the names {', '.join(sorted(found.namesakes))} alone: others are called so as well"
        )
    if found.call_ids:
        stays += [
            f"gong.gong_purges: the ids of those calls ({len(found.call_ids)}), without content",
            "notes of people that tell of these calls in words of their own, without names and "
            "addresses",
        ]
    folders = {read(settings.home.root).sources, settings.cs_assets_sources_dir} - {None, ""}
    stays += [
        f"files of yours in {folder}: their rows are left out when they are loaded"
        for folder in sorted(map(str, folders))
    ]
    if settings.delivery_database_url is not None:
        stays.append("the delivery ledger in PostgreSQL: erase recipients there by hand")
    if settings.anthropic_api_key is not None:
        stays.append("Anthropic: what was sent to Claude stays by your contract with it")
    if settings.snowflake_account:
        stays.append(
            "Snowflake: source tables of other teams; PEOPLE.READERS, which SYSADMIN writes; Time "
            "Travel and Fail-safe hold what was deleted for the days that your account keeps; "
            "values bound to statements are in its query history for a year where "
            "ALLOW_BIND_VALUES_ACCESS is not FALSE; the call search "
            "follows with its next refresh, cached results a day after their last use; what agents "
            "and Analyst were asked is in their logs, people's own chats in their threads "
            "(docs/snowflake.md)"
        )
    if settings.cs_assets_warehouse == "snowflake" and settings.home.warehouse.exists():
        stays.append(
            f"{settings.home.warehouse}: of the time before Snowflake, with words and people; "
            "remove it by hand"
        )
    return [*stays, *(f"{path}: cannot be looked into; remove it by hand" for path in unread)]


def _tell(
    found: "Subject", done: "list[Done]", stays: list[str], *, dry_run: bool, as_json: bool
) -> None:
    if as_json:
        echo_json({
            "kind": found.kind, "dry_run": dry_run, "calls": len(found.call_ids),
            "done": [vars(one) for one in done], "stays": stays,
        })  # fmt: skip
        return
    known = ", ".join(
        sorted({f"{row.space} {row.id}" for row in found.known if row.space != "party"})
    )
    echo(f"{found.kind.capitalize()} {found.title} ({known})")
    from cs_assets.facts.wording import counted

    calls = counted(len(found.call_ids), "call")
    echo(f"{'Would be' if dry_run else 'Was'} erased; {calls} as a whole:")
    for one in done:
        echo(f"  {one.place}: {one.count:,} {one.unit} {one.action}")
    if not done:
        echo("  nothing of it is left")
    echo("What stays, and why:")
    for line in stays:
        echo(f"  {line}")
    if not dry_run:
        echo("Reports and digests that were removed are made anew by: cs-assets run week")

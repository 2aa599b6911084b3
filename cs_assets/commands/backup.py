"""``cs-assets backup`` and ``restore``: a home as one file, as of one moment."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cs_assets.commands.terminal import echo, echo_json
from cs_assets.errors import UsageError

if TYPE_CHECKING:
    from resources.settings import Settings

app = typer.Typer()

BackupFile = Annotated[Path, typer.Argument(help="The backup: a tar file outside of the home.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def backup(file: BackupFile, as_json: Json = False) -> None:
    """Write warehouse, ledgers, documents and settings of this home into one file."""
    from resources import backup as backups
    from resources.settings import Settings

    settings = Settings.load()
    summary = backups.write(settings.home.existing(), file)
    elsewhere = _elsewhere(settings)
    if as_json:
        echo_json({
            "file": str(file), "made_at": summary.made_at, "files": len(summary.files),
            "bytes": summary.size, "not_in_it": elsewhere,
        })  # fmt: skip
        return
    what = f"{len(summary.files):,} files, {summary.size / 1e6:,.0f} MB"
    echo(f"{file}: {what}, as of {_moment(summary.made_at)}")
    for line in elsewhere:
        echo(f"not in it: {line}")


@app.command()
def restore(
    file: BackupFile,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Move the home that is there aside; its ledger stays."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Put a backup in place; what may have been sent since is not sent again by itself."""
    from resources import backup as backups
    from resources.settings import Settings

    if not file.is_file():
        raise UsageError(f"there is no file {file}; give one that cs-assets backup wrote")
    settings = Settings.load()
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    done = backups.restore(file, settings.home, replace=replace, now=now)
    if as_json:
        echo_json({
            "home": str(settings.home.root), "made_at": done.summary.made_at,
            "files": len(done.summary.files), "kept_ledger": done.kept_ledger,
            "held": done.held, "moved_to": str(done.moved_to) if done.moved_to else None,
        })  # fmt: skip
        return
    echo(f"{settings.home.root} is as of {_moment(done.summary.made_at)}")
    if done.moved_to:
        echo(f"what was there lies in {done.moved_to}; remove it when it is not needed")
    if done.kept_ledger:
        echo("the delivery ledger that was there stayed, so all that was sent is known")
        return
    echo(
        f"deliveries: {done.held} that were open are held, and what is planned of periods before "
        "today will be: they may have been sent since the backup"
    )
    echo("when you know: cs-assets deliveries confirm --as sent|not-sent --note '...'")


def _moment(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _elsewhere(settings: "Settings") -> list[str]:
    """What belongs to the installation and lies outside of its home."""
    found = []
    if settings.delivery_database_url is not None:
        found.append("the delivery ledger in PostgreSQL: back it up with pg_dump at the same time")
    if settings.snowflake_account:
        found.append("the warehouse in Snowflake: Time Travel, or clones of its schemas")
    folders = (settings.cs_assets_sources_dir, settings.gong_export_dir)
    found += [f"your files in {folder}" for folder in folders if folder]
    return [*found, "settings and secrets of the environment"]

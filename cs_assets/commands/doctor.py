"""``cs-assets doctor``: one line a check, what is wrong and how to mend it."""

import datetime as dt
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from email import policy
from pathlib import Path
from typing import Literal

from rich.markup import escape

from cs_assets.commands.console import Console
from cs_assets.commands.terminal import echo_json
from cs_assets.disk import refusal
from cs_assets.errors import CsAssetsError, UsageError
from cs_assets.facts.wording import counted
from cs_assets.redaction import redacted
from resources.gong.export import CALLS, TRANSCRIPTS, USERS, files_of, unread
from resources.gong.landed import LandedReader
from resources.setting_names import unknown
from resources.settings import Settings, variables
from resources.warehouse_choice import warehouse as chosen_warehouse

#: Letters of an engine's own words that are told.
_SAID = 200

Verdict = Literal["ok", "warning", "failed"]


@dataclass(frozen=True)
class Finding:
    """The result of one check; ``mend`` says what to do about it."""

    check: str
    verdict: Verdict
    detail: str
    mend: str = ""


def report(*, as_json: bool) -> int:
    """Print every finding; exit status 1 when one has failed."""
    findings = list(examine())
    if as_json:
        echo_json([asdict(finding) for finding in findings])
    else:
        console = Console(markup=True)
        for finding in findings:
            console.print(_line(finding, console.width), highlight=False, soft_wrap=True)
    return 1 if any(finding.verdict == "failed" for finding in findings) else 0


def examine() -> Iterator[Finding]:
    """Run the checks in order; without good settings the others cannot be asked."""
    try:
        settings = Settings.load()
    except CsAssetsError as error:
        yield Finding("settings", "failed", str(error), "correct the variable and try again")
        return
    yield Finding("settings", "ok", f"environment {settings.cs_assets_environment}")
    yield from _misnamed()
    yield _interpreter()
    home = _home(settings)
    yield home
    if home.verdict == "failed":  # the rest lies in it
        return
    if settings.cs_assets_warehouse == "snowflake":
        yield from _snowflake(settings)
    for name, check in _CHECKS:
        try:
            yield check(settings)
        except CsAssetsError as error:
            yield Finding(name, "failed", str(error))
        except (OSError, sqlite3.Error) as error:
            yield Finding(name, "failed", refusal(error) or str(error)[:_SAID])


def _misnamed() -> Iterator[Finding]:
    """Variables that look like settings and that nothing reads, if there are any."""
    found = unknown(os.environ, variables())
    if found:
        meant = [f"{name} (did you mean {near}?)" if near else name for name, near in found.items()]
        mend = "see docs/settings.md for the names"
        yield Finding("other variables", "warning", f"nothing reads {', '.join(meant)}", mend)


def _interpreter() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if hasattr(policy.EmailPolicy, "verify_generated_headers"):
        return Finding("python", "ok", version)
    return Finding(
        "python",
        "warning",
        f"{version} lacks the mail header fix (CVE-2024-6923); our own header rules still hold",
        "use 3.11.10, 3.12.5 or newer",
    )


def _snowflake(settings: Settings) -> Iterator[Finding]:
    from cs_assets.commands import doctor_snowflake

    if kept := _kept(settings):
        yield kept
    try:
        for found in doctor_snowflake.examine(settings, chosen_warehouse(settings)):
            yield Finding(*found)
    except CsAssetsError as error:
        yield Finding("connection", "failed", str(error))


def _kept(settings: Settings) -> Finding | None:
    """What was read while Snowflake was away and is not stored yet, if anything."""
    from cs_assets.gong.kept_answers import KeptAnswers

    kept = KeptAnswers(settings.home.gong_kept)
    since = kept.oldest()
    if since is None:
        return None
    told = ", ".join(f"{n} x {kind}" for kind, n in kept.counts().items())
    return Finding(
        "kept answers",
        "warning",
        f"{told}, read from Gong since {since:%Y-%m-%d %H:%M} UTC, wait for Snowflake",
        "the next run that reaches it stores them",
    )


def _mail(settings: Settings) -> Finding:
    from resources.mail.choosing import choose_provider, sender_for

    provider = choose_provider(settings)
    if provider == "console":
        return Finding("mail", "ok", "console: mails stay in the outbox")
    detail = f"{provider}, from {sender_for(provider, settings)}"
    if settings.cs_assets_environment == "development" and not settings.delivery_allow_list:
        mend = "set DELIVERY_ALLOW_LIST, or CS_ASSETS_ENVIRONMENT=production"
        return Finding("mail", "warning", f"{detail}; nobody may be reached yet", mend)
    return Finding("mail", "ok", detail)


def _home(settings: Settings) -> Finding:
    """Whether the folder can be written; one that is not there yet is left to the first run."""
    root = settings.home.root.absolute()
    if root.is_dir() and os.access(root, os.R_OK | os.X_OK):
        if os.access(root, os.W_OK):
            return _open_to_others(root) or Finding("home", "ok", str(root))
        mend = "make it writable for runs, or name another with --home or CS_ASSETS_HOME"
        return Finding("home", "warning", f"{root} can be read only: nothing can be made", mend)
    if root.exists():
        what = "cannot be read" if root.is_dir() else "is no folder"
        mend = "name another with --home or CS_ASSETS_HOME"
        return Finding("home", "failed", f"the home folder {root} {what}", mend)
    above = next(folder for folder in root.parents if folder.exists())
    if above.is_dir() and os.access(above, os.W_OK):
        return Finding("home", "ok", f"{settings.home.root}, made by the first run")
    return Finding(
        "home",
        "failed",
        f"{settings.home.root} cannot be made in {above}",
        "name another with --home or CS_ASSETS_HOME",
    )


def _open_to_others(root: Path) -> Finding | None:
    mode = root.stat().st_mode & 0o777
    if not mode & 0o077:
        return None
    return Finding(
        "home", "warning", f"{root} is open to others ({mode:o})", "its owner should chmod 700 it"
    )


def _is_made(settings: Settings) -> bool:
    """Whether there is a warehouse to ask: opening an embedded one would make it."""
    return settings.cs_assets_warehouse == "snowflake" or settings.home.warehouse.exists()


def _warehouse(settings: Settings) -> Finding:
    if not _is_made(settings):
        return Finding("warehouse", "ok", "duckdb, made by the first run")
    with chosen_warehouse(settings).reading("doctor") as db:
        tables = len(db.query("doctor/tables"))
    return Finding("warehouse", "ok", f"{settings.cs_assets_warehouse}, {tables} tables")


def _ledgers(settings: Settings) -> Finding:
    """Whether the records of deliveries and of model calls can be read."""
    from cs_assets.sqlite_files import open_to_read

    files = [path for path in (settings.home.ledger, settings.home.ai_ledger) if path.exists()]
    for path in files:
        open_to_read(path).close()
    return Finding("ledgers", "ok", ", ".join(path.name for path in files) or "made when needed")


def _sources(settings: Settings) -> Finding:
    customers = 0
    if _is_made(settings):
        with chosen_warehouse(settings).reading("doctor") as db:
            customers = int(db.query("doctor/customers")["customers"].iloc[0])
    if customers:
        return Finding("source tables", "ok", counted(customers, "customer"))
    return Finding(
        "source tables",
        "warning",
        "no customers are loaded",
        f"put CSV files into {settings.home.sources} or run cs-assets demo",
    )


def _gong(settings: Settings) -> Finding:
    if settings.gong_loader:
        return _gong_landed(settings)
    if settings.gong_access_key or settings.gong_oauth_client_id:
        return _gong_answers(settings)
    if settings.gong_dir.is_dir() and files_of(settings.gong_dir, CALLS):
        return _gong_files(settings.gong_dir)
    return Finding(
        "gong",
        "warning",
        "neither an access key nor files of answers",
        "set GONG_ACCESS_KEY and GONG_ACCESS_KEY_SECRET, or GONG_EXPORT_DIR",
    )


def _gong_landed(settings: Settings) -> Finding:
    """Whether the tables of another loader can be read: its users are."""
    loader = str(settings.gong_loader)
    try:
        pages = list(LandedReader(chosen_warehouse(settings), settings).users())
    except CsAssetsError as error:
        return Finding("gong", "failed", str(error), "docs/gong.md tells what is read of a loader")
    users = sum(len(page.records) for page in pages)
    if not users:
        mend = f"let {loader} sync, or check GONG_LOADER_SCHEMA"
        return Finding("gong", "warning", f"{loader} has landed no user yet", mend)
    return Finding(
        "gong", "ok", f"tables of {loader} in {settings.gong_loader_schema}, {users} users"
    )


def _gong_files(folder: Path) -> Finding:
    """How many files of each kind there are, and which would be passed over."""
    counts = [(len(files_of(folder, kind)), kind[0]) for kind in (CALLS, TRANSCRIPTS, USERS)]
    detail = f"files in {folder}: " + ", ".join(f"{count} {name}" for count, name in counts)
    if passed := [path.name for path in unread(folder)]:
        names = ", ".join(passed[:3]) + ", …" * (len(passed) > 3)
        mend = "name them calls-extensive*, transcripts* or users*"
        return Finding("gong", "warning", f"{detail}; not read: {names}", mend)
    return Finding("gong", "ok", detail)


def _gong_answers(settings: Settings) -> Finding:
    """Ask the API for a page of users: one request of the day's budget."""
    from resources.gong.client import GongClient, Retries
    from resources.gong.errors import RateLimited
    from resources.gong.source import reader

    patience = min(settings.gong_patience_seconds, 5.0)
    patient = settings.model_copy(update={"gong_patience_seconds": patience})
    client = reader(patient, chosen_warehouse(settings))
    assert isinstance(client, GongClient)  # for there is a key
    client.retries = Retries(attempts=2)  # somebody waits
    try:
        page = next(client.users(), None)
    except RateLimited as error:
        return Finding("gong", "warning", str(error), "nothing to mend: reading goes on then")
    except CsAssetsError as error:
        return Finding("gong", "failed", str(error), "check GONG_BASE_URL, key and secret")
    finally:
        client.close()
    shown = len(page.records) if page else 0
    return Finding("gong", "ok", f"the API answers, {shown} users on its first page")


def _writer(settings: Settings) -> Finding:
    from resources.models.choosing import all_chosen

    try:
        texts, *others = all_chosen(settings).items()
    except UsageError as error:
        return Finding("writer", "failed", str(error), "set what it lacks, or choose another")
    told = [texts[1], *(f"{setting}={chosen}" for setting, chosen in others)]
    return Finding("writer", "ok", ", ".join(told))


def _slack(settings: Settings) -> Finding:
    from resources.slack.choice import choose_way

    way = choose_way(settings)
    if way == "bot":
        return _slack_answers(settings)
    if way == "webhook":
        from resources.slack.webhook import check_url

        assert settings.slack_webhook_url is not None
        check_url(settings.slack_webhook_url.get_secret_value().strip())
        return Finding("slack", "ok", "webhook set; it can only be tried by posting")
    return Finding("slack", "ok", "not set" + ("; summaries stay in the outbox" if way else ""))


def _slack_answers(settings: Settings) -> Finding:
    """Ask Slack whose token it is."""
    from slack_sdk import WebClient
    from slack_sdk.errors import SlackApiError

    assert settings.slack_bot_token is not None
    token = settings.slack_bot_token.get_secret_value().strip()
    client = WebClient(token, base_url=settings.slack_base_url, timeout=10, retry_handlers=[])
    try:
        answer = client.auth_test()
    except (SlackApiError, OSError) as error:
        said = "no answer"
        if isinstance(error, SlackApiError):
            said = redacted(error.response.get("error", "refused"), 100)
        return Finding("slack", "failed", f"bot token: {said}", "check SLACK_BOT_TOKEN")
    return Finding(
        "slack", "ok", f"bot {redacted(answer['user'], 80)} of {redacted(answer['team'], 80)}"
    )


def _dagster(settings: Settings) -> Finding:
    from cs_assets.definitions import build_defs

    definitions = build_defs(settings)
    graph = definitions.resolve_asset_graph()
    set_home = os.environ.get("DAGSTER_HOME")
    return Finding(
        "dagster",
        "ok",
        f"{len(graph.get_all_asset_keys())} assets"
        + (f", DAGSTER_HOME={set_home}" if set_home else ""),
    )


def _rhythms(settings: Settings) -> Finding:
    """When what runs by itself, as ``schedules.yaml`` says; the UI's switches count above it."""
    from schedules import rhythm

    found = rhythm.load(settings.cs_assets_config_dir)
    told = [
        f"{name.removesuffix('_schedule')} {one.cron} {one.zone}"
        + (" (on at first)" if one.enabled else "")
        for name, one in found.schedules.items()
    ]
    told += [
        f"{name} every {one.every_seconds} s" + (" (on at first)" if one.enabled else "")
        for name, one in found.sensors.items()
    ]
    return Finding("schedules", "ok", "; ".join(told))


def _runs(settings: Settings) -> Finding:
    """Whether the daemon lives, and which schedules and sensors are off, late or failing."""
    from cs_assets.commands.running import looked_at
    from resources.instance import health
    from schedules import rhythm

    name, home = "daemon", settings.home
    if not (home.dagster / "dagster.yaml").exists():
        return Finding(name, "ok", "has not run here yet", "cs-assets up starts it")
    if not os.access(home.dagster, os.W_OK):
        return Finding(name, "ok", "cannot be asked in a home that is read only")
    now, rhythms = dt.datetime.now(dt.UTC), rhythm.load(settings.cs_assets_config_dir)
    with looked_at(home) as instance:
        last = health.last_sign_of_life(instance)
        found = health.what_runs(
            instance,
            {name: (one.cron, one.zone, one.enabled) for name, one in rhythms.schedules.items()},
            {name: one.enabled for name, one in rhythms.sensors.items()},
            now,
        )
    return _of_daemon(last, now, {one.name: one.trouble for one in found if one.trouble})


def _of_daemon(last: dt.datetime | None, now: dt.datetime, troubles: Mapping[str, str]) -> Finding:
    """The finding of a daemon last seen at ``last``, and what is off, late or failing."""
    from resources.instance.health import SILENT_AFTER

    told = {
        kind: ", ".join(name for name, of in troubles.items() if of == kind)
        for kind in ("failing", "late", "off")
    }
    detail = "; ".join(f"{kind}: {names}" for kind, names in told.items() if names)
    if last is None:
        return Finding("daemon", "ok", "has not run here yet", "cs-assets up starts it")
    if now - last >= SILENT_AFTER:
        said = f"silent since {last:%Y-%m-%d %H:%M} UTC: no schedule or sensor runs; {detail}"
        return Finding("daemon", "warning", said, "start it: cs-assets up, or its service")
    detail = f"seen {(now - last).total_seconds():.0f} s ago" + (f"; {detail}" if detail else "")
    if told["failing"] or told["late"]:
        mend = "open it under Automation in the UI: its last tick says why"
        return Finding("daemon", "warning", detail, mend)
    mend = "switch them on under Automation in the UI" if told["off"] else ""
    return Finding("daemon", "ok", detail, mend)


_CHECKS: tuple[tuple[str, Callable[[Settings], Finding]], ...] = (
    ("warehouse", _warehouse),
    ("source tables", _sources),
    ("ledgers", _ledgers),
    ("gong", _gong),
    ("writer", _writer),
    ("mail", _mail),
    ("slack", _slack),
    ("dagster", _dagster),
    ("schedules", _rhythms),
    ("daemon", _runs),
)


#: Blank columns below a finding's mark and name.
_INDENT = "\n" + " " * 19


def _line(finding: Finding, width: int) -> str:
    """The finding, and how to mend it: beside it where there is room, else below."""
    mark = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "failed": "[red]✗[/]"}[finding.verdict]
    lines = [""]
    for part in finding.detail.split("; "):  # none is broken, so that it can be copied
        said = f"{lines[-1]}; {part}".removeprefix("; ")
        has_room = len(said) + len(_INDENT) <= width
        lines[-1:] = [said] if has_room or not lines[-1] else [f"{lines[-1]};", part]
    has_room = len(lines[-1]) + len(finding.mend) + len(_INDENT) + 2 <= width
    between = " " if has_room else _INDENT
    mend = f"{between}[dim]→ {escape(finding.mend)}[/]" if finding.mend else ""
    return f"{mark} {finding.check:<16} {escape(_INDENT.join(lines))}{mend}"

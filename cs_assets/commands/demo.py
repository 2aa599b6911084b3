"""The commands ``demo`` and ``run week``: prepare a home, run the cycle, say what was made."""

import datetime as dt
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rich.markup import escape
from rich.table import Table

from cs_assets.commands.console import Console
from cs_assets.commands.offline import forget_providers
from cs_assets.commands.terminal import echo_json
from cs_assets.commands.week_given import check_week, day_of
from cs_assets.commands.weekly_cycle import PARTS, CycleReport, run_cycle
from cs_assets.errors import UsageError
from cs_assets.gong.parse_pages import take_calls
from cs_assets.partitions import last_full_week
from cs_assets.progress import Progress
from cs_assets.sample.clock import REPORTED_WEEK, weeks_later
from cs_assets.sources.assets import asset_name
from resources import remembered
from resources.gong.export import CALLS, files_of, unread
from resources.gong.source import GongSource, Window
from resources.home import Home
from resources.settings import Settings
from resources.warehouse import Warehouse
from resources.warehouse_choice import warehouse

#: Runs started by a person for a week long past may deliver: the late guard is told so.
DELIVER_LATE = {"cs_assets/allow_late": "true"}
_CREDENTIALS = ("GONG_ACCESS_KEY", "GONG_OAUTH_", "GONG_LOADER")


def demo(
    gong: Path | None,
    data: Path | None,
    week: str | None,
    *,
    today: str | None = None,
    with_providers: bool = False,
) -> int:
    """Run the cycle on the sample tenant, or on the user's folders; returns the exit status.

    With ``today`` (a date) the sample tenant is moved: it ends on the last Sunday before.

    Nothing leaves the machine, whatever keys the environment holds, unless ``with_providers``.
    """
    forgotten = [] if with_providers else forget_providers()
    _forget_gong()
    moved_by = _weeks_later(today, own_files=gong is not None or data is not None)
    _refuse_mixture(Settings.load().home, own=data is not None)
    week = _check_what_was_asked(gong, data, week)
    from cs_assets.sample.calls.gong_files import write_gong
    from cs_assets.sample.tables import write_sources

    progress = Progress(Console(markup=True))
    home = Settings.load().home.ensure()
    if data is None and os.environ.get("CS_ASSETS_SOURCES_DIR"):
        # The sample is never written over one's own files.
        del os.environ["CS_ASSETS_SOURCES_DIR"]
        forgotten.append("CS_ASSETS_SOURCES_DIR")
        home = Settings.load().home
    if forgotten:
        told = f"Not used: {', '.join(forgotten)} (--with-providers uses them)"
        progress.console.print(told, markup=False, highlight=False, soft_wrap=True)
    if data is None:
        with progress.step("Sample data"):
            write_sources(home.root / "sources", moved_by)
            if gong is None:
                write_gong(home.gong_export, moved_by)
    _remember(home, gong, data)
    if gong is not None and (passed := unread(gong)):
        names = ", ".join(path.name for path in passed)
        progress.warn(f"not read: {names}; names begin with calls-extensive, transcripts or users")
    return run_week(Settings.load(), progress, week)


def _remember(home: Home, gong: Path | None, data: Path | None) -> None:
    """Let the home know its files, so that every later command and schedule reads them."""
    known = remembered.read(home.root)
    said = str(gong.absolute()) if gong else known.gong if data is not None else None
    own = data is not None
    sources = str(data.absolute()) if data is not None else None
    remember = remembered.Remembered("own" if own else "sample", sources, said)
    remembered.remember(home.root, remember)


def _refuse_mixture(home: Home, *, own: bool) -> None:
    """A home holds one company: the sample one or the user's own."""
    company = remembered.read(home.root).company
    if company is None and (home.root / "sources" / "customers.csv").is_file():
        company = "sample"  # as demos of earlier versions left it
    if own and company == "sample":
        raise UsageError(
            f"the home {home.root} holds the sample company; give your own data a home of its "
            "own: cs-assets --home FOLDER demo --data ..."
        )
    if not own and company == "own":
        raise UsageError(
            f"the home {home.root} holds your own data; give the sample company another: "
            "cs-assets --home FOLDER demo"
        )


def _weeks_later(today: str | None, *, own_files: bool) -> int:
    """Weeks by which the sample is moved; refuses a day on which its last week has no partition."""
    if today is None:
        return 0
    if own_files:
        raise UsageError("--today moves the sample company: leave --gong and --data out")
    weeks = weeks_later(day_of(today, "--today"))
    try:
        check_week((REPORTED_WEEK + dt.timedelta(weeks=weeks)).isoformat(), current_day())
    except UsageError as error:
        raise UsageError(f"--today {today}: {error}") from None
    return weeks


def _forget_gong() -> None:
    """A demo reads files, the user's or the sample's, also where keys of a Gong account are set."""
    for name in [name for name in os.environ if name.upper().startswith(_CREDENTIALS)]:
        del os.environ[name]


def _check_what_was_asked(gong: Path | None, data: Path | None, week: str | None) -> str | None:
    """Refuse what cannot be before anything is made; the week, when it is known by now."""
    if week is not None:
        check_week(week, current_day())
    if data is not None:
        from resources.sources.files import check_folder

        os.environ["CS_ASSETS_SOURCES_DIR"] = str(_folder(data, "--data"))
        check_folder(data).refuse_bad()
    if gong is not None:
        os.environ["GONG_EXPORT_DIR"] = str(_folder(gong, "--gong"))
        settings = Settings.load()
        source = GongSource(settings=settings, warehouse=warehouse(settings))
        return week or latest_week(settings, source)
    return week


def weekly(week: str | None, only: Sequence[str] = (), *, as_json: bool = False) -> int:
    """Run the cycle on what the home and the settings hold; returns the exit status."""
    if week is not None:
        check_week(week, current_day())
    settings = Settings.load()
    settings.home.ensure()
    progress = Progress(Console(markup=True, stderr=as_json))
    return run_week(settings, progress, week, only, as_json=as_json)


def _folder(path: Path, option: str) -> Path:
    if not path.is_dir():
        raise UsageError(f"{option} {path}: there is no such folder")
    return path.absolute()


def run_week(
    settings: Settings,
    progress: Progress,
    week: str | None,
    only: Sequence[str] = (),
    *,
    as_json: bool = False,
) -> int:
    """Run the cycle of a week, or the parts that are asked for; returns the exit status."""
    from cs_assets.commands.running import instance_of
    from cs_assets.definitions import build_defs
    from cs_assets.routing.batches import plan_batch

    started = time.monotonic()
    definitions = build_defs(settings)
    resources = dict(definitions.resources or {})
    reads_calls = has_calls(settings)
    chosen = check_week(week or latest_week(settings, resources["gong"]), current_day())
    with instance_of(settings.home, progress.warn) as instance:
        report = run_cycle(
            definitions,
            instance,
            chosen,
            progress,
            lambda: plan_batch(resources["warehouse"], _now()),
            tags=DELIVER_LATE,
            parts=only or PARTS,
            lacks=lambda so_far, part: _lacks(so_far, part, settings, reads_calls),
            reads_calls=reads_calls,
            after_history=lambda: _sample_deeds(settings, resources["warehouse"], chosen),
        )
    if as_json:
        echo_json({**counts(report), "seconds": round(time.monotonic() - started, 1)})
        return 0 if report.succeeded else 1
    with resources["warehouse"].session("what waits") as db:
        waiting = len(db.query("routing/to_decide"))
        aside = int(db.query("gong/open_dead_letters")["records"].sum())
    _tell(progress.console, settings.home, report, _Waiting(waiting, aside))
    return 0 if report.succeeded and len(report.left_out) < len(only or PARTS) else 1


def _sample_deeds(settings: Settings, warehouse: Warehouse, week: str) -> None:
    """Note what the sample company's CSMs did with last week's advice; of one's own, nothing."""
    if remembered.read(settings.home.root).company != "sample":
        return
    import pandas as pd

    from cs_assets.customers.follow_up import actions
    from cs_assets.frames import records
    from cs_assets.sample.deeds import deeds

    before = dt.date.fromisoformat(week) - dt.timedelta(weeks=1)
    with warehouse.session("sample deeds") as db:
        rows = [
            actions.event_row(
                advised, deed.state, note=deed.note, by=str(advised["action_owner"]), at=deed.at,
                owner=advised["action_owner"],
            )
            for advised in records(db.query("customers/advice_of_week", [before]))
            if isinstance(advised["action_owner"], str)
            for deed in deeds(advised["customer_id"], advised["next_action_code"], before)
        ]  # fmt: skip
        if rows:
            db.merge(actions.TABLE, pd.DataFrame(rows))


def has_calls(settings: Settings) -> bool:
    """Whether there is an account of Gong, or a folder of its answers, to read calls from."""
    live = settings.gong_loader or settings.gong_access_key or settings.gong_oauth_client_id
    if live or settings.gong_export_dir:
        return True
    return settings.gong_dir.is_dir() and bool(files_of(settings.gong_dir, CALLS))


def _lacks(report: CycleReport, part: str, settings: Settings, reads_calls: bool) -> str:
    """What a part cannot be made without, in words."""
    if part == "digests" and not reads_calls:
        return "there are no calls: name a folder with --gong, or set GONG_ACCESS_KEY"
    from resources.sources.purposes import needed

    rows = {
        name: report.metadata(asset_name(name)).get("dagster/row_count") for name in needed(part)
    }
    gone = [name for name, count in rows.items() if count == 0]
    where = settings.home.sources if settings.cs_assets_warehouse == "duckdb" else "the views"
    return f"{where} has no rows of {', '.join(gone)}" if gone else ""


def counts(report: CycleReport) -> dict[str, Any]:
    """What a cycle came to, for programs: reps, reports, mails sent, held and failed."""
    mails = [report.metadata(asset) for asset in _MAILS]
    made = {"reports": "weekly_report_pdfs", "reps": "rep_digests", "calls": "call_analysis"}
    return {
        "week": report.week,
        "succeeded": report.succeeded,
        "left_out": report.left_out,
        **{
            what: int(report.metadata(asset).get("dagster/partition_row_count") or 0)
            for what, asset in made.items()
        },
        **{
            state: sum(int(told.get(state) or 0) for told in mails)
            for state in ("sent", *_KEPT_BACK, *_OF_A_PERSON)
        },
        "failed_steps": sorted({step for run in report.runs for step in run.failed}),
        "failed_checks": sorted({check for run in report.runs for check in run.failed_checks}),
    }


def latest_week(settings: Settings, gong: GongSource) -> str:
    """The Monday of the week to report when none is named.

    With an API key or a loader that is the last full week; of files of answers it is the week
    of the latest call, because they may be old, but no week that is not over.
    """
    last_full = last_full_week(dt.datetime.now(dt.UTC))
    if settings.gong_access_key or settings.gong_loader:
        return last_full
    ever = Window(dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime.now(dt.UTC))
    if not has_calls(settings):
        return last_full
    calls = take_calls(gong.calls(ever)).rows
    if not calls:
        raise UsageError(f"{settings.gong_dir} holds no call; name a week with --week")
    latest: dt.date = max(call["call_date"] for call in calls)
    return min((latest - dt.timedelta(days=latest.weekday())).isoformat(), last_full)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def current_day() -> dt.date:
    return _now().date()


class _Waiting(NamedTuple):
    """What waits in this home, of this cycle or an earlier one."""

    for_a_person: int
    set_aside: int


def _tell(console: Console, home: Home, report: CycleReport, waiting: _Waiting) -> None:
    """What was made, how many, and where below the home folder it lies."""
    table = Table(title=f"Week of {report.week}", title_justify="left", header_style="bold")
    table.add_column("What", no_wrap=True)
    table.add_column("Count", justify="right", no_wrap=True)
    table.add_column("Where", overflow="fold")
    for row in _made(home, report, waiting):
        table.add_row(*row)
    console.print(table)
    console.print(f"Everything is in {home.root}", markup=False, highlight=False, soft_wrap=True)
    for run in report.runs:
        for check in run.failed_checks:
            why = run.why_failed.get(check) or "see it in the Dagster UI"
            said = f"check {check} did not pass: {why}"
            console.print(f"[yellow]![/] {escape(said)}", highlight=False)
    is_usual = home.root == Path(".cs_assets").absolute()
    up = "make up" if is_usual else f"cs-assets --home {home.root} up"
    console.print(f"See it in the Dagster UI: [bold]{escape(up)}[/], then http://127.0.0.1:3000")


_MAILS = {
    "book_deliveries": "Books sent",
    "weekly_report_deliveries": "Single reviews sent",
    "customer_alert_deliveries": "Alerts sent",
    "rep_digest_deliveries": "Digests sent",
    "team_summary_delivery": "Team summaries sent",
}
#: What did not go out, by its state, and how the closing table calls it.
_OF_A_PERSON = {"failed": "failed", "unknown": "unclear", "waiting": "waiting"}
_KEPT_BACK = ("held", "cancelled")


def _made(home: Home, report: CycleReport, waiting: _Waiting) -> list[tuple[str, str, str]]:
    made = {
        "call_analysis": ("Calls analysed", "analytics.call_analysis"),
        "weekly_report_pdfs": ("Review PDFs", _below(home, home.reports(report.week))),
        "rep_digests": ("Coaching digests", _below(home, home.digests(report.week))),
        "routing_assignments": ("Accounts assigned", "analytics.account_csm_assignments"),
    }
    rows = []
    for asset, (what, where) in made.items():
        count = report.metadata(asset).get("dagster/partition_row_count")
        rows.append((what, "no new ones" if count is None else str(count), where))
    if waiting.for_a_person:
        rows.append(
            ("Accounts for a person", str(waiting.for_a_person), "cs-assets route --to-decide")
        )
    if waiting.set_aside:
        rows.append(
            ("Gong records set aside", str(waiting.set_aside), "cs-assets gong dead-letters")
        )
    for asset, what in _MAILS.items():
        told = report.metadata(asset)
        rows.append((what, _sent(told), _for_the_rest(told) or _below(home, home.outbox)))
    rows.append(("Warehouse", "", _below(home, home.warehouse)))
    return rows


def _below(home: Home, path: Path) -> str:
    return str(path.relative_to(home.root))


def _sent(metadata: dict[str, Any]) -> str:
    """How many went out now, and what became of the others."""
    if "sent" not in metadata:
        return "none"
    others = [
        f"{metadata[name]} {words}"
        for name, words in (
            ("sent_before", "before"),
            *((state, state) for state in _KEPT_BACK),
            *_OF_A_PERSON.items(),
        )
        if metadata.get(name)
    ]
    return ", ".join([str(metadata["sent"]), *others])


def _for_the_rest(metadata: dict[str, Any]) -> str | None:
    """The command that lists what did not go out, if anything did not."""
    state = next((name for name in (*_OF_A_PERSON, *_KEPT_BACK) if metadata.get(name)), None)
    return f"cs-assets deliveries list --state {state}" if state else None

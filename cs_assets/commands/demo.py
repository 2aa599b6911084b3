"""The commands ``demo`` and ``run weekly``: prepare a home, run the cycle, say what was made."""

import datetime as dt
import os
from pathlib import Path
from typing import Any, NamedTuple

from rich.markup import escape
from rich.table import Table

from cs_assets.commands.console import Console
from cs_assets.commands.offline import forget_providers
from cs_assets.commands.weekly_cycle import CycleReport, check_week, run_cycle
from cs_assets.errors import UsageError
from cs_assets.gong.parse_pages import take_calls
from cs_assets.partitions import last_full_week
from cs_assets.progress import Progress
from cs_assets.sample.clock import REPORTED_WEEK, weeks_later
from resources.gong.export import unread
from resources.gong.source import GongSource, Window
from resources.home import Home
from resources.settings import Settings

#: Runs started by a person for a week long past may deliver: the late guard is told so.
DELIVER_LATE = {"cs_assets/allow_late": "true"}
_CREDENTIALS = ("GONG_ACCESS_KEY", "GONG_OAUTH_")


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
    week = _check_what_was_asked(gong, data, week)
    from cs_assets.sample.calls.gong_files import write_gong
    from cs_assets.sample.tables import write_sources

    progress = Progress(Console(markup=True))
    settings = Settings.load()
    home = settings.home.ensure()
    if forgotten:
        told = f"Not used: {', '.join(forgotten)} (--with-providers uses them)"
        progress.console.print(told, markup=False, highlight=False, soft_wrap=True)
    with progress.step("Sample data"):
        if data is None:
            write_sources(home.sources, moved_by)
        if gong is None:
            write_gong(home.gong_export, moved_by)
    if gong is not None and (passed := unread(gong)):
        names = ", ".join(path.name for path in passed)
        progress.warn(f"not read: {names}; names begin with calls-extensive, transcripts or users")
    status = _cycle(settings, progress, week)
    if gong is not None:
        told = f"Other commands read these calls with GONG_EXPORT_DIR={settings.gong_dir}"
        progress.console.print(told, markup=False, highlight=False, soft_wrap=True)
    return status


def _weeks_later(today: str | None, *, own_files: bool) -> int:
    """Weeks by which the sample is moved; refuses a day on which its last week has no partition."""
    if today is None:
        return 0
    if own_files:
        raise UsageError("--today moves the sample company: leave --gong and --data out")
    try:
        day = dt.date.fromisoformat(today)
    except ValueError:
        raise UsageError(f"--today {today} is no date; give it as YYYY-MM-DD") from None
    weeks = weeks_later(day)
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
        return week or latest_week(settings, GongSource(settings=settings))
    return week


def weekly(week: str | None) -> int:
    """Run the cycle on what the home and the settings hold; returns the exit status."""
    if week is not None:
        check_week(week, current_day())
    settings = Settings.load()
    settings.home.ensure()
    return _cycle(settings, Progress(Console(markup=True)), week)


def _folder(path: Path, option: str) -> Path:
    if not path.is_dir():
        raise UsageError(f"{option} {path}: there is no such folder")
    return path.absolute()


def _cycle(settings: Settings, progress: Progress, week: str | None) -> int:
    from cs_assets.commands.running import instance_of
    from cs_assets.definitions import build_defs
    from cs_assets.routing.batches import plan_batch

    definitions = build_defs(settings)
    resources = dict(definitions.resources or {})
    chosen = check_week(week or latest_week(settings, resources["gong"]), current_day())
    with instance_of(settings.home, progress.warn) as instance:
        report = run_cycle(
            definitions,
            instance,
            chosen,
            progress,
            lambda: plan_batch(resources["warehouse"], _now()),
            tags=DELIVER_LATE,
        )
    with resources["warehouse"].session("what waits") as db:
        waiting = len(db.query("routing/to_decide"))
        aside = int(db.query("gong/open_dead_letters")["records"].sum())
    _tell(progress.console, settings.home, report, _Waiting(waiting, aside))
    return 0 if report.succeeded else 1


def latest_week(settings: Settings, gong: GongSource) -> str:
    """The Monday of the week to report when none is named.

    With an API key that is the last full week; of files of answers it is the week
    of the latest call, because they may be old, but no week that is not over.
    """
    last_full = last_full_week(dt.datetime.now(dt.UTC))
    if settings.gong_access_key:
        return last_full
    ever = Window(dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime.now(dt.UTC))
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
    console.print("See it in the Dagster UI: [bold]make up[/], then http://127.0.0.1:3000")


#: What did not go out, by its state, and how the closing table calls it.
_OF_A_PERSON = {"failed": "failed", "unknown": "unclear", "waiting": "waiting"}


def _made(home: Home, report: CycleReport, waiting: _Waiting) -> list[tuple[str, str, str]]:
    made = {
        "call_analysis": ("Calls analysed", "analytics.call_analysis"),
        "weekly_report_pdfs": ("Review PDFs", _below(home, home.reports(report.week))),
        "rep_digests": ("Coaching digests", _below(home, home.digests(report.week))),
        "routing_assignments": ("Accounts assigned", "analytics.account_csm_assignments"),
    }
    mails = {
        "book_deliveries": "Books sent",
        "weekly_report_deliveries": "Single reviews sent",
        "rep_digest_deliveries": "Digests sent",
        "team_summary_delivery": "Team summaries sent",
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
    for asset, what in mails.items():
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
        for name, words in (("sent_before", "before"), ("held", "held"), *_OF_A_PERSON.items())
        if metadata.get(name)
    ]
    return ", ".join([str(metadata["sent"]), *others])


def _for_the_rest(metadata: dict[str, Any]) -> str | None:
    """The command that lists what did not go out, if anything did not."""
    state = next((name for name in _OF_A_PERSON if metadata.get(name)), None)
    return f"cs-assets deliveries list --state {state}" if state else None

"""One weekly cycle from source files to mails: what ``demo`` and ``run weekly`` do.

Each step is a job of the platform, run in this process on the home's Dagster
instance, so that the UI shows the same runs afterwards.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from cs_assets.commands.running import RunReport, run_job, weeks_before
from cs_assets.errors import UsageError
from cs_assets.partitions import ROUTING_BATCHES, weeks
from cs_assets.progress import Progress
from cs_assets.sources.assets import DOUBTS

#: Weeks of calls and metrics made before the reported one, so that trends have a past.
HISTORY_WEEKS = 5

PlanBatch = Callable[[], str | None]


@dataclass
class CycleReport:
    """Every run of the cycle, in order."""

    week: str
    runs: list[RunReport] = field(default_factory=list)

    @property
    def succeeded(self) -> bool:
        return all(run.succeeded for run in self.runs)

    def metadata(self, asset: str) -> dict[str, Any]:
        """Metadata of the last materialisation of ``asset`` in this cycle."""
        for run in reversed(self.runs):
            if asset in run.metadata:
                return run.metadata[asset]
        return {}


class UnknownWeek(UsageError):
    """A week that no partition stands for."""


def check_week(text: str, today: dt.date) -> str:
    """The partition key of a week given by a person; raises ``UnknownWeek``."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise UnknownWeek(f"week '{text}' is no date; give its Monday as YYYY-MM-DD") from None
    if day.weekday() != 0:
        monday = day - dt.timedelta(days=day.weekday())
        raise UnknownWeek(f"week {text} does not start on a Monday; did you mean {monday}?")
    first = weeks.get_first_partition_key()
    if first is None or text < first:
        raise UnknownWeek(f"week {text} is before the first week {first} (CS_ASSETS_START_WEEK)")
    if day + dt.timedelta(days=7) > today:
        raise UnknownWeek(f"week {text} is not over yet; the last full week is the latest one")
    return text


@dataclass(frozen=True)
class _Step:
    """One job of the cycle; it is not run when one that it needs has failed."""

    title: str
    job: str
    partition: str | None = None
    last_partition: str | None = None
    needs: tuple[str, ...] = ()


def run_cycle(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    week: str,
    progress: Progress,
    plan_batch: PlanBatch,
    *,
    history_weeks: int = HISTORY_WEEKS,
    tags: dict[str, str] | None = None,
) -> CycleReport:
    """Run every job of the week in order.

    A failed job is told and does not stop those that do not need it; those that do
    are not run, so that nothing is written or sent on missing data.
    """
    report = CycleReport(week)
    failed: dict[str, str] = {}

    def run(step: _Step) -> None:
        if missing := [failed[name] for name in step.needs if name in failed]:
            progress.warn(f"{step.title}: not run, because {missing[0]} failed")
            done = RunReport(step.job, step.partition or "", succeeded=False)
        else:
            done = _run_step(step, definitions, instance, progress, tags)
        if not done.succeeded:
            failed[step.job] = step.title
        report.runs.append(done)

    before, after = _steps(week, history_weeks)
    for step in before:
        run(step)
    batch = None if "load_sources_job" in failed else plan_batch()
    if batch is not None:
        instance.add_dynamic_partitions(ROUTING_BATCHES, [batch])
        run(_Step("Routing of new accounts", "routing_job", batch))
    for step in after:
        run(step)
    return report


def _steps(week: str, history_weeks: int) -> tuple[list[_Step], list[_Step]]:
    """The jobs before and after routing."""
    monday = dt.date.fromisoformat(week)
    sunday = (monday + dt.timedelta(days=6)).isoformat()
    earliest = weeks_before(monday, history_weeks)
    first = max(earliest, weeks.get_first_partition_key() or earliest)
    sources, calls = ("load_sources_job",), ("load_sources_job", "calls_job")
    before = [
        _Step("Source tables", "load_sources_job"),
        _Step("Calls, transcripts, scores", "calls_job", first, sunday, sources),
    ]
    if first < week:
        last = weeks_before(monday, 1)
        before += [
            _Step("Customer history", "customers_job", first, last, calls),
            _Step("Rep history", "coaching_history_job", first, last, calls),
        ]
    after = [
        _Step("Executive reviews", "weekly_reviews_job", week, None, (*calls, "customers_job")),
        _Step("Coaching digests", "weekly_coaching_job", week, None, calls),
    ]
    return before, after


def _run_step(
    step: _Step,
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    progress: Progress,
    tags: dict[str, str] | None,
) -> RunReport:
    with progress.step(step.title):
        run = run_job(
            definitions,
            instance,
            step.job,
            partition=step.partition,
            last_partition=step.last_partition,
            tags=tags,
            on_start=progress.detail,
            on_wait=progress.warn,
        )
        if not run.succeeded:
            progress.failed()
    for told in run.metadata.values():
        for doubt in str(told.get(DOUBTS, "")).splitlines():
            progress.warn(doubt)
    for asset, reason in run.failed.items():
        progress.warn(f"{asset}: {reason}")
    return run

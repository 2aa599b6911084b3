"""One weekly cycle from source files to mails: what ``demo`` and ``run weekly`` do.

Each step is a job of the platform, run in this process on the home's Dagster
instance, so that the UI shows the same runs afterwards.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from cs_assets.partitions import ROUTING_BATCHES, weeks
from cs_assets.progress import Progress
from cs_assets.running import RunReport, run_job, weeks_before

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


class UnknownWeek(ValueError):
    """A week that no partition stands for."""

    exit_status = 2


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
    """Run every job of the week in order; a failed job is told and does not stop the others."""
    report = CycleReport(week)
    monday = dt.date.fromisoformat(week)
    sunday = (monday + dt.timedelta(days=6)).isoformat()
    earliest = weeks_before(monday, history_weeks)
    first_week = max(earliest, weeks.get_first_partition_key() or earliest)

    def job(title: str, name: str, **arguments: Any) -> None:
        with progress.step(title):
            run = run_job(
                definitions,
                instance,
                name,
                tags=tags,
                on_start=progress.detail,
                **arguments,
            )
            if not run.succeeded:
                progress.failed()
        for asset, reason in run.failed.items():
            progress.warn(f"{asset}: {reason}")
        report.runs.append(run)

    job("Source tables", "load_sources_job")
    job("Calls, transcripts, scores", "calls_job", partition=first_week, last_partition=sunday)
    if first_week < week:
        before = weeks_before(monday, 1)
        job("Customer history", "customers_job", partition=first_week, last_partition=before)
        job("Rep history", "coaching_history_job", partition=first_week, last_partition=before)
    batch = plan_batch()
    if batch is not None:
        instance.add_dynamic_partitions(ROUTING_BATCHES, [batch])
        job("Routing of new accounts", "routing_job", partition=batch)
    job("Executive reviews", "weekly_reviews_job", partition=week)
    job("Coaching digests", "weekly_coaching_job", partition=week)
    return report

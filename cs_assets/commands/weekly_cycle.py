"""One weekly cycle from source files to mails: what ``demo`` and ``run week`` do.

Each step is a job of the platform, run in this process on the home's Dagster
instance, so that the UI shows the same runs afterwards.
"""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from cs_assets.commands.running import RunReport, run_job, weeks_before
from cs_assets.partitions import ROUTING_BATCHES, weeks
from cs_assets.progress import Progress

#: Weeks of calls and metrics made before the reported one, so that trends have a past.
HISTORY_WEEKS = 5

PlanBatch = Callable[[], str | None]

#: What a cycle makes; ``--only`` names one of them.
PARTS = ("reviews", "digests", "routing")


@dataclass
class CycleReport:
    """Every run of the cycle, in order."""

    week: str
    runs: list[RunReport] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    """By part that was not made: what it lacks."""

    @property
    def succeeded(self) -> bool:
        return all(run.succeeded for run in self.runs)

    def metadata(self, asset: str) -> dict[str, Any]:
        """Metadata of the last materialisation of ``asset`` in this cycle."""
        for run in reversed(self.runs):
            if asset in run.metadata:
                return run.metadata[asset]
        return {}


#: What a part cannot be made without, by the runs so far; empty where nothing is missing.
Lacks = Callable[[CycleReport, str], str]


@dataclass(frozen=True)
class _Step:
    """One job of the cycle; it is not run when one that it needs has failed."""

    title: str
    job: str
    partition: str | None = None
    last_partition: str | None = None
    needs: tuple[str, ...] = ()
    parts: frozenset[str] = frozenset()
    """What is made with it; it is not run where none of them is asked for."""


def run_cycle(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    week: str,
    progress: Progress,
    plan_batch: PlanBatch,
    *,
    history_weeks: int = HISTORY_WEEKS,
    tags: dict[str, str] | None = None,
    parts: Collection[str] = PARTS,
    lacks: Lacks = lambda report, part: "",
    reads_calls: bool = True,
    after_history: Callable[[], None] | None = None,
) -> CycleReport:
    """Run every job of the week in order, as far as ``parts`` need it.

    ``lacks`` says of a part, once the sources are loaded, what is missing to make it at all.
    Without ``reads_calls`` there are none to read, and nothing that is made of calls alone.
    ``after_history`` is called once the weeks before are made: what people did then.

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

    run(_Step("Source tables", "load_sources_job"))
    loaded = "load_sources_job" not in failed
    for part in parts:
        if loaded and (missing := lacks(report, part)):
            report.left_out[part] = missing
            progress.warn(f"{part.capitalize()}: not made, {missing}")
    wanted = set(parts) - set(report.left_out)
    before, after = _steps(week, history_weeks, reads_calls)
    for step in (step for step in before if step.parts & wanted):
        run(step)
    if after_history is not None and "customers_job" not in failed and "reviews" in wanted:
        after_history()
    batch = plan_batch() if loaded and "routing" in wanted else None
    if batch is not None:
        instance.add_dynamic_partitions(ROUTING_BATCHES, [batch])
        run(_Step("Routing of new accounts", "routing_job", batch))
    for step in (step for step in after if step.parts & wanted):
        run(step)
    return report


def _steps(week: str, history_weeks: int, reads_calls: bool) -> tuple[list[_Step], list[_Step]]:
    """The jobs before and after routing, once the sources are loaded."""
    monday = dt.date.fromisoformat(week)
    sunday = (monday + dt.timedelta(days=6)).isoformat()
    earliest = weeks_before(monday, history_weeks)
    first = max(earliest, weeks.get_first_partition_key() or earliest)
    sources = ("load_sources_job",)
    calls = (*sources, "calls_job") if reads_calls else sources
    reviews, digests = frozenset({"reviews"}), frozenset({"digests"})
    before = []
    if reads_calls:
        title = "Calls, transcripts, scores"
        before.append(_Step(title, "calls_job", first, sunday, sources, reviews | digests))
    if first < week:
        last = weeks_before(monday, 1)
        before += [
            _Step("Customer history", "customers_job", first, last, calls, reviews),
            _Step("Rep history", "coaching_history_job", first, last, calls, digests),
        ]
    title, job = "Executive reviews", "weekly_reviews_job"
    after = [
        _Step(title, job, week, None, (*calls, "customers_job"), reviews),
        _Step("Coaching digests", "weekly_coaching_job", week, None, calls, digests),
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
            on_warning=progress.warn,
        )
        if not run.succeeded:
            progress.failed()
    for asset, reason in run.failed.items():
        progress.warn(f"{asset}: {reason}")
    return run

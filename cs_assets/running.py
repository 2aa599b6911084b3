"""Runs jobs in this process, on the Dagster instance of a home, and tells what happens.

The command line uses it; the Dagster UI later shows the same runs.
"""

import datetime as dt
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import dagster as dg

from resources.files import write_atomically
from resources.home import Home


#: The event log keeps everything; the terminal shows our own progress instead.
_QUIET = {"console": {"config": {"log_level": "CRITICAL"}}}


@dataclass(frozen=True)
class StepEvent:
    """One thing that happened to one asset in a run."""

    asset: str
    kind: str  # started, succeeded, failed, skipped
    detail: str = ""


@dataclass
class RunReport:
    """What one run came to: assets done, failed with reason, and checks that did not pass."""

    job: str
    partition: str
    succeeded: bool = True
    made: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    failed_checks: list[str] = field(default_factory=list)
    metadata: dict[str, dict[str, Any]] = field(default_factory=dict)


@contextmanager
def instance_of(home: Home) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance kept in ``home``, with the project's dagster.yaml."""
    prepare_instance(home)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    with dg.DagsterInstance.get() as instance:
        yield instance


def prepare_instance(home: Home) -> None:
    """Put the project's dagster.yaml in place unless the user has one."""
    target = home.dagster / "dagster.yaml"
    if not target.exists():
        text = files("cs_assets").joinpath("config", "dagster.yaml").read_bytes()
        write_atomically(target, text)


def run_job(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    job: str,
    *,
    partition: str | None = None,
    last_partition: str | None = None,
    run_config: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    on_event: Callable[[StepEvent], None] = lambda event: None,
) -> RunReport:
    """Run ``job`` for one partition, or for the range up to ``last_partition`` as one run."""
    all_tags = dict(tags or {})
    key = partition
    if last_partition is not None and last_partition != partition:
        all_tags["dagster/asset_partition_range_start"] = str(partition)
        all_tags["dagster/asset_partition_range_end"] = last_partition
        key = None
    name = partition if key else f"{partition}...{last_partition}"
    report = RunReport(job=job, partition=name or "")
    run_id = str(uuid.uuid4())
    instance.add_event_listener(run_id, lambda entry: _listen(entry, report, on_event))
    result = definitions.resolve_job_def(job).execute_in_process(
        instance=instance,
        partition_key=key,
        run_config={"loggers": _QUIET, **(run_config or {})},
        tags=all_tags,
        run_id=run_id,
        raise_on_error=False,
    )
    report.succeeded = result.success
    return report


def _listen(entry: Any, report: RunReport, on_event: Callable[[StepEvent], None]) -> None:
    event = entry.dagster_event
    if event is None or event.step_key is None:
        return
    step = event.step_key
    match event.event_type_value:
        case "STEP_START":
            on_event(StepEvent(step, "started"))
        case "STEP_SUCCESS":
            report.made.append(step)
            on_event(StepEvent(step, "succeeded"))
        case "STEP_SKIPPED":
            on_event(StepEvent(step, "skipped"))
        case "STEP_FAILURE":
            reason = _reason(event.event_specific_data)
            report.failed[step] = reason
            on_event(StepEvent(step, "failed", reason))
        case "ASSET_MATERIALIZATION":
            materialization = event.event_specific_data.materialization
            key = materialization.asset_key.to_user_string()
            report.metadata[key] = {k: v.value for k, v in materialization.metadata.items()}
        case "ASSET_CHECK_EVALUATION":
            evaluation = event.event_specific_data
            if not evaluation.passed:
                report.failed_checks.append(
                    f"{evaluation.asset_key.to_user_string()}: {evaluation.check_name}"
                )


def _reason(failure: Any) -> str:
    """The innermost error of a failed step, as one line."""
    error = getattr(failure, "error", None)
    while error is not None and error.cause is not None:
        error = error.cause
    return " ".join(str(error.message).split()) if error is not None else "failed"


def weeks_before(week: dt.date, count: int) -> str:
    """The Monday ``count`` weeks before ``week``."""
    return (week - dt.timedelta(weeks=count)).isoformat()

"""Runs jobs in this process, on the Dagster instance of a home, and tells what happens.

The command line uses it; the Dagster UI later shows the same runs.
"""

import datetime as dt
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from sqlalchemy.exc import DatabaseError

from cs_assets.commands.interrupts import interrupts_noticed
from cs_assets.disk import refusal_in
from cs_assets.progress import Progress
from cs_assets.progress_logger import PROGRESS_LOGGER, Listener, Tell, listener
from resources.files import write_atomically
from resources.home import Home
from resources.instance import run_owners, settings_file
from resources.instance.dead_runs import end_dead_runs
from resources.instance.making import damage_in
from resources.instance.pools import waits_told
from resources.private import keep_private
from resources.settings import Settings

#: The event log keeps everything; the terminal shows our own progress instead.
_QUIET: dict[str, Any] = {PROGRESS_LOGGER: {"config": {}}}


#: The instance as commands use it, made from dagster.yaml.
_COMMANDS = "commands.yaml"
_NO_CAPTURE = {
    "module": "dagster._core.storage.noop_compute_log_manager",
    "class": "NoOpComputeLogManager",
}

_TRANSCRIPTS = "gong_call_transcripts_raw"
#: Characters of a check's value that stands in a line.
_SHORT = 120
_WRAPPING = ("DagsterExecutionStepExecutionError", "RetryRequestedFromPolicy")


@dataclass
class RunReport:
    """What one run came to: assets done, failed with reason, and checks that did not pass."""

    job: str
    partition: str
    succeeded: bool = True
    made: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    failed_checks: list[str] = field(default_factory=list)
    why_failed: dict[str, str] = field(default_factory=dict)
    """By failed check: what it found, and where."""
    metadata: dict[str, dict[str, Any]] = field(default_factory=dict)


@contextmanager
def instance_of(home: Home, tell: Tell = lambda said: None) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance kept in ``home``, with its dagster.yaml, for runs in this process.

    Runs that died are ended first, so that nothing waits for them; ``tell`` is told of each.
    """
    keep_private(home.root)
    prepare_instance(home)
    _without_capture(home.dagster / "dagster.yaml", home.dagster / _COMMANDS)
    try:
        with dg.DagsterInstance.from_config(str(home.dagster), _COMMANDS) as instance:
            for dead in end_dead_runs(instance):
                tell(str(dead))
            yield instance
    except DatabaseError as error:
        if damage := damage_in(str(home.dagster)):
            raise damage from error
        raise


@contextmanager
def looked_at(home: Home) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance kept in ``home`` as it is, to look at: nothing is made or ended."""
    _named(home)
    with dg.DagsterInstance.from_config(str(home.dagster.absolute())) as instance:
        yield instance


def _named(home: Home) -> bool:
    """Put into the environment what dagster.yaml names by it; whether the instance is a team's."""
    os.environ["DAGSTER_HOME"] = str(home.dagster.absolute())
    url = Settings.load().dagster_database_url
    if url is not None:
        os.environ["DAGSTER_DATABASE_URL"] = url.get_secret_value()
        os.environ.pop("DAGSTER_DATABASE_URL_FILE", None)
    return url is not None


def _without_capture(source: Path, target: Path) -> None:
    """The same instance, but what a step prints stays on the terminal.

    To capture it Dagster starts four helpers a run; a Ctrl-C reaches them too, and each would
    answer with a traceback of its own.
    """
    text = yaml.safe_dump({**settings_file.read(source), "compute_logs": _NO_CAPTURE})
    write_atomically(target, f"# Made from {source.name}; edit that.\n{text}".encode())


def prepare_instance(home: Home) -> None:
    """Put the project's dagster.yaml in place, or bring the user's up to date.

    With DAGSTER_DATABASE_URL that of a team, whose processes find the address in their environment.
    """
    of_a_team = _named(home)
    kinds = ["dagster.yaml", "dagster.team.yaml"]
    current, other = (
        files("cs_assets").joinpath("config", name).read_bytes()
        for name in (reversed(kinds) if of_a_team else kinds)
    )
    settings_file.put_in_place(home.dagster / "dagster.yaml", current, other)


def run_job(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    job: str,
    *,
    partition: str | None = None,
    last_partition: str | None = None,
    run_config: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    assets: Sequence[dg.AssetKey] | None = None,
    on_start: Tell = lambda step: None,
    on_warning: Tell = lambda said: None,
) -> RunReport:
    """Run ``job`` for one partition, or for the range up to ``last_partition`` as one run.

    ``assets``: only these of the job.

    ``on_start`` is told each step that begins, ``on_warning`` what a person should know while it
    runs: what the run waits for, and what its assets warn of.
    """
    all_tags = {**run_owners.tags(), **(tags or {})}
    key = partition
    if last_partition is not None and last_partition != partition:
        all_tags["dagster/asset_partition_range_start"] = str(partition)
        all_tags["dagster/asset_partition_range_end"] = last_partition
        key = None
    name = partition if key else f"{partition}...{last_partition}"
    token = listener.set(Listener(on_start, on_warning))
    with interrupts_noticed() as told_to_stop, waits_told(on_warning):
        try:
            result = definitions.resolve_job_def(job).execute_in_process(
                instance=instance,
                partition_key=key,
                asset_selection=assets,
                run_config={"loggers": _QUIET, **(run_config or {})},
                tags=all_tags,
                raise_on_error=False,
            )
        except dg.DagsterExecutionInterruptedError:
            told_to_stop()  # so that it is known by what
            raise KeyboardInterrupt from None
        finally:
            listener.reset(token)
        if told_to_stop():  # Dagster has noted it as a failed step, or not at all
            raise KeyboardInterrupt
    return report_of(result, job, name or "")


def report_of(result: dg.ExecuteInProcessResult, job: str, partition: str) -> RunReport:
    """What the events of a run say of it."""
    report = RunReport(job, partition, result.success)
    for event in result.all_events:
        _note(event, report)
    if not report.succeeded and not report.failed:
        report.failed[job] = _failure_of(result.all_events)
    return report


def calls_of_days(
    settings: Settings,
    first: str,
    last: str,
    progress: Progress,
    *,
    full: bool = False,
    transcripts: bool = True,
) -> RunReport:
    """Read and analyse the calls of ``first`` to ``last`` as one run of ``calls_job``.

    ``full`` asks again for transcripts that are stored; without ``transcripts`` none is asked for.
    """
    from cs_assets.definitions import build_defs

    definitions = build_defs(settings)
    kept = None
    if not transcripts:
        keys = definitions.resolve_job_def("calls_job").asset_layer.selected_asset_keys
        kept = sorted(key for key in keys if key.to_user_string() != _TRANSCRIPTS)
    config = {"ops": {_TRANSCRIPTS: {"config": {"reread": True}}}} if full else None
    with instance_of(settings.home, progress.warn) as instance:
        return run_job(
            definitions,
            instance,
            "calls_job",
            partition=first,
            last_partition=last,
            run_config=config,
            assets=kept,
            on_start=progress.detail,
            on_warning=progress.warn,
        )


def _failure_of(events: Sequence[dg.DagsterEvent]) -> str:
    """Why a run failed of which no step did: before the first one, or waiting for one."""
    for event in events:
        if event.event_type == dg.DagsterEventType.RUN_FAILURE:
            return _reason(event.event_specific_data)
    return "failed"


def _note(event: dg.DagsterEvent, report: RunReport) -> None:
    """Put what one event says into the report."""
    if event.step_key is None:
        return
    match event.event_type_value:
        case "STEP_SUCCESS":
            report.made.append(event.step_key)
        case "STEP_FAILURE":
            report.failed[event.step_key] = _reason(event.event_specific_data)
        case "ASSET_MATERIALIZATION":
            materialization = event.step_materialization_data.materialization
            key = materialization.asset_key.to_user_string()
            report.metadata[key] = {k: v.value for k, v in materialization.metadata.items()}
        case "ASSET_CHECK_EVALUATION":
            evaluation = event.asset_check_evaluation_data
            if not evaluation.passed:
                name = f"{evaluation.asset_key.to_user_string()}: {evaluation.check_name}"
                report.failed_checks.append(name)
                report.why_failed[name] = _why(evaluation)


def _why(evaluation: dg.AssetCheckEvaluation) -> str:
    """What a check says of what it found: in words, or by its numbers."""
    if evaluation.description:
        return " ".join(evaluation.description.split())
    shown = {name: value.value for name, value in evaluation.metadata.items()}
    return ", ".join(
        f"{name} {value}"
        for name, value in shown.items()
        if isinstance(value, int | float | str)
        and len(str(value)) <= _SHORT
        and "|" not in str(value)
    )


def _reason(failure: Any) -> str:
    """What was raised in a failed step, as one line: not Dagster's wrapping, nor a cause below."""
    error = getattr(failure, "error", None)
    while error is not None and error.cause is not None and error.cls_name in _WRAPPING:
        error = error.cause
    if error is None:
        return "failed"
    said = " ".join(str(error.message).split())
    if line := refusal_in(said):
        return line
    return re.sub(rf"^(?:resources|cs_assets|dagster)[\w.]*\.{error.cls_name}: ", "", said)


def weeks_before(week: dt.date, count: int) -> str:
    """The Monday ``count`` weeks before ``week``."""
    return (week - dt.timedelta(weeks=count)).isoformat()

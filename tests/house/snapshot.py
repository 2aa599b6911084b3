"""What the platform promises from outside, as text: its definitions and its command line.

``python -m tests.house.snapshot`` writes both files anew; a change of them is read as one of code.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

FOLDER = Path(__file__).with_name("snapshots")


def definitions() -> str:
    """Assets with partitions, deps and columns; checks, jobs, schedules, sensors, resources."""
    from cs_assets.definitions import build_defs
    from resources.settings import Settings

    with tempfile.TemporaryDirectory() as home:
        defs = build_defs(Settings.load(cs_assets_home=Path(home)))
    return "\n".join(_lines_of(defs)) + "\n"


def _lines_of(defs: dg.Definitions) -> Iterator[str]:
    graph = defs.resolve_asset_graph()
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        yield f"asset {key.to_user_string()}"
        yield f"  group {node.group_name}; kinds {', '.join(sorted(node.kinds))}"
        yield f"  partitions {_partitions(node.partitions_def)}"
        yield f"  deps {', '.join(sorted(k.to_user_string() for k in node.parent_keys)) or 'none'}"
        schema = node.metadata.get("dagster/column_schema")
        if schema:
            yield "  columns " + ", ".join(f"{c.name} {c.type}" for c in schema.columns)
    for check in sorted(graph.asset_check_keys, key=str):
        yield f"check {check.asset_key.to_user_string()}.{check.name}"
    repository = defs.get_repository_def()
    for job in sorted(repository.get_all_jobs(), key=lambda job: job.name):
        if not job.name.startswith("__"):
            assets = sorted(key.to_user_string() for key in job.asset_layer.executable_asset_keys)
            yield f"job {job.name}: {', '.join(assets)}"
    for schedule in sorted(repository.schedule_defs, key=lambda one: one.name):
        yield (
            f"schedule {schedule.name}: {schedule.cron_schedule} "
            f"{schedule.execution_timezone or 'UTC'} runs {schedule.job_name}"
        )
    for sensor in sorted(repository.sensor_defs, key=lambda one: one.name):
        yield f"sensor {sensor.name}: every {sensor.minimum_interval_seconds} s"
    yield f"resources {', '.join(sorted(repository.get_top_level_resources()))}"


def _partitions(partitions: dg.PartitionsDefinition | None) -> str:
    if isinstance(partitions, dg.TimeWindowPartitionsDefinition):
        return f"{partitions.cron_schedule} from {partitions.start:%Y-%m-%d}"
    return "none" if partitions is None else f"{type(partitions).__name__} {partitions.name}"


def command_line() -> str:
    """Every command with its arguments and options and what each says of itself."""
    from typer.main import get_command

    from cs_assets.cli import app, mount_rooms

    if "ai" not in {group.name for group in app.registered_groups}:
        mount_rooms()
    return "\n".join(_commands(get_command(app), "cs-assets")) + "\n"


def _commands(command: Any, path: str) -> Iterator[str]:
    yield f"{path}: {' '.join((command.help or '').split())}"
    for parameter in command.params:
        names = " / ".join([*parameter.opts, *parameter.secondary_opts])
        yield f"  {names}: {getattr(parameter, 'help', None) or ''}".rstrip(": ")
    for name, below in sorted(getattr(command, "commands", {}).items()):
        yield from _commands(below, f"{path} {name}")


SNAPSHOTS = {"definitions.txt": definitions, "command_line.txt": command_line}

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, made in SNAPSHOTS.items():
        (FOLDER / name).write_text(made(), encoding="utf-8")

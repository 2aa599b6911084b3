"""The instance's dagster.yaml: put in place, and brought up to date where an older one lies."""

from pathlib import Path
from typing import Any

import yaml

from cs_assets.errors import UsageError
from resources.files import write_atomically

#: Blocks that a home must have, each unless one of these says what is to be instead.
_BLOCKS = {
    "storage": ("storage", "run_storage", "event_log_storage", "schedule_storage"),
    "instance_class": ("instance_class",),
    "run_launcher": ("run_launcher",),
    "run_monitoring": ("run_monitoring",),
}
#: Settings that were added to a block later; what a user has set stays as it is.
_SETTINGS = {
    "run_monitoring": (
        "poll_interval_seconds",
        "start_timeout_seconds",
        "free_slots_after_run_end_seconds",
    )
}


def put_in_place(target: Path, current: bytes, other: bytes = b"") -> None:
    """Write the project's file, or add to the home's own what an older version lacked.

    Only what is missing is added, so a user's settings and comments stay. ``other`` is the file of
    the other kind of instance: what stands as it is there becomes as it is here.
    """
    old = read(target) if target.exists() else {}
    if other and (turned := _turned(old, yaml.safe_load(current), yaml.safe_load(other))):
        same = turned == yaml.safe_load(current)
        written = current if same else yaml.safe_dump(turned, sort_keys=False).encode()
        write_atomically(target, written)
        return
    if not old:  # not there, or emptied by an accident
        write_atomically(target, current)
        return
    missing = _missing(old, yaml.safe_load(current))
    if not missing:
        return
    wanted = _merged(old, missing)
    text = _with(target.read_text(encoding="utf-8"), missing, old)
    if yaml.safe_load(text) != wanted:  # a layout in which lines cannot be put in
        text = yaml.safe_dump(wanted, sort_keys=False)
    write_atomically(target, text.encode())


def _turned(
    old: dict[str, Any], new: dict[str, Any], other: dict[str, Any]
) -> dict[str, Any] | None:
    """The settings of another kind of instance as those of this kind; None for this kind's."""
    if old.get("storage") != other["storage"]:
        return None
    return {
        name: new[name] if name in new and value == other.get(name) else value
        for name, value in old.items()
    }


def read(path: Path) -> dict[str, Any]:
    """The settings in a file; raises ``UsageError`` for what is no YAML mapping."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UsageError(f"{path}: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise UsageError(f"{path}: settings are missing; remove the file to have it made anew")
    return document


def _missing(old: dict[str, Any], new: dict[str, Any]) -> dict[str, dict[str, Any]]:
    missing: dict[str, dict[str, Any]] = {}
    for block, instead in _BLOCKS.items():
        if not any(old.get(name) for name in instead):
            missing[block] = new[block]
    for block, names in _SETTINGS.items():
        if block in missing or not isinstance(old.get(block), dict):
            continue
        if lacking := {name: new[block][name] for name in names if name not in old[block]}:
            missing[block] = lacking
    return missing


def _merged(old: dict[str, Any], missing: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {**old, **{name: {**(old.get(name) or {}), **add} for name, add in missing.items()}}


def _with(text: str, missing: dict[str, dict[str, Any]], old: dict[str, Any]) -> str:
    """The text with the missing lines: below the head of their block, or as blocks at the end."""
    lines = text.splitlines()
    for name, add in missing.items():
        if old.get(name) and f"{name}:" in lines:
            added = [f"  {key}: {value}" for key, value in add.items()]
            at = lines.index(f"{name}:") + 1
            lines[at:at] = added
        else:
            lines += yaml.safe_dump({name: add}, sort_keys=False).splitlines()
    return "\n".join(lines) + "\n"

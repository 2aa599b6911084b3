"""Keeps an installation's data to its owner: folders 0700, files 0600, those of before as well.

What this process makes is private by its umask. What lies in the home already, of an older version
or copied there by hand, is tightened when the home is opened, and that is said once. Where that
cannot be done (another owner, a read-only disk) work goes on.
"""

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

_log = logging.getLogger("cs_assets.home")

#: What the names of an installation's own entries begin with; nothing else is touched.
_OWN = (
    "warehouse.duckdb", "delivery.sqlite", "ai.sqlite", "receipts", "artifacts", "outbox",
    "dagster", "gong", "sources", "installation.json", "desk.sqlite", "snapshot.duckdb",
)  # fmt: skip
_OTHERS = 0o077

_kept: set[Path] = set()


def keep_private(home: Path) -> None:
    """Make ``home`` its owner's alone, once a process; a home that is not there yet is none."""
    os.umask(_OTHERS)
    home = home.absolute()
    if home in _kept or not home.is_dir():
        return
    _kept.add(home)
    if _is_above_a_persons_own(home):
        return
    before = stat.S_IMODE(home.stat().st_mode)
    if before & stat.S_ISVTX:  # a folder that all share, like /tmp
        return
    changed = sum(map(_tightened, [*_own_entries(home, bool(before & _OTHERS)), home]))
    if changed:
        _log.warning(
            "%d files and folders of the home %s were open to others (the home %o); they are its "
            "owner's alone now", changed, home, before,
        )  # fmt: skip


def _is_above_a_persons_own(home: Path) -> bool:
    """Whether the user's own folder is ``home``, or lies in it; in a container there is none."""
    try:
        return Path.home().is_relative_to(home)
    except RuntimeError:
        return False


def _own_entries(home: Path, is_open: bool) -> Iterator[Path]:
    """The installation's entries, and all below them where the home or they are open to others."""
    for entry in sorted(home.iterdir()):
        if not entry.name.startswith(_OWN) or entry.is_symlink():
            continue
        if entry.is_dir() and (is_open or entry.stat().st_mode & _OTHERS):
            for folder, folders, files in os.walk(entry):
                yield from (Path(folder, name) for name in (*folders, *files))
        yield entry  # last: a walk that was cut short is done again the next time


def _tightened(path: Path) -> bool:
    """Whether the path was open to others and is not any more."""
    try:
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode) or not found.st_mode & _OTHERS:
            return False
        if found.st_uid != os.geteuid():  # root looks into a home that is not its own
            return False
        path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
    except OSError:
        return False
    return True

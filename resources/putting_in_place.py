"""Puts what was restored in the place of what a home holds, in that folder itself.

A home is often a mounted volume, or lies in a folder that is not its owner's to write: it cannot be
renamed, nor can another be made beside it. So what was there moves into a folder of the home, and
the new comes out of another. Each step can be repeated: where the process dies in between, the
next restore goes on, and no ledger is absent at any moment.
"""

import contextlib
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

#: Folders of the home begin so: what was there before a restore, what a process is unpacking, what
#: is whole and to be put in place, and what is on its way there.
BEFORE, _UNPACKED, _WHOLE, _COMING = ".before-", ".unpacked-", ".whole-", ".coming-"
#: Of the file system, and what those who wait for a turn have open.
_STAYS = ("lost+found", ".lock")
_NOTE = ".restored.json"


def contents(root: Path) -> list[Path]:
    """What of the folder is a home's; nothing in a volume that is new."""
    ours = (BEFORE, _UNPACKED, _WHOLE, _COMING)
    found = sorted(root.iterdir()) if root.is_dir() else []
    return [one for one in found if not one.name.endswith(_STAYS) and not one.name.startswith(ours)]


@contextlib.contextmanager
def unpacking(root: Path) -> Iterator[Path]:
    """A folder to unpack into; nothing is left of it, or of the home's own where that is new."""
    is_new = not root.exists()
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in root.glob(f"{_UNPACKED}*"):
        owner = left.name.removeprefix(_UNPACKED).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=root, prefix=f"{_UNPACKED}{os.getpid()}-"))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if is_new:
            with contextlib.suppress(OSError):  # it holds what is whole by now
                root.rmdir()
        raise


def declare_whole(folder: Path, root: Path, now: dt.datetime, note: str) -> None:
    """From here on it is put in place, whatever happens; ``note`` is what is told of it then."""
    (folder / _NOTE).write_text(note, encoding="utf-8")
    moment = f"{now:%Y%m%dT%H%M%S}"
    while (root / f"{BEFORE}{moment}").exists():
        moment += "-again"
    os.rename(folder, root / f"{_WHOLE}{moment}")


def put_in_place(root: Path) -> tuple[str, Path | None] | None:
    """Put in place what is whole, if anything is: its note, and where what was before lies."""
    for whole in root.glob(f"{_WHOLE}*"):
        before = root / whole.name.replace(_WHOLE, BEFORE)
        for path in contents(root):
            _set_aside(path, before, is_replaced=(whole / path.name).is_file())
        os.rename(whole, root / whole.name.replace(_WHOLE, _COMING))
    for coming in root.glob(f"{_COMING}*"):
        note = (coming / _NOTE).read_text(encoding="utf-8")
        for path in sorted(coming.iterdir()):
            if path.name != _NOTE:
                os.replace(path, root / path.name)
        shutil.rmtree(coming)
        before = root / coming.name.replace(_COMING, BEFORE)
        return note, before if before.is_dir() else None
    return None


def _set_aside(path: Path, before: Path, *, is_replaced: bool) -> None:
    """Move it, or only link it where a new one comes: a home without ledger would send again."""
    before.mkdir(exist_ok=True, mode=0o700)
    aside = before / path.name
    if is_replaced and path.is_file() and not aside.exists():
        with contextlib.suppress(OSError):  # a file system without links
            os.link(path, aside)
    if not (is_replaced and aside.exists()):
        os.rename(path, aside)

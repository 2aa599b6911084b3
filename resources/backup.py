"""Backup of a home as one file, and its restore: warehouse and ledgers as of one moment.

The turn at the warehouse is held while it is copied, and both ledgers are copied meanwhile, so
no run writes tables between them. Journals and documents are copied after: they only ever know
more than the ledger. A restored home keeps what is left of the newer ledger; where nothing is
left, what may have been sent since the backup waits for a person (``record.fence``).
"""

import contextlib
import datetime as dt
import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from cs_assets.errors import CsAssetsError, UsageError
from cs_assets.sqlite_files import open_to_read
from resources.duckdb.fair_lock import fair_lock, holder, is_taken
from resources.duckdb.warehouse import lock_of
from resources.home import Home
from resources.private import keep_private
from resources.putting_in_place import contents, declare_whole, put_in_place, unpacking

FORMAT = 1
_MANIFEST = "manifest.json"
_LEDGERS = ("delivery.sqlite", "ai.sqlite")
_WAREHOUSE = "warehouse.duckdb"
#: What is made anew, or belongs to a process.
_LEFT_OUT = re.compile(r"(-wal|-shm|\.wal|\.lock|\.anew)$|^\.|\.turns$")
_PORTION = 1 << 20
#: A backup that is being written.
_PART = ".cs-assets-backup-"
#: Another machine, whose processes cannot be seen from here, may write into the same folder.
_LEFT_SECONDS = 3600.0
_LONGEST_MANIFEST = 64 << 20


class NotABackup(CsAssetsError):
    """A file that is no whole backup of a home."""


@dataclass
class Summary:
    """What a backup holds."""

    made_at: dt.datetime
    version: str
    files: dict[str, str] = field(default_factory=dict)
    """By name below the home: SHA-256 of its content."""
    size: int = 0


@dataclass(frozen=True)
class Restored:
    """What came of a restore."""

    file: Path
    summary: Summary
    kept_ledger: bool
    """The home's own, newer ledger stayed: all that was sent is known."""
    held: int
    """Deliveries that wait for a person, because they may have been sent since."""
    moved_to: Path | None
    """Where what was there before lies now."""


def write(home: Home, file: Path, *, wait_seconds: float = 120.0) -> Summary:
    """Write the backup ``file``, whole or not at all, for its owner alone.

    Raises ``UsageError`` where it is there already or lies in the home, ``Unavailable`` when
    others hold the warehouse for longer than ``wait_seconds``.
    """
    file = file.absolute()
    if file.exists():
        raise UsageError(f"{file} is there already; name another file")
    if file.is_relative_to(home.root.absolute()):
        raise UsageError(f"{file} lies in the home that it would hold; name a place outside")
    if not file.parent.is_dir():
        raise UsageError(f"there is no folder {file.parent}; make it first")
    _drop_left_over(file.parent)
    beside, name = file.parent, f"{_PART}{os.getpid()}-"
    handle, part = tempfile.mkstemp(dir=beside, prefix=name)
    try:
        with (
            os.fdopen(handle, "wb") as raw,
            tempfile.TemporaryDirectory(dir=beside, prefix=name) as aside,
        ):
            summary = _fill(home, raw, Path(aside), wait_seconds)
            raw.flush()
            os.fsync(raw.fileno())
        summary.size = Path(part).stat().st_size
        os.replace(part, file)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    return summary


def _drop_left_over(folder: Path) -> None:
    """Remove what backups that were killed a while ago have left: it holds people's data."""
    for left in folder.glob(f"{_PART}*-*"):
        owner = left.name.removeprefix(_PART).partition("-")[0]
        with contextlib.suppress(OSError):
            old = time.time() - left.stat().st_mtime > _LEFT_SECONDS
            if old and owner.isdigit() and not Path("/proc", owner).exists():
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def _fill(home: Home, raw: IO[bytes], aside: Path, wait_seconds: float) -> Summary:
    root = home.root
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
        with contextlib.ExitStack() as turn:
            if home.warehouse.exists():
                lock = fair_lock(lock_of(home.warehouse), label="backup", timeout=wait_seconds)
                turn.enter_context(lock)
                _settle(home.warehouse)
            summary = Summary(dt.datetime.now(dt.UTC).replace(tzinfo=None), version("cs-assets"))
            _copy_together([root / name for name in _LEDGERS if (root / name).exists()], aside)
            if home.warehouse.exists():
                _add(tar, summary, home.warehouse, _WAREHOUSE)
        for name in _LEDGERS:
            if (aside / name).exists():
                _add(tar, summary, aside / name, name)
        for path in _others(root):
            name = path.relative_to(root).as_posix()
            with contextlib.suppress(FileNotFoundError):  # removed by a run meanwhile
                _add(tar, summary, _as_of_now(path, aside), name)
        _add_manifest(tar, summary)
    return summary


def _settle(warehouse: Path) -> None:
    """Bring into the file what a process that was killed left in its log."""
    import duckdb

    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("CHECKPOINT")


def _copy_together(ledgers: list[Path], folder: Path) -> None:
    """Copies of SQLite files as of one moment: none is written while all are begun."""
    with contextlib.ExitStack() as all_held:
        for path in ledgers:
            held = sqlite3.connect(path, timeout=60, isolation_level=None)
            all_held.enter_context(contextlib.closing(held))
            held.execute("BEGIN IMMEDIATE")
        for path in ledgers:
            _copy_sqlite(path, folder / path.name)


def _copy_sqlite(path: Path, to: Path) -> None:
    with (
        contextlib.closing(open_to_read(path)) as source,
        contextlib.closing(sqlite3.connect(to)) as target,
    ):
        source.backup(target)


def _as_of_now(path: Path, aside: Path) -> Path:
    """The file, or a consistent copy of a database that others may be writing."""
    if path.suffix not in (".db", ".sqlite"):
        return path
    copy = aside / "one.db"
    copy.unlink(missing_ok=True)
    _copy_sqlite(path, copy)
    return copy


def _others(root: Path) -> Iterator[Path]:
    """All files but the warehouse and the ledgers; links are not followed."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if any(_LEFT_OUT.search(part) for part in parts) or path.is_symlink():
            continue
        if path.is_file() and not (len(parts) == 1 and parts[0] in (*_LEDGERS, _WAREHOUSE)):
            yield path


def _add(tar: tarfile.TarFile, summary: Summary, path: Path, name: str) -> None:
    with path.open("rb") as content:
        info = tarfile.TarInfo(name)
        info.size, info.mode = os.fstat(content.fileno()).st_size, 0o600
        hashed = _Hashing(content, info.size)
        tar.addfile(info, hashed)
    summary.files[name] = hashed.digest.hexdigest()


class _Hashing:
    """Reads a file up to a size, which may have grown meanwhile, and knows its hash."""

    def __init__(self, content: IO[bytes], size: int) -> None:
        self._content, self._left = content, size
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._content.read(min(size if size >= 0 else self._left, self._left))
        self._left -= len(data)
        self.digest.update(data)
        return data


def _add_manifest(tar: tarfile.TarFile, summary: Summary) -> None:
    text = json.dumps(
        {
            "format": FORMAT,
            "made_at": summary.made_at.isoformat(),
            "version": summary.version,
            "files": summary.files,
        }
    ).encode()
    info = tarfile.TarInfo(_MANIFEST)
    info.size, info.mode = len(text), 0o600
    tar.addfile(info, io.BytesIO(text))


def restore(file: Path, home: Home, *, replace: bool, now: dt.datetime) -> Restored:
    """Put the backup ``file`` in place as ``home``, whole or not at all.

    ``replace``: an installation that is there is moved aside; its newer delivery ledger and
    receipts stay in force. One that was killed as it put this file in place is brought to its
    end. Raises ``NotABackup`` and ``UsageError``.
    """
    if is_taken(home.served):
        raise UsageError(f"{home.root} is served by {holder(home.served)}: stop that first")
    root = home.root.resolve()  # where a link leads: the link stays
    if (done := _finish(root)) is not None and done.file == file.absolute():
        return done
    there = bool(contents(root))
    if there and not replace:
        raise UsageError(
            f"{root} is not empty: restore into another --home, or give --replace to move it aside"
        )
    with unpacking(root) as fresh, contextlib.ExitStack() as turn:
        summary = _unpack(file, fresh)
        if there and home.warehouse.exists():
            turn.enter_context(fair_lock(lock_of(home.warehouse), label="restore", timeout=10))
        kept = there and _keep_newer(root, fresh)
        held = 0 if kept else _fence(Home(fresh), summary, now)
        told = {
            "file": str(file.absolute()), "made_at": summary.made_at.isoformat(),
            "version": summary.version, "files": summary.files, "size": summary.size,
            "kept": kept, "held": held,
        }  # fmt: skip
        declare_whole(fresh, root, now, json.dumps(told))
        done = _finish(root)
    keep_private(root)
    assert done is not None
    return done


def _finish(root: Path) -> Restored | None:
    """Put in place what a restore has unpacked; None where there is nothing."""
    placed = put_in_place(root)
    if placed is None:
        return None
    note, before = placed
    told = json.loads(note)
    made_at = dt.datetime.fromisoformat(told["made_at"])
    summary = Summary(made_at, told["version"], told["files"], told["size"])
    return Restored(Path(told["file"]), summary, told["kept"], told["held"], before)


def _unpack(file: Path, fresh: Path) -> Summary:
    """All files of the backup in ``fresh``, each as its manifest says it was."""
    found: dict[str, str] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(file, mode="r:") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isreg() else None
                if content is None or not _is_inside(member.name):
                    raise NotABackup(f"{file}: {member.name!r} cannot be of a home")
                if member.name == _MANIFEST:
                    manifest = json.loads(content.read(_LONGEST_MANIFEST))
                else:
                    found[member.name] = _put(content, fresh / member.name)
    except (tarfile.TarError, ValueError) as error:
        raise NotABackup(f"{file} is no backup of a home, or is damaged ({error})") from error
    if not isinstance(manifest, dict) or "files" not in manifest:
        raise NotABackup(f"{file} is not whole: its list of files is missing; take an older one")
    if manifest.get("format") != FORMAT:
        raise NotABackup(f"{file} was made by a newer version ({manifest.get('version')})")
    if wrong := sorted(
        n for n in {*found, *manifest["files"]} if found.get(n) != manifest["files"].get(n)
    ):
        raise NotABackup(f"{file}: {wrong[0]} is damaged or missing; take an older backup")
    made_at = dt.datetime.fromisoformat(manifest["made_at"])
    return Summary(made_at, str(manifest["version"]), found, file.stat().st_size)


def _is_inside(name: str) -> bool:
    path = Path(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _put(content: IO[bytes], to: Path) -> str:
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with open(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while data := content.read(_PORTION):
            digest.update(data)
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _keep_newer(root: Path, fresh: Path) -> bool:
    """Put the home's own ledgers and receipts over those of the backup, where they can be read.

    Whether the delivery ledger was kept. Raises ``UsageError`` for another installation's.
    """
    for receipts in root.glob("receipts-*.jsonl"):
        shutil.copyfile(receipts, fresh / receipts.name)
    kept = False
    for name in _LEDGERS:
        if not (root / name).exists():
            continue
        copy = fresh / f"{name}.newer"
        try:
            _copy_sqlite(root / name, copy)
            if name == "delivery.sqlite":
                _refuse_another(root, copy, fresh / name)
                kept = True
        except (CsAssetsError, sqlite3.Error) as error:
            copy.unlink(missing_ok=True)
            if isinstance(error, UsageError):
                raise
            continue
        os.replace(copy, fresh / name)
    return kept


def _refuse_another(root: Path, newer: Path, backed_up: Path) -> None:
    if not backed_up.exists():
        return
    keys = []
    for path in (newer, backed_up):
        with contextlib.closing(open_to_read(path)) as db:
            keys.append({row[0] for row in db.execute("SELECT delivery_key FROM delivery")})
    if keys[1] - keys[0]:
        raise UsageError(
            f"{root} is another installation than the backup's: its ledger lacks "
            f"{len(keys[1] - keys[0])} deliveries; restore into another --home"
        )


def _fence(home: Home, summary: Summary, now: dt.datetime) -> int:
    from cs_assets.delivery.record.ledger import Ledger
    from cs_assets.delivery.record.store import SqliteStore

    ledger = Ledger(SqliteStore(home.ledger))
    try:
        return ledger.set_fence(summary.made_at, now)
    finally:
        ledger.close()

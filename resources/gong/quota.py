"""The company's quota of requests, shared by every process of this installation.

Gong counts requests for the whole company: 3 a second and 10,000 a day. The
bucket is a row in a SQLite file of the home folder; a request first takes the next
free slot there, so that any number of processes together stay within the limits.
"""

import datetime as dt
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cs_assets.sqlite_files import transaction
from resources.gong.errors import RateLimited

#: Seconds: the longest silence that Gong is believed to ask for; the day's quota is back by then.
LONGEST_SILENCE = 2 * 86_400.0
#: Seconds: no slot is taken so far ahead. One that is noted there was by a clock that was ahead
#: and has been set back since; the same goes for a longer silence.
_FARTHEST_SLOT = 3600.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS bucket (
    company       TEXT PRIMARY KEY,  -- whose quota: the base address of its API
    next_slot     REAL NOT NULL,     -- when the next request may go out, seconds of the epoch
    blocked_until REAL NOT NULL,     -- Gong asked for silence until then
    day           TEXT NOT NULL,     -- UTC day of ``used``
    used          INTEGER NOT NULL   -- requests of that day
)
"""


class Quota:
    """Takes slots for requests; one instance a process, one file for all.

    ``patience`` is the longest wait, in seconds, that ``take`` sleeps through;
    a longer one raises ``RateLimited``, so that no worker is kept waiting for hours.
    """

    def __init__(
        self,
        path: Path,
        company: str,
        *,
        per_second: float,
        per_day: int,
        patience: float = 120.0,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path = path
        self._company = company
        self._per_second = per_second
        self._per_day = per_day
        self.patience = patience
        self._now = now
        self._sleep = sleep
        self._connection: sqlite3.Connection | None = None

    def take(self) -> None:
        """Wait for a slot and take it; raises ``RateLimited`` when that would be too long."""
        while True:
            slot = self._reserve()
            wait = slot - self._now()
            if wait > 0:
                self._sleep(wait)
            if self._blocked_until() <= self._now():
                return
            # Another process was told to be silent while we waited: take a later slot.

    def used_today(self) -> int:
        """Requests of this UTC day, of all processes."""
        with self._row() as (_, _, day, used):
            return used if day == self._today(self._now()) else 0

    def block(self, seconds: float) -> None:
        """Nobody sends for ``seconds``: Gong said so in ``Retry-After``."""
        now = self._now()
        with self._transaction() as db:
            (before,) = db.execute(
                "SELECT blocked_until FROM bucket WHERE company = ?", (self._company,)
            ).fetchone()
            db.execute(
                "UPDATE bucket SET blocked_until = ? WHERE company = ?",
                (max(_believed(before, now), now + seconds), self._company),
            )

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _reserve(self) -> float:
        """Take the next slot and count it; when it lies too far away, nothing is taken."""
        with self._transaction() as db:
            next_slot, blocked_until, day, used = db.execute(
                "SELECT next_slot, blocked_until, day, used FROM bucket WHERE company = ?",
                (self._company,),
            ).fetchone()
            now = self._now()
            if next_slot > now + max(_FARTHEST_SLOT, self.patience):
                next_slot = now
            slot = max(now, next_slot, _believed(blocked_until, now))
            if slot - now > self.patience:
                raise RateLimited(_instant(slot), "Gong asked to wait")
            today = self._today(slot)
            used = used if day == today else 0
            if used >= self._per_day:
                tomorrow = dt.date.fromisoformat(today) + dt.timedelta(days=1)
                midnight = dt.datetime.combine(tomorrow, dt.time(tzinfo=dt.UTC))
                raise RateLimited(midnight, f"{used:,} requests of the day's {self._per_day:,}")
            db.execute(
                "UPDATE bucket SET next_slot = ?, day = ?, used = ? WHERE company = ?",
                (slot + 1 / self._per_second, today, used + 1, self._company),
            )
            return float(slot)

    def _blocked_until(self) -> float:
        with self._row() as (_, blocked_until, _, _):
            return _believed(blocked_until, self._now())

    @contextmanager
    def _row(self) -> Iterator[tuple[float, float, str, int]]:
        yield (
            self._open()
            .execute(
                "SELECT next_slot, blocked_until, day, used FROM bucket WHERE company = ?",
                (self._company,),
            )
            .fetchone()
        )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        db = self._open()
        with transaction(db):
            yield db

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._connection = self._made()
            except sqlite3.OperationalError:  # busy, full, closed: not the file's fault
                raise
            except sqlite3.DatabaseError:  # damaged; what it held is counted anew within a day
                for ending in ("-wal", "-shm", ""):
                    self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
                self._connection = self._made()
        return self._connection

    def _made(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute(_SCHEMA)
            db.execute("INSERT OR IGNORE INTO bucket VALUES (?, 0, 0, '', 0)", (self._company,))
        except BaseException:
            db.close()
            raise
        return db

    @staticmethod
    def _today(seconds: float) -> str:
        return _instant(seconds).date().isoformat()


def _believed(blocked_until: float, now: float) -> float:
    """Until when Gong asked for silence, or 0.0 where it cannot have."""
    return blocked_until if blocked_until <= now + LONGEST_SILENCE else 0.0


def _instant(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)

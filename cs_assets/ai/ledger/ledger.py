"""Every model call is written down before it is made, so that nobody overspends.

A SQLite file that all processes of an installation share. ``reserve`` decides in
one transaction: the answer is known, somebody else is asking just now, a ceiling
would be passed, or the call may be made and its worst cost is set aside.
``settle`` and ``fail`` put the true cost in place of the estimate. A reservation
whose process died counts with its estimate, and after its lease the same key may
be asked again: a crash costs at most that one call.

Scopes of the ceilings: ``run``; ``asset`` (one asset in one run); ``account``
(one customer or rep in a calendar month); ``month`` (everything in that month).
"""

import datetime as dt
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cs_assets.ai.configuration import Ceilings
from cs_assets.ai.requests import Tokens
from cs_assets.locked_files import lock
from cs_assets.sqlite_files import damage_told, open_to_read, transaction

_SCHEMA = """
CREATE TABLE IF NOT EXISTS call (
    call_id TEXT PRIMARY KEY,
    call_key TEXT NOT NULL,
    asset TEXT NOT NULL, run_id TEXT NOT NULL, account TEXT NOT NULL, week TEXT NOT NULL,
    provider TEXT NOT NULL, model TEXT NOT NULL,
    prompt_name TEXT NOT NULL, prompt_version TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'answered', 'failed', 'lost', 'reused')),
    rows_covered INTEGER NOT NULL DEFAULT 1,
    input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, micro_dollars INTEGER NOT NULL,
    note TEXT,
    reserved_at TEXT NOT NULL, settled_at TEXT, lease_until TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS one_asks_at_a_time ON call (call_key) WHERE state = 'reserved';
CREATE INDEX IF NOT EXISTS call_by_time ON call (reserved_at);
CREATE TABLE IF NOT EXISTS answer (
    call_key TEXT PRIMARY KEY,
    model TEXT NOT NULL, text TEXT NOT NULL, outcome TEXT NOT NULL, message_id TEXT,
    evidence TEXT, answered_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS answer_source (
    call_key TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (call_key, source)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spent (
    scope TEXT NOT NULL, name TEXT NOT NULL,
    calls INTEGER NOT NULL, tokens INTEGER NOT NULL, micro_dollars INTEGER NOT NULL,
    PRIMARY KEY (scope, name)
);
"""

_BUSY_SECONDS = 120
#: A lease that ends later than the longest by more than this is of a clock that was ahead.
_CLOCKS_DIFFER = dt.timedelta(hours=1)


#: Accounts of calls that are about no single customer or rep: no ceiling of one holds them.
OF_NOBODY = ("", "all")


@dataclass(frozen=True, slots=True)
class Purpose:
    """On whose behalf a call is made: what usage is counted by. ``week`` is an ISO date or ''."""

    asset: str
    run_id: str
    account: str
    week: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """The most that a call may use."""

    tokens: Tokens
    micro_dollars: int


@dataclass(frozen=True, slots=True)
class Known:
    """The answer is known: ``outcome`` is ``answer`` or the kind of a final failure."""

    text: str
    model: str
    outcome: str
    message_id: str | None


@dataclass(frozen=True, slots=True)
class Busy:
    """Another thread or process asks the same thing now."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A ceiling would be passed; says which in words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reserved:
    """The call may be made, once, under this id."""

    call_id: str


def utc_now() -> dt.datetime:
    """The clock of the ledger: UTC, naive."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


class AiLedger:
    """The ledger at ``path``; safe for threads and processes."""

    def __init__(
        self,
        path: Path,
        ceilings: Ceilings,
        *,
        lease_seconds: float = 300.0,
        clock: Callable[[], dt.datetime] = utc_now,
    ) -> None:
        self._path = path
        self._ceilings = ceilings
        self._lease = dt.timedelta(seconds=lease_seconds)
        self._clock = clock
        self._local = threading.local()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Before WAL mode is on, opening at the same time can meet a lock: hence by turns.
        with _made(path), damage_told(path):
            self._connection().executescript(_SCHEMA)

    def reserve(
        self,
        key: str,
        purpose: Purpose,
        *,
        provider: str,
        model: str,
        prompt_name: str,
        prompt_version: str,
        estimate: Estimate,
        sources: Iterable[str] = (),
        rows_covered: int = 1,
        may_call: bool = True,
        may_reuse: bool = True,
    ) -> Known | Busy | Refused | Reserved:
        """Decide about one call; see the module. Without ``may_call`` only a known answer helps.

        ``may_reuse`` is false for what has no answer to keep, such as a statement.
        ``sources``: see ``forget_sources``.
        """
        now = self._clock()
        with self._transaction() as db:
            self._forget_the_dead(db, key, now, now + self._lease + _CLOCKS_DIFFER)
            known = db.execute(
                "SELECT text, model, outcome, message_id FROM answer WHERE call_key = ?", [key]
            ).fetchone()
            known = known if may_reuse else None
            head = (key, purpose, provider, model, prompt_name, prompt_version, rows_covered)
            if known:
                self._insert(db, head, "reused", Estimate(Tokens(), 0), now)
                return Known(*known)
            if db.execute(
                "SELECT 1 FROM call WHERE call_key = ? AND state = 'reserved'", [key]
            ).fetchone():
                return Busy()
            if not may_call:
                return Refused("no more calls")
            scopes = _scopes(purpose, now)
            for scope, name in scopes:
                if reason := self._over(db, scope, name, estimate):
                    return Refused(reason)
            call_id = self._insert(db, head, "reserved", estimate, now)
            db.executemany(
                "INSERT OR IGNORE INTO answer_source VALUES (?, ?)",
                [(key, source) for source in sources],
            )
            for scope, name in scopes:
                _add(db, scope, name, 1, estimate.tokens, estimate.micro_dollars)
            return Reserved(call_id)

    def used(self, asset: str, run_id: str) -> dict[str, int | float]:
        """What calls of one asset in one run have used, as metadata: calls, answers reused, tokens
        and dollars; nothing where none was asked for."""
        with self._transaction() as db:
            calls, reused, tokens_in, tokens_out, micro_dollars = db.execute(
                "SELECT COUNT(*), SUM(state = 'reused'), SUM(input_tokens), SUM(output_tokens), "
                "SUM(micro_dollars) FROM call WHERE asset = ? AND run_id = ?",
                [asset, run_id],
            ).fetchone()
        if not calls:
            return {}
        return {
            "ai/calls": calls - reused,
            "ai/reused": reused,
            "ai/input_tokens": tokens_in,
            "ai/output_tokens": tokens_out,
            "ai/cost_usd": round(micro_dollars / 1e6, 4),
        }

    def settle(
        self,
        call_id: str,
        tokens: Tokens,
        micro_dollars: int,
        *,
        text: str,
        model: str,
        outcome: str = "answer",
        message_id: str | None = None,
        evidence: str | None = None,
    ) -> None:
        """Write down the answer and its true cost. ``outcome``: see ``Known``."""
        now = self._clock()
        with self._transaction() as db:
            key = self._close(db, call_id, "answered", tokens, micro_dollars, None, now)
            db.execute(
                "INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (call_key) DO NOTHING",
                [key, model, text, outcome, message_id, evidence, now.isoformat()],
            )

    def fail(self, call_id: str, note: str, tokens: Tokens, micro_dollars: int) -> None:
        """Write down that the call gave nothing to keep; ``note`` says why in a few words."""
        with self._transaction() as db:
            self._close(db, call_id, "failed", tokens, micro_dollars, note[:300], self._clock())

    def abandon(self, call_id: str, note: str) -> None:
        """Give up a call whose end is not known: its estimate stands, its key is free."""
        with self._transaction() as db:
            db.execute(
                "UPDATE call SET state = 'lost', note = ?, settled_at = ?, lease_until = NULL "
                "WHERE call_id = ? AND state = 'reserved'",
                [note[:300], self._clock().isoformat(), call_id],
            )

    def forget(self, before: dt.datetime) -> tuple[int, int]:
        """Delete answers given and calls closed before ``before``; how many of each.

        What they cost stays counted. A question asked again afterwards is a new call.
        """
        with self._transaction() as db:
            answers = db.execute(
                "DELETE FROM answer WHERE answered_at < ?", [before.isoformat()]
            ).rowcount
            calls = db.execute(
                "DELETE FROM call WHERE state != 'reserved' AND reserved_at < ?",
                [before.isoformat()],
            ).rowcount
            db.execute(
                "DELETE FROM answer_source WHERE call_key NOT IN (SELECT call_key FROM answer) "
                "AND call_key NOT IN (SELECT call_key FROM call)"
            )
        return answers, calls

    def forget_sources(self, is_gone: Callable[[str], bool]) -> int:
        """Delete the answers that were made from a source that ``is_gone``; how many.

        Sources are the ids and addresses that a question named when it was reserved. They
        stay on record, so that an answer that comes in later is found when asked again.
        """
        with self._transaction() as db:
            known = db.execute("SELECT DISTINCT source FROM answer_source").fetchall()
            gone = [source for (source,) in known if is_gone(source)]
            return sum(
                db.execute(
                    "DELETE FROM answer WHERE call_key IN "
                    "(SELECT call_key FROM answer_source WHERE source = ?)",
                    [source],
                ).rowcount
                for source in gone
            )

    def rows(self, since: dt.datetime | None = None) -> list[dict[str, object]]:
        """All rows of ``call`` reserved at or after ``since``, oldest first."""
        return _rows_of(self._connection(), since)

    def evidence(self, key: str) -> str | None:
        """What the answer to ``key`` rests on, as its provider gave it (JSON)."""
        row = (
            self._connection()
            .execute("SELECT evidence FROM answer WHERE call_key = ?", [key])
            .fetchone()
        )
        return row[0] if row else None

    def spent(self, scope: str, name: str) -> tuple[int, int, int]:
        """Calls, tokens and millionths of a dollar that count in one scope now."""
        row = (
            self._connection()
            .execute(
                "SELECT calls, tokens, micro_dollars FROM spent WHERE scope = ? AND name = ?",
                [scope, name],
            )
            .fetchone()
        )
        return (row[0], row[1], row[2]) if row else (0, 0, 0)

    def _over(
        self, db: sqlite3.Connection, scope: str, name: str, estimate: Estimate
    ) -> str | None:
        ceiling = getattr(self._ceilings, scope)
        row = db.execute(
            "SELECT calls, tokens, micro_dollars FROM spent WHERE scope = ? AND name = ?",
            [scope, name],
        ).fetchone() or (0, 0, 0)
        tokens = estimate.tokens.input + estimate.tokens.output
        if row[0] + 1 > ceiling.calls:
            return f"ceiling of the {scope}: {ceiling.calls} calls"
        if row[1] + tokens > ceiling.tokens:
            return f"ceiling of the {scope}: {ceiling.tokens} tokens"
        if row[2] + estimate.micro_dollars > ceiling.dollars * 1_000_000:
            return f"ceiling of the {scope}: {ceiling.dollars:g} dollars"
        return None

    def _insert(
        self,
        db: sqlite3.Connection,
        head: tuple[str, Purpose, str, str, str, str, int],
        state: str,
        estimate: Estimate,
        now: dt.datetime,
    ) -> str:
        key, purpose, provider, model, prompt_name, prompt_version, rows_covered = head
        call_id = secrets.token_hex(12)
        reserved = state == "reserved"
        db.execute(
            "INSERT INTO call VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?)",
            [
                call_id, key, purpose.asset, purpose.run_id, purpose.account, purpose.week,
                provider, model, prompt_name, prompt_version, state, rows_covered,
                estimate.tokens.input, estimate.tokens.output, estimate.micro_dollars,
                now.isoformat(), None if reserved else now.isoformat(),
                (now + self._lease).isoformat() if reserved else None,
            ],
        )  # fmt: skip
        return call_id

    def _close(
        self,
        db: sqlite3.Connection,
        call_id: str,
        state: str,
        tokens: Tokens,
        micro_dollars: int,
        note: str | None,
        now: dt.datetime,
    ) -> str:
        row = db.execute(
            "SELECT call_key, asset, run_id, account, week, input_tokens, output_tokens, "
            "micro_dollars, reserved_at, state FROM call WHERE call_id = ?",
            [call_id],
        ).fetchone()
        if row is None or row[9] not in ("reserved", "lost"):
            raise ValueError(f"call {call_id} is not open")
        db.execute(
            "UPDATE call SET state = ?, input_tokens = ?, output_tokens = ?, micro_dollars = ?, "
            "note = ?, settled_at = ?, lease_until = NULL WHERE call_id = ?",
            [state, tokens.input, tokens.output, micro_dollars, note, now.isoformat(), call_id],
        )
        more = Tokens(tokens.input - row[5], tokens.output - row[6])
        reserved_at = dt.datetime.fromisoformat(row[8])
        for scope, name in _scopes(Purpose(*row[1:5]), reserved_at):
            _add(db, scope, name, 0, more, micro_dollars - row[7])
        return str(row[0])

    @staticmethod
    def _forget_the_dead(
        db: sqlite3.Connection, key: str, now: dt.datetime, farthest: dt.datetime
    ) -> None:
        """A reservation past its lease keeps its cost and no longer stands in the way.

        Nor does one with a lease beyond ``farthest``, of a clock that was ahead.
        """
        db.execute(
            "UPDATE call SET state = 'lost', note = 'no answer was recorded' "
            "WHERE call_key = ? AND state = 'reserved' AND (lease_until < ? OR lease_until > ?)",
            [key, now.isoformat(), farthest.isoformat()],
        )

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            self._local.connection = connection
        return connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        db = self._connection()
        with transaction(db):
            yield db


def stored_rows(path: Path) -> list[dict[str, object]]:
    """All rows of ``call`` of the ledger at ``path``, which is only read and may be missing."""
    if not path.exists():
        return []
    with closing(open_to_read(path)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'call'").fetchone():
            return []  # of a process that was killed as it made the file
        return _rows_of(db, None)


def _rows_of(db: sqlite3.Connection, since: dt.datetime | None) -> list[dict[str, object]]:
    cursor = db.execute(
        "SELECT * FROM call WHERE reserved_at >= ? ORDER BY rowid",
        [since.isoformat() if since else ""],
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _scopes(purpose: Purpose, now: dt.datetime) -> list[tuple[str, str]]:
    month = f"{now:%Y-%m}"
    of_one = [] if purpose.account in OF_NOBODY else [("account", f"{purpose.account}|{month}")]
    return [
        ("run", purpose.run_id),
        ("asset", f"{purpose.asset}|{purpose.run_id}"),
        *of_one,
        ("month", month),
    ]


def _add(
    db: sqlite3.Connection, scope: str, name: str, calls: int, tokens: Tokens, micro_dollars: int
) -> None:
    db.execute(
        "INSERT INTO spent VALUES (?, ?, ?, ?, ?) ON CONFLICT (scope, name) DO UPDATE SET "
        "calls = calls + excluded.calls, tokens = tokens + excluded.tokens, "
        "micro_dollars = micro_dollars + excluded.micro_dollars",
        [scope, name, calls, tokens.input + tokens.output, micro_dollars],
    )


@contextmanager
def _made(path: Path) -> Iterator[None]:
    """Hold a lock file while the database is made."""
    beside = path.with_name(path.name + ".making")
    with open(beside, "w") as file:
        lock(file.fileno(), beside, _BUSY_SECONDS)
        yield

"""How a page gets to know who looks, and reads: short sessions, cut to the viewer's scope.

``visit()`` says who looks. What a page reads with ``Visit.remembered`` is kept under whose it is
and of which version of the data, so that no other viewer and no later version meets it.
"""

import contextlib
import datetime as dt
import hashlib
import os
import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from cs_assets.answers.scope import Asker, Scope, scope_of
from cs_assets.desk.guards import ScopedSession
from cs_assets.desk.viewer import NotSignedIn, Viewer, verified
from cs_assets.errors import UsageError

if TYPE_CHECKING:
    from resources.settings import Settings
    from resources.warehouse_port import Opens

#: The header in which the front says who looks; it takes the name away from all who send it.
HEADER = "X-Cs-Assets-Viewer"
#: The variable of the page's process that holds the key of signatures, in hex.
KEY = "CS_ASSETS_DESK_KEY"
#: Where a container of Snowflake finds the token of its service.
_CONTAINER_TOKEN = "/snowflake/session/token"  # noqa: S105 - a place, no secret
#: Snowflake signs people in and out itself: who looks is asked again for each page.
_IN_SNOWFLAKE = dt.timedelta(hours=1)
#: What is kept in memory for all viewers together.
_MOST_BYTES = 128 * 1024 * 1024
#: How long a page waits for its turn at the embedded file before it says so.
WAIT_SECONDS = 20.0

#: How long what somebody was shown inside Snowflake may be shown to them again.
_EYES_SECONDS = 600.0

Found = TypeVar("Found")
Result = TypeVar("Result")


def now() -> dt.datetime:
    """UTC, naive, as everywhere in the warehouse."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def current_viewer() -> Viewer:
    """Who looks at the page that runs; raises ``NotSignedIn`` with a sentence for that person."""
    if is_in_snowflake():
        return _viewer_in_snowflake()
    return verified(_token(), _key(), now())


def visit() -> "Visit":
    """The visit of the page that runs; raises ``NotSignedIn``."""
    return Visit(current_viewer(), _settled_at())


@contextlib.contextmanager
def reading(label: str) -> Iterator[ScopedSession]:
    """A short session that reads what the viewer of the running page may see."""
    with visit().reading(label) as db:
        yield db


def _token() -> str:
    import streamlit as st

    tokens = st.context.headers.get_all(HEADER)
    if len(tokens) != 1:
        raise NotSignedIn("it is not known who you are: open the desk by its own address")
    return tokens[0]


def _viewer_in_snowflake() -> Viewer:
    """Whom Snowflake has signed in, by the mail address that it has of that person."""
    import streamlit as st

    from cs_assets.desk.front.roles import asker_of

    address = str(st.user.get("email") or "")
    with warehouse().reading("desk sign-in") as db:
        who = asker_of(db, address, settings().desk_operators) if address else None
    if who is None:
        raise NotSignedIn(
            f"{address or 'who looks'} is the address of no CSM, rep, manager or member of "
            "operations: ask operations"
        )
    return Viewer(who, address, now() + _IN_SNOWFLAKE)


def _key() -> bytes:
    try:
        return bytes.fromhex(os.environ.get(KEY, ""))
    except ValueError:
        return b""


@dataclass(frozen=True)
class Visit:
    """Somebody at a page; ``begun_at``: what was decided before is in what is shown."""

    viewer: Viewer
    begun_at: dt.datetime

    @contextlib.contextmanager
    def reading(self, label: str) -> Iterator[ScopedSession]:
        """A short session; raises ``UsageError`` where there is no warehouse, ``Unavailable``."""
        with self._versioned(label) as (db, _):
            yield db

    def remembered(
        self, name: str, *arguments: Hashable, read: Callable[[ScopedSession], Result]
    ) -> Result:
        """What ``read`` gives, from memory if this viewer's scope and these data gave it before.

        ``name`` and ``arguments`` say all that the result depends on beside viewer and data. The
        result is a copy: whoever changes it changes it for nobody else.
        """
        return self.reckoned(name, *arguments, read=read, reckon=lambda found: found)

    def reckoned(
        self,
        name: str,
        *arguments: Hashable,
        read: Callable[[ScopedSession], Found],
        reckon: Callable[[Found], Result],
    ) -> Result:
        """As ``remembered``, of what is read: reckoned once the session is over."""
        asked = (name, *arguments)
        version = _data_version()
        scope = _SCOPES.get((self.viewer.asker, version))
        if scope is not None:
            kept = _KEPT.get((_of(scope, self.viewer.asker), version, asked))
            if kept is not None:
                result: Result = pickle.loads(kept)  # noqa: S301 - our own
                return result
        with _KEPT.turn((self.viewer.asker, asked)):
            with self._versioned(name) as (db, version):
                key = (_of(db.scope, self.viewer.asker), version, asked)
                kept = _KEPT.get(key)
                if kept is not None:
                    result = pickle.loads(kept)  # noqa: S301 - our own
                    return result
                found = read(db)
            result = reckon(found)
            _KEPT.put(key, pickle.dumps(result))
        return result

    @contextlib.contextmanager
    def _versioned(self, label: str) -> Iterator[tuple[ScopedSession, "_Version"]]:
        """A short session, and which data it reads."""
        with _opened(f"desk {label}") as (db, version):
            scope = _scope(db, self.viewer.asker, version)
            yield ScopedSession(db, self.viewer.asker, scope), version


class _Kept:
    """Results by key, the least used gone first once they are too many bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._lock = threading.Lock()
        self._by_key: OrderedDict[Hashable, bytes] = OrderedDict()
        self._turns: dict[Hashable, tuple[threading.Lock, int]] = {}

    def get(self, key: Hashable) -> bytes | None:
        with self._lock:
            found = self._by_key.get(key)
            if found is not None:
                self._by_key.move_to_end(key)
            return found

    def put(self, key: Hashable, value: bytes) -> None:
        with self._lock:
            self._bytes += len(value) - len(self._by_key.pop(key, b""))
            self._by_key[key] = value
            while self._bytes > self._most:
                self._bytes -= len(self._by_key.popitem(last=False)[1])

    @contextlib.contextmanager
    def turn(self, key: Hashable) -> Iterator[None]:
        """One at a time for the same key: what the first reads is there for the others."""
        with self._lock:
            lock, count = self._turns.get(key, (threading.Lock(), 0))
            self._turns[key] = (lock, count + 1)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, count = self._turns.pop(key)
                if count > 1:
                    self._turns[key] = (lock, count - 1)


_KEPT = _Kept(_MOST_BYTES)
#: By asker and version of the data; only those of the latest version are kept.
_SCOPES: dict[tuple[Asker, "_Version"], Scope] = {}


def _scope(db: Any, asker: Asker, version: "_Version") -> Scope:
    known = _SCOPES.get((asker, version))
    if known is None:
        known = scope_of(db, asker)
        for old in [one for one in list(_SCOPES) if one[1].data != version.data]:
            _SCOPES.pop(old, None)
        _SCOPES[asker, version] = known
    return known


def _of(scope: Scope, asker: Asker) -> Hashable:
    """What tells one viewer's results from another's."""
    told = "\0".join(",".join(sorted(ids)) for ids in (scope.customers, scope.reps, scope.workers))
    return (str(asker), scope.sees_all, hashlib.sha256(told.encode()).hexdigest())


def settings() -> "Settings":
    from resources.settings import Settings

    return Settings.load()


def warehouse(of: "Settings | None" = None) -> "Opens":
    """The warehouse of the settings; a page does not wait as long for it as a run does."""
    found = of or settings()
    if is_in_snowflake():
        from resources.snowflake.callers import CallersWarehouse
        from resources.snowflake.schemas import Schemas

        return CallersWarehouse(Schemas.parse(found.snowflake_schemas), found.snowflake_database)
    if found.cs_assets_warehouse == "duckdb":
        from resources.duckdb.snapshots import ReadBesideWriters

        if not found.home.warehouse.is_file():
            raise UsageError(
                "there are no data yet: operations make them with the first weekly run "
                "(cs-assets run weekly; cs-assets demo for the sample company)"
            )
        return ReadBesideWriters(str(found.home.warehouse), WAIT_SECONDS)
    from resources.warehouse_choice import warehouse as chosen

    return chosen(found)


def is_in_snowflake() -> bool:
    """Whether the page runs in Snowflake's container runtime, which says who looks itself."""
    return os.environ.get("SNOWFLAKE_HOST", "") != "" and os.path.exists(_CONTAINER_TOKEN)


@dataclass(frozen=True)
class _Version:
    """Which data are read, and with whose eyes."""

    data: Hashable
    """Changes with each write."""
    eyes: Hashable = ()
    """Inside Snowflake user and role, for policies show each other rows of the same table."""


def _data_version() -> _Version:
    """Of the embedded file from its headers: nobody has to open it for that."""
    found = settings()
    if found.cs_assets_warehouse == "duckdb":
        from resources.duckdb import snapshots

        return _Version(snapshots.version(found.home.warehouse))
    with warehouse().reading("desk version") as db:
        row = db.query("desk/data_version").iloc[0]
    # A grant or a policy that is taken back changes no table: nothing is believed for long.
    period = int(now().timestamp() // _EYES_SECONDS)
    return _Version(str(row["changed_at"]), (row["user_name"], row["role_name"], period))


@contextlib.contextmanager
def _opened(label: str) -> Iterator[tuple[Any, _Version]]:
    """A session, and which data it reads."""
    if (versioned := getattr(warehouse(), "versioned", None)) is not None:
        with versioned(label) as (db, version):
            yield db, _Version(version)
        return
    with warehouse().reading(label) as db:
        yield db, _data_version()


def _settled_at() -> dt.datetime:
    """A moment such that what was decided before it is in what is read from now on."""
    if is_in_snowflake() or settings().cs_assets_warehouse != "duckdb":
        return now()
    from resources.duckdb import snapshots

    return snapshots.settled_at(settings().home.warehouse)

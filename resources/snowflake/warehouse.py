"""The Snowflake warehouse: connections, their query tags and their end."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import dagster as dg
import snowflake.connector
from dagster_snowflake import SnowflakeResource
from pydantic import Field, PrivateAttr

from cs_assets.errors import CsAssetsError, Unavailable, UsageError
from resources.settings import Settings
from resources.snowflake import snapshot
from resources.snowflake.callers import LOCK_SECONDS, MEANING
from resources.snowflake.errors import told
from resources.snowflake.jwt import plain_key, read_key
from resources.snowflake.looks import Looks
from resources.snowflake.schemas import Schemas
from resources.snowflake.session import SnowflakeSession
from resources.snowflake.spent import Spent, tell
from resources.warehouse import Session, Warehouse

#: The connector would else ask the metadata services of three clouds where it runs.
QUIET = {"platform_detection_timeout_seconds": 0.0}
#: What else statements do by a parameter of the session, whatever account or user set: an AI
#: function that fails on a row gives NULL.
PINNED = MEANING | {
    "USE_CACHED_RESULT": True,
    "ABORT_DETACHED_QUERY": True,
    "AI_SQL_ERROR_HANDLING_USE_FAIL_ON_ERROR": False,
}
#: Seconds without any answer of the network after which a request is given up.
_NETWORK_SECONDS = 300
#: Seconds to sign in where the local copy answers otherwise; signing in takes one or two.
_READER_SECONDS = 10


class SnowflakeWarehouse(Warehouse):
    """Sessions on Snowflake through dagster-snowflake's resource as connection factory.

    Within a run one connection is kept for each thread and closed when the run
    ends; outside of a run each session closes its own. The key is read from the
    environment when a connection is made and is part of no configuration.
    """

    settings: dg.ResourceDependency[Settings]
    """Whose key signs in."""
    account: str
    user: str
    role: str | None = None
    warehouse: str | None = None
    database: str
    statement_timeout_seconds: int = 3600
    lock_timeout_seconds: int = LOCK_SECONDS
    """How long a statement waits for a lock."""
    extra: dict[str, Any] = Field(default_factory=dict)
    """More arguments of the connector, e.g. host, port and protocol of a local server."""

    _run_id: str | None = PrivateAttr(default=None)
    _managed: bool = PrivateAttr(default=False)
    _open: list[SnowflakeSession] = PrivateAttr(default_factory=list)
    _spent: dict[str, Spent] = PrivateAttr(default_factory=dict)
    """By label of sessions, of one run."""
    _of_thread: threading.local = PrivateAttr(default_factory=threading.local)

    @property
    def is_elsewhere(self) -> bool:
        return True

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        self._run_id = context.run.run_id if context.run else None
        self._managed = True

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        self._managed, self._spent = False, {}
        for session in self._open:
            # One that is gone, or Snowflake that is away: the next run looks itself.
            with suppress(snowflake.connector.errors.Error, CsAssetsError):
                if session.is_open:
                    session.look_again()
        self.close()

    def close(self) -> None:
        """Close every connection that is kept."""
        while self._open:
            self._open.pop().close()
        self._of_thread = threading.local()

    @contextmanager
    def open(self, label: str) -> Iterator[Session]:
        held: SnowflakeSession | None = getattr(self._of_thread, "in_use", None)
        if held is not None:  # nested use in one thread is one session
            yield held
            return
        session = self._session()
        try:
            session.tag(self._tag(label))
            session.spent = self._spent.setdefault(label, Spent())
            self._of_thread.in_use = session
            yield session
        except snowflake.connector.errors.Error as error:
            raise told(error) from error
        finally:
            self._of_thread.in_use = None
            if not self._managed:
                self._forget(session)
            elif self._run_id:
                tell(self._spent[label])

    def reach(self) -> None:
        try:
            self._session().connect()
        except Unavailable:
            self.close()
            raise

    @contextmanager
    def reading(self, label: str = "cs_assets") -> Iterator[Session]:
        """As ``session``; outside of runs from the local snapshot while Snowflake is away."""
        if not self._managed:
            try:
                self.reach()
            except Unavailable as away:
                with snapshot.reading(self.settings.home.snapshot, label, away) as copy:
                    yield copy
                return
        with self.open(label) as session:
            yield session

    def _session(self) -> SnowflakeSession:
        kept: SnowflakeSession | None = getattr(self._of_thread, "kept", None)
        if kept is not None and kept.is_open:
            return kept
        session = SnowflakeSession(self._connect, self._schemas(), self._looks())
        self._open.append(session)
        self._of_thread.kept = session
        return session

    def _schemas(self) -> Schemas:
        return Schemas.parse(self.settings.snowflake_schemas)

    def _looks(self) -> Looks:
        """Kept apart for each account, database and role: what one may read another may not."""
        names = (self.account, self.database, self.role or "")
        return Looks(self.settings.home.looks, "/".join(names).upper())

    def _forget(self, session: SnowflakeSession) -> None:
        session.close()
        with suppress(ValueError):
            self._open.remove(session)
        self._of_thread.kept = None

    def _connect(self) -> snowflake.connector.SnowflakeConnection:
        """A new connection; closed again if anything fails before it is handed over."""
        arguments = connection_arguments(
            self.settings,
            account=self.account,
            user=self.user,
            role=self.role,
            warehouse=self.warehouse,
            database=self.database,
            schema=self._schemas().ops,
            additional_snowflake_connection_args={
                "network_timeout": _NETWORK_SECONDS,
                **self._patience(),
                **self.extra,
                "session_parameters": {
                    **PINNED,
                    "STATEMENT_TIMEOUT_IN_SECONDS": self.statement_timeout_seconds,
                    "LOCK_TIMEOUT": self.lock_timeout_seconds,
                    **self.extra.get("session_parameters", {}),
                },
            },
        )
        try:
            return snowflake.connector.connect(**arguments)
        except snowflake.connector.errors.Error as error:
            raise told(error) from error

    def _patience(self) -> dict[str, int]:
        """A person who could be answered from the local copy does not wait for minutes."""
        waits = not self._managed and self.settings.home.snapshot.exists()
        return {"login_timeout": _READER_SECONDS} if waits else {}

    def _tag(self, label: str) -> str:
        parts = ["cs_assets", f"asset={label}"]
        if self._run_id:
            parts.append(f"run={self._run_id}")
        return re.sub(r"[^A-Za-z0-9_=;.-]", "_", ";".join(parts))[:2000]


def connection_arguments(settings: Settings, **named: Any) -> dict[str, Any]:
    """The connector's arguments by dagster-snowflake's resource, signed in by the settings' key.

    The resource's own context manager leaves the connection open when the body raises,
    so only its arguments are used.
    """
    factory = SnowflakeResource(
        **{
            "private_key": signing_key(settings),
            "paramstyle": "qmark",
            "login_timeout": 60,
            **{name: value for name, value in named.items() if value is not None},
        }
    )
    return {**factory._connection_args, **QUIET}


def signing_key(settings: Settings) -> str:
    """The key of the settings, decrypted, as the connector takes it; ``UsageError`` without one."""
    key, path = settings.snowflake_private_key, settings.snowflake_private_key_path
    if key is None and path is None:
        raise UsageError(
            "no key for Snowflake; set SNOWFLAKE_PRIVATE_KEY_PATH (or SNOWFLAKE_PRIVATE_KEY)"
        )
    # Read and tried here: the connector's own words for a bad key are long and may show it.
    passphrase = settings.snowflake_private_key_passphrase
    pem = read_key(key.get_secret_value() if key else None, path)
    return plain_key(pem, passphrase.get_secret_value() if passphrase else None)

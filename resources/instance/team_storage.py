"""The storage of a Dagster instance that a team shares: PostgreSQL, waited for while it restarts.

Dagster tries a connection for seconds; the restart of a server, or its fail-over, takes longer, and
each process that asked meanwhile would fail with what it was doing. Only connecting is tried again:
what a server may have taken before it went away is never sent twice.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from dagster._serdes import ConfigurableClassData
from dagster_postgres import (
    PostgresEventLogStorage,
    PostgresRunStorage,
    PostgresScheduleStorage,
)
from dagster_postgres.utils import DagsterPostgresException
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError

from cs_assets.errors import CsAssetsError, Unavailable
from cs_assets.redaction import without_secrets
from resources.instance.pools import PatientPools
from resources.instance.three_parts import InThreeParts

_Made = TypeVar("_Made")
#: Seconds between two tries, and after which the server counts as gone.
_PAUSE_SECONDS, _PATIENCE_SECONDS = 0.5, 120.0
_DATABASE = "PostgreSQL of the Dagster instance (DAGSTER_DATABASE_URL)"
#: What a server says that is there and will say so again.
_FOR_GOOD = ("authentication failed", "does not exist", "no pg_hba.conf entry", "permission denied")


class NoDatabase(Unavailable):
    """PostgreSQL did not let anybody in for longer than a restart takes."""


class TeamStorage(InThreeParts):
    """Runs, events and schedules in the database at ``postgres_url``."""

    _place = "postgres_url"

    def __init__(
        self,
        postgres_url: str,
        pool_wait_seconds: float = PatientPools.longest_pool_wait,
        inst_data: ConfigurableClassData | None = None,
    ) -> None:
        super().__init__(inst_data)
        self._runs = patiently(lambda: PatientRuns(postgres_url))
        self._events = events = patiently(lambda: PatientEvents(postgres_url))
        events.longest_pool_wait = pool_wait_seconds
        self._schedules = patiently(lambda: PatientSchedules(postgres_url))


class PatientEvents(PatientPools, PostgresEventLogStorage):
    """The event log."""

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        with connected(self._engine) as connection:
            yield connection


class PatientRuns(PostgresRunStorage):
    """Runs and their tags."""

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        with connected(self._engine) as connection:
            yield connection


class PatientSchedules(PostgresScheduleStorage):
    """Ticks and states of schedules and sensors."""

    @contextmanager
    def connect(self, run_id: str | None = None) -> Iterator[Connection]:
        with connected(self._engine) as connection:
            yield connection


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """A connection of the engine, as soon as the server gives one; ``NoDatabase`` after minutes."""
    connection = patiently(engine.connect)
    try:
        yield connection
    finally:
        connection.close()


def patiently(make: Callable[[], _Made]) -> _Made:
    """What ``make`` gives once the server is there; ``NoDatabase`` after two minutes."""
    ends = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return make()
        except (OperationalError, DagsterPostgresException) as error:
            said = _said(error)
            if any(word in said for word in _FOR_GOOD):
                raise CsAssetsError(f"{_DATABASE}: {said}") from None
            if time.monotonic() >= ends:
                raise NoDatabase(f"{_DATABASE} is away: {said}") from None
            time.sleep(_PAUSE_SECONDS)


def _said(error: Exception) -> str:
    """What the server or its driver says, without Dagster's wrapping and SQLAlchemy's hints."""
    cause = error.__cause__ if isinstance(error, DagsterPostgresException) else error
    return without_secrets(" ".join(str(getattr(cause, "orig", cause)).split())[:300])

"""Reading what an installation has, without the resources of a run.

Dagster's resources take a second to load, which is half of a command that shows something.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from resources.duckdb import sessions
from resources.settings import Settings
from resources.warehouse_port import Session


@contextmanager
def reading(settings: Settings, label: str) -> Iterator[Session]:
    """A session that only reads the warehouse that the settings name."""
    if settings.cs_assets_warehouse == "duckdb":
        path = str(settings.home.warehouse)
        with sessions.reading(path, label, sessions.WAIT_SECONDS) as session:
            yield session
        return
    from resources.warehouse_choice import warehouse  # Snowflake's is a resource

    with warehouse(settings).reading(label) as session:
        yield session

"""Sessions with the rights of who looks, for pages that run inside Snowflake (container runtime).

Streamlit's connection ``snowflake-callers-rights`` is the viewer's own: policies see that person,
and nothing can be read that they could not read themselves. It lives as long as their session.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from resources.snowflake.errors import told
from resources.snowflake.schemas import Schemas
from resources.snowflake.session import SnowflakeSession


class CallersWarehouse:
    """Opens sessions as ``resources.warehouse.Warehouse`` does; nothing here imports Dagster."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas

    @contextmanager
    def session(self, label: str = "desk") -> Iterator[SnowflakeSession]:
        """A session on the viewer's connection, which is kept for the next one."""
        import snowflake.connector

        opened = SnowflakeSession(_connection, self._schemas)
        opened.tag(re.sub(r"[^A-Za-z0-9_=;.-]", "_", f"cs_assets;asset={label}")[:2000])
        try:
            yield opened
        except snowflake.connector.errors.Error as error:
            raise told(error) from error

    reading = session


def _connection() -> Any:
    import snowflake.connector
    import streamlit as st

    snowflake.connector.paramstyle = "qmark"  # what our statements are written with
    raw = st.connection("snowflake-callers-rights").raw_connection
    with raw.cursor() as cursor:
        cursor.execute("ALTER SESSION SET TIMEZONE = 'UTC'")
    return raw

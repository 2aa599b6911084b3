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

#: What statements mean by a parameter of the session, whatever account or user set: weeks begin on
#: Monday, TIMESTAMP has no zone, each statement stands alone until a BEGIN.
MEANING: dict[str, str | int | bool] = {
    "TIMEZONE": "UTC",
    "WEEK_START": 1,
    "WEEK_OF_YEAR_POLICY": 0,
    "TIMESTAMP_TYPE_MAPPING": "TIMESTAMP_NTZ",
    "AUTOCOMMIT": True,
    "QUOTED_IDENTIFIERS_IGNORE_CASE": False,
}
#: Longer than the five minutes after which Snowflake ends an idle transaction that others wait for,
#: so that who waits gets the lock then.
LOCK_SECONDS = 420


class CallersWarehouse:
    """Opens sessions as ``resources.warehouse.Warehouse`` does; nothing here imports Dagster."""

    def __init__(self, schemas: Schemas, database: str | None = None) -> None:
        self._schemas = schemas
        self._ops = f"{database}.{schemas.ops}" if database else schemas.ops

    @contextmanager
    def session(self, label: str = "desk") -> Iterator[SnowflakeSession]:
        """A session on the viewer's connection, which is kept for the next one."""
        import snowflake.connector

        opened = SnowflakeSession(lambda: _connection(self._ops), self._schemas)
        opened.tag(re.sub(r"[^A-Za-z0-9_=;.-]", "_", f"cs_assets;asset={label}")[:2000])
        try:
            yield opened
        except snowflake.connector.errors.Error as error:
            raise told(error) from error

    reading = session


def _connection(ops: str) -> Any:
    """The viewer's, standing where their role may make the temporary stage that a write needs."""
    import snowflake.connector
    import streamlit as st

    snowflake.connector.paramstyle = "qmark"  # what our statements are written with
    raw = st.connection("snowflake-callers-rights").raw_connection
    with raw.cursor() as cursor:
        cursor.execute(f"USE SCHEMA {ops}")
        given = MEANING | {"LOCK_TIMEOUT": LOCK_SECONDS}
        pinned = " ".join(f"{name} = {_literal(value)}" for name, value in given.items())
        cursor.execute(f"ALTER SESSION SET {pinned}")
    return raw


def _literal(value: str | int | bool) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value).upper()

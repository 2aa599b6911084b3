"""A connection that sets things up: signed in as an administrator, not as the service."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import snowflake.connector

from resources.errors import UsageError
from resources.settings import Settings
from resources.snowflake_errors import told
from resources.snowflake_warehouse import connection_arguments


@contextmanager
def administrator(settings: Settings, **extra: Any) -> Iterator[Callable[[str], None]]:
    """Gives a function that runs one statement; errors are one line with the way to mend them."""
    user = settings.snowflake_admin_user or settings.snowflake_user
    if not (settings.snowflake_account and user):
        raise UsageError(
            "cs-assets setup snowflake needs SNOWFLAKE_ACCOUNT and SNOWFLAKE_ADMIN_USER "
            "(or SNOWFLAKE_USER), and the user's key in SNOWFLAKE_PRIVATE_KEY_PATH"
        )
    arguments = connection_arguments(settings, account=settings.snowflake_account, user=user)
    try:
        connection = snowflake.connector.connect(**{**arguments, **extra})
    except snowflake.connector.errors.Error as error:
        raise told(error) from error
    try:
        yield lambda statement: _run(connection, statement)
    finally:
        connection.close()


def _run(connection: snowflake.connector.SnowflakeConnection, statement: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except snowflake.connector.errors.Error as error:
        first = statement.strip().splitlines()[0][:80]
        problem = told(error)
        raise type(problem)(f"'{first}': {problem}") from error

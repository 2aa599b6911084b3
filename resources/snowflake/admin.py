"""A connection that sets things up: signed in as an administrator, not as the service."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import snowflake.connector

from cs_assets.errors import UsageError
from resources.settings import Settings
from resources.snowflake.errors import told
from resources.snowflake.warehouse import QUIET, connection_arguments


@contextmanager
def administrator(settings: Settings, **extra: Any) -> Iterator[Callable[[str], list[Any]]]:
    """Gives a function that runs one statement and gives its rows.

    Errors are one line with the way to mend them.
    """
    arguments = {**sign_in(settings), "session_parameters": {"QUERY_TAG": "cs_assets;setup"}}
    try:
        connection = snowflake.connector.connect(**{**arguments, **extra})
    except snowflake.connector.errors.Error as error:
        raise told(error) from error
    try:
        yield lambda statement: _run(connection, statement)
    finally:
        connection.close()


def sign_in(settings: Settings) -> dict[str, Any]:
    """How the administrator signs in: by browser, password or token, else by the service's key."""
    account = settings.snowflake_account
    user = settings.snowflake_admin_user or settings.snowflake_user
    if not (account and user):
        raise UsageError(
            "cs-assets setup snowflake needs SNOWFLAKE_ACCOUNT and SNOWFLAKE_ADMIN_USER, and how "
            "to sign in: SNOWFLAKE_ADMIN_AUTHENTICATOR=externalbrowser, SNOWFLAKE_ADMIN_PASSWORD, "
            "or a key in SNOWFLAKE_PRIVATE_KEY_PATH"
        )
    password = settings.snowflake_admin_password
    authenticator = settings.snowflake_admin_authenticator
    if password is None and authenticator is None:
        return connection_arguments(settings, account=account, user=user)
    if password is None and authenticator == "username_password_mfa":
        raise UsageError("username_password_mfa needs SNOWFLAKE_ADMIN_PASSWORD")
    given = {
        "password": password.get_secret_value() if password else None,
        "authenticator": authenticator,
    }
    named = {"account": account, "user": user, "login_timeout": 120, **given, **QUIET}
    return {name: value for name, value in named.items() if value is not None}


def _run(connection: snowflake.connector.SnowflakeConnection, statement: str) -> list[Any]:
    try:
        with connection.cursor() as cursor:
            return list(cursor.execute(statement) or ())
    except snowflake.connector.errors.Error as error:
        first = statement.strip().splitlines()[0][:80]
        problem = told(error)
        raise type(problem)(f"'{first}': {problem}") from error

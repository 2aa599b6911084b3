"""dagster-snowflake's own resource for assets that users write beside the platform's."""

from typing import Any

from dagster_snowflake import SnowflakeResource

from cs_assets.errors import UsageError
from resources.settings import Settings
from resources.snowflake.schemas import Schemas
from resources.snowflake.warehouse import QUIET, signing_key


def snowflake_resource(
    settings: Settings, role: str | None = None, **more: Any
) -> SnowflakeResource:
    """A ``SnowflakeResource`` on the account of the settings, signed in by their key.

    ``role``: else the reading role of the set-up, which sees the views of ``REPORT``; for tables of
    your own grant a role of yours to the service's user. ``more``: further fields of the resource.
    Sessions have the query tag ``cs_assets;own``, UTC, and end a statement as the platform's do.
    Raises ``UsageError`` for a setting that is missing.
    """
    own = settings.snowflake_role
    if not (settings.snowflake_account and settings.snowflake_user):
        raise UsageError("own assets on Snowflake need SNOWFLAKE_ACCOUNT and SNOWFLAKE_USER")
    given = {
        "account": settings.snowflake_account,
        "user": settings.snowflake_user,
        "private_key": signing_key(settings),
        "role": role or (f"{own}_REPORT" if own else None),
        "warehouse": settings.snowflake_warehouse,
        "database": settings.snowflake_database,
        "schema": Schemas.parse(settings.snowflake_schemas).report,
        "login_timeout": 60,
        "additional_snowflake_connection_args": {
            **QUIET,
            "session_parameters": {
                "QUERY_TAG": "cs_assets;own",
                "TIMEZONE": "UTC",
                "STATEMENT_TIMEOUT_IN_SECONDS": settings.snowflake_statement_timeout,
            },
        },
        **more,
    }
    return SnowflakeResource(**{name: value for name, value in given.items() if value is not None})

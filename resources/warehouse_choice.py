"""Which warehouse the settings name."""

from cs_assets.errors import UsageError
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.settings import Settings
from resources.warehouse import Warehouse


def existing_warehouse(settings: Settings) -> Warehouse:
    """As ``warehouse``, for what makes sense only where an installation is already."""
    _ = settings.existing_home
    return warehouse(settings)


def warehouse(settings: Settings) -> Warehouse:
    """The warehouse of an installation: the file in its home, or Snowflake."""
    if settings.cs_assets_warehouse == "duckdb":
        return DuckDBWarehouse(path=str(settings.home.warehouse))
    from resources.snowflake.warehouse import SnowflakeWarehouse  # heavy, and not needed locally

    if not (settings.snowflake_account and settings.snowflake_user and settings.snowflake_database):
        raise UsageError(
            "CS_ASSETS_WAREHOUSE=snowflake needs SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER "
            "and SNOWFLAKE_DATABASE"
        )
    return SnowflakeWarehouse(
        settings=settings,
        account=settings.snowflake_account,
        user=settings.snowflake_user,
        role=settings.snowflake_role,
        warehouse=settings.snowflake_warehouse,
        database=settings.snowflake_database,
        statement_timeout_seconds=settings.snowflake_statement_timeout,
    )

"""Which warehouse the settings name."""

from resources.duckdb_warehouse import DuckDBWarehouse
from resources.settings import Settings
from resources.warehouse import Warehouse


def warehouse(settings: Settings) -> Warehouse:
    """The warehouse of an installation: the file in its home, or Snowflake."""
    return DuckDBWarehouse(path=str(settings.home.warehouse))

"""The cycle on DuckDB in a process of its own: the home it runs in, the file for what it came to,
the weeks of history.

Beside the cycle on the local Snowflake server, so that both cores of a machine have work.
"""

import pickle
import sys
from pathlib import Path

from resources.duckdb.warehouse import DuckDBWarehouse
from sql import catalog
from tests.snowflake import weekly


def main(root: Path, answer: Path, history_weeks: int) -> None:
    embedded = DuckDBWarehouse(path=str(root / "warehouse.duckdb"), wait_seconds=20)
    outcome = weekly.outcome(weekly.run(embedded, root, history_weeks))
    with embedded.session() as db:
        rows = {
            table.full_name: db._connection.execute(weekly.select_all(table)).df()
            for table in catalog.tables().values()
        }
    answer.write_bytes(pickle.dumps((outcome, rows)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))

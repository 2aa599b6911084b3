"""Keeps the form of a version's home, so that later versions are tried on it: run at each release.

``python -m tests.versions.keep 0.2.0`` writes ``tests/versions/0.2.0.json``: the tables of the
warehouse as declared, and the SQL of the two ledgers as they were made.
"""

import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def form() -> dict[str, Any]:
    """The form of a home of the code that runs this."""
    from sql import catalog

    tables = {
        table.full_name: [[c.name, c.type, c.required] for c in table.columns]
        for table in catalog.tables().values()
    }
    with tempfile.TemporaryDirectory() as folder:
        return {"tables": tables, "ledgers": dict(_ledgers(Path(folder)))}


def _ledgers(folder: Path) -> Iterator[tuple[str, list[str]]]:
    from cs_assets.ai.configuration import load
    from cs_assets.ai.ledger.ledger import AiLedger
    from cs_assets.delivery.record.ledger import Ledger
    from cs_assets.delivery.record.store import SqliteStore

    Ledger(SqliteStore(folder / "delivery.sqlite")).close()
    AiLedger(folder / "ai.sqlite", load().ceilings)
    for name in ("delivery.sqlite", "ai.sqlite"):
        with sqlite3.connect(folder / name) as connection:
            rows = connection.execute(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rootpage, name"
            )
            yield name, [sql for (sql,) in rows]


if __name__ == "__main__":
    (FOLDER / f"{sys.argv[1]}.json").write_text(json.dumps(form(), indent=0) + "\n")

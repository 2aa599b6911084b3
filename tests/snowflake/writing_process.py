"""Writers of one partition, and a process that is one: its warehouse as JSON, its name."""

import datetime as dt
import json
import sys

import pandas as pd

from resources.settings import Settings
from resources.snowflake.warehouse import SnowflakeWarehouse

TABLE = "analytics.transcript_chunks"
DAY = dt.date(2026, 11, 9)
ROWS = 40
_TURNS = 3


def rows_of(writer: str, first: int = 0) -> pd.DataFrame:
    """Rows of one partition as one writer makes them; ``chunk_text`` says whose each is."""
    numbers = range(first, first + ROWS)
    return pd.DataFrame(
        {
            "call_id": "call",
            "call_date": DAY,
            "chunk_index": list(numbers),
            "first_sentence": 0,
            "last_sentence": 1,
            "chunk_text": writer,
            "text_hash": [f"{writer}-{n}" for n in numbers],
        }
    )


def replace(warehouse: SnowflakeWarehouse, writer: str) -> None:
    with warehouse.session(writer) as db:
        db.replace(TABLE, rows_of(writer), {"call_date": DAY})


def merge(warehouse: SnowflakeWarehouse, writer: str, first: int = 0) -> None:
    with warehouse.session(writer) as db:
        db.merge(TABLE, rows_of(writer, first))


if __name__ == "__main__":
    named, writer = sys.argv[1:]
    warehouse = SnowflakeWarehouse(settings=Settings.load(), **json.loads(named))
    print("begins", flush=True)
    for turn in range(_TURNS):
        merge(warehouse, writer, turn)
        replace(warehouse, writer)

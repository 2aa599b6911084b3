"""Rows for spreadsheets: cells that a spreadsheet would run are shown as what they are.

A cell that begins with =, +, -, @, a tab or a line break is a formula to spreadsheets, whoever
wrote it (OWASP, CSV injection). Such text gets an apostrophe before it; numbers stay numbers.
"""

import csv
import datetime as dt
import os
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from cs_assets.errors import UsageError

_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
FORMATS = ("csv", "parquet")


def safe(value: Any) -> Any:
    """A cell as it may stand in a CSV file."""
    if isinstance(value, str) and value.lstrip(" \u00a0\u200b\ufeff").startswith(_BEGINS):
        return "'" + value
    return value


def kind_of(path: Path) -> str:
    """What a file is by its name: a spreadsheet that holds CSV is opened by nothing.

    Raises ``UsageError`` for a name that says neither.
    """
    kinds = {".csv": "csv", ".parquet": "parquet", ".pq": "parquet"}
    found = kinds.get(path.suffix.lower())
    if found is None:
        raise UsageError(f"{path.name} ends in none of {', '.join(kinds)}: name it so, or --format")
    return found


def write(rows: pd.DataFrame, path: Path, kind: str) -> None:
    """``rows`` as ``kind`` (csv, parquet) at ``path``: the whole file or none of it.

    Raises ``UsageError`` for another kind and for a folder that is not there.
    """
    if kind not in FORMATS:
        raise UsageError(f"no export is called '{kind}': {', '.join(FORMATS)}")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is no folder; make it first")
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    made = Path(name)
    try:
        if kind == "csv":
            safe_rows = rows.rename(columns=safe).map(_plain).map(safe)
            safe_rows.to_csv(
                made, index=False, encoding="utf-8", lineterminator="\n",
                quoting=csv.QUOTE_NONNUMERIC,  # else a bare carriage return ends a row
            )  # fmt: skip
        else:
            rows.map(_plain_for_parquet).to_parquet(made, index=False)
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime) and not pd.isna(value) and value.time() == dt.time():
        return value.date().isoformat()
    return value


def _plain_for_parquet(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value

"""The first week of all; known without loading what partitions are made of."""

import datetime as dt
import os

from cs_assets.errors import UsageError


def start_week() -> str:
    """The first Monday; read from the environment because definitions need it at load."""
    text = (os.environ.get("CS_ASSETS_START_WEEK") or "2026-01-05").strip()
    try:
        is_monday = dt.date.fromisoformat(text).weekday() == 0
    except ValueError:
        is_monday = False
    if not is_monday or len(text) != len("2026-01-05"):
        raise UsageError(f"CS_ASSETS_START_WEEK={text[:20]!r} is no Monday; write it as 2026-01-05")
    return text

"""A job for a code server; its process is slow to start, or to end, as a file asks."""

import os
import time
from pathlib import Path

import dagster as dg

FOLDER = Path(os.environ.get("LAUNCHED_FOLDER", "."))


def _while(name: str) -> None:
    ends = time.monotonic() + 120
    while (FOLDER / name).exists():
        assert time.monotonic() < ends
        time.sleep(0.05)


_while("slow-to-load")


@dg.asset(pool="deliveries")
def sending() -> None:
    (FOLDER / "sent").touch()
    _while("slow-to-send")


definitions = dg.Definitions([sending], jobs=[dg.define_asset_job("sending_job", [sending])])

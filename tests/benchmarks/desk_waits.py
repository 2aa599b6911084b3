"""A command of ours that notes how long it waits for its turn at the warehouse.

``python -m tests.benchmarks.desk_waits FILE ARGUMENTS``: a line of seconds for each wait.
"""

import os
import sys
import time

from cs_assets import cli
from resources.duckdb import fair_lock


def _noted(path: str) -> None:
    waits = fair_lock._Queue.wait_for_turn
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def wait_for_turn(queue: fair_lock._Queue) -> int:
        began = time.monotonic()
        number = waits(queue)
        os.write(file, f"{time.monotonic() - began:.4f}\n".encode())
        return number

    fair_lock._Queue.wait_for_turn = wait_for_turn  # type: ignore[method-assign]


if __name__ == "__main__":
    _noted(sys.argv.pop(1))
    cli.main()

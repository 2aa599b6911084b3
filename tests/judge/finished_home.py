"""A home after the sample company's weekly cycle, for judgements of what people read."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.waiting import PATIENCE

WEEK = "2026-11-09"


@contextmanager
def finished_home() -> Iterator[Path]:
    """Made by the real command; ``JUDGED_HOME`` names one that is there already."""
    if there := os.environ.get("JUDGED_HOME"):
        yield Path(there)
        return
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "cs_assets.cli", "demo", "--week", WEEK, "--home", folder]
        subprocess.run(command, check=True, capture_output=True, timeout=8 * PATIENCE)
        yield Path(folder)

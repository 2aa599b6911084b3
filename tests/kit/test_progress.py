"""Progress that nobody takes any more does not stop the work that it tells of."""

import os
import pty
import subprocess
import sys

import pytest

from tests.waiting import PATIENCE

_WORKS = """
import sys
from pathlib import Path
from cs_assets.commands.console import Console
from cs_assets.commands.terminal import let_go, prepare
from cs_assets.progress import Progress
prepare()
sys.stdin.readline()  # bounded: input is given
progress = Progress(Console(markup=True))
for number in range(3):
    with progress.step(f"step {number}"):
        progress.detail("at it")
        progress.warn("a warning")
Path(sys.argv[1]).write_text("done")
let_go()
"""


def _nobody_listens() -> int:
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def _full() -> int:
    return os.open("/dev/full", os.O_WRONLY)


def _closed_terminal() -> int:
    main, terminal = pty.openpty()
    os.close(main)
    return terminal


@pytest.mark.parametrize("where", [_nobody_listens, _full, _closed_terminal])
def test_work_goes_on_where_its_progress_goes_nowhere(tmp_path, where):
    done, output = tmp_path / "done", where()
    try:
        ended = subprocess.run(
            [sys.executable, "-c", _WORKS, str(done)],
            stdout=output, stderr=subprocess.PIPE, input=b"go\n", timeout=PATIENCE, check=False,
        )  # fmt: skip
    finally:
        os.close(output)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert done.read_text() == "done"

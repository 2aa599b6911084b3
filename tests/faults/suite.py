"""The whole test suite on a crowded machine, by a parent that is deaf to SIGTERM and SIGINT."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.figures import Figure

_ROOT = Path(__file__).resolve().parents[2]
_LOAD = 16
#: Processes of the suite: with its usual two it would have a ninth of the machine, and take hours.
_WORKERS = 6
#: Seconds after which the suite, or what of it failed, counts as hung.
_LONGEST = 2.5 * 3600
_BUSY = (
    f"import time; ends = time.time() + {_LONGEST}\nwhile time.time() < ends: sum(range(10_000))"
)


def whole_suite(tests: Sequence[str] = ("tests",), load: int = _LOAD) -> Iterator[Figure]:
    """R-61 and R-43b. What fails here and not alone afterwards has failed from time alone."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        with _crowded(load):
            hung, printed = _pytest([*tests, "--numprocesses", str(_WORKERS)], report)
        count, failed = _failed(report)
        from_time = [] if hung or not failed else _passing_alone(failed, report)
    name = f"of {count} tests beside {load} busy processes, deaf to SIGTERM: failed from time alone"
    value = "it hung" if hung else f"{len(from_time)}, {len(failed) - len(from_time)} for a reason"
    value += "".join(f"; {test}" for test in from_time[:3])
    yield Figure("R-61", name, value, "0", not hung and not from_time and count > 0)
    told = re.search(r"^FIGURE R-43b (\S+) (\S+) (\S+) (PASS|FAIL)$", printed, re.M)
    if told:
        yield Figure("R-43b", told[1].replace("_", " "), told[2], told[3], told[4] == "PASS")


@contextlib.contextmanager
def _crowded(load: int) -> Iterator[None]:
    """So many processes that do nothing but compute."""
    busy = [subprocess.Popen([sys.executable, "-c", _BUSY]) for _ in range(load)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait(60)


def _pytest(arguments: list[str], report: Path) -> tuple[bool, str]:
    """Whether it hung, and what it printed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    process = subprocess.Popen(
        [*command, f"--junitxml={report}", *arguments],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_deaf,
    )
    try:
        return False, process.communicate(timeout=_LONGEST)[0]
    except subprocess.TimeoutExpired:
        return True, ""
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _deaf() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _failed(report: Path) -> tuple[int, list[str]]:
    """How many tests there were, and the ids of those that failed."""
    if not report.exists():
        return 0, []
    cases = list(ET.parse(report).getroot().iter("testcase"))
    bad = [one for one in cases if one.find("failure") is not None or one.find("error") is not None]
    return len(cases), [_id(one) for one in bad]


def _id(case: ET.Element) -> str:
    return f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"


def _passing_alone(failed: list[str], report: Path) -> list[str]:
    report.unlink()
    _pytest(failed, report)
    _, again = _failed(report)
    return [test for test in failed if test not in again]


BY_ID = {"R-61": whole_suite, "R-43b": whole_suite}

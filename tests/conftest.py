"""Fixtures that every room's tests share."""

import gc
import os
import signal
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from tests import no_network
from tests.figures import Figure, Tell, listed
from tests.postgres_server import postgres_server as postgres_server

os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
os.environ.setdefault("NO_PROXY", "127.0.0.1,localhost")

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"

#: Whether only loopback exists for this run; where the system does not allow that (it takes
#: root or user namespaces on Linux) the tests run all the same and the figure is not printed.
#: A browser (``make browser``) looks for ways out by itself, and finds a proxy that leads nowhere.
ISOLATED = "BROWSER" not in os.environ and no_network.enter()


#: A shell without a terminal, nohup and some schedulers start commands deaf to these, and their
#: children, ours, are deaf then too: what a test ends by a signal would never end.
for _signal in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(_signal) is signal.SIG_IGN:
        signal.signal(
            _signal, signal.default_int_handler if _signal == signal.SIGINT else signal.SIG_DFL
        )
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


#: How long an example takes says something of the machine, not of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported stays: looking through it again and again took a quarter of collecting."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def _talks_to_this_machine_only() -> Iterator[None]:
    """The test that tried to reach anything else fails (and one that ran beside it may)."""
    before = no_network.attempts() if ISOLATED else 0
    yield
    if ISOLATED and (tried := no_network.attempts() - before):
        pytest.fail(f"tried {tried} times to reach something beyond this machine")


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Puts a figure's line under the summary of the run, whichever process measured it."""

    def put(figure: Figure) -> None:
        assert figure.id in {entry.id for entry in listed()}, f"{figure.id} is in no BY_ID"
        record_property("figure", figure.line())

    return put


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [
        *terminalreporter.getreports("passed"),
        *terminalreporter.getreports("failed"),
    ]
    told = [line for report in reports for name, line in report.user_properties if name == "figure"]
    if ISOLATED:
        told.append(no_network.figure(len(reports)).line())
    terminalreporter.section("figures")
    for line in sorted(told):
        terminalreporter.write_line(line)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if ISOLATED and no_network.attempts() and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling:
    """A file's tests stay together, and so do those that share the finished weekly cycle."""
    return _ByFixture(config, log)


class _ByFixture(LoadFileScheduling):  # type: ignore[misc]  # xdist tells no types
    def _split_scope(self, nodeid: str) -> str:
        return "tests/cycle" if nodeid.startswith("tests/cycle/") else super()._split_scope(nodeid)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own settings must not reach a test: every variable that ``Settings`` knows."""
    from resources.settings import variables

    for name in variables():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def home(tmp_path: Path):
    """An empty home folder."""
    from resources.home import Home

    return Home(tmp_path / "home").ensure()


@pytest.fixture
def warehouse(home):
    """An empty embedded warehouse."""
    from resources.duckdb.warehouse import DuckDBWarehouse

    return DuckDBWarehouse(path=str(home.warehouse), wait_seconds=20)


@pytest.fixture(scope="session")
def real_calls() -> Path:
    """The folder of real calls; skips where it is not there."""
    folder = SHARED / "data" / "gong-real"
    if not folder.is_dir():
        pytest.skip("the real calls (../shared/data/gong-real) are not on this machine")
    return folder

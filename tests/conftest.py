"""Fixtures that every room's tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import no_network

os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
os.environ.setdefault("NO_PROXY", "127.0.0.1,localhost")

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"

#: Whether only loopback exists for this run; where the system does not allow that (it takes
#: root or user namespaces on Linux) the tests run all the same and the figure is not printed.
ISOLATED = no_network.enter()


@pytest.fixture(autouse=True)
def _talks_to_this_machine_only() -> Iterator[None]:
    """The test that tried to reach anything else is the one that fails."""
    before = no_network.attempts() if ISOLATED else 0
    yield
    if ISOLATED and (tried := no_network.attempts() - before):
        pytest.fail(f"tried {tried} times to reach something beyond this machine")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if ISOLATED:
        ran = sum(len(terminalreporter.getreports(kind)) for kind in ("passed", "failed"))
        terminalreporter.write_line(no_network.figure(ran).line())


def pytest_sessionfinish(session: pytest.Session) -> None:
    if ISOLATED and no_network.attempts() and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own keys must not reach a test."""
    for name in (
        "ANTHROPIC_API_KEY",
        "SENDGRID_API_KEY",
        "AWS_ACCESS_KEY_ID",
        "SMTP_HOST",
        "SLACK_WEBHOOK_URL",
        "SLACK_BOT_TOKEN",
        "GONG_ACCESS_KEY",
        "GONG_ACCESS_KEY_SECRET",
        "GONG_EXPORT_DIR",
        "CS_ASSETS_HOME",
        "CS_ASSETS_WAREHOUSE",
        "CS_ASSETS_CONFIG_DIR",
        "CS_ASSETS_ENVIRONMENT",
        "EMAIL_PROVIDER",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home(tmp_path: Path):
    """An empty home folder."""
    from resources.home import Home

    return Home(tmp_path / "home").ensure()


@pytest.fixture
def warehouse(home):
    """An empty embedded warehouse."""
    from resources.duckdb_warehouse import DuckDBWarehouse

    return DuckDBWarehouse(path=str(home.warehouse), wait_seconds=20)


@pytest.fixture(scope="session")
def real_calls() -> Path:
    """The folder of real calls; skips where it is not there."""
    folder = SHARED / "data" / "gong-real"
    if not folder.is_dir():
        pytest.skip("the real calls (../shared/data/gong-real) are not on this machine")
    return folder

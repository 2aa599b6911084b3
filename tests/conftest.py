"""Fixtures that every room's tests share."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
os.environ.setdefault("NO_PROXY", "127.0.0.1,localhost")

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"


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

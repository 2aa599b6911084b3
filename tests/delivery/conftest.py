"""A home with artefacts, a real warehouse and ledger, and a clock that tests move."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cs_assets.delivery.couriers import MailCourier
from cs_assets.delivery.delivering import Outbox
from cs_assets.delivery.planning import Artefact
from cs_assets.delivery.policy import load_policy
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.faults.doubles import FixedClock, ScriptedTransport
from tests.faults.scene import MONDAY_AFTER, artefact, open_outbox

_OUTSIDE = (
    "SENDGRID_API_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_REGION",
    "SMTP_HOST",
    "EMAIL_PROVIDER",
    "SLACK_WEBHOOK_URL",
    "SLACK_BOT_TOKEN",
    "DELIVERY_ALLOW_LIST",
    "DELIVERY_DATABASE_URL",
    "CS_ASSETS_ENVIRONMENT",
    "ALERT_EMAIL",
    "ALERT_SLACK_CHANNEL",
)


@pytest.fixture(autouse=True)
def _no_delivery_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in _OUTSIDE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder."""
    root = tmp_path / "home"
    root.mkdir(mode=0o700)
    return root


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_AFTER)


@pytest.fixture
def transport() -> ScriptedTransport:
    """A mail provider that says what the test scripts, and remembers what it got."""
    return ScriptedTransport()


@pytest.fixture
def outbox(home: Path, clock: FixedClock, transport: ScriptedTransport) -> Iterator[Outbox]:
    courier = MailCourier(
        transport, home, sender="reports@cs.example", reply_to=None, policy=load_policy()
    )
    with open_outbox(home, {"email": courier}, clock) as opened:
        yield opened


@pytest.fixture
def make_artefact(home: Path) -> Callable[..., Artefact]:
    return lambda number=1, **changes: artefact(home, number, **changes)


@pytest.fixture
def warehouse(home: Path) -> DuckDBWarehouse:
    return DuckDBWarehouse(path=str(home / "warehouse.duckdb"))

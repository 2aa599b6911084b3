"""The finished cycle, read from its local copy as while Snowflake is away."""

import contextlib
import io
import json

import pandas as pd
import pytest

from cs_assets import cli
from cs_assets.errors import Unavailable
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.snowflake import snapshot as local
from sql import snapshot
from tests.cycle.conftest import WEEK

CUSTOMER = "CUST_12345"
#: Parameters of each statement that is shown without words; a new one needs a line here.
ASKED: dict[str, list[object]] = {
    "calls/list_calls": ["2026-09-01", "2026-11-15", *[None] * 6],
    "calls/reps": [],
    "calls/span_of_calls": [],
    "customers/overview": [WEEK, None],
    "delivery/held": [],
    "gong/reconciliation_days": ["2026-01-01", "2027-01-01"],
    "reports/by_week": [],
    "reports/history": [CUSTOMER] * 4,
    "reports/of_week": [None],
    "reports/weeks_of_customer": [CUSTOMER],
    "routing/service_level": [],
}
#: Columns that are made of what is withheld, and are empty then.
EMPTY = {"letters", "mean_letters", "words"}


@pytest.fixture(scope="module")
def copy(finished, tmp_path_factory):
    path = tmp_path_factory.mktemp("away") / "snapshot.duckdb"
    with finished.warehouse.reading("test") as db:
        _, left_out = local.take(db, path)
    assert left_out == []
    return path


def test_what_is_shown_without_words_is_otherwise_what_the_warehouse_says(finished, copy):
    """Proves of each statement that it looks for nothing in what is withheld."""
    assert ASKED.keys() == snapshot.SHOWN_WITHOUT_WORDS.keys()
    hidden = set()
    for statement, parameters in ASKED.items():
        reader = next(iter(snapshot.SHOWN_BY.get(statement, ["test"])))
        with finished.warehouse.reading("test") as db:
            told = db.query(statement, parameters).astype(object)
        with local.reading(copy, reader, Unavailable("away")) as db:
            kept = db.query(statement, parameters).astype(object)
        assert len(told) or statement == "delivery/held", f"{statement} proves nothing"
        assert list(kept.columns) == list(told.columns)
        assert len(kept) == len(told), statement
        for name in told.columns:
            same = (kept[name] == told[name]) | (kept[name].isna() & told[name].isna())
            withheld = kept[name] == snapshot.WITHHELD
            hidden |= {name} if withheld.any() else set()
            empty = kept[name].isna() if name in EMPTY else pd.Series(data=False, index=kept.index)
            assert (same | withheld | empty).all(), f"{statement}: {name}"
    assert {"title", "evidence", "summary", "next_step", "coaching_insights"} <= hidden


@pytest.fixture
def away(copy, finished, monkeypatch):
    """Runs a command whose warehouse does not answer: its exit status, output and errors."""

    def reading(self, label):
        return local.reading(copy, label, Unavailable("Snowflake did not answer"))

    monkeypatch.setattr(DuckDBWarehouse, "reading", reading)
    monkeypatch.setenv("CS_ASSETS_HOME", str(finished.home.root))
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments: str) -> tuple[object, str, str]:
        monkeypatch.setattr("sys.argv", ["cs-assets", *arguments])
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            try:
                cli.main()
            except SystemExit as ended:
                return ended.code or 0, out.getvalue(), errors.getvalue()
        return 0, out.getvalue(), errors.getvalue()

    return run


@pytest.mark.parametrize(
    "command",
    ["calls list", "calls list --json", "calls list --rep Park", "gong days", "deliveries list",
     "report list", "report list --by-week", f"report history {CUSTOMER}", "customers list",
     "route --to-decide"],
)  # fmt: skip
def test_a_command_that_looks_into_no_word_answers_with_the_age(away, caplog, command):
    status, said, errors = away(*command.split())
    assert status == 0, errors
    assert said.strip()
    assert "0.0 hours old" in caplog.text


def test_routing_tells_its_figures_and_that_it_does_not_know_the_owners(away):
    """Exit status 1, as where an owner cannot stay: nobody may take it for a clean bill."""
    status, said, errors = away("route", "--status", "--json")
    told = json.loads(said)
    assert status == 1
    assert told["waiting"] > 0
    assert told["owner_in_time"]["n"] > 0
    assert {told["csms"], told["wrong"]} == {None}  # not known is not none
    assert "source.workday_workers is in no local copy" in errors
    status, said, _ = away("route", "--status")
    assert status == 1
    assert "waiting for a CSM" in said
    assert "Owners that cannot stay" not in said


@pytest.mark.parametrize(
    ("command", "lacks"),
    [
        ("calls coaching", "the words of analytics.call_analysis are in no local copy"),
        ("calls impact", "the words of analytics.call_analysis are in no local copy"),
        ("calls search refund", "no local copy"),
        ("customers search growing", "the words of analytics.customer_insights are in no"),
        ("deliveries verify --week 2026-11-09", "the words of ops.deliveries are in no"),
        ("route --orphans", "source.workday_workers is in no local copy"),
        ("route --explain ACC_90035", "are in no local copy"),
        ("calls list --rep ben@fairlight.example", "addresses are in no local copy"),
    ],
)
def test_a_command_that_needs_what_is_withheld_is_refused_in_one_line(away, command, lacks):
    status, said, errors = away(*command.split())
    assert (status, said) == (1, "")
    assert lacks in errors.splitlines()[-1]

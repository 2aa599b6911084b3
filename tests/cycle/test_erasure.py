"""Nothing of who was erased is left in any file, and what is read again stays out."""

import datetime as dt
import json
import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest

from cs_assets.commands import erase
from cs_assets.errors import UsageError
from cs_assets.gong import store_calls
from cs_assets.gong.parse_pages import take_calls
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.gong.export import ExportReader
from resources.gong.pages import Window
from resources.sources import files
from tests.cycle.everything_in_a_home import tables, words

CUSTOMER = "Prefeitura de Vale Verde"
#: A CSM, known to two systems, and in mails, reports and ledgers.
PERSON = "sarah.johnson@fairlight.example"


def _canaries(home: Path) -> set[str]:
    """What the customer is found by: names, ids and addresses that are nobody else's."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as db:
        [(customer, company)] = db.execute(
            "SELECT c.customer_id, h.company_id FROM source.customers c "
            "JOIN source.hubspot_companies h ON h.customer_id = c.customer_id "
            "WHERE c.customer_name = ?",
            [CUSTOMER],
        ).fetchall()
        people = db.execute(
            "SELECT contact_id, email FROM source.hubspot_contacts WHERE company_id = ?", [company]
        ).fetchall()
    assert people
    return {CUSTOMER, customer, company, *(part for pair in people for part in pair)}


def _sent(home: Path) -> int:
    with sqlite3.connect(home / "delivery.sqlite") as ledger:
        statement = "SELECT COUNT(*) FROM delivery WHERE state = 'sent'"
        return int(ledger.execute(statement).fetchone()[0])


def _found(texts: Iterable[tuple[str, str]], canaries: set[str]) -> dict[str, list[str]]:
    wanted = {canary.casefold() for canary in canaries}
    found: dict[str, list[str]] = {}
    for place, text in texts:
        text = text.casefold()
        # DuckDB packs texts by pieces of eight bytes, side by side: two may make another's id.
        packed = place.endswith(".duckdb")
        for canary in wanted:
            if canary in text and not (packed and len(canary) < _PACKED):
                found.setdefault(canary, []).append(place)
    return found


#: So long a text is in none but its own pieces.
_PACKED = 12


def _most_documents(folder: str, names: list[str]) -> set[str]:
    """Reports of others, and most runs' logs: to read them takes longer than all else."""
    parts = Path(folder).parts
    if parts[-2:] == ("history", "runs"):
        return {name for name in names if name.endswith(".db") and name > "3"} - {"index.db"}
    if "reports" not in parts:
        return set()
    kept = ("CUST_89", "CUST_12", "book-CSM004")
    return {name for name in names if "." in name and not name.startswith(kept)}


def _erased(capsys: pytest.CaptureFixture[str], who: str, **options: bool) -> dict:
    erase.erase(who, **{"dry_run": False, "yes": True, "as_json": True, **options})
    return json.loads(capsys.readouterr().out)


def test_no_canary_is_left_in_any_file_and_none_comes_back(finished, tmp_path, monkeypatch, capsys):
    """Reads a whole home twice, which takes some seconds."""
    home = tmp_path / "home"
    shutil.copytree(finished.home.root, home, ignore=_most_documents)
    monkeypatch.setenv("CS_ASSETS_HOME", str(home))
    canaries = _canaries(home)
    before = _found(words(home), canaries)
    assert set(before) == {canary.casefold() for canary in canaries}
    assert {
        "artifacts", "outbox", "gong", "sources", "delivery.sqlite",
        "warehouse.duckdb source.customers",
    } <= {place.partition("/")[0] for places in before.values() for place in places}  # fmt: skip
    sent = _sent(home)
    cut_short = home / "outbox" / ".ann-1234.eml.k3x_9a0b"  # by a kill; what is in it is packed
    cut_short.write_bytes(b"\x1f\x8b")
    aside = home / ".before-20261101T000000" / "warehouse.duckdb"
    aside.parent.mkdir()
    aside.write_bytes(b"x")
    done = _erased(capsys, "prefeitura de vále verde")  # as somebody types it
    assert done["calls"]
    assert _found(words(home), canaries) == {}
    assert not cut_short.exists()
    [told] = [line for line in done["stays"] if str(aside.parent) in line]
    assert told.endswith("remove it by hand")
    shutil.rmtree(aside.parent)
    assert _sent(home) == sent  # the proof of sending stays

    warehouse = DuckDBWarehouse(path=str(home / "warehouse.duckdb"), wait_seconds=20)
    counts = files.load_folder(finished.home.sources, warehouse)
    days = finished.rows("SELECT MIN(call_date) AS a, MAX(call_date) AS b FROM gong.stg_gong_calls")
    first, last = days.a[0].date(), days.b[0].date()
    with warehouse.session("test") as db:
        read = store_calls.begin(db, first, last, "again", dt.datetime(2026, 11, 16))
        for page in ExportReader(finished.home.gong_export).calls(Window.of_days(first, last)):
            store_calls.store(db, read, take_calls([page]))
        left = db._connection.execute("SELECT customer_name FROM source.customers").fetchall()
    assert counts["customers"] == len(left)
    assert (CUSTOMER,) not in left
    assert _found(tables(home / "warehouse.duckdb"), canaries) == {}


def test_a_dry_run_tells_of_a_person_everywhere_and_changes_nothing(finished, monkeypatch, capsys):
    monkeypatch.setenv("CS_ASSETS_HOME", str(finished.home.root))
    before = {path: path.stat().st_mtime_ns for path in finished.home.root.rglob("*.*s*")}
    done = _erased(capsys, PERSON.upper(), dry_run=True)
    what = {(one["place"], one["action"]) for one in done["done"]}
    assert {
        ("source.csms", "removed"), ("sources/", "cut"), ("delivery.sqlite", "replaced"),
        ("outbox/", "removed"), ("ops.deliveries", "emptied"), ("artifacts/", "removed"),
    } <= what  # fmt: skip
    assert any("delivered" in line for line in done["stays"])
    assert before == {path: path.stat().st_mtime_ns for path in finished.home.root.rglob("*.*s*")}


def test_who_is_unknown_or_not_the_only_one_is_told_with_who_is_near(finished, monkeypatch):
    monkeypatch.setenv("CS_ASSETS_HOME", str(finished.home.root))
    with pytest.raises(UsageError, match=r"near: .*Prefeitura de Vale Verde"):
        erase.erase("Prefeitura Vale Verde", dry_run=True)
    with pytest.raises(UsageError, match="name one by its id or address"):
        erase.erase("Mariana Fuentes", dry_run=True)

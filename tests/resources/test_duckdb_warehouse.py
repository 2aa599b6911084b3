"""The port on DuckDB: atomic writes, merges by key, declared tables only."""

import contextlib
import datetime as dt
import gc
import hashlib
import os
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from cs_assets.errors import Unavailable, UsageError
from resources.duckdb import engines
from resources.duckdb.snapshots import ReadBesideWriters
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.warehouse import Between
from tests.waiting import PATIENCE, exit_status, first_line

WEEKS = [dt.date(2026, 11, 2), dt.date(2026, 11, 9)]


def _csms(**names: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "csm_id": list(names),
            "csm_name": list(names.values()),
            "csm_email": ["a@example.com"] * len(names),
            "region": ["Europe"] * len(names),
        }
    )


def _usage(*rows: tuple[str, dt.date, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "week_start", "active_users"])
    return frame.assign(module_code="GL", key_actions=0)


def _read(db, table: str) -> pd.DataFrame:
    return db._connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").df()


def test_replace_touches_its_scope_only(warehouse):
    with warehouse.session() as db:
        db.append("source.module_usage", _usage(("A", WEEKS[0], 1), ("A", WEEKS[1], 2)))
        written = db.replace(
            "source.module_usage",
            _usage(("A", WEEKS[1], 9), ("B", WEEKS[1], 8)),
            {"week_start": WEEKS[1]},
        )
        assert written == 2
        assert sorted(_read(db, "source.module_usage").active_users) == [1, 8, 9]
        db.replace(
            "source.module_usage", _usage(), {"week_start": Between(*WEEKS), "customer_id": ["A"]}
        )
        assert list(_read(db, "source.module_usage").customer_id) == ["B"]
        db.replace("source.module_usage", _usage(), {"customer_id": []})
        assert len(_read(db, "source.module_usage")) == 1


def test_a_rare_large_amount_is_kept_among_many_small_ones(warehouse):
    values = [Decimal("12.34")] * 5_000
    values[4_321] = Decimal("1297.35")  # not among the rows that DuckDB samples
    frame = pd.DataFrame(
        {
            "conversion_id": [str(number) for number in range(len(values))],
            "customer_id": "C1",
            "conversion_date": WEEKS[0],
            "channel": "email",
            "conversion_value": values,
        }
    )
    with warehouse.session() as db:
        assert db.append("source.conversions", frame) == 5_000
        assert _read(db, "source.conversions").conversion_value.max() == 1297.35


def test_a_failing_replace_leaves_the_old_rows(warehouse):
    with warehouse.session() as db:
        db.append("source.module_usage", _usage(("A", WEEKS[0], 1)))
        bad = _usage(("A", WEEKS[0], 2)).assign(module_code=None)
        with pytest.raises(Exception, match="NOT NULL"):
            db.replace("source.module_usage", bad, {})
        assert list(_read(db, "source.module_usage").active_users) == [1]


@pytest.mark.parametrize("kind", [object, "category"])
def test_replacing_twice_gives_the_same_rows(warehouse, kind):
    rows = _usage(("A", WEEKS[0], 1), ("B", WEEKS[0], 2))
    rows["week_start"] = rows["week_start"].astype(object).astype(kind)  # of dates too
    with warehouse.session() as db:
        db.replace("source.module_usage", rows, {"week_start": WEEKS[0]})
        first = _read(db, "source.module_usage")
        assert first["week_start"].notna().all()
        db.replace("source.module_usage", rows, {"week_start": WEEKS[0]})
        pd.testing.assert_frame_equal(first, _read(db, "source.module_usage"))


def test_merge_counts_what_changed(warehouse):
    with warehouse.session() as db:
        assert db.merge("source.csms", _csms(a="Ann", b="Bo")).inserted == 2
        assert db.merge("source.csms", _csms(a="Ann", b="Bo")).changed == 0
        merged = db.merge("source.csms", _csms(a="Anne", c="Cy"))
        assert (merged.inserted, merged.updated) == (1, 1)
        assert list(_read(db, "source.csms").csm_name) == ["Anne", "Bo", "Cy"]


def test_merge_refuses_a_repeated_key(warehouse):
    twice = pd.concat([_csms(a="Ann"), _csms(a="Bo")])
    with warehouse.session() as db, pytest.raises(ValueError, match="repeat the key"):
        db.merge("source.csms", twice)


def test_unknown_columns_and_tables_are_refused(warehouse):
    with warehouse.session() as db:
        with pytest.raises(ValueError, match="has no column nick"):
            db.append("source.csms", _csms(a="Ann").assign(nick="x"))
        with pytest.raises(KeyError, match=r"no table source\.nothing"):
            db.append("source.nothing", _csms(a="Ann"))
        with pytest.raises(ValueError, match="has no column"):
            db.replace("source.csms", _csms(a="Ann"), {"1 = 1 OR csm_id": "x"})


def test_hostile_text_is_stored_literally(warehouse):
    hostile = "'; DROP TABLE source.csms; -- \x00 \u202e 𝔘"
    with warehouse.session() as db:
        db.append("source.csms", _csms(a=hostile))
        assert list(_read(db, "source.csms").csm_name) == [hostile]


def _write_half(db) -> None:
    db.append("source.csms", _csms(a="Ann"))
    db.append("source.csms", _csms(b="Bo").assign(region=None))


def test_a_transaction_joins_writes(warehouse):
    with warehouse.session() as db:
        with pytest.raises(Exception, match="NOT NULL"), db.transaction("source.csms"):
            _write_half(db)
        assert _read(db, "source.csms").empty


def test_nothing_but_what_is_asked_for_goes_to_the_output(warehouse):
    """DuckDB would draw a bar there for statements of two seconds, in the midst of JSON."""
    with warehouse.session("look") as db:
        asked = db._connection.execute("SELECT current_setting('enable_progress_bar')")
        assert asked.fetchall() == [(False,)]


def test_sessions_nest_in_one_thread(warehouse):
    with warehouse.session("outer") as outer:
        outer.append("source.csms", _csms(a="Ann"))
        with warehouse.session("inner") as inner:
            assert len(_read(inner, "source.csms")) == 1


def test_a_column_declared_later_is_added(warehouse):
    from resources.duckdb import prelude

    with warehouse.session() as db:
        db._connection.execute("ALTER TABLE source.csms DROP COLUMN region")
        db._connection.execute("UPDATE ops.schema_version SET version = 'older'")
    with warehouse.session() as db:
        assert "region" in _read(db, "source.csms").columns
        assert prelude._stored_version(db._connection) == prelude._version()


def test_a_transaction_must_name_the_tables_it_writes(warehouse):
    with (
        warehouse.session() as db,
        pytest.raises(ValueError, match=r"source\.csms: written in a transaction"),
        db.transaction("source.products"),
    ):
        db.append("source.csms", _csms(a="Ann"))


def test_a_reading_session_makes_and_changes_nothing(warehouse):
    path = Path(warehouse.path)
    with pytest.raises(UsageError, match=r"there is no warehouse in .*--home"), warehouse.reading():
        pass
    assert list(path.parent.iterdir()) == []
    with warehouse.session() as db:
        db.append("source.csms", _csms(a="Ann"))
    before = path.stat().st_mtime_ns
    with warehouse.reading() as db:
        assert list(_read(db, "source.csms").csm_name) == ["Ann"]
        with pytest.raises(Exception, match="read-only"):
            db.append("source.csms", _csms(b="Bo"))
    assert path.stat().st_mtime_ns == before


def test_reading_brings_tables_of_another_version_up_to_date_first(warehouse):
    with warehouse.session() as db:
        db._connection.execute("ALTER TABLE source.csms DROP COLUMN region")
        db._connection.execute("UPDATE ops.schema_version SET version = 'older'")
    with warehouse.reading() as db:
        assert "region" in _read(db, "source.csms").columns


def test_a_file_that_was_never_born_is_made_and_a_damaged_one_named(warehouse):
    path = Path(warehouse.path)
    path.write_bytes(b"")  # killed as DuckDB made it
    with pytest.raises(UsageError, match="there is no warehouse in"), warehouse.reading():
        pass
    with warehouse.session() as db:
        db.append("source.csms", _csms(a="Ann"))
    for damage in (lambda: os.truncate(path, 20_000), lambda: path.write_bytes(b"x" * 20_000)):
        damage()
        with pytest.raises(Unavailable, match="put a copy of the file back"), warehouse.session():
            pass


def _met(reads) -> str | None:
    """What is said of damage that the query meets, and the opening did not."""
    entered = False
    try:
        with reads() as db:
            entered = True
            db.query("reviews/csms")
    except Unavailable as error:
        return str(error) if entered else None
    return None


def test_damage_that_a_query_meets_is_named_with_what_mends_it(warehouse):
    names = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(12_000)]
    with warehouse.session() as db:
        db.append("source.csms", _csms(**{name: name for name in names}))
    path = Path(warehouse.path)
    whole, block = path.read_bytes(), 262_144
    ways = (warehouse.reading, ReadBesideWriters(warehouse.path).reading)
    for at in range(12_288, len(whole) - block + 1, block):  # after the headers come blocks
        path.write_bytes(whole[:at] + bytes(block) + whole[at + block :])
        if any(said := [_met(reads) for reads in ways]):
            assert [one and f"{path} cannot be read" in one for one in said] == [True, True]
            assert all("put a copy of the file back" in one for one in said)
            return
    pytest.fail("no block is met by the query alone")


def test_tickets_of_earlier_versions_do_not_matter(warehouse):
    turns = Path(warehouse.path).with_name("warehouse.duckdb.turns")
    turns.mkdir()
    (turns / "00000000000000000001.ticket").write_bytes(b"left by a kill")
    (turns / "counter").write_bytes(b"garbage")
    with warehouse.session() as db:
        assert _read(db, "source.csms").empty
    assert not turns.exists()


def test_a_file_that_another_program_has_open_is_waited_for(warehouse):
    with warehouse.session():
        pass
    code = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); "
        "sys.stdin.readline()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, warehouse.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert first_line(other) == b"open\n"
    hurried = DuckDBWarehouse(path=warehouse.path, wait_seconds=0.1)
    with pytest.raises(Unavailable, match="close the program that holds it"), hurried.session():
        pass
    threading.Timer(0.3, other.communicate, (b"\n",)).start()
    with warehouse.session() as db:
        assert _read(db, "source.csms").empty


def _cut_off(warehouse: DuckDBWarehouse) -> None:
    with warehouse.session() as db:
        db._connection.begin()
        db._connection.execute("INSERT INTO source.csms VALUES ('A', 'Ann', 'a@b.c', 'Europe')")
        raise KeyError


def test_an_engine_that_is_idle_holds_no_file_and_no_transaction(warehouse):
    with pytest.raises(KeyError):
        _cut_off(warehouse)
    look = (
        "import duckdb, sys; print(duckdb.connect(sys.argv[1]).sql('FROM source.csms').fetchall())"
    )
    command = [sys.executable, "-c", look, warehouse.path]
    for _ in range(2):
        seen = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        assert (seen.stdout, seen.stderr) == ("[]\n", "")
        with warehouse.session() as db:
            assert _read(db, "source.csms").empty


def _add_bea(warehouse: DuckDBWarehouse) -> None:
    with warehouse.session() as db:
        db.append("source.csms", _csms(B="Bea"))
    gc.collect()


def test_a_forked_child_opens_files_with_an_engine_of_its_own(warehouse):
    with warehouse.session() as db:
        db.append("source.csms", _csms(A="Ann"))
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            _add_bea(warehouse)
            os._exit(0)
        os._exit(1)
    assert exit_status(child) == 0
    with warehouse.session() as db:
        assert list(_read(db, "source.csms").csm_name) == ["Ann", "Bea"]


def test_an_engine_that_has_grown_gives_its_memory_back(warehouse):
    before = engines.resident()
    with warehouse.session() as db:
        db._connection.execute("CREATE TEMP TABLE large AS SELECT uuid() AS u FROM range(9000000)")
        during = engines.resident()
    assert during - before > 2 * engines.LARGE
    assert engines.resident() - before < (during - before) / 2

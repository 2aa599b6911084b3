"""A trial account sees the first week: source tables filled by PUT and COPY, as far as may be."""

import shutil

import pytest
import snowflake.connector

from cs_assets.errors import UsageError
from cs_assets.sample.tables import source_tables, write_sources
from resources.settings import Settings
from resources.snowflake import admin, source_rows
from resources.snowflake.names import Names
from tests.snowflake.local_server import DATABASE, key_in_environment

#: The files of the test; the others are no different.
TABLES = ("accounts", "csm_assignments", "csms", "customers", "products", "workday_workers")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("sample")
    write_sources(made)
    for path in made.glob("*.csv"):
        if path.stem not in TABLES:
            path.unlink()
    return made


@pytest.fixture
def run(server, monkeypatch):
    """The administrator on the local server, which knows neither roles nor warehouses."""
    for name, value in key_in_environment().items():
        monkeypatch.setenv(name, value)
    named = Settings.load(
        snowflake_account="fakesnow",
        snowflake_admin_user="ME",
        snowflake_admin_password="for the local server",
    )
    with admin.administrator(named, **server, database=DATABASE, schema="OPS") as ask:

        def run(statement: str):
            return [] if statement.startswith("USE ") else ask(statement)

        yield run
        for table in TABLES:
            ask(f"DELETE FROM {DATABASE}.source.{table}")


def count(run, table: str) -> int:
    return int(run(f"SELECT COUNT(*) FROM {DATABASE}.source.{table}")[0][0])


def test_every_row_of_the_sample_comes_in_as_it_is(run, folder):
    loaded = source_rows.load(folder, Names(), run)
    there = {name: rows for name, rows in source_tables().items() if name in TABLES}
    assert loaded == {name: len(rows) for name, rows in there.items()}
    assert all(count(run, name) == rows for name, rows in loaded.items())
    first = there["customers"][0]
    columns = ", ".join(first)
    row = run(
        f"SELECT {columns} FROM {DATABASE}.source.customers "
        f"WHERE customer_id = '{first['customer_id']}'"
    )[0]
    told = {name: str(value) for name, value in first.items() if value is not None}
    found = {
        name: str(value) for name, value in zip(first, row, strict=True) if first[name] is not None
    }
    assert found["customer_name"] == told["customer_name"]
    assert [name for name, value in zip(first, row, strict=True) if value is None] == [
        name for name, value in first.items() if value is None
    ]


def test_a_table_with_rows_is_left_and_so_are_all_others(run, folder):
    run(f"INSERT INTO {DATABASE}.source.csms VALUES ('CSM9', 'A', 'a@b.example', 'Europe')")
    with pytest.raises(UsageError, match=r"SOURCE\.csms holds 1 rows already; nothing was loaded"):
        source_rows.load(folder, Names(), lambda text: run(text))
    assert count(run, "customers") == 0


def test_a_view_is_never_filled(run, folder):
    run(f"ALTER TABLE {DATABASE}.source.products RENAME TO {DATABASE}.source.kept")
    run(f"CREATE VIEW {DATABASE}.source.products AS SELECT * FROM {DATABASE}.source.kept")
    try:
        with pytest.raises(UsageError, match=r"products is a view .*nothing was loaded"):
            source_rows.load(folder, Names(), run)
        assert count(run, "customers") == 0
    finally:
        run(f"DROP VIEW {DATABASE}.source.products")
        run(f"ALTER TABLE {DATABASE}.source.kept RENAME TO {DATABASE}.source.products")


def test_a_file_that_does_not_go_in_leaves_every_table_empty(run, folder, tmp_path):
    def broken(statement: str):
        if "COPY INTO" in statement and "products" in statement:
            raise snowflake.connector.errors.ProgrammingError(msg="broken on purpose")
        return run(statement)

    shutil.copytree(folder, tmp_path / "files")
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match="on purpose"):
        source_rows.load(tmp_path / "files", Names(), broken)
    assert count(run, "customers") == count(run, "csms") == 0

"""Both texts that take answers apart give the same rows: DuckDB's, and Snowflake's on fakesnow."""

import datetime as dt
import random

import pytest

import sql
from cs_assets.gong import staging, store_calls, store_transcripts
from cs_assets.gong.parse_pages import take_calls, take_transcripts
from resources.gong.pages import Page
from sql import catalog
from tests.faults.gong_mutations import CALLS, TRANSCRIPTS, good_call, good_transcript
from tests.gong.answers import crm

DAY = dt.date(2026, 10, 6)
SPAN = [dt.date(2026, 10, 1), dt.date(2026, 10, 31)]
NOW = dt.datetime(2026, 10, 8)


def records() -> tuple[list, list]:
    """Calls and transcripts with every harmless oddity, and CRM objects of all kinds."""
    calls, spoken = [], []
    for number, mutation in enumerate([m for m in CALLS if not m.fatal and m.change] * 2):
        record = good_call(number, random.Random(number))
        calls.append(mutation.change(record, random.Random(number)))
    for number, mutation in enumerate([m for m in TRANSCRIPTS if not m.fatal and m.change] * 2):
        record = good_transcript(number, random.Random(number))
        spoken.append(mutation.change(record, random.Random(number)))
    rich = good_call(500, random.Random(500))
    rich["context"] = [
        crm("Deal", "77", StageName="Demo", Amount="1,200.50", Name="Deal"),
        crm("Deal", "77", dealstage="Won", Amount={"odd": 1}),
        crm("Company", "88", Name="Acme", Website="https://acme.example"),
        crm("Account", "001", "Salesforce", Name=None, Domain="acme.example", Amount=None),
        {"system": None, "objects": [{"objectType": None, "objectId": 12345}]},
        {"system": "HubSpot", "objects": None},
    ]
    rich["parties"] = [
        {"id": None, "speakerId": "s9", "userId": "900", "affiliation": "Unknown"},
        {
            "id": "2",
            "speakerId": "s9",
            "emailAddress": " A@B.example ",
            "context": [crm("Contact", "9")],
        },
        {"id": "2", "name": "again"},
    ]
    rich["content"]["topics"] += [
        {"name": "Pricing", "duration": 8.5}, {"name": " ", "duration": 5},
        {"name": "Zero", "duration": 0}, {"name": None, "duration": 3},
    ]  # fmt: skip
    rich["interaction"] = {
        "interactionStats": [
            {"name": "Patience", "value": 0.5},
            {"name": "Talk Ratio", "value": 1},
        ],
        "questions": {"companyCount": 3},
    }
    return [*calls, rich], [
        *spoken,
        good_transcript(500, random.Random(1)) | {"callId": rich["metaData"]["id"]},
    ]


@pytest.fixture
def both(warehouse):
    """A DuckDB session with raw rows, and a fakesnow cursor with the same ones."""
    fakesnow = pytest.importorskip("fakesnow")
    import snowflake.connector

    calls, spoken = records()
    with warehouse.session() as db, fakesnow.patch():
        read = store_calls.begin(db, DAY, DAY, "run", NOW)
        store_calls.store(db, read, take_calls([Page(calls, "o", NOW)]))
        words = store_transcripts.begin(db, *SPAN, reread=False)
        store_transcripts.store(db, words, take_transcripts([Page(spoken, "o", NOW)]), NOW)
        staging.stage_participants(db, staging.Days(*SPAN))
        with snowflake.connector.connect(database="db", schema="gong") as connection:
            connection._paramstyle = "qmark"
            cursor = connection.cursor()
            cursor.execute("CREATE SCHEMA IF NOT EXISTS gong")
            for table in (
                "gong_calls_raw",
                "gong_call_transcripts_raw",
                "stg_gong_call_participants",
            ):
                _copy(db, cursor, f"gong.{table}")
            yield db, cursor


def _copy(db, cursor, name: str) -> None:
    table = catalog.table(name)
    cursor.execute(table.ddl)
    columns = ", ".join(table.column_names)
    binds = ", ".join(
        "PARSE_JSON(?)" if column.type == "VARIANT" else f"CAST(? AS {column.type})"
        for column in table.columns
    )
    rows = db._connection.execute(f"SELECT {columns} FROM {name}").fetchall()
    assert rows, name
    for row in rows:
        values = [None if value is None else str(value) for value in row]
        cursor.execute(f"INSERT INTO {name} ({columns}) SELECT {binds}", values)


@pytest.mark.parametrize(
    "statement",
    ["shred_headers", "shred_parties", "shred_topics", "shred_crm_objects", "stage_transcripts"],
)
def test_both_engines_give_the_same_rows(both, statement):
    db, cursor = both
    duck = db._connection.execute(sql.text(f"gong/{statement}", "duckdb"), SPAN)
    names = [column[0].lower() for column in duck.description]
    expected = duck.fetchall()
    cursor.execute(sql.text(f"gong/{statement}", "snowflake"), [str(day) for day in SPAN])
    assert [column[0].lower() for column in cursor.description] == names
    found = cursor.fetchall()
    assert len(expected) > 2
    assert _plain(found) == _plain(expected)


def _plain(rows) -> list[tuple[str, ...]]:
    """Rows as text in one order; numbers by value, whatever their type."""
    return sorted(
        tuple(
            f"{float(value):.6f}"
            if not isinstance(value, bool | str | dt.date | None)
            else str(value)
            for value in row
        )
        for row in rows
    )

"""Who is erased is not left in what others said of them, nor in the answers it was made from."""

import datetime as dt
import json
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from cs_assets.erasure import tables
from cs_assets.erasure.subject import Known, Subject
from resources.duckdb.warehouse import DuckDBWarehouse
from sql import catalog

DAY = dt.date(2026, 11, 10)
READ = dt.datetime(2026, 11, 11)
RAW = ("gong.gong_calls_raw", "gong.gong_call_transcripts_raw")
NAME = "Zoë “Z” Quill"


def payload(text: str) -> str:
    return json.dumps({"n": 3, "sentences": [{"start": 1, "text": text}]}, ensure_ascii=False)


def rows(table: str, calls: dict[str, str]) -> pd.DataFrame:
    found = pd.DataFrame({"call_id": list(calls), "payload": list(calls.values())})
    found = found.assign(call_date=DAY, content_hash="h", fetched_at=READ, request_id="r")
    if table == RAW[0]:
        return found.assign(started=READ, is_private=False, is_deleted=False)
    return found.assign(call_hash="c")


@pytest.mark.parametrize("table", RAW)
def test_a_mention_in_the_answer_about_a_call_of_others_is_replaced_and_it_stays_json(
    tmp_path: Path, table: str
) -> None:
    warehouse = DuckDBWarehouse(path=str(tmp_path / "warehouse.duckdb"))
    known = Known("contact", "003199", NAME, "zoe@quill.example", None)
    who = Subject("person", NAME, (known,), frozenset({"own"}))
    said = {
        "other": payload(f"Ask {NAME.upper()} or zoe@quill.example, she knows."),
        "none": payload("Ask somebody else."),
        "own": payload(f"{NAME} speaking."),
    }
    with warehouse.session("test") as db:
        db.replace(table, rows(table, said), {})
        found = tables.changes(db, who, [catalog.table(table)])
        tables.apply(db, found)
    with duckdb.connect(warehouse.path, read_only=True) as db:
        left = db.table(table).df().set_index("call_id")
    assert json.loads(left["payload"]["other"]) == json.loads(
        payload("Ask [erased] or [erased], she knows.")
    )
    assert left["payload"]["none"] == said["none"]
    assert set(left["content_hash"]) == {"h"}
    if table == RAW[0]:  # emptied by the purge, not written anew from what it was
        assert json.loads(left["payload"]["own"]) == json.loads(said["own"])
    else:
        assert "own" not in left.index

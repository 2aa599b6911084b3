"""Gong's tables as Airbyte or Fivetran land them are staged to the rows of our own reader."""

import gzip
import json

import pandas as pd
import pytest

from cs_assets.commands.doctor import _gong
from cs_assets.errors import UsageError
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.gong.landed import LandedReader
from resources.home import Home
from resources.settings import Settings
from tests.gong.answers import call, crm, party, transcript, user
from tests.gong.conftest import Room
from tests.gong.landing import tables

LOADERS = ("airbyte", "fivetran")
DAYS = ("2026-10-06", "2026-10-13")
STAGED = (
    "stg_gong_calls", "stg_gong_call_participants", "stg_gong_call_topics",
    "stg_gong_call_transcripts", "gong_users",
)  # fmt: skip


@pytest.fixture(scope="module")
def answers(real_calls):
    """Some real calls and, by hand, what real ones seldom hold: calls, transcripts, users."""
    raw = json.loads(gzip.decompress((real_calls / "calls-extensive.json.gz").read_bytes()))
    calls = raw["calls"][:2]
    ids = {one["metaData"]["id"] for one in calls}
    words = json.loads(gzip.decompress((real_calls / "transcripts.json.gz").read_bytes()))
    spoken = [one for one in words["callTranscripts"] if one["callId"] in ids]
    rich = call("1", "2026-10-06T20:30:00.123456-07:00", workspaceId="7")
    rich["context"] = [
        crm("Account", "001", "Salesforce", Name="Acme", Domain="acme.example"),
        crm("Deal", "77", StageName="Demo", Amount="1,200.50", Odd={"a": [1, None]}),
    ]
    contact = [crm("Contact", "9", Name="B")]
    rich["parties"] = [
        party("p1", None, " Buyer@ACME.example ", title="Buyer", context=contact),
        {
            "id": "p2",
            "speakerId": "s1",
            "userId": "900",
            "name": "O'Hara",
            "affiliation": "Unknown",
        },
    ]
    topics = [{"name": "Pricing", "duration": 8.5}, {"name": "Pricing", "duration": 60}]
    rich["content"] = {"topics": topics}
    stats = [{"name": "Patience", "value": 0.5}, {"name": "Talk Ratio", "value": 0.25}]
    questions = {"companyCount": 3, "nonCompanyCount": 2}
    rich["interaction"] = {"interactionStats": stats, "questions": questions}
    bare = call("2", None, scheduled="2026-10-07T09:00:00Z")
    hidden = call("3", isPrivate=True)
    users = [user("900", "Ada", "O'Hara", title="AE", managerId="901")]
    users.append(user("901", "Bo", "Li", active=False))
    for one in (all_calls := [*calls, rich, bare, hidden]):
        one["parties"].sort(key=lambda who: who["id"])  # the order that Fivetran can give
    return all_calls, [*spoken, transcript("1"), transcript("3")], users


@pytest.fixture(scope="module")
def own(answers, tmp_path_factory):
    """The staged tables of our own reader."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("own")
        patch.setenv("GONG_EXPORT_DIR", str(folder / "export"))
        room = _room(folder)
        calls, spoken, users = answers
        room.answers(calls=calls, transcripts=spoken, users=users)
        assert room.run(*DAYS).success
        return {name: room.table(name) for name in STAGED}


def _room(folder) -> Room:
    home = Home(folder / "home").ensure()
    return Room(home, DuckDBWarehouse(path=str(home.warehouse)), folder / "export")


@pytest.fixture
def landed(answers, tmp_path, monkeypatch):
    """By loader: a room whose warehouse holds what that loader has landed."""

    def made(loader: str) -> Room:
        room = _room(tmp_path)
        monkeypatch.setenv("GONG_LOADER", loader)
        monkeypatch.setenv("GONG_LOADER_SCHEMA", "landing")
        with room.warehouse.session("test") as db:
            for statement in tables.declared(loader, "landing", embedded=True):
                db._run(statement)
            tables.put(tables.landed(loader, *answers), "landing", db._run)
        return room

    return made


@pytest.mark.parametrize("loader", LOADERS)
def test_a_loader_s_tables_are_staged_to_the_rows_of_our_own_reader(own, landed, loader):
    room = landed(loader)
    assert room.run(*DAYS).success
    for name, rows in own.items():
        # Fivetran's tables lack what is not staged: the hash of the whole answer tells them apart.
        unlike = ["content_hash", "fetched_at", "call_hash"]
        left, right = (_plain(one, unlike) for one in (rows, room.table(name)))
        assert len(left)
        pd.testing.assert_frame_equal(right, left, obj=f"{loader}: {name}")
    assert room.table("gong_dead_letters").empty


def _plain(rows: pd.DataFrame, unlike: list[str]) -> pd.DataFrame:
    kept = rows.drop(columns=unlike, errors="ignore")
    return kept.sort_values(list(kept.columns[:3]), ignore_index=True)


def test_what_fivetran_marks_as_deleted_leaves_the_staged_tables(landed):
    room = landed("fivetran")
    room.run(*DAYS)
    with room.warehouse.session("test") as db:
        db._run("UPDATE landing.\"CALL\" SET _fivetran_deleted = TRUE WHERE id = '1'")
    room.run(*DAYS)
    assert "1" not in set(room.table("stg_gong_calls").call_id)
    assert "1" not in set(room.table("stg_gong_call_transcripts").call_id)


def test_a_landed_call_that_cannot_be_read_is_a_dead_letter(landed):
    room = landed("fivetran")
    with room.warehouse.session("test") as db:
        db._run("UPDATE landing.\"CALL\" SET started = 'soon' WHERE id = '1'")
    assert room.run(*DAYS).success
    assert list(room.table("gong_dead_letters").call_id) == ["1"]


def test_a_loader_without_tables_is_told_in_our_words(tmp_path, monkeypatch):
    monkeypatch.setenv("GONG_LOADER", "airbyte")
    room = _room(tmp_path)
    with pytest.raises(UsageError, match="GONG_LOADER_SCHEMA '': expected the schema that airbyte"):
        LandedReader(room.warehouse, Settings.load(cs_assets_home=room.home.root))
    monkeypatch.setenv("GONG_LOADER_SCHEMA", "elsewhere")
    told = _gong(Settings.load(cs_assets_home=room.home.root))
    assert told.verdict == "failed"
    assert "the tables of airbyte in elsewhere cannot be read" in told.detail


def test_the_doctor_counts_the_users_that_were_landed(landed):
    room = landed("fivetran")
    told = _gong(Settings.load(cs_assets_home=room.home.root))
    assert (told.verdict, told.detail) == ("ok", "tables of fivetran in landing, 2 users")

"""``cs-assets gong``: replaying dead letters, looking at days, and the simulator as a program."""

import datetime as dt
import json
import os
import subprocess
import sys

import httpx
import pytest
from typer.testing import CliRunner

from cs_assets.commands.gong import app
from cs_assets.errors import UsageError
from tests.conftest import REPOSITORY
from tests.gong.answers import call, transcript, user, write
from tests.waiting import PATIENCE, first_line


@pytest.fixture
def command(room, monkeypatch):
    monkeypatch.setenv("CS_ASSETS_HOME", str(room.home.root))

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_dead_letters_are_taken_up_when_their_origin_is_mended(room, command):
    broken = transcript("1")
    broken["transcript"] = "cut"
    bad_call = call("2", duration="long")
    room.answers(calls=[call("1"), bad_call], transcripts=[broken], users=[{"firstName": "?"}])
    room.run()
    shown = command("dead-letters")
    assert all(kind in shown for kind in ("call", "transcript", "user"))
    room.answers(calls=[call("1"), call("2")], transcripts=[transcript("1")], users=[])
    told = json.loads(command("retry-dead-letters", "--json"))
    assert told == {"waiting": 3, "settled": 2, "days_staged": ["2026-10-06"]}
    assert set(room.table("stg_gong_calls").call_id) == {"1", "2"}
    assert len(room.table("stg_gong_call_transcripts")) == 3
    assert "1 cannot be read yet" in command("retry-dead-letters")
    letters = json.loads(command("dead-letters", "--json"))
    assert [letter["kind"] for letter in letters] == ["user"]


def test_a_raw_copy_that_has_become_readable_is_taken_up(room, command):
    room.answers(calls=[])
    room.run()
    stamp = dt.datetime(2026, 10, 7)
    for kind, record in (("call", call("7")), ("user", user("5", "Eve", "Orr"))):
        letter = {"dead_letter_id": kind, "kind": kind, "origin": "o", "reason": "an old reader",
                  "raw": json.dumps(record), "call_id": None, "seen_at": stamp}  # fmt: skip
        room.put("gong.gong_dead_letters", [letter])
    assert "2 of 2 dead letters taken up" in command("retry-dead-letters")
    assert list(room.table("stg_gong_calls").call_id) == ["7"]
    assert list(room.table("gong_users").full_name) == ["Eve Orr"]
    assert "no record waits" in command("dead-letters")


def test_a_letter_settles_itself_when_the_record_comes_in_readable(room):
    room.answers(calls=[call("1", duration="long")])
    room.run()
    room.answers(calls=[call("1")])
    run = room.run(checked=True)
    assert all(check.passed for check in run.get_asset_check_evaluations())
    (letter,) = room.table("gong_dead_letters").itertuples()
    assert letter.resolved_at is not None


def test_days_show_what_gong_has_and_what_is_here(room, command):
    room.answers(calls=[call("1"), call("2")], transcripts=[transcript("1")])
    room.run()
    (day,) = json.loads(command("days", "--json"))
    assert (day["known"], day["stored"], day["transcribed"], day["pending"]) == (2, 2, 1, 1)
    assert "2026-10-06" in command("days")


def test_the_simulator_serves_a_folder_as_a_program(tmp_path):
    write(tmp_path / "export", calls=[call("1")], transcripts=[transcript("1")])
    environment = os.environ | {"CS_ASSETS_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"}
    arguments = ["--port", "0", "--data", str(tmp_path / "export")]
    code = "from cs_assets.commands.gong import app; app()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "simulate", *arguments],
        stdout=subprocess.PIPE,
        env=environment,
        cwd=REPOSITORY,
        text=True,
    )
    try:
        told = first_line(process).strip()
        assert told.startswith("Gong simulator with 1 calls on http://127.0.0.1:")
        url = told.split()[-1]
        answer = httpx.get(f"{url}/v2/calls", auth=("key", "secret"))
        assert [found["id"] for found in answer.json()["calls"]] == ["1"]
        assert httpx.get(f"{url}/v2/calls", auth=("key", "wrong")).status_code == 401
    finally:
        process.kill()
        process.wait(PATIENCE)


def test_a_folder_without_calls_and_a_bad_clock_are_refused(tmp_path):
    for arguments in (["--data", str(tmp_path)], ["--now", "noon"]):
        result = CliRunner().invoke(app, ["simulate", "--port", "0", *arguments])
        assert isinstance(result.exception, UsageError | ValueError)
        assert getattr(result.exception, "exit_status", None) == 2

"""Who opened what at the desk is kept, by the desk's own sign-in, and told beside the mails."""

import datetime as dt
import json
import sqlite3
import sys
from contextlib import closing

import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from cs_assets.commands import deliveries
from cs_assets.delivery.record.ledger import Ledger
from cs_assets.delivery.record.opened_at_desk import Opened, note, opened_between
from cs_assets.delivery.record.store import SqliteStore
from cs_assets.desk import noting, session
from tests.desk.viewing import look_as
from tests.faults.scene import new_delivery

AT = dt.datetime(2026, 11, 16, 9, 5)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _nothing_noted(monkeypatch):
    noting._NOTED.clear()
    # A drawn page puts its own file in its place, and processes begun later would start with that.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


def a_page():
    import streamlit as st

    from cs_assets.desk.showing.frame import framed

    framed(lambda visit: st.write("scores"))


def a_page_that_fails():
    from cs_assets.desk.showing.frame import framed
    from cs_assets.errors import UsageError

    def refused(visit):
        raise UsageError("not yours")

    framed(refused)


def opened(home):
    return opened_between(home / "desk.sqlite", dt.date.min, dt.date.max)


def test_a_page_that_was_shown_is_noted_with_who_is_signed_in(monkeypatch, own_home):
    look_as(monkeypatch, own_home, "manager:W9", address="boss@x.example")
    page = AppTest.from_function(a_page, default_timeout=60)
    page.query_params["rep"] = "ann"
    page.run()
    page.run()  # drawn anew, as with each touch
    assert not page.exception
    (one,) = opened(own_home)
    assert (one.person, one.about, one.hours) == ("boss@x.example", "ann", 1)
    assert abs(one.first_at - session.now()) < dt.timedelta(minutes=5)


def test_what_was_refused_was_not_opened(monkeypatch, own_home):
    look_as(monkeypatch, own_home, "rep:other")
    AppTest.from_function(a_page_that_fails, default_timeout=60).run()
    look_as(monkeypatch, own_home, "rep:other", minutes=-1)
    AppTest.from_function(a_page, default_timeout=60).run()
    assert opened(own_home) == []


def test_a_file_that_cannot_be_written_harms_no_page(monkeypatch, own_home):
    look_as(monkeypatch, own_home, "operations")
    (own_home / "desk.sqlite").unlink(missing_ok=True)
    (own_home / "desk.sqlite").write_bytes(b"no database, and longer than a header of one" * 9)
    page = AppTest.from_function(a_page, default_timeout=60).run()
    assert page.markdown[0].value == "scores"
    assert not page.exception


def test_an_hour_is_one_row_and_old_ones_go(tmp_path):
    path = tmp_path / "desk.sqlite"
    assert opened_between(path, dt.date.min, dt.date.max) == []
    note(path, "a@x.example", "coaching", "ann", AT - 401 * DAY)
    for minutes in (0, 10, 50, 130):
        note(path, "a@x.example", "coaching", "ann", AT + dt.timedelta(minutes=minutes))
    note(path, "b@x.example", "coaching", "ann", AT + DAY)
    assert opened_between(path, dt.date.min, dt.date.max) == [
        Opened("a@x.example", "coaching", "ann", AT, 2),
        Opened("b@x.example", "coaching", "ann", AT + DAY, 1),
    ]
    assert len(opened_between(path, AT.date(), AT.date())) == 1
    with closing(sqlite3.connect(tmp_path / "drafts.sqlite")) as file:
        file.execute("CREATE TABLE draft (x TEXT)")
    assert opened_between(tmp_path / "drafts.sqlite", dt.date.min, dt.date.max) == []


def test_the_audit_tells_mails_and_the_desk_in_one_table(monkeypatch, own_home):
    monkeypatch.setenv("CS_ASSETS_HOME", str(own_home))
    note(own_home / "desk.sqlite", "a@x.example", "coaching", "ann", AT)

    def audited(*words):
        done = CliRunner().invoke(deliveries.app, ["audit", *words, "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.output)

    with closing(SqliteStore(own_home / "delivery.sqlite")) as store:
        Ledger(store).plan([new_delivery(own_home)], AT, "r")
    told = [(one["report_kind"], one["state"]) for one in audited()]
    assert told == [("weekly_report", "pending"), ("desk", "opened")]
    (one,) = (one for one in audited("2026-11-09") if one["report_kind"] == "desk")
    assert (one["artefact_id"], one["recipient"]) == ("coaching ann", "a@x.example")
    assert one["opened_at"].startswith("2026-11-16")
    assert not [one for one in audited("2026-10-26") if one["report_kind"] == "desk"]
    assert not [one for one in audited("--kind", "rep_digest") if one["report_kind"] == "desk"]

"""What people decide at the desk: once, within their scope, in the ledgers of the command line."""

import datetime as dt

import pytest

from cs_assets.coaching.disputes import identity
from cs_assets.decided import DecidedAlready
from cs_assets.desk import decisions, session
from cs_assets.desk.drafts import FileDrafts, Form, TableDrafts
from cs_assets.desk.guards import NotYours
from cs_assets.desk.viewer import NotSignedIn
from cs_assets.errors import UsageError
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.answers.tenant import ANN, CALL, NEWEST
from tests.benchmarks.desk import decisions_at_once
from tests.desk.viewing import viewer


@pytest.fixture
def home(own_home, monkeypatch):
    monkeypatch.setenv("CS_ASSETS_HOME", str(own_home))
    return own_home


def form(**fields):
    made = Form.new(session.now())
    return Form(made.form_id, made.seen_at, fields)


def rows(home, statement, *parameters):
    with DuckDBWarehouse(path=str(home / "warehouse.duckdb")).reading("test") as db:
        return db.query(statement, list(parameters))


def test_the_same_form_writes_once_and_says_so(home):
    who, mine = viewer("csm:CSM1"), form()
    first = decisions.act(who, mine, "RUSH_0", NEWEST, "taken", words="on it")
    again = decisions.act(who, mine, "RUSH_0", NEWEST, "taken", words="on it")
    assert (first.is_repeated, again.is_repeated) == (False, True)
    assert (again.words, again.done_at) == (first.words, first.done_at)
    kept = rows(home, "customers/actions_of", "RUSH_0", "RUSH_0")
    assert list(kept["done_by"]) == ["csm.CSM1@x.example"]
    with pytest.raises(NotYours, match="somebody else"):
        decisions.act(viewer("operations"), mine, "RUSH_0", NEWEST, "done")


def test_the_second_of_two_is_told_who_was_first_and_when(home):
    mine, theirs = form(), form()
    decisions.route(viewer("operations", "ann@x"), mine, "RUSH_0", "approve", "workload")
    with pytest.raises(DecidedAlready, match=r"approve.* by ann@x already .*UTC") as told:
        decisions.route(
            viewer("operations", "bob@x"), theirs, "RUSH_0", "override", "other", worker="CSM2"
        )
    assert session.now() - told.value.when < dt.timedelta(minutes=1)
    kept = rows(home, "routing/decisions", session.now())
    assert list(kept["decided_by"]) == ["ann@x"]
    # Who looks again has seen it, and may decide otherwise.
    decisions.route(viewer("operations", "bob@x"), form(), "RUSH_0", "reject", "other")


REFUSED = [
    ("rep:" + ANN, lambda w: decisions.act(w, form(), "RUSH_0", NEWEST, "taken")),
    ("csm:CSM2", lambda w: decisions.act(w, form(), "RUSH_0", NEWEST, "taken")),
    ("csm:CSM2", lambda w: decisions.review(w, form(), "RUSH_0", "approved")),
    ("csm:CSM1", lambda w: decisions.route(w, form(), "RUSH_0", "approve", "other")),
    ("manager:CSM2", lambda w: decisions.route(w, form(), "RUSH_0", "approve", "other")),
    ("csm:CSM1", lambda w: decisions.dispute(w, form(), CALL, "x", "a reason that is told")),
    ("rep:4000000000000000002", lambda w: decisions.dispute(w, form(), CALL, "x", "no reason")),
    ("rep:" + ANN, lambda w: decisions.decide_dispute(
        w, form(), identity(CALL, "discovery.impact"), "a reason", is_upheld=True)),
    ("manager:W9", lambda w: decisions.resolve(w, form(), "abc", was_sent=True, note="seen")),
    ("manager:W9", lambda w: decisions.resend(w, form(), ["abc"], "again")),
]  # fmt: skip


@pytest.mark.parametrize(("who", "decide"), REFUSED)
def test_what_is_not_theirs_is_not_decided(company_home, monkeypatch, who, decide):
    monkeypatch.setenv("CS_ASSETS_HOME", str(company_home))
    with pytest.raises(NotYours):
        decide(viewer(who))
    assert rows(company_home, "desk/decisions_of_kind", "action").empty


def test_who_is_signed_out_writes_nothing_and_loses_nothing(home):
    gone, mine = viewer("csm:CSM1", minutes=-1), form(words="what I wrote")
    with pytest.raises(NotSignedIn, match="sign in again"):
        decisions.act(gone, mine, "RUSH_0", NEWEST, "done", words="what I wrote")
    assert rows(home, "customers/actions_of", "RUSH_0", "RUSH_0").empty
    back = viewer("csm:CSM1")
    found = decisions.begun(back, "action", "RUSH_0", session.now())
    assert found == mine
    decisions.act(back, found, "RUSH_0", NEWEST, "done", words=found.fields["words"])
    assert decisions.begun(back, "action", "RUSH_0", session.now()).fields == {}


def test_a_customer_that_is_gone_is_told(home):
    with pytest.raises(UsageError, match="or is gone"):
        decisions.act(viewer("operations"), form(), "CUST_404", NEWEST, "taken")


@pytest.mark.parametrize("of", ["file", "table"])
def test_a_draft_is_its_owners_and_goes_when_it_was_sent(home, of):
    warehouse = DuckDBWarehouse(path=str(home / "warehouse.duckdb"))
    drafts = FileDrafts(home / "desk.sqlite") if of == "file" else TableDrafts(
        lambda: warehouse.session("test"))  # fmt: skip
    mine = form(words="half a sent")
    drafts.keep("ann@x", "review", "RUSH_0", mine, session.now())
    assert drafts.find("ann@x", "review", "RUSH_0") == mine
    assert drafts.find("bob@x", "review", "RUSH_0") is None
    drafts.drop("ann@x", "review", "RUSH_0", session.now())
    assert drafts.find("ann@x", "review", "RUSH_0") is None


def test_nothing_is_lost_or_doubled_when_many_decide_at_once(own_home, tell):
    figure = decisions_at_once(own_home, count=18, subjects=3, seen_within=60)
    tell(figure)
    assert figure.passed, figure.value

"""Who looks, and what of the data reaches them."""

import datetime as dt

import pytest

from cs_assets.answers.scope import asker
from cs_assets.desk import session
from cs_assets.desk.guards import NotYours
from cs_assets.desk.viewer import NotSignedIn, Viewer, signed, verified
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.answers.tenant import ANN, BOB, CALL, NEWEST, OTHER_CALL, made
from tests.benchmarks.desk import rows_of_others
from tests.desk.viewing import SECRET, look_as, viewer

NOW = dt.datetime(2026, 11, 9, 8)


def test_a_token_says_who_looks_until_its_time_is_over():
    ann = Viewer(asker("csm:CSM1"), "c1@x.example", NOW + dt.timedelta(minutes=5))
    token = signed(ann, SECRET)
    assert verified(token, SECRET, NOW) == ann
    with pytest.raises(NotSignedIn, match="sign in again"):
        verified(token, SECRET, NOW + dt.timedelta(minutes=5))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "",
        lambda token: token.partition(".")[0],
        lambda token: token[:-1] + ("0" if token[-1] != "0" else "1"),
        lambda token: "A" + token[1:],
        lambda token: token + "é",
        lambda token: "x" * 100_000,
        lambda token: signed(viewer("operations"), b"another key"),
    ],
)
def test_a_token_that_is_not_ours_says_nothing(spoil):
    token = spoil(signed(viewer("csm:CSM1"), SECRET))
    with pytest.raises(NotSignedIn, match="not known who you are"):
        verified(token, SECRET, session.now())


def test_without_a_key_nobody_is_known():
    with pytest.raises(NotSignedIn):
        verified(signed(viewer("operations"), b""), b"", session.now())


@pytest.mark.parametrize(
    ("who", "customers", "reps", "score_seen"),
    [
        ("operations", {"CUST_1", "CUST_2", "CUST_3", "CUST_4"}, {ANN, BOB}, True),
        ("csm:CSM1", {"CUST_1", "CUST_2"}, set(), False),
        ("manager:W9", {"CUST_1", "CUST_2", "CUST_3", "CUST_4"}, set(), False),
        (f"rep:{ANN}", set(), {ANN}, True),
    ],
)
def test_rows_are_cut_to_the_scope(monkeypatch, company_home, who, customers, reps, score_seen):
    look_as(monkeypatch, company_home, who)
    with session.reading("test") as db:
        assert set(db.query("customers/overview", [NEWEST, None])["customer_id"]) == customers
        assert set(db.query("coaching/reps")["user_id"]) == reps
        one = db.query("calls/one_call", [CALL])
        assert len(one) == 1
        assert (one["overall_score"].notna().all()) == score_seen
        foreign = db.query("calls/one_call", [OTHER_CALL])
        assert len(foreign) == (who in ("operations", "manager:W9"))
        said = db.query("calls/sentences_of_call", [OTHER_CALL])
        assert said.empty == foreign.empty


@pytest.mark.parametrize("who", ["csm:CSM1", f"rep:{ANN}"])
def test_what_is_in_no_list_and_who_is_not_in_scope_are_refused(monkeypatch, company_home, who):
    look_as(monkeypatch, company_home, who)
    with session.reading("test") as db:
        with pytest.raises(NotYours, match="operations"):
            db.query("ai/usage")
        with pytest.raises(NotYours, match="not one of yours"):
            db.query("reports/weeks_of_customer", ["CUST_3"])


def test_what_is_kept_is_the_viewers_own_and_of_these_data(monkeypatch, own_home):
    def names(db):
        return list(db.query("customers/overview", [NEWEST, None])["customer_id"])

    read = []

    def seen():
        return session.visit().remembered("names", read=lambda db: (read.append(1), names(db))[1])

    look_as(monkeypatch, own_home, "csm:CSM1")
    mine = seen()
    mine.append("spoilt")
    assert seen() == ["CUST_1", "CUST_2"]
    assert len(read) == 1
    look_as(monkeypatch, own_home, "csm:CSM2")
    assert seen() == ["CUST_3", "CUST_4"]
    with DuckDBWarehouse(path=str(own_home / "warehouse.duckdb")).session() as db:
        moved = made("source.csm_assignments", {"customer_id": "CUST_2", "csm_id": "CSM2"})
        db.merge("source.csm_assignments", moved)
    assert seen() == ["CUST_2", "CUST_3", "CUST_4"]
    look_as(monkeypatch, own_home, "csm:CSM1")
    assert seen() == ["CUST_1"]


def test_no_row_of_others_reaches_anybody(tmp_path, tell):
    figure = rows_of_others(tmp_path, count=90, moves=2)
    tell(figure)
    assert figure.passed, figure.value


def test_a_row_of_others_would_be_seen(tmp_path, monkeypatch):
    """The figure can fail: with a scope that lets everything through it does."""
    monkeypatch.setattr("cs_assets.answers.scope.Scope.allows", lambda *_: True)
    assert not rows_of_others(tmp_path, count=12, moves=1).passed

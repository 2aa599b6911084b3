"""What is kept of reports: when and in which revision they were written, and a CSM's own hand."""

import datetime as dt
import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from cs_assets.cli import app, mount_rooms
from cs_assets.reviews import hands
from cs_assets.reviews.editions.view import todo
from cs_assets.reviews.gate import Candidate, judge
from cs_assets.reviews.writing.revisions import with_revisions
from tests.reviews import making, tenant
from tests.reviews.test_assets import materialise

mount_rooms()
MONDAY = dt.datetime(2026, 11, 16, 8)
NAMES = ["customer_id", "status", "content_hash", "failure", "csm_id"]


def _rows(**hashes):
    return pd.DataFrame([(c, "written", h, None, "A") for c, h in hashes.items()], columns=NAMES)


def test_a_report_is_another_revision_only_where_it_says_something_else():
    first, past = with_revisions(_rows(a="1", b="1"), _rows().iloc[:0], "run-1", MONDAY)
    assert list(first["revision"]) == [1, 1]
    assert past.empty
    later = MONDAY + dt.timedelta(hours=1)
    again, past = with_revisions(_rows(a="1", b="2"), first, "run-2", later)
    assert list(again["revision"]) == [1, 2]
    assert list(again["run_id"]) == ["run-1", "run-2"]
    assert list(again["generated_at"]) == [MONDAY, later]
    assert past[["customer_id", "revision", "run_id", "replaced_by"]].values.tolist() == [
        ["b", 1, "run-1", "run-2"]
    ]


def _command(home, *arguments):
    environment = {"CS_ASSETS_HOME": str(home), "CS_ASSETS_WRITER": "rules"}
    return CliRunner().invoke(app, ["report", *arguments], env=environment)


def test_what_was_made_and_done_by_hand_is_listed_kept_and_respected(tenant_warehouse, tmp_path):
    from resources.home import Home
    from tests.reviews.conftest import copied

    home = Home(tmp_path / "home").ensure()
    warehouse = copied(tenant_warehouse, home.warehouse)
    materialise(warehouse, home)
    listed = json.loads(_command(home.root, "list", "--json").stdout)
    assert {row["customer_id"]: row["revision"] for row in listed} == dict.fromkeys(
        tenant.PROFILES, 1
    )
    assert all(row["generated_at"] for row in listed)
    weekly = json.loads(_command(home.root, "list", "--by-week", "--json").stdout)[0]
    assert (weekly["reports"], weekly["csms"], weekly["held"]) == (6, 2, 1)

    assert _command(home.root, "note", "CUST_10002", "On leave until May").exit_code == 0
    struck = _command(home.root, "strike", "CUST_10002", "2", "--reason", "No shop")
    title = struck.stdout.split('"')[1]
    materialise(warehouse, home, {"customer_ids": ["CUST_10002"]})
    with warehouse.session("test") as db:
        report = db.query("reviews/reports", ["CUST_10002", "CUST_10002", tenant.WEEK, "weekly"])
        kept = db.query("reviews/stored_revisions", ["", "Z", tenant.WEEK, "weekly"])
    text = report["full_report"].iloc[0]
    assert "Note: On leave until May (" in text
    assert f"- Struck by hand: {title}. Reason: No shop" in text
    assert f"## {title}" not in text
    revisions = dict(zip(kept["customer_id"], kept["revision"], strict=True))
    assert revisions["CUST_10002"] == 2
    assert revisions["CUST_10001"] == 1
    told = json.loads(_command(home.root, "history", "CUST_10002", "--json").stdout)
    assert sorted(row["what"] for row in told) == ["note", "struck", "written", "written"]


def test_what_is_done_by_hand_fades_and_a_customer_never_reads_it(reports):
    def hand(kind, weeks_ago, title=""):
        week = tenant.WEEK - dt.timedelta(weeks=weeks_ago)
        return hands.Hand("c", week, kind, title, "words", "ana")

    facts = hands.facts_of([hand("note", 0), hand("note", 2), hand("struck", 5, "T")], tenant.WEEK)
    assert [f.fact_id for f in facts] == [
        "hand.note.a.words", "hand.struck.a.title", "hand.struck.a.why",
    ]  # fmt: skip
    sheet = reports["CUST_10002"].sheet.with_facts(facts).for_customer()
    assert not sheet.under("hand")
    assert hands.approved({"c": [hand("approved", 1)]}, tenant.WEEK) == frozenset()
    assert hands.approved({"c": [hand("approved", 0)]}, tenant.WEEK) == {"c"}


@pytest.mark.parametrize(("is_approved", "held"), [(False, ["approval"]), (True, [])])
def test_a_large_account_waits_for_a_person_where_policy_asks(reports, is_approved, held):
    policy = making.settings().gate.model_copy(update={"approval_from_arr": 100_000.0})
    report = reports["CUST_10002"]
    candidate = Candidate(
        report.sheet.entity_id, tenant.NAMES["CUST_10002"], "a@example.com", report, None, (),
        is_approved=is_approved,
    )  # fmt: skip
    rules = [reason.rule for reason in judge(candidate, policy).reasons]
    assert [rule for rule in rules if rule == "approval"] == held


def test_struck_advice_makes_room_for_other(reports):
    report = reports["CUST_10002"]
    title = todo(report)[0][0]
    hand = hands.Hand("c", tenant.WEEK, "struck", title, "No", "ana")
    facts = hands.facts_of([hand], tenant.WEEK)
    made = making.rewritten(report, lambda sheet: sheet.with_facts(facts))
    assert title not in [one for one, _ in todo(made)]

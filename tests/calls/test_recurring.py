"""What recurs over calls: accounts count and not mentions, and a trend has to be one."""

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from cs_assets.calls.recurrence.assets import call_patterns
from cs_assets.calls.recurrence.recurring import LEAST_ACCOUNTS, Heard, recurring
from cs_assets.commands import calls, calls_heard  # noqa: F401  # adds its commands
from resources.settings import Settings
from tests.materialising import materialize

LAST = dt.date(2026, 11, 8)
ASKED = ("Can we send the reminders by text message?", "Could reminders go out as text messages?")
TOLD = "The paper invoices are typed by two people at the counter."


def said(text: str, account: str, days_ago: int = 1, call: str = "") -> Heard:
    day = LAST - dt.timedelta(days=days_ago)
    return Heard(call or f"call-{account}-{days_ago}", day, account, 4, 9000, text)


def by_kind(found, kind):
    return [one for one in found if one.kind == kind]


def test_one_customer_who_says_it_ten_times_is_one_account():
    ten = [said(TOLD, "a", call=f"call-{n}") for n in range(10)]
    assert recurring(ten, {"price and value": ten}, LAST) == []
    more = [*ten, *(said(TOLD, account) for account in "bc")]
    found = recurring(more, {"price and value": more}, LAST)
    assert {(one.kind, one.accounts, one.calls) for one in found} == {
        ("topic", LEAST_ACCOUNTS, 12), ("objection", LEAST_ACCOUNTS, 12),
    }  # fmt: skip
    assert by_kind(found, "topic")[0].name == "paper invoices"
    assert [one.account for one in found[0].quotes] == ["c", "b", "a"]


def test_questions_in_other_words_are_one_and_other_questions_are_not():
    asked = [said(ASKED[n % 2], f"a{n}") for n in range(4)]
    other = [said("Who signs the contract for the counter?", f"b{n}") for n in range(2)]
    (found,) = by_kind(recurring([*asked, *other], {}, LAST), "question")
    assert (found.accounts, found.calls) == (4, 4)
    assert "reminders" in found.name


@pytest.mark.parametrize(
    ("recent", "before", "verdict"),
    [(18, 2, "rising"), (2, 18, "falling"), (9, 8, "no change found"), (2, 2, "too few accounts")],
)
def test_a_trend_is_of_accounts_spoken_with_in_both_halves(recent, before, verdict):
    plain = [said("Good.", f"a{n}", days) for n in range(30) for days in (3, 40)]
    hits = [said(TOLD, f"a{n}", 3) for n in range(recent)]
    hits += [said(TOLD, f"a{29 - n}", 40) for n in range(before)]
    (found,) = by_kind(recurring([*plain, *hits], {}, LAST), "topic")
    assert (found.verdict, found.recent, found.of_recent) == (verdict, recent, 30)


def test_the_week_is_stored_and_shown_with_its_sentences(labelled_warehouse, tmp_path, monkeypatch):
    made = materialize(
        [call_patterns],
        resources={"settings": Settings.load(), "warehouse": labelled_warehouse},
        partition_key="2026-11-02",
    )
    assert made.success
    monkeypatch.setenv("CS_ASSETS_HOME", str(tmp_path))
    rows = json.loads(CliRunner().invoke(calls.app, ["recurring", "--json"]).stdout)
    assert {"topic", "question"} <= {row["kind"] for row in rows}
    with labelled_warehouse.session() as db:
        words = db.query("calls/customer_words", [dt.date(2026, 9, 1), LAST])
    known = set(zip(words["call_id"], words["sentence_index"], words["sentence"], strict=True))
    assert {(r["call_id"], r["sentence_index"], r["sentence"]) for r in rows} <= known
    told = CliRunner().invoke(calls.app, ["recurring"]).stdout
    assert "accounts in" in told
    refused = CliRunner().invoke(calls.app, ["recurring", "--week", "soon"])
    assert refused.exit_code != 0

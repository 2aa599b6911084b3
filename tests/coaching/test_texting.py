"""Text messages to reps: two reasons, none of the words of a call, in the language of the rep."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cs_assets import config
from cs_assets.coaching.texting import churn_calls, is_critical, text_of
from cs_assets.frames import records
from tests.coaching import pages
from tests.coaching.tenant import MONDAY

DAY = dt.timedelta(days=1)


def changed(week, verdict, high):
    scores = {**week.scores, "overall": {**week.scores["overall"], "high_window": high}}
    trends = {**week.trends, "overall": {**week.trends["overall"], "verdict": verdict}}
    return replace(week, scores=scores, trends=trends)


@pytest.mark.parametrize(
    ("verdict", "high", "critical"),
    [
        ("declining", 60.0, True),
        ("declining", 70.0, False),
        ("no_clear_change", 60.0, False),
        ("improving", 60.0, False),
        ("too_few_calls", 60.0, False),
    ],
)
def test_critical_is_surely_below_the_target_and_falling(rules, verdict, high, critical):
    week = changed(pages.bobs_week(rules), verdict, high)
    assert is_critical(week, rules) is critical
    digest = pages.digest_of(week, rules)
    assert (text_of(digest, 0, rules) is not None) is critical


@pytest.mark.parametrize(
    ("code", "one", "two"),
    [
        ("en", "In 1 call a customer spoke of leaving", "In 2 calls customers spoke of leaving"),
        ("de", "In 1 Gespräch sprach ein Kunde", "In 2 Gesprächen sprachen Kunden"),
        ("es", "En 1 llamada un cliente", "En 2 llamadas hubo clientes"),
    ],
)
def test_a_text_says_the_reason_and_no_word_of_a_call(rules, code, one, two):
    speaking = rules.model_copy(update={"language": code})
    digest = pages.digest_of(changed(pages.bobs_week(rules), "declining", 60.0), speaking)
    said = text_of(digest, 1, speaking)
    assert one in said
    assert two in text_of(digest, 2, speaking)
    assert len(said) <= 300
    spoken = [one["filled"] for one in digest.passages if ".line." in one["key"]]
    assert spoken
    for line in spoken:
        assert line.partition("“")[2].rstrip("”") not in said


def test_churn_is_counted_by_rep_and_week():
    found = pd.DataFrame(
        [("1", MONDAY, "bob"), ("2", MONDAY + 6 * DAY, "bob"), ("3", MONDAY + 7 * DAY, "bob"),
         ("4", MONDAY - DAY, "ann")],
        columns=["call_id", "call_date", "rep_user_id"],
    )  # fmt: skip
    assert churn_calls(found, MONDAY) == {"bob": 2}
    assert churn_calls(found.iloc[:0], MONDAY) == {}


@pytest.mark.parametrize("on", [True, False])
def test_texts_are_made_where_switched_on_for_who_has_a_reason(
    team, home, materialize, monkeypatch, tmp_path, on
):
    said = (Path(config.__file__).parent / "coaching.yaml").read_text("utf-8")
    said = said.replace("texts: false", f"texts: {str(on).lower()}")
    (tmp_path / "coaching.yaml").write_text(said, "utf-8")
    monkeypatch.setenv("CS_ASSETS_CONFIG_DIR", str(tmp_path))
    with team.session("test") as db:
        calls = records(db.query("coaching/calls_of_window", [MONDAY, MONDAY + 6 * DAY]))
        heard = next(one for one in calls if one["rep_user_id"] == "bob")
        signal = {
            "call_id": heard["call_id"], "call_date": heard["call_date"], "kind": "churn",
            "sentence_index": 0, "start_ms": 0, "sentence": "We are leaving.", "confidence": 0.9,
            "found_by": "rules", "rules_version": "1",
        }  # fmt: skip
        db.replace("analytics.call_signals", pd.DataFrame([signal]), {})
    materialize("rep_week_scores", "rep_week_objections", "rep_week_trends", "rep_digests")
    with team.session("test") as db:
        found = records(db.query("delivery/candidates", ["rep_text", MONDAY]))
    assert [(one["artefact_id"], one["channel"]) for one in found] == [("bob", "sms")] * on
    for one in found:
        assert (one["recipient"], one["verdict"]) == ("bob@team.example", "send")
        words = (home.root / one["text_path"]).read_text()
        assert "In 1 call a customer spoke of leaving." in words
        assert "We are leaving" not in words

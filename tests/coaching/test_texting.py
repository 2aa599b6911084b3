"""Text messages to reps: two reasons, none of the words of a call, in the language of the rep."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from cs_assets import config
from cs_assets.coaching import assets
from cs_assets.coaching.texting import Urgent, text_of, urgent_calls
from cs_assets.frames import records
from tests.coaching import pages
from tests.coaching.tenant import MONDAY

DAY = dt.timedelta(days=1)


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
    digest = pages.digest_of(pages.bobs_week(rules), speaking)
    assert text_of(digest, Urgent(), speaking) is None
    said = text_of(digest, Urgent(critical=1, leaving=1), speaking)
    assert one in said
    assert len(said) > len(text_of(digest, Urgent(critical=1), speaking))
    assert two in text_of(digest, Urgent(leaving=2), speaking)
    assert len(said) <= 300
    spoken = [one["filled"] for one in digest.passages if ".line." in one["key"]]
    assert spoken
    for line in spoken:
        assert line.partition("“")[2].rstrip("”") not in said


def test_reasons_are_counted_by_rep_and_week():
    found = pd.DataFrame(
        [("1", MONDAY, "bob", True, True), ("2", MONDAY + 6 * DAY, "bob", False, True),
         ("3", MONDAY + 7 * DAY, "bob", True, True), ("4", MONDAY - DAY, "ann", True, False)],
        columns=["call_id", "call_date", "rep_user_id", "is_critical", "is_leaving"],
    )  # fmt: skip
    assert urgent_calls(found, MONDAY) == {"bob": Urgent(critical=1, leaving=2)}
    assert urgent_calls(found.iloc[:0], MONDAY) == {}


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
    monkeypatch.setattr(assets, "_DIGESTS_PER_CORE", 1)  # made by a child, kept by its parent
    materialize("rep_week_scores", "rep_week_objections", "rep_week_trends", "rep_digests")
    with team.session("test") as db:
        found = records(db.query("delivery/candidates", ["rep_text", MONDAY]))
        assert len(db.query("delivery/candidates", ["rep_digest", MONDAY])) == 2
    assert [(one["artefact_id"], one["channel"]) for one in found] == [("bob", "sms")] * on
    for one in found:
        assert (one["recipient"], one["verdict"]) == ("bob@team.example", "send")
        words = (home.root / one["text_path"]).read_text()
        assert "In 1 call a customer spoke of leaving." in words
        assert "We are leaving" not in words

"""Signals: what is heard, what is kept of models, and who reads it."""

import dagster as dg
import duckdb
import pandas as pd
import pytest

from cs_assets import config
from cs_assets.calls import assets as calls_assets
from cs_assets.calls import rows, signals
from cs_assets.calls.signals import Signal, SignalRules, find, joined, of_models
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.settings import Settings
from tests.calls.conversation import talk
from tests.judge.signals import signals_heard

RULES = config.load("signals.yaml", SignalRules)
LEAVING = "We are thinking about giving the module back."


def test_signals_are_heard_as_labelled(tell):
    figure = signals_heard()
    tell(figure)
    assert figure.passed


@pytest.mark.parametrize(
    ("sentence", "speaks_of"),
    [
        (LEAVING, "giving_back"),
        ("Half of the seats can go when we renew.", "giving_back"),
        ("Then we will not renew, I am afraid.", "leaving"),
        ("They have lost trust, and I can't blame them.", "trust"),
        ("I am starting to lose hope with that module.", "trust"),
        ("Karin, who brought you in, has resigned.", "person"),
        ("We rated you a three this time.", "answer"),
        ("My planners went back to the spreadsheets.", "stopping"),
    ],
)
def test_what_goes_back_is_told_apart_from_who_leaves(sentence, speaks_of):
    said = sentence.lower()
    assert "churn" in signals.of_sentence(said, RULES)
    assert signals.about(said, "churn", RULES) == speaks_of


def test_only_the_customer_signals_and_a_turn_says_a_thing_once():
    said = talk(("rep", LEAVING), ("customer", LEAVING), ("customer", "I want to cancel."))
    found = find(said, RULES)
    assert [(one.kind, said.sides[one.position]) for one in found] == [("churn", "customer")]
    assert said.sentences[found[0].position].text == LEAVING


def test_what_a_model_found_is_kept_while_it_can_be_proven_and_joined_once():
    said = talk(("rep", "How is it going?"), ("customer", LEAVING))
    quoted = {"kind": "churn", "sentence_index": 1, "confidence": 0.7, "found_by": "judge-1"}
    true = of_models(said, [quoted | {"sentence": LEAVING}])
    assert true == [Signal("churn", 1, 0.7, "judge-1")]
    assert of_models(said, [quoted | {"sentence": "We love it."}]) == []
    assert of_models(said, [quoted | {"sentence": "How is it going?", "sentence_index": 0}]) == []
    both = joined(find(said, RULES), true)
    assert both == [Signal("churn", 1, 0.9, "rules+judge-1")]
    again = of_models(said, [quoted | {"sentence": LEAVING, "found_by": both[0].found_by}])
    assert joined(find(said, RULES), again) == both


def test_a_summary_never_omits_that_they_may_leave():
    around = rows.Context("success", "Acme", None, None, None)
    told = rows.in_context("They spoke of invoices.", around, [LEAVING])
    assert told.endswith(f"They spoke of invoices. The customer said: “{LEAVING}”")
    assert rows.in_context(f"Customer: {LEAVING}", around, [LEAVING]).count("giving") == 1


def test_the_asset_writes_signals_word_for_word_and_summaries_repeat_them(labelled_home):
    with duckdb.connect(str(labelled_home.warehouse)) as db:
        call, index, day = db.execute(
            "SELECT call_id, sentence_index, call_date FROM gong.stg_gong_call_transcripts "
            "WHERE affiliation = 'External' ORDER BY 1, 2 LIMIT 1"
        ).fetchone()
        where = "WHERE call_id = ? AND sentence_index = ?"
        (before,) = db.execute(
            f"SELECT sentence FROM gong.stg_gong_call_transcripts {where}", [call, index]
        ).fetchone()
        change = f"UPDATE gong.stg_gong_call_transcripts SET sentence = ? {where}"
        db.execute(change, [LEAVING, call, index])
    warehouse = DuckDBWarehouse(path=str(labelled_home.warehouse), wait_seconds=20)
    try:
        made = dg.materialize(
            [calls_assets.call_signals, calls_assets.call_summaries],
            partition_key=str(pd.Timestamp(day).date()),
            resources={"settings": Settings.load(), "warehouse": warehouse},
        )
        assert made.success
        with duckdb.connect(str(labelled_home.warehouse)) as db:
            (found,) = db.execute(
                "SELECT sentence FROM analytics.call_signals WHERE call_id = ? AND kind = 'churn'",
                [call],
            ).fetchall()
            (summary,) = db.execute(
                "SELECT summary FROM analytics.call_summaries WHERE call_id = ?", [call]
            ).fetchone()
        assert found == (LEAVING,)
        assert LEAVING in summary
    finally:
        with duckdb.connect(str(labelled_home.warehouse)) as db:
            db.execute(change, [before, call, index])


def test_expressions_that_are_none_are_named():
    broken = RULES.model_copy(update={"denied": ["("]})
    broken.__dict__.pop("cues", None)
    with pytest.raises(ValueError, match="denied: not a regular expression"):
        _ = signals.SignalRules.model_validate(broken.model_dump()).cues


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        ("My deliveries screen is blank.", ["outage"]),
        ("The jobs page has been down since Monday.", ["outage"]),
        ("Your tasks module is down again.", ["outage", "complaint_repeated"]),
        ("Nobody can log in to the campaigns since yesterday.", ["outage"]),
        ("The same error with the keys again.", ["complaint_repeated"]),
        ("We need five more seats for the delivery team.", ["expansion"]),
        ("We looked at another vendor for our jobs.", ["competitor"]),
        ("My new manager decides on the campaigns from now on.", ["decision_maker"]),
        ("We're thinking about leaving, the shipments are never right.", ["churn"]),
        ("We cancelled the delivery for Tuesday.", []),
        ("They are thinking about cancelling the workshop.", []),
        ("My son quit the club.", []),
        ("We are going to leave the party early.", []),
        ("The truck broke down.", []),
        ("Our train was down for an hour.", []),
        ("I'm leaving for my holiday at the end of the month.", []),
        ("There is a new manager at the gym.", []),
    ],
)
def test_an_everyday_thing_silences_only_what_is_said_of_it(sentence, kinds):
    assert list(signals.of_sentence(sentence.lower(), RULES)) == kinds


@pytest.mark.parametrize(
    ("sentence", "is_one"),
    [
        ("We are thinking about leaving the orchestra.", False),
        ("I want to give the harp back.", False),
        ("Our tenants gave us three out of ten for the stairs.", False),
        ("We are thinking about giving the second licence back.", True),
        ("We are thinking about leaving.", True),
        ("Our champion left the company.", True),
        ("I gave you three out of ten for the support.", True),
    ],
)
def test_what_is_left_or_given_back_is_ours_or_no_signal(sentence, is_one):
    assert ("churn" in signals.of_sentence(sentence.lower(), RULES)) == is_one


@pytest.mark.parametrize(
    ("sentence", "is_one"),
    [
        ("Could you tell me how we can cancel our subscription?", True),
        ("My people are already trying out the successor.", True),
        ("If the line goes down once more, I'm out.", True),
        ("We could manage without your dashboards.", True),
        ("We won't need it any more after June.", True),
        ("Nobody wants to go back to spreadsheets.", False),
        ("How do we close a ticket?", False),
    ],
)
def test_ways_out_successors_and_threats_are_signals(sentence, is_one):
    assert ("churn" in signals.of_sentence(sentence.lower(), RULES)) == is_one

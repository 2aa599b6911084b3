"""One call from transcript to row: scores that rest on words that were said."""

import dataclasses
import json

import pytest

from cs_assets.calls.analysis import analyse
from cs_assets.calls.scoring.rubric import DIMENSIONS
from cs_assets.calls.transcript import Transcript
from tests.calls.conversation import BAD_CALL, GOOD_CALL, talk


def long_enough(lines, times=1):
    return talk(*(line for _ in range(times) for line in lines))


@pytest.fixture
def good(call, rubric, taxonomy):
    return analyse(call, talk(*GOOD_CALL), rubric, taxonomy)


@pytest.fixture
def bad(call, rubric, taxonomy):
    return analyse(call, talk(*BAD_CALL), rubric, taxonomy)


def test_a_good_conversation_scores_far_above_a_bad_one_in_every_dimension(good, bad):
    assert good["status"] == bad["status"] == "scored"
    for dimension in DIMENSIONS:
        assert good[f"{dimension}_score"] >= bad[f"{dimension}_score"] + 25, dimension
    assert good["overall_score"] >= 75
    assert bad["overall_score"] <= 35


def test_every_score_has_a_reason_and_a_quote_that_stands_in_the_transcript(good, bad):
    for row, lines in ((good, GOOD_CALL), (bad, BAD_CALL)):
        evidence = json.loads(row["evidence"])
        for dimension in DIMENSIONS:
            if row[f"{dimension}_score"] is None:
                assert evidence[dimension]["quotes"] == []
                continue
            assert evidence[dimension]["reason"]
            for quote in evidence[dimension]["quotes"]:
                assert quote["shows"]
                assert quote["criterion"] in evidence[dimension]["criteria"]
                for said in (quote, quote["before"] or quote):
                    assert lines[said["sentence_index"]] == (said["speaker"], said["text"])
        shown = [q["shows"] for part in evidence.values() for q in part["quotes"]]
        assert len(shown) > len(DIMENSIONS)


def test_the_price_objection_is_found_in_the_customers_words_and_resolved(good):
    found = json.loads(good["objections"])
    assert [(o["type"], o["outcome"]) for o in found] == [("price", "resolved")]
    assert found[0]["text"] == GOOD_CALL[12][1]
    assert GOOD_CALL[found[0]["reply_index"]][0] == "rep"


def test_a_lost_objection_raises_the_risk_and_the_priority(good, bad):
    assert json.loads(bad["business_impact"])["risk"] == "high"
    assert json.loads(good["business_impact"])["risk"] == "low"
    order = ["Low", "Medium", "High", "Critical"]
    assert order.index(bad["priority"]) > order.index(good["priority"])


def test_insights_name_one_action_and_the_moment(bad, rubric):
    insights = json.loads(bad["coaching_insights"])
    assert {i["dimension"] for i in insights} >= {"discovery", "objection_handling"}
    assert all(rubric.criterion(i["dimension"], i["criterion"]).is_quotable for i in insights)
    for insight in insights:
        assert insight["action"].strip()
        assert BAD_CALL[insight["sentence_index"]]
    assert [i["points"] for i in insights] == sorted((i["points"] for i in insights), reverse=True)


def test_the_next_step_is_quoted_with_its_date(good, bad):
    assert good["next_step"] == GOOD_CALL[22][1]
    assert good["next_step_is_dated"] is True
    assert bad["next_step"] is None


def test_without_an_objection_handling_is_not_applicable_and_no_low_score(call, rubric, taxonomy):
    calm = [line for n, line in enumerate(GOOD_CALL) if n not in range(12, 19)]
    row = analyse(call, long_enough(calm, 2), rubric, taxonomy)
    assert row["objection_handling_score"] is None
    assert row["overall_score"] >= 70


def test_a_presentation_gives_no_chance_for_discovery(call, rubric, taxonomy):
    speech = [("rep", f"Our revenue in region {n} grew and so did our costs.") for n in range(40)]
    questions = [("customer", "Thank you, and how will the costs of this develop next year?")] * 4
    row = analyse(call, talk(*speech, *questions, ("rep", "They will fall.")), rubric, taxonomy)
    assert row["status"] == "scored"
    assert row["discovery_score"] is None
    assert "presented in 2 turns" in json.loads(row["evidence"])["discovery"]["reason"]


def test_the_person_who_spoke_is_scored_not_the_one_who_spoke_less(call, rubric, taxonomy):
    lines = [("colleague", "Hello and welcome."), *GOOD_CALL]
    row = analyse(call, talk(*lines), rubric, taxonomy)
    assert row["rep_user_id"] == "rep-user"


@pytest.mark.parametrize(
    ("changes", "transcript", "status"),
    [
        ({"is_private": True}, talk(*GOOD_CALL), "private"),
        ({"scope": "Internal"}, talk(*GOOD_CALL), "internal"),
        ({}, None, "no_transcript"),
        ({}, Transcript([]), "no_transcript"),
        ({}, talk(*GOOD_CALL[:4]), "too_short"),
        ({}, talk(*[("nobody", words) for _, words in GOOD_CALL]), "unclear_speakers"),
        ({}, talk(*[("customer", words) for _, words in GOOD_CALL]), "unclear_speakers"),
        ({}, talk(*[("rep", words) for _, words in GOOD_CALL]), "unclear_speakers"),
    ],
)
def test_a_call_that_cannot_be_judged_fairly_gets_a_status_and_no_score(
    call, rubric, taxonomy, changes, transcript, status
):
    row = analyse(dataclasses.replace(call, **changes), transcript, rubric, taxonomy)
    assert row["status"] == status
    assert row["status_reason"]
    assert row["overall_score"] is None
    assert json.loads(row["objections"]) == []


def test_a_private_call_leaves_nothing_of_its_words_in_the_row(call, rubric, taxonomy):
    private = dataclasses.replace(call, is_private=True)
    row = analyse(private, talk(*GOOD_CALL), rubric, taxonomy)
    kept = json.dumps({k: str(v) for k, v in row.items()})
    assert not any(words in kept for _, words in GOOD_CALL)


def test_the_same_input_gives_the_same_row(call, rubric, taxonomy, good):
    assert analyse(call, talk(*GOOD_CALL), rubric, taxonomy) == good

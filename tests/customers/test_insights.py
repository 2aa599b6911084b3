"""Insights: text kept while it holds and filled with the week's own figures."""

import datetime as dt

import pytest

from cs_assets import config
from cs_assets.ai.writing import Prompt, by_rules
from cs_assets.customers.insight import insight_facts, insight_text, insights
from cs_assets.customers.policy import METRICS, CustomerPolicy
from cs_assets.facts import slots

POLICY = config.load("customers.yaml", CustomerPolicy)
PROMPT = Prompt("customers/insight", "1", "Summarise.")
WEEK = dt.date(2026, 11, 9)


def row(**changes):
    return {
        "customer_id": "CUST_1", "customer_name": "Acme Town", "arr": 50_000.0,
        "renewal_date": dt.date(2027, 6, 30), "lifecycle_stage": "steady",
        "behaviour_segment": "Steady", "previous_segment": "Steady",
        "segment_since": dt.date(2026, 10, 5), "health_score": 80.0, "health_segment": "Green",
        "health_coverage": 1.0, "active_modules": 2, "adopted_modules": 2, "dropped_modules": 0,
        "declining_modules": 0, "collapsed_modules": 0, "not_started_modules": 0,
        "contracted_seats": 20,
        "active_users": 15, "seat_utilisation": 0.75, "key_actions_4w": 200,
        "key_actions_prior_4w": 190, "usage_change": 0.05, "conversions_4w": 30,
        "conversion_value_4w": 3000.0, "conversion_value_prior_4w": 2900.0,
        "conversion_value_change": 0.03, "usage_verdict": "none", "value_verdict": "none",
        "conversions_verdict": "none", "calls_4w": 2, "judged_calls_4w": 2, "negative_calls_4w": 0,
        "breadth": 1.0,
        "churn_calls_13w": 0, "white_space_modules": 2,
        "days_to_renewal": 227,
    } | changes  # fmt: skip


MODULES = [
    {"module_code": "GL", "adoption_stage": "adopted", "is_collapsed": False},
    {"module_code": "AP", "adoption_stage": "adopted", "is_collapsed": None},
]


def case(week=WEEK, modules=MODULES, **changes):
    metrics = row(**changes)
    sheet = insight_facts.sheet(metrics, modules, week, POLICY.modules)
    return insights.case(sheet, metrics, POLICY.playbooks, PROMPT)


def text_of(**changes):
    made = case(**changes)
    return slots.fill(insight_text.summary(made.sheet), made.sheet).text


def test_noise_in_the_figures_keeps_the_text_and_shows_the_new_figures():
    first = case()
    before = insights.row(first, by_rules(first.assignment), False)
    second = case(
        week=WEEK + dt.timedelta(days=7), key_actions_4w=203, usage_change=0.06, active_users=16
    )
    draft = insights.kept_draft(second, before)
    assert draft is not None
    assert second.facts_hash == first.facts_hash


@pytest.mark.parametrize(
    "changes",
    [
        {"usage_change": -0.4, "usage_verdict": "fall"},
        {"value_verdict": "fall"},
        {"behaviour_segment": "At risk"},
        {"conversions_4w": 0, "conversion_value_4w": 0.0},
        {"negative_calls_4w": 1},
        {"health_segment": "Red", "health_score": 30.0},
        {"health_segment": "Unknown", "health_score": None},
    ],
)
def test_a_change_that_alters_what_is_to_be_said_writes_anew(changes):
    first = case()
    before = insights.row(first, by_rules(first.assignment), False)
    assert insights.kept_draft(case(**changes), before) is None


def test_a_kept_text_with_a_slot_that_is_gone_is_not_used():
    first = case()
    before = insights.row(first, by_rules(first.assignment), False)
    before["summary_slotted"] = "{no.such.fact}"
    assert insights.kept_draft(first, before) is None


def test_every_playbook_can_be_filled_from_the_sheet_of_a_customer_it_fits():
    without_champion = {"days_without_champion": 60, "champion_left_on": dt.date(2026, 9, 16)}
    cases = {
        "recover_dropped_module": ({"dropped_modules": 1}, "dropped"),
        "rescue_module": ({"collapsed_modules": 1}, "trying"),
        "renewal_due": ({"days_to_renewal": 20, "renewal_date": dt.date(2026, 12, 5)}, "adopted"),
        "close_or_win_back": ({"active_modules": 0, "cancelled_modules": 2}, "adopted"),
        "answer_churn": ({"churn_calls_13w": 1}, "adopted"),
        "address_negative_calls": ({"negative_calls_4w": 2}, "adopted"),
        "finish_onboarding": ({"lifecycle_stage": "onboarding"}, "adopted"),
        "renewal_at_risk": ({"days_to_renewal": 30, "health_segment": "Red"}, "adopted"),
        "stop_usage_decline": ({"clear_usage_change": -0.5}, "declining"),
        "stop_outcome_decline": ({"clear_conversion_change": -0.5}, "adopted"),
        "wake_up": ({"key_actions_4w": 0, "conversions_4w": 0}, "adopted"),
        "start_unused_module": ({"not_started_modules": 1}, "not_started"),
        "early_renewal": ({"days_to_renewal": 100}, "adopted"),
        "expand": ({"seat_utilisation_4w": 0.7}, "adopted"),
        "ask_how_it_goes": ({"white_space_modules": 0, "feeds_not_known": 1}, "adopted"),
        "keep_in_touch": ({"white_space_modules": 0}, "adopted"),
        "look_again": ({"health_segment": "Yellow"}, "adopted"),
        "find_champion": (
            {**without_champion, "days_to_renewal": 60, "renewal_date": dt.date(2027, 1, 14)},
            "adopted",
        ),
        "replace_champion": (without_champion, "adopted"),
        "clear_heavy_tickets": ({"severe_open_tickets": 2}, "adopted"),
        "fill_seats": ({"seat_utilisation_4w": 0.1}, "trying"),
        "turn_red": ({"health_segment": "Red"}, "adopted"),
        "answer_unhappy": ({"unhappy_answers_26w": 1}, "adopted"),
        "renewal_passed": (
            {"days_to_renewal": -5, "renewal_date": dt.date(2026, 11, 10)},
            "adopted",
        ),
    }
    assert set(cases) == {playbook.code for playbook in POLICY.playbooks}
    for code, (changes, stage) in cases.items():
        collapsed = code == "rescue_module"
        modules = [{"module_code": "GL", "adoption_stage": stage, "is_collapsed": collapsed}]
        made = case(modules=modules, **changes)
        assert made.playbook.code == code
        written = insights.row(made, by_rules(made.assignment), False)
        assert "no data" not in written["next_action"], code
        assert written["due_on"] > made.sheet.period_end


@pytest.mark.parametrize(
    ("days", "code"), [(-61, "expand"), (-30, "renewal_passed"), (0, "renewal_passed"),
                       (1, "renewal_due")],
)  # fmt: skip
def test_a_renewal_is_prepared_until_the_weeks_end_and_asked_about_after_it(days, code):
    date = WEEK + dt.timedelta(days=6 + days)
    made = case(days_to_renewal=days, renewal_date=date, seat_utilisation_4w=0.7)
    assert made.playbook.code == code
    troubled = case(days_to_renewal=days, renewal_date=date, dropped_modules=1)
    assert (troubled.playbook.code == "renewal_passed") == (code == "renewal_passed")


@pytest.mark.parametrize(
    ("champions", "sponsors", "told"),
    [(1, 1, "the champion"), (0, 2, "the sponsor"), (None, None, "your contact")],
)
def test_nobody_is_named_who_is_not_on_record(champions, sponsors, told):
    for changes in ({"white_space_modules": 0}, {"seat_utilisation_4w": 0.7}):
        made = case(champions=champions, sponsors=sponsors, **changes)
        words = insights.row(made, by_rules(made.assignment), False)["next_action"]
        assert told in words
        assert [one for one in ("champion", "sponsor") if one in words] == (
            [told.removeprefix("the ")] if told.startswith("the ") else []
        )


@pytest.mark.parametrize("days", [*range(1, 40), 45, 60, 90, 120])
@pytest.mark.parametrize("health", ["Green", "Yellow", "Red"])
def test_nothing_that_prepares_a_renewal_is_due_after_it(days, health):
    renewal = WEEK + dt.timedelta(days=6 + days)
    if days > 90 and health != "Green":
        return  # too far ahead to be worked at, and no renewal to be opened early
    made = case(days_to_renewal=days, renewal_date=renewal, health_segment=health)
    assert made.playbook.serves == "renewal"
    due = insights.due_on(made)
    assert due > made.sheet.period_end
    assert due <= max(renewal, made.sheet.period_end + dt.timedelta(days=1))
    if days >= 30:
        assert due <= renewal - dt.timedelta(days=7)


@pytest.mark.parametrize(
    "trouble",
    [
        {"behaviour_segment": "At risk"},
        {"declining_modules": 1},
        {"collapsed_modules": 1},
        {"dropped_modules": 1},
        {"negative_calls_4w": 1},
        {"health_segment": "Yellow"},
    ],
)
@pytest.mark.parametrize("days", [10, 40, 100, 300])
def test_nobody_in_trouble_is_told_to_buy_more_or_to_renew_early(trouble, days):
    assert case(days_to_renewal=days, **trouble).playbook.code not in (
        ("expand",) if "negative_calls_4w" in trouble else ("expand", "early_renewal")
    )


def test_the_rules_text_says_what_is_missing_instead_of_zero():
    assert "no known yearly revenue" in text_of(arr=None)
    assert "Too little is known for a health score" in text_of(
        health_segment="Unknown", health_score=None, health_coverage=0.3
    )
    few = {"conversion_value_change": None, "value_verdict": "too_few"}
    assert "too few to call a change" in text_of(
        **few, conversions_4w=4, conversions_verdict="too_few"
    )
    assert "There were no conversions" in text_of(conversions_4w=0, conversion_value_4w=0.0)
    assert "No call was recorded" in text_of(calls_4w=0)
    assert "2 recorded calls has not been judged" in text_of(judged_calls_4w=0)
    assert "judged, 1 of 2, none turned negative" in text_of(judged_calls_4w=1)


def test_one_of_a_thing_is_told_in_the_singular():
    assert "The one recorded call turned negative." in text_of(
        calls_4w=1, judged_calls_4w=1, negative_calls_4w=1
    )
    one = text_of(conversions_4w=1, conversion_value_4w=120.0, conversions_verdict="too_few")
    assert "1 conversion in four weeks was worth" in one


def test_the_text_says_what_the_stored_verdict_says():
    moved = {"conversion_value_change": 0.4, "usage_change": -0.4}
    assert "no clear change on the four weeks before" in text_of(**moved)
    assert "no clear change of key actions" in text_of(**moved)
    clear = text_of(**moved, value_verdict="rise", usage_verdict="fall")
    assert "clearly more, by 40.0%, than in the four weeks before" in clear
    assert "key actions clearly fell, by 40.0%, against the four weeks before" in clear
    number = text_of(**moved, conversions_verdict="fall")
    assert "clearly fewer conversions than in the four weeks before" in number


def test_revenue_health_and_segment_are_internal():
    kept = {fact.fact_id for fact in case().sheet.for_customer()}
    assert not {"value.arr", "health.score", "health.colour", "segment.name"} & kept
    assert "adoption.active" in kept


def test_every_metric_of_the_rules_has_words():
    assert all(label and unit for label, unit in METRICS.values())


def test_what_was_seen_of_a_module_that_lost_its_users_is_told_in_the_text():
    """From many users to one is no mere fall: the text names the module and says so."""
    collapsed = [MODULES[0], {"module_code": "AP", "adoption_stage": "declining",
                              "is_collapsed": True}]  # fmt: skip
    made = case(modules=collapsed, collapsed_modules=1, adopted_modules=1, declining_modules=1)
    said = slots.fill(insight_text.summary(made.sheet), made.sheet).text
    assert "Accounts Payable lost nearly all of its users." in said
    dropped = [MODULES[0], {**collapsed[1], "adoption_stage": "dropped"}]
    gone = case(modules=dropped, collapsed_modules=1, adopted_modules=1, dropped_modules=1)
    said = slots.fill(insight_text.summary(gone.sheet), gone.sheet).text
    assert "Accounts Payable is no longer used." in said


def test_no_module_adopted_is_said_in_words():
    assert "None of its 2 modules is adopted" in text_of(adopted_modules=0, breadth=0.0)

"""The life of an action: what next week's advice knows of what was done with this week's."""

import datetime as dt

import pandas as pd
import pytest

from cs_assets import config
from cs_assets.customers.follow_up import actions
from cs_assets.customers.follow_up.actions import BadAction, Past, chosen
from cs_assets.customers.policy import CustomerPolicy
from cs_assets.customers.reading import wording

PLAYS = config.load("customers.yaml", CustomerPolicy).playbooks
WEEK = dt.date(2026, 11, 9)
LEAVING = {"churn_signals_13w": 2, "dropped_modules": 1, "health_segment": "Red"}


def later(weeks):
    return WEEK + dt.timedelta(weeks=weeks)


def advised(week=WEEK, metrics=LEAVING, **past):
    return chosen(PLAYS, metrics, "C1", week, Past(**past))


def insight(action, week, due=None):
    return {
        "customer_id": "C1", "week_start": week, "next_action_code": action.playbook.code,
        "action_id": action.action_id, "proposed_on": action.proposed_on,
        "due_on": due or action.due_on or week + dt.timedelta(days=8), "action_owner": "CSM1",
    }  # fmt: skip


def event(action, state, week=WEEK, note=None):
    at = dt.datetime.combine(week + dt.timedelta(days=8), dt.time(9))
    return actions.event_row(insight(action, week), state, note=note, by="ann", at=at)


def test_an_action_goes_on_with_its_name_and_once_taken_its_day():
    first = advised()
    again = advised(later(1), last=insight(first, WEEK))
    assert (again.action_id, again.proposed_on) == (first.action_id, WEEK)
    assert again.due_on is None
    taken = advised(later(1), last=insight(first, WEEK), events=[event(first, "taken")])
    assert (taken.action_id, taken.state) == (first.action_id, "taken")
    assert taken.due_on == WEEK + dt.timedelta(days=8)


@pytest.mark.parametrize("end", ["done", "dropped"])
def test_what_is_done_or_dropped_is_not_advised_again_for_a_while(end):
    first = advised()
    past = {"last": insight(first, WEEK), "events": [event(first, end, note="x")]}
    for weeks in (1, first.playbook.rest_weeks):
        assert advised(later(weeks), **past).playbook.code == "recover_dropped_module"
    back = advised(later(first.playbook.rest_weeks + 1), **past)
    assert back.playbook.code == first.playbook.code
    assert back.action_id != first.action_id


def test_an_action_after_a_pause_is_another():
    first = advised()
    assert advised(later(9), last=insight(first, WEEK)).action_id != first.action_id


def test_the_last_playbook_is_always_there():
    calm = {"churn_signals_13w": 0}
    first = advised(metrics=calm)
    past = {"last": insight(first, WEEK), "events": [event(first, "done")]}
    assert advised(later(1), metrics=calm, **past).playbook is PLAYS[-1]


@pytest.mark.parametrize(
    "metrics",
    [
        {"health_segment": "Yellow"}, {"health_segment": "Red"},
        {"health_segment": "Green", "behaviour_segment": "At risk", "negative_calls_4w": 2},
        {"health_segment": "Yellow", "behaviour_segment": "Dormant", "key_actions_4w": 0},
    ],
)  # fmt: skip
def test_who_is_not_well_is_never_told_that_nothing_presses(metrics):
    """A customer at risk whose one cause was answered last week was told so."""
    done = [event(actions.Action(f"C1/{one.code}", one, WEEK), "done", note="x") for one in PLAYS]
    assert advised(later(1), metrics, events=done).playbook.code == "look_again"
    assert advised(later(1), {"health_segment": "Green"}, events=done).playbook is PLAYS[-1]


def test_lists_say_since_which_monday_somebody_is_advised():
    """The advice of the week of 2 November is read on the 9th."""
    row = {"due_on": dt.date(2026, 11, 18), "action_state": "proposed", "next_action": "x"}
    older = {**row, "proposed_on": dt.date(2026, 11, 2)}
    assert wording.state(older, WEEK) == "advised since 9 Nov, due 18 Nov"
    assert wording.state({**row, "proposed_on": WEEK}, WEEK) == "due 18 Nov"


def test_one_day_is_no_days():
    row = {"days_to_renewal": 1, "renewal_date": dt.date(2026, 11, 16), "days_to_notice": None}
    assert wording.renewal(row) == "renewal in 1 day, on 16 Nov"
    assert wording.renewal({**row, "days_to_renewal": -30}) == "renewal 30 days ago, on 16 Nov"


def test_a_play_without_effect_is_not_advised():
    assert advised(without_effect={"answer_churn"}).playbook.code == "recover_dropped_module"


HAPPY = {
    "health_segment": "Green", "behaviour_segment": "Champion", "white_space_modules": 2,
    "declining_modules": 0, "negative_calls_4w": 0, "churn_signals_13w": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    "trouble",
    [
        {"churn_signals_13w": 1}, {"churn_signals_13w": None}, {"health_segment": "Yellow"},
        {"behaviour_segment": "At risk"}, {"behaviour_segment": "Onboarding"},
    ],
)  # fmt: skip
def test_nobody_in_trouble_is_asked_for_more_even_by_a_policy_that_would(trouble):
    greedy = next(p for p in PLAYS if p.code == "expand").model_copy(update={"all": []})
    assert chosen([greedy, PLAYS[-1]], HAPPY, "C", WEEK, Past()).playbook.code == "expand"
    found = chosen([greedy, PLAYS[-1]], {**HAPPY, **trouble}, "C", WEEK, Past())
    assert found.playbook.code != "expand"


def test_what_was_done_is_told_in_words_and_marks_of_strangers_are_not():
    first = advised()
    told = actions.in_words(event(first, "done", note="agreed\u202e a remedy"), PLAYS)
    assert told == "“Answer words of leaving” done on 17 November 2026 (agreed a remedy)"


@pytest.mark.parametrize(
    ("state", "was", "note", "says"),
    [
        ("taken", "taken", "", "taken already"),
        ("done", "done", "", "done already"),
        ("done", "dropped", "", "dropped already"),
        ("dropped", "taken", "  ", "say why"),
        ("done", "taken", "x" * 600, "600 letters"),
    ],
)
def test_steps_that_cannot_be_taken_say_what_can(state, was, note, says):
    with pytest.raises(BadAction, match=says):
        actions.checked(state, was, note)


def test_proposals_are_those_of_the_first_week_and_the_same_when_made_again():
    first = advised()
    rows = pd.DataFrame([insight(first, WEEK)])
    made = actions.proposals(rows, WEEK)
    assert made["state"].tolist() == ["proposed"]
    assert made.equals(actions.proposals(rows, WEEK))
    assert actions.proposals(rows.assign(week_start=later(1)), later(1)).empty

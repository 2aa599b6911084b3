"""What the sample's CSMs did with advice: always the same, and steps that can be taken."""

import datetime as dt

from cs_assets.customers.follow_up.actions import checked
from cs_assets.sample.deeds import deeds
from cs_assets.sample.roster import CUSTOMERS

WEEK = dt.date(2026, 11, 2)
CODES = ("answer_churn", "early_renewal", "expand", "fill_seats")


def every():
    return {
        (one.customer_id, code): deeds(one.customer_id, code, WEEK)
        for one in CUSTOMERS
        for code in CODES
    }


def test_deeds_are_steps_that_can_be_taken_within_the_week_after():
    for told in every().values():
        was = "proposed"
        for deed in told:
            checked(deed.state, was, deed.note or "")
            was = deed.state
        days = [deed.at for deed in told]
        assert days == sorted(days)
        assert all(WEEK < day.date() - dt.timedelta(days=6) <= dt.date(2026, 11, 8) for day in days)


def test_some_is_taken_some_done_some_dropped_and_it_is_always_the_same():
    made = every()
    assert made == every()
    states = [told[-1].state for told in made.values() if told]
    assert 0.25 < len(states) / len(made) < 0.55
    assert set(states) == {"taken", "done", "dropped"}
    # Who speaks of leaving is not dealt with within a week.
    assert {told[-1].state for (_, code), told in made.items() if told and code == CODES[0]} == {
        "taken"
    }

"""Alerts: what is outside of a customer's own past is told, once, to its owner."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cs_assets.customers.follow_up import alert_mail, alerts

WEEK = dt.date(2026, 11, 9)
WEEKS = alerts.PAST + alerts.QUIET + 1
OWNERS = pd.DataFrame({"customer_id": ["C1", "C2"], "csm_id": "S1"})
NOTHING = pd.DataFrame(columns=["customer_id", "kind", "words"])


def series(*last, level=100.0, noise=5.0):
    draw = np.random.default_rng(3)
    values = level + draw.normal(0, noise, (1, WEEKS))
    if last:
        values[0, -len(last) :] = last
    return values


@pytest.mark.parametrize(
    ("last", "direction", "is_news"),
    [
        ((), 0, False),
        ((60.0,), -1, True),
        ((140.0,), 1, True),
        ((60.0, 60.0), -1, False),  # told last week
        ((140.0, 40.0), -1, True),  # the other way is news
    ],
)
def test_outside_is_told_once(last, direction, is_news):
    now, news = alerts.news(series(*last), "usage")
    assert (int(now.direction[0]), bool(news[0])) == (direction, is_news)


def test_a_short_past_and_a_still_one_raise_no_alarm():
    short = np.full((1, WEEKS), np.nan)
    short[0, -6:] = [10, 11, 9, 10, 11, 50]
    assert alerts.limits(short, "usage").direction.tolist() == [0]
    still = np.zeros((1, WEEKS))
    still[0, -1] = 2  # two where there never was any is chance
    assert alerts.limits(still, "conversions").direction.tolist() == [0]
    steady = np.full((1, WEEKS), 92.4)
    steady[0, -1] = 90.0
    assert alerts.limits(steady, "health").direction.tolist() == [0]


def rows(customer, values, kind="usage"):
    mondays = [WEEK - dt.timedelta(weeks=len(values) - 1 - n) for n in range(len(values))]
    return pd.DataFrame(
        {"customer_id": customer, "kind": kind, "week_start": mondays, "amount": values}
    )


def test_rows_have_limits_words_and_owner_and_what_is_late_is_not_told():
    fallen = series(20.0)[0]
    both = pd.concat([rows("C1", fallen), rows("C2", series()[0])])
    events = pd.DataFrame({"customer_id": ["C2"], "kind": "signal", "words": "spoke of leaving"})
    made = alerts.alert_rows(both, events, OWNERS, {}, WEEK).set_index("customer_id")
    assert made.loc["C1", "direction"] == "fall"
    assert "key actions: 20 this week, below the" in made.loc["C1", "words"]
    assert made.loc["C1", "usual_low"] > 20
    assert made.loc["C2", ["kind", "direction", "owner_id"]].tolist() == ["signal", "event", "S1"]
    late = {"usage": pd.Series({"C1": "has not arrived"})}
    assert alerts.alert_rows(both, NOTHING, OWNERS, late, WEEK).empty


def test_weeks_without_a_row_are_zero_from_the_first_on():
    names, found = alerts.by_week(rows("C1", [5.0]).iloc[:1], "usage", WEEK + dt.timedelta(weeks=2))
    assert names == ["C1"]
    assert found[0, -3:].tolist() == [5.0, 0.0, 0.0]
    assert np.isnan(found[0, :-3]).all()


def test_an_owner_gets_one_mail_most_revenue_first_and_marks_of_strangers_are_shown_as_text():
    told = pd.DataFrame(
        [("C1", "fell"), ("C2", "<b>spoke</b>"), ("C2", "users fell")],
        columns=["customer_id", "words"],
    ).assign(owner_id="S1", is_news=True)  # fmt: skip
    places = {
        "C1": {"customer_name": "Small", "arr": 10.0, "next_action": "Call"},
        "C2": {"customer_name": "Big <x>", "arr": 90.0, "next_action": None},
    }
    csms = pd.DataFrame({"csm_id": ["S1"], "csm_email": ["ann@example.com"]})
    (mail,) = alert_mail.mails(told, places, csms, WEEK, Path("artifacts/alerts"))
    text, page = (content.decode() for content in mail.files.values())
    assert text.index("Big") < text.index("Small")
    assert "&lt;b&gt;spoke" in page
    assert mail.artefact["subject"] == "2 customers changed in the week of 9 November 2026"
    assert mail.verdict["verdict"] == "send"
    (again,) = alert_mail.mails(told, places, csms, WEEK, Path("artifacts/alerts"))
    assert again.artefact["content_sha256"] == mail.artefact["content_sha256"]
    (held,) = alert_mail.mails(
        told, places, csms.assign(csm_email=None), WEEK, Path("artifacts/alerts")
    )
    assert held.verdict["verdict"] == "hold"
    assert not list(
        alert_mail.mails(told.assign(is_news=False), places, csms, WEEK, Path("artifacts/alerts"))
    )

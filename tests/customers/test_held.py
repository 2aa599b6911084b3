"""What has not come leaves a customer as it was; what never was there does not."""

import datetime as dt

import pandas as pd
import pytest

from cs_assets.customers.judging.held import HIDDEN, held, holds
from cs_assets.feeds.coverage import GAPS
from cs_assets.feeds.gaps import Gaps


def _week_before(**columns: object) -> pd.DataFrame:
    told = {"customer_id": "C1", "key_actions_4w": 9, "calls_4w": 2, "not_known": None}
    return pd.DataFrame([{**told, **columns}])


def _feeds(found: pd.DataFrame) -> list[str]:
    """The feeds that hold the one customer."""
    return [feed for feed in HIDDEN if holds(found["not_known"], feed).iloc[0]]


@pytest.mark.parametrize(
    ("state", "before", "feeds"),
    [
        ("late", _week_before(key_actions_4w=None), ["usage figures"]),
        ("before", _week_before(), ["usage figures"]),  # was there, and the source lost it
        ("before", _week_before(key_actions_4w=None), []),  # never was there
        ("before", _week_before(key_actions_4w=None, not_known="usage figures"), ["usage figures"]),
    ],
)
def test_what_is_late_holds_and_what_never_was_there_does_not(state, before, feeds):
    now = _week_before(key_actions_4w=None).assign(week_start=dt.date(2026, 11, 9))
    gaps = Gaps(
        pd.DataFrame(
            [("C1", "usage figures", "all", "", "current", state, 1.0, "usage figures ...")],
            columns=GAPS,
        )
    )
    assert _feeds(held(now, before, gaps)) == feeds


def test_words_of_leaving_that_are_no_longer_seen_hold_while_calls_are_missing():
    now = _week_before(churn_calls_13w=0).assign(week_start=dt.date(2026, 11, 9))
    gone = pd.DataFrame(
        [("C1", "calls", "all", "", "2026-09-07", "missing", 1.0, "calls ...")], columns=GAPS
    )
    said, silent = _week_before(churn_calls_13w=1), _week_before(churn_calls_13w=0)
    assert _feeds(held(now, said, Gaps(gone))) == ["calls"]
    assert held(now, silent, Gaps(gone))["not_known"].isna().all()
    assert held(now, said, Gaps())["not_known"].isna().all()

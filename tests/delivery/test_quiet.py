"""Quiet hours: what falls into them waits, goes out once when they are over, and wakes nobody."""

import datetime as dt

import dagster as dg
import pytest
from pydantic import ValidationError

from cs_assets.delivery import checks, waiting
from cs_assets.delivery.delivering import deliver
from cs_assets.delivery.model import State
from cs_assets.delivery.planning import REHEARSAL
from cs_assets.delivery.policy import load_policy
from cs_assets.delivery.quiet import QuietHours, quiet_until
from tests.faults.scene import WEEK

BERLIN = QuietHours(
    begin=dt.time(19), until=dt.time(7), weekend=True, time_zone="Europe/Berlin"
)  # fmt: skip


@pytest.mark.parametrize(
    ("now", "over"),
    [
        ("2026-11-16T09:00", None),
        ("2026-11-16T17:59", None),
        ("2026-11-16T18:00", "2026-11-17T06:00"),  # 19:00 in Berlin
        ("2026-11-17T05:59", "2026-11-17T06:00"),
        ("2026-11-20T20:00", "2026-11-23T06:00"),  # Friday evening
        ("2026-11-21T12:00", "2026-11-23T06:00"),
        ("2026-11-22T23:00", "2026-11-23T06:00"),
        ("2026-10-23T20:00", "2026-10-26T06:00"),  # summer time ends on that Sunday
    ],
)
def test_when_quiet_hours_are_over(now, over):
    expected = None if over is None else dt.datetime.fromisoformat(over)
    assert BERLIN.are_over_at(dt.datetime.fromisoformat(now)) == expected


def test_hours_within_a_day_and_without_weekend():
    lunch = QuietHours(
        begin=dt.time(12), until=dt.time(13), weekend=False, time_zone="UTC"
    )  # fmt: skip
    assert lunch.are_over_at(dt.datetime(2026, 11, 21, 12, 30)) == dt.datetime(2026, 11, 21, 13)
    assert lunch.are_over_at(dt.datetime(2026, 11, 21, 13)) is None


def test_a_rehearsal_and_other_kinds_know_no_quiet():
    night = dt.datetime(2026, 11, 21, 12)
    hours = {"customer_alerts": BERLIN}
    assert quiet_until(hours, "customer_alerts", "production", night) is not None
    assert quiet_until(hours, "customer_alerts", REHEARSAL, night) is None
    assert quiet_until(hours, "book", "production", night) is None


def test_a_place_that_is_none_is_refused():
    with pytest.raises(ValidationError, match="is no time zone"):
        QuietHours(begin=dt.time(19), until=dt.time(7), time_zone="Europe/Nowhere")


def test_an_alert_in_the_night_goes_out_once_in_the_morning(
    outbox, clock, transport, make_artefact
):
    rule = load_policy().quiet_hours["customer_alerts"]
    alert = make_artefact(1, kind="customer_alerts")
    asked = {"kind": "customer_alerts", "period_start": WEEK, "run_id": "r"}
    clock.moment = dt.datetime(2026, 11, 16, 6)  # Sunday evening in Los Angeles
    report = deliver(outbox, [alert], **asked)
    assert transport.received == []
    assert report.tally.sent == []
    assert report.rows["reason"].tolist() == ["quiet hours until 2026-11-16 15:00 UTC"]
    (waits_for,) = [one for one in checks.RULES if one.name == "nothing_failed_or_waits"]
    asset = dg.AssetKey("customer_alert_deliveries")
    assert waits_for.verdict(report.rows, asset).passed
    refused = waits_for.verdict(report.rows.assign(reason="503"), asset)
    assert not refused.passed
    (one,) = outbox.ledger.find(report_kind="customer_alerts", states=[State.PENDING])
    hours = outbox.policy.quiet_hours
    assert waiting.due([one], (), clock.now(), hours).periods == {}
    over = rule.are_over_at(clock.now())
    assert over == dt.datetime(2026, 11, 16, 15)
    clock.moment = over
    assert waiting.due([one], (), clock.now(), hours).periods == {"customer_alerts": [WEEK]}
    deliver(outbox, [alert], **asked)
    deliver(outbox, [alert], **asked)
    assert len(transport.received) == 1

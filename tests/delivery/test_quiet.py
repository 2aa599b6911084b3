"""Quiet hours: what falls into them waits, goes out once when they are over, and wakes nobody."""

import datetime as dt
from dataclasses import replace

import dagster as dg
import pytest
from pydantic import ValidationError

from cs_assets.delivery import checks, waiting
from cs_assets.delivery.delivering import deliver
from cs_assets.delivery.model import Identity, State
from cs_assets.delivery.planning import REHEARSAL
from cs_assets.delivery.policy import load_policy
from cs_assets.delivery.quiet import Hours, Quiet, QuietHours
from cs_assets.delivery.resending import Order, intents, resend
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


def someone(address="ada@cs.example", kind="customer_alerts", environment="production"):
    return Identity(environment, kind, WEEK, "c-1", "csm-1", "email", address)


def test_a_rehearsal_and_other_kinds_know_no_quiet():
    night = dt.datetime(2026, 11, 21, 12)
    quiet = Quiet({"customer_alerts": BERLIN})
    assert quiet.over_at(someone(), night) is not None
    assert quiet.over_at(someone(environment=REHEARSAL), night) is None
    assert quiet.over_at(someone(kind="book"), night) is None


def test_hours_are_read_on_the_readers_own_clock_and_from_their_hour():
    quiet = Quiet(
        {"customer_alerts": BERLIN},
        people={"kim@cs.example": Hours(until=dt.time(9, 30))},
        zones={"ada@cs.example": "Asia/Singapore", "odd@cs.example": "Mars/Base"},
    )
    monday = dt.datetime(2026, 11, 16, 7)  # 08:00 in Berlin, 15:00 in Singapore
    assert quiet.over_at(someone("Ada@CS.example"), monday) is None
    assert quiet.over_at(someone("odd@cs.example"), monday) is None
    assert quiet.over_at(someone("kim@cs.example"), monday) == dt.datetime(2026, 11, 16, 8, 30)
    evening = dt.datetime(2026, 11, 16, 11)  # 12:00 in Berlin, 19:00 in Singapore
    assert quiet.over_at(someone(), evening) == dt.datetime(2026, 11, 16, 23)
    assert quiet.over_at(someone("kim@cs.example"), evening) is None


@pytest.mark.parametrize("hours", [{"time_zone": "Mars/Base"}, {"until": "noon"}])
def test_hours_that_are_none_are_refused(hours):
    with pytest.raises(ValidationError):
        Hours.model_validate(hours)


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
    assert waiting.due([one], (), clock.now()).periods == {}
    over = rule.are_over_at(clock.now())
    assert over == dt.datetime(2026, 11, 16, 15)
    clock.moment = over
    assert waiting.due([one], (), clock.now()).periods == {"customer_alerts": [WEEK]}
    deliver(outbox, [alert], **asked)
    deliver(outbox, [alert], **asked)
    assert len(transport.received) == 1


def test_a_digest_of_a_friday_night_waits_for_its_readers_monday_and_is_given_up_by_none(
    outbox, clock, transport, make_artefact
):
    digest = replace(make_artefact(1, kind="rep_digest"), time_zone="Europe/Berlin")
    asked = {"kind": "rep_digest", "period_start": WEEK, "run_id": "r"}
    clock.moment = dt.datetime(2026, 11, 14, 1)  # Friday 17:00 in Los Angeles
    report = deliver(outbox, [digest], **asked)
    assert report.rows["reason"].tolist() == ["quiet hours until 2026-11-16 06:00 UTC"]
    clock.moment = dt.datetime(2026, 11, 16, 6)
    assert outbox.ledger.overdue(clock.now() - dt.timedelta(days=2)) == []
    deliver(outbox, [digest], **asked)
    assert len(transport.received) == 1


def test_who_orders_it_in_the_night_has_chosen_the_hour(outbox, clock, transport, make_artefact):
    clock.moment = dt.datetime(2026, 11, 16, 6)  # Sunday evening in Los Angeles
    alert = make_artefact(1, kind="customer_alerts")
    deliver(outbox, [alert], kind="customer_alerts", period_start=WEEK, run_id="r")
    waits = outbox.ledger.find(states=[State.PENDING])
    assert transport.received == []
    todo = intents(outbox, waits, allow_late=False)
    resend(outbox, todo, Order("Ann", "they ask for it"))
    assert len(transport.received) == 1
    assert outbox.ledger.find(states=[State.PENDING]) == []

"""Text messages: never twice, one a day for each person, only to a telephone that was given."""

import datetime as dt
import json
from urllib.parse import parse_qs

import pytest

from cs_assets.delivery.couriers import TextCourier
from cs_assets.delivery.delivering import deliver, plan
from cs_assets.delivery.message.letter import Unsendable
from cs_assets.delivery.message.text_message import TextMessage, text_message
from cs_assets.delivery.model import Answer, Outcome, Parts, State
from cs_assets.delivery.policy import DeliveryPolicy, load_policy
from cs_assets.errors import UsageError
from resources.settings import Settings
from resources.texts.choice import Texts
from resources.texts.providers.twilio import TwilioTexts
from tests.faults.doubles import ACCEPTED, ScriptedTransport
from tests.faults.http_server import FaultServer, Reply
from tests.faults.scene import WEEK, open_outbox

REP = "maya@team.example"
DAY = dt.timedelta(days=1)
MESSAGE = TextMessage("ab" * 32, "+46701234567", "Maya: falling.")
TAKEN = Reply(201, b'{"sid": "SM1", "status": "queued"}')


class Network(ScriptedTransport):
    """A text network that remembers what it got."""

    def send(self, message):
        return super().send(message, b"")


@pytest.fixture
def policy() -> DeliveryPolicy:
    people = {REP: {"telephone": "+46701234567", "time_zone": "Europe/Stockholm"}}
    document = load_policy().model_dump() | {"texts": True, "people": people}
    return DeliveryPolicy.model_validate(document)


@pytest.fixture
def network():
    return Network()


@pytest.fixture
def outbox(home, clock, network, policy):
    with open_outbox(
        home, {"sms": TextCourier(network, home, policy)}, clock, policy=policy
    ) as opened:
        yield opened


@pytest.fixture
def text(home, make_artefact):
    def made(week=WEEK, **changes):
        path = home / f"{week}.sms.txt"
        path.write_text(f"Maya, week of {week}: falling.")
        return make_artefact(
            kind="rep_text", channel="sms", recipient=REP, audience_id="maya", artefact_id="maya",
            period_start=week, period_end=week + 6 * DAY,
            parts=Parts(subject="Maya", text_path=path.name), **changes,
        )  # fmt: skip

    return made


def send(outbox, *texts, **named):
    for one in texts:
        deliver(
            outbox, [one], kind="rep_text", period_start=one.period_start, run_id="r",
            allow_late=True, **named,
        )  # fmt: skip


def states(outbox):
    return [one.state for one in outbox.ledger.find(report_kind="rep_text")]


def test_a_text_goes_once_and_says_what_was_planned(outbox, network, text):
    send(outbox, text(), text(), text())
    (message,) = network.received
    assert message.number == "+46701234567"
    assert message.body == "Maya, week of 2026-11-09: falling."
    (row,) = outbox.ledger.find(report_kind="rep_text")
    assert "+46" not in repr(row)  # whose telephone it is stands in no ledger


def test_the_second_text_of_a_day_waits_for_the_next(outbox, network, text, clock):
    send(outbox, text(WEEK - 7 * DAY), text(WEEK))
    assert len(network.received) == 1
    assert states(outbox) == [State.SENT, State.PENDING]
    clock.move(hours=15)  # past one midnight, but no day
    send(outbox, text(WEEK))
    assert len(network.received) == 1
    clock.move(hours=9)
    send(outbox, text(WEEK))
    assert len(network.received) == 2
    assert states(outbox) == [State.SENT, State.SENT]


@pytest.mark.parametrize(
    ("answer", "after", "sent"),
    [
        (Answer(Outcome.UNKNOWN), State.UNKNOWN, 1),
        (Answer(Outcome.REJECTED_PERMANENT, error_text="21610: stopped"), State.FAILED, 2),
        (Answer(Outcome.ACCEPTED), State.SENT, 1),
    ],
)
def test_what_may_have_gone_counts_as_the_text_of_the_day(
    outbox, network, text, answer, after, sent
):
    network.script.append(answer)
    send(outbox, text(WEEK - 7 * DAY), text(WEEK))
    assert states(outbox)[0] is after
    assert len(network.received) == sent


def test_two_runs_at_once_cannot_both_take_a_text_of_one_person(outbox, text, clock):
    new = [
        plan(outbox, [text(week)], allow_late=True).deliveries[0] for week in (WEEK - 7 * DAY, WEEK)
    ]
    assert len(outbox.ledger.plan(new, clock.now(), "r").new) == 2
    first, second = (one.delivery_key for one in outbox.ledger.find(report_kind="rep_text"))
    given = {
        "now": clock.now(), "lease": outbox.policy.lease, "provider": "x", "fingerprint": "f",
    }  # fmt: skip
    assert outbox.ledger.claim(first, owner="a", **given) is not None
    assert outbox.ledger.claim(second, owner="b", **given) is None


def test_nights_weekends_and_a_day_apart_hold_together(outbox, network, text, clock):
    send(outbox, text(WEEK - 7 * DAY))
    clock.moment = dt.datetime(2026, 11, 20, 16, 30)  # Friday 17:30 in Stockholm
    send(outbox, text(WEEK))
    assert len(network.received) == 2
    third = text(WEEK + 7 * DAY)
    clock.moment = dt.datetime(2026, 11, 21, 17, 0)  # a day later is a Saturday
    send(outbox, third)
    assert len(network.received) == 2
    clock.moment = dt.datetime(2026, 11, 23, 7, 1)  # Monday 8:01
    send(outbox, third)
    assert len(network.received) == 3


def test_outside_production_only_who_is_listed_gets_a_text(home, clock, network, policy, text):
    courier = TextCourier(network, home, policy)
    with open_outbox(
        home, {"sms": courier}, clock, policy=policy, environment="development"
    ) as box:
        send(box, text())
        assert states(box) == [State.CANCELLED]
    assert network.received == []


def test_without_a_telephone_or_with_too_many_words_there_is_no_text():
    with pytest.raises(Unsendable, match="no telephone number"):
        text_message("k", None, "x")
    with pytest.raises(Unsendable, match="301 characters"):
        text_message("k", "+4930123456", "x" * 301)
    document = load_policy().model_dump() | {"people": {REP: {"telephone": "0151 1234"}}}
    with pytest.raises(ValueError, match=r"written as \+4930123456"):
        DeliveryPolicy.model_validate(document)


# ---- Twilio


def twilio(server, sender="+46111"):
    return TwilioTexts("AC1", "tok", sender, server.url, seconds=10)


def test_twilio_gets_one_form_with_the_account_s_own_credentials():
    with FaultServer(success=lambda request: TAKEN) as server:
        answer = twilio(server).send(MESSAGE)
        twilio(server, "MG7").send(MESSAGE)
    assert (answer.outcome, answer.provider_message_id) == (Outcome.ACCEPTED, "SM1")
    first, second = server.requests
    assert first.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert first.headers["Authorization"] == "Basic QUMxOnRvaw=="
    form = parse_qs(first.body.decode())
    assert form == {"To": ["+46701234567"], "Body": ["Maya: falling."], "From": ["+46111"]}
    assert "MessagingServiceSid=MG7" in second.body.decode()


@pytest.mark.parametrize(
    ("status", "said", "outcome"),
    [
        (201, {"sid": "SM1", "status": "accepted"}, Outcome.ACCEPTED),
        (201, {"sid": "SM1", "status": "failed"}, Outcome.REJECTED_PERMANENT),
        (200, {"sid": "SM1"}, Outcome.UNKNOWN),
        (400, {"code": 21610, "message": "unsubscribed"}, Outcome.REJECTED_PERMANENT),
        (400, {"code": 21606, "message": "not yours"}, Outcome.CONFIG_ERROR),
        (400, {"code": 21611, "message": "queue"}, Outcome.REJECTED_TRANSIENT),
        (400, {"code": 99999, "message": "?"}, Outcome.REJECTED_PERMANENT),
        (400, ["no object"], Outcome.REJECTED_PERMANENT),
        (401, {"code": 20003, "message": "who?"}, Outcome.CONFIG_ERROR),
        (404, {}, Outcome.CONFIG_ERROR),
        (429, {"code": 20429, "message": "slower"}, Outcome.REJECTED_TRANSIENT),
        (500, {"code": 20500, "message": "oh"}, Outcome.UNKNOWN),
        (502, {}, Outcome.UNKNOWN),
        (503, {}, Outcome.REJECTED_TRANSIENT),
    ],
)
def test_what_an_answer_of_twilio_means(status, said, outcome):
    reply = Reply(status, json.dumps(said).encode())
    with FaultServer(success=lambda request: reply) as server:
        assert twilio(server).send(MESSAGE).outcome is outcome
    assert len(server.requests) == 1


def test_a_twilio_that_is_not_there_has_taken_nothing():
    gone = TwilioTexts("AC1", "tok", "+46111", "http://127.0.0.1:1", seconds=2)
    assert gone.send(MESSAGE).outcome is Outcome.REJECTED_TRANSIENT


def test_the_provider_is_files_until_one_is_chosen_and_nobody_in_production(home):
    texts = Texts(Settings.load())
    assert texts.environment() == "rehearsal"
    courier = texts.courier()
    assert courier.provider == "console"
    assert courier._transport.send(MESSAGE).outcome is ACCEPTED.outcome
    (kept,) = (home / "outbox").glob("text-*.json")
    assert json.loads(kept.read_text())["to"] == "+46701234567"
    assert Texts(Settings.load(cs_assets_environment="production")).courier() is None
    with pytest.raises(UsageError, match="TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM"):
        Texts(Settings.load(sms_provider="twilio")).courier()

"""One delivery run: what goes out, what is held, and that repeating it sends nothing."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

from cs_assets.delivery import crash_points
from cs_assets.delivery.couriers import MailCourier, SlackCourier
from cs_assets.delivery.delivering import Outbox, deliver
from cs_assets.delivery.message.slack_text import Post
from cs_assets.delivery.model import Answer, Outcome, State
from cs_assets.delivery.planning import Artefact
from cs_assets.delivery.policy import load_policy
from resources.mail.providers.smtp import SmtpMail
from tests.faults.doubles import FixedClock, ScriptedTransport
from tests.faults.scene import WEEK
from tests.faults.smtp_server import SmtpFaultServer

Make = Callable[..., Artefact]


def run(outbox: Outbox, artefacts: list[Artefact], **more: bool):  # type: ignore[no-untyped-def]
    return deliver(
        outbox, artefacts, kind="weekly_report", period_start=WEEK, run_id="run-1", **more
    )


def test_every_allowed_artefact_goes_out_once(
    outbox: Outbox, transport: ScriptedTransport, make_artefact: Make
) -> None:
    artefacts = [make_artefact(number) for number in range(5)]
    report = run(outbox, artefacts)
    assert len(report.tally.sent) == 5
    assert {letter.recipient for letter in transport.received} == {
        one.recipient for one in artefacts
    }
    assert run(outbox, artefacts).tally.sent == []
    assert len(transport.received) == 5


def test_an_artefact_without_a_verdict_is_held(
    outbox: Outbox, transport: ScriptedTransport, make_artefact: Make
) -> None:
    report = run(outbox, [make_artefact(verdict=None)])
    assert transport.received == []
    assert report.counts.held == 1
    assert "no verdict" in report.held[0].reasons[0]


def test_a_verdict_about_other_content_does_not_count(
    outbox: Outbox, transport: ScriptedTransport, make_artefact: Make
) -> None:
    report = run(outbox, [make_artefact(judged_sha256="d" * 64)])
    assert transport.received == []
    assert "other content" in report.held[0].reasons[0]


def test_an_old_period_is_held_unless_a_person_allows_it(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    clock.move(days=30)
    assert run(outbox, [make_artefact()]).counts.held == 1
    assert transport.received == []
    assert len(run(outbox, [make_artefact()], allow_late=True).tally.sent) == 1


def test_a_period_sent_in_time_is_not_shown_as_held_later(
    outbox: Outbox, clock: FixedClock, make_artefact: Make
) -> None:
    run(outbox, [make_artefact()])
    clock.move(days=30)
    counts = run(outbox, [make_artefact()]).counts
    assert (counts.sent, counts.held) == (1, 0)


def test_outside_production_only_listed_recipients_are_reached(
    outbox: Outbox, transport: ScriptedTransport, make_artefact: Make
) -> None:
    development = dataclasses.replace(
        outbox,
        environments={"email": "development"},
        allow_list=("csm2@customers.example",),
    )
    report = run(development, [make_artefact(1), make_artefact(2)])
    assert [letter.recipient for letter in transport.received] == ["csm2@customers.example"]
    assert report.counts.cancelled == 1


def test_content_that_changed_after_sending_is_refused_and_told(
    outbox: Outbox, transport: ScriptedTransport, make_artefact: Make
) -> None:
    artefact = make_artefact()
    run(outbox, [artefact])
    (outbox.home / artefact.parts.text_path).write_text("something else")
    report = run(outbox, [artefact])
    assert len(report.planned.refused) == 1
    assert len(transport.received) == 1


def test_pending_content_is_renewed_because_nobody_has_it(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    transport.script.append(Answer(Outcome.CONFIG_ERROR, code="401"))
    artefact = make_artefact()
    assert run(outbox, [artefact]).tally.stopped == {"email": "401"}
    (outbox.home / artefact.parts.text_path).write_text("the newer text")
    assert len(run(outbox, [artefact]).tally.sent) == 1
    assert transport.received[-1].text == "the newer text"


def test_a_missing_file_holds_only_its_own_artefact(
    outbox: Outbox, transport: ScriptedTransport, make_artefact: Make
) -> None:
    broken, whole = make_artefact(1), make_artefact(2)
    (outbox.home / broken.parts.text_path).unlink()
    report = run(outbox, [broken, whole])
    assert len(report.tally.sent) == 1
    assert "No such file" in report.held[0].reasons[0]


def test_an_unclear_answer_is_held_and_never_tried_again(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    transport.script.append(TimeoutError("no answer"))
    artefact = make_artefact()
    report = run(outbox, [artefact])
    assert report.counts.unknown == 1
    clock.move(days=1)
    for _ in range(3):
        run(outbox, [artefact])
    assert len(transport.received) == 1


def test_a_refusal_of_the_moment_is_tried_again_with_waits(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    transport.script.extend(
        [
            Answer(Outcome.REJECTED_TRANSIENT, code="429", retry_after=7),
            Answer(Outcome.REJECTED_TRANSIENT, code="503"),
        ]
    )
    report = run(outbox, [make_artefact()])
    assert report.counts.sent == 1
    assert len(transport.received) == 3
    assert clock.slept[0] == 7


def test_a_provider_that_never_takes_it_fails_nothing_for_good(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    transport.script.extend([Answer(Outcome.REJECTED_TRANSIENT, code="450")] * 500)
    began = clock.now()
    report = run(outbox, [make_artefact()])
    assert (report.counts.waiting, report.counts.failed) == (1, 0)
    assert (clock.now() - began).total_seconds() <= outbox.policy.run_seconds
    transport.script.clear()
    clock.move(hours=2)
    assert run(outbox, [make_artefact()]).counts.sent == 1


def test_a_channel_that_is_down_is_tried_by_one_delivery_at_a_time(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    down = Answer(Outcome.REJECTED_TRANSIENT, error_class="Refused", whole_channel=True)
    transport.script.extend([down] * 4)
    report = run(outbox, [make_artefact(number) for number in range(50)])
    assert report.counts.sent == 50
    assert len(transport.received) == 50 + 4
    assert len(clock.slept) == 4
    assert report.tally.paused == {"email": "Refused"}


def test_an_outage_is_known_to_later_runs_until_something_is_taken(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    began = clock.now()
    down = Answer(Outcome.REJECTED_TRANSIENT, code="503", whole_channel=True)
    transport.script.extend([down] * 500)
    run(outbox, [make_artefact(number) for number in range(10)])
    (outage,) = outbox.ledger.outages()
    assert (outage.channel, outage.since, outage.reason) == ("email", began, "503")
    transport.script.clear()
    transport.script.append(down)
    clock.move(hours=1)
    assert run(outbox, [make_artefact(number) for number in range(10)]).counts.sent == 10
    assert outbox.ledger.outages() == []


def test_a_provider_that_answers_nothing_makes_few_deliveries_unclear(
    outbox: Outbox, transport: ScriptedTransport, make_artefact: Make
) -> None:
    transport.script.extend([TimeoutError()] * 500)
    report = run(outbox, [make_artefact(number) for number in range(100)])
    assert report.counts.unknown == len(transport.received) <= 25
    assert report.counts.waiting == 100 - report.counts.unknown


def test_one_mailbox_that_is_busy_holds_no_other_mail_up(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    transport.script.extend([Answer(Outcome.REJECTED_TRANSIENT, code="450")] * 2)
    began = clock.now()
    report = run(outbox, [make_artefact(number) for number in range(10)])
    others = [d for d in outbox.ledger.find(states=[State.SENT]) if d.attempts == 1]
    assert (report.counts.sent, len(others)) == (10, 8)
    assert {delivery.settled_at for delivery in others} == {began}
    assert report.tally.paused == {}


def test_what_waits_goes_out_although_its_period_is_late_by_now(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    down = Answer(Outcome.REJECTED_TRANSIENT, code="503", whole_channel=True)
    transport.script.extend([down] * 500)
    clock.move(days=2)
    run(outbox, [make_artefact()])
    transport.script.clear()
    clock.move(days=2)
    assert run(outbox, [make_artefact(2)]).counts.held == 1, "its period is late"
    assert run(outbox, [make_artefact()]).counts.sent == 1, "it was planned in time"


def test_what_has_waited_too_long_is_not_sent(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    transport.script.append(Answer(Outcome.CONFIG_ERROR, code="401"))
    run(outbox, [make_artefact()])
    clock.move(days=outbox.policy.waiting.give_up_after_days, seconds=1)
    run(outbox, [make_artefact()])
    assert len(transport.received) == 1


def test_a_wrong_key_stops_the_batch_and_leaves_the_rest_pending(
    outbox: Outbox, transport: ScriptedTransport, make_artefact: Make
) -> None:
    transport.script.append(Answer(Outcome.CONFIG_ERROR, code="401"))
    report = run(outbox, [make_artefact(number) for number in range(10)])
    assert len(transport.received) == 1
    assert report.counts.waiting == 10


def test_a_suppressed_address_gets_nothing(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    artefact = make_artefact()
    outbox.ledger.suppress(
        str(artefact.recipient).upper(), reason="bounced", source="test", now=clock.now()
    )
    assert run(outbox, [artefact]).counts.cancelled == 1
    assert transport.received == []


def test_the_ledger_keeps_what_the_provider_said(
    outbox: Outbox, transport: ScriptedTransport, make_artefact: Make
) -> None:
    transport.script.append(
        Answer(
            Outcome.REJECTED_PERMANENT,
            code="400",
            error_text="no mailbox csm1@customers.example for Bearer SG.abc.def",
        )
    )
    run(outbox, [make_artefact()])
    (failed,) = outbox.ledger.find(states=[State.FAILED])
    assert failed.last_error_text == "no mailbox [address] for [redacted]"


def test_a_provider_that_only_times_out_does_not_hold_the_run_for_hours(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    def slow(letter: object) -> Answer:
        clock.move(seconds=30)
        return Answer(Outcome.REJECTED_TRANSIENT, error_class="TimeoutError")

    transport.script.extend([slow] * 500)
    before = clock.now()
    report = run(outbox, [make_artefact(number) for number in range(100)])
    assert (clock.now() - before).total_seconds() <= outbox.policy.run_seconds + 60
    assert report.counts.waiting == 100


def test_a_claim_that_slept_too_long_is_not_used(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    def suspended(point: str) -> None:
        if point == "after_claim_commit" and not slept:
            slept.append(point)
            clock.move(hours=3)

    slept: list[str] = []
    crash_points.hook = suspended
    try:
        report = run(outbox, [make_artefact()])
    finally:
        crash_points.hook = None
    assert slept
    assert transport.received == []
    assert report.counts.waiting == 1
    assert run(outbox, [make_artefact()]).counts.sent == 1


def test_in_a_channel_set_to_resend_an_unclear_attempt_is_made_again(
    outbox: Outbox, transport: ScriptedTransport, make_artefact: Make
) -> None:
    policy = outbox.policy.model_copy(update={"on_unknown": {"email": "resend"}})
    transport.script.append(TimeoutError())
    report = run(dataclasses.replace(outbox, policy=policy), [make_artefact()])
    assert len(transport.received) == 2
    assert report.counts.sent == 1


def test_a_slack_that_only_times_out_delays_no_mail_by_more_than_one_post(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    class SlowSlack:
        provider = "slow"
        posts = 0

        def send(self, post: Post) -> Answer:
            self.posts += 1
            clock.move(seconds=30)
            return Answer(Outcome.UNKNOWN, error_class="TimeoutError")

        def close(self) -> None:
            """Holds nothing."""

    slack = SlowSlack()
    both = dataclasses.replace(
        outbox,
        couriers={**outbox.couriers, "slack": SlackCourier(slack, outbox.home)},
        environments={"email": "production", "slack": "production"},
    )
    transport.script.append(Answer(Outcome.REJECTED_TRANSIENT, code="421", retry_after=5))
    posts = [make_artefact(number, channel="slack") for number in range(2, 50)]
    began = clock.now()
    report = run(both, [*posts, make_artefact(1)])
    (mail,) = outbox.ledger.find(states=[State.SENT])
    assert mail.settled_at is not None
    assert (mail.settled_at - began).total_seconds() <= 5 + 30
    assert slack.posts > 1
    assert report.counts.unknown == slack.posts


def large(home: Path, one: Artefact, size: int) -> Artefact:
    with (home / str(one.parts.attachment_path)).open("wb") as file:
        file.truncate(size)
    return one


def test_what_is_too_large_to_attach_goes_out_as_a_link(
    outbox: Outbox, transport: ScriptedTransport, home: Path, make_artefact: Make
) -> None:
    policy = load_policy().model_copy(update={"reports_url": "https://files.cs.example/x/"})
    courier = MailCourier(
        transport, home, sender="reports@cs.example", reply_to=None, policy=policy
    )
    with_links = dataclasses.replace(outbox, couriers={"email": courier})
    report = run(with_links, [large(home, make_artefact(1), 12_000_000), make_artefact(2)])
    assert report.counts.sent == 2
    linked, whole = transport.received
    link = "https://files.cs.example/x/artifacts/reports/CUST_00001.pdf"
    assert linked.text.startswith(
        f"The report (12.0 MB) is too large for a mail. Open it here:\n{link}\n"
    )
    assert re.search(r"<body><p style=[^>]*>The report \(12\.0 MB\)", str(linked.html))
    assert f'<a href="{link}">' in str(linked.html)
    assert (linked.attachments, len(whole.attachments)) == ((), 1)


def test_without_a_place_to_link_to_what_is_too_large_fails_and_says_how_to_mend(
    outbox: Outbox, transport: ScriptedTransport, home: Path, make_artefact: Make
) -> None:
    report = run(outbox, [large(home, make_artefact(1), 12_000_000)])
    assert report.counts.failed == 1
    assert transport.received == []
    (failed,) = outbox.ledger.find(states=[State.FAILED])
    assert "report too large" in str(failed.last_error_text)
    assert "reports_url" in str(failed.last_error_text)


def test_answers_to_a_kind_of_mail_go_where_the_policy_says(
    outbox: Outbox, transport: ScriptedTransport, home: Path, make_artefact: Make
) -> None:
    policy = load_policy().model_copy(update={"reply_to": {"rep_digest": "enable@cs.example"}})
    courier = MailCourier(
        transport, home, sender="r@cs.example", reply_to="ops@cs.example", policy=policy
    )
    both = dataclasses.replace(outbox, couriers={"email": courier})
    run(both, [make_artefact(1), make_artefact(2, kind="rep_digest")])
    assert [letter.reply_to for letter in transport.received] == [
        "ops@cs.example",
        "enable@cs.example",
    ]


def test_a_revision_that_nobody_has_yet_goes_out_with_the_next_run(
    outbox: Outbox, transport: ScriptedTransport, clock: FixedClock, make_artefact: Make
) -> None:
    one = make_artefact()
    key = run(outbox, [one]).planned.keys[0]
    again = outbox.ledger.make_revision(
        key, parts=None, by="ada", note="figures were mended", now=clock.now()
    )
    (outbox.home / one.parts.text_path).write_text("the mended text")
    held = dataclasses.replace(one, verdict="hold")
    assert run(outbox, [held]).tally.sent == []
    assert run(outbox, [one]).tally.sent == [again.delivery_key]
    assert transport.received[-1].text == "the mended text"
    assert run(outbox, [one]).tally.sent == []
    assert len(transport.received) == 2


def test_what_proves_too_large_for_the_mail_server_goes_out_as_a_link(
    outbox: Outbox, home: Path, make_artefact: Make
) -> None:
    """An SMTP server tells its limit only when it is talked to."""
    policy = load_policy().model_copy(update={"reports_url": "https://files.cs.example"})
    with SmtpFaultServer(size=1_000_000) as server:
        transport = SmtpMail("127.0.0.1", server.port, tls="none", seconds=2)
        courier = MailCourier(transport, home, sender="r@cs.example", reply_to=None, policy=policy)
        on_smtp = dataclasses.replace(outbox, couriers={"email": courier})
        report = run(on_smtp, [large(home, make_artefact(1), 2_000_000)])
        courier.close()
        (mail,) = server.mails
    assert report.counts.sent == 1
    assert b"https://files.cs.example/artifacts/reports/CUST_00001.pdf" in mail.content
    assert [row["code"] for row in outbox.ledger.attempts(report.tally.sent[0])] == ["552", "250"]

"""The protocol: recover, then for each delivery claim, attempt, receipt, settle.

What a provider answered is written to the journal, then to the ledger. Nothing
that goes wrong after the answer can turn it into another attempt.
"""

import os
import random
import socket
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cs_assets.delivery import backoff, crash_points
from cs_assets.delivery.artefact_files import UnusableArtefact
from cs_assets.delivery.circuit import Circuit, reason_of
from cs_assets.delivery.clock import Clock
from cs_assets.delivery.couriers import (
    ByTransport,
    ChannelUnusable,
    Courier,
    Prepared,
)
from cs_assets.delivery.message.letter import Unsendable
from cs_assets.delivery.model import Answer, Claim, Delivery, Outcome, Receipt, State
from cs_assets.delivery.policy import DeliveryPolicy
from cs_assets.delivery.quiet import Quiet
from cs_assets.delivery.record.journal import Journal
from cs_assets.delivery.record.ledger import Ledger
from cs_assets.errors import CsAssetsError
from cs_assets.redaction import redacted, without_quotes


class RecordingFailed(CsAssetsError):
    """An answer could not be written down; sending stops, nothing is sent again."""


@dataclass
class Tally:
    """What one run did, as delivery keys."""

    sent: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    cancelled: dict[str, str] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)
    """Channels that were stopped, with the reason."""
    paused: dict[str, str] = field(default_factory=dict)
    """Channels that took nothing for a while, with the first reason."""
    recovered: int = 0
    """Receipts of an earlier run that its ledger row had not learned of."""


def owner_name() -> str:
    """A name for this run of this process, for leases."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def recover(ledger: Ledger, journal: Journal, clock: Clock, policy: DeliveryPolicy) -> int:
    """Bring the journal's receipts into the ledger; attempts without one become unknown.

    Returns the number of rows that learned of their receipt.
    """
    now, learned = clock.now(), 0
    oldest = ledger.oldest_open_period()
    if oldest is not None:
        # Nothing is sent before its period starts; a day more, for clocks that were set.
        learned = ledger.replay(journal.receipts(since=oldest - timedelta(days=1)), now)
        ledger.heed_clock(now, policy.lease)
        ledger.expire_leases(now, policy.resend_channels)
    kept_from = now.date() - timedelta(days=policy.journal_keep_days)
    journal.drop(before=min(kept_from, oldest or kept_from))
    return learned


@dataclass
class Sender:
    """Sends planned deliveries through the couriers of their channels."""

    ledger: Ledger
    journal: Journal
    couriers: Mapping[str, Courier]
    clock: Clock
    policy: DeliveryPolicy
    environments: Mapping[str, str | None]
    """By channel, as at planning: a row of another environment is never sent."""
    say: Callable[[str], None] = lambda line: None
    """Receives log lines without addresses or content."""
    warn: Callable[[str], None] = lambda line: None
    """The same for what a person who waits should know."""
    quiet: Quiet = field(default_factory=lambda: Quiet({}))
    owner: str = field(default_factory=owner_name)
    rng: random.Random = field(default_factory=random.Random)

    def run(self, keys: Iterable[str]) -> Tally:
        """Make every delivery among ``keys`` that is pending; returns when none is due.

        Refusals of the moment are tried again within the policy's time of a run; what is
        still refused then stays pending, for a later run.
        """
        tally = Tally(recovered=recover(self.ledger, self.journal, self.clock, self.policy))
        self._decide_what_can_be_seen()
        circuit = Circuit(self.ledger, self.environments, self.policy, self.rng)
        waiting = list(dict.fromkeys(keys))
        latest = self.clock.now()
        deadline = latest + timedelta(seconds=self.policy.run_seconds)
        while pending := self._pending(waiting, tally):
            now = self.clock.now()
            deadline -= max(latest - now, timedelta(0))  # else a clock set back makes it for ever
            latest = now
            due = _next_round(pending, circuit, self.quiet, now)
            if not due and not self._wait_for_next(pending, circuit, deadline):
                break
            for delivery in due:
                now, channel = self.clock.now(), delivery.identity.channel
                if now > deadline:  # a provider that only times out
                    return tally
                if channel == "sms" and self.quiet.over_at(delivery.identity, now):
                    continue  # a text of this round was somebody's one of the day
                if channel not in tally.stopped and not circuit.pauses_until(channel, now):
                    self._deliver(delivery, circuit, tally)
        return tally

    def _decide_what_can_be_seen(self) -> None:
        """Decide what is unclear where its channel's messages are files of this home.

        An attempt that was cut short left its file whole or not at all; no person is needed.
        """
        for channel, courier in self.couriers.items():
            if not isinstance(courier, ByTransport):
                continue
            for unclear in self.ledger.find(states=[State.UNKNOWN]):
                identity = unclear.identity
                if (identity.channel, identity.environment) != (
                    channel,
                    self.environments.get(channel),
                ):
                    continue
                taken = courier.taken(unclear.delivery_key)
                if taken is not None:
                    note = f"the outbox {'holds' if taken else 'does not hold'} its message"
                    self.ledger.resolve(
                        unclear.delivery_key, sent=taken, by="evidence", note=note,
                        now=self.clock.now(),
                    )  # fmt: skip

    def _pending(self, keys: Iterable[str], tally: Tally) -> list[Delivery]:
        """What may still be attempted, mail first; what has waited too long may not."""
        order = {key: number for number, key in enumerate(keys)}
        overdue = self.ledger.overdue(self.clock.now() - self.policy.give_up_after)
        too_late = {delivery.delivery_key for delivery in overdue}
        found = [
            delivery
            for delivery in self.ledger.find(states=[State.PENDING], keys=order)
            if delivery.identity.channel in self.couriers
            and delivery.identity.channel not in tally.stopped
            and delivery.identity.environment == self.environments.get(delivery.identity.channel)
            and delivery.delivery_key not in too_late
        ]
        return sorted(found, key=lambda d: (d.identity.channel != "email", order[d.delivery_key]))

    def _wait_for_next(self, pending: list[Delivery], circuit: Circuit, deadline: datetime) -> bool:
        """Sleep until the next one is due; False when that is after the deadline."""
        now = self.clock.now()
        next_at = min(_due_at(delivery, circuit, self.quiet, now) for delivery in pending)
        if next_at > deadline:
            return False
        self.clock.sleep(max((next_at - now).total_seconds(), 0.0))
        return True

    # ---- one delivery

    def _deliver(self, delivery: Delivery, circuit: Circuit, tally: Tally) -> None:
        key = delivery.delivery_key
        courier = self.couriers[delivery.identity.channel]
        if reason := self.ledger.why_suppressed(delivery.identity.recipient):
            why = f"suppressed: {reason}"
            if self.ledger.fail_unsent(key, self.clock.now(), why, state=State.CANCELLED):
                tally.cancelled[key] = why
            return
        try:
            prepared = courier.prepare(delivery)
        except ChannelUnusable as error:
            tally.stopped[delivery.identity.channel] = str(error)
            circuit.unusable(delivery.identity.channel, redacted(error), self.clock.now())
            return
        except (Unsendable, UnusableArtefact) as error:
            if self.ledger.fail_unsent(key, self.clock.now(), redacted(error)):
                tally.failed[key] = redacted(error)
            return
        except Exception as error:  # a defect or a strange file: this one fails, others go on
            why = f"the message cannot be made ({type(error).__name__}: {redacted(error)})"
            if self.ledger.fail_unsent(key, self.clock.now(), why):
                tally.failed[key] = why
            return
        claim = self._claim(key, courier, prepared)
        if claim is not None:
            answer = self._attempt(delivery.identity.channel, prepared, claim)
            self._record(delivery, claim, answer, circuit, tally)

    def _claim(self, key: str, courier: Courier, prepared: Prepared) -> Claim | None:
        try:
            self.journal.make_room(self.clock.now())
        except OSError as error:  # an answer could not be written down: so nothing is sent
            raise RecordingFailed(
                f"no room for the answer about delivery {key[:12]} ({error}); nothing was sent, "
                "free space and run the same command again"
            ) from error
        claim = self.ledger.claim(
            key,
            owner=self.owner,
            now=self.clock.now(),
            lease=self.policy.lease,
            provider=courier.provider,
            fingerprint=prepared.fingerprint,
        )
        crash_points.reached("after_claim_commit")
        return claim

    def _attempt(self, channel: str, prepared: Prepared, claim: Claim) -> Answer:
        """One call on the wire. Whatever breaks in it leaves the answer unknown."""
        crash_points.reached("before_send")
        longest = timedelta(seconds=self.policy.attempt_seconds)
        if self.clock.now() + longest > claim.expires_at:
            # The process was asleep (suspended machine, stopped container): by now the
            # claim may have been given up and the delivery decided by somebody else.
            return Answer(Outcome.REJECTED_TRANSIENT, error_text="the claim is too old to use")
        try:
            answer = self.couriers[channel].send(prepared)
        except Exception as error:
            answer = Answer(
                Outcome.UNKNOWN, error_class=type(error).__name__, error_text=str(error)
            )
        except BaseException as interruption:  # the run is being stopped: settle, then go
            broken = Answer(Outcome.UNKNOWN, error_class=type(interruption).__name__)
            self._write_down(claim, channel, broken)
            raise
        crash_points.reached("after_answer")
        return _clean(answer, prepared.words)

    def _record(
        self, delivery: Delivery, claim: Claim, answer: Answer, circuit: Circuit, tally: Tally
    ) -> None:
        key, channel = delivery.delivery_key, delivery.identity.channel
        reason = reason_of(answer)
        paused = circuit.learn(key, channel, answer, self.clock.now())
        recorded = self._write_down(claim, channel, answer, paused)
        circuit.write_down()
        if paused is not None and channel not in tally.paused:
            tally.paused[channel] = reason
            minutes = round(self.policy.run_seconds / 60)
            self.warn(
                f"{channel} takes nothing at the moment ({reason}); all of it waits and is tried "
                f"for {minutes} minutes, what is left then goes with a later run"
            )
        if not recorded:
            return
        state = self.ledger.get(key).state
        if state is State.SENT:
            tally.sent.append(key)
        elif state is State.UNKNOWN:
            tally.unknown[key] = reason
        elif state is State.FAILED:
            tally.failed[key] = reason
        if answer.outcome is Outcome.CONFIG_ERROR or answer.stop_batch:
            tally.stopped[channel] = reason

    def _write_down(
        self, claim: Claim, channel: str, answer: Answer, paused: datetime | None = None
    ) -> bool:
        """Journal first, then the ledger; either alone is enough to know the truth."""
        now, provider = self.clock.now(), self.couriers[channel].provider
        receipt = Receipt(claim.delivery_key, claim.attempt, claim.owner, provider, now, answer)
        troubles: list[Exception] = []
        try:
            self.journal.append(receipt)
        except Exception as error:
            troubles.append(error)
        crash_points.reached("after_journal")
        changed = False
        try:
            changed = self.ledger.settle(
                receipt, now, retry_at=self._retry_at(claim, answer, channel, paused)
            )
        except Exception as error:
            troubles.append(error)
        crash_points.reached("after_settle_commit")
        if troubles:
            raise RecordingFailed(
                f"the answer about delivery {claim.delivery_key[:12]} could not be recorded "
                f"({redacted(troubles[0])}); sending stopped, mend the home folder's disk"
            ) from troubles[0]
        return changed

    def _retry_at(
        self, claim: Claim, answer: Answer, channel: str, paused: datetime | None
    ) -> datetime | None:
        """When to try again; None: at once when nobody has it, never when that is unclear."""
        now = self.clock.now()
        if answer.outcome is Outcome.REJECTED_TRANSIENT and answer.whole_channel:
            return paused or now
        if answer.outcome not in (Outcome.REJECTED_TRANSIENT, Outcome.UNKNOWN):
            return None
        tried = self.ledger.tries_without_success(claim.delivery_key) + 1
        if answer.outcome is Outcome.UNKNOWN:
            again_in_doubt = channel in self.policy.resend_channels
            if not again_in_doubt or tried >= self.policy.retry.attempts:
                return None
        wait = backoff.wait_seconds(tried, answer.retry_after, self.policy.retry, self.rng)
        return max(paused or now, now + timedelta(seconds=wait))


def _due_at(delivery: Delivery, circuit: Circuit, hours: Quiet, now: datetime) -> datetime:
    """When it may be attempted: its own wait, its channel's pause and quiet hours are over."""
    paused = circuit.pauses_until(delivery.identity.channel, now)
    quiet = hours.over_at(delivery.identity, now)
    return max(at for at in (delivery.next_attempt_at, paused, quiet) if at is not None)


def _next_round(
    pending: list[Delivery], circuit: Circuit, quiet: Quiet, now: datetime
) -> list[Delivery]:
    """What is sent next of ``pending`` (mail first): Slack must never hold mail up.

    All mail that is due; otherwise posts, one at a time while a mail waits for its turn,
    so that a slow Slack delays a mail's next attempt by one post at most.
    """
    due = [delivery for delivery in pending if _due_at(delivery, circuit, quiet, now) <= now]
    mail = [delivery for delivery in due if delivery.identity.channel == "email"]
    mail_waits = any(delivery.identity.channel == "email" for delivery in pending)
    return mail or (due[:1] if mail_waits else due)


def _clean(answer: Answer, words: str) -> Answer:
    """The answer without credentials, addresses and the message's own words."""
    return replace(
        answer,
        code=redacted(without_quotes(answer.code, words)),
        error_text=redacted(without_quotes(answer.error_text, words)),
    )

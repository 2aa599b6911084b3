"""The pause of a whole channel: one try after another instead of one wait for each delivery.

A refusal that every other message would meet too pauses its channel at once, and so do
several in a row of any kind that did not get through: a server that times out on each
mail must not make each of them unclear. After the pause one delivery tries; when it is
taken, the others follow. What is known outlives the run, in the ledger.
"""

import random
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from cs_assets.delivery import backoff
from cs_assets.delivery.model import Answer, Outage, Outcome
from cs_assets.delivery.policy import DeliveryPolicy
from cs_assets.delivery.record.ledger import Ledger

#: Deliveries that do not get through, one after the other, before their channel pauses.
_IN_A_ROW = 3
#: After wrong settings or a used-up quota the next try that nobody asks for is in an hour.
_FOR_A_PERSON = timedelta(hours=1)


class Circuit:
    """Which channels pause, for one run."""

    def __init__(
        self,
        ledger: Ledger,
        environments: Mapping[str, str | None],
        policy: DeliveryPolicy,
        rng: random.Random,
    ) -> None:
        self._ledger = ledger
        self._environments = environments
        self._policy = policy
        self._rng = rng
        self._in_a_row: dict[str, set[str]] = defaultdict(set)
        self._paused: dict[str, datetime] = {}
        self._out = {
            outage.channel: outage
            for outage in ledger.outages()
            if outage.environment == environments.get(outage.channel)
        }
        self._changed: set[str] = set()

    def pauses_until(self, channel: str, now: datetime) -> datetime | None:
        """Until when nothing is tried through ``channel``; None: it may be tried.

        A run begins with one try, however long the channel has been out: only this run's
        own refusals make it wait.
        """
        until = self._paused.get(channel)
        return until if until is not None and until > now else None

    def learn(self, key: str, channel: str, answer: Answer, now: datetime) -> datetime | None:
        """Take an attempt's answer into account; the end of the pause when it makes one.

        Writes nothing: the answer itself must be on the disk before anything else is.
        """
        if answer.outcome in (Outcome.ACCEPTED, Outcome.REJECTED_PERMANENT):
            self._in_a_row.pop(channel, None)
            self._paused.pop(channel, None)
            if self._out.pop(channel, None) is not None:
                self._changed.add(channel)
            return None
        self._in_a_row[channel].add(key)
        stops = answer.outcome is Outcome.CONFIG_ERROR or answer.stop_batch
        if not (stops or answer.whole_channel or len(self._in_a_row[channel]) >= _IN_A_ROW):
            return None
        return self._pause(channel, answer, now, needs_person=stops)

    def unusable(self, channel: str, reason: str, now: datetime) -> None:
        """The channel's settings are wrong before anything was tried."""
        answer = Answer(Outcome.CONFIG_ERROR, error_text=reason)
        self._pause(channel, answer, now, needs_person=True)
        self.write_down()

    def write_down(self) -> None:
        """Bring what was learned into the ledger, for later runs and other processes."""
        for channel in sorted(self._changed):
            outage = self._out.get(channel)
            if outage is None:
                self._ledger.channel_works(self._environments[channel] or "", channel)
            else:
                self._ledger.channel_out(outage)
        self._changed.clear()

    def _pause(
        self, channel: str, answer: Answer, now: datetime, *, needs_person: bool
    ) -> datetime:
        before = self._out.get(channel)
        refusals = before.refusals + 1 if before else 1
        wait = backoff.wait_seconds(refusals, answer.retry_after, self._policy.retry, self._rng)
        self._paused[channel] = until = now + timedelta(seconds=wait)
        self._out[channel] = Outage(
            environment=self._environments[channel] or "",
            channel=channel,
            since=before.since if before else now,
            refusals=refusals,
            next_try_at=now + _FOR_A_PERSON if needs_person else until,
            needs_person=needs_person,
            reason=reason_of(answer),
        )
        self._changed.add(channel)
        return until


def reason_of(answer: Answer) -> str:
    """What was answered, in one line."""
    return " ".join(filter(None, (answer.error_class, answer.code, answer.error_text)))

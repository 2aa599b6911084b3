"""Asks a model with ledger, ceilings, retries and smaller models, and never raises for it.

Order of degradation: the model asked for, its smaller ones (``ai.yaml``), then no
answer, with the reasons. The caller then writes by rules or leaves the text out.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.ledger.ledger import AiLedger, Busy, Estimate, Known, Purpose, Refused, Reserved
from cs_assets.ai.requests import (
    Answer,
    AskingFailed,
    FailureKind,
    KeepsConversations,
    Provider,
    Question,
    Tokens,
)

#: Failures that the same question would meet again: written down as its answer.
_FINAL: tuple[FailureKind, ...] = ("refusal", "truncated")
_PASSING: tuple[FailureKind, ...] = ("transient", "malformed")
_BUSY_POLL_SECONDS = 0.05
_FIRST_WAIT_SECONDS = 0.5


@dataclass(frozen=True)
class Answered:
    """An answer, from the provider or from the ledger."""

    text: str
    model: str
    reused: bool
    degraded: tuple[str, ...] = ()
    """Why a larger model was not taken."""


@dataclass(frozen=True)
class Unanswered:
    """No answer, with every reason in the order in which they came."""

    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Failed:
    """One model gave no answer. ``why`` decides what else is worth trying."""

    reason: str
    why: Literal["ceiling", "truncated", "other"] = "other"


class Asks(Protocol):
    """Answers the questions of a writer, whichever way; safe for threads."""

    @property
    def provider_name(self) -> str: ...

    def ask(self, question: Question, purpose: Purpose) -> Answered | Unanswered:
        """The answer, or why there is none."""
        ...

    def forget(self, conversation: str) -> None:
        """Have the provider delete what it keeps of a conversation that is over."""
        ...


class Caller:
    """Asks one provider on behalf of one installation; safe for threads.

    After ``give_up_after`` failed calls in a row, or one failure of kind ``stop``,
    it makes no more calls: the rest of the run does without.
    """

    def __init__(
        self,
        provider: Provider,
        ledger: AiLedger,
        configuration: AiConfiguration,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._provider = provider
        self._ledger = ledger
        self._configuration = configuration
        self._sleep = sleep
        self._jitter = jitter
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failures_in_a_row = 0
        self._stopped: str | None = None

    @property
    def provider_name(self) -> str:
        return self._provider.name

    def forget(self, conversation: str) -> None:
        """Have the provider delete what it keeps of a conversation that is over."""
        if isinstance(self._provider, KeepsConversations):
            self._provider.forget(conversation)

    def ask(self, question: Question, purpose: Purpose) -> Answered | Unanswered:
        """The answer of the largest model that the ceilings allow, or why there is none.

        An answer that was cut off is asked for once more with twice the room.
        """
        reasons: list[str] = []
        for model in self._configuration.ladder(question.model):
            asked = question.with_model(model)
            outcome = self._ask_one(asked, purpose)
            if isinstance(outcome, _Failed) and outcome.why == "truncated":
                reasons.append(f"{model}: {outcome.reason}")
                outcome = self._ask_one(asked.with_twice_the_room(), purpose)
            if isinstance(outcome, Answered):
                return replace(outcome, degraded=tuple(reasons))
            reasons.append(f"{model}: {outcome.reason}")
            if outcome.why != "ceiling":
                break
        return Unanswered(tuple(reasons))

    def _ask_one(self, question: Question, purpose: Purpose) -> Answered | _Failed:
        """One model, tried again while it fails in passing."""
        for attempt in range(1, self._configuration.attempts + 1):
            decision = self._reserved(question, purpose)
            if not isinstance(decision, Reserved):
                return decision
            outcome = self._call(decision.call_id, question)
            if isinstance(outcome, Answered):
                return outcome
            failed = _Failed(str(outcome), "truncated" if outcome.kind == "truncated" else "other")
            if outcome.kind not in _PASSING:
                break
            if attempt < self._configuration.attempts and self._stopped is None:
                self._sleep(self._wait(attempt, outcome.retry_after))
        return failed

    def _reserved(self, question: Question, purpose: Purpose) -> Reserved | Answered | _Failed:
        """Leave to call; or the known answer, or why there is no leave."""
        patience = self._monotonic() + 2 * self._configuration.timeout_seconds
        while True:
            match self._decision(question, purpose):
                case Reserved() as leave:
                    return leave
                case Known(outcome="answer") as known:
                    return Answered(known.text, known.model, reused=True)
                case Known(outcome=kind):
                    why: Literal["truncated", "other"] = (
                        "truncated" if kind == "truncated" else "other"
                    )
                    return _Failed(f"{kind} (known)", why)
                case Refused(reason=reason):
                    stopped = self._stopped
                    return _Failed(stopped) if stopped else _Failed(reason, "ceiling")
            if self._monotonic() > patience:
                return _Failed("another process asks the same and does not finish")
            self._sleep(_BUSY_POLL_SECONDS)

    def _decision(self, question: Question, purpose: Purpose) -> Known | Busy | Refused | Reserved:
        price = self._configuration.model(question.model)
        most = Tokens(question.input_tokens_at_most + price.overhead_tokens, question.max_tokens)
        return self._ledger.reserve(
            question.key,
            purpose,
            provider=self._provider.name,
            model=question.model,
            prompt_name=question.prompt_name,
            prompt_version=question.prompt_version,
            estimate=Estimate(most, price.most_micro_dollars(most)),
            sources=question.sources,
            may_call=self._stopped is None,
        )

    def _call(self, call_id: str, question: Question) -> Answered | AskingFailed:
        try:
            answer = self._provider.ask(question)
        except AskingFailed as failure:
            self._record_failure(call_id, question, failure)
            return failure
        except BaseException:
            # A defect or an interrupt: the call may have cost, so the estimate stands.
            self._ledger.abandon(call_id, "interrupted")
            raise
        self._record(call_id, question, answer)
        return Answered(answer.text, answer.model, reused=False)

    def _record(self, call_id: str, question: Question, answer: Answer) -> None:
        price = self._configuration.model(question.model)
        cost = price.micro_dollars(answer.tokens)
        self._ledger.settle(
            call_id,
            answer.tokens,
            cost,
            text=answer.text,
            model=answer.model,
            message_id=answer.message_id,
            evidence=answer.evidence,
        )
        with self._lock:
            self._failures_in_a_row = 0

    def _record_failure(self, call_id: str, question: Question, failure: AskingFailed) -> None:
        tokens = failure.tokens or Tokens()
        cost = self._configuration.model(question.model).micro_dollars(tokens)
        if failure.kind in _FINAL:
            self._ledger.settle(
                call_id, tokens, cost, text="", model=question.model, outcome=failure.kind
            )
            return
        self._ledger.fail(call_id, f"{failure.kind}: {failure}", tokens, cost)
        with self._lock:
            self._failures_in_a_row += 1
            if failure.kind == "stop":
                self._stopped = f"no more calls in this run: {failure}"
            elif self._failures_in_a_row >= self._configuration.give_up_after:
                self._stopped = (
                    f"no more calls in this run: {self._failures_in_a_row} failed in a row, "
                    f"the last: {failure}"
                )

    def _wait(self, attempt: int, asked_for: float | None) -> float:
        """Seconds until the next try: what the provider asks for or a growing wait, capped."""
        grown = _FIRST_WAIT_SECONDS * 2 ** (attempt - 1) * (0.5 + self._jitter() / 2)
        wanted = asked_for if asked_for is not None and asked_for >= 0 else grown
        return min(max(wanted, 0.0), self._configuration.longest_wait_seconds)

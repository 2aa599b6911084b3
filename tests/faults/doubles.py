"""A clock that tests move and a provider that answers as scripted and remembers."""

import datetime as dt
from collections import Counter, deque
from collections.abc import Callable

from cs_assets.delivery.message.letter import Letter
from cs_assets.delivery.model import Answer, Outcome

ACCEPTED = Answer(Outcome.ACCEPTED, provider_message_id="m-1")


class FixedClock:
    """Stands still until slept on or moved."""

    def __init__(self, start: dt.datetime) -> None:
        self.moment = start
        self.slept: list[float] = []

    def now(self) -> dt.datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += dt.timedelta(seconds=seconds)

    def move(self, **delta: float) -> None:
        self.moment += dt.timedelta(**delta)


class ScriptedTransport:
    """A mail provider: answers in the order of ``script``, afterwards always accepts.

    ``received`` is the ground truth: what went out, whatever was answered.
    """

    provider = "scripted"
    largest_message = 10_000_000

    def __init__(self) -> None:
        self.script: deque[Answer | BaseException | Callable[[Letter], Answer]] = deque()
        self.received: list[Letter] = []

    @property
    def requests_by_key(self) -> Counter[str]:
        return Counter(letter.delivery_key for letter in self.received)

    def send(self, letter: Letter, mime_bytes: bytes) -> Answer:
        self.received.append(letter)
        if not self.script:
            return ACCEPTED
        answer = self.script.popleft()
        if isinstance(answer, BaseException):
            raise answer
        return answer(letter) if callable(answer) else answer

    def close(self) -> None:
        """Holds nothing."""

"""Texts of many reports in batches of Claude, at half the price of asking at once.

A report's sections follow each other, but reports do not wait for one another: what many threads
ask at the same time is one batch. Each answer is in the ledger as soon as its batch is over, so a
run that was cut short collects and does not send again. What no batch answers is asked at once, and
so is everything when the time to wait is over.
"""

import fcntl
import logging
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

from cs_assets.ai.guarded_calls import Answered, Caller, Unanswered
from cs_assets.ai.ledger.ledger import Purpose
from cs_assets.ai.requests import AskingFailed, Question
from resources.models.claude_batch import Asked, ClaudeBatches

#: Questions of one batch: the answers of a batch come together, so of many some come earlier.
_A_BATCH = 400
#: Seconds in which nobody asked anything more: then what was asked is sent.
_GATHER_SECONDS = 10.0
_POLL_SECONDS = 30.0
#: Seconds that a batch which is cancelled may take to end.
_ENDING_SECONDS = 600.0

_log = logging.getLogger(__name__)


class Together:
    """Asks as ``Caller`` does, in batches for up to ``patience`` seconds; safe for threads.

    ``folder``: where ``batches`` notes what it has sent. One process at a time sends from it,
    others ask at once.
    """

    def __init__(
        self,
        caller: Caller,
        batches: ClaudeBatches,
        folder: Path,
        patience: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._caller = caller
        self._batches = batches
        self._folder = folder
        self._until = monotonic() + patience
        self._sleep = sleep
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._new: dict[str, Asked] = {}
        self._waiting: dict[str, list[Future[Answered | Unanswered]]] = {}
        self._sender: threading.Thread | None = None
        self._alone: IO[str] | None = None

    @property
    def provider_name(self) -> str:
        return self._caller.provider_name

    def forget(self, conversation: str) -> None:
        self._caller.forget(conversation)

    def ask(self, question: Question, purpose: Purpose) -> Answered | Unanswered:
        """The answer of a batch; of a call of its own where there is none in time."""
        # What is asked next about the same material comes when nothing is kept of it any more.
        asked = Asked(replace(question, keeps_material=False), purpose)
        waits = self._wait_for(asked)
        answer = None
        if waits:
            with suppress(TimeoutError):
                left = max(0.0, self._until - self._monotonic())
                answer = waits.result(timeout=left + 2 * _ENDING_SECONDS)
        return answer if isinstance(answer, Answered) else self._caller.ask(question, purpose)

    def _wait_for(self, asked: Asked) -> "Future[Answered | Unanswered] | None":
        """What will hold the answer; None where it is not to be waited for."""
        with self._lock:
            if self._monotonic() >= self._until or not self._is_alone():
                return None
            waits: Future[Answered | Unanswered] = Future()
            key = asked.question.key
            if key not in self._waiting:
                self._new[key] = asked
            self._waiting.setdefault(key, []).append(waits)
            if self._sender is None:
                self._sender = threading.Thread(target=self._send_and_collect, daemon=True)
                self._sender.start()
        return waits

    def _is_alone(self) -> bool:
        """Whether no other process sends from the folder; then none will until this one ends."""
        if self._alone is None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = open(self._folder / "together.lock", "w")  # noqa: SIM115
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                return False
            self._alone = file
        return True

    def _send_and_collect(self) -> None:
        """Until nobody waits any more; whoever waits then for whatever reason asks at once."""
        try:
            while self._is_waited_for():
                self._send(self._gathered())
                self._collect()
                if self._monotonic() >= self._until:
                    self._give_up()
        except BaseException:
            _log.exception("batches of Claude: what is asked now is asked at once")
            with self._lock:
                self._sender = None  # who asks next begins anew
            self._release_all("batch: given up")
            raise

    def _is_waited_for(self) -> bool:
        with self._lock:
            if not self._waiting:
                self._sender = None
            return bool(self._waiting)

    def _gathered(self) -> dict[str, Asked]:
        """What was asked since the last batch, once nobody asks more."""
        seen = -1
        while seen != len(self._new) and self._new:
            seen = len(self._new)
            self._sleep(_GATHER_SECONDS)
        with self._lock:
            found, self._new = self._new, {}
        return found

    def _send(self, gathered: dict[str, Asked]) -> None:
        under_way = self._batches.keys_under_way()  # of a run that was cut short
        asked = [one for key, one in gathered.items() if key not in under_way]
        for first in range(0, len(asked), _A_BATCH):
            part = asked[first : first + _A_BATCH]
            try:
                self._release(self._batches.submit(f"texts-{secrets.token_hex(8)}", part))
            except AskingFailed as failure:
                _log.warning("a batch was not taken: %s", failure)
                told = Unanswered((str(failure),))
                self._release({one.question.key: told for one in part})

    def _collect(self) -> None:
        """Release who waits for a batch that is over; without one, wait a little."""
        open_still = 0
        for name in self._batches.under_way():
            found = None
            with suppress(AskingFailed):  # it is asked for again
                found = self._batches.collect(name)
            open_still += found is None
            self._release(found or {})
        if open_still and not self._new:
            self._sleep(_POLL_SECONDS)

    def _give_up(self) -> None:
        """The time is over: what is under way is cancelled, so that it can be asked at once."""
        for name in self._batches.under_way():
            with suppress(AskingFailed):
                self._batches.cancel(name)
        while self._batches.under_way() and self._monotonic() < self._until + _ENDING_SECONDS:
            self._collect()
        self._release_all("batch: not over in time")

    def _release(self, found: dict[str, Answered | Unanswered]) -> None:
        with self._lock:
            for key, answer in found.items():
                for waits in self._waiting.pop(key, []):
                    waits.set_result(answer)

    def _release_all(self, reason: str) -> None:
        with self._lock:
            self._new.clear()
            keys = list(self._waiting)
        self._release(dict.fromkeys(keys, Unanswered((reason,))))

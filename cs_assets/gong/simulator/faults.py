"""Faults on a schedule: at which requests the simulator misbehaves, and how it answers then."""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cs_assets.gong.simulator.protocol import Refused, Response, error_of, too_many

Kind = Literal[
    "too_many",  # 429 with Retry-After
    "server_error",  # 500
    "bad_gateway",  # 502, HTML
    "unavailable",  # 503
    "timeout",  # 504
    "reset",  # the connection is closed without an answer
    "cut",  # the connection is closed in the middle of the body
    "cut_json",  # a complete answer whose JSON ends early
    "html",  # 200 with a page of HTML
    "slow",  # the answer comes late
    "cursor_expired",  # 400, if the request carries a cursor
]

KINDS: tuple[Kind, ...] = (
    "too_many", "server_error", "bad_gateway", "unavailable", "timeout", "reset", "cut",
    "cut_json", "html", "slow", "cursor_expired",
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One misbehaviour; ``seconds`` is Retry-After or the delay."""

    kind: Kind
    seconds: float = 0.0


class Faults:
    """Says for each request in turn which fault it meets, if any.

    ``planned`` maps request numbers (from 0) to faults; with ``rate`` further
    requests meet one of ``kinds`` at random, the same for the same ``seed``. At most
    ``in_a_row`` random faults follow each other, so that a patient client gets through.
    """

    def __init__(
        self,
        planned: dict[int, Fault] | None = None,
        *,
        rate: float = 0.0,
        seed: int = 0,
        kinds: Sequence[Kind] = KINDS,
        slow_seconds: float = 0.01,
        in_a_row: int = 3,
    ) -> None:
        self._planned = dict(planned or {})
        self._rate = rate
        self._random = random.Random(seed)  # noqa: S311 - reproducible on purpose
        self._kinds = list(kinds)
        self._slow_seconds = slow_seconds
        self._in_a_row = in_a_row
        self._number = 0
        self._row = 0
        self._lock = threading.Lock()
        self.met: list[str] = []

    def next(self) -> Fault | None:
        with self._lock:
            fault = self._planned.pop(self._number, None)
            self._number += 1
            if fault is None and self._row < self._in_a_row and self._random.random() < self._rate:
                kind = self._random.choice(self._kinds)
                fault = Fault(kind, self._slow_seconds if kind == "slow" else 0.0)
            self._row = self._row + 1 if fault else 0
            if fault:
                self.met.append(fault.kind)
            return fault

    def plan(self, after: int, fault: Fault) -> None:
        """The request ``after`` more requests from now meets ``fault`` (0: the next one)."""
        with self._lock:
            self._planned[self._number + after] = fault


#: Faults that stand in place of any answer; the others spoil a good one.
INSTEAD = ("too_many", "reset", "html", "bad_gateway", "server_error", "unavailable", "timeout")


def instead(fault: Fault, request_id: str) -> Response:
    """What comes in place of an answer."""
    match fault.kind:
        case "too_many":
            return error_of(too_many(max(0, round(fault.seconds))), request_id)
        case "reset":
            return Response(200, b"", cut=0)
        case "html":
            page = b"<html><body>Please try again.</body></html>"
            return Response(200, page, {"content-type": "text/html"})
        case "bad_gateway":
            return Response(502, b"<html>502</html>", {"content-type": "text/html"})
    status = {"server_error": 500, "unavailable": 503, "timeout": 504}[fault.kind]
    return error_of(Refused(status, "Internal server error occurred"), request_id)


def spoiled(response: Response, fault: Fault | None) -> Response:
    """The answer, delivered badly."""
    if fault is None:
        return response
    size = len(response.body)
    match fault.kind:
        case "cut":
            return Response(200, response.body, response.headers, cut=size // 2)
        case "cut_json":
            return Response(200, response.body[: size * 2 // 3], response.headers)
        case "slow":
            return Response(200, response.body, response.headers, delay=fault.seconds)
    return response

"""Structured log lines of everything that touches Gong: one JSON object a line.

They name run, partition, endpoint and Gong's request id, which its support asks
for. They never hold words of a call, names or addresses of people.
"""

import contextvars
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

log = logging.getLogger("cs_assets.gong")

_bound: contextvars.ContextVar[Mapping[str, Any]] = contextvars.ContextVar("gong_log", default={})  # noqa: B039 - never changed in place


@contextmanager
def bound(**facts: Any) -> Iterator[None]:
    """Every line told inside carries these facts (run_id, partition) too."""
    token = _bound.set({**_bound.get(), **facts})
    try:
        yield
    finally:
        _bound.reset(token)


def line(event: str, **facts: Any) -> str:
    """The JSON of one event."""
    return json.dumps({"event": event, **_bound.get(), **facts}, default=str)


def tell(event: str, **facts: Any) -> None:
    """Log one event at INFO; costs nothing when nobody listens."""
    if log.isEnabledFor(logging.INFO):
        log.info(line(event, **facts))

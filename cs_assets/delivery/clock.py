"""Time as delivery sees it, so that tests and the simulator can bring their own."""

import datetime as dt
import time
from typing import Protocol

#: Retries, pauses and quiet hours over a weekend end sooner. A moment noted farther ahead is of a
#: clock that was ahead, and has been set back since.
FARTHEST_AHEAD = dt.timedelta(days=5)


def is_awaited(moment: dt.datetime, now: dt.datetime) -> bool:
    """Whether a moment that was noted is still to come, and may be waited for."""
    return now < moment <= now + FARTHEST_AHEAD


class Clock(Protocol):
    """The time (UTC, naive) and a way to wait."""

    def now(self) -> dt.datetime: ...

    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC).replace(tzinfo=None)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

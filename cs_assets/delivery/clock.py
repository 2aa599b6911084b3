"""Time as delivery sees it, so that tests and the simulator can bring their own."""

import datetime as dt
import time
from typing import Protocol


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

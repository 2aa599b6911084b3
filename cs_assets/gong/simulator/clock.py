"""The simulator's clock: runs like the real one, from wherever it was set."""

import datetime as dt
import time


class Clock:
    """Tells the simulated time, aware in UTC; stands still when ``running`` is false."""

    def __init__(self, now: dt.datetime | None = None, *, running: bool = True) -> None:
        self._running = running
        self.set(now or dt.datetime.now(dt.UTC))

    def now(self) -> dt.datetime:
        passed = time.monotonic() - self._since if self._running else 0.0
        return self._base + dt.timedelta(seconds=passed)

    def set(self, now: dt.datetime) -> None:
        """Go to an aware instant."""
        if now.tzinfo is None:
            raise ValueError("the clock needs a time with its offset from UTC")
        self._base = now.astimezone(dt.UTC)
        self._since = time.monotonic()

    def advance(self, seconds: float) -> None:
        self.set(self.now() + dt.timedelta(seconds=seconds))

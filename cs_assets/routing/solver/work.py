"""How much a search may still do, counted and not timed, so that the clock never decides owners.

A unit is about four nanoseconds of the machine that the limits were set on: one number of an array
worked on. A slower or busier machine does the same work and takes longer; only one that takes
many times as long is stopped by a net of processor time, and the answer then says so.
"""

import math
import time
from dataclasses import dataclass

#: Units of work that a second of a limit stands for.
A_SECOND = 2.5e8
#: What a step costs whatever its size: a dozen calls of numpy.
A_STEP = 15_000.0
#: Work between two looks at the clock: a look is a call of the system.
_A_LOOK = 2.5e6
#: Processor time, in times the limit, after which the net catches.
_NET = 4.0
_NET_AT_LEAST = 20.0
#: One in so many seconds is had on the most crowded machine that still finds what a quiet one does.
_CROWDED = 20.0


@dataclass
class Work:
    """Work left, in units; ``caught`` is set when the net of processor time ended it."""

    left: float
    until: float
    caught: bool = False
    looked: float = math.inf
    """What was left when the clock was last looked at."""

    @classmethod
    def of(cls, seconds: float) -> "Work":
        """The work of so many seconds."""
        net = max(_NET * seconds, _NET_AT_LEAST)
        return cls(seconds * A_SECOND, time.thread_time() + net)

    @property
    def seconds(self) -> float:
        """What is left, as seconds."""
        return max(0.0, self.left / A_SECOND)

    @property
    def longest(self) -> float:
        """Seconds on the wall within which the net catches even where little of a core is had."""
        return _CROWDED * max(0.1, self.until - time.thread_time())

    def net_caught(self) -> bool:
        """Whether the net of processor time ends it here."""
        self.caught |= time.thread_time() > self.until
        return self.caught

    def over(self, units: float = 0.0) -> bool:
        """Spend ``units``; whether there is nothing left."""
        self.left -= units
        if self.left <= 0:
            return True
        if self.looked - self.left >= _A_LOOK:
            self.looked = self.left
            self.net_caught()
        return self.caught

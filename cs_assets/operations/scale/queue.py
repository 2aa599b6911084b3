"""The week of reviews on so many workers, simulated: one run before, then shards, some lost."""

import heapq
import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Week:
    """What is queued: seconds of the first run, and of each customer's review."""

    customers: int
    shards: int
    first_seconds: float
    review_seconds: float
    start_seconds: float
    lost: float


@dataclass(frozen=True)
class Done:
    """Hours until the last shard has ended, in the middle and in the worst of the weeks tried."""

    median_hours: float
    worst_hours: float
    busy: float
    """Share of the workers' time in which they worked, once shards had begun."""
    longest_wait_hours: float


def simulate(week: Week, workers: int, weeks: int = 50, seed: int = 17) -> Done:
    """Weeks of this size; customers fall into shards as hashes do, lost runs are begun anew."""
    chance = random.Random(seed)  # noqa: S311 - a simulation, the same each time
    tried = sorted(_one(week, workers, chance) for _ in range(weeks))
    ends, busy, waits = (list(column) for column in zip(*tried, strict=True))
    return Done(ends[len(ends) // 2] / 3600, ends[-1] / 3600, sum(busy) / weeks, max(waits) / 3600)


def _one(week: Week, workers: int, chance: random.Random) -> tuple[float, float, float]:
    """Seconds to the end, the share of time worked, the longest wait of a shard."""
    begin = _tried(week.start_seconds + week.first_seconds, week.lost, chance)
    free = [begin] * workers
    worked, ends, longest = 0.0, begin, 0.0
    for customers in _sizes(week.customers, week.shards, chance):
        took = _tried(week.start_seconds + customers * week.review_seconds, week.lost, chance)
        started = heapq.heappop(free)
        longest = max(longest, started - begin)
        heapq.heappush(free, started + took)
        worked, ends = worked + took, max(ends, started + took)
    share = worked / (workers * (ends - begin)) if ends > begin else 0.0
    return ends, share, longest


def _sizes(customers: int, shards: int, chance: random.Random) -> list[int]:
    """Customers of each shard: as many as a hash gives it, nearly normal about the mean."""
    mean = customers / shards
    spread = (mean * (1 - 1 / shards)) ** 0.5
    return [max(0, round(chance.gauss(mean, spread))) for _ in range(shards)]


def _tried(seconds: float, lost: float, chance: random.Random) -> float:
    """Seconds until a run has come to its end: what was lost is lost at some moment of it."""
    total = 0.0
    while lost and chance.random() < lost:
        total += chance.random() * seconds
    return total + seconds

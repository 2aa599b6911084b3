"""What a warehouse is billed for: the seconds that it runs, by when work comes.

It starts with the first work, goes on until no work came for as long as its auto-suspend, and each
start is billed for a minute at least (Snowflake, "Understanding compute cost").
"""

from collections.abc import Iterable

#: Seconds that a start is billed for at least.
LEAST = 60.0
#: Seconds that cost a credit on a warehouse of size X-Small.
SECONDS_A_CREDIT = 3600.0


def billed_seconds(work: Iterable[tuple[float, float]], auto_suspend: float) -> float:
    """Seconds billed for ``work``: when each piece comes and for how long it needs the warehouse.

    ``auto_suspend``: seconds without work after which it stops.
    """
    total = 0.0
    started: float | None = None
    stops = 0.0
    for comes, seconds in sorted(work):
        if started is not None and comes > stops:
            total += max(stops - started, LEAST)
            started = None
        if started is None:
            started, stops = comes, comes
        stops = max(stops, comes + seconds + auto_suspend)
    return total if started is None else total + max(stops - started, LEAST)

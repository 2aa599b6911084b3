"""What the schedules cost on Snowflake: four weeks of their ticks against a warehouse's clock.

Each run sends the statements that such a run was measured to send on the local server; a tick that
finds nothing new sends none that need a warehouse. How long a statement takes is assumed.
"""

import datetime as dt
import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile
from zoneinfo import ZoneInfo

from dagster._utils.schedules import cron_string_iterator

from resources.snowflake.warehouse_clock import SECONDS_A_CREDIT, billed_seconds
from schedules.rhythm import Rhythms

#: A Monday, from which four weeks are played through.
_FIRST = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
_WEEKS = 4
#: Days of a month, on average.
_MONTH = 365.25 / 12


#: Snowflake's own refresh of the search over calls, at the lag of its set-up.
SEARCH = "CALL_SEARCH (refresh)"
_LAG, _REFRESH_SECONDS = 7_200, 10.0


@dataclass(frozen=True)
class Sends:
    """Statements of a run that need a warehouse; ``ai``: those that call an AI function."""

    plain: int
    ai: int = 0


#: By kind of run, measured on the local Snowflake server (P-snowflake-06 measures them anew).
MEASURED: Mapping[str, Sends] = {
    "gong_new": Sends(44),
    "gong_fed": Sends(1),
    "gong_first": Sends(8),
    "analysis": Sends(57, 2),
    "embeddings": Sends(14, 1),
    "gong_nightly": Sends(14),
    "calls_nightly": Sends(52),
    "ai_usage": Sends(75),
    "reviews": Sends(249, 2),
    "coaching": Sends(96),
    "rebalancing": Sends(11),
    "routing": Sends(66),
    "sensor_fed": Sends(4),
}


@dataclass(frozen=True)
class Company:
    """How much there is to do."""

    customers: int = 100
    reps: int = 20
    calls: int = 40
    """On a working day, spread over ten hours."""
    feeds: int = 6
    """Times a day that the CRM's tables are loaded anew."""
    batches: int = 2
    """Times on a working day that accounts begin to wait for a CSM."""
    statement_seconds: float = 0.1
    ai_seconds: float = 20.0
    """Of a statement with an AI function, for up to 200 calls."""


#: The companies of ``docs/snowflake.md``. Statements read more where there is more.
SIZES: Mapping[str, Company] = {
    "small": Company(),
    "medium": Company(1_000, 100, 400, batches=5, statement_seconds=0.3),
    "large": Company(10_000, 500, 2_000, batches=10, statement_seconds=1.0),
}


def company_of(calls: int) -> Company:
    """The smallest of the companies that has so many calls a working day, else the largest."""
    sizes = sorted(SIZES.values(), key=lambda size: size.calls)
    found = next((size for size in sizes if size.calls >= calls), sizes[-1])
    return replace(found, calls=calls)


@dataclass(frozen=True)
class Run:
    """A run that needs the warehouse."""

    at: float
    """Seconds since the first day began."""
    schedule: str
    seconds: float
    statements: int = 0


@dataclass(frozen=True)
class Month:
    """Four weeks of runs, and what they come to in a month."""

    runs: tuple[Run, ...]
    auto_suspend: float
    latest: float
    """The longest that a call waited, from its appearing in Gong until its staging began."""

    @property
    def seconds_a_day(self) -> float:
        """Billed, on the mean of the days."""
        return self._billed(self.runs) / (_WEEKS * 7)

    @property
    def seconds_of_a_working_day(self) -> float:
        """Billed on the second Tuesday, with calls and without weekly runs."""
        return self._billed(run for run in self.runs if 8 * 86_400 <= run.at < 9 * 86_400)

    @property
    def statements(self) -> float:
        """Sent in a month, those that need a warehouse."""
        return sum(run.statements for run in self.runs) / (_WEEKS * 7) * _MONTH

    @property
    def credits(self) -> float:
        """In a month, of a warehouse of size X-Small."""
        return self.seconds_a_day * _MONTH / SECONDS_A_CREDIT

    @cached_property
    def beside(self) -> dict[str, float]:
        """By schedule the credits a month that would be saved without it."""
        names = sorted({run.schedule for run in self.runs})
        return {name: self.credits - self._without(name).credits for name in names}

    def _without(self, name: str) -> "Month":
        return replace(self, runs=tuple(run for run in self.runs if run.schedule != name))

    def _billed(self, runs: Iterable[Run]) -> float:
        return billed_seconds(((run.at, run.seconds) for run in runs), self.auto_suspend)


@dataclass
class _Played:
    """What has happened so far in the four weeks."""

    company: Company
    sends: Mapping[str, Sends]
    appear: list[float]
    """When calls and transcripts appear in Gong, in order."""
    feeds: list[float]
    runs: list[Run] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    staged: list[float] = field(default_factory=list)
    """When runs staged something."""

    def add(self, at: float, schedule: str, kind: str, portions: int = 1) -> None:
        sends, company = self.sends[kind], self.company
        seconds = sends.plain * company.statement_seconds + sends.ai * portions * company.ai_seconds
        if seconds:
            self.runs.append(Run(at, schedule, seconds, sends.plain + sends.ai * portions))


def _between(moments: list[float], since: float, until: float) -> list[float]:
    """Those of ``moments``, in order, after ``since`` and up to ``until``."""
    return moments[bisect_right(moments, since) : bisect_right(moments, until)]


def ticks(rhythms: Rhythms, *names: str) -> list[float]:
    """When schedules run in the four weeks, in seconds since they began."""
    return sorted(tick for name in names for tick in _ticks(rhythms, name))


def ceiling(credits: float) -> int:
    """A monthly ceiling for what so many credits are expected for: a half more, in tens."""
    return max(10, math.ceil(credits * 1.5 / 10) * 10)


def month(
    rhythms: Rhythms,
    company: Company = SIZES["small"],
    *,
    auto_suspend: float = 60,
    sends: Mapping[str, Sends] = MEASURED,
) -> Month:
    """The runs that all schedules and sensors of ``rhythms`` make, whether they are on or not."""
    played = _Played(company, sends, _appear(company), _every_day(company.feeds))
    when = {name: ticks(rhythms, name) for name in rhythms.schedules}
    _gong(played, when)
    for name, kind in _AFTER_STAGING.items():
        _after_staging(played, name, kind, when[name])
    for name, kind in _AT_ITS_TIME.items():
        for tick in when[name]:
            played.add(tick, name, kind)
    _refreshes(played)
    pace = rhythms.sensors["needs_csm_sensor"].every_seconds
    for moment in played.feeds:
        played.add(_next_tick(moment, pace), "needs_csm_sensor", "sensor_fed")
    for moment in _on_working_days(company.batches):
        played.add(_next_tick(moment, pace), "needs_csm_sensor", "routing")
    runs = tuple(sorted(played.runs, key=lambda run: run.at))
    return Month(runs, auto_suspend, max(played.waits, default=0.0))


_AFTER_STAGING = {
    "call_analysis_schedule": "analysis",
    "transcript_embeddings_schedule": "embeddings",
}
_AT_ITS_TIME = {
    "gong_nightly_schedule": "gong_nightly",
    "calls_nightly_schedule": "calls_nightly",
    "ai_usage_schedule": "ai_usage",
    "rebalancing_schedule": "rebalancing",
    "weekly_coaching_schedule": "coaching",
    "weekly_reviews_schedule": "reviews",
}
_READS = ("gong_schedule", "gong_today_schedule")


def _gong(played: _Played, when: Mapping[str, list[float]]) -> None:
    """Reads of Gong: what is new is stored; else the CRM is looked at where it was loaded."""
    before, day = 0.0, -1
    for tick, name in sorted((tick, read) for read in _READS for tick in when[read]):
        came = _between(played.appear, before, tick)
        if came:
            played.add(tick, name, "gong_new")
            played.waits += [tick - moment for moment in came]
            played.staged.append(tick)
        elif int(tick // 86_400) != day:
            played.add(tick, name, "gong_first")
        elif _between(played.feeds, before, tick):
            played.add(tick, name, "gong_fed")
        before, day = tick, int(tick // 86_400)


def _after_staging(played: _Played, name: str, kind: str, when: list[float]) -> None:
    """Scoring runs where something was staged since its last run, in portions of 200 calls."""
    before = 0.0
    for tick in when:
        if _between(played.staged, before, tick):
            calls = len(_between(played.appear, before, tick)) // 2
            played.add(tick, name, kind, portions=1 + calls // 200)
            before = tick


def _refreshes(played: _Played) -> None:
    """The search over calls takes in what has changed, at its lag; what has not wakes nothing."""
    for tick in range(_LAG, _WEEKS * 7 * 86_400, _LAG):
        if _between(played.staged, tick - _LAG, tick):
            played.runs.append(Run(tick + _LAG / 3, SEARCH, _REFRESH_SECONDS))


def _ticks(rhythms: Rhythms, name: str) -> Iterator[float]:
    rhythm = rhythms.schedules[name]
    until = _FIRST + dt.timedelta(weeks=_WEEKS)
    found = cron_string_iterator(_FIRST.timestamp(), rhythm.cron, rhythm.zone)
    for moment in takewhile(lambda one: one < until, found):
        yield (moment.astimezone(ZoneInfo("UTC")) - _FIRST).total_seconds()


def _appear(company: Company) -> list[float]:
    """Each call, and its transcript twenty minutes later."""
    calls = _on_working_days(company.calls)
    return sorted([*calls, *(moment + 1_200 for moment in calls)])


def _on_working_days(count: int) -> list[float]:
    """``count`` moments between 8 and 18 o'clock, spread by the golden ratio: without a rhythm."""
    return sorted(
        day * 86_400 + 28_800 + 36_000 * ((day * count + n) * 0.6180339887498949 % 1)
        for day in range(_WEEKS * 7)
        if day % 7 < 5
        for n in range(count)
    )


def _every_day(count: int) -> list[float]:
    return [day * 86_400 + 86_400 * n / count for day in range(_WEEKS * 7) for n in range(count)]


def _next_tick(moment: float, pace: int) -> float:
    return (moment // pace + 1) * pace

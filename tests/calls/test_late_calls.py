"""A call that comes in late is staged, and what is staged is scored, with nobody's help."""

import bisect
import datetime as dt
from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from unittest.mock import patch

import dagster as dg
import pytest
from dagster._utils.schedules import cron_string_iterator

from cs_assets.definitions import build_defs
from resources.settings import Settings
from schedules import calls, gong

CALL_DAY = dt.date(2026, 9, 1)
#: Three weeks of ticks after the latest call that is tried.
LATEST_DAYS = 70
#: Days late that are tried: the first ones, those about the ends of what is read, some between.
LATE = sorted({*range(8), *range(8, LATEST_DAYS, 5), *range(33, 38), *range(58, 63)})
LAST_TICK = dt.datetime(2026, 9, 1, tzinfo=dt.UTC) + dt.timedelta(days=LATEST_DAYS, weeks=3)


class Clock:
    """What the schedules ask for, tick by tick."""

    def __init__(self) -> None:
        self.repository = build_defs(Settings.load()).get_repository_def()
        self.settings = Settings.load()
        self.ranges = cache(self._range)
        self.ticks = cache(self._ticks)
        self.assets = cache(self._assets)

    def reads_back(self, look_back: int) -> None:
        self.settings = Settings.load(gong_look_back_days=look_back)
        self.ranges.cache_clear()

    def _range(self, schedule: dg.ScheduleDefinition, day: dt.date) -> tuple[str, str]:
        """First and last day asked for; they depend on the tick's day only."""
        moment = dt.datetime.combine(day, dt.time(12), dt.UTC)
        context = dg.build_schedule_context(
            scheduled_execution_time=moment,
            repository_def=self.repository,
            resources={"settings": self.settings} if schedule.required_resource_keys else None,
        )
        (request,) = schedule.evaluate_tick(context).run_requests or []
        first, last = (f"dagster/asset_partition_range_{end}" for end in ("start", "end"))
        return request.tags[first], request.tags[last]

    def _ticks(self, schedule: dg.ScheduleDefinition) -> list[dt.datetime]:
        begin = dt.datetime.combine(CALL_DAY, dt.time(), dt.UTC).timestamp()
        ticks = cron_string_iterator(begin, schedule.cron_schedule, "UTC")
        return list(takewhile(lambda tick: tick <= LAST_TICK, ticks))

    def _assets(self, schedule: dg.ScheduleDefinition) -> set[str]:
        keys = schedule.job.selection.resolve(self.repository.asset_graph)
        return {key.to_user_string() for key in keys}

    def first_after(self, schedules, moment: dt.datetime, asset: str) -> dt.datetime | None:
        """The first tick that makes ``asset`` of the call's day, from a moment on."""
        found = [self._first(one, moment) for one in schedules if asset in self.assets(one)]
        return min((tick for tick in found if tick is not None), default=None)

    def _first(self, schedule: dg.ScheduleDefinition, moment: dt.datetime) -> dt.datetime | None:
        ticks = self.ticks(schedule)
        for tick in ticks[bisect.bisect_left(ticks, moment) :]:
            first, last = self.ranges(schedule, tick.date())
            if first > CALL_DAY.isoformat():
                return None  # a range only moves on
            if last >= CALL_DAY.isoformat():
                return tick
        return None


@pytest.fixture(scope="module")
def clock() -> Iterator[Clock]:
    # Something is always new: when there is not is test_quiet_schedules' affair.
    with patch.object(calls, "staged_since", return_value=True):
        yield Clock()


@pytest.mark.parametrize("look_back", [7, 60])
def test_what_a_schedule_stages_a_schedule_scores(clock, look_back):
    clock.reads_back(look_back)
    staged = 0
    for late in LATE:
        for hour in (3, 4, 13):
            visible = dt.datetime.combine(CALL_DAY, dt.time(hour, 55), dt.UTC)
            visible += dt.timedelta(days=late)
            at = clock.first_after(gong.schedules, visible, "stg_gong_calls")
            if at is None:
                continue
            staged += 1
            for asset in ("call_analysis", "call_sentiment", "transcript_embeddings"):
                scored = clock.first_after(calls.schedules, at, asset)
                assert scored is not None, f"staged {late} days late at {at}, never in {asset}"
                assert scored - at <= dt.timedelta(hours=26)
    assert staged >= 3 * sum(late < 35 for late in LATE)


def test_every_read_is_followed_by_scoring_of_all_its_days(clock):
    """Also when a night's scoring is missed, the next one covers what the read had staged."""
    day = dt.date(2026, 10, 20)
    nightly = calls.calls_nightly_schedule
    for schedule in gong.schedules:
        first, _ = clock.ranges(schedule, day)
        assert clock.ranges(nightly, day + dt.timedelta(days=7))[0] <= first


def test_no_range_begins_before_the_first_partition(clock):
    for schedule in (*gong.schedules, *calls.schedules):
        assert clock.ranges(schedule, dt.date(2026, 1, 9))[0] >= "2026-01-05"

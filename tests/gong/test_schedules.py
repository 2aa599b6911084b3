"""When Gong is read, and which days."""

import datetime as dt

import dagster as dg
import pytest

from cs_assets.definitions import build_defs
from resources.settings import Settings
from schedules.gong import gong_job, gong_nightly_job, schedules


@pytest.fixture(scope="module")
def repository():
    return build_defs(Settings.load()).get_repository_def()


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("gong_schedule", "2026-11-12"),
        ("gong_today_schedule", "2026-11-18"),
        ("gong_nightly_schedule", "2026-10-15"),
    ],
)
def test_a_run_covers_today_and_the_days_before(repository, name, first):
    schedule = next(schedule for schedule in schedules if schedule.name == name)
    moment = dt.datetime(2026, 11, 19, 23, 45, tzinfo=dt.timezone(dt.timedelta(hours=-1)))
    request = asked(repository, schedule, moment - dt.timedelta(hours=2), Settings.load())
    assert request.tags["dagster/asset_partition_range_start"] == first
    assert request.tags["dagster/asset_partition_range_end"] == "2026-11-19"


def asked(repository, schedule, moment, settings) -> dg.RunRequest:
    needed = {"settings": settings} if schedule.required_resource_keys else None
    context = dg.build_schedule_context(
        scheduled_execution_time=moment, repository_def=repository, resources=needed
    )
    (request,) = schedule.evaluate_tick(context).run_requests
    return request


def test_the_look_back_is_a_setting(repository):
    moment = dt.datetime(2026, 11, 19, 12, tzinfo=dt.UTC)
    request = asked(repository, schedules[0], moment, Settings.load(gong_look_back_days=2))
    assert request.tags["dagster/asset_partition_range_start"] == "2026-11-17"


def test_users_are_read_and_the_viewer_made_at_night_only(repository):
    frequent = repository.get_job("gong_job").asset_layer.executable_asset_keys
    nightly = repository.get_job("gong_nightly_job").asset_layer.executable_asset_keys
    assert nightly - frequent == {dg.AssetKey("gong_users"), dg.AssetKey("review_site")}
    assert gong_job.name != gong_nightly_job.name


def test_the_longest_gap_between_reads_of_today_is_under_fifteen_minutes():
    minutes = sorted({0, 15, 30, 45} | {8, 23, 38, 53})
    gaps = [later - earlier for earlier, later in zip(minutes, [*minutes[1:], 60], strict=True)]
    crons = {schedule.cron_schedule for schedule in schedules}
    assert {"*/15 * * * *", "8,23,38,53 * * * *"} <= crons
    assert max(gaps) <= 8

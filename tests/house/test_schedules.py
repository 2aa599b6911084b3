"""When runs start is configuration, and each weekly schedule asks for the week that is over."""

import datetime as dt
from itertools import takewhile

import dagster as dg
import pytest
import yaml
from dagster._utils.schedules import cron_string_iterator

from cs_assets.config import BadConfiguration
from cs_assets.definitions import build_defs
from cs_assets.partitions import last_full_week
from resources.settings import Settings
from schedules import rhythm


def written(folder, change) -> Settings:
    said = yaml.safe_load((rhythm.config._BUILT_IN / rhythm.FILE).read_text("utf-8"))
    change(said)
    (folder / rhythm.FILE).write_text(yaml.safe_dump(said), "utf-8")
    return Settings.load(cs_assets_config_dir=folder)


def test_every_schedule_and_sensor_stands_in_the_file_and_takes_its_rhythm_from_it(tmp_path):
    def change(said):
        said["schedules"]["weekly_reviews_schedule"] |= {
            "cron": "0 17 * * 5", "zone": "Europe/Berlin", "enabled": True,
        }  # fmt: skip
        said["sensors"]["needs_csm_sensor"] = {"every_seconds": 30, "enabled": True}

    repository = build_defs(written(tmp_path, change)).get_repository_def()
    changed = repository.get_schedule_def("weekly_reviews_schedule")
    assert (changed.cron_schedule, changed.execution_timezone) == ("0 17 * * 5", "Europe/Berlin")
    assert changed.default_status == dg.DefaultScheduleStatus.RUNNING
    sensor = repository.get_sensor_def("needs_csm_sensor")
    assert sensor.minimum_interval_seconds == 30
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
    known = rhythm.built_in()
    assert {one.name for one in repository.schedule_defs} == set(known.schedules)
    assert {one.name for one in repository.sensor_defs} == set(known.sensors)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s["schedules"]["gong_schedule"].update(cron="often"), "is no cron expression"),
        (lambda s: s["schedules"]["gong_schedule"].update(cron="0 0 0 * * 1"), "is no cron"),
        (lambda s: s["schedules"]["gong_schedule"].update(zone="Mars"), "no zone is called 'Mars'"),
        (lambda s: s["schedules"].pop("gong_schedule"), "schedules lacks gong_schedule"),
        (lambda s: s["sensors"].update(more={"every_seconds": 9}), "sensors.more: there are"),
        (lambda s: s["sensors"]["needs_csm_sensor"].update(every_seconds=0), "every_seconds"),
    ],
)
def test_a_wrong_rhythm_is_named_when_definitions_are_built(tmp_path, change, words):
    with pytest.raises(BadConfiguration, match=words):
        build_defs(written(tmp_path, change))


@pytest.mark.parametrize(
    ("cron", "zone", "hours"),
    [("0 17 * * 5", "America/Los_Angeles", {0, 1}), ("0 6 * * 1", "UTC", {6})],
)
def test_over_a_year_with_daylight_saving_each_tick_asks_for_the_week_that_is_over(
    cron, zone, hours
):
    begin = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    ticks = list(
        takewhile(
            lambda tick: tick < begin + dt.timedelta(days=365),
            cron_string_iterator(begin.timestamp(), cron, zone),
        )
    )
    assert len(ticks) == 52
    assert {tick.astimezone(dt.UTC).hour for tick in ticks} == hours
    asked = [last_full_week(tick) for tick in ticks]
    for tick, week in zip(ticks, asked, strict=True):
        monday = dt.date.fromisoformat(week)
        over = monday + dt.timedelta(days=7)
        assert monday.weekday() == 0
        assert over <= tick.astimezone(dt.UTC).date() < over + dt.timedelta(days=7)
    assert len(set(asked)) == 52


def test_definitions_are_built_without_a_word_on_backfills(recwarn):
    build_defs(Settings.load()).get_repository_def().load_all_definitions()
    assert not [w for w in recwarn if "BackfillPolic" in str(w.message)]

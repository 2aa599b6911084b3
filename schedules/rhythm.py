"""When schedules and sensors run: ``schedules.yaml``, the built-in one or the user's.

A schedule is declared with the rhythm of the built-in file, so that it can be read and tried alone;
``in_rhythm`` gives it the one in force.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dagster as dg
from dagster._utils.schedules import is_valid_cron_string
from pydantic import AfterValidator, Field

from cs_assets import config
from cs_assets.config import BadConfiguration, Strict

FILE = "schedules.yaml"


def _cron(text: str) -> str:
    if len(text.split()) != 5 or not is_valid_cron_string(text):
        raise ValueError(f"'{text[:40]}' is no cron expression of five fields, such as 0 8 * * 1")
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no zone is called '{name[:40]}'; one is America/Los_Angeles") from None
    return name


class Rhythm(Strict):
    """When a schedule runs, in local time of a zone, and whether it is on at first."""

    cron: Annotated[str, AfterValidator(_cron)]
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    enabled: bool = False

    @property
    def status(self) -> dg.DefaultScheduleStatus:
        return (
            dg.DefaultScheduleStatus.RUNNING if self.enabled else dg.DefaultScheduleStatus.STOPPED
        )


class Pace(Strict):
    """How often a sensor looks, and whether it is on at first."""

    every_seconds: Annotated[int, Field(ge=1, le=86_400)]
    enabled: bool = False

    @property
    def status(self) -> dg.DefaultSensorStatus:
        return dg.DefaultSensorStatus.RUNNING if self.enabled else dg.DefaultSensorStatus.STOPPED


class Rhythms(Strict):
    """The whole of ``schedules.yaml``."""

    schedules: dict[str, Rhythm]
    sensors: dict[str, Pace]


@cache
def built_in() -> Rhythms:
    """What is in force where the user has no file of the name."""
    return config.load(FILE, Rhythms)


def load(folder: Path | None) -> Rhythms:
    """The rhythms in force; raises ``BadConfiguration``, also for a name too many or too few."""
    if folder is None or not (folder / FILE).is_file():
        return built_in()
    found = config.load(FILE, Rhythms, folder)
    for part in ("schedules", "sensors"):
        said, known = set(getattr(found, part)), set(getattr(built_in(), part))
        if strange := sorted(said - known):
            names = ", ".join(sorted(known))
            raise BadConfiguration(f"{folder / FILE}: {part}.{strange[0]}: there are {names}")
        if missing := sorted(known - said):
            raise BadConfiguration(f"{folder / FILE}: {part} lacks {', '.join(missing)}")
    return found


_Made = Callable[[Rhythm], dg.ScheduleDefinition]
_makers: dict[str, _Made] = {}


def schedule(
    name: str, job: Any, description: str
) -> Callable[[Callable[..., Any]], dg.ScheduleDefinition]:
    """``@dg.schedule`` with the rhythm that ``schedules.yaml`` has for ``name``."""

    def declare(ask: Callable[..., Any]) -> dg.ScheduleDefinition:
        def make(rhythm: Rhythm) -> dg.ScheduleDefinition:
            return dg.schedule(
                name=name,
                job=job,
                cron_schedule=rhythm.cron,
                execution_timezone=rhythm.zone,
                default_status=rhythm.status,
                description=f"{description} ({rhythm.cron}, {rhythm.zone})",
            )(ask)

        _makers[name] = make
        return make(built_in().schedules[name])

    return declare


def in_rhythm(
    schedules: Iterable[dg.ScheduleDefinition], rhythms: Mapping[str, Rhythm]
) -> list[dg.ScheduleDefinition]:
    """The schedules with the rhythms in force; one that was not declared here stays as it is."""
    return [
        _makers[one.name](rhythms[one.name]) if one.name in _makers else one for one in schedules
    ]

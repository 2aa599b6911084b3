"""Service levels of a day: runs, records and minutes that were well, against their targets."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from sql import catalog

#: Least share by measure: 99.5 % of scheduled runs end well and minutes are covered, 1 % of records
#: may fail.
TARGETS = {"scheduled_runs": 0.995, "minutes_alive": 0.995, "records": 0.99}
MINUTES = 24 * 60


@dataclass(frozen=True)
class Ended:
    """A scheduled run that ended on the day."""

    job: str
    well: bool


def rows(
    day: dt.date, ended: Iterable[Ended], minutes_alive: int | None, records: pd.DataFrame
) -> pd.DataFrame:
    """Rows of ``ops.service_levels``.

    ``minutes_alive``: of the day's 1,440; None where nothing was to run. ``records``: stage, good
    and total, of ``operations/records``.
    """
    found: list[tuple[str, str, int, int]] = []
    runs: dict[str, list[bool]] = {}
    for one in ended:
        runs.setdefault(one.job, []).append(one.well)
    found += [("scheduled_runs", job, sum(well), len(well)) for job, well in sorted(runs.items())]
    if minutes_alive is not None:
        found.append(("minutes_alive", "daemon", minutes_alive, MINUTES))
    found += [
        ("records", str(stage), int(good), int(total))
        for stage, good, total in records[["stage", "good", "total"]].to_numpy()
    ]
    return pd.DataFrame(
        [_row(day, *one) for one in found],
        columns=catalog.table("ops.service_levels").column_names,
    )


def _row(day: dt.date, measure: str, stage: str, good: int, total: int) -> tuple[object, ...]:
    target = TARGETS[measure]
    share = good / total if total else None
    return (
        day,
        measure,
        stage,
        good,
        total,
        share,
        target,
        None if share is None else share >= target,
    )


def week_before(day: dt.date) -> dt.date:
    """Monday of the last week that was over on ``day``."""
    return day - dt.timedelta(days=day.weekday() + 7)

"""Figures of an outage: Snowflake away while Gong is read, wherever in a run it begins."""

import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.figures import Figure
from tests.snowflake import away_hour
from tests.snowflake.local_server import local_server, prepare


def an_hour_away() -> Figure:
    """An hour of reads, the server gone in the middle of the second one's COMMIT."""
    steps = ["gong_calls_raw at ^COMMIT"]
    return _figure("R-71", "snowflake_away_for_an_hour_of_reads", away_hour.HOUR, steps)


def away_from_within_each_step() -> Figure:
    """Three reads, the server gone in each step and kind of statement in turn."""
    steps = list(away_hour.STEPS)
    return _figure("R-72", "snowflake_away_from_within_each_step", away_hour.MINUTES, steps)


def _figure(identity: str, name: str, reads: away_hour.Reads, steps: Sequence[str]) -> Figure:
    began = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0) - dt.timedelta(hours=2)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, local_server() as server:
        prepare(server)
        expected = away_hour.undisturbed(Path(folder) / "undisturbed", began, reads)
        for number, step in enumerate(steps):
            place = Path(folder) / f"away_{number}"
            hour, tables = away_hour.disturbed(place, server, began, reads, away_hour.STEPS[step])
            found = away_hour.differences(expected, tables)
            if hour.succeeded[1] or not hour.succeeded[-1]:
                found.append(f"runs that succeeded: {hour.succeeded}")
            for line in found:
                print(f"{step}: {line}", flush=True)
            wrong += len(found)
    told = f"{name},_{len(steps)}_cases,_columns_that_differ_from_an_undisturbed_run"
    return Figure(identity, told, str(wrong), "0", wrong == 0)


BY_ID = {"R-71": an_hour_away, "R-72": away_from_within_each_step}

"""What the platform costs on Snowflake, by the statements that the local server receives."""

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from schedules import cost
from schedules.rhythm import Rhythms, built_in
from tests.benchmarks import ai_estimates, writers_cost
from tests.figures import Figure
from tests.snowflake import gong_days
from tests.snowflake.statement_log import Sent

#: Statements of a gong run of the first version, measured as here.
_QUIET_BEFORE, _NEW_BEFORE = 160, 195
_QUIET_AT_MOST, _NEW_AT_MOST = 12, 60


class GongRuns(NamedTuple):
    """What runs of the gong job over eight days send, the days of the small tenant."""

    quiet: Sequence[Sent]
    with_a_new_call: Sequence[Sent]


@cache
def gong_runs() -> GongRuns:
    """A first run, one with nothing new, a call appears, and one more."""
    with tempfile.TemporaryDirectory() as folder, gong_days.installation(Path(folder)) as days:
        days.run()
        quiet = days.run()
        days.add_call()
        return GongRuns(quiet, days.run())


def statements_of_a_gong_run(runs: GongRuns | None = None) -> Figure:
    """P-snowflake-05: checks included, sign-in not."""
    quiet, new = map(len, runs or gong_runs())
    return Figure(
        "P-snowflake-05",
        "statements_of_a_gong_run",
        f"{quiet} with nothing new ({_QUIET_BEFORE} before), {new} with one new call "
        f"({_NEW_BEFORE} before)",
        f"at most {_QUIET_AT_MOST} and {_NEW_AT_MOST}",
        quiet <= _QUIET_AT_MOST and new <= _NEW_AT_MOST,
    )


#: Seconds of a statement with an AI function, and of any other, by the fake clock.
_AI_SECONDS, _SECONDS = 20.0, 0.1
_AI_FUNCTION = re.compile(r"\bAI_(SENTIMENT|SUMMARIZE|EMBED|COMPLETE)\(")


def locks_while_ai_runs() -> Figure:
    """P-snowflake-07: the longest that a transaction with AI in reach holds its locks."""
    with tempfile.TemporaryDirectory() as folder, gong_days.installation(Path(folder)) as days:
        days.run()
        sent = [*days.run("call_analysis_job"), *days.run("transcript_embeddings_job")]
    asked = sum(bool(_AI_FUNCTION.search(one.text)) for one in sent)
    longest = longest_lock(sent)
    return Figure(
        "P-snowflake-07",
        "longest_lock_while_ai_runs",
        f"{longest:.1f} s ({asked} statements of {_AI_SECONDS:.0f} s)",
        "at most 2 s",
        asked >= 3 and longest <= 2.0,
    )


def longest_lock(sent: Sequence[Sent]) -> float:
    """Seconds of the longest transaction, by the fake clock."""
    longest = held = 0.0
    is_open = False
    for one in sent:
        if one.kind == "BEGIN":
            held, is_open = 0.0, True
        held += _AI_SECONDS if _AI_FUNCTION.search(one.text) else _SECONDS
        if is_open:
            longest = max(longest, held)
        if one.kind in ("COMMIT", "ROLLBACK"):
            is_open = False
    return longest


#: Statements that need no warehouse: Snowflake's services answer them.
_SERVICES = ("BEGIN", "COMMIT", "ROLLBACK", "SHOW", "PUT", "DESCRIBE", "ALTER", "DROP", "USE")
_VERSIONS = re.compile(r"SELECT SYSTEM\$LAST_CHANGE_COMMIT_TIME\([^)]*\)")
_MADE_EMPTY = re.compile(r"CREATE (OR REPLACE )?TEMPORARY (STAGE|TABLE)(?!.* AS\b)", re.S)
_WEEK = "2026-11-09"
#: Statements of a tick of the first version's sensor: it planned inside of a transaction.
_TICK_BEFORE = 6


def sends(sent: Sequence[Sent]) -> cost.Sends:
    """The statements that need a warehouse."""
    waking = [
        one
        for one in sent
        if one.kind not in _SERVICES
        and not _VERSIONS.match(one.text)
        and not _MADE_EMPTY.match(one.text)
    ]
    ai = sum(bool(_AI_FUNCTION.search(one.text)) for one in waking)
    return cost.Sends(len(waking) - ai, ai)


def measured() -> dict[str, cost.Sends]:
    """By kind of run what it sends, each run once on the local server."""
    with tempfile.TemporaryDirectory() as folder, gong_days.installation(Path(folder)) as days:
        days.run()
        found: dict[str, cost.Sends] = {}
        days.add_call()
        found["gong_new"] = sends(days.run())
        found["quiet"] = sends(days.run())
        found["analysis"] = sends(days.run("call_analysis_job"))
        found["embeddings"] = sends(days.run("transcript_embeddings_job"))
        found["gong_nightly"] = sends(days.run("gong_nightly_job"))
        found["calls_nightly"] = sends(days.run("calls_nightly_job"))
        found["ai_usage"] = sends(days.run_partition("ai_usage_job", None))
        for kind in ("reviews", "coaching"):
            found[kind] = sends(days.run_partition(f"weekly_{kind}_job", _WEEK))
        found["rebalancing"] = sends(days.run_partition("rebalancing_job", _WEEK))
        found["routing"] = sends(days.route())
        days.plan()  # looks at what the run has written, once
        found["sensor"] = sends(days.plan())
    return found


def first_version(now: cost.Month, rhythms: Rhythms) -> cost.Month:
    """The same four weeks with the first version's runs of Gong and ticks of the sensor: every run
    and every tick sends its statements, whether anything is new or not."""
    second = cost.SIZES["small"].statement_seconds
    kept = [run for run in now.runs if run.schedule not in ("gong_schedule", "gong_today_schedule")]
    days = 28 * 86_400
    reads = [
        cost.Run(at, "gong_schedule", _QUIET_BEFORE * second)
        for at in cost.ticks(rhythms, "gong_schedule", "gong_today_schedule")
    ]
    looks = [
        cost.Run(float(at), "needs_csm_sensor", _TICK_BEFORE * second)
        for at in range(0, days, rhythms.sensors["needs_csm_sensor"].every_seconds)
    ]
    return replace(now, runs=(*kept, *reads, *looks))


def warehouse_of_a_quiet_day() -> Figure:
    """P-snowflake-06: the default cadence at 40 calls a working day, by the statements measured."""
    return quiet_day(measured())


def quiet_day(found: Mapping[str, cost.Sends]) -> Figure:
    """The figure of what was measured; other kinds of runs are as ``MEASURED`` has them."""
    rhythms = built_in()
    now = cost.month(rhythms, sends={**cost.MEASURED, **found})
    before = first_version(now, rhythms)
    share = now.seconds_of_a_working_day / before.seconds_of_a_working_day
    idle = found["quiet"].plain + found["sensor"].plain
    off = {
        kind: (sends.plain, found[kind].plain)
        for kind, sends in cost.MEASURED.items()
        if kind in found and abs(found[kind].plain - sends.plain) > 0.2 * sends.plain + 5
    }
    return Figure(
        "P-snowflake-06",
        "warehouse_of_a_working_day_with_40_calls",
        f"{now.seconds_of_a_working_day:.0f} s against {before.seconds_of_a_working_day:.0f} s = "
        f"{share:.0%}, {now.credits:.0f} credits a month against {before.credits:.0f}, staged "
        f"within {now.latest / 60:.0f} min, {idle} statements when quiet"
        + (f", told otherwise: {off}" if off else ""),
        "at most 25 %, 60 credits, 15 min, 0 statements",
        share <= 0.25 and now.credits <= 60 and now.latest <= 900 and not idle and not off,
    )


BY_ID = {
    "P-snowflake-05": statements_of_a_gong_run,
    "P-snowflake-06": warehouse_of_a_quiet_day,
    "P-snowflake-07": locks_while_ai_runs,
    "P-snowflake-08": ai_estimates.estimates_from_above,
    "P-snowflake-09": writers_cost.sent_uncached,
}

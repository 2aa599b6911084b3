"""The cost of the schedules as people and machines read it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.planning import A_CALL, Planned, Volume, of_week
from schedules.cost import SEARCH, SIZES, Month, ceiling, month
from schedules.rhythm import Rhythms

#: Auto-suspends whose price is told beside the one in force, in seconds.
_OTHERS = (60, 120, 300, 600)
_WEEKS_A_MONTH = 365.25 / 12 / 7
#: What Cortex Search serves: AI credits for a GB of index in a month, by Snowflake's example.
_SERVED_A_GB = 6.3
#: Working days, and the index of a call: its chunks' text and their 768 numbers of four bytes.
_YEAR = 365.25 / 7 * 5
_CALL_GB = A_CALL["characters"] * 1.25 * (1 + 768 * 4 / 1_600) / 1e9


def of_month(found: Month, rhythms: Rhythms, calls: int) -> str:
    """A line for each schedule with its rhythm and its credits, and the sum."""
    lines = [
        f"{name:<32} {when:<36} {found.beside.get(name, 0.0):6.1f}"
        for name, when in _rhythm_of(rhythms)
    ]
    others = [seconds for seconds in _OTHERS if seconds != found.auto_suspend]
    told = [f"{other} s {replace(found, auto_suspend=other).credits:.0f}" for other in others]
    lines += [
        f"{'all together':<32} {'':<36} {found.credits:6.1f}",
        "",
        f"Credits a month of an X-Small warehouse that sleeps after {found.auto_suspend:.0f} s, at "
        f"{calls} calls a working day;",
        "beside a schedule what would be saved without it (runs that meet share a start).",
        f"Other auto-suspends: {', '.join(told)}.",
        f"A call is staged within {found.latest / 60:.0f} min of appearing in Gong. "
        f"Ceiling of a new resource monitor: {ceiling(found.credits)}.",
    ]
    return "\n".join(lines)


def as_data(found: Month, rhythms: Rhythms, calls: int) -> dict[str, Any]:
    """The same for machines."""
    return {
        "calls_a_working_day": calls,
        "auto_suspend_seconds": found.auto_suspend,
        "credits_a_month": round(found.credits, 1),
        "monitor_credits": ceiling(found.credits),
        "staged_within_seconds": found.latest,
        "schedules": {
            name: {"rhythm": when, "credits_a_month": round(found.beside.get(name, 0.0), 1)}
            for name, when in _rhythm_of(rhythms)
        },
    }


def of_sizes(rhythms: Rhythms, auto_suspend: float, prices: AiConfiguration) -> str:
    """A table in Markdown: the warehouse's credits and the models' dollars of three companies."""
    rows = [
        "| | " + " | ".join(SIZES) + " |",
        "|---|" + "---|" * len(SIZES),
        *(
            f"| {name} | " + " | ".join(cells) + " |"
            for name, cells in _told_of_sizes(rhythms, auto_suspend, prices).items()
        ),
    ]
    return "\n".join(rows)


def _told_of_sizes(
    rhythms: Rhythms, auto_suspend: float, prices: AiConfiguration
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for size in SIZES.values():
        now = month(rhythms, size, auto_suspend=auto_suspend)
        week = Volume.usual(size.customers, size.reps, 5 * size.calls)
        dollars = {
            writer: sum(one.dollars for one in _planned(week, writer, prices))
            for writer in ("rules", "claude", "cortex")
        }
        found["customers"].append(f"{size.customers:,}")
        found["reps"].append(f"{size.reps:,}")
        found["calls a working day"].append(f"{size.calls:,}")
        found["statements a month that need a warehouse"].append(f"{now.statements:,.0f}")
        found["runs of them"].append(f"{len(now.runs) * 30 // 28:,}")
        found["warehouse seconds of a working day"].append(f"{now.seconds_of_a_working_day:,.0f}")
        found["**warehouse credits a month**"].append(f"**{now.credits:.0f}**")
        found["ceiling of a new resource monitor"].append(f"{ceiling(now.credits)}")
        found["AI functions on calls, AI credits a month"].append(
            f"{dollars['rules'] / prices.dollars_a_credit * _WEEKS_A_MONTH:,.0f}"
        )
        found["the search over a year of calls, kept awake, AI credits a month"].append(
            f"{_SERVED_A_GB * _YEAR * size.calls * _CALL_GB:,.0f}"
        )
        for writer, name in (("claude", "Claude"), ("cortex", "an agent")):
            more = dollars[writer] - dollars["rules"]
            found[f"texts by {name}, USD a month"].append(f"{more * _WEEKS_A_MONTH:,.0f}")
    return found


def _planned(week: Volume, writer: str, prices: AiConfiguration) -> list[Planned]:
    model = {"claude": "claude-sonnet-5-5", "cortex": "cortex-agent"}.get(writer, "")
    judge = ("rules", "")
    return of_week(week, (writer, model), judge, prices, [], (0, 0, 0), on_snowflake=True)


def _rhythm_of(rhythms: Rhythms) -> Iterator[tuple[str, str]]:
    for name, rhythm in rhythms.schedules.items():
        yield name, f"{rhythm.cron} ({rhythm.zone})"
    pace = rhythms.sensors["needs_csm_sensor"]
    yield "needs_csm_sensor", f"every {pace.every_seconds} s"
    yield SEARCH, "every 2 hours, if rows changed"

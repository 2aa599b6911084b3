"""The cost of the schedules as people and machines read it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schedules.cost import SIZES, Month, ceiling, month
from schedules.rhythm import Rhythms

#: Auto-suspends whose price is told beside the one in force, in seconds.
_OTHERS = (60, 120, 300, 600)


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


def of_sizes(rhythms: Rhythms, auto_suspend: float) -> str:
    """A table in Markdown: credits of three sizes of company."""
    rows = [
        "| size | customers | reps | calls a working day | runs a month that wake the warehouse | "
        "seconds of a working day | credits a month | monitor |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, size in SIZES.items():
        found = month(rhythms, size, auto_suspend=auto_suspend)
        rows.append(
            f"| {name} | {size.customers:,} | {size.reps:,} | {size.calls:,} | "
            f"{len(found.runs) * 30 // 28:,} | {found.seconds_of_a_working_day:,.0f} | "
            f"{found.credits:.0f} | {ceiling(found.credits)} |"
        )
    return "\n".join(rows)


def _rhythm_of(rhythms: Rhythms) -> Iterator[tuple[str, str]]:
    for name, rhythm in rhythms.schedules.items():
        yield name, f"{rhythm.cron} ({rhythm.zone})"
    pace = rhythms.sensors["needs_csm_sensor"]
    yield "needs_csm_sensor", f"every {pace.every_seconds} s"

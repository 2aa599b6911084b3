"""What the weekly cycle takes when a tenant is larger, and what one call, customer or rep takes.

P-scale-01 a tenant ten and thirty times as large; P-scale-02 the unit costs of ``scale.yaml``
"""

import json
import subprocess
import sys
from typing import Any

from cs_assets.operations.scale.units import load
from tests.figures import Figure

#: A step that takes less at ten times the data says nothing: its fixed part rules.
_TOLD_FROM_SECONDS = 0.5
#: How fast a step may grow, as a share of the data.
_MOST_GROWTH = 1.1
#: A unit that is stated may be so much too low.
_MOST_ABOVE = 1.3
_LONGEST_RUN = 3 * 3600


def growth(small: int = 10, large: int = 30, least: int = 1) -> list[Figure]:
    """CPU of every step from ``small`` to ``large`` times the sample tenant, and peak memory.

    Each size runs in a process of its own. CPU is that of the process and of those it started.
    What else runs on the machine slows a second of it by a tenth or more: where a step seems to
    grow faster than the data, both sizes run once more, and the quicker run of each counts.
    """
    once, before, after = (_measured(times) for times in (least, small, large))
    ratios = _ratios(before, after, large / small)
    if max(ratios.values(), default=0) > _MOST_GROWTH:
        before, after = _quicker(before, _measured(small)), _quicker(after, _measured(large))
        ratios = _ratios(before, after, large / small)
    over = {step: ratio for step, ratio in ratios.items() if ratio > _MOST_GROWTH}
    worst = sorted(over or ratios, key=lambda step: -ratios[step])[: max(1, len(over))]
    failed = [*once["failed"], *before["failed"], *after["failed"]]
    total = [sum(one["seconds"].values()) for one in (once, before, after)]
    peak_at = max(after["peaks"], key=lambda step: after["peaks"][step])
    return [
        Figure(
            "P-scale-01a",
            f"CPU of a step per data, {large} against {small} tenants, the worst of {len(ratios)}; "
            f"{total[0]:.0f}, {total[1]:.0f} and {total[2]:.0f} s in all with {least}, {small}, "
            f"{large}",
            "; ".join([*(f"{ratios[step]:.2f} {step}" for step in worst), *failed]),
            f"<= {_MOST_GROWTH:g} x in every step",
            not over and not failed,
        ),
        Figure(
            "P-scale-01b",
            f"peak memory at {large} tenants, in {peak_at}",
            f"{after['peak']:,.0f} MiB",
            "<= 1,229 MiB",
            after["peak"] <= 1.2 * 1024,
        ),
    ]


def _ratios(before: dict[str, Any], after: dict[str, Any], times: float) -> dict[str, float]:
    """Growth of each step's CPU as a share of the data's."""
    return {
        step: after["seconds"].get(step, 0.0) / seconds / times
        for step, seconds in before["seconds"].items()
        if seconds >= _TOLD_FROM_SECONDS
    }


def _quicker(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two runs of one size: least CPU of each step, most memory, what failed in either."""
    return {
        "seconds": {
            step: min(seconds, other["seconds"].get(step, seconds))
            for step, seconds in one["seconds"].items()
        },
        "peaks": one["peaks"] if one["peak"] >= other["peak"] else other["peaks"],
        "peak": max(one["peak"], other["peak"]),
        "failed": [*one["failed"], *other["failed"]],
    }


def _measured(times: int) -> dict[str, Any]:
    """One cycle over ``times`` sample tenants, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.scale_run", str(times)],
        capture_output=True,
        text=True,
        timeout=_LONGEST_RUN,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{times} tenants: {done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


#: Steps of the week's reviews that each shard makes; the others are made once.
_SHARDED = ("review_facts", "weekly_report", "book_", "review_site")


def units(times: int = 1, told: dict[str, Any] | None = None) -> Figure:
    """P-scale-02: seconds of a core by unit, fixed parts included, beside what is stated."""
    told = told or _measured(times)
    stated = load().processor.model_dump()
    found = units_of(told)
    ratios = {name: value / stated[name]["value"] for name, value in found.items()}
    shown = "; ".join(f"{name} {value:.3f} s" for name, value in found.items())
    over = [name for name, ratio in ratios.items() if ratio > _MOST_ABOVE]
    return Figure(
        "P-scale-02",
        f"unit costs of a week, {told['times']} tenants; above what scale.yaml states: {len(over)}",
        f"{shown}; peak {told['peak']:,.0f} MiB",
        f"<= {_MOST_ABOVE} x of scale.yaml",
        not over,
    )


def units_of(told: dict[str, Any]) -> dict[str, float]:
    """Seconds of a core for a call, a customer before and in the shards, and a rep."""
    made = told["made"]
    customers, calls, reps = (
        made[name] for name in ("weekly_report_pdfs", "call_analysis", "rep_digests")
    )
    seconds: dict[str, float] = told["seconds"]
    reviews = {step.split(": ")[1]: s for step, s in seconds.items() if step.startswith("Exec")}
    sharded = sum(s for step, s in reviews.items() if step.startswith(_SHARDED))
    of_calls = sum(s for step, s in seconds.items() if step.startswith("Calls"))
    of_reps = sum(s for step, s in seconds.items() if step.startswith("Coaching"))
    return {
        "call": of_calls / calls,
        "customer_before": (sum(reviews.values()) - sharded) / customers,
        "customer_review": sharded / customers,
        "rep_week": of_reps / reps,
    }


BY_ID = {"P-scale-01a": growth, "P-scale-01b": growth, "P-scale-02": units}

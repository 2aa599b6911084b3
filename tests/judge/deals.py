"""How likely an open deal closes: in a world where calls tell it, and in one where they do not.

Made deals, seen from the outside alone: weekly calls, stages, risk and next steps. In the world
with effect what is heard moves the chance to win each week; in the world without, stage alone does.
"""

import datetime as dt
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cs_assets import config
from cs_assets.calls.deals.outlook import Outlook, outlooks
from cs_assets.config.deals import DealRules
from tests.figures import Figure

TODAY = dt.date(2026, 11, 14)
EFFECT_SEEDS, NULL_SEEDS = range(100, 112), range(200, 260)
_STAGES = ("Discovery", "Demo", "Proposal", "Negotiation")
#: By stage, the chance that a deal is won in a week.
_WEEKLY = (0.01, 0.02, 0.04, 0.08)
_LOST_WEEKLY, _MOVES_WEEKLY = 0.03, 0.15


@dataclass
class World:
    """Calls of made deals, and of the open ones the true chance to be won within the horizon."""

    rows: pd.DataFrame
    truth: dict[str, float]


def world(seed: int, effect: float, deals: int = 600, weeks: int = 78, tries: int = 200) -> World:
    """``tries``: lives that each open deal is given to learn its true chance; 0: not wanted.

    ``effect``: by how much, on the log scale, what is heard moves the weekly chance to win."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    truth: dict[str, float] = {}
    for number in range(deals):
        start = int(rng.integers(weeks))
        deal = f"deal-{number}"
        fit = float(rng.normal())
        push = math.exp(effect * fit)
        life = list(_life(rng, start, weeks, push, fit))
        end, stage, calls = life[-1]
        for call in calls:
            call |= {"deal_id": deal, "stage_now": stage, "close_date": _day(min(end, weeks))}
        rows += calls
        if stage in _STAGES and tries:
            truth[deal] = _chance(rng, _STAGES.index(stage), push, rules().horizon_days // 7, tries)
    frame = pd.DataFrame(rows).sort_values(["call_date", "call_id"]).reset_index(drop=True)
    return World(frame, truth)


def _life(
    rng: np.random.Generator, start: int, weeks: int, push: float, fit: float
) -> Iterator[tuple[int, str, list[dict[str, Any]]]]:
    at, calls = 0, []
    for week in range(start, weeks + 1):
        if week == start or rng.random() < 0.5:
            calls.append(_call(rng, week, _STAGES[at], fit))
        if week == weeks:
            break
        at, end = _week(rng, at, push)
        if end:
            yield week + 1, end, calls
            return
    yield weeks, _STAGES[at], calls


def _week(rng: np.random.Generator, at: int, push: float) -> tuple[int, str]:
    """A week of a deal: where it stands after, and how it ended if it did."""
    drawn = rng.random()
    won = min(0.5, _WEEKLY[at] * push)
    if drawn < won:
        return at, "Closed won"
    if drawn < won + _LOST_WEEKLY:
        return at, "Closed lost"
    moves = drawn < won + _LOST_WEEKLY + _MOVES_WEEKLY and at < len(_STAGES) - 1
    return at + moves, ""


def _chance(rng: np.random.Generator, at: int, push: float, weeks: int, tries: int) -> float:
    won = 0
    for _ in range(tries):
        stage = at
        for _ in range(weeks):
            stage, end = _week(rng, stage, push)
            if end:
                won += end == "Closed won"
                break
    return won / tries


def _call(rng: np.random.Generator, week: int, stage: str, fit: float) -> dict[str, Any]:
    risk = max(0.0, 30 - 12 * fit + rng.normal(0, 12))
    return {
        "call_id": f"call-{rng.integers(1 << 60)}", "call_date": _day(week), "stage": stage,
        "amount": 1000.0, "amount_now": 1000.0, "status": "scored",
        "business_impact": json.dumps({"risk_points": risk}),
        "next_step": int(rng.random() < 1 / (1 + math.exp(-fit))),
        "sentiment_score": float(np.clip(0.3 * fit + rng.normal(0, 0.3), -1, 1)),
        "churn": 0, "competitor": int(rng.random() < 0.05), "expansion": 0,
    }  # fmt: skip


_FIRST = TODAY - dt.timedelta(weeks=78)


def _day(week: int) -> dt.date:
    return _FIRST + dt.timedelta(weeks=week)


def rules() -> DealRules:
    return config.load("deals.yaml", DealRules)


def measured(seeds: range, effect: float) -> dict[str, float]:
    """Over worlds: how often probabilities were given, and how near they and base rates came."""
    given = 0
    errors: list[float] = []
    base_errors: list[float] = []
    for seed in seeds:
        made = world(seed, effect, tries=200 if effect else 0)
        told, tried = outlooks(made.rows, TODAY, rules())
        if tried.withheld:
            continue
        given += 1
        for deal, truth in made.truth.items():
            _add(told[deal], truth, errors, base_errors)
    return {
        "given": given, "of": len(seeds),
        "error": float(np.mean(errors)) if errors else math.nan,
        "base_error": float(np.mean(base_errors)) if base_errors else math.nan,
    }  # fmt: skip


def _add(one: Outlook, truth: float, errors: list[float], base: list[float]) -> None:
    if one.probability is not None and one.base_rate is not None:
        errors.append(abs(one.probability - truth))
        base.append(abs(one.base_rate - truth))


def closing() -> Figure:
    """J-calls-08: given where calls tell more than the stage, and better; withheld where not."""
    real, null = measured(EFFECT_SEEDS, 1.0), measured(NULL_SEEDS, 0.0)
    value = (
        f"effect:given={real['given']:.0f}/{real['of']:.0f};error={real['error']:.3f}"
        f"-vs-base={real['base_error']:.3f};"
        f"null:given={null['given']:.0f}/{null['of']:.0f}"
    )
    passed = (
        real["given"] >= 0.8 * real["of"]
        and real["error"] <= 0.8 * real["base_error"]
        and null["given"] <= 0.05 * null["of"]
    )
    target = "given>=80%;error<=.8xbase;null<=5%"
    return Figure("J-calls-08", "open deals", value, target, passed)


BY_ID = {"J-calls-08": closing}

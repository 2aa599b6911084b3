"""What coaching changed: behaviours that came into focus, against those that did not.

A focus is opened where a behaviour is missing most, so it would get better by itself. Each is
compared with behaviours of reps in the same week that stood alike and were in nobody's focus then
(``statistics.matching``). Looked at are the calls with a chance for the behaviour: whether it was
done, how the customer felt, and whether the deal stood further on when it was next spoken of.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.coaching.planning.evidence import readable
from cs_assets.coaching.planning.standings import Chance
from cs_assets.coaching.policy import CoachingPolicy, EffectRules
from cs_assets.coaching.rep_week import chances_by_rep, rows_by_rep
from cs_assets.coaching.scored_calls import dated, on_scale, scale_of, within
from cs_assets.coaching.windows import DAY, WEEK, recent
from cs_assets.config.deals import DealRules, ended
from cs_assets.frames import records
from cs_assets.statistics.matching import Effect, effect
from sql import catalog

#: By measure: what the numbers of calls are multiplied by.
MEASURES = {"behaviour": 100.0, "sentiment": 1.0, "deals": 100.0}
#: What is matched on: the level before and its trend, what the team does, and how many calls.
_KNOWN = ("before", "trend", "team", "calls")
#: Days within which the next call of a deal shows whether it moved on.
_NEXT_CALL_DAYS = 42

Seen = Mapping[str, Mapping[str, Sequence[Chance]]]
#: By rep and behaviour: the Mondays on which it came into focus, and until when it stayed.
Focused = Mapping[tuple[str, str], Sequence[tuple[dt.date, dt.date]]]


def is_quarters_last(monday: dt.date) -> bool:
    """Whether the week is the last that ends within its quarter."""
    sunday = monday + 6 * DAY
    return _quarter(sunday) != _quarter(sunday + WEEK)


def _quarter(day: dt.date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


def focused(rows: pd.DataFrame) -> Focused:
    """From rows of ``rep_week_focus``: when each behaviour was in whose focus."""
    spans: dict[tuple[str, str, dt.date], dt.date] = {}
    for row in records(rows):
        since, week = (pd.Timestamp(row[name]).date() for name in ("since_week", "week_start"))
        key = (str(row["rep_user_id"]), str(row["focus_id"]), since)
        spans[key] = max(week, spans.get(key, since))
    found: dict[tuple[str, str], list[tuple[dt.date, dt.date]]] = {}
    for (rep, focus_id, since), last in sorted(spans.items()):
        found.setdefault((rep, focus_id), []).append((since, last))
    return found


def outcomes(rows: pd.DataFrame, deals: DealRules) -> dict[str, dict[str, float | None]]:
    """By call: ``sentiment``, and ``deals``: 1 where the deal stood further on when next spoken of.

    ``rows``: of ``coaching/outcomes_of_calls``. A deal of which nothing was heard later, or whose
    stages have no order, says nothing.
    """
    found: dict[str, dict[str, float | None]] = {}
    of_deal: dict[str, list[dict[str, Any]]] = {}
    for row in records(rows.sort_values(["started", "call_id"])):
        sentiment = None if pd.isna(row["sentiment"]) else float(row["sentiment"])
        found[str(row["call_id"])] = {"sentiment": sentiment, "deals": None}
        if not pd.isna(row["deal_id"]) and not pd.isna(row["deal_stage"]):
            of_deal.setdefault(str(row["deal_id"]), []).append(dict(row))
    for calls in of_deal.values():
        for now, then in pairwise(calls):
            if (then["started"] - now["started"]).days <= _NEXT_CALL_DAYS:
                moved = _moved_on(str(now["deal_stage"]), str(then["deal_stage"]), deals)
                found[str(now["call_id"])]["deals"] = moved
    return found


def _moved_on(stage: str, later: str, deals: DealRules) -> float | None:
    if ended(stage):
        return None
    if ended(later):
        return float(ended(later) == "won")
    is_later = deals.is_later(later, stage)
    return None if is_later is None else float(is_later)


def cases(
    seen: Seen,
    came: Focused,
    result: Mapping[str, Mapping[str, float | None]],
    measure: str,
    mondays: Iterable[dt.date],
    rules: EffectRules,
) -> pd.DataFrame:
    """One row per rep, behaviour and week: in focus from then on (``is_treated``), or not at all.

    Left out: what was in focus already within the weeks before, or came into it within those after;
    and what has fewer than ``least_calls`` calls that tell the measure before or after.
    """
    reach = rules.weeks * WEEK
    told = {
        (rep, focus_id): _told(own, result, measure)
        for rep, behaviours in seen.items()
        for focus_id, own in behaviours.items()
    }
    team = _team_levels(told)
    rows = []
    for monday in mondays:
        for (rep, focus_id), calls in told.items():
            spans = came.get((rep, focus_id), ())
            is_new = any(since == monday for since, _ in spans)
            if not is_new and any(
                since <= monday + reach and last >= monday - reach for since, last in spans
            ):
                continue
            turn = monday + WEEK
            before = [(day, value) for day, value in calls if turn - reach <= day < turn]
            after = [value for day, value in calls if turn <= day < turn + reach]
            if min(len(before), len(after)) < rules.least_calls:
                continue
            half = [value for day, value in before if day >= turn - reach / 2]
            level = float(np.mean([value for _, value in before]))
            rows.append(
                {
                    "rep_user_id": rep, "focus_id": focus_id, "monday": monday,
                    "is_treated": is_new, "before": level, "after": float(np.mean(after)),
                    "trend": float(np.mean(half)) - level if half else 0.0,
                    "team": team[focus_id], "calls": len(before),
                }
            )  # fmt: skip
    return pd.DataFrame(
        rows, columns=["rep_user_id", "focus_id", "monday", "is_treated", "after", *_KNOWN]
    )


def _told(
    own: Sequence[Chance], result: Mapping[str, Mapping[str, float | None]], measure: str
) -> list[tuple[dt.date, float]]:
    """Day and value of each call that tells the measure."""
    found: list[tuple[dt.date, float]] = []
    for chance in own:
        value = (
            float(not chance.missing)
            if measure == "behaviour"
            else result.get(str(chance.call["call_id"]), {}).get(measure)
        )
        if value is not None:
            found.append((chance.call["call_date"], MEASURES[measure] * value))
    return found


def _team_levels(
    told: Mapping[tuple[str, str], Sequence[tuple[dt.date, float]]],
) -> dict[str, float]:
    values: dict[str, list[float]] = {}
    for (_, focus_id), calls in told.items():
        values.setdefault(focus_id, []).extend(value for _, value in calls)
    return {focus_id: float(np.mean(own)) if own else 0.0 for focus_id, own in values.items()}


def effect_rows(
    seen: Seen,
    came: Focused,
    result: Mapping[str, Mapping[str, float | None]],
    monday: dt.date,
    weeks_back: int,
    rules: EffectRules,
) -> pd.DataFrame:
    """Rows of ``analytics.coaching_effects`` of the quarter whose last week is ``monday``'s."""
    turns = [monday - back * WEEK for back in range(rules.weeks, weeks_back - rules.weeks)]
    rows = []
    for measure in MEASURES:
        found = cases(seen, came, result, measure, turns, rules)
        told = effect(found, _KNOWN, unit="rep_user_id", least=rules.least_treated)
        rows.append(_row(monday, measure, found, told, rules))
    return pd.DataFrame(rows, columns=catalog.table("analytics.coaching_effects").column_names)


def of_quarter(
    calls: pd.DataFrame,
    told: pd.DataFrame,
    focus: pd.DataFrame,
    monday: dt.date,
    policy: CoachingPolicy,
    deals: DealRules,
) -> pd.DataFrame:
    """``effect_rows`` from rows of ``calls_of_window``, ``outcomes_of_calls``, ``rep_week_focus``.

    Of one rubric and scorer, the latest call's: what moved with the scale is no effect.
    """
    own = within(dated(calls), recent(monday, policy.history_weeks))
    scored = own[own["status"] == "scored"]
    scale = scale_of(scored)
    read = readable(scored if scale is None else on_scale(scored, scale))[0]
    return effect_rows(
        chances_by_rep(rows_by_rep(read), policy), focused(focus), outcomes(told, deals), monday,
        policy.history_weeks, policy.effects,
    )  # fmt: skip


def _row(
    monday: dt.date, measure: str, found: pd.DataFrame, told: Effect, rules: EffectRules
) -> dict[str, Any]:
    treated = found[found["is_treated"].astype(bool)]
    verdict = told.verdict(rules.least_treated, rules.worthwhile[measure])
    known = verdict != "too few"

    def shown(value: float | None) -> float | None:
        return round(value, 3) if known and value is not None else None

    return {
        "week_start": monday, "measure": measure, "treated": told.treated,
        "reps": int(treated["rep_user_id"].nunique()), "untreated": told.untreated,
        "before": shown(treated["before"].mean() if known else None),
        "after": shown(treated["after"].mean() if known else None),
        "effect": shown(told.effect), "effect_low": shown(told.low),
        "effect_high": shown(told.high), "verdict": verdict,
    }  # fmt: skip

"""Customers in their onboarding, judged by its plan: what is due by which week, and is not there.

Weights that fit those who have used the product for years call everybody Red who has just begun.
"""

import json
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.customers.policy import Milestone, OnboardingRules


def is_planned(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Who is judged by the plan: those whom the source calls onboarding."""
    if "lifecycle_stage" not in rows.columns:
        return pd.Series(False, index=rows.index)
    return rows["lifecycle_stage"].eq("onboarding")


def overdue_days(rows: pd.DataFrame, rules: OnboardingRules) -> "pd.Series[float]":
    """Days behind the plan: of the milestone that is longest due and not there; 0 on plan.

    Empty where no plan holds, and where what is due cannot be said to be there or not.
    """
    days = pd.Series(0.0, index=rows.index)
    known = is_planned(rows)
    for milestone in rules.plan:
        late = _late(rows, milestone)
        is_known = _values(rows, milestone).notna()
        known &= is_known | ~late.gt(0)
        behind = late.where(~milestone.mask(rows) & is_known & late.notna(), 0.0)
        days = days.where(days >= behind, behind)
    return days.where(is_planned(rows) & (known | days.gt(0)))


def scored(rows: pd.DataFrame, rules: OnboardingRules) -> pd.DataFrame:
    """The health columns of customers in onboarding: 100 x milestones reached / milestones due.

    On plan is Green, behind it Yellow, and Red after ``red_after_days``. A milestone whose metric
    is not known leaves both sums, as a factor of health does.
    """
    due, reached, parts = [], [], []
    for milestone in rules.plan:
        is_due = _late(rows, milestone).gt(0) & _values(rows, milestone).notna()
        due.append(is_due)
        reached.append(is_due & milestone.mask(rows))
        parts.append((milestone.name, _values(rows, milestone)))
    nothing = pd.Series(0, index=rows.index)
    n_due = sum((one.astype(int) for one in due), start=nothing)
    n_reached = sum((one.astype(int) for one in reached), start=nothing)
    late = overdue_days(rows, rules)
    colour = pd.Series("Green", index=rows.index, dtype=object)
    colour = colour.mask(late > 0, "Yellow").mask(late > rules.red_after_days, "Red")
    colour = colour.mask(late.isna(), "Unknown")
    score = (100.0 * n_reached / n_due.where(n_due > 0)).round(1).fillna(100.0)
    expected = sum((_late(rows, m).gt(0).astype(int) for m in rules.plan), start=nothing)
    return pd.DataFrame(
        {
            "health_score": score.where(late.notna()),
            "health_segment": colour,
            "health_basis": "onboarding plan",
            "health_coverage": (n_due / expected.where(expected > 0)).fillna(1.0),
            "health_factors": [
                _json(parts, due, reached, rules, place) for place in range(len(rows))
            ],
            "health_override": _words(rows, rules),
        },
        index=rows.index,
    )


def _words(rows: pd.DataFrame, rules: OnboardingRules) -> "pd.Series[Any]":
    """What is due and not there, in words; empty on plan."""
    said = pd.Series(None, index=rows.index, dtype=object)
    for milestone in rules.plan:
        is_known = _values(rows, milestone).notna()
        behind = _late(rows, milestone).gt(0) & ~milestone.mask(rows) & is_known & said.isna()
        said = said.mask(behind, f"onboarding plan, not yet by week {milestone.by_week}: "
                         f"{milestone.label}")  # fmt: skip
    return said


def _json(
    parts: list[tuple[str, "pd.Series[float]"]],
    due: list["pd.Series[bool]"],
    reached: list["pd.Series[bool]"],
    rules: OnboardingRules,
    place: int,
) -> str:
    """Milestones as factors; those not due yet have no points."""
    weight = round(1 / max(1, sum(bool(one.iloc[place]) for one in due)), 4)
    found: dict[str, dict[str, float | None]] = {}
    for (name, values), is_due, is_reached in zip(parts, due, reached, strict=True):
        value, counts = float(values.iloc[place]), bool(is_due.iloc[place])
        share = float(is_reached.iloc[place]) if counts else None
        found[name] = {
            "points": None if share is None else round(100 * weight * share, 2),
            "share": share,
            "value": None if value != value else round(value, 4),
            "weight": weight if counts else 0.0,
        }
    return json.dumps(found, sort_keys=True)


def _late(rows: pd.DataFrame, milestone: Milestone) -> "pd.Series[float]":
    """Days since the milestone was due; negative while it is not, empty without a first day."""
    if "tenure_days" not in rows.columns:
        return pd.Series(np.nan, index=rows.index)
    return rows["tenure_days"].astype(float) - 7 * milestone.by_week


def _values(rows: pd.DataFrame, milestone: Milestone) -> "pd.Series[float]":
    if milestone.metric not in rows.columns:
        return pd.Series(np.nan, index=rows.index)
    return rows[milestone.metric].astype(float)

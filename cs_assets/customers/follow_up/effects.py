"""What an action changed: treated customers against matched ones who did not get it."""

import datetime as dt

import pandas as pd

from cs_assets.customers.policy import EffectRules
from cs_assets.statistics import matching
from cs_assets.statistics.matching import Effect
from sql import catalog

#: What was known before, columns of ``customers/action_outcomes``.
COVARIATES = ("before", "trend", "arr", "tenure_days", "days_to_renewal")


def effect(rows: pd.DataFrame, least: int = 10) -> Effect:
    """The effect on the treated customers of one playbook, in points of health."""
    return matching.effect(rows, COVARIATES, unit="customer_id", logarithms=("arr",), least=least)


def effect_rows(outcomes: pd.DataFrame, rules: EffectRules, week: dt.date) -> pd.DataFrame:
    """Rows of ``analytics.action_effects`` from rows of ``customers/action_outcomes``.

    Whose action was taken too late to count is neither treated nor untreated.
    """
    rows = []
    late = outcomes["is_taken_at_all"].astype(bool) & ~outcomes["is_treated"].astype(bool)
    for code, group in outcomes[~late].groupby("code", sort=True):
        found = effect(group.reset_index(drop=True))
        verdict = found.verdict(rules.least_treated, rules.worthwhile)
        told = verdict != "too few"
        rows.append(
            {
                "week_start": week, "code": code, "treated": found.treated,
                "untreated": found.untreated,
                "effect": round(found.effect, 2) if told and found.effect is not None else None,
                "effect_low": round(found.low, 2) if told and found.low is not None else None,
                "effect_high": round(found.high, 2) if told and found.high is not None else None,
                "verdict": verdict, "is_dropped": verdict in ("harms", "no effect"),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=catalog.table("analytics.action_effects").column_names)

"""How far each module is adopted: what ``customers/module_adoption`` is asked with."""

import datetime as dt

import pandas as pd

from cs_assets.customers.policy import SEGMENT_WINDOW, AdoptionRules


def asked(week: dt.date, rules: AdoptionRules) -> list[dt.date | int | float]:
    """Parameters of the statement that counts use of a week and names the stage of each module."""
    return [
        week, SEGMENT_WINDOW, rules.used_within_days, rules.adopted_utilisation,
        rules.declining_change, rules.dropped_after_days, rules.collapsed_from_users,
        rules.collapsed_share, week, week, week,
    ]  # fmt: skip


def ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """part / whole, empty where the whole is 0 or not known."""
    whole = whole.astype(float)
    return part.astype(float) / whole.where(whole != 0)

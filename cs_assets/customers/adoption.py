"""How far each module is adopted: from counts to a stage."""

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd

from cs_assets.customers.policy import AdoptionRules
from cs_assets.frames import records

Stage = Literal["not_started", "trying", "adopted", "declining", "dropped"]


def with_stages(counts: pd.DataFrame, verdicts: pd.DataFrame, rules: AdoptionRules) -> pd.DataFrame:
    """Rows of ``analytics.module_adoption`` from the counts of ``customers/module_adoption``.

    Adds ``seat_utilisation`` (0 to 1 and above, empty without seats),
    ``usage_change`` (relative, empty when there was no use before), the verdict on it (of
    ``customers/changes_of_week``), whether it has collapsed (the better of the last two weeks
    has few of the users of the best week of half a year) and the stage.
    """
    of_modules = verdicts[verdicts["part"] == "module"]
    judged = of_modules.rename(columns={"name": "module_code", "direction": "usage_verdict"})
    rows = counts.merge(
        judged[["customer_id", "module_code", "usage_verdict"]],
        on=["customer_id", "module_code"], how="left",
    )  # fmt: skip
    rows["seat_utilisation"] = ratio(rows["active_users"], rows["contracted_seats"])
    rows["usage_change"] = ratio(rows["key_actions_4w"], rows["key_actions_prior_4w"]) - 1
    rows["is_collapsed"] = (rows["peak_users_26w"] >= rules.collapsed_from_users) & (
        rows["users_2w"] <= rules.collapsed_share * rows["peak_users_26w"]
    )
    rows["adoption_stage"] = [stage(row, rules) for row in records(rows)]
    return rows.drop(columns="users_2w")


def ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """part / whole, empty where the whole is 0 or not known."""
    whole = whole.astype(float)
    return part.astype(float) / whole.where(whole != 0)


def stage(row: Mapping[str, Any], rules: AdoptionRules) -> Stage:
    """The stage of one module, worst news first."""
    days = row["days_since_last_use"]
    if pd.isna(days):
        return "not_started"
    if days > rules.dropped_after_days or row["key_actions_4w"] == 0:
        return "dropped"
    change = row["usage_change"]
    falls = row["usage_verdict"] == "fall"  # four key actions that become three are no decline
    if falls and not pd.isna(change) and change <= rules.declining_change:
        return "declining"
    utilisation = row["seat_utilisation"]
    enough = (
        row["active_users"] > 0
        if pd.isna(utilisation)
        else (utilisation >= rules.adopted_utilisation)
    )
    return "adopted" if enough and days <= rules.used_within_days else "trying"

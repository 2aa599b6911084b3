"""How far each module is adopted: from counts to a stage."""

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd

from cs_assets.customers.policy import AdoptionRules
from cs_assets.feeds.coverage import USAGE
from cs_assets.feeds.gaps import Gaps

Stage = Literal["not_started", "trying", "adopted", "declining", "dropped"]


#: Figures of a module by the spans that they are made of.
_MADE_OF = {
    "active_users": ("week",),
    "users_4w": ("current",),
    "actions_per_user_4w": ("current",),
    "weeks_used_13w": ("current",),
    "key_actions_4w": ("current",),
    "key_actions_prior_4w": ("prior",),
    "days_since_last_use": ("current",),
    "peak_users_26w": ("current",),
}


def with_stages(
    counts: pd.DataFrame, verdicts: pd.DataFrame, gaps: Gaps, rules: AdoptionRules
) -> pd.DataFrame:
    """Rows of ``analytics.module_adoption`` from the counts of ``customers/module_adoption``.

    Adds ``seat_utilisation`` (0 to 1 and above, empty without seats),
    ``usage_change`` (relative, empty when there was no use before), the verdict on it (of
    ``customers/changes_of_week``), whether it has collapsed (the better of the last two weeks
    has few of the users of the best week of half a year) and the stage. What is made of weeks
    whose figures are not all there (``gaps``) is empty.
    """
    of_modules = verdicts[verdicts["part"] == "module"]
    judged = of_modules.rename(columns={"name": "module_code", "direction": "usage_verdict"})
    rows = counts.merge(
        judged[["customer_id", "module_code", "usage_verdict"]],
        on=["customer_id", "module_code"], how="left",
    )  # fmt: skip
    known = pd.Series(True, index=rows.index)
    for column, spans in _MADE_OF.items():
        gone = gaps.why_part(
            rows["customer_id"], rows["module_code"], USAGE, "module_code", *spans
        ).notna()
        if gone.any():
            rows[column] = rows[column].where(~gone)
        if "prior" not in spans:
            known &= ~gone
    rows["seat_utilisation"] = ratio(rows["active_users"], rows["contracted_seats"])
    rows["seat_utilisation_4w"] = ratio(rows["users_4w"], rows["contracted_seats"])
    rows["usage_change"] = ratio(rows["key_actions_4w"], rows["key_actions_prior_4w"]) - 1
    rows["is_collapsed"] = (rows["peak_users_26w"] >= rules.collapsed_from_users) & (
        rows["users_2w"] <= rules.collapsed_share * rows["peak_users_26w"]
    )
    rows["is_collapsed"] = rows["is_collapsed"].astype(object).where(known, None)
    found = stages(rows, rules)
    # Who has not used it since the data begin may have used it before.
    short = gaps.why_part(
        rows["customer_id"], rows["module_code"], USAGE, "module_code", "prior"
    ).notna()
    known &= ~(short & (found == "not_started"))
    rows["adoption_stage"] = found.where(known, None)
    return rows.drop(columns=["users_2w", "seat_utilisation_4w"])


def ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """part / whole, empty where the whole is 0 or not known."""
    whole = whole.astype(float)
    return part.astype(float) / whole.where(whole != 0)


def stages(rows: pd.DataFrame, rules: AdoptionRules) -> "pd.Series[Any]":
    """The stage of each module, worst news first; ``adopted`` by the mean of four weeks."""
    days, actions = (rows[n].astype(float) for n in ("days_since_last_use", "key_actions_4w"))
    share, users = (rows[n].astype(float) for n in ("seat_utilisation_4w", "users_4w"))
    falls = rows["usage_verdict"].eq("fall")  # four key actions that become three are no decline
    enough = share.ge(rules.adopted_utilisation) | (share.isna() & users.gt(0))
    cases = [
        ("not_started", days.isna()),
        ("dropped", days.gt(rules.dropped_after_days) | actions.eq(0)),
        ("declining", falls & rows["usage_change"].astype(float).le(rules.declining_change)),
        ("adopted", enough & days.le(rules.used_within_days)),
    ]
    found = pd.Series("trying", index=rows.index, dtype=object)
    for name, fits in reversed(cases):
        found = found.mask(fits, name)
    return found


def stage(row: Mapping[str, Any], rules: AdoptionRules) -> Stage:
    """The stage of one module."""
    found: Stage = stages(pd.DataFrame([dict(row)]), rules).iloc[0]
    return found

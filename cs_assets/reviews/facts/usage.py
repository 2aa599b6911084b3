"""Facts about use: key actions and people by window, as a whole and by module, with verdicts."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cs_assets.config.modules import Module
from cs_assets.feeds.coverage import USAGE
from cs_assets.reviews.configuration import Evidence
from cs_assets.reviews.facts.conversions import aligned, too_young
from cs_assets.reviews.facts.judged import Judged, add_verdict
from cs_assets.reviews.facts.rows import Absent, FactRows, Of, percent_change, slugs
from cs_assets.reviews.facts.windows import Windows

_SPANS = (
    ("", "current", ""),
    ("_prior", "prior", " in the window before"),
    ("_year_ago", "year_ago", " a year earlier"),
)
_NEVER = "no use of this customer is on record"


def add_usage(
    facts: FactRows,
    customers: pd.DataFrame,
    usage: pd.DataFrame,
    windows: Windows,
    judged: Judged,
    evidence: Evidence,
) -> None:
    """Key actions and mean weekly users of the modules under contract, and how they moved.

    ``usage``: rows of ``reviews/usage``. A customer of whom nothing was ever recorded has no data;
    the verdict is the stored one on key actions against the window before.
    """
    sums = usage.groupby("customer_id", as_index=False).agg(
        first_date=("first_date", "min"), last_used_on=("last_used_on", "max"),
        **{column: (column, "sum") for column in usage.columns if column.startswith(_SUMMED)},
    )  # fmt: skip
    rows = aligned(sums, customers)
    ids = rows["customer_id"]
    not_yet_of = too_young(rows["first_date"], windows)
    for suffix, span, words in _SPANS:
        actions, users = rows[f"actions_{span}"], rows[f"users_{span}"]
        common: dict[str, Any] = {
            "window": span, "direction": "higher_is_better", "source": "usage",
            "absent": [*not_yet_of.get(span, []), Absent(actions.isna(), "no_data", _NEVER)],
            "of": Of(USAGE, (span,)),
        }  # fmt: skip
        facts.add(
            ids, f"usage.actions{suffix}", f"Key actions{words}", actions, "count", n=actions,
            **common,
        )  # fmt: skip
        facts.add(
            ids, f"usage.users{suffix}", f"People in a week{words}, mean, once a module",
            (users / windows.weeks).round(), "count", n=users, **common,
        )  # fmt: skip
    for name, span, words in (
        ("change", "prior", "against the window before"),
        ("year_change", "year_ago", "against a year earlier"),
    ):
        for part, label in (("actions", "Key actions"), ("users", "People in a week")):
            now, then = rows[f"{part}_current"], rows[f"{part}_{span}"]
            few = Absent(
                (now + then) < 2 * evidence.minimum_n, "withheld",
                f"fewer than {evidence.minimum_n} in a window",
            )  # fmt: skip
            facts.add(
                ids, f"usage.{part}_{name}", f"{label} {words}", percent_change(now, then),
                "percent", n=now + then, direction="higher_is_better", source="usage",
                absent=[*not_yet_of[span], few], of=Of(USAGE, ("current", span)),
            )  # fmt: skip
    add_verdict(
        facts, ids, "usage.verdict_change", "Key actions against the window before, judged",
        judged.of(ids, "key_actions", "before"), not_yet_of["prior"],
    )  # fmt: skip
    silent = (pd.Timestamp(windows.end) - pd.to_datetime(rows["last_used_on"])).dt.days
    facts.add(
        ids, "usage.silent_days", "Since anybody used a module", silent, "days", window=None,
        source="usage", of=Of(USAGE, ("current",)),
        absent=[Absent(silent.isna(), "no_data", _NEVER)],
    )  # fmt: skip


_SUMMED = ("actions_", "users_")


def add_usage_by_module(
    facts: FactRows, usage: pd.DataFrame, modules: pd.DataFrame, windows: Windows, judged: Judged,
    named: Mapping[str, Module],
) -> None:  # fmt: skip
    """Of each module under contract: people in a week before, and the verdict on key actions."""
    keys = ["customer_id", "name"]
    rows = modules.sort_values(keys, ignore_index=True)[keys].merge(usage, on=keys, how="left")
    ids, name = rows["customer_id"], rows["name"]
    shown = name.map({code: module.name for code, module in named.items()}).fillna(name)
    prefix = "adoption.module." + slugs(name, ids)
    not_yet = too_young(rows["first_date"], windows)
    for suffix, span, words in _SPANS[1:]:
        facts.add(
            ids, prefix + f".users{suffix}", shown + f", people in a week{words}",
            (rows[f"users_{span}"] / windows.weeks).round(), "count", window=span, source="usage",
            n=rows[f"users_{span}"], direction="higher_is_better", absent=not_yet[span],
            of=Of(USAGE, (span,), "module_code", name),
        )  # fmt: skip
    add_verdict(
        facts, ids, prefix + ".verdict_change", shown + ", key actions judged",
        judged.of(ids, "key_actions", "before", "module", name), not_yet["prior"],
    )  # fmt: skip

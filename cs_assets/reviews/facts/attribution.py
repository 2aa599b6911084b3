"""Facts about attribution: revenue that touchpoints are credited with, by channel."""

from dataclasses import replace

import pandas as pd

from cs_assets.reviews.configuration import Evidence
from cs_assets.reviews.facts.conversions import aligned, too_few, too_young
from cs_assets.reviews.facts.rows import Absent, FactRows, Of, display_names, slugs
from cs_assets.reviews.facts.windows import Windows


def add_attribution(
    facts: FactRows, customers: pd.DataFrame, by_channel: pd.DataFrame,
    conversions: pd.DataFrame, windows: Windows, evidence: Evidence,
) -> None:  # fmt: skip
    """Revenue in total and by channel (largest first), touchpoints and shares.

    Credit is for conversions: who had none yet when the window before began (``conversions``) and
    no touchpoint in it has no figure of it, and no zero.
    """
    source = "attribution_by_channel"
    sums = by_channel.groupby("customer_id", as_index=False).agg(
        revenue=("revenue_current", "sum"),
        touchpoints=("touchpoints_current", "sum"),
        revenue_prior=("revenue_prior", "sum"),
        touchpoints_prior=("touchpoints_prior", "sum"),
    )
    rows = aligned(sums, customers)
    ids = rows["customer_id"]
    began = pd.to_datetime(customers["contract_start"]).set_axis(rows.index)
    not_yet = Absent(
        began > pd.Timestamp(windows.prior_known_by), "not_applicable",
        "the contract began after the start of the window before",
    )  # fmt: skip
    none_before = ~(rows["touchpoints_prior"].fillna(0) > 0)
    first = aligned(conversions[["customer_id", "first_date"]], customers)["first_date"]
    too_early = [
        replace(one, where=one.where & none_before) for one in too_young(first, windows)["prior"]
    ]
    facts.add(
        ids, "attribution.revenue", "Attributed revenue", rows["revenue"], "currency",
        n=rows["touchpoints"], direction="higher_is_better", source=source,
    )  # fmt: skip
    facts.add(
        ids, "attribution.revenue_prior", "Attributed revenue in the window before",
        rows["revenue_prior"], "currency", n=rows["touchpoints_prior"], window="prior",
        direction="higher_is_better", source=source, absent=[not_yet, *too_early],
    )  # fmt: skip
    facts.add(
        ids, "attribution.touchpoints", "Touchpoints", rows["touchpoints"], "count",
        n=rows["touchpoints"], source=source,
    )  # fmt: skip
    _add_channels(facts, by_channel[by_channel["revenue_current"] > 0], source, evidence)


def _add_channels(facts: FactRows, rows: pd.DataFrame, source: str, evidence: Evidence) -> None:
    rows = rows.sort_values(
        ["customer_id", "revenue_current", "name"], ascending=[True, False, True], ignore_index=True
    )
    ids, name = rows["customer_id"], display_names(rows["name"])
    totals = rows.groupby("customer_id")[["revenue_current", "touchpoints_current"]].transform(
        "sum"
    )
    prefix = "attribution.channel." + slugs(rows["name"], ids)
    n, of = rows["touchpoints_current"], Of(spans=("current",), part="channel", names=rows["name"])
    facts.add(ids, prefix + ".name", name + ": name", name, "text", window=None, source=source)
    facts.add(
        ids, prefix + ".revenue", name + ", attributed revenue", rows["revenue_current"],
        "currency", n=n, direction="higher_is_better", source=source, of=of,
    )  # fmt: skip
    facts.add(
        ids, prefix + ".share", name + ", share of attributed revenue",
        rows["revenue_current"] / totals["revenue_current"] * 100, "percent",
        n=totals["touchpoints_current"], source=source,
        absent=[too_few(totals["touchpoints_current"], evidence, "touchpoints")], of=of,
    )  # fmt: skip
    facts.add(
        ids, prefix + ".touchpoints", name + ", touchpoints", n, "count", n=n, source=source, of=of
    )

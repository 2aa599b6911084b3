"""Facts about peers: where a customer stands in its industry, suppressed in small groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cs_assets.facts.model import Unit
from cs_assets.feeds.coverage import CONVERSIONS, MESSAGES
from cs_assets.feeds.gaps import Gaps
from cs_assets.reviews.configuration import Benchmarks
from cs_assets.reviews.facts.conversions import aligned
from cs_assets.reviews.facts.rows import Absent, FactRows, Of, display_names, rate, slugs
from cs_assets.reviews.facts.windows import Windows

LOWEST, MIDDLE, TOP = "in the lowest quarter", "in the middle half", "in the top quarter"
_PERCENTILES = {25: "low", 50: "median", 75: "high"}


@dataclass(frozen=True)
class Metric:
    """A metric that peers are compared on, and the fact that is the customer's own value."""

    name: str
    label: str
    unit: Unit
    own_fact: str


METRICS = {
    metric.name: metric
    for metric in (
        Metric(
            "conversion_value_per_week", "Conversion value a week", "currency",
            "conversions.value_per_week",
        ),
        Metric(
            "conversions_per_week", "Conversions a week", "ratio", "conversions.count_per_week"
        ),
        Metric("open_rate", "Open rate", "percent", "engagement.open_rate"),
        Metric("click_rate", "Click rate", "percent", "engagement.click_rate"),
        Metric("engagement_score", "Engagement score", "points", "engagement.score"),
    )
}  # fmt: skip


def own_values(
    customers: pd.DataFrame,
    conversions: pd.DataFrame,
    engagement: pd.DataFrame,
    windows: Windows,
    gaps: Gaps | None = None,
) -> pd.DataFrame:
    """The customers' own values by metric, from the same rows as the facts they compare."""
    ids = customers["customer_id"].reset_index(drop=True)
    made = aligned(conversions, customers)
    sent = aligned(engagement, customers)
    values = pd.DataFrame(
        {
            "conversion_value_per_week": made["value_current"] / windows.weeks,
            "conversions_per_week": made["count_current"] / windows.weeks,
            "open_rate": rate(sent["opened_current"], sent["sent_current"]),
            "click_rate": rate(sent["clicked_current"], sent["sent_current"]),
            "engagement_score": sent["score_current"],
        }
    ).astype(float)
    for feed, names in (
        (CONVERSIONS, ["conversion_value_per_week", "conversions_per_week"]),
        (MESSAGES, ["open_rate", "click_rate", "engagement_score"]),
    ):
        gone = (gaps or Gaps()).why(ids, feed, "current").notna()
        values.loc[gone, names] = np.nan
    return values


def add_benchmarks(
    facts: FactRows,
    customers: pd.DataFrame,
    benchmarks: pd.DataFrame,
    own: pd.DataFrame,
    policy: Benchmarks,
    sent: pd.Series,
) -> None:
    """Quartiles of the peers, their number, the customer's place and what the median would bring.

    ``own`` has a column per metric, ``sent`` the messages of the current window, both in the
    order of ``customers``.
    """
    for name in policy.metrics:
        metric = METRICS[name]
        peers = _peer_group(customers["industry"], benchmarks, name, policy)
        _add_metric(facts, customers["customer_id"], metric, peers, own[name], policy)
        if name in ("open_rate", "click_rate"):
            gap = (peers["median"] - own[name]).where(peers["median"] > own[name])
            verb = "opened" if name == "open_rate" else "clicked"
            facts.add(
                customers["customer_id"], f"benchmark.{name}.messages_to_median",
                f"More {verb} messages at the peers' median", (gap / 100 * sent).round(), "count",
                n=sent, source="benchmarks",
                absent=[
                    Absent(~peers["enough"], "suppressed", "too few peers"),
                    Absent(gap.isna(), "not_applicable", "not below the median"),
                ],
            )  # fmt: skip


def add_peers_by_channel(
    facts: FactRows, channels: pd.DataFrame, peers: pd.DataFrame, policy: Benchmarks
) -> None:
    """Open and click rates of each channel beside those of all customers who use it.

    A pooled rate follows the mix of channels, so only a channel is compared with its like, over
    the same window. ``channels``: rows of ``reviews/engagement_by_channel``, ``peers`` of
    ``reviews/peers_by_channel``.
    """
    rows = channels.sort_values(
        ["customer_id", "sent_current", "name"], ascending=[True, False, True], ignore_index=True
    )
    rows = rows.merge(peers, on="name", how="left")
    ids, name, sent = rows["customer_id"], display_names(rows["name"]), rows["sent_current"]
    prefix = "engagement.channel." + slugs(rows["name"], ids)
    n = pd.to_numeric(rows["peers"]).fillna(0).astype(float)
    source = "engagement_by_channel"
    made_of = Of(spans=("current",), part="channel", names=rows["name"])
    few = [
        Absent(sent == 0, "not_applicable", "no message sent"),
        Absent(n < policy.minimum_peers, "suppressed", f"fewer than {policy.minimum_peers} peers"),
    ]
    facts.add(
        ids, prefix + ".peers", name + ", customers who use it", n, "count", n=n, source=source,
        absent=few, of=made_of,
    )  # fmt: skip
    for part, measure, label in (
        ("opened", "open_rate", "open rate"), ("clicked", "click_rate", "click rate"),
    ):  # fmt: skip
        own = rate(rows[f"{part}_current"], sent)
        quartiles = pd.DataFrame(
            {key: pd.to_numeric(rows[f"{measure}_{key}"]) for key in ("low", "median", "high")}
        ).astype(float)
        more = ((quartiles["median"] - own) / 100 * sent).round()
        for fact_id, words, value, unit, absent in (
            ("median", "median of those who use it", quartiles["median"], "percent", few),
            ("position", "place among those who use it",
             pd.Series(_bands(own, quartiles), index=own.index), "text", few),
            ("more", "more messages at their median", more, "count",
             [*few, Absent(~(more > 0), "not_applicable", "not below the median")]),
        ):  # fmt: skip
            facts.add(
                ids, prefix + f".{measure}_{fact_id}", name + f", {label}: {words}", value,
                unit,  # type: ignore[arg-type]
                n=n, source=source, absent=absent, of=made_of,
            )  # fmt: skip


def _peer_group(
    industries: pd.Series, benchmarks: pd.DataFrame, metric: str, policy: Benchmarks
) -> pd.DataFrame:
    """For each customer the finest group with enough peers: quartiles, count and name."""
    rows = benchmarks[benchmarks["metric_name"] == metric]
    quartiles = rows.pivot_table(
        index="industry_vertical", columns="percentile_rank", values="metric_value"
    ).reindex(columns=list(_PERCENTILES))
    quartiles.columns = list(_PERCENTILES.values())
    by_group = rows.groupby("industry_vertical")
    groups = quartiles.assign(
        peers=by_group["peer_count"].min(),
        period=_days_of(
            pd.to_datetime(by_group["period_start"].min()),
            pd.to_datetime(by_group["period_end"].max()),
        ),
    )
    large_enough = set(groups.index[groups["peers"] >= policy.minimum_peers])
    chosen = industries.where(industries.isin(large_enough), policy.coarser_group)
    found = groups.reindex(chosen).reset_index(drop=True)
    found.index = industries.index
    found["group"] = chosen
    found["enough"] = chosen.isin(large_enough)
    return found


def _days_of(first: pd.Series, last: pd.Series) -> pd.Series:
    """The days observed as readers write them: ``1 August to 31 October 2026``."""

    def day(dates: pd.Series) -> pd.Series:
        return dates.dt.day.astype(str) + " " + dates.dt.month_name()

    year = (" " + first.dt.year.astype(str)).where(first.dt.year != last.dt.year, "")
    return day(first) + year + " to " + day(last) + " " + last.dt.year.astype(str)


def _add_metric(
    facts: FactRows,
    ids: pd.Series,
    metric: Metric,
    peers: pd.DataFrame,
    own: pd.Series,
    policy: Benchmarks,
) -> None:
    prefix = f"benchmark.{metric.name}"
    few = [
        Absent(peers["peers"].isna(), "no_data", "no benchmark of this metric"),
        Absent(~peers["enough"], "suppressed", f"fewer than {policy.minimum_peers} peers"),
    ]
    known: Sequence[Absent] = [*few, Absent(own.isna(), "no_data", "no value of the customer")]
    n = peers["peers"].where(peers["enough"])
    facts.add(
        ids, f"{prefix}.group", f"{metric.label}, peer group", peers["group"].astype(str), "text",
        n=n, window=None, source="benchmarks", absent=few,
    )  # fmt: skip
    facts.add(
        ids, f"{prefix}.peers", f"{metric.label}, number of peers", n, "count", n=n, window=None,
        source="benchmarks", absent=few,
    )  # fmt: skip
    facts.add(
        ids, f"{prefix}.period", f"{metric.label}, days that peers were observed", peers["period"],
        "text", n=n, window=None, source="benchmarks", absent=few,
    )  # fmt: skip
    for quartile, words in (
        ("low", "lower quartile"),
        ("median", "median"),
        ("high", "upper quartile"),
    ):
        facts.add(
            ids, f"{prefix}.{quartile}", f"{metric.label}, {words} of peers", peers[quartile],
            metric.unit, n=n, window=None, source="benchmarks", absent=few,
        )  # fmt: skip
    facts.add(
        ids, f"{prefix}.position", f"{metric.label}, place among peers",
        pd.Series(_bands(own, peers), index=own.index), "text", n=n, window=None,
        source="benchmarks", absent=known,
    )  # fmt: skip
    facts.add(
        ids, f"{prefix}.gap", f"{metric.label}, distance to the peers' median",
        own - peers["median"], metric.unit if metric.unit != "percent" else "points", n=n,
        window=None, direction="higher_is_better", source="benchmarks", absent=known,
    )  # fmt: skip


def _bands(own: pd.Series, peers: pd.DataFrame) -> np.ndarray:
    """Bands instead of ranks: a percentile from three points would be false precision."""
    return np.select(
        [own < peers["low"], own <= peers["high"]],
        [LOWEST, MIDDLE],
        default=TOP,
    ).astype(object)

"""Facts about peers: where a customer stands in its industry, suppressed in small groups."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.facts.model import Unit
from cs_assets.feeds.coverage import CONVERSIONS, MESSAGES
from cs_assets.reviews.configuration import Benchmarks
from cs_assets.reviews.facts.rows import Absent, FactRows, Of, display_names, rate, slugs
from cs_assets.reviews.facts.windows import Windows

LOWEST, MIDDLE, TOP = "in the lowest quarter", "in the middle half", "in the top quarter"
#: The size of a benchmark that is of customers of all sizes.
ALL_SIZES = "All sizes"
_YOUNG = "a customer for less time than peers were observed"
_PERCENTILES = {25: "low", 50: "median", 75: "high"}


@dataclass(frozen=True)
class Metric:
    """A metric that peers are compared on; one that grows with size is compared within one."""

    name: str
    label: str
    unit: Unit
    feed: str
    grows_with_size: bool = False

    @property
    def is_plural(self) -> bool:
        """Whether its label goes with "are"."""
        return self.label.split(" ")[0].endswith("s")

    @property
    def own_fact(self) -> str:
        """The customer's own value, over as long a window as the peers'."""
        return f"benchmark.{self.name}.own"


METRICS = {
    metric.name: metric
    for metric in (
        Metric(
            "conversion_value_per_week", "Conversion value a week", "currency", CONVERSIONS, True
        ),
        Metric("conversions_per_week", "Conversions a week", "ratio", CONVERSIONS, True),
        Metric("open_rate", "Open rate", "percent", MESSAGES),
        Metric("click_rate", "Click rate", "percent", MESSAGES),
        Metric("engagement_score", "Engagement score", "points", MESSAGES),
    )
}  # fmt: skip
#: Rates over all channels: where a customer stands in them is its mix, and is told by channel.
FOLLOW_THE_MIX = ("open_rate", "click_rate")


def add_benchmarks(
    facts: FactRows,
    customers: pd.DataFrame,
    benchmarks: pd.DataFrame,
    own: pd.DataFrame,
    policy: Benchmarks,
    windows: Windows,
) -> None:
    """Quartiles of the peers, their number, the customer's own value over as long, and its place.

    ``own``: rows of ``reviews/benchmark_own``, one per customer and length of a benchmark's period
    (``weeks``): four weeks beside a quarter's quartiles would be chance.
    """
    for name in policy.metrics:
        metric = METRICS[name]
        peers = _peer_group(customers, benchmarks, metric, policy)
        mine = _own(facts, customers, own, metric, peers["weeks"], windows)
        _add_metric(facts, customers["customer_id"], metric, peers, mine, policy)


@dataclass(frozen=True)
class _Own:
    """A metric of the customers over the peers' weeks, and why there is none."""

    value: pd.Series
    why: "pd.Series[Any]"


def _own(
    facts: FactRows, customers: pd.DataFrame, own: pd.DataFrame, metric: Metric,
    weeks: pd.Series, windows: Windows,
) -> _Own:  # fmt: skip
    ids = customers["customer_id"].reset_index(drop=True)
    wanted = pd.DataFrame({"customer_id": ids, "weeks": weeks.to_numpy(dtype=float)})
    found = wanted.merge(own.astype({"weeks": float}), on=["customer_id", "weeks"], how="left")
    value = pd.to_numeric(found[metric.name]).astype(float)
    why = pd.Series(None, index=ids.index, dtype=object)
    for length in sorted(set(wanted["weeks"].dropna())):
        first = pd.Timestamp(windows.end) - pd.Timedelta(weeks=length) + pd.Timedelta(days=1)
        mondays = tuple(
            day.date().isoformat() for day in pd.date_range(first, periods=int(length), freq="7D")
        )
        gone = facts.gaps.why(ids, metric.feed, *mondays)
        young = pd.to_datetime(customers["contract_start"]).reset_index(drop=True) > first
        gone = gone.where(gone.notna() | ~young, _YOUNG)
        why = why.where(wanted["weeks"] != length, gone)
    return _Own(value.where(why.isna()), why.where(why.notna(), "no value of the customer"))


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
    customers: pd.DataFrame, benchmarks: pd.DataFrame, metric: Metric, policy: Benchmarks
) -> pd.DataFrame:
    """For each customer the finest group with enough peers: quartiles, count, name, length.

    Finest is the industry and size, then the coarser group of that size, then the industry of all
    sizes and the coarser group of all. ``fair`` says whether the customer may be placed in it: for
    what grows with size only among customers of its size.
    """
    groups = _groups(benchmarks[benchmarks["metric_name"] == metric.name])
    enough = set(groups.index[groups["peers"] >= policy.minimum_peers])
    industry, size = customers["industry"].astype(str), customers["segment"].astype(str)
    coarse = pd.Series(policy.coarser_group, index=customers.index)
    every = pd.Series(ALL_SIZES, index=customers.index)
    steps = [(industry, size), (coarse, size), (industry, every), (coarse, every)]
    if not metric.grows_with_size:  # the industry counts for more than the size
        steps[1], steps[2] = steps[2], steps[1]
    chosen = [("", "")] * len(customers)
    for of_industry, of_size in reversed(steps):
        keys = zip(of_industry, of_size, strict=True)
        chosen = [key if key in enough else known for key, known in zip(keys, chosen, strict=True)]
    found = groups.reindex(pd.MultiIndex.from_tuples(chosen, names=_GROUP)).reset_index()
    found.index = customers.index
    found["enough"] = found["peers"].notna()
    found["group"] = found["industry_vertical"] + (", " + found["customer_segment"]).where(
        found["customer_segment"] != ALL_SIZES, ""
    )
    other = found["enough"] & (found["industry_vertical"] != industry)
    which = size + " peers in " if metric.grows_with_size else size.map(lambda _: "peers in ")
    found["stand_in"] = ("too few " + which + industry).where(other)
    found["fair"] = ~found["enough"] | (found["customer_segment"] == size)
    found["fair"] |= not metric.grows_with_size
    return found


_GROUP = ["industry_vertical", "customer_segment"]


def _groups(rows: pd.DataFrame) -> pd.DataFrame:
    """Quartiles, peers, days and weeks observed by industry and size."""
    quartiles = rows.pivot_table(
        index=_GROUP, columns="percentile_rank", values="metric_value"
    ).reindex(columns=list(_PERCENTILES))
    quartiles.columns = list(_PERCENTILES.values())
    by_group = rows.groupby(_GROUP)
    first = pd.to_datetime(by_group["period_start"].min())
    last = pd.to_datetime(by_group["period_end"].max())
    weeks = (((last - first).dt.days + 1) / 7).round().clip(lower=1)
    return quartiles.assign(
        peers=by_group["peer_count"].min(), period=_days_of(first, last), weeks=weeks
    )


def _days_of(first: pd.Series, last: pd.Series) -> pd.Series:
    """The days observed as readers write them: ``1 August to 31 October 2026``."""

    def day(dates: pd.Series) -> pd.Series:
        return dates.dt.day.astype(str) + " " + dates.dt.month_name()

    year = (" " + first.dt.year.astype(str)).where(first.dt.year != last.dt.year, "")
    return day(first) + year + " to " + day(last) + " " + last.dt.year.astype(str)


def _add_metric(
    facts: FactRows, ids: pd.Series, metric: Metric, peers: pd.DataFrame, own: _Own,
    policy: Benchmarks,
) -> None:  # fmt: skip
    prefix = f"benchmark.{metric.name}"
    few = [
        Absent(
            ~peers["enough"], "suppressed", f"no benchmark of {policy.minimum_peers} peers or more"
        )
    ]
    unfair = Absent(~peers["fair"], "not_applicable", "no benchmark of customers of this size")
    n = peers["peers"].where(peers["enough"])

    def add(part: str, words: str, value: pd.Series, unit: Unit, *absent: Absent) -> None:
        facts.add(
            ids, f"{prefix}.{part}", f"{metric.label}, {words}", value, unit, n=n, window=None,
            source="benchmarks", absent=[*few, *absent],
            direction="higher_is_better" if part == "gap" else "neutral",
        )  # fmt: skip

    add("group", "peer group", peers["group"], "text")
    add("stand_in", "why another group", peers["stand_in"], "text",
        Absent(peers["stand_in"].isna(), "not_applicable", "its own industry"))  # fmt: skip
    add("peers", "number of peers", n, "count")
    add("period", "days that peers were observed", peers["period"], "text")
    weeks = peers["weeks"].map(
        lambda w: "" if pd.isna(w) else f"{w:.0f} weeks" if w > 1 else "week"
    )
    add("length", "weeks that peers were observed", weeks, "text")
    for quartile, words in (
        ("low", "lower quartile"), ("median", "median"), ("high", "upper quartile"),
    ):  # fmt: skip
        add(quartile, f"{words} of peers", peers[quartile], metric.unit)
    value = own.value.set_axis(ids.index)
    unknown = [
        Absent(value.isna() & (own.why.set_axis(ids.index) == why), "no_data", why)
        for why in sorted(set(own.why[own.value.isna()]))
    ]
    facts.add(
        ids, metric.own_fact, f"{metric.label}, over as many weeks as peers", value, metric.unit,
        window=None, source="benchmark_own", absent=[*few, *unknown],
    )  # fmt: skip
    place = pd.Series(_bands(value, peers), index=ids.index)
    add("position", "place among peers", place, "text", unfair, *unknown)
    unit: Unit = metric.unit if metric.unit != "percent" else "points"
    add("gap", "distance to the peers' median", value - peers["median"], unit, unfair, *unknown)


def _bands(own: pd.Series, peers: pd.DataFrame) -> np.ndarray:
    """Bands instead of ranks: a percentile from three points would be false precision."""
    return np.select(
        [own < peers["low"], own <= peers["high"]],
        [LOWEST, MIDDLE],
        default=TOP,
    ).astype(object)

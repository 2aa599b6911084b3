"""Pictures of routing: the balance of the books before and after, and fairness over time."""

import base64
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cs_assets.lettering.figures import labels, lettered
from cs_assets.routing.placing.eligibility import how_many
from cs_assets.routing.policy import TENURE, Policy

if TYPE_CHECKING:
    from cs_assets.routing.rehearsal.capacity_plan import Region
    from cs_assets.routing.rehearsal.rebalance import Point
    from cs_assets.routing.rehearsal.replay import Month

_ADDED, _GONE, _TARGET = "#2f6db5", "#b5582f", "#444444"
_MOST = 40
_REGIONS = 6
_TICKS = 8


@dataclass(frozen=True)
class Look:
    """Colours of a picture and of the page that it stands on, and how fine it is drawn."""

    paper: str = "white"
    ink: str = "black"
    kept: str = "#c9ced6"
    added: str = _ADDED
    gone: str = _GONE
    aim: str = _TARGET
    inches: float = 7.0
    dots_per_inch: int = 90


ON_WHITE = Look()
_INKED = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
_GROUNDS = ("figure.facecolor", "axes.facecolor", "savefig.facecolor")


@contextmanager
def _drawn(look: Look) -> Iterator[None]:
    """Names in their scripts, lines and letters in the look's ink."""
    from matplotlib import rc_context

    told: dict[Any, Any] = {
        **dict.fromkeys(_INKED, look.ink), **dict.fromkeys(_GROUNDS, look.paper)
    }  # fmt: skip
    with lettered(), rc_context(told):
        yield


def balance(before: pd.DataFrame, after: pd.DataFrame, look: Look = ON_WHITE) -> bytes:
    """PNG: points of each book before, what comes and goes, and a mark at the share of all
    points that its CSM can carry of what all can (``full_points``).

    ``before`` and ``after``: worker_id, worker_name, points, full_points and coverage (of
    ``after``), one row a CSM or shared book in any order. Shared books share among themselves. Who
    carries no load and has nothing to give away is not shown.
    """
    columns = ["worker_id", "worker_name", "points", "full_points"]
    rows = after.assign(shared=after["coverage"].notna())[[*columns, "shared"]].merge(
        before[["worker_id", "points"]], on="worker_id", how="left", suffixes=("_after", "")
    )
    rows["points"] = rows["points"].fillna(0.0)
    side = rows.groupby("shared")
    share = rows["full_points"] / side["full_points"].transform("sum").clip(lower=1e-9)
    rows["target"] = share * side["points_after"].transform("sum")
    moves = rows["points_after"] != rows["points"]
    rows = rows[(rows["full_points"] > 0) | moves]
    rows = rows.sort_values(["points_after", "worker_id"]).tail(_MOST)
    with _drawn(look):
        return _png(_balance(rows, look), look)


def _balance(rows: pd.DataFrame, look: Look) -> Any:
    """The bars; places instead of names, for two people may have the same."""
    figure, axes = _figure(height=1.5 + 0.26 * len(rows), width=look.inches)
    rows = rows.assign(place=range(len(rows)))
    gain = rows["points_after"] - rows["points"]
    kept = rows[["points", "points_after"]].min(axis=1)
    axes.barh(rows["place"], kept, color=look.kept, label="kept")
    for change, label, style in (
        (gain, "added", {"color": look.added}),
        (-gain, "leaves", {"color": look.paper, "edgecolor": look.gone, "hatch": "////"}),
    ):
        some = change > 0
        if some.any():
            places, width, left = rows["place"][some], change[some], kept[some]
            axes.barh(places, width, left=left, label=label, **style)
    aims = rows[rows["full_points"] > 0]
    marks = {"marker": "|", "s": 160, "color": look.aim, "zorder": 3}
    axes.scatter(aims["target"], aims["place"], label="fair share", **marks)
    axes.set_xlabel("capacity points")
    total, taking = gain[gain > 0].sum(), int((gain > 0).sum())
    of = how_many(len(aims), int(aims["shared"].sum()))
    axes.set_title(f"{total:,.1f} points go to {taking} of {of}", loc="left", fontsize=11)
    axes.set_yticks(rows["place"], labels(rows["worker_name"]))
    figure.legend(frameon=False, fontsize=8, loc="outside lower left", ncols=4)
    return figure


def fairness(metrics: pd.DataFrame) -> bytes:
    """PNG: Gini of points and of revenue by batch; 0 is all alike. ``metrics`` as in the table."""
    shown = metrics[(metrics["scope"] == "all") & metrics["metric"].str.endswith("_gini")]
    table = shown.pivot_table(index="batched_at", columns="metric", values="value").sort_index()
    figure, axes = _figure(height=2.8)
    for name, colour in (("points_gini", _ADDED), ("revenue_gini", _GONE)):
        if name in table:
            series = table[name].dropna()
            axes.plot(range(len(series)), series, marker="o", color=colour)
            if len(series):
                label = name.removesuffix("_gini")
                axes.annotate(
                    f" {label} {series.iloc[-1]:.2f}",
                    (len(series) - 1, series.iloc[-1]),
                    fontsize=9,
                )
    axes.set_ylim(0, max(0.5, float(table.max().max()) * 1.2 if table.size else 0.5))
    names = [f"{at:%d %b}" for at in table.index]
    if len(set(names)) < len(names):
        names = [f"{at:%d %b %H:%M}" for at in table.index]
    ticks = range(0, len(table), -(-len(table) // _TICKS) or 1)
    axes.set_xticks(list(ticks), [names[k] for k in ticks], fontsize=8)
    axes.margins(x=0.15)
    axes.set_ylabel("Gini (0 = all alike)")
    axes.set_title(f"Inequality of the books after {len(table)} batches", loc="left", fontsize=11)
    return _png(figure)


#: What is drawn over time: title, and line by line its measure, scope and name.
_PANELS = (
    ("Accounts placed, and reviews that approve", (
        ("success_rate", "all", "placed"), ("approval_rate", "all", "approved"))),
    ("Books: accounts owned of those allowed", (("utilisation", "all", ""),)),
    ("Health: red accounts of a book", (
        ("at_risk_share_mean", "all", "mean"), ("at_risk_share_spread", "all", "spread"))),
    ("Capacity points of a full load, by tenure", tuple(
        ("points_mean", band, band) for band in TENURE)),
)  # fmt: skip
_LINES = (_ADDED, _GONE, "#4d8f5b", "#8a63a8", "#7a6a4f")


def over_time(metrics: pd.DataFrame) -> bytes:
    """PNG: four panels of measures, batch by batch. ``metrics`` as in the table."""
    figure = _figure(height=5.2, panels=(2, 2))[0]
    for axes, (title, lines) in zip(figure.axes, _PANELS, strict=True):
        drawn, highest = 0, 0.0
        for (metric, scope, name), colour in zip(lines, _LINES, strict=False):
            mine = metrics[(metrics["metric"] == metric) & (metrics["scope"] == scope)]
            series = mine.sort_values(["batched_at", "batch_id"])["value"].reset_index(drop=True)
            series = series.dropna()
            if series.empty:
                continue
            drawn += 1
            axes.plot(series.index + 1, series, marker=".", color=colour, label=name or None)
            highest = max(highest, float(series.max()))
        axes.set_title(title if drawn else f"{title}: no data", loc="left", fontsize=9)
        axes.set_ylim(0, 1.15 * highest or 1)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.tick_params(labelsize=8)
        if axes.get_legend_handles_labels()[1]:
            axes.legend(frameon=False, fontsize=7)
    figure.supxlabel("batch, oldest first", fontsize=8)
    return _png(figure)


def replayed(months: "Sequence[Month]") -> bytes:
    """PNG: Gini of points month by month, as people filled the books and as routed."""
    figure, axes = _figure(height=2.8)
    for label, colour, side in (("people", _GONE, "bottom"), ("routed", _ADDED, "top")):
        values = [getattr(month, label).get("points_gini") for month in months]
        places = [k for k, value in enumerate(values) if value is not None]
        axes.plot(places, [values[k] for k in places], marker="o", color=colour)
        if places:
            last = places[-1]
            text = f"  {label} {values[last]:.2f}"
            axes.annotate(text, (last, values[last]), fontsize=9, va=side)
    shown = range(0, len(months), -(-len(months) // (_TICKS + 4)) or 1)
    axes.set_xticks(list(shown), [f"{months[k].month:%b %y}" for k in shown], fontsize=8)
    axes.set_ylim(bottom=0)
    axes.margins(x=0.15)
    axes.set_ylabel("Gini of points (0 = all alike)")
    n = sum(month.accounts for month in months)
    axes.set_title(f"{n} accounts of {len(months)} months, routed again", loc="left", fontsize=11)
    return _png(figure)


def pareto(points: "Sequence[Point]") -> bytes:
    """PNG: what imbalance is left by how many accounts move, each proposal a point."""
    figure, axes = _figure(height=3.0)
    moves = [0, *(len(point.moves) for point in points)]
    left = [points[0].before, *(point.balance for point in points)] if points else [0.0]
    axes.plot(moves[: len(left)], left, marker="o", color=_ADDED)
    axes.set_ylim(0, 1.15 * max(left) or 1)
    told: list[int] = []
    for count, value in zip(moves, left, strict=False):
        near = [other for other in told if abs(count - other) < 0.09 * max(moves)]
        told.append(count)
        if len(near) < 2:  # above the line and below it; a third there would cover them
            up = not near
            axes.annotate(
                f"{value:.2f}", (count, value), (0, 5 if up else -5), fontsize=8, ha="center",
                textcoords="offset points", va="bottom" if up else "top",
            )  # fmt: skip
    axes.margins(x=0.1)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("accounts that move")
    axes.set_ylabel("imbalance")
    said = "What moves bring; 1 is an average account on a full book"
    axes.set_title(said, loc="left", fontsize=11)
    return _png(figure)


def capacity(regions: "Sequence[Region]", look: Look = ON_WHITE) -> bytes:
    """PNG: by region, accounts expected (with their interval) and the room of today's CSMs."""
    shown = list(regions)[:_REGIONS]
    with _drawn(look):
        figure = _figure(1.0 + 2.2 * len(shown), (len(shown), 1), look.inches)[0]
        for axes, one in zip(figure.axes, shown, strict=True):
            places = range(len(one.plan))
            axes.plot(places, [q.accounts for q in one.plan], color=look.added, label="accounts")
            if all(q.low is not None for q in one.plan):
                low, high = [q.low for q in one.plan], [q.high for q in one.plan]
                axes.fill_between(places, low, high, color=look.added, alpha=0.2)
            axes.plot(places, [q.room for q in one.plan], color=look.gone, label="room")
            axes.set_xticks(list(places), [f"{q.ends:%b %y}" for q in one.plan], fontsize=8)
            axes.set_ylim(bottom=0)
            hires = one.plan[-1].hires
            many = "1 hire" if hires == 1 else f"{hires} hires"
            axes.set_title(f"{one.region}: {many} by the end", loc="left", fontsize=9)
            axes.legend(frameon=False, fontsize=7)
        return _png(figure, look)


def as_markdown(png: bytes, alt: str) -> str:
    """The picture as a data URI for the Dagster UI."""
    return f"![{alt}](data:image/png;base64,{base64.b64encode(png).decode()})"


def _figure(
    height: float, panels: tuple[int, int] = (1, 1), width: float = ON_WHITE.inches
) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, min(height, 12)), layout="constrained")
    FigureCanvasAgg(figure)
    figure.subplots(*panels)
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    return figure, figure.axes[0]


def _png(figure: Any, look: Look = ON_WHITE) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=look.dots_per_inch, metadata={"Software": None})
    return out.getvalue()


def price_of_load(policy: Policy) -> bytes:
    """PNG: what one more average account costs by how full the book is, at all weights together."""
    figure, axes = _figure(height=3.2)
    full = np.linspace(0, 1.3, 1301)
    step = policy.objective.step
    axes.plot(100 * full, (2 * np.floor(full / step) + 1) * step / 2, color=_ADDED)
    axes.axvline(100, linestyle=":", color=_TARGET)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("how full the book is, % of what its CSM can carry")
    axes.set_ylabel("cost")
    axes.set_title("What one more average account costs", loc="left", fontsize=11)
    return _png(figure)

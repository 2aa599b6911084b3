"""Pictures of routing: the balance of the books before and after, and fairness over time."""

import base64
import io
from typing import Any

import pandas as pd

_BEFORE, _ADDED, _GONE, _TARGET = "#c9ced6", "#2f6db5", "#b5582f", "#444444"
_MOST = 40


def balance(before: pd.DataFrame, after: pd.DataFrame) -> bytes:
    """PNG: points of each CSM before, what the batch adds, and the share of load as a mark.

    ``before`` and ``after``: worker_name, points, load_share, one row a CSM in any order.
    """
    rows = before[["worker_id", "worker_name", "points", "load_share"]].merge(
        after[["worker_id", "points"]], on="worker_id", suffixes=("", "_after")
    )
    rows = rows[rows["load_share"] > 0].sort_values(["points_after", "worker_id"]).tail(_MOST)
    share = rows["load_share"] / max(rows["load_share"].sum(), 1e-9)
    target = share * rows["points_after"].sum()
    figure, axes = _figure(height=1.2 + 0.26 * len(rows))
    names = rows["worker_name"]
    gain = rows["points_after"] - rows["points"]
    kept = rows[["points", "points_after"]].min(axis=1)
    axes.barh(names, kept, color=_BEFORE, label="kept")
    axes.barh(names, gain.clip(lower=0), left=kept, color=_ADDED, label="added")
    if (gain < 0).any():
        lost = (-gain).clip(lower=0)
        axes.barh(
            names, lost, left=kept, color="white", edgecolor=_GONE, hatch="////", label="given away"
        )
    axes.scatter(target, names, marker="|", s=160, color=_TARGET, label="target", zorder=3)
    axes.set_xlabel("capacity points")
    total = gain[gain > 0].sum()
    taking = int((gain > 0).sum())
    axes.set_title(
        f"{total:,.1f} points go to {taking} of {len(rows)} CSMs", loc="left", fontsize=11
    )
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    return _png(figure)


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
    axes.set_xticks(range(len(table)), [f"{at:%d %b}" for at in table.index], fontsize=8)
    axes.margins(x=0.15)
    axes.set_ylabel("Gini (0 = all alike)")
    axes.set_title(f"Inequality of the books after {len(table)} batches", loc="left", fontsize=11)
    return _png(figure)


def as_markdown(png: bytes, alt: str) -> str:
    """The picture as a data URI for the Dagster UI."""
    return f"![{alt}](data:image/png;base64,{base64.b64encode(png).decode()})"


def _figure(height: float) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, min(height, 12)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _png(figure: Any) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=90, metadata={"Software": None})
    return out.getvalue()

"""The chart of AI usage: dollars a week, stacked by asset."""

import base64
import io

import pandas as pd

_MOST_ASSETS = 5


def chart(usage: pd.DataFrame) -> str:
    """A data URI (PNG) of ``week_start``, ``asset``, ``cost_usd``; weeks from left to right."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    table = usage.pivot_table(
        index="week_start", columns="asset", values="cost_usd", aggfunc="sum", fill_value=0.0
    ).sort_index()
    dearest = table.sum().sort_values(ascending=False).index[:_MOST_ASSETS]
    shown = table[list(dearest)].copy()
    if rest := [name for name in table.columns if name not in set(dearest)]:
        shown["others"] = table[rest].sum(axis=1)
    figure = Figure(figsize=(7, 3), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    bottom = pd.Series(0.0, index=shown.index)
    labels = [f"{pd.Timestamp(week):%d %b}" for week in shown.index]
    for name in shown.columns:
        axes.bar(labels, shown[name], bottom=bottom, label=str(name), width=0.6)
        bottom = bottom + shown[name]
    axes.set_ylabel("US dollars")
    axes.set_title(f"Model calls cost ${bottom.sum():,.2f} in {len(shown)} weeks", loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=90)
    return "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()

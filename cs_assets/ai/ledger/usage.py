"""What model calls have used, from the rows of the ledger, and the chart of it."""

import base64
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from cs_assets.ai.configuration import AiConfiguration, Ceiling

#: The ways to count, and the column of ``calls_frame`` each groups by.
BY = {"asset": "asset", "model": "model", "account": "account", "week": "asked_week"}

COLUMNS = ("calls", "failed", "lost", "reused", "input_tokens", "output_tokens", "cost_usd")


def calls_frame(rows: Iterable[Mapping[str, Any]], configuration: AiConfiguration) -> pd.DataFrame:
    """The ledger's rows in the columns of ``ops.ai_calls``."""
    columns = [
        "call_id", "call_key", "asset", "run_id", "account", "week_start", "provider", "model",
        "prompt_name", "prompt_version", "state", "rows_covered", "input_tokens", "output_tokens",
        "cost_usd", "price_assumed", "note", "reserved_at", "settled_at",
    ]  # fmt: skip
    frame = pd.DataFrame([_row(row, configuration) for row in rows], columns=columns)
    for column in ("reserved_at", "settled_at"):
        frame[column] = pd.to_datetime(frame[column], format="ISO8601")
    return frame


def _row(row: Mapping[str, Any], configuration: AiConfiguration) -> dict[str, Any]:
    price = configuration.models.get(row["model"])
    kept = {
        name: row[name]
        for name in (
            "call_id", "call_key", "asset", "run_id", "account", "provider", "model",
            "prompt_name", "prompt_version", "state", "rows_covered", "input_tokens",
            "output_tokens", "note", "reserved_at", "settled_at",
        )
    }  # fmt: skip
    return {
        **kept,
        "week_start": dt.date.fromisoformat(row["week"]) if row["week"] else None,
        "cost_usd": row["micro_dollars"] / 1e6,
        "price_assumed": price is None or price.assumed,
    }


def usage(calls: pd.DataFrame, by: str) -> pd.DataFrame:
    """Usage by ``asset``, ``model``, ``account`` or ``week``, the dearest first.

    Columns: the group, calls (made, whatever came of them), failed, lost, reused,
    input_tokens, output_tokens, cost_usd. Raises ``ValueError`` for another ``by``.
    """
    if by not in BY:
        raise ValueError(f"'{by}' is no way to count: {', '.join(BY)}")
    week = calls["reserved_at"].dt.to_period("W-SUN").dt.start_time.dt.date
    counted = calls.assign(
        asked_week=week,
        calls=calls["state"].isin(["reserved", "answered", "failed", "lost"]).astype(int),
        failed=(calls["state"] == "failed").astype(int),
        lost=(calls["state"] == "lost").astype(int),
        reused=(calls["state"] == "reused").astype(int),
    )
    summed = counted.groupby(BY[by], sort=True)[list(COLUMNS)].sum().reset_index()
    summed = summed.rename(columns={BY[by]: by})
    return summed.sort_values(["cost_usd", by], ascending=[False, True]).reset_index(drop=True)


def room_left(spent: tuple[int, int, int], ceiling: Ceiling) -> dict[str, float]:
    """The share of each ceiling that is used: ``calls``, ``tokens``, ``dollars``; 1 is all of it.

    ``spent`` is what ``AiLedger.spent`` gives. A ceiling of nothing is used up.
    """
    limits = {"calls": ceiling.calls, "tokens": ceiling.tokens, "dollars": ceiling.dollars}
    amounts = {"calls": spent[0], "tokens": spent[1], "dollars": spent[2] / 1e6}
    return {name: amounts[name] / limit if limit else 1.0 for name, limit in limits.items()}


def reconciled(calls: pd.DataFrame, billed: pd.DataFrame, dollars_a_credit: float) -> pd.DataFrame:
    """What the ledger counted for AI statements against what Snowflake billed, day by day.

    ``billed``: rows of ``sql/ai/cortex_usage``. Columns: usage_date, ledger_usd,
    billed_usd, difference_usd. Statements are estimated from above, so the
    difference should not be below zero by more than rounding.
    """
    statements = calls[(calls["provider"] == "cortex-sql") & (calls["state"] != "reused")]
    ours = statements.groupby(statements["reserved_at"].dt.date)["cost_usd"].sum()
    theirs = billed.groupby(pd.to_datetime(billed["usage_date"]).dt.date)["credits"].sum()
    days = sorted({*ours.index, *theirs.index})
    frame = pd.DataFrame({"usage_date": days})
    frame["ledger_usd"] = [float(ours.get(day, 0.0)) for day in days]
    frame["billed_usd"] = [float(theirs.get(day, 0.0)) * dollars_a_credit for day in days]
    frame["difference_usd"] = frame["ledger_usd"] - frame["billed_usd"]
    return frame


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

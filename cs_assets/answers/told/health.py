"""What a customer's health score lost its points by, factor by factor."""

from typing import Any

from cs_assets import health_points
from cs_assets.answers.told.telling import Row, Telling
from cs_assets.frames import text_or_none

_TABLE = "analytics.customer_metrics"
_COLUMN = "health_factors"
#: Factors told, and points that a factor has lost at least.
_MOST, _LEAST = 3, 3.0
_LABELS = {
    "breadth": "modules adopted",
    "usage_trend": "change of key actions",
    "utilisation": "seats in use",
    "outcomes": "change of conversion value",
    "engagement": "engagement with messages",
    "calls": "tone of calls",
    "support": "support tickets",
    "survey": "survey answers",
}


def lost(told: Telling, row: Row) -> list[str]:
    """The rule that kept a customer from Green, and the factors that lost most; of those that are
    Green nothing.
    """
    if row["health_segment"] == "Green":
        return []
    key = (row["customer_id"], row["week_start"])
    lines = []
    if text_or_none(row["health_override"]):
        rule = told.cell("row1.override", "rule on health", row, (_TABLE, key, "health_override"))
        lines.append(f"By rule: {rule}.")
    worst = health_points.lost(text_or_none(row[_COLUMN]), _LEAST)
    if worst:
        factors = ", ".join(_factor(told, key, name, part) for name, part in worst[:_MOST])
        lines.append(f"Points lost most by: {factors}.")
    return lines


def _factor(told: Telling, key: tuple[Any, ...], name: str, part: dict[str, Any]) -> str:
    label = _LABELS.get(name, name.replace("_", " "))
    got = told.fact(f"health.{name}", f"points for {label}", max(part["points"], 0.0), "points",
                    (_TABLE, key, _COLUMN), n=1)  # fmt: skip
    of = told.fact(f"health.{name}.of", f"most points for {label}", 100 * part["weight"], "points",
                   (_TABLE, key, _COLUMN), n=1)  # fmt: skip
    return f"{label} ({got} of {of})"

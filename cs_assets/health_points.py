"""Which factors of ``health_factors`` (``analytics.customer_metrics``) cost a customer points."""

import json
from typing import Any

Part = dict[str, Any]


def lost(factors: str | None, least: float) -> list[tuple[str, Part]]:
    """Factors that lost ``least`` points or more, with weight and points, the most first."""
    parts: dict[str, Part] = json.loads(factors) if factors else {}
    gone = {
        name: 100 * part["weight"] - part["points"]
        for name, part in parts.items()
        if part.get("points") is not None
    }
    worst = sorted((name for name in gone if gone[name] >= least), key=lambda n: (-gone[n], n))
    return [(name, parts[name]) for name in worst]

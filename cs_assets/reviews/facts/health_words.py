"""Why a customer's health is what it is, in words."""

from typing import Any

import pandas as pd

from cs_assets import health_points

#: Points that a factor must have lost to be named, and how many factors or parts of a rule are.
_LOST, _MOST = 5.0, 2
_NAMES = {
    "breadth": "few of the modules adopted",
    "usage_trend": "use of the modules fell",
    "utilisation": "few of the seats in use",
    "outcomes": "conversion value fell",
    "engagement": "low engagement",
    "calls": "calls of a negative tone",
    "support": "heavy tickets",
    "survey": "an unhappy survey answer",
    "first_use": "no module in use yet",
    "people_in": "few of the seats in use yet",
    "first_module": "no module adopted yet",
}


def health_why(override: Any, factors: Any) -> str:
    """What first made the rule that capped it fit, else the factors that lost most points.

    Empty where none did.

    ``override`` and ``factors`` as in ``analytics.customer_metrics``.
    """
    if not _missing(override):
        told = str(override).partition(", ")[2] or str(override)
        return "; ".join(told.split("; ")[:_MOST])
    worst = health_points.lost(None if _missing(factors) else str(factors), _LOST)[:_MOST]
    return ", ".join(_NAMES.get(name, f"weak {name.replace('_', ' ')}") for name, _ in worst)


def _missing(value: Any) -> bool:
    return value is None or bool(pd.isna(value)) or value == ""

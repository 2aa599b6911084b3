"""The health of one customer, from its derived metrics."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.customers.judging import health
from cs_assets.customers.policy import HealthRules


@dataclass(frozen=True, slots=True)
class Health:
    """Score 0 to 100 or ``None``, its colour, the weight known, and each factor's part."""

    score: float | None
    segment: str
    coverage: float
    factors: dict[str, dict[str, float | None]]
    override: str | None


def of_customer(row: Mapping[str, Any], rules: HealthRules) -> Health:
    found = health.scored(pd.DataFrame([dict(row)]), rules).iloc[0]
    score, override = found["health_score"], found["health_override"]
    return Health(
        None if pd.isna(score) else float(score),
        found["health_segment"],
        float(found["health_coverage"]),
        json.loads(found["health_factors"]),
        None if pd.isna(override) else str(override),
    )

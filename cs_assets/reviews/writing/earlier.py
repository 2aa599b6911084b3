"""What an earlier report brings to this one: its texts, and what changed since."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.benchmarks import METRICS
from cs_assets.reviews.facts.groups import groups, number, text
from cs_assets.reviews.facts.sheets import sheet_from_json
from cs_assets.reviews.writing.report import Passage, passages_from_json

#: A move of the conversion value, in percent, that is worth a report of its own.
_MATERIAL = 15.0


@dataclass(frozen=True)
class Earlier:
    """An earlier report: its facts and its passages."""

    sheet: FactSheet
    passages: Mapping[str, Passage]


def earlier_reports(rows: pd.DataFrame) -> dict[str, Earlier]:
    """Written reports by customer, from rows of ``reviews/reports``."""
    written: list[Any] = list(rows[rows["status"] == "written"].itertuples(index=False))
    return {
        row.customer_id: Earlier(sheet_from_json(row.sheet), passages_from_json(row.sections))
        for row in written
    }


def material_changes(sheet: FactSheet, earlier: Earlier) -> list[str]:
    """What is different enough from the earlier report to be told, in words for a log."""
    before, found = earlier.sheet, []
    now, then = number(sheet, "conversions.value"), number(before, "conversions.value")
    if (now is None) != (then is None):
        found.append("conversions began or ended")
    elif now is not None and then is not None:
        move = abs(now - then) / max(then, 1.0) * 100
        if move >= _MATERIAL:
            found.append("the conversion value moved")
    compared = [
        "conversions.verdict_change", "engagement.open_rate_verdict", "customer.goal",
        "health.segment", *(f"benchmark.{metric}.position" for metric in METRICS),
    ]  # fmt: skip
    found += [f"{f} is another" for f in compared if text(sheet, f) != text(before, f)]
    stages = {g: text(sheet, f"{g}.stage") for g in groups(sheet, "adoption.module")}
    if stages != {g: text(before, f"{g}.stage") for g in groups(before, "adoption.module")}:
        found.append("the adoption of a module is another")
    return found

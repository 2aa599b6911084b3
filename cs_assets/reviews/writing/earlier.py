"""What an earlier report brings to this one: its actions, its texts, and what changed since."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.facts.model import Fact, FactSheet
from cs_assets.reviews.facts.benchmarks import METRICS
from cs_assets.reviews.facts.groups import groups, number, text
from cs_assets.reviews.facts.sheets import sheet_from_json
from cs_assets.reviews.writing.report import Passage, passages_from_json
from cs_assets.reviews.writing.text_blocks import recommendations

#: At most this many actions are followed up.
_FOLLOWED = "abc"

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


def actions_from_last_time(sheet: FactSheet, earlier: Earlier | None) -> list[Fact]:
    """Facts on the earlier recommendations: title, and their measure then and now."""
    passage = earlier.passages.get("recommendations") if earlier else None
    if earlier is None or passage is None:
        return []
    _, made, _ = recommendations(passage.filled, passage.claims)
    facts: list[Fact] = []
    for letter, recommendation in zip(_FOLLOWED, made, strict=False):
        measured = _measure(recommendation.evidence, earlier.sheet, sheet)
        prefix = f"last_time.{letter}"
        facts.append(Fact(f"{prefix}.title", "Action", recommendation.title, "text"))
        if measured is not None:
            then, now = measured
            facts += [
                Fact(f"{prefix}.measure", "Measure", now.label, "text"),
                Fact(f"{prefix}.then", f"{now.label} then", then.value, then.unit, n=then.n,
                     visibility=now.visibility, source=then.source),
                Fact(f"{prefix}.now", f"{now.label} now", now.value, now.unit, n=now.n,
                     visibility=now.visibility, source=now.source),
            ]  # fmt: skip
    return facts


def _measure(
    evidence: tuple[str, ...], then: FactSheet, now: FactSheet
) -> tuple[Fact, Fact] | None:
    """The first figure behind a recommendation that can be looked at again."""
    for fact_id in evidence:
        before, after = then.get(fact_id), now.get(fact_id)
        if (
            before is not None and after is not None
            and before.is_number and after.is_number and before.direction != "neutral"
            and not fact_id.endswith(("_change", "_prior", "_year_ago", "_within"))
        ):  # fmt: skip
            return before, after
    return None


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

"""Facts about messages: sent, opened, clicked, the score of the days, and how they moved."""

from typing import Any

import numpy as np
import pandas as pd

from cs_assets.reviews.configuration import Evidence
from cs_assets.reviews.conversion_facts import aligned
from cs_assets.reviews.fact_rows import Absent, FactRows, rate
from cs_assets.reviews.windows import Windows

_SPANS = (
    ("", "current", ""),
    ("_prior", "prior", " in the window before"),
    ("_year_ago", "year_ago", " a year earlier"),
)


def add_engagement(
    facts: FactRows,
    customers: pd.DataFrame,
    engagement: pd.DataFrame,
    windows: Windows,
    evidence: Evidence,
) -> None:
    """Messages and rates (ratio of sums, in percent of the messages sent)."""
    rows = aligned(engagement, customers)
    ids = rows["customer_id"]
    young = pd.to_datetime(rows["first_date"]) > pd.Timestamp(windows.year_ago.start)
    for suffix, span, words in _SPANS:
        sent = rows[f"sent_{span}"]
        missing = [Absent(sent == 0, "not_applicable", "no message sent")]
        if span == "year_ago":
            missing.insert(0, Absent(young, "not_applicable", "no data from a year earlier"))
        common: dict[str, Any] = {"window": span, "source": "engagement", "n": sent}
        facts.add(
            ids, f"engagement.sent{suffix}", f"Messages sent{words}", sent, "count",
            absent=missing[:-1], **common,
        )  # fmt: skip
        for part, label in (("opened", "Open rate"), ("clicked", "Click rate")):
            name = label.lower().replace(" ", "_")
            facts.add(
                ids, f"engagement.{name}{suffix}", f"{label}{words}",
                rate(rows[f"{part}_{span}"], sent), "percent",
                direction="higher_is_better", absent=missing, **common,
            )  # fmt: skip
        facts.add(
            ids, f"engagement.score{suffix}", f"Engagement score{words}", rows[f"score_{span}"],
            "points", direction="higher_is_better", absent=missing, **common,
        )  # fmt: skip
    for part, label in (("opened", "Opened messages"), ("clicked", "Clicked messages")):
        facts.add(
            ids, f"engagement.{part}", label, rows[f"{part}_current"], "count",
            n=rows["sent_current"], direction="higher_is_better", source="engagement",
        )  # fmt: skip
    _add_changes(facts, rows, evidence)


def _add_changes(facts: FactRows, rows: pd.DataFrame, evidence: Evidence) -> None:
    ids = rows["customer_id"]
    sent, before = rows["sent_current"], rows["sent_prior"]
    few = np.minimum(sent, before) < evidence.minimum_n
    unsafe = [Absent(few, "withheld", f"fewer than {evidence.minimum_n} messages in a window")]
    for part, label in (("opened", "Open rate"), ("clicked", "Click rate")):
        name = label.lower().replace(" ", "_")
        now, then = rate(rows[f"{part}_current"], sent), rate(rows[f"{part}_prior"], before)
        facts.add(
            ids, f"engagement.{name}_change", f"{label} against the window before, in points",
            now - then, "points", n=sent + before, direction="higher_is_better",
            source="engagement", absent=unsafe,
        )  # fmt: skip
        verdict = _verdicts(
            rows[f"{part}_current"], sent, rows[f"{part}_prior"], before, evidence.clear_at
        )
        facts.add(
            ids, f"engagement.{name}_verdict", f"{label} against the window before, judged",
            pd.Series(verdict, index=rows.index), "text", n=sent + before, source="engagement",
            absent=unsafe,
        )  # fmt: skip
    facts.add(
        ids, "engagement.score_change", "Engagement score against the window before",
        rows["score_current"] - rows["score_prior"], "points", n=sent + before,
        direction="higher_is_better", source="engagement", absent=unsafe,
    )  # fmt: skip


def _verdicts(
    part: pd.Series, whole: pd.Series, part_before: pd.Series, before: pd.Series, clear_at: float
) -> np.ndarray:
    """Whether two shares differ clearly: the two-proportion z-test with pooled variance."""
    a, n, b, m = (column.astype(float).to_numpy() for column in (part, whole, part_before, before))
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = (a + b) / (n + m)
        z = (a / n - b / m) / np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    words = np.where(z > 0, "a clear rise", "a clear fall").astype(object)
    words[~(np.abs(z) > clear_at)] = "no clear change"
    words[np.isnan(a) | np.isnan(b)] = None
    return words

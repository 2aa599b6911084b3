"""Facts about messages: sent, opened, clicked, the score of the days, and how they moved."""

from typing import Any

import numpy as np
import pandas as pd

from cs_assets.reviews.configuration import Evidence
from cs_assets.reviews.facts.conversions import aligned
from cs_assets.reviews.facts.rows import Absent, FactRows, rate
from cs_assets.reviews.facts.windows import Windows

_SPANS = (
    ("", "current", ""),
    ("_prior", "prior", " in the window before"),
    ("_year_ago", "year_ago", " a year earlier"),
)
_SUMS = (
    "days", "sent", "opened", "clicked", "scored", "sent_sent", "opened_opened", "opened_sent",
    "clicked_clicked", "clicked_sent",
)  # fmt: skip


def by_window(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``reviews/engagement`` as one row per customer: ``sent_current`` and so on.

    A customer with messages at other times has zero in a window without any.
    """
    wide = pd.DataFrame({"first_date": rows.groupby("customer_id")["first_date"].min()})
    for _, span, _ in _SPANS:
        of_span = rows[rows["span"] == span].set_index("customer_id")
        for name in (*_SUMS, "score"):
            column = of_span[name].astype(float).reindex(wide.index)
            wide[f"{name}_{span}"] = column if name == "score" else column.fillna(0.0)
    return wide.reset_index()


def add_engagement(
    facts: FactRows,
    customers: pd.DataFrame,
    engagement: pd.DataFrame,
    windows: Windows,
    evidence: Evidence,
) -> None:
    """Messages and rates (ratio of sums, in percent of the messages sent).

    ``engagement`` as ``by_window`` gives it. The n of a rate is messages, not people; the n of the
    score is the daily scores that it is the mean of.
    """
    rows = aligned(engagement, customers)
    ids = rows["customer_id"]
    young = pd.to_datetime(rows["first_date"]) > pd.Timestamp(windows.known_by)
    for suffix, span, words in _SPANS:
        sent = rows[f"sent_{span}"]
        missing = [Absent(sent == 0, "not_applicable", "no message sent")]
        if span == "year_ago":
            missing.insert(0, Absent(young, "not_applicable", "no data from a year earlier"))
        common: dict[str, Any] = {"window": span, "source": "engagement"}
        facts.add(
            ids, f"engagement.sent{suffix}", f"Messages sent{words}", sent, "count", n=sent,
            absent=missing[:-1], **common,
        )  # fmt: skip
        for part, label in (("opened", "Open rate"), ("clicked", "Click rate")):
            name = label.lower().replace(" ", "_")
            facts.add(
                ids, f"engagement.{name}{suffix}", f"{label}{words}",
                rate(rows[f"{part}_{span}"], sent), "percent", n=sent,
                direction="higher_is_better", absent=missing, **common,
            )  # fmt: skip
        facts.add(
            ids, f"engagement.score{suffix}", f"Engagement score{words}", rows[f"score_{span}"],
            "points", n=rows[f"scored_{span}"], direction="higher_is_better", absent=missing,
            **common,
        )  # fmt: skip
    for part, label in (("opened", "Opened messages"), ("clicked", "Clicked messages")):
        facts.add(
            ids, f"engagement.{part}", label, rows[f"{part}_current"], "count",
            n=rows["sent_current"], direction="higher_is_better", source="engagement",
        )  # fmt: skip
    _add_changes(facts, rows, young, evidence)


def _add_changes(facts: FactRows, rows: pd.DataFrame, young: pd.Series, evidence: Evidence) -> None:
    """How the rates and the score moved against the window before and against a year earlier."""
    ids, sent = rows["customer_id"], rows["sent_current"]
    for prefix, span, words in (
        ("", "prior", "against the window before"),
        ("year_", "year_ago", "against a year earlier"),
    ):
        before = rows[f"sent_{span}"]
        few = np.minimum(sent, before) < evidence.minimum_n
        unsafe = [Absent(few, "withheld", f"fewer than {evidence.minimum_n} messages in a window")]
        if span == "year_ago":
            unsafe.insert(0, Absent(young, "not_applicable", "no data from a year earlier"))
        for part, label in (("opened", "Open rate"), ("clicked", "Click rate")):
            name = label.lower().replace(" ", "_")
            now, then = rate(rows[f"{part}_current"], sent), rate(rows[f"{part}_{span}"], before)
            facts.add(
                ids, f"engagement.{name}_{prefix}change", f"{label} {words}, in points", now - then,
                "points", n=sent + before, direction="higher_is_better", source="engagement",
                absent=unsafe,
            )  # fmt: skip
            facts.add(
                ids, f"engagement.{name}_{prefix}verdict", f"{label} {words}, judged",
                pd.Series(_verdicts(rows, part, span, evidence.clear_at), index=rows.index),
                "text", n=sent + before, source="engagement", absent=unsafe,
            )  # fmt: skip
        facts.add(
            ids, f"engagement.score_{prefix}change", f"Engagement score {words}",
            rows["score_current"] - rows[f"score_{span}"], "points",
            n=rows["scored_current"] + rows[f"scored_{span}"], direction="higher_is_better",
            source="engagement", absent=unsafe,
        )  # fmt: skip


def _verdicts(rows: pd.DataFrame, part: str, span: str, clear_at: float) -> np.ndarray:
    """Whether a rate differs clearly between the current window and another.

    Messages of one day go out together, so they are no independent cases: the spread of the rate
    is taken from day to day, not from message to message, and few days ask for more.
    """
    now, its_variance = _rate_and_variance(rows, part, "current")
    then, earlier_variance = _rate_and_variance(rows, part, span)
    free = rows["days_current"].to_numpy() + rows[f"days_{span}"].to_numpy() - 2
    with np.errstate(invalid="ignore", divide="ignore"):
        size = (now - then) / np.sqrt(its_variance + earlier_variance)
        needed = _with_few_days(clear_at, free)
    words = np.where(size > 0, "a clear rise", "a clear fall").astype(object)
    words[~(np.abs(size) > needed)] = "no clear change"
    words[np.isnan(now) | np.isnan(then)] = None
    return words


def _with_few_days(normal: float, free: np.ndarray) -> np.ndarray:
    """A quantile of Student's t from the normal one (Abramowitz and Stegun, 26.7.5)."""
    z = normal
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / free + second / free**2 + third / free**3


def _rate_and_variance(rows: pd.DataFrame, part: str, span: str) -> tuple[np.ndarray, np.ndarray]:
    """The ratio of two totals and its variance over the days (Cochran, Sampling Techniques, 2.11).

    The variance of one day alone is not known.
    """

    def column(name: str) -> np.ndarray:
        return rows[f"{name}_{span}"].to_numpy(dtype=float)

    days, sent = column("days"), column("sent")
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = column(part) / sent
        squares = (
            column(f"{part}_{part}")
            - 2 * ratio * column(f"{part}_sent")
            + ratio**2 * column("sent_sent")
        )
        variance = np.maximum(squares, 0) / sent**2 * days / np.where(days > 1, days - 1, np.nan)
    return ratio, variance

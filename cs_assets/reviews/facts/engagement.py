"""Facts about messages: sent, opened, clicked, the score of the days, and how they moved."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.reviews.configuration import Evidence
from cs_assets.reviews.facts.conversions import aligned, too_young
from cs_assets.reviews.facts.judged import COMPARISONS, Judged, add_verdict, clear, numbers
from cs_assets.reviews.facts.rows import Absent, FactRows, Of, display_names, rate, slugs
from cs_assets.reviews.facts.windows import Windows
from cs_assets.statistics.rates import LEAST_MIX

_SPANS = (
    ("", "current", ""),
    ("_prior", "prior", " in the window before"),
    ("_year_ago", "year_ago", " a year earlier"),
)
_SUMS = ("sent", "opened", "clicked", "scored")


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
    judged: Judged,
    evidence: Evidence,
) -> None:
    """Messages and rates (ratio of sums, in percent of the messages sent).

    ``engagement`` as ``by_window`` gives it. The n of a rate is messages, not people; the n of the
    score is the daily scores that it is the mean of.
    """
    rows = aligned(engagement, customers)
    ids = rows["customer_id"]
    not_yet_of = too_young(rows["first_date"], windows)
    for suffix, span, words in _SPANS:
        sent = rows[f"sent_{span}"]
        missing = [Absent(sent == 0, "not_applicable", "no message sent")]
        missing[:0] = not_yet_of.get(span, [])
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
    _add_changes(facts, rows, not_yet_of, judged, evidence)


def _add_changes(
    facts: FactRows,
    rows: pd.DataFrame,
    not_yet_of: dict[str, list[Absent]],
    judged: Judged,
    evidence: Evidence,
) -> None:
    """How the rates and the score moved against the window before and against a year earlier."""
    ids, sent = rows["customer_id"], rows["sent_current"]
    for prefix, span, words in (
        ("", "prior", "against the window before"),
        ("year_", "year_ago", "against a year earlier"),
    ):
        before = rows[f"sent_{span}"]
        few = np.minimum(sent, before) < evidence.minimum_n
        unsafe = [Absent(few, "withheld", f"fewer than {evidence.minimum_n} messages in a window")]
        unsafe[:0] = not_yet_of[span]
        for part, label in (("opened", "Open rate"), ("clicked", "Click rate")):
            name = label.lower().replace(" ", "_")
            now, then = rate(rows[f"{part}_current"], sent), rate(rows[f"{part}_{span}"], before)
            facts.add(
                ids, f"engagement.{name}_{prefix}change", f"{label} {words}, in points", now - then,
                "points", n=sent + before, direction="higher_is_better", source="engagement",
                absent=unsafe, of=Of(spans=("current", span)),
            )  # fmt: skip
            compared = "before" if span == "prior" else "year"
            within = judged.of(ids, name, compared)
            add_verdict(
                facts, ids, f"engagement.{name}_{prefix}verdict",
                f"{label} {words}, within channels, judged", within, unsafe,
            )  # fmt: skip
            if part == "opened":
                _add_within(facts, ids, f"{prefix}", words, within, unsafe)
                _add_mix(
                    facts, ids, f"{prefix}", words, judged.of(ids, name, compared, "mix"), unsafe
                )
        facts.add(
            ids, f"engagement.score_{prefix}change", f"Engagement score {words}",
            rows["score_current"] - rows[f"score_{span}"], "points",
            n=rows["scored_current"] + rows[f"scored_{span}"], direction="higher_is_better",
            source="engagement", absent=unsafe, of=Of(spans=("current", span)),
        )  # fmt: skip


def _add_within(
    facts: FactRows, ids: pd.Series, prefix: str, words: str, rows: pd.DataFrame,
    absent: Sequence[Absent],
) -> None:  # fmt: skip
    """How the open rate moved within channels, at the mix of the earlier window."""
    facts.add(
        ids, f"engagement.open_rate_{prefix}within",
        f"Open rate {words}, within channels, in points", numbers(rows, "size"), "points",
        n=numbers(rows, "n"), direction="higher_is_better", source="changes", absent=absent,
    )  # fmt: skip
    for name, label in (
        ("channels", "Channels with messages in both windows"),
        ("rising", "Channels in which more is opened"),
        ("falling", "Channels in which less is opened"),
    ):
        facts.add(
            ids, f"engagement.{prefix}{name}", f"{label}, {words}", numbers(rows, name), "count",
            n=numbers(rows, "n"), source="changes", absent=absent,
        )  # fmt: skip


def _add_mix(
    facts: FactRows, ids: pd.Series, prefix: str, words: str, rows: pd.DataFrame,
    absent: Sequence[Absent],
) -> None:  # fmt: skip
    """What the mix of channels did to the open rate, where that is worth telling."""
    moved = numbers(rows, "size")
    slight = Absent(
        ~clear(rows) | (moved.abs() < LEAST_MIX).to_numpy(), "not_applicable",
        "the mix of channels did not move it",
    )  # fmt: skip
    facts.add(
        ids, f"engagement.open_rate_{prefix}mix",
        f"Open rate {words}, by the mix of channels alone, in points", moved, "points",
        n=numbers(rows, "n"), source="changes", absent=[*absent, slight],
    )  # fmt: skip


def add_engagement_by_channel(
    facts: FactRows,
    channels: pd.DataFrame,
    engagement: pd.DataFrame,
    windows: Windows,
    judged: Judged,
) -> None:
    """Messages and rates of each channel, most messages first.

    ``channels``: rows of ``reviews/engagement_by_channel``; ``engagement`` as ``by_window`` gives
    it tells since when each customer sends.
    """
    rows = channels.sort_values(
        ["customer_id", "sent_current", "name"], ascending=[True, False, True], ignore_index=True
    )
    ids, name = rows["customer_id"], display_names(rows["name"])
    prefix = "engagement.channel." + slugs(rows["name"], ids)
    since = ids.map(engagement.set_index("customer_id")["first_date"])
    not_yet_of = too_young(since, windows)
    source = "engagement_by_channel"
    facts.add(ids, prefix + ".name", name + ": name", name, "text", window=None, source=source)
    for suffix, span, words in _SPANS:
        sent = rows[f"sent_{span}"]
        of = Of(spans=(span,), part="channel", names=rows["name"])
        missing = [
            *not_yet_of.get(span, []), Absent(sent == 0, "not_applicable", "no message sent"),
        ]  # fmt: skip
        if span == "current":
            facts.add(
                ids, prefix + ".sent", name + ", messages sent", sent, "count", n=sent,
                source=source, of=of,
            )  # fmt: skip
            facts.add(
                ids, prefix + ".click_rate", name + ", click rate",
                rate(rows["clicked_current"], sent), "percent", n=sent,
                direction="higher_is_better", source=source, absent=missing, of=of,
            )  # fmt: skip
        facts.add(
            ids, prefix + f".open_rate{suffix}", name + f", open rate{words}",
            rate(rows[f"opened_{span}"], sent), "percent", n=sent, window=span,
            direction="higher_is_better", source=source, absent=missing, of=of,
        )  # fmt: skip
    for (name_of, compared, words), span in zip(COMPARISONS, ("prior", "year_ago"), strict=True):
        both = [*not_yet_of[span], Absent(
            (rows["sent_current"] == 0) | (rows[f"sent_{span}"] == 0), "not_applicable",
            "no message sent in one of the windows",
        )]  # fmt: skip
        add_verdict(
            facts, ids, prefix + f".verdict_{name_of}", name + f", open rate {words}, judged",
            judged.of(ids, "open_rate", compared, "channel", rows["name"]), both,
        )  # fmt: skip

"""Whether health tells who will leave: looked at in the past, with what was known then.

Cases are past decisions on contracts, seen so many days before the term's end. Maps are fitted on
earlier quarters and judged on later ones. What cannot be told from chance is said to be so.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from cs_assets.customers.judging import health, risk
from cs_assets.customers.judging.risk import Risk
from cs_assets.customers.policy import HealthRules

Made = TypeVar("Made")

#: Inputs of the risk, rows of ``customers/risk_inputs``.
INPUTS = (
    "utilisation", "breadth", "usage_change", "worst_module", "tickets", "severe_tickets",
    "last_nps",
)  # fmt: skip
#: The score of the rules in force, an input beside the others and trusted beforehand.
HEALTH = "health_score"
#: Which factor of health an input stands for, and its metric.
_FACTORS = {
    "breadth": ("breadth", "breadth"),
    "usage_change": ("usage_trend", "judged_usage_change"),
    "worst_module": ("usage_trend", "worst_module"),
    "utilisation": ("utilisation", "seat_utilisation_4w"),
    "severe_tickets": ("support", "severe_tickets_13w"),
    "tickets": ("support", "tickets_13w"),
    "last_nps": ("survey", "last_nps"),
}
#: Days before the end of a term at which past decisions are looked at; the first is for the lists.
LEADS = (120, 180, 90)
#: Losses, and cases, that a statement needs.
LEAST_LOST, LEAST_CASES = 12, 60
#: Normal quantile by which the AUC must be above that of chance.
_CLEAR = 2.326
_PARTS = 4
_BINS = 10


@dataclass(frozen=True)
class Separation:
    """How well a score tells losses apart: n, losses, AUC with its 95 % interval."""

    n: int
    lost: int
    auc: float | None
    low: float | None
    high: float | None

    @property
    def is_clear(self) -> bool:
        """Whether it is more than chance (one in a hundred)."""
        if self.auc is None or self.low is None or self.lost < LEAST_LOST or self.n < LEAST_CASES:
            return False
        error = (self.auc - self.low) / 1.96
        return self.auc - _CLEAR * error > 0.5


def separation(scores: np.ndarray, lost: np.ndarray) -> Separation:
    """Of scores that are higher for who is likelier lost (ties count half).

    The error is that of Hanley and McNeil, Radiology 143 (1982).
    """
    known = np.isfinite(scores)
    scores, lost = scores[known], lost[known].astype(bool)
    n, positives = len(lost), int(lost.sum())
    negatives = n - positives
    if not positives or not negatives:
        return Separation(n, positives, None, None, None)
    ranks = pd.Series(scores).rank().to_numpy()
    auc = float((ranks[lost].sum() - positives * (positives + 1) / 2) / (positives * negatives))
    q1, q2 = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    variance = auc * (1 - auc) + (positives - 1) * (q1 - auc**2) + (negatives - 1) * (q2 - auc**2)
    error = float(np.sqrt(max(0.0, variance) / (positives * negatives)))
    return Separation(n, positives, auc, max(0.0, auc - 1.96 * error), min(1.0, auc + 1.96 * error))


def calibration_error(risks: np.ndarray, lost: np.ndarray, bins: int = _BINS) -> float:
    """Mean of |said - happened| over bins of equal size, weighed by their cases."""
    order = np.argsort(risks, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [len(p) * abs(float(risks[p].mean()) - float(lost[p].mean())) for p in parts]
    return sum(gaps) / max(1, len(risks))


def with_score(rows: pd.DataFrame, rules: HealthRules) -> pd.DataFrame:
    """Rows of ``customers/risk_inputs`` with score and colour that the rules in force give them."""
    metrics = {metric: rows[name] for name, (_, metric) in _FACTORS.items()}
    judged = health.scored(pd.DataFrame(metrics), rules)
    return rows.assign(health_score=judged["health_score"], health=judged["health_segment"])


def fitted(past: pd.DataFrame) -> Risk:
    """The map of all past cases; raises ``ValueError`` where there is nothing to learn from."""
    return _of(past, lambda: risk.fit(past, past["lost"], (*INPUTS, HEALTH), HEALTH), "fitted")


def _of(past: pd.DataFrame, make: Callable[[], Made], *what: str | int) -> Made:
    """What was learned of a past, kept for the last few: hardly any week adds a decision."""
    key = (*what, pd.util.hash_pandas_object(past, index=False).to_numpy().tobytes())
    if key not in _learned:
        while len(_learned) >= _KEPT:
            del _learned[next(iter(_learned))]
        _learned[key] = make()
    found: Made = _learned[key]
    return found


#: The oldest first. Each week has a finding and three maps for each lead.
_learned: dict[tuple[object, ...], Any] = {}
_KEPT = 32


def past_cases(rows: pd.DataFrame) -> pd.DataFrame:
    """Decisions among rows of ``customers/risk_inputs``, oldest first, with ``lost``."""
    past = rows[rows["outcome"].notna()].sort_values(["decided_on", "customer_id"])
    return past.assign(lost=past["outcome"].eq("cancelled")).reset_index(drop=True)


def known_by(past: pd.DataFrame, weeks: Sequence[dt.date]) -> dict[dt.date, pd.DataFrame]:
    """The ``past_cases`` of the last of these weeks (Mondays), as each of them knew them."""
    decided, week = pd.to_datetime(past["decided_on"]), pd.Timedelta(weeks=1)
    return {
        monday: past[decided < pd.Timestamp(monday) + week].reset_index(drop=True)
        for monday in weeks
    }


def out_of_time(past: pd.DataFrame) -> "pd.Series[float]":
    """The risk of each case by a map of earlier cases alone; empty for the first quarter of them.

    Cases are cut into four by their day of decision, cases of one day together.
    """
    found = pd.Series(np.nan, index=past.index)
    days = (pd.to_datetime(past["decided_on"]) - pd.Timestamp(1970, 1, 1)).dt.days.astype(float)
    cuts = [float(days.quantile(part / _PARTS)) for part in range(1, _PARTS)]
    bounds = [*cuts, float(days.max()) + 1.0]
    for first, last in pairwise(bounds):
        earlier, later = past[days < first], (days >= first) & (days < last)
        if earlier["lost"].nunique() < 2 or not later.any():
            continue
        found[later] = fitted(earlier)(past[later])["risk"]
    return found


@dataclass(frozen=True)
class Finding:
    """One line of the back-test."""

    score: str
    segment: str
    lead_days: int
    separation: Separation
    precision: float | None
    recall: float | None
    calibration: float | None
    words: str


def findings(past: pd.DataFrame, lead_days: int) -> tuple[Finding, ...]:
    """Configured health and proposed risk against what happened, together and by segment."""
    return _of(past, lambda: tuple(_findings(past, lead_days)), "findings", lead_days)


def _findings(past: pd.DataFrame, lead_days: int) -> Iterator[Finding]:
    lost = past["lost"].to_numpy(dtype=bool)
    red = past["health"].eq("Red").to_numpy()
    unhealthy = -past[HEALTH].to_numpy(dtype=float)
    risks = out_of_time(past).to_numpy(dtype=float) if len(past) else np.array([])
    segments = past["segment"].astype(str).to_numpy()
    for segment in ("all", *sorted(set(segments))):
        mine = np.ones(len(past), dtype=bool) if segment == "all" else segments == segment
        known = mine & np.isfinite(unhealthy)
        yield _finding("configured health", segment, lead_days, unhealthy[known], lost[known],
                       red[known], None)  # fmt: skip
        later = mine & np.isfinite(risks)
        top = _as_many(risks[later], int(lost[later].sum()))
        yield _finding("proposed risk", segment, lead_days, risks[later], lost[later], top,
                       risks[later])  # fmt: skip


def _as_many(risks: np.ndarray, most: int) -> np.ndarray:
    """The ``most`` likeliest, as many as were lost: precision and recall are then one figure."""
    chosen = np.zeros(len(risks), dtype=bool)
    chosen[np.argsort(-risks, kind="stable")[:most]] = True
    return chosen


def _finding(
    score: str, segment: str, lead: int, scores: np.ndarray, lost: np.ndarray, named: np.ndarray,
    risks: np.ndarray | None,
) -> Finding:  # fmt: skip
    found = separation(scores, lost)
    hits = int((named & lost).sum())
    precision = hits / int(named.sum()) if named.any() else None
    recall = hits / found.lost if found.lost else None
    calibration = None if risks is None or not len(risks) else calibration_error(risks, lost)
    return Finding(score, segment, lead, found, precision, recall, calibration,
                   _words(found, precision))  # fmt: skip


def _words(found: Separation, precision: float | None) -> str:
    if found.lost < LEAST_LOST or found.n < LEAST_CASES:
        return f"too few to say: {found.lost} lost of {found.n}"
    base = found.lost / found.n
    if not found.is_clear:
        return f"does not separate who left from who stayed ({found.lost} lost of {found.n})"
    said = f"tells who left from who stayed; {base:.0%} left"
    return said if precision is None else f"{said}, {precision:.0%} of those named"


def proposed_weights(past: pd.DataFrame) -> dict[str, float]:
    """By factor of health the weight that the past would give it; together 1, or none."""
    found: dict[str, float] = {}
    learned = _of(past, lambda: risk.fit(past, past["lost"], INPUTS), "bare")
    for name, weight in learned.weights(past).items():
        factor = _FACTORS[name][0]
        found[factor] = found.get(factor, 0.0) + weight
    return found

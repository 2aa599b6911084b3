"""How likely an open deal is won within the horizon, where that is known better than by its stage.

What is known of the deal moves the base rate of its stage: a logistic regression on top of it, held
towards the base rate by a ridge. By time it is tried on later deals against the base rate alone; no
clear gain, no probability. A deal is one case, however often it was looked at; intervals are by the
sandwich over deals (K. Liang and S. Zeger, Biometrika 73, 1986).
"""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import scipy  # its parts are loaded when first used: they are heavy, and definitions need none

from cs_assets.calls.deals.landmarks import COUNTED, FEATURES, landmarks
from cs_assets.config.deals import DealRules, plain
from cs_assets.statistics.intervals import wilson

#: Deals that the rate of all stages counts as, beside those of a stage.
_PRIOR_DEALS = 5.0
#: Ridge on each coefficient of a standardised feature, against a likelihood of one per deal.
_RIDGE = 5.0
#: Normal quantile by which the gain must be above nothing (one in twenty).
_CLEAR = 1.645
_Z = 1.96
_PARTS = 4
_MOST_REASONS = 3
_LEAST_PUSH = 0.1


@dataclass(frozen=True, slots=True)
class Backtest:
    """The gain over the stage's base rate on later deals: in log loss per deal, in nats."""

    deals: int
    won: int
    gain: float | None
    low: float | None
    """One-sided 95 % lower bound of the gain."""
    withheld: str
    """Why no probability is given; empty where it is."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Outlook:
    """One open deal. ``probability`` with its 95 % interval is missing where it is withheld.

    ``base_rate``, with its interval: of past deals in its stage, ``n`` of them, how many were won
    within the horizon; missing where they were too few. ``reasons``: what moves the probability
    from the base rate, the strongest first.
    """

    deal_id: str
    stage: str
    probability: float | None
    low: float | None
    high: float | None
    base_rate: float | None
    base_low: float | None
    base_high: float | None
    n: int
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def outlooks(
    rows: pd.DataFrame, today: dt.date, rules: DealRules
) -> tuple[dict[str, Outlook], Backtest]:
    """Of every open deal among rows of ``calls/deal_calls``, and how the past bears it out."""
    seen = landmarks(rows, today, rules)
    days = (pd.to_datetime(seen["day"]) - pd.Timestamp(today)).dt.days.to_numpy(dtype=float)
    seen = seen.assign(
        at=days, stage=seen["stage"].map(plain), label=seen["stage"],
        won=(seen["won_after"] <= rules.horizon_days).astype(float),
    )  # fmt: skip
    past = seen[days + rules.horizon_days <= 0]
    tried = backtest(past, rules)
    now = seen[seen["is_today"].astype(bool)]
    if past.empty:
        return {
            str(deal): Outlook(str(deal), stage, *(None,) * 6, 0, ())
            for deal, stage in zip(now["deal_id"], now["label"], strict=True)
        }, tried
    return Model.of(past).told(now, rules, is_given=not tried.withheld), tried


def about(tried: Backtest) -> str:
    """On what the probabilities rest, or why there are none."""
    if tried.withheld:
        return f"No probability of closing is given: {tried.withheld}."
    return (
        f"Probabilities were tried on {tried.deals} later deals ({tried.won} won): they tell more "
        f"than the base rate of the stage (log loss better by {tried.gain:.3f}, at least "
        f"{tried.low:.3f})."
    )


def chance(told: Outlook | None) -> str:
    """The probability with its interval and reasons; else the base rate of the stage; with n."""
    if told is None:
        return "not known"
    if told.probability is not None:
        parts = [f"{told.probability:.0%} ({told.low:.0%} to {told.high:.0%})"]
        return "; ".join([*parts, *told.reasons])
    if told.base_rate is None:
        return f"too few past deals in this stage (n={told.n})"
    return (
        f"{told.base_rate:.0%} of its stage ({told.base_low:.0%} to {told.base_high:.0%}, "
        f"n={told.n})"
    )


def backtest(past: pd.DataFrame, rules: DealRules) -> Backtest:
    """Models of earlier landmarks, whose horizon was over by then, judged on later ones."""
    losses = []
    if len(past):
        cuts = [float(past["at"].quantile(part / _PARTS)) for part in range(1, _PARTS)]
        for first, last in pairwise([*cuts, math.inf]):
            earlier = past[past["at"] + rules.horizon_days <= first]
            later = past[(past["at"] >= first) & (past["at"] < last)]
            if len(later) and earlier["won"].nunique() == 2:
                losses.append(_gains(Model.of(earlier), later))
    if not losses:
        return Backtest(0, 0, None, None, "no deals whose end is known, earlier and later ones")
    by_deal = pd.concat(losses).groupby("deal_id").agg({"gain": "mean", "won": "max"})
    deals, won = len(by_deal), int(by_deal["won"].sum())
    if deals < rules.least_deals or won < rules.least_won:
        few = f"too few to try it on: {deals} deals, {won} of them won"
        return Backtest(deals, won, None, None, few)
    gain = float(by_deal["gain"].mean())
    low = gain - _CLEAR * float(by_deal["gain"].std(ddof=1)) / math.sqrt(deals)
    no_better = f"no better than the base rate of the stage on {deals} later deals"
    return Backtest(deals, won, gain, low, "" if low > 0 else no_better)


def _gains(model: "Model", later: pd.DataFrame) -> pd.DataFrame:
    base = scipy.special.expit(model.base_logit(later))
    said = scipy.special.expit(model.base_logit(later) + model.standardised(later) @ model.weights)
    won = later["won"].to_numpy(dtype=float)
    gain = scipy.special.xlogy(won, said / base)
    gain += scipy.special.xlogy(1 - won, (1 - said) / (1 - base))
    return pd.DataFrame({"deal_id": later["deal_id"], "gain": gain, "won": won})


@dataclass(frozen=True)
class Model:
    """Base rates of stages, and what each feature adds to their logit."""

    past: pd.DataFrame
    """Landmarks that it was learned from, with ``weight``: those of a deal count one together."""
    middle: np.ndarray
    spread: np.ndarray
    rates: Mapping[str, tuple[float, float]]
    """Of each stage: the rate, held towards that of all, and how many deals it rests on."""
    overall: float

    @classmethod
    def of(cls, past: pd.DataFrame) -> "Model":
        """Learn from landmarks; some were won within the horizon or none."""
        past = past.assign(weight=1 / past.groupby("deal_id")["deal_id"].transform("size"))
        values, weight = _values(past), past["weight"].to_numpy(dtype=float)[:, None]
        told = np.isfinite(values)
        total = np.maximum((weight * told).sum(axis=0), 1e-9)
        middle = (weight * np.where(told, values, 0)).sum(axis=0) / total
        squares = (weight * np.where(told, values - middle, 0) ** 2).sum(axis=0) / total
        spread = np.where(squares > 1e-12, np.sqrt(squares), np.inf)
        sums = past.assign(hit=past["won"] * past["weight"])
        overall = float((sums["hit"].sum() + 0.5) / (sums["weight"].sum() + 1))
        rates = {}
        for stage, part in sums.groupby("stage"):
            deals = float(part["weight"].sum())
            rate = (float(part["hit"].sum()) + _PRIOR_DEALS * overall) / (deals + _PRIOR_DEALS)
            rates[str(stage)] = rate, deals
        return cls(past, middle, spread, rates, overall)

    def base_logit(self, rows: pd.DataFrame) -> np.ndarray:
        """Of each row the logit of its stage's rate."""
        rates = [self.rates.get(stage, (self.overall, 0.0))[0] for stage in rows["stage"]]
        found: np.ndarray = scipy.special.logit(np.array(rates, dtype=float))
        return found

    def standardised(self, rows: pd.DataFrame) -> np.ndarray:
        """Features with mean 0 and spread 1; what is not known moves nothing."""
        found = (_values(rows) - self.middle) / self.spread
        return np.where(np.isfinite(found), found, 0.0)

    @property
    def weights(self) -> np.ndarray:
        return self._fitted[0]

    @cached_property
    def _fitted(self) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients and their covariance, by Newton's method and the sandwich over deals."""
        x, offset = self.standardised(self.past), self.base_logit(self.past)
        won = self.past["won"].to_numpy(dtype=float)
        weight = self.past["weight"].to_numpy(dtype=float)
        found = np.zeros(x.shape[1])
        curved = _RIDGE * np.eye(x.shape[1])
        for _ in range(50):
            said = scipy.special.expit(offset + x @ found)
            slope = x.T @ (weight * (won - said)) - _RIDGE * found
            curved = (x * (weight * said * (1 - said))[:, None]).T @ x + _RIDGE * np.eye(x.shape[1])
            step = np.linalg.solve(curved, slope)
            found = found + np.clip(step, -2, 2)
            if np.abs(step).max() < 1e-9:
                break
        said = scipy.special.expit(offset + x @ found)
        pushes = pd.DataFrame(x * (weight * (won - said))[:, None])
        by_deal = pushes.groupby(self.past["deal_id"].to_numpy()).sum().to_numpy()
        inverse = np.linalg.inv(curved)
        return found, inverse @ (by_deal.T @ by_deal) @ inverse

    def told(self, now: pd.DataFrame, rules: DealRules, *, is_given: bool) -> dict[str, Outlook]:
        """The outlook of deals that are open."""
        x, base = self.standardised(now), self.base_logit(now)
        weights, covariance = self._fitted
        middle = base + x @ weights
        error = np.sqrt(np.einsum("ij,jk,ik->i", x, covariance, x) + self._base_variance(now))
        values, found = _raw(now), {}
        for at, (deal, stage, label) in enumerate(
            now[["deal_id", "stage", "label"]].itertuples(index=False)
        ):
            ends = middle[at], middle[at] - _Z * error[at], middle[at] + _Z * error[at]
            given = [float(scipy.special.expit(end)) if is_given else None for end in ends]
            reasons = _reasons(values[at], x[at] * weights) if is_given else ()
            base_of, n = self._base_of(stage, rules)
            found[str(deal)] = Outlook(
                str(deal), label, given[0], given[1], given[2], *base_of, n, reasons
            )
        return found

    def _base_of(
        self, stage: str, rules: DealRules
    ) -> tuple[tuple[float | None, float | None, float | None], int]:
        """Of past deals in the stage, the share that was won within the horizon, and how many."""
        there = self.past[self.past["stage"] == stage].groupby("deal_id")["won"].mean()
        if len(there) < rules.least_of_stage:
            return (None, None, None), len(there)
        share = float(there.mean())
        ends = wilson(min(len(there), round(share * len(there))), len(there))
        return (share, min(ends.low, share), max(ends.high, share)), len(there)

    def _base_variance(self, rows: pd.DataFrame) -> np.ndarray:
        """Of the logit of a stage's rate (delta method)."""
        found = []
        for stage in rows["stage"]:
            rate, deals = self.rates.get(stage, (self.overall, 0.0))
            found.append(1 / ((deals + _PRIOR_DEALS) * rate * (1 - rate)))
        return np.array(found)


def _raw(rows: pd.DataFrame) -> np.ndarray:
    found: np.ndarray = rows[list(FEATURES)].to_numpy(dtype=float)
    return found


def _values(rows: pd.DataFrame) -> np.ndarray:
    values = _raw(rows)
    for at, name in enumerate(FEATURES):
        if name in COUNTED:
            values[:, at] = np.log1p(values[:, at])
    return values


def _reasons(values: np.ndarray, pushes: np.ndarray) -> tuple[str, ...]:
    found = []
    for at in np.argsort(-np.abs(pushes), kind="stable")[:_MOST_REASONS]:
        if abs(pushes[at]) >= _LEAST_PUSH and np.isfinite(values[at]):
            said = list(FEATURES.values())[at](float(values[at]))
            found.append(f"{said} ({'raises' if pushes[at] > 0 else 'lowers'} it)")
    return tuple(found)

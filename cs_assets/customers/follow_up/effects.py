"""What an action changed: treated customers against matched ones who did not get it.

Who is worst is treated most, and gets better by itself. So each treated customer is compared with
its nearest untreated ones on what was known before (health, its trend, size, tenure, renewal), what
is left of the difference between them is taken out by a regression fitted on the untreated (Abadie
and Imbens, JBES 29, 2011), and the change since is compared, not the level. The interval counts how
often an untreated customer stands in for a treated one, and customers, not their actions.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import scipy  # its parts are loaded when first used: they are heavy, and definitions need none

from cs_assets.customers.policy import EffectRules
from sql import catalog

Verdict = Literal["works", "harms", "no effect", "not clear", "too few"]

#: What was known before, columns of ``customers/action_outcomes``.
COVARIATES = ("before", "trend", "arr", "tenure_days", "days_to_renewal")
#: Untreated customers matched to each treated one.
_NEIGHBOURS = 5
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Effect:
    """Mean effect on the treated in points, its 95 % interval, and what stands behind it."""

    treated: int
    untreated: int
    effect: float | None
    low: float | None
    high: float | None

    def verdict(self, rules: EffectRules) -> Verdict:
        if self.low is None or self.high is None or self.treated < rules.least_treated:
            return "too few"
        if self.low > 0:
            return "works"
        if self.high < 0:
            return "harms"
        return "no effect" if self.high < rules.worthwhile else "not clear"


def effect(rows: pd.DataFrame, least: int = 10) -> Effect:
    """The effect on the treated; rows have ``customer_id``, ``is_treated``, ``after``, COVARIATES.

    Fewer than ``least`` treated, or twice as many untreated as covariates, give none.
    """
    treated = rows["is_treated"].to_numpy(dtype=bool)
    n, m = int(treated.sum()), int((~treated).sum())
    if n < least or m < max(least, 2 * (len(COVARIATES) + 2)):
        return Effect(n, m, None, None, None)
    known = _standardised(rows, treated)
    change = rows["after"].to_numpy(dtype=float) - rows["before"].to_numpy(dtype=float)
    design = _design(known)
    beta, *_ = np.linalg.lstsq(design[~treated], change[~treated], rcond=None)
    left = change - design @ beta
    weights = _stand_ins(known[treated], known[~treated])
    single = left[treated] - weights @ left[~treated]
    mean = float(single.mean())
    error = _error(rows["customer_id"].to_numpy(), treated, left, weights, design)
    customers = len(np.unique(rows["customer_id"].to_numpy()[treated]))
    reach = float(scipy.stats.t.ppf(0.5 + _CONFIDENCE / 2, max(2, customers - 1))) * error
    used = int((weights.sum(axis=0) > 0).sum())
    return Effect(n, used, mean, mean - reach, mean + reach)


def _standardised(rows: pd.DataFrame, treated: np.ndarray) -> np.ndarray:
    """What was known before, revenue by its logarithm, missing ones at the median."""
    columns = []
    for name in COVARIATES:
        values = rows[name].to_numpy(dtype=float)
        if name == "arr":
            values = np.log1p(np.maximum(values, 0.0))
        known = np.isfinite(values)
        values = np.where(known, values, np.median(values[known]) if known.any() else 0.0)
        spread = values[treated].std() or values.std()
        columns.append((values - values.mean()) / spread if spread > 0 else values * 0.0)
    return np.column_stack(columns)


def _design(known: np.ndarray) -> np.ndarray:
    """A constant, lines, and the bend of the first two: health and its trend."""
    return np.column_stack([np.ones(len(known)), known, known[:, :2] ** 2])


def _stand_ins(treated: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Treated x untreated: the weight with which each stands in, a row's sum is 1."""
    distance = ((treated[:, None, :] - others[None, :, :]) ** 2).sum(axis=2)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :_NEIGHBOURS]
    weights = np.zeros(distance.shape)
    np.put_along_axis(weights, nearest, 1.0 / nearest.shape[1], axis=1)
    return weights


def _error(
    customers: np.ndarray, treated: np.ndarray, left: np.ndarray, weights: np.ndarray,
    design: np.ndarray,
) -> float:  # fmt: skip
    """Of the mean: residuals of treated and stand-ins by customer, and of the regression."""
    n = int(treated.sum())
    share = np.zeros(len(left))
    share[treated] = 1.0 / n
    share[~treated] = -weights.sum(axis=0) / n
    centred = left.copy()
    centred[treated] -= left[treated].mean()
    _, place = np.unique(customers, return_inverse=True)
    parts = np.bincount(place, weights=share * centred)
    groups = len(parts)
    variance = float((parts**2).sum()) * groups / max(1, groups - 1)
    others = design[~treated]
    degrees = max(1, len(others) - design.shape[1])
    sigma2 = float((left[~treated] ** 2).sum()) / degrees
    lean = share @ design
    inverse = np.linalg.pinv(others.T @ others)
    return float(np.sqrt(variance + sigma2 * float(lean @ inverse @ lean)))


def effect_rows(outcomes: pd.DataFrame, rules: EffectRules, week: dt.date) -> pd.DataFrame:
    """Rows of ``analytics.action_effects`` from rows of ``customers/action_outcomes``.

    Whose action was taken too late to count is neither treated nor untreated.
    """
    rows = []
    late = outcomes["is_taken_at_all"].astype(bool) & ~outcomes["is_treated"].astype(bool)
    for code, group in outcomes[~late].groupby("code", sort=True):
        found = effect(group.reset_index(drop=True))
        verdict = found.verdict(rules)
        told = verdict != "too few"
        rows.append(
            {
                "week_start": week, "code": code, "treated": found.treated,
                "untreated": found.untreated,
                "effect": round(found.effect, 2) if told and found.effect is not None else None,
                "effect_low": round(found.low, 2) if told and found.low is not None else None,
                "effect_high": round(found.high, 2) if told and found.high is not None else None,
                "verdict": verdict, "is_dropped": verdict in ("harms", "no effect"),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=catalog.table("analytics.action_effects").column_names)

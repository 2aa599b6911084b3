"""What was changed by something that not everybody got: treated against matched ones without it.

Who is worst is treated most, and gets better by itself. So each treated case is compared with
its nearest untreated ones on what was known before, what is left of the difference between them is
taken out by a regression fitted on the untreated (Abadie and Imbens, JBES 29, 2011), and the change
since is compared, not the level. The interval counts how often an untreated case stands in for a
treated one, and units (customers, reps), not their cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import scipy  # its parts are loaded when first used: they are heavy, and definitions need none

Verdict = Literal["works", "harms", "no effect", "not clear", "too few"]

#: Untreated cases matched to each treated one.
_NEIGHBOURS = 5
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Effect:
    """Mean effect on the treated, its 95 % interval, and how many cases stand behind it."""

    treated: int
    untreated: int
    effect: float | None
    low: float | None
    high: float | None

    def verdict(self, least_treated: int, worthwhile: float) -> Verdict:
        """What may be said: nothing of fewer treated; what surely changes less does nothing."""
        if self.low is None or self.high is None or self.treated < least_treated:
            return "too few"
        if self.low > 0:
            return "works"
        if self.high < 0:
            return "harms"
        return "no effect" if self.high < worthwhile else "not clear"


def effect(
    rows: pd.DataFrame,
    known_before: Sequence[str],
    *,
    unit: str,
    logarithms: Sequence[str] = (),
    least: int = 10,
) -> Effect:
    """The effect on the treated: rows have ``is_treated``, ``before``, ``after`` and ``unit``.

    ``known_before``: the columns that are matched on, of which the first two may bend; those of
    ``logarithms`` count by their logarithm. Fewer than ``least`` treated, or twice as many
    untreated as columns, give none.
    """
    treated = rows["is_treated"].to_numpy(dtype=bool)
    n, m = int(treated.sum()), int((~treated).sum())
    if n < least or m < max(least, 2 * (len(known_before) + 2)):
        return Effect(n, m, None, None, None)
    known = _standardised(rows, treated, known_before, logarithms)
    change = rows["after"].to_numpy(dtype=float) - rows["before"].to_numpy(dtype=float)
    design = _design(known)
    beta, *_ = np.linalg.lstsq(design[~treated], change[~treated], rcond=None)
    left = change - design @ beta
    weights = _stand_ins(known[treated], known[~treated])
    single = left[treated] - weights @ left[~treated]
    mean = float(single.mean())
    error = _error(rows[unit].to_numpy(), treated, left, weights, design)
    units = len(np.unique(rows[unit].to_numpy()[treated]))
    reach = float(scipy.stats.t.ppf(0.5 + _CONFIDENCE / 2, max(2, units - 1))) * error
    used = int((weights.sum(axis=0) > 0).sum())
    return Effect(n, used, mean, mean - reach, mean + reach)


def _standardised(
    rows: pd.DataFrame, treated: np.ndarray, names: Sequence[str], logarithms: Sequence[str]
) -> np.ndarray:
    """What was known before, missing ones at the median."""
    columns = []
    for name in names:
        values = rows[name].to_numpy(dtype=float)
        if name in logarithms:
            values = np.log1p(np.maximum(values, 0.0))
        known = np.isfinite(values)
        values = np.where(known, values, np.median(values[known]) if known.any() else 0.0)
        spread = values[treated].std() or values.std()
        columns.append((values - values.mean()) / spread if spread > 0 else values * 0.0)
    return np.column_stack(columns)


def _design(known: np.ndarray) -> np.ndarray:
    """A constant, lines, and the bend of the first two."""
    return np.column_stack([np.ones(len(known)), known, known[:, :2] ** 2])


def _stand_ins(treated: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Treated x untreated: the weight with which each stands in, a row's sum is 1."""
    distance = ((treated[:, None, :] - others[None, :, :]) ** 2).sum(axis=2)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :_NEIGHBOURS]
    weights = np.zeros(distance.shape)
    np.put_along_axis(weights, nearest, 1.0 / nearest.shape[1], axis=1)
    return weights


def _error(
    units: np.ndarray, treated: np.ndarray, left: np.ndarray, weights: np.ndarray,
    design: np.ndarray,
) -> float:  # fmt: skip
    """Of the mean: residuals of treated and stand-ins by unit, and of the regression."""
    n = int(treated.sum())
    share = np.zeros(len(left))
    share[treated] = 1.0 / n
    share[~treated] = -weights.sum(axis=0) / n
    centred = left.copy()
    centred[treated] -= left[treated].mean()
    _, place = np.unique(units, return_inverse=True)
    parts = np.bincount(place, weights=share * centred)
    groups = len(parts)
    variance = float((parts**2).sum()) * groups / max(1, groups - 1)
    others = design[~treated]
    degrees = max(1, len(others) - design.shape[1])
    sigma2 = float((left[~treated] ** 2).sum()) / degrees
    lean = share @ design
    inverse = np.linalg.pinv(others.T @ others)
    return float(np.sqrt(variance + sigma2 * float(lean @ inverse @ lean)))

"""Comparing two windows of calls, with the mix of call types taken out."""

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats


@dataclass(frozen=True)
class Comparison:
    """Recent against before. ``change`` in points, with 95 % interval and two-sided p."""

    n_before: int
    mean_before: float
    n_recent: int
    mean_recent: float
    change: float
    standard_error: float
    low: float
    high: float
    p_value: float


def without_call_mix(
    scores: Sequence[float], call_types: Sequence[str], cells: Sequence[Hashable], least: int
) -> list[float]:
    """Scores as if every call were of the usual mix of types.

    Least squares of score on cell (a rep in a window) and call type, by deviations from
    each cell's mean (Frisch and Waugh 1933): what a type adds is learnt inside cells, so
    that a rep's level is not mistaken for it. Types with fewer than ``least`` calls stay
    as they are. Effects are centred on the calls at hand, so the overall mean does not move.
    """
    values = np.asarray(scores, dtype=float)
    usual = sorted(kind for kind, count in Counter(call_types).items() if count >= least)
    if len(usual) < 2:
        return [float(value) for value in values]
    kinds = np.array([[float(kind == name) for name in usual[1:]] for kind in call_types])
    codes, names = pd.factorize(pd.Series(list(cells), dtype=object))
    counts = np.bincount(codes, minlength=len(names))
    both = np.column_stack([values, kinds])
    means = np.column_stack([np.bincount(codes, weights=column) / counts for column in both.T])
    inside = both - means[codes]
    effects = np.linalg.lstsq(inside[:, 1:], inside[:, 0], rcond=None)[0]
    added = kinds @ effects
    return [float(value) for value in values - added + added.mean()]


def compare(before: Sequence[float], recent: Sequence[float], floor: float) -> Comparison:
    """Student's t test of no change between two windows of two calls or more each.

    t = change / (s √(1/n₁ + 1/n₂)) on n₁ + n₂ − 2 degrees, s² the variance inside both
    windows together (Student 1908; equal spreads hold when nothing changed). ``floor`` is
    the least standard deviation believed, in points: equal scores are no proof. Drawing s²
    towards the team's (Smyth 2004) was tried and cried wolf twice too often in a team of
    six whose reps differ in spread. Raises ``ValueError`` with fewer calls.
    """
    if min(len(before), len(recent)) < 2:
        raise ValueError("a comparison needs two calls in each window")
    degrees = len(before) + len(recent) - 2
    error = math.sqrt(
        max(_inside(before, recent) / degrees, floor**2) * (1 / len(before) + 1 / len(recent))
    )
    mean_before, mean_recent = math.fsum(before) / len(before), math.fsum(recent) / len(recent)
    change = mean_recent - mean_before
    reach = float(stats.t.ppf(0.975, degrees)) * error
    return Comparison(
        n_before=len(before),
        mean_before=mean_before,
        n_recent=len(recent),
        mean_recent=mean_recent,
        change=change,
        standard_error=error,
        low=change - reach,
        high=change + reach,
        p_value=float(2 * stats.t.sf(abs(change) / error, degrees)),
    )


def _inside(before: Sequence[float], recent: Sequence[float]) -> float:
    """Squared deviations from each window's own mean, both together."""
    return sum(float(((np.asarray(part) - np.mean(part)) ** 2).sum()) for part in (before, recent))

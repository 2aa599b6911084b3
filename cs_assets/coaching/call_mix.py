"""Scores with the mix of call types taken out."""

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd


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

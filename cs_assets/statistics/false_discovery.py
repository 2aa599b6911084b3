"""Error controlled over all statements of one kind in a run, and over what is picked from many."""

import numpy as np


def adjusted(p_values: np.ndarray) -> np.ndarray:
    """q-values in the order given: the smallest false discovery rate at which each is found.

    Benjamini, Y. and Hochberg, Y. (1995), "Controlling the false discovery rate", JRSS B 57:
    q(i) = min over j >= i of p(j) · m / j, p sorted ascending. When no true change exists the
    chance of any discovery at level q is at most q, for independent or positively dependent
    comparisons. NaN is no comparison and stays NaN. Raises ``ValueError`` for a p-value outside
    0 to 1.
    """
    p_values = np.asarray(p_values, dtype=float)
    q_values = np.full(len(p_values), np.nan)
    told = np.flatnonzero(~np.isnan(p_values))
    p = p_values[told]
    if ((p < 0) | (p > 1)).any():
        raise ValueError("a p-value lies between 0 and 1")
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    q_values[told[order]] = np.minimum.accumulate(scaled[::-1])[::-1]
    return q_values


def of_several(p_values: np.ndarray) -> np.ndarray:
    """p-values such that the chance of any false one among all is kept (Holm 1979).

    NaN is no comparison and stays NaN.
    """
    found = np.full(len(p_values), np.nan)
    told = np.flatnonzero(~np.isnan(p_values))
    order = told[np.argsort(p_values[told], kind="stable")]
    p = p_values[order] * np.arange(len(order), 0, -1)
    found[order] = np.minimum(np.maximum.accumulate(p), 1.0)
    return found


def of_picked(p_values: np.ndarray, picked_from: np.ndarray) -> np.ndarray:
    """The p-value of the one that was picked from so many, whatever it was picked for.

    Šidák (1967): 1 - (1 - p)^k bounds the chance that any of k shows as much, for independent or
    positively dependent comparisons: the one that moved most is no ordinary one.
    """
    with np.errstate(divide="ignore"):
        found: np.ndarray = -np.expm1(np.asarray(picked_from) * np.log1p(-np.asarray(p_values)))
    return found

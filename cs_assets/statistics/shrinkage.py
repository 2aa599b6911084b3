"""Estimates drawn towards what is known already, by how much they can be trusted."""

import math
from collections.abc import Sequence


def between_variance(changes: Sequence[float], sampling_variances: Sequence[float]) -> float:
    """How much true changes vary around none, in squared points; never negative.

    Method of moments (DerSimonian and Laird 1986, with the mean fixed at zero):
    observed change² exceeds the sampling variance, on average, by the true variance;
    weighted by precision.
    """
    if len(changes) != len(sampling_variances):
        raise ValueError("one sampling variance for each change")
    if any(variance <= 0 for variance in sampling_variances):
        raise ValueError("a sampling variance is positive")
    if not changes:
        return 0.0
    weights = [1 / variance for variance in sampling_variances]
    excess = math.fsum(
        weight * (change * change - variance)
        for weight, change, variance in zip(weights, changes, sampling_variances, strict=True)
    )
    return max(0.0, excess / math.fsum(weights))


def shrunk(change: float, sampling_variance: float, true_variance: float) -> float:
    """The change drawn towards none: change · τ² / (τ² + s²).

    Efron, B. and Morris, C. (1975), "Data analysis using Stein's estimator", JASA 70.
    ``sampling_variance`` s² is positive, ``true_variance`` τ² not negative.
    """
    if sampling_variance <= 0 or true_variance < 0:
        raise ValueError("variances: sampling above zero, true zero or more")
    return change * true_variance / (true_variance + sampling_variance)

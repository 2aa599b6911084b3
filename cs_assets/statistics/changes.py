"""Changes of many series before they are judged together: size, interval and p-value."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Changes:
    """One comparison for many series at once, one element each.

    ``size``, ``low`` and ``high`` in the unit of the statement, the interval at 95 %.
    """

    size: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n: np.ndarray
    """Cases behind it, both sides together."""
    p_value: np.ndarray
    """Two-sided; NaN where nothing can be compared."""
    can_be_clear: np.ndarray
    """Whether these cases could have shown a fall at all: if not, they are too few to say."""
    method: np.ndarray
    """Name of the test, as text."""
    error: np.ndarray | None = None
    """Standard error of the size, where the test has one."""

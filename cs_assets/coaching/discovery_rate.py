"""Control of false discoveries over all comparisons of one run."""

from collections.abc import Sequence


def adjusted(p_values: Sequence[float]) -> list[float]:
    """q-values in the order given: the smallest false discovery rate at which each is found.

    Benjamini, Y. and Hochberg, Y. (1995), "Controlling the false discovery rate",
    JRSS B 57: q(i) = min over j >= i of p(j) · m / j, p sorted ascending. When no
    true change exists the chance of any discovery at level q is at most q, for
    independent or positively dependent comparisons. Raises ``ValueError`` for a
    p-value outside 0 to 1.
    """
    if any(not 0 <= p <= 1 for p in p_values):
        raise ValueError("a p-value lies between 0 and 1")
    m = len(p_values)
    order = sorted(range(m), key=lambda index: p_values[index])
    q_values = [0.0] * m
    smallest = 1.0
    for rank in range(m, 0, -1):
        index = order[rank - 1]
        smallest = min(smallest, p_values[index] * m / rank)
        q_values[index] = smallest
    return q_values

"""Changes of means where cases that belong together are alike: calls of a week, of an account.

Eight calls of one week on one outage are not eight cases. How alike they are is read from all units
together (eight weeks of one rep cannot give it) and widens the error of each unit's own change.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cs_assets.statistics import tails
from cs_assets.statistics.changes import Changes

_LEVEL = 0.05
#: Beyond this cases of a cluster would be one case, which no score is.
_MOST_ALIKE = 0.9


@dataclass(frozen=True)
class Cases:
    """One element per case. All arrays but ``value`` are whole numbers from zero."""

    value: np.ndarray
    unit: np.ndarray
    """What has changed or not, e.g. a rep in a dimension."""
    is_late: np.ndarray
    """Whether the case is of the later of the two windows."""
    clusters: Sequence[np.ndarray]
    """For each way of belonging together the cluster of the case; none crosses unit or window."""


@dataclass(frozen=True)
class Alike:
    """Correlation of two cases that share a cluster, for each way; ways add up."""

    correlations: tuple[float, ...]


def correlations(cases: Cases, pool: np.ndarray) -> list[Alike]:
    """How alike cases of a cluster are, by pool; ``pool`` gives the pool of each unit.

    By moments: squared sums of deviations over each way's clusters, and over single cases, are
    linear in the variances that cases share and do not share; the deviations are from the mean
    of unit and window, whose loss is reckoned with. Units weigh alike, whatever their spread.
    """
    shape = _Shape.of(cases, len(pool))
    squares = shape.sums(shape.deviation**2)
    told = shape.n > 1
    seen = [squares, *(shape.squared_sums(way) for way in range(len(cases.clusters)))]
    observed = np.stack([np.where(told, part, 0.0) for part in seen], axis=1)
    expected = np.where(told[:, None, None], shape.expected(), 0.0)
    of_cell = pool[np.arange(len(squares)) // 2]
    pools = int(pool.max(initial=-1)) + 1
    found = []
    for one in range(pools):
        inside = of_cell == one
        left, right = expected[inside].sum(axis=0), observed[inside].sum(axis=0)
        found.append(Alike(_solved(left, right)))
    return found


def _solved(expected: np.ndarray, observed: np.ndarray) -> tuple[float, ...]:
    """Shares of the variance that each way's clusters have in common; never negative.

    A way with the same clusters as another, or with single cases only, has none of its own.
    """
    ways = len(observed) - 1
    size = expected.diagonal()
    kept = [
        way
        for way in range(ways)
        if not np.isclose(size[: way + 1], size[way + 1], rtol=1e-9).any()
    ]
    parts = np.zeros(ways)
    while kept:
        places = [0, *(1 + way for way in kept)]
        solution = np.linalg.lstsq(expected[np.ix_(places, places)], observed[places], rcond=None)[
            0
        ]
        whole = solution.sum()
        shared = solution[1:] / whole if whole > 0 else np.zeros(len(kept))
        if (shared >= 0).all():
            parts[kept] = shared
            break
        kept = [way for way, part in zip(kept, shared, strict=True) if part > 0]
    total = parts.sum()
    return tuple(float(part) for part in parts * min(1.0, _MOST_ALIKE / max(total, _MOST_ALIKE)))


def changes(
    cases: Cases, alike: Sequence[Alike], pool: np.ndarray, floor: float, least: int = 2
) -> Changes:
    """The later window's mean less the earlier one's, by unit; in the unit of the values.

    Student's t on the variance within both windows together, which is each unit's own, times what
    the likeness of clusters adds (Kish 1965, the design effect). ``floor``: the least standard
    deviation believed; equal scores are no proof. Units with fewer than ``least`` cases in a window
    are not compared.
    """
    shape = _Shape.of(cases, len(pool))
    shared = np.array([one.correlations for one in alike])[pool]  # units x ways
    by_cell = np.repeat(shared, 2, axis=0)
    # What n cases would count as: variance of the mean is that of a case times this over n.
    effect = 1 + (by_cell * (shape.pairs / np.maximum(shape.n, 1)[:, None] - 1)).sum(axis=1)
    squares = _by_unit(shape.sums(shape.deviation**2))
    free = _by_unit(np.where(shape.n > 0, shape.n - np.minimum(effect, shape.n), 0.0))
    variance = np.maximum(squares / np.maximum(free, 1e-9), floor**2)
    together = _by_unit(shape.n)
    blur = (shared**2 * (_by_unit(shape.pairs) / np.maximum(together, 1)[:, None] - 1)).sum(axis=1)
    freedom = np.maximum((together - 2) / (1 + blur), 1.0)
    each = np.maximum(effect, 1e-9) / np.maximum(shape.n, 1)
    error = np.sqrt(variance * (each[0::2] + each[1::2]))
    mean = shape.mean
    change = mean[1::2] - mean[0::2]
    told = (np.minimum(shape.n[0::2], shape.n[1::2]) >= max(least, 2)) & (free > 0)
    reach = tails.t_quantile(_LEVEL, freedom) * error
    return Changes(
        size=np.where(told, change, np.nan),
        low=np.where(told, change - reach, np.nan),
        high=np.where(told, change + reach, np.nan),
        n=together.astype(int),
        p_value=np.where(told, tails.t_two_sided(change / error, freedom), np.nan),
        can_be_clear=told,
        method=np.full(len(change), "window against window, alike cases together", dtype=object),
        error=np.where(told, error, np.nan),
    )


def _by_unit(cells: np.ndarray) -> np.ndarray:
    found: np.ndarray = cells[0::2] + cells[1::2]
    return found


@dataclass(frozen=True)
class _Shape:
    """Cases by cell (unit and window, the earlier first): sizes, means, who shares a cluster."""

    cell: np.ndarray
    n: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    clusters: Sequence[np.ndarray]
    sizes: tuple[np.ndarray, ...]
    """For each way, of each case, the number of cases of its cluster."""
    pairs: np.ndarray
    """Cells x ways: ordered pairs of cases that share a cluster, a case with itself among them."""

    @classmethod
    def of(cls, cases: Cases, units: int) -> "_Shape":
        cell = 2 * cases.unit + cases.is_late
        n = np.bincount(cell, minlength=2 * units)
        mean = np.bincount(cell, cases.value, 2 * units) / np.maximum(n, 1)
        sizes = tuple(np.bincount(way)[way].astype(float) for way in cases.clusters)
        pairs = np.stack([np.bincount(cell, size, 2 * units) for size in sizes], axis=1)
        return cls(cell, n, mean, cases.value - mean[cell], cases.clusters, sizes, pairs)

    def sums(self, values: np.ndarray) -> np.ndarray:
        found: np.ndarray = np.bincount(self.cell, values, len(self.n))
        return found

    def squared_sums(self, way: int) -> np.ndarray:
        """By cell, over its clusters, the squared sum of deviations."""
        sums = np.bincount(self.clusters[way], self.deviation)
        return self.sums(self.deviation * sums[self.clusters[way]])

    def expected(self) -> np.ndarray:
        """Cells x parts x parts: what each observed sum holds of each part of the variance.

        Part 0 is the case's own, the rest what clusters share. With B_a the matrix of who shares a
        cluster and C that which takes the mean out, the entry is trace(B_a C B_b C)
        = trace(B_a B_b) - 2/n 1'B_a B_b 1 + (1'B_a 1)(1'B_b 1)/n².
        """
        one = np.ones_like(self.deviation)
        ways = [None, *range(len(self.clusters))]
        n = np.maximum(self.n, 1).astype(float)
        result = np.zeros((len(n), len(ways), len(ways)))
        for i, a in enumerate(ways):
            for j, b in enumerate(ways[: i + 1]):
                size_a = one if a is None else self.sizes[a]
                size_b = one if b is None else self.sizes[b]
                all_a, all_b = self.sums(size_a), self.sums(size_b)
                value = (
                    self.sums(self._shared(a, b))
                    - 2 / n * self.sums(size_a * size_b)
                    + all_a * all_b / n**2
                )
                result[:, i, j] = result[:, j, i] = value
        return result

    def _shared(self, a: int | None, b: int | None) -> np.ndarray:
        """Of each case, how many share both clusters with it."""
        if a is None or b is None:
            return np.ones_like(self.deviation)
        if a == b:
            return self.sizes[a]
        _, both = np.unique(
            self.clusters[a] * (int(self.clusters[b].max()) + 1) + self.clusters[b],
            return_inverse=True,
        )
        shared: np.ndarray = np.bincount(both)[both].astype(float)
        return shared

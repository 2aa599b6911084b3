"""Lower bounds on the cost of a routing problem, exact whatever multipliers are given.

Priced out of the model: how far books grow (multiplier nu per grain of a dimension) and the
caps (mu per unit, 0 and above). What is left falls apart into one choice an account, so for
whole-number multipliers

    bound = offset + sum_i min_j (c_ij + nu_j . steps_i + mu_j . uses_i)
            - sum_jd conjugate_jd(nu_jd) - sum_jk mu_jk room_jk

is exact in int64: no solver has to be believed. The conjugate is that of the book's cost on
whole steps (its convex hull), so the best bound is that of the folded linear programme.
Lagrangian duality: Geoffrion 1974, "Lagrangean relaxation for integer programming"; the
smoothed ascent follows Nesterov 2005, "Smooth minimization of non-smooth functions".
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy  # loaded when used

from cs_assets.routing.solver.problem import COST_UNIT, Ints, Problem, shape

Floats = npt.NDArray[np.float64]

_NOT_ALLOWED = np.int64(1) << 50
#: Pairs above which an ascent begins with one account in so many.
_MANY, _EVERY = 1_000_000, 8
#: Accounts that may go to the same CSMs, from which on they are priced apart from others.
_ALIKE = 16
#: Units of work of pricing a pair.
_PRICING = 10.0
#: A unit of a cap is worth no more: so many average accounts on full books.
_DEAREST = 1000.0


@dataclass(frozen=True)
class Curves:
    """What books cost as they grow, in straight pieces: int64, by CSM and dimension.

    ``widths`` (C x D x S) are the pieces in steps of a grain, ``slopes`` what a step costs in
    each more than in the first; pieces that are not there have width 0. ``active`` (C x D) marks
    the books that bend at all. ``linear`` (A x C) is the cost of a pair with the first slope
    folded in, ``offset`` what the books cost before any account is placed, ``fixed`` what they
    cost whatever is decided.
    """

    active: npt.NDArray[np.bool_]
    slopes: Ints
    widths: Ints
    linear: Ints
    offset: int
    fixed: int

    @property
    def steepest(self) -> Ints:
        """The largest slope of each (C x D)."""
        return np.asarray(self.slopes.max(axis=2))


def curves(problem: Problem, reach: Ints) -> Curves:
    """The curves of a problem; ``reach`` (C x D) is the most that each book can gain."""
    held = problem.books - problem.targets
    csms, dimensions = held.shape
    found: dict[tuple[int, int], tuple[Ints, Ints]] = {}
    first = np.zeros_like(held)
    least = shape(held, problem.steps) * problem.price
    for j, d in np.argwhere((reach > 0) & (problem.price > 0)).tolist():
        step = None if problem.steps is None else problem.steps[j, d : d + 1]
        grain = int(problem.grain[d])
        bends = _bends(int(held[j, d]), int(reach[j, d]) // grain, grain, step)
        cost = int(problem.price[d]) * shape(held[j, d] + bends * grain, step)
        least[j, d] = cost.min()
        widths = np.diff(bends)
        slopes = np.diff(cost) // widths
        starts = np.append(True, slopes[1:] != slopes[:-1])  # pieces of one slope are one
        widths = np.add.reduceat(widths, np.nonzero(starts)[0])
        first[j, d] = slopes[0]
        if starts.sum() > 1:
            found[j, d] = slopes[starts] - slopes[0], widths
    pieces = max((len(widths) for _, widths in found.values()), default=1)
    slopes = np.zeros((csms, dimensions, pieces), dtype=np.int64)
    widths = np.zeros_like(slopes)
    for (j, d), (slope, width) in found.items():
        slopes[j, d, : len(slope)], widths[j, d, : len(width)] = slope, width
    active = np.zeros(held.shape, dtype=bool)
    if found:
        active[tuple(np.array(list(found)).T)] = True
    return Curves(
        active=active,
        slopes=slopes,
        widths=widths,
        linear=problem.pair_cost + (problem.loads // problem.grain) @ first.T,
        offset=int((shape(held, problem.steps) @ problem.price).sum()),
        fixed=int(least.sum()),
    )


def _bends(held: int, most: int, grain: int, step: Ints | None) -> Ints:
    """The whole steps, from 0 to ``most``, between which a book's cost is straight."""
    if step is None:
        over = -held
        whole = np.array([over // grain, -(-over // grain)])
    else:
        size = int(step[0])
        if size <= grain:
            return np.arange(most + 1)
        above = size * np.arange(held // size + 1, (held + most * grain) // size + 1) - held
        whole = np.concatenate([above // grain, -(-above // grain)])
    inside = whole[(whole > 0) & (whole < most)]
    return np.unique(np.concatenate([[0, most], inside]))


@dataclass(frozen=True)
class Multipliers:
    """Prices of growth (C x D) and of the caps (C x K), int64."""

    nu: Ints
    mu: Ints


class Dual:
    """The bound as a function of the multipliers, and an ascent to good ones."""

    def __init__(self, problem: Problem, found: Curves) -> None:
        self.problem, self.curves = problem, found
        self.steps = problem.loads // problem.grain
        self.blocked = np.where(problem.allowed, 0, _NOT_ALLOWED)
        demand = problem.uses.T @ problem.allowed  # K x C
        self.can_bind = problem.room < demand.T

    def bound(self, at: Multipliers) -> tuple[int, Ints]:
        """The bound at these multipliers, and the reduced cost of every pair (A x C)."""
        nu, mu, cost = self._priced(at)
        best = cost.min(axis=1)
        found = self.curves
        conjugate = (found.widths * np.maximum(0, nu[:, :, None] - found.slopes)).sum()
        value = found.offset + best.sum() - conjugate - (mu * self.problem.room).sum()
        return int(value), cost - best[:, None]

    def account_prices(self, at: Multipliers) -> Ints:
        """What each account costs where it is cheapest (A)."""
        return self._priced(at)[2].min(axis=1)

    def _priced(self, at: Multipliers) -> tuple[Ints, Ints, Ints]:
        """Multipliers within their limits, and the cost of every pair with them."""
        nu = np.clip(at.nu, 0, self.curves.steepest)
        mu = np.where(self.can_bind, np.maximum(at.mu, 0), 0)
        cost = self.curves.linear + self.steps @ nu.T + self.problem.uses @ mu.T + self.blocked
        return nu, mu, cost

    def rounded(self, nu: Floats, mu: Floats) -> Multipliers:
        """Multipliers in units of cost as whole numbers; 0, a price too, for what is none."""
        whole = [np.rint(one * COST_UNIT) for one in (nu, mu)]
        return Multipliers(
            *(np.where(abs(one) < _NOT_ALLOWED, one, 0).astype(np.int64) for one in whole)
        )

    def ascend(
        self,
        temperatures: tuple[float, ...] = (0.1, 0.03, 0.01, 0.003, 0.001, 0.0003),
        evaluations: int = 100,
        over: Callable[[float], bool] = lambda _units: False,
    ) -> tuple[int, Ints, Multipliers]:
        """Climb the bound with its minimum smoothed, at falling temperatures.

        Where there are very many pairs it climbs for a sample of the accounts, and goes on with
        all of them from there. Returns bound, reduced costs and multipliers of the best
        point. The number of evaluations is fixed, so the result does not depend on the
        machine's speed.
        """
        best: tuple[int, Ints, Multipliers] | None = None
        many = self.problem.pair_cost.size > _MANY
        smooth = _Smooth(self, every=_EVERY if many else 1)
        point = smooth.start()
        stages = [(temperature, many) for temperature in temperatures]
        stages += [(temperatures[-1], False)] if many else []
        for temperature, sampled in stages:
            if many and not sampled:
                smooth = _Smooth(self)
            found = scipy.optimize.minimize(
                smooth.value,
                point,
                args=(temperature,),
                jac=True,
                method="L-BFGS-B",
                bounds=smooth.limits,
                options={"maxfun": evaluations, "maxiter": evaluations, "maxcor": 20},
            )
            if np.isfinite(found.x).all():  # else the climb went astray: on from where it began
                point = found.x
            spent = over(found.nfev * smooth.units)
            if sampled and temperature != temperatures[-1]:
                continue
            multipliers = self.rounded(*smooth.split(point))
            value, reduced = self.bound(multipliers)
            if best is None or value > best[0]:
                best = (value, reduced, multipliers)
            if spent or over(_PRICING * reduced.size):
                break
        assert best is not None
        return best


class _Block:
    """Accounts that may go to the same CSMs: only these pairs are worked on.

    The arrays are float32 above each account's least cost: half the memory traffic, and precise
    where the soft minimum looks.
    """

    def __init__(self, dual: Dual, rows: Ints, scale: Floats) -> None:
        allowed = dual.problem.allowed[rows]
        self.csms = np.flatnonzero(allowed.any(axis=0))
        linear = dual.curves.linear[np.ix_(rows, self.csms)] / float(COST_UNIT)
        linear[~allowed[:, self.csms]] = np.inf
        least = linear.min(axis=1)
        self.least = float(least.sum())
        self.linear = (linear - least[:, None]).astype(np.float32)
        self.steps = (dual.steps[rows] / scale).astype(np.float32)
        self.uses = dual.problem.uses[rows].astype(np.float32)
        self.binds = bool(dual.can_bind[self.csms].any())

    def chosen(self, nu: Floats, mu: Floats, temperature: float) -> tuple[float, Floats, Floats]:
        """What the accounts cost at these prices, and how much goes to each of ``csms``."""
        cost = self.steps @ nu[self.csms].T.astype(np.float32)
        cost += self.linear
        if self.binds:
            cost += self.uses @ mu[self.csms].T.astype(np.float32)
        lowest = cost.min(axis=1, keepdims=True)
        np.subtract(lowest, cost, out=cost)
        cost /= np.float32(temperature)
        weight = np.exp(cost, out=cost)
        total = weight.sum(axis=1, keepdims=True)
        weight /= total
        soft = lowest.astype(float) - temperature * np.log(total.astype(float))
        return self.least + float(soft.sum()), weight.T @ self.steps, weight.T @ self.uses


def _blocks(dual: Dual, every: int, scale: Floats) -> list[_Block]:
    """Accounts by where they may go; those that few others are like are one block together."""
    accounts = np.arange(dual.problem.size[0])[::every]
    packed = np.packbits(dual.problem.allowed[accounts], axis=1)
    _, kind = np.unique(packed, axis=0, return_inverse=True)
    kind = kind.ravel()
    kind[np.bincount(kind)[kind] < _ALIKE] = -1
    return [_Block(dual, accounts[kind == one], scale) for one in np.unique(kind)]


class _Smooth:
    """The bound in floating point with a soft minimum, as L-BFGS wants it.

    Each dimension is scaled by its average step, so that variables are alike. With ``every``
    above 1, one account in so many stands for all.
    """

    def __init__(self, dual: Dual, every: int = 1) -> None:
        problem, found = dual.problem, dual.curves
        #: Accounts that one of the sample stands for.
        self.each = len(dual.steps) / len(dual.steps[::every])
        unit = float(COST_UNIT)
        self.scale = np.maximum(dual.steps.mean(axis=0), 1e-9)
        self.blocks = _blocks(dual, every, self.scale)
        #: What one evaluation costs, in units of work.
        pairs = sum(block.linear.size for block in self.blocks)
        self.units = pairs * (2 + dual.steps.shape[1] / 4)
        self.room = problem.room.astype(float)
        self.slope = found.steepest / unit * self.scale
        # Multipliers end at the steepest slope, so the last piece has no share of its own.
        inner = (found.widths > 0) & (found.slopes < found.steepest[:, :, None])
        inner[:, :, 0] = False
        csm, d, piece = np.nonzero(inner)
        self.pieces = csm * self.slope.shape[1] + d  # of which book and dimension each is
        self.widths = found.widths[csm, d, piece] / self.scale[d]
        self.slopes = found.slopes[csm, d, piece] / unit * self.scale[d]
        self.units += 8.0 * len(self.pieces)
        bends = found.slopes[:, :, 0] < found.steepest
        self.first = np.where(bends, found.widths[:, :, 0], 0) / self.scale
        self.active, self.can_bind = found.active, dual.can_bind
        self.shape, self.caps = self.slope.shape, problem.room.shape
        upper = [(0.0, float(limit)) for limit in self.slope.ravel()]
        cap_limits = [(0.0, _DEAREST if binds else 0.0) for binds in self.can_bind.ravel()]
        self.limits = [*upper, *cap_limits]

    def start(self) -> Floats:
        return np.concatenate([0.5 * self.slope.ravel(), np.zeros(self.room.size)])

    def split(self, point: Floats) -> tuple[Floats, Floats]:
        """nu per grain and mu, in units of cost."""
        nu = point[: self.slope.size].reshape(self.shape) / self.scale
        return nu, point[self.slope.size :].reshape(self.caps)

    def _by_book(self, values: Floats) -> Floats:
        """Values of pieces summed by book and dimension."""
        return np.bincount(self.pieces, values, self.slope.size).reshape(self.shape)

    def value(self, point: Floats, temperature: float) -> tuple[float, Floats]:
        """Minus the smoothed bound, and its gradient."""
        nu = point[: self.slope.size].reshape(self.shape)
        mu = point[self.slope.size :].reshape(self.caps)
        chosen, stepped, used = 0.0, np.zeros(self.shape), np.zeros(self.caps)
        for block in self.blocks:
            cost, by_step, by_use = block.chosen(nu, mu, temperature)
            chosen += self.each * cost
            stepped[block.csms] += self.each * by_step
            used[block.csms] += self.each * by_use
        bend = (nu.ravel()[self.pieces] - self.slopes) / temperature
        tail = np.exp(-np.abs(bend))
        soft = self._by_book(self.widths * (np.log1p(tail) + np.maximum(bend, 0))) * temperature
        conjugate = nu * self.first + soft
        reached = np.where(bend > 0, 1.0, tail) / (1 + tail)
        slope = self.first + self._by_book(self.widths * reached)
        value = chosen - conjugate[self.active].sum() - float((mu * self.room).sum())
        by_nu = np.where(self.active, stepped - slope, 0.0)
        by_mu = np.where(self.can_bind, used - self.room, 0.0)
        return -value, -np.concatenate([by_nu.ravel(), by_mu.ravel()])

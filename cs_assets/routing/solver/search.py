"""Good assignments fast: construction, moves and swaps, and two very large neighbourhoods.

Costs are whole numbers kept in float64: they stay below 2**53, so sums are exact and
matrix products run at full speed. What a step costs is counted (`work`), so a search gives the
same owners on any machine.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
import scipy  # loaded when used

from cs_assets.routing.solver.problem import Ints, Problem, shape
from cs_assets.routing.solver.work import A_STEP

Floats = npt.NDArray[np.float64]
#: Is told what was done since it was asked last, and says whether to stop.
Over = Callable[[float], bool]

_NEVER = float(2**52)
#: Accounts of two books that are divided anew at once.
_SPLIT = 10
#: Accounts above which a kick grows no more.
_KICKED = 300


def never(_units: float = 0.0) -> bool:
    """A search without a limit."""
    return False


class State:
    """An assignment with what a search needs at hand: loads, costs and caps of every book."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        priced = problem.price > 0
        price = problem.price[priced].astype(float)
        self.loads = problem.loads[:, priced] * price
        self.base = (problem.books - problem.targets)[:, priced] * price
        #: Loads and bends grow alike with the price, and so do costs.
        self.steps = None if problem.steps is None else problem.steps[:, priced] * price
        self.pair = problem.pair_cost.astype(float)
        self.pair[~problem.allowed] = _NEVER
        self.uses, self.room = problem.uses.astype(float), problem.room.astype(float)
        # A resource that every account uses alike cannot be broken by an exchange.
        uneven = np.ptp(self.uses, axis=0) > 0 if len(self.uses) else np.zeros(0)
        self.uneven = [int(k) for k in np.nonzero(uneven)[0]]
        self.accounts = np.arange(problem.size[0])
        #: Of each pair, where a bound has said so: the search looks first at who is misplaced.
        self.reduced: Ints | None = None

    def place(self, owners: Ints) -> None:
        """Start from ``owners``."""
        self.owners = owners.copy()
        self.load = self.base.copy()
        np.add.at(self.load, owners, self.loads)
        self.used = np.zeros_like(self.room)
        np.add.at(self.used, owners, self.uses)
        self.book_cost = self.worth(self.load)

    def worth(self, load: Floats, csms: Ints | int | None = None) -> Floats:
        """What books cost that hold ``load`` (... x D): those of ``csms``, or of all."""
        steps = self.steps
        if steps is not None and csms is not None:
            steps = steps[csms]
        return np.asarray(shape(load, steps).sum(axis=-1))

    def cost(self) -> float:
        """Cost of the assignment now."""
        return float(self.book_cost.sum() + self.pair[self.accounts, self.owners].sum())

    def move(self, account: int, csm: int) -> None:
        """Give the account to another CSM."""
        before = self.owners[account]
        self.load[before] -= self.loads[account]
        self.load[csm] += self.loads[account]
        self.used[before] -= self.uses[account]
        self.used[csm] += self.uses[account]
        self.owners[account] = csm
        touched = [before, csm]
        self.book_cost[touched] = self.worth(self.load[touched], np.array(touched))


def greedy(problem: Problem) -> Ints | None:
    """Hardest accounts first, each where the cost grows least; None when one fits nowhere."""
    if not problem.size[1]:
        return None
    state = State(problem)
    weight = state.loads.sum(axis=1)
    choices = problem.allowed.sum(axis=1)
    return construct(state, np.lexsort((state.accounts, -weight, choices)))


def construct(state: State, order: Ints, guide: Floats | None = None) -> Ints | None:
    """Place accounts in ``order`` where cost (plus ``guide``, A x C) grows least."""
    load, used = state.base.copy(), np.zeros_like(state.room)
    cost = state.worth(load)
    owners = np.full(len(state.accounts), -1, dtype=np.int64)
    for account in order:
        growth = state.worth(load + state.loads[account]) - cost + state.pair[account]
        if guide is not None:
            growth = growth + guide[account]
        growth[(used + state.uses[account] > state.room).any(axis=1)] = _NEVER
        csm = int(np.argmin(growth))
        if growth[csm] >= _NEVER / 2:
            return None
        owners[account] = csm
        load[csm] += state.loads[account]
        cost[csm] = state.worth(load[csm], csm)
        used[csm] += state.uses[account]
    return owners


def descend(state: State, over: Over = never, swaps: bool = True) -> None:
    """Best moves, then (unless told not to) best swaps, until neither helps.

    Swaps look at all pairs of accounts, which takes seconds where there are thousands.
    """
    while not over(0.0):
        while _moves(state, over):
            pass
        if not swaps or not _swaps(state, over):
            return


def _moves(state: State, over: Over) -> int:
    made = 0
    units = state.load.size + A_STEP
    for account in range(len(state.accounts)):
        here = state.owners[account]
        load = state.loads[account]
        without = state.worth(state.load[here] - load, here)
        gain = state.book_cost[here] - without + state.pair[account, here]
        growth = state.worth(state.load + load) - state.book_cost + state.pair[account]
        growth[(state.used + state.uses[account] > state.room).any(axis=1)] = _NEVER
        growth[here] = _NEVER
        csm = int(np.argmin(growth))
        if growth[csm] < gain:
            state.move(account, csm)
            made += 1
        if over(units):
            return 0
    return made


def _swaps(state: State, over: Over) -> int:
    made = 0
    units = 2 * state.loads.size + A_STEP
    for account in range(len(state.accounts)):
        here, there = state.owners[account], state.owners
        change = state.loads - state.loads[account]
        growth = state.worth(state.load[here] + change, here) - state.book_cost[here]
        growth += state.worth(state.load[there] - change, there) - state.book_cost[there]
        growth += state.pair[account, there] - state.pair[account, here]
        growth += state.pair[:, here] - state.pair[state.accounts, there]
        growth[there == here] = _NEVER
        growth[~_swappable(state, account)] = _NEVER
        other = int(np.argmin(growth))
        if growth[other] < 0:
            csm = int(there[other])
            state.move(account, csm)
            state.move(other, int(here))
            made += 1
        if over(units):
            return 0
    return made


def _swappable(state: State, account: int) -> npt.NDArray[np.bool_]:
    """Accounts that can change places with ``account`` within all caps."""
    fits = np.ones(len(state.accounts), dtype=bool)
    here = state.owners[account]
    for k in state.uneven:
        change = state.uses[:, k] - state.uses[account, k]
        fits &= state.used[here, k] + change <= state.room[here, k]
        fits &= state.used[state.owners, k] - change <= state.room[state.owners, k]
    return fits


def reassign(
    state: State, random: np.random.Generator, steps: int, good_enough: float, over: Over = never
) -> int:
    """Take a unit out of many books and put all back optimally, at most one a book.

    A unit is an account, or two of one book. What CSM j costs without its own unit and
    with unit u is exact, so one assignment problem finds the best of n! exchanges:
    moves, swaps and all longer cycles at once (a cyclic-exchange neighbourhood, Ahuja,
    Orlin and Sharma 2000, solved here to optimality). Returns the steps that helped.
    """
    helped = 0
    csms = np.arange(len(state.room))
    total = state.cost()
    units = 0.0
    for _ in range(steps):
        if total <= good_enough or over(units):
            break
        first, second = _units(state, random)
        units = len(first) * (state.load.size + (5 + len(first) / 40) * len(state.room)) + A_STEP
        source = state.owners[first]
        load, uses = state.loads[first], state.uses[first]
        pair = state.pair[first]
        both = second >= 0
        load[both] += state.loads[second[both]]
        uses[both] += state.uses[second[both]]
        pair[both] += state.pair[second[both]]
        rest, room = state.load.copy(), state.room - state.used
        rest[source] -= load
        room[source] += uses
        cost = pair - state.worth(rest)
        for d in range(rest.shape[1]):
            bends = None if state.steps is None else state.steps[None, :, d]
            cost += shape(load[:, d, None] + rest[None, :, d], bends)
        for k in range(room.shape[1]):
            cost[uses[:, k, None] > room[None, :, k]] = _NEVER
        rows, columns = scipy.optimize.linear_sum_assignment(cost)
        gain = cost[np.arange(len(first)), source].sum() - cost[rows, columns].sum()
        if gain > 0:
            for unit, csm in zip(rows, csms[columns], strict=True):
                if csm != source[unit]:
                    state.move(int(first[unit]), int(csm))
                    if both[unit]:
                        state.move(int(second[unit]), int(csm))
            total -= gain
            helped += 1
    return helped


def resplit(
    state: State,
    random: np.random.Generator,
    good_enough: float,
    over: Over = never,
    each: int = 8,
) -> int:
    """Divide the accounts of two books anew between both, all splits tried: ``each`` pairs a CSM.

    Where two books hold more accounts than `_SPLIT`, so many of them by chance. It finds what
    exchanges one for one do not: two for one, or three that change sides together. Returns
    the pairs of books that got better.
    """
    csms = len(state.room)
    first, second = np.triu_indices(csms, 1)
    total, helped = state.cost(), 0
    for at in random.permutation(len(first))[: each * csms].tolist():
        one, two = int(first[at]), int(second[at])
        gain, units = _split_anew(state, random, one, two)
        total -= gain
        helped += gain > 0
        if over(units) or total <= good_enough:
            break
    return helped


def _split_anew(
    state: State, random: np.random.Generator, one: int, two: int
) -> tuple[float, float]:
    """The best split between two books is made; what it gains, and the work."""
    owners, pair = state.owners, state.pair
    both = (pair[:, one] < _NEVER) & (pair[:, two] < _NEVER)
    members = np.nonzero(((owners == one) | (owners == two)) & both)[0]
    if len(members) < 2:
        return 0.0, A_STEP / 4
    if len(members) > _SPLIT:
        members = np.sort(random.permutation(members)[:_SPLIT])
    bits = _bits(len(members))
    loads, uses = state.loads[members], state.uses[members]
    now = (owners[members] == one).astype(float)
    to_one, to_two = bits @ loads, (1 - bits) @ loads
    rest_one, rest_two = state.load[one] - now @ loads, state.load[two] - (1 - now) @ loads
    cost = state.worth(rest_one + to_one, one) + state.worth(rest_two + to_two, two)
    cost += bits @ pair[members, one] + (1 - bits) @ pair[members, two]
    room_one = state.room[one] - state.used[one] + now @ uses
    room_two = state.room[two] - state.used[two] + (1 - now) @ uses
    breaks = (bits @ uses > room_one).any(axis=1) | ((1 - bits) @ uses > room_two).any(axis=1)
    cost[breaks] = _NEVER
    before, best = cost[int(now @ 2.0 ** np.arange(len(now)))], int(np.argmin(cost))
    gain = float(before - cost[best])
    if gain > 0:
        for account, goes, is_there in zip(members.tolist(), bits[best], now, strict=True):
            if goes != is_there:
                state.move(account, one if goes else two)
    return max(gain, 0.0), bits.shape[0] * (2.0 * loads.shape[1] * 4 + len(now)) + A_STEP


@cache
def _bits(count: int) -> Floats:
    """All subsets of so many, one a line."""
    return ((np.arange(2**count)[:, None] >> np.arange(count)) & 1).astype(float)


def _units(state: State, random: np.random.Generator) -> tuple[Ints, Ints]:
    """One random account of each book that gives one, and a second of the same book or -1.

    Accounts that the bound would rather have elsewhere come first more often than others.
    """
    shuffled = random.permutation(len(state.accounts))
    if state.reduced is not None:
        misplaced = state.reduced[state.accounts, state.owners] > 0
        draw = random.random((2, len(state.accounts)))
        shuffled = np.argsort(draw[0] - draw[1] * misplaced, kind="stable")
    _, places = np.unique(state.owners[shuffled], return_index=True)
    first = shuffled[places]
    if random.random() < 0.4:
        first = first[random.random(len(first)) < random.choice((0.4, 0.7))]
    second = np.full(len(first), -1, dtype=np.int64)
    if len(first) and random.random() < 0.3:
        rest = shuffled[~np.isin(shuffled, first)]
        partner = np.full(len(state.room), -1, dtype=np.int64)
        partner[state.owners[rest]] = rest
        wanted = random.random(len(first)) < random.choice((0.3, 1.0))
        second = np.where(wanted, partner[state.owners[first]], -1)
    return first, second


def kick(state: State, random: np.random.Generator, share: float) -> None:
    """Exchange a few random pairs of accounts, within the rules.

    So few that the exchanges that follow can mend all of it: of thousands, no more than of some
    hundreds.
    """
    for _ in range(max(2, int(share * min(len(state.accounts), _KICKED)))):
        one, two = (int(a) for a in random.integers(0, len(state.accounts), 2))
        here, there = int(state.owners[one]), int(state.owners[two])
        allowed = state.problem.allowed
        may = here != there and allowed[one, there] and allowed[two, here]
        if may and _swappable(state, one)[two]:
            state.move(one, there)
            state.move(two, here)

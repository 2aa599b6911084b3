"""The owners that somebody would have chosen who knew all arrivals: what to measure live against.

Under the rules that bind one account at a time: each goes, when it comes, to a CSM of its region
and stays. What is made small is what is measured: how unlike the books are at the end of each
of the last weeks.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass
class Hindsight:
    """A arrivals, C CSMs, M measures, W moments; sums of squared deviations of the books.

    ``loads`` (A x M) is what an arrival adds, ``first`` (C x M) the books at the beginning,
    ``there`` (W x A) 1 where it has come by that moment; ``may`` (A x C) who can take it.
    """

    loads: Floats
    first: Floats
    there: Floats
    region: Ints
    may: npt.NDArray[np.bool_]

    def owners(self, start: Ints, rounds: int = 40) -> Ints:
        """Moves and exchanges of two from ``start``, the best first, until none helps."""
        self.owner = start.copy()
        books = np.repeat(self.first[None], len(self.there), axis=0)
        for moment, come in enumerate(self.there > 0):
            np.add.at(books[moment], self.owner[come], self.loads[come])
        mean = np.empty_like(books)
        for region in np.unique(self.region):
            mine = self.region == region
            mean[:, mine] = books[:, mine].mean(axis=1, keepdims=True)
        self.over = (books - mean) / mean
        self.mean = mean
        for number in range(rounds):
            order = np.random.default_rng(number).permutation(len(self.loads))
            if not sum(self._bettered(int(arrival)) for arrival in order):
                break
        return self.owner

    def _bettered(self, arrival: int) -> bool:
        """The best move or exchange of one arrival is made if it helps."""
        here = int(self.owner[arrival])
        added = self.there[:, arrival, None] * self.loads[arrival]  # W x M
        others = np.nonzero(self.may[arrival])[0]
        others = others[others != here]
        growth = self._change(here, -added) + np.array(
            [self._change(int(csm), added) for csm in others]
        )
        best, csm, with_whom = float(growth.min()), int(others[np.argmin(growth)]), -1
        mates = np.nonzero(self.may[:, here] & self.may[arrival, self.owner])[0]
        mates = mates[self.owner[mates] != here]
        if len(mates):
            change = self.there[:, mates, None] * self.loads[mates] - added[:, None]
            there = self.owner[mates]
            both = self._changes(np.full(len(mates), here), change)
            both += self._changes(there, -change)
            if both.min() < best:
                best, with_whom = float(both.min()), int(mates[np.argmin(both)])
                csm = int(self.owner[with_whom])
        if best > -1e-12:
            return False
        self._give(arrival, csm)
        if with_whom >= 0:
            self._give(with_whom, here)
        return True

    def _change(self, csm: int, added: Floats) -> float:
        return float(self._changes(np.array([csm]), added[:, None])[0])

    def _changes(self, csms: Ints, added: Floats) -> Floats:
        """How much the squares of each of ``csms`` grow by ``added`` (W x N x M)."""
        share = added / self.mean[:, csms]
        return np.asarray((share * (2 * self.over[:, csms] + share)).sum(axis=(0, 2)))

    def _give(self, arrival: int, csm: int) -> None:
        added = self.there[:, arrival, None] * self.loads[arrival]
        before = int(self.owner[arrival])
        self.over[:, before] -= added / self.mean[:, before]
        self.over[:, csm] += added / self.mean[:, csm]
        self.owner[arrival] = csm

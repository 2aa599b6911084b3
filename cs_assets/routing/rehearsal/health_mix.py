"""Nobody is given a sicker book than the books are from which the accounts come.

A red account weighs more than a calm one, so that moving it evens out most: a short book would be
filled with red ones. So whoever takes accounts has, with them, no more at risk than before, or than
the share at risk of all books from which accounts may come, to the next whole red account. What
must move, because its owner is gone, goes where it can; nothing at risk is added to it by choice.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

from cs_assets.routing.placing.capacity import HUNDREDTHS  # one red account
from cs_assets.routing.policy import DIMENSIONS
from cs_assets.routing.solver.problem import Bools, Ints, Problem

_ACCOUNTS, _AT_RISK = (DIMENSIONS.index(name) for name in ("accounts", "at_risk"))


class HealthMix:
    """The problem of moving accounts, with today's owners (-1: must move)."""

    def __init__(self, problem: Problem, today: Ints) -> None:
        self._problem, self._today = problem, today
        self._risk = problem.loads[:, _AT_RISK]
        self._before = self._held(today, _AT_RISK)
        self._share = self._shares()

    def sicker(self, owners: Ints) -> Bools:
        """The CSMs to whom something at risk moves by choice, and who then have too much (C)."""
        gets = np.bincount(owners[self.chosen(owners)], minlength=len(self._before)) > 0
        return np.asarray(gets & (self._held(owners, _AT_RISK) > self._most(owners)))

    def chosen(self, owners: Ints) -> Bools:
        """The accounts with something at risk that move by choice (A)."""
        return np.asarray((self._today >= 0) & (owners != self._today) & (self._risk > 0))

    def capped(self, problem: Problem, owners: Ints) -> Problem:
        """``problem`` with a cap on risk, where each book holds as many accounts as in ``owners``.

        Never below what a book has today; what must move uses none of it.
        """
        stays = self._today >= 0
        uses = np.where(stays, self._risk, 0)
        own, forced = np.zeros_like(self._before), np.zeros_like(self._before)
        np.add.at(own, self._today[stays], self._risk[stays])
        np.add.at(forced, owners[~stays], self._risk[~stays])
        fixed = self._problem.books[:, _AT_RISK] + forced
        room = np.maximum(own, self._most(owners) - fixed)
        return dataclasses.replace(
            problem,
            resources=(*problem.resources, "at risk"),
            uses=np.column_stack([problem.uses, uses]),
            room=np.column_stack([problem.room, room]),
        )

    def _most(self, owners: Ints) -> Ints:
        """What a book may have at risk, by how many accounts ``owners`` give it (C)."""
        fair = np.ceil(self._share * self._held(owners, _ACCOUNTS) / HUNDREDTHS) * HUNDREDTHS
        return np.maximum(self._before, fair.astype(np.int64))

    def _held(self, owners: Ints, dimension: int) -> Ints:
        """What each book holds with the accounts that ``owners`` give it (C)."""
        held, placed = self._problem.books[:, dimension].copy(), owners >= 0
        np.add.at(held, owners[placed], self._problem.loads[placed, dimension])
        return held

    def _shares(self) -> npt.NDArray[np.float64]:
        """Risk of an account, over each CSM's own book and all from which accounts may come (C)."""
        allowed, today = self._problem.allowed, self._today
        csms = len(self._before)
        from_whom = np.eye(csms, dtype=bool)  # giver x taker
        np.logical_or.at(from_whom, today[today >= 0], allowed[today >= 0])
        total = {
            d: self._held(today, d) @ from_whom
            + self._problem.loads[today < 0, d] @ allowed[today < 0]
            for d in (_ACCOUNTS, _AT_RISK)
        }
        share = np.zeros(csms)
        np.divide(total[_AT_RISK], total[_ACCOUNTS], out=share, where=total[_ACCOUNTS] > 0)
        return share

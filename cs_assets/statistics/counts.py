"""Changes of counts and of sums of money: a window of weeks against the one before, or another.

Size is relative: 0.25 is a quarter more. A count and a value are judged apart: the value of few
conversions can halve where their number stays.
"""

from dataclasses import dataclass

import numpy as np

from cs_assets.statistics import tails
from cs_assets.statistics.changes import Changes
from cs_assets.statistics.dispersion import Dispersion
from cs_assets.statistics.false_discovery import of_picked

#: Level that the interval goes with, and below which a change could be clear.
_LEVEL = 0.05
#: Windows before the present one whose mean is the usual level.
_USUAL_WINDOWS = 9
#: Windows on each side of an earlier one whose mean, with it, is its usual level.
_AROUND_WINDOWS = 2
#: Share of the chance of error that goes to the other window alone, the rest to the usual level.
_FOR_OTHER_WINDOW = 0.2
#: The usual level speaks for the other window unless the two differ by more than this chance ...
_LEVELS_DIFFER = 0.05
#: ... and a change on it is one on the other window only if that points there too, one-sided.
_POINTS_THERE = 0.12


@dataclass(frozen=True)
class Kind:
    """What is added up.

    The least step between two totals, the least dispersion believed, and the cases that a side is
    taken for at least when it is the smaller one.
    """

    step: float
    floor: float
    least: float


COUNTS = Kind(step=1.0, floor=1.0, least=0.0)
#: No money at all is one conversion less than a little of it, not infinitely less.
VALUES = Kind(step=0.0, floor=0.0, least=1.0)


def on_window_before(
    weekly: np.ndarray, window: int, dispersion: Dispersion, kind: Kind = COUNTS
) -> Changes:
    """The last ``window`` weeks against as many before, with the longer past to lean on.

    ``weekly``: series x weeks, oldest first, NaN where a week is not known. The level leant on is
    the mean of up to nine windows before. Series without the window before whole have no p-value.
    """
    now, before = weekly[:, -window:].sum(axis=1), weekly[:, -2 * window : -window].sum(axis=1)
    past = weekly[:, -(1 + _USUAL_WINDOWS) * window : -window]
    return _leaning(now, before, past, window, dispersion, kind)


def on_window(
    weekly: np.ndarray, window: int, earlier_by: int, dispersion: Dispersion, kind: Kind = COUNTS
) -> Changes:
    """The last ``window`` weeks against those ``earlier_by`` weeks before them, e.g. 52.

    The level leant on is that of the weeks around, two windows on each side.
    """
    end = weekly.shape[1] - earlier_by
    now = weekly[:, -window:].sum(axis=1)
    if end < window:
        nothing = np.full(len(weekly), np.nan)
        return _leaning(now, nothing, nothing[:, None], window, dispersion, kind)
    then = weekly[:, end - window : end].sum(axis=1)
    last = min(end + _AROUND_WINDOWS * window, weekly.shape[1] - window)
    around = weekly[:, max(0, end - (1 + _AROUND_WINDOWS) * window) : last]
    return _leaning(now, then, around, window, dispersion, kind)


def _leaning(
    now: np.ndarray, then: np.ndarray, past: np.ndarray, window: int, dispersion: Dispersion,
    kind: Kind,
) -> Changes:  # fmt: skip
    """One window against another, which leans on the weeks of ``past`` that it lies in.

    Two tests share the chance of error. One compares the two windows. The other compares the
    present window with the usual level, the mean of ``past``: it finds a halving far more often,
    and says something of the other window only where that was usual itself and the present one
    differs from it in the same direction; size and interval are those of the test that decided.
    """
    known = (~np.isnan(past)).sum(axis=1)
    usual = np.nansum(past, axis=1)
    share = window / (window + np.maximum(known, window))
    against = _Test(now, then, np.full(len(now), 0.5), dispersion, kind)
    longer = _Test(now, usual, share, dispersion, kind)
    earlier = _Test(then, usual - then, window / np.maximum(known, 2 * window), dispersion, kind)
    falls = now * (1 - share) < usual * share
    has_level = known >= 2 * window
    for_other = np.where(has_level, _FOR_OTHER_WINDOW, 1.0)
    usable = (
        has_level
        & (earlier.p_value >= _LEVELS_DIFFER)
        & (np.where(falls, against.low_tail, against.high_tail) <= _POINTS_THERE)
    )
    p_then = against.p_value / for_other
    p_usual = np.where(usable, longer.p_value / (1 - _FOR_OTHER_WINDOW), np.inf)
    by_usual = p_usual < p_then
    p_value = np.minimum(1.0, np.minimum(p_then, p_usual))
    low, high = np.where(by_usual, longer.interval(), against.interval())
    can = against.can_be_clear(for_other * _LEVEL) | (
        has_level & longer.can_be_clear((1 - _FOR_OTHER_WINDOW) * _LEVEL)
    )
    return Changes(
        size=np.where(by_usual, longer.size, against.size), low=low, high=high, n=now + then,
        p_value=p_value, can_be_clear=can,
        method=np.where(by_usual, "against the usual level", "window against window"),
    )  # fmt: skip


@dataclass(frozen=True)
class Picked:
    """Of each group the member that moved most: its place in the arrays, and its change."""

    place: np.ndarray
    changes: Changes


def of_most_moved(moved: Changes, group: np.ndarray, by: np.ndarray | None = None) -> Picked:
    """For each of ``group`` (0, 1, 2 ...) the series that moved most, judged as picked.

    Picked by the size of ``by`` (e.g. what each gained in value), else by the smallest p-value.
    The p-value is that of the largest of as many as could have been picked.
    """
    told = ~np.isnan(moved.p_value)
    rank = -np.abs(by) if by is not None else moved.p_value
    order = np.lexsort((np.where(told, rank, np.inf), group))
    groups, first = np.unique(group[order], return_index=True)
    place = order[first]
    among = np.bincount(group, weights=told, minlength=int(group.max(initial=-1)) + 1)[groups]
    return Picked(
        place,
        Changes(
            size=moved.size[place], low=moved.low[place], high=moved.high[place], n=moved.n[place],
            p_value=of_picked(moved.p_value[place], among),
            can_be_clear=moved.can_be_clear[place], method=moved.method[place],
        ),
    )  # fmt: skip


class _Test:
    """Two totals with their exposures compared, by series."""

    def __init__(
        self,
        now: np.ndarray,
        then: np.ndarray,
        share: np.ndarray,
        dispersion: Dispersion,
        kind: Kind,
    ) -> None:
        self._now, self._then, self._share, self._kind = now, then, share, kind
        self._dispersion = np.where(
            dispersion.value > 0, dispersion.value, _of_nothing_known(now, then, kind)
        )
        self._freedom = np.maximum(dispersion.freedom, 1.0)
        self.low_tail, self.high_tail = tails.split_tails(
            now, then, share, self._dispersion, kind.step, kind.least
        )
        self.p_value = np.minimum(
            1.0,
            tails.with_estimated_spread(np.minimum(self.low_tail, self.high_tail), self._freedom),
        )
        self.p_value = np.where(np.isnan(now + then), np.nan, self.p_value)

    @property
    def size(self) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(
                self._then > 0, self._ratio(self._now / (self._now + self._then)), np.nan
            )

    def _ratio(self, share: np.ndarray) -> np.ndarray:
        """The rate now over the rate then, less one, at this share of the total."""
        with np.errstate(divide="ignore"):
            odds: np.ndarray = share / (1 - share) * (1 - self._share) / self._share - 1
        return odds

    def interval(self) -> np.ndarray:
        tail = tails.tail_of_level(_LEVEL, self._freedom)
        low, high = tails.share_between(
            self._now, self._then, self._dispersion, self._kind.step, tail, self._kind.least
        )
        return np.stack([self._ratio(low), self._ratio(high)])

    def can_be_clear(self, level: float | np.ndarray) -> np.ndarray:
        """Whether none at all of as many as there were then would be clear at ``level``.

        As many as the larger side shows for an equal time: what was there could not rise or fall
        enough to be told from chance if even all of it gone would not be.
        """
        per_share = np.fmax(self._now * (1 - self._share) / self._share, self._then)
        nothing = np.zeros_like(per_share)
        tail, _ = tails.split_tails(
            nothing, per_share, self._share, self._dispersion, self._kind.step, self._kind.least
        )
        clear: np.ndarray = tails.with_estimated_spread(tail, self._freedom) < level
        return clear & ~np.isnan(self._now + self._then)


def _of_nothing_known(now: np.ndarray, then: np.ndarray, kind: Kind) -> np.ndarray:
    """Dispersion of a series that never had a case, nor peers: of counts as independent cases.

    A sum of money may then be a single conversion, and is taken for one.
    """
    if kind.step:
        return np.full_like(now, max(kind.floor, 1.0))
    return np.fmax(np.fmax(now, then), 1.0)

"""How often what is called a change is one, and how often one is found: J-change.

All is simulated from seeds that ``JUDGE_SEED`` moves (1 unless set); the truth is known, and the
case without any change stands beside each case with one.
"""

import os
from collections.abc import Iterable

import numpy as np

from cs_assets.statistics import counts, dispersion, rates
from cs_assets.statistics.changes import Changes
from cs_assets.statistics.verdict import judged
from tests.figures import Figure
from tests.judge import simulated

SEED = int(os.environ.get("JUDGE_SEED", "1"))

_WEEKS, _WINDOW = 52, 4
_MEANS = (10, 30, 100, 400)
_LEVEL = 0.05
#: What is left of the open rates in the case with a fall.
_FALLEN = 0.64


def on_window_before(weekly: np.ndarray) -> Changes:
    """Four weeks against the four before, the dispersion read from the past alone."""
    spread = dispersion.of_weeks(weekly[:, :-_WINDOW], _WINDOW)
    return counts.on_window_before(weekly, _WINDOW, spread)


def opens_changed(sends: rates.Sends) -> rates.RateChanges:
    return rates.changes(sends, rates.spread_of(sends))


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


# --- 01 -------------------------------------------------------------------------------------


def false_in_counts(series: int = 4000, seed: int = SEED) -> Iterable[Figure]:
    """J-change-01: steady series called changed, by kind of variation and mean of a window."""
    rng = np.random.default_rng([seed, 1])
    worst, where = 0.0, ""
    for kind in simulated.COUNT_KINDS:
        for mean in _MEANS:
            weekly = simulated.weekly_counts(rng, kind, mean, series, _WEEKS + _WINDOW)
            false = float((on_window_before(weekly).p_value <= _LEVEL).mean())
            if false >= worst:
                worst, where = false, f"{kind} at {mean}"
    yield Figure(
        "J-change-01",
        f"steady counts called changed, worst of 16 cells of {series} series",
        f"{percent(worst)} ({where})",
        "<= 6 % in each",
        worst <= 0.06,
    )


def false_beside_unlike_peers(series: int = 4000, seed: int = SEED) -> Iterable[Figure]:
    """J-change-01b: the same where peers are of all sixteen kinds together."""
    rng = np.random.default_rng([seed, 11])
    weekly = np.concatenate(
        [
            simulated.weekly_counts(rng, kind, mean, series, _WEEKS + _WINDOW)
            for kind in simulated.COUNT_KINDS
            for mean in _MEANS
        ]
    )
    cells = (on_window_before(weekly).p_value <= _LEVEL).reshape(-1, series).mean(axis=1)
    yield Figure(
        "J-change-01b",
        f"the same with all {16 * series} series as each other's peers",
        percent(float(cells.max())),
        "<= 6 % in each",
        bool(cells.max() <= 0.06),
    )


# --- 02 -------------------------------------------------------------------------------------


def found_in_opens(customers: int = 8000, seed: int = SEED) -> Iterable[Figure]:
    """J-change-02a: opens that fall by 36 % in each of three channels, four sends a window."""
    rng = np.random.default_rng([seed, 2])
    fell = opens_changed(simulated.sends(rng, customers, 14, now=_FALLEN)).combined
    found = float(((fell.p_value <= _LEVEL) & (fell.size < 0)).mean())
    steady = opens_changed(simulated.sends(rng, customers, 14)).combined
    false = float((steady.p_value <= _LEVEL).mean())
    yield Figure(
        "J-change-02a",
        f"opens that fell by 36 % in 3 channels found; {percent(false)} of steady ones called",
        percent(found),
        ">= 95 % (steady <= 6 %)",
        found >= 0.95 and false <= 0.06,
    )


def found_in_counts(series: int = 4000, seed: int = SEED) -> Iterable[Figure]:
    """J-change-02b: a mean of 60 in four weeks that halves, weekly shocks of CV .2."""
    rng = np.random.default_rng([seed, 3])
    weekly = simulated.weekly_counts(rng, "shock .2", 60, series, _WEEKS + _WINDOW)
    weekly[:, -_WINDOW:] = simulated.weekly_counts(rng, "shock .2", 30, series, _WINDOW)
    # Each customer alone: none has peers to learn the dispersion from.
    alone = [weekly[i : i + 1] for i in range(series)]
    found = np.mean([on_window_before(one).p_value[0] <= _LEVEL for one in alone])
    yield Figure(
        "J-change-02b",
        f"a mean of 60 that halved found, {series} customers each alone",
        percent(float(found)),
        ">= 80 %",
        bool(found >= 0.8),
    )


# --- 03 -------------------------------------------------------------------------------------


def mix_is_no_rate(customers: int = 8000, seed: int = SEED) -> Iterable[Figure]:
    """J-change-03: messages move from text messages to social media, no rate changes."""
    rng = np.random.default_rng([seed, 4])
    shares = np.ones((3, 14))
    shares[:, 0] = (1.0, 0.5, 1.9)
    changed = opens_changed(simulated.sends(rng, customers, 14, shares=shares))
    rate = float((changed.combined.p_value <= _LEVEL).mean())
    mix = judged(changed.mix)["direction"]
    told = float(((mix == "fall") & (np.abs(changed.mix.size) >= rates.LEAST_MIX)).mean())
    yield Figure(
        "J-change-03a", "pure shift of the mix called a change of rate", percent(rate), "<= 5 %",
        rate <= 0.05,
    )  # fmt: skip
    yield Figure(
        "J-change-03b", "pure shift of the mix told as one", percent(told), ">= 90 %", told >= 0.9
    )


# --- 04 -------------------------------------------------------------------------------------

_CUSTOMERS, _CHANGED = 60, 6


def _conversions(rng: np.random.Generator, changed: int) -> np.ndarray:
    weekly = simulated.weekly_counts(rng, "shock .2", 100, _CUSTOMERS, _WEEKS + _WINDOW)
    weekly[:changed, -_WINDOW:] = simulated.weekly_counts(rng, "shock .2", 50, changed, _WINDOW)
    clear: np.ndarray = judged(on_window_before(weekly))["direction"].isin(["rise", "fall"])
    return np.asarray(clear)


def _opens(rng: np.random.Generator, changed: int) -> np.ndarray:
    now = np.where(np.arange(_CUSTOMERS) < changed, _FALLEN, 1.0)
    moved = opens_changed(simulated.sends(rng, _CUSTOMERS, 14, now=now))
    return np.asarray(judged(moved.combined)["direction"].isin(["rise", "fall"]))


def _picked(rng: np.random.Generator, changed: int) -> np.ndarray:
    """Conversions by channel, of which the one that moved most is told: of four, at 25 each."""
    weekly = simulated.weekly_counts(rng, "shock .2", 25, 4 * _CUSTOMERS, _WEEKS + _WINDOW)
    moved = counts.of_most_moved(on_window_before(weekly), np.repeat(np.arange(_CUSTOMERS), 4))
    return np.asarray(judged(moved.changes)["direction"].isin(["rise", "fall"]))


_KINDS = {"counts": _conversions, "opens": _opens, "picked channel": _picked}


def false_in_a_run(runs: int = 500, seed: int = SEED) -> Iterable[Figure]:
    """J-change-04a: nobody of 60 changed; runs that call anybody changed."""
    shares = {}
    for number, (kind, clear) in enumerate(_KINDS.items()):
        rngs = (np.random.default_rng([seed, 5, number, run]) for run in range(runs))
        shares[kind] = float(np.mean([clear(rng, 0).any() for rng in rngs]))
    worst = max(shares, key=lambda kind: shares[kind])
    yield Figure(
        "J-change-04a",
        f"runs of {runs} that call any of 60 steady customers changed, worst of 3 kinds",
        f"{percent(shares[worst])} ({worst})",
        "<= 6 %",
        shares[worst] <= 0.06,
    )


def found_in_a_run(runs: int = 500, seed: int = SEED) -> Iterable[Figure]:
    """J-change-04b and c: 6 of 60 changed; how many are found, and how many are false."""
    for letter, kind, target in (("b", "counts", 0.5), ("c", "opens", 0.8)):
        number = list(_KINDS).index(kind)
        false, found = [], []
        for run in range(runs):
            clear = _KINDS[kind](np.random.default_rng([seed, 6, number, run]), _CHANGED)
            false.append(clear[_CHANGED:].sum() / max(1, clear.sum()))
            found.append(clear[:_CHANGED].mean())
        share, power = float(np.mean(false)), float(np.mean(found))
        yield Figure(
            f"J-change-04{letter}",
            f"6 of 60 changed, {kind}: found; {percent(share)} of those called are false",
            percent(power),
            f">= {100 * target:.0f} % (false <= 6 %)",
            power >= target and share <= 0.06,
        )


BY_ID = {
    "J-change-01": false_in_counts,
    "J-change-01b": false_beside_unlike_peers,
    "J-change-02a": found_in_opens,
    "J-change-02b": found_in_counts,
    "J-change-03a": mix_is_no_rate,
    "J-change-03b": mix_is_no_rate,
    "J-change-04a": false_in_a_run,
    "J-change-04b": found_in_a_run,
    "J-change-04c": found_in_a_run,
}


def figures() -> Iterable[Figure]:
    """All at full size, each function once."""
    for make in dict.fromkeys(BY_ID.values()):
        yield from make()

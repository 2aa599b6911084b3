"""Series and sends made by chance, with known truths: what figures of judgement are measured on."""

import os

import numpy as np

from cs_assets.statistics.rates import Sends

#: What all draws of figures of judgement follow from; ``JUDGE_SEED`` moves it.
SEED = int(os.environ.get("JUDGE_SEED", "1"))

#: How weekly counts vary: independent cases, weeks with a shock of this coefficient of variation,
#: cases that come in twos.
COUNT_KINDS = ("poisson", "shock .2", "shock .4", "clumps of 2")
_CV = {"shock .2": 0.2, "shock .4": 0.4}

#: Sends of three channels that differ as e-mail, text messages and social media do.
RATES = (0.25, 0.80, 0.06)


def weekly_counts(
    rng: np.random.Generator, kind: str, mean: float, series: int, weeks: int, window: int = 4
) -> np.ndarray:
    """Series x weeks; ``mean`` is that of ``window`` weeks together."""
    weekly = mean / window
    if kind == "clumps of 2":
        return 2.0 * rng.poisson(weekly / 2, (series, weeks))
    level = np.full((series, weeks), weekly)
    if kind in _CV:
        shape = 1 / _CV[kind] ** 2
        level *= rng.gamma(shape, 1 / shape, level.shape)
    return rng.poisson(level).astype(float)


#: What a customer's weekly value may be like.
SERIES = ("level", "big level", "trend", "season", "sparse", "shift", "autocorrelated")


def seasonal_counts(
    rng: np.random.Generator, swing: float, mean: float, series: int, weeks: int, window: int = 4
) -> np.ndarray:
    """Series x weeks of independent cases whose rate goes up and down by ``swing`` in a year."""
    phase = np.arange(weeks) / 52 + rng.random((series, 1))
    counts: np.ndarray = rng.poisson(mean / window * (1 + swing * np.sin(2 * np.pi * phase)))
    return counts.astype(float)


def weekly_values(rng: np.random.Generator, kind: str, series: int, weeks: int) -> np.ndarray:
    """Series x weeks: conversions of about $200 each, log-normal with a deviation of one half.

    The trend doubles or halves in two years, the season moves by half, the shift (to 0.4 or 2.5
    times the level) comes at a week of the two years before the last four weeks but thirteen,
    and what is autocorrelated is so at 0.8 from week to week with a deviation of 0.4.
    """
    week, end = np.arange(weeks), weeks - 13
    rate = np.full((series, weeks), {"big level": 60.0, "sparse": 0.3, "level": 5.0}.get(kind, 8.0))
    if kind == "trend":
        rate *= 2 ** (rng.choice([-1, 1], (series, 1)) * (week - end) / 104)
    if kind == "season":
        rate *= 1 + 0.5 * np.sin(2 * np.pi * (week / 52 + rng.random((series, 1))))
    if kind == "shift":
        at = rng.integers(end - 104, end - 4, (series, 1))
        rate *= np.where(week < at, 1.0, rng.choice([0.4, 2.5], (series, 1)))
    if kind == "autocorrelated":
        state = rng.normal(size=series)
        for place in range(weeks):
            rate[:, place] *= np.exp(0.4 * state - 0.08)
            state = 0.8 * state + 0.6 * rng.normal(size=series)
    count = rng.poisson(rate)
    # A sum of so many log-normal values, by the gamma distribution of its mean and variance.
    spread = np.exp(0.25) - 1
    value: np.ndarray = 200 * spread * rng.gamma(np.maximum(count, 1e-9) / spread)
    return np.where(count > 0, value, 0.0)


def sends(
    rng: np.random.Generator,
    customers: int,
    windows: int,
    *,
    now: np.ndarray | float = 1.0,
    shares: np.ndarray | None = None,
    cv: float = 0.2,
    audience: float = 2000,
) -> Sends:
    """Four sends a window and channel; from send to send the rate varies by ``cv``.

    ``now``: factor of the rates in the present window, by customer; ``shares``: channels x windows,
    how many times ``audience`` is sent to.
    """
    shape = (customers, len(RATES), windows, 4)
    rate = np.broadcast_to(np.asarray(RATES)[None, :, None, None], shape).copy()
    rate[:, :, 0] *= np.broadcast_to(now, customers)[:, None, None]
    size = audience * rng.uniform(0.85, 1.15, shape)
    if shares is not None:
        size *= shares[None, :, :, None]
    sent = np.round(size)
    gamma = 1 / cv**2
    opened = rng.binomial(
        sent.astype(int), np.minimum(0.97, rate * rng.gamma(gamma, 1 / gamma, shape))
    ).astype(float)
    return Sends(
        sends=np.full(shape[:3], 4.0),
        sent=sent.sum(axis=3),
        events=opened.sum(axis=3),
        events_squared=(opened**2).sum(axis=3),
        events_sent=(opened * sent).sum(axis=3),
        sent_squared=(sent**2).sum(axis=3),
    )

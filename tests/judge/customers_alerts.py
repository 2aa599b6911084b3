"""J-customers-03: alerts of customers who have not changed, and of those who have.

Weekly series of a year and a quarter: counts of several sizes, over-dispersed and with slow waves;
users; conversions, few or many; health with its own noise. All kinds of a customer together are
counted a week. A change is a level shift of four of the customer's own weekly standard deviations.
"""

from collections.abc import Iterable

import numpy as np

from cs_assets.customers.follow_up import alerts
from tests.figures import Figure

_WEEKS = alerts.PAST + alerts.QUIET + 1


def calm(draw: np.random.Generator, customers: int, weeks: int) -> dict[str, np.ndarray]:
    """By kind, customers x weeks without any change of level."""
    size = np.exp(draw.normal(4.0, 1.3, (customers, 1)))
    waves = np.zeros((customers, weeks))
    for week in range(1, weeks):
        waves[:, week] = 0.4 * waves[:, week - 1] + draw.normal(0, 0.08, customers)
    return {
        "usage": _counts(draw, 20 * size * np.exp(waves), 6.0),
        "users": _counts(draw, size * np.exp(0.5 * waves), 1.2),
        "conversions": _counts(draw, 0.15 * size * np.exp(draw.normal(0, 0.1, waves.shape)), 1.5),
        "health": np.clip(draw.normal(70, 12, (customers, 1)) + draw.normal(0, 3.0, waves.shape)
                          + 10 * waves, 0, 100),
    }  # fmt: skip


def _counts(draw: np.random.Generator, mean: np.ndarray, dispersion: float) -> np.ndarray:
    """Negative binomial, variance ``dispersion`` x mean."""
    shape = np.maximum(mean / (dispersion - 1), 1e-3)
    return draw.poisson(draw.gamma(shape, mean / shape)).astype(float)


def alarms(series: dict[str, np.ndarray], weeks: int) -> np.ndarray:
    """Alerts by customer and week, all kinds together, in the last ``weeks``."""
    found = []
    for back in range(weeks - 1, -1, -1):
        total = np.zeros(len(series["usage"]), dtype=int)
        for kind, values in series.items():
            _, is_news = alerts.news(values[:, : values.shape[1] - back], kind)
            total += is_news
        found.append(total)
    return np.column_stack(found)


def alerts_of_change_and_of_none(customers: int = 2000, seeds: int = 5) -> Iterable[Figure]:
    """J-customers-03a: false alerts per 100 customer-weeks; b to d: shifts of 4, 3 and 2 found."""
    false, weeks, found = 0, 0, {4.0: [0, 0], 3.0: [0, 0], 2.0: [0, 0]}
    for seed in range(seeds):
        draw = np.random.default_rng(500 + seed)
        series = calm(draw, customers, _WEEKS + 8)
        counted = alarms(series, 8)
        false += int(counted.sum())
        weeks += counted.size
        for size, tally in found.items():
            kind = draw.choice(list(series))
            values = series[kind]
            sd = values[:, :-2].std(axis=1, ddof=1)
            way = draw.choice([-1.0, 1.0], len(values))
            if kind != "health":  # a count cannot fall by four deviations below nothing
                way = np.where(values[:, :-2].mean(axis=1) < (size + 2) * sd, 1.0, way)
            shifted = values.copy()
            shifted[:, -2:] += (way * size * sd)[:, None]
            hits = alarms({"usage": shifted} if kind == "usage" else {"usage": shifted * 0,
                           kind: shifted}, 2)  # fmt: skip
            tally[0] += int((hits.sum(axis=1) > 0).sum())
            tally[1] += len(values)
    rate = 100 * false / weeks
    size = f"{customers}_customers_{seeds}_seeds_4_kinds"
    yield Figure("J-customers-03a", f"false_alerts_per_100_customer_weeks_{size}", f"{rate:.2f}",
                 "<=2", rate <= 2)  # fmt: skip
    for name, shift in (("b", 4.0), ("c", 3.0), ("d", 2.0)):
        share = found[shift][0] / found[shift][1]
        target, passed = (">=.90", share >= 0.9) if shift == 4.0 else ("none", True)
        yield Figure(f"J-customers-03{name}",
                     f"level_shift_of_{shift:.0f}_own_deviations_alerted_within_2_weeks_{size}",
                     f"{share:.3f}", target, passed)  # fmt: skip

"""J-customers-01: what the past tells of who will leave, where the scorer does not know how.

Two thousand customers decide on their contract once a year, for three years. Six processes, made
here: a line over all inputs, a threshold on one module, two inputs that matter only together,
tickets alone, half of the surveys missing, a bend in the use of seats, and one no input tells of.
The map is fitted on the first two years and judged on the third. With some eighty losses in a year
an AUC is known to .03, and even the hazard loses to a regression by chance: so the seeds of a
process are averaged, and the worst process is told.
"""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from cs_assets import config
from cs_assets.customers.judging import backtest
from cs_assets.customers.policy import CustomerPolicy
from tests.figures import Figure

_Draw = np.random.Generator


def _line(rows: pd.DataFrame) -> np.ndarray:
    nps = rows["last_nps"].fillna(8)
    return (-3.0 - 4 * rows["usage_change"] + 0.25 * (8 - nps) + 0.4 * rows["severe_tickets"]
            - 1.5 * rows["utilisation"]).to_numpy()  # fmt: skip


def _threshold(rows: pd.DataFrame) -> np.ndarray:
    return np.where(rows["worst_module"] < -0.4, 0.3, -3.4)


def _together(rows: pd.DataFrame) -> np.ndarray:
    both = (rows["utilisation"] < 0.4) & (rows["severe_tickets"] >= 2)
    return np.where(both, 0.6, -3.2)


def _tickets(rows: pd.DataFrame) -> np.ndarray:
    return (-3.6 + 0.55 * rows["tickets"]).to_numpy()


def _bend(rows: pd.DataFrame) -> np.ndarray:
    return (-3.6 + 12 * np.maximum(0.0, 0.35 - rows["utilisation"])).to_numpy()


def _nothing(rows: pd.DataFrame) -> np.ndarray:
    return np.full(len(rows), -2.2)


PROCESSES: dict[str, Callable[[pd.DataFrame], np.ndarray]] = {
    "line": _line, "threshold": _threshold, "together": _together, "tickets": _tickets,
    "bend": _bend, "nothing": _nothing,
}  # fmt: skip


def past_of(process: str, draw: _Draw, customers: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Decisions of three years as ``customers/risk_inputs`` gives them, and the true hazards."""
    rows = pd.concat([_year(draw, customers, year) for year in range(3)], ignore_index=True)
    hazard = 1 / (1 + np.exp(-PROCESSES[process](rows)))
    left = draw.random(len(rows)) < hazard
    return rows.assign(outcome=np.where(left, "cancelled", "renewed")), hazard


def _year(draw: _Draw, n: int, year: int) -> pd.DataFrame:
    ease = draw.normal(size=n)
    utilisation = np.clip(0.55 + 0.15 * ease + draw.normal(0, 0.12, n), 0.01, 1.2)
    change = np.clip(draw.normal(0.0, 0.18, n) + 0.05 * ease, -0.95, 1.0)
    worst = np.clip(change - np.abs(draw.normal(0, 0.15, n)), -1.0, 1.0)
    tickets = draw.poisson(np.exp(0.6 - 0.35 * ease))
    answered = draw.random(n) < 0.5
    nps = np.clip(np.round(7.5 + 1.5 * ease + draw.normal(0, 1.5, n)), 0, 10)
    days = pd.Timestamp(2023 + year, 1, 1) + pd.to_timedelta(draw.integers(0, 365, n), unit="D")
    return pd.DataFrame(
        {
            "customer_id": [f"C{number}" for number in range(n)],
            "segment": draw.choice(["Enterprise", "Mid-Market", "Small Business"], n),
            "decided_on": days, "utilisation": utilisation, "usage_change": change,
            "worst_module": worst, "breadth": np.clip(np.round(2 * utilisation) / 2, 0, 1),
            "tickets": tickets.astype(float),
            "severe_tickets": draw.binomial(tickets, 0.35).astype(float),
            "last_nps": np.where(answered, nps, np.nan),
        }
    )  # fmt: skip


def _plain_logistic(earlier: pd.DataFrame, later: pd.DataFrame) -> np.ndarray:
    """A logistic regression on the same inputs as they come, missing ones at their mean."""
    names = list(backtest.INPUTS)
    mean, scale = earlier[names].mean(), earlier[names].std().replace(0, 1)
    design, other = (
        np.column_stack([np.ones(len(r)), ((r[names] - mean) / scale).fillna(0).to_numpy()])
        for r in (earlier, later)
    )
    beta, y = np.zeros(design.shape[1]), earlier["lost"].to_numpy(dtype=float)
    for _ in range(25):
        p = 1 / (1 + np.exp(-design @ beta))
        hessian = (design * (p * (1 - p))[:, None]).T @ design + 1e-3 * np.eye(len(beta))
        beta += np.linalg.solve(hessian, design.T @ (y - p))
    return other @ beta


def _worst(found: list[tuple[float, str]]) -> tuple[float, str]:
    """The lowest mean over the seeds of a process, and which."""
    by: dict[str, list[float]] = {}
    for value, name in found:
        by.setdefault(name, []).append(value)
    return min((sum(values) / len(values), name) for name, values in by.items())


def health_tells_who_leaves(customers: int = 2000, seeds: int = 5) -> Iterable[Figure]:
    """J-customers-01a to d, over all processes and seeds."""
    rules = config.load("customers.yaml", CustomerPolicy).health
    of_hazard, of_plain, gaps, said = [], [], [], []
    for name in PROCESSES:
        for seed in range(seeds):
            rows, hazard = past_of(name, np.random.default_rng(1000 + seed), customers)
            rows = backtest.with_score(rows.assign(hazard=hazard), rules)
            past = backtest.past_cases(rows)
            year = past["decided_on"].dt.year
            earlier, later = past[year < 2025], past[year == 2025]
            lost = later["lost"].to_numpy(dtype=bool)
            risks = backtest.fitted(earlier)(later)["risk"].to_numpy()
            found = backtest.separation(risks, lost)
            if name == "nothing":
                said.append(not found.is_clear)
            else:
                best = backtest.separation(later["hazard"].to_numpy(), lost).auc
                plain = backtest.separation(_plain_logistic(earlier, later), lost).auc
                assert found.auc is not None and best is not None and plain is not None  # noqa: PT018
                of_hazard.append((found.auc / best, name))
                of_plain.append((found.auc - plain, name))
                said.append(found.is_clear)
            gaps.append(backtest.calibration_error(risks, lost))
    size = f"{customers}_customers_{len(PROCESSES)}_processes_{seeds}_seeds"
    worst, where = _worst(of_hazard)
    yield Figure("J-customers-01a", f"AUC_of_risk_over_AUC_of_the_hazard_worst_process_{size}",
                 f"{worst:.3f}_({where})", ">=.95", worst >= 0.95)  # fmt: skip
    worst, where = _worst(of_plain)
    yield Figure("J-customers-01b", f"AUC_of_risk_less_that_of_a_regression_worst_process_{size}",
                 f"{worst:+.3f}_({where})", ">=-.03", worst >= -0.03)  # fmt: skip
    yield Figure("J-customers-01c", f"worst_calibration_error_10_bins_{size}",
                 f"{max(gaps):.3f}", "<=.05", max(gaps) <= 0.05)  # fmt: skip
    right = sum(said) / len(said)
    yield Figure("J-customers-01d", f"says_rightly_whether_it_separates_{size}",
                 f"{right:.3f}", ">=.95", right >= 0.95)  # fmt: skip

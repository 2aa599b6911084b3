"""How likely customers are lost at their next renewal, learned from what became of past ones.

A logistic regression with a ridge on piecewise straight lines of the inputs: it finds which of them
matter, and where, without being told. Its strength is chosen by the past itself (cross-validation).
One input may be trusted beforehand: the health that is configured. With few losses in the past the
map then follows it, with many it follows what happened.
A missing input counts as usual, and that it is missing is an input of its own. Intervals are those
of the coefficients (Laplace), by customer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

#: Ridges tried; the one with the least error on left-out cases is kept.
_RIDGES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
_FOLDS = 5
#: Share of the ridge on the input that is trusted beforehand.
_TRUSTED = 0.01
#: Where the lines of an input bend: quantiles of the past.
_BENDS = (0.25, 0.5, 0.75)
#: Distinct values from which an input has bends.
_DISTINCT = 6
_STEPS = 30
#: Normal quantile of the 90 % interval of a customer's risk.
_WIDTH = 1.645


@dataclass(frozen=True)
class Basis:
    """How inputs become columns: medians, bends and scales, all of the past."""

    names: tuple[str, ...]
    medians: np.ndarray
    bends: tuple[np.ndarray, ...]
    has_missing: tuple[bool, ...]
    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, rows: pd.DataFrame, names: Sequence[str]) -> "Basis":
        values = rows[list(names)].to_numpy(dtype=float)
        medians = np.array(
            [np.nanmedian(v) if np.isfinite(v).any() else 0.0 for v in values.T], dtype=float
        )
        bends, missing = [], []
        for column in values.T:
            known = column[np.isfinite(column)]
            enough = len(np.unique(known)) >= _DISTINCT
            bends.append(np.unique(np.quantile(known, _BENDS)) if enough else np.array([]))
            missing.append(bool(len(known) < len(column)))
        bare = cls(
            tuple(names), medians, tuple(bends), tuple(missing), np.zeros(0), np.ones(0)
        )  # fmt: skip
        columns = bare._columns(rows)
        scale = columns.std(axis=0)
        return cls(
            bare.names, medians, bare.bends, bare.has_missing, columns.mean(axis=0),
            np.where(scale > 0, scale, 1.0),
        )  # fmt: skip

    def _columns(self, rows: pd.DataFrame) -> np.ndarray:
        values = rows[list(self.names)].to_numpy(dtype=float)
        found = []
        for place, column in enumerate(values.T):
            missing = ~np.isfinite(column)
            filled = np.where(missing, self.medians[place], column)
            found.append(filled)
            found += [np.maximum(0.0, filled - bend) for bend in self.bends[place]]
            if self.has_missing[place]:
                found.append(missing.astype(float))
        return np.column_stack(found) if found else np.zeros((len(rows), 0))

    def held_back(self, trusted: str | None) -> np.ndarray:
        """By column, the constant first, its share of the ridge; the constant is free."""
        shares = [1e-9]
        for place, name in enumerate(self.names):
            shares.append(_TRUSTED if name == trusted else 1.0)
            shares += [1.0] * (len(self.bends[place]) + self.has_missing[place])
        return np.array(shares)

    def __call__(self, rows: pd.DataFrame) -> np.ndarray:
        """Rows x columns, each of mean 0 and deviation 1 in the past."""
        made: np.ndarray = (self._columns(rows) - self.mean) / self.scale
        return made


@dataclass(frozen=True)
class Risk:
    """A map from inputs to the probability of a loss."""

    basis: Basis
    coefficients: np.ndarray
    """The first is the constant."""
    covariance: np.ndarray
    base_rate: float
    n: int
    lost: int

    def __call__(self, rows: pd.DataFrame) -> pd.DataFrame:
        """``risk``, ``risk_low``, ``risk_high`` (90 % interval), 0 to 1, of each row."""
        design = _with_constant(self.basis(rows))
        at = design @ self.coefficients
        width = _WIDTH * np.sqrt(np.einsum("ij,jk,ik->i", design, self.covariance, design))
        return pd.DataFrame(
            {"risk": _p(at), "risk_low": _p(at - width), "risk_high": _p(at + width)},
            index=rows.index,
        )

    def weights(self, rows: pd.DataFrame) -> dict[str, float]:
        """By input its share of what tells customers of ``rows`` apart; together 1."""
        columns, start = self.basis(rows), 0
        spread = {}
        for place, name in enumerate(self.basis.names):
            width = 1 + len(self.basis.bends[place]) + self.basis.has_missing[place]
            part = columns[:, start : start + width]
            spread[name] = float((part @ self.coefficients[1 + start : 1 + start + width]).std())
            start += width
        whole = sum(spread.values())
        return {name: value / whole if whole else 0.0 for name, value in spread.items()}


def fit(
    rows: pd.DataFrame, lost: "pd.Series[bool]", names: Sequence[str], trusted: str | None = None
) -> Risk:
    """The map learned from past cases: inputs ``names`` and whether each was ``lost``.

    ``trusted``: the name whose straight line is held back a hundredth as much as the others.
    Raises ``ValueError`` where all were lost or none was: there is nothing to learn from.
    """
    y = lost.to_numpy(dtype=float)
    if y.min(initial=1.0) == y.max(initial=0.0):
        raise ValueError("all past cases ended alike")
    known = [name for name in names if rows[name].notna().any() and rows[name].nunique() > 1]
    basis = Basis.of(rows, known)
    design = _with_constant(basis(rows))
    held = basis.held_back(trusted)
    ridge = _best_ridge(design, y, held)
    coefficients, hessian = _solved(design, y, ridge * held)
    return Risk(
        basis, coefficients, np.linalg.inv(hessian), float(y.mean()), len(y), int(y.sum())
    )  # fmt: skip


def _best_ridge(design: np.ndarray, y: np.ndarray, held: np.ndarray) -> float:
    """By the mean log loss on cases left out; every fold has its share of losses."""
    order = np.lexsort((np.arange(len(y)), y))
    fold = np.empty(len(y), dtype=int)
    fold[order] = np.arange(len(y)) % _FOLDS
    losses = []
    for ridge in _RIDGES:
        loss = 0.0
        for number in range(_FOLDS):
            out = fold == number
            coefficients, _ = _solved(design[~out], y[~out], ridge * held)
            p = np.clip(_p(design[out] @ coefficients), 1e-6, 1 - 1e-6)
            loss -= float((y[out] * np.log(p) + (1 - y[out]) * np.log(1 - p)).sum())
        losses.append(loss)
    return _RIDGES[int(np.argmin(losses))]


def _solved(
    design: np.ndarray, y: np.ndarray, penalty: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and Hessian of the penalised likelihood, by Newton's steps."""
    beta = np.zeros(design.shape[1])
    rate = np.clip(y.mean(), 1e-4, 1 - 1e-4)
    beta[0] = np.log(rate / (1 - rate))
    hessian = np.diag(penalty)
    for _ in range(_STEPS):
        p = _p(design @ beta)
        weight = np.maximum(p * (1 - p), 1e-9)
        hessian = (design * weight[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(hessian, design.T @ (y - p) - penalty * beta)
        beta = beta + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-8:
            break
    return beta, hessian


def _with_constant(columns: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(columns)), columns])


def _p(at: np.ndarray) -> np.ndarray:
    shares: np.ndarray = 1.0 / (1.0 + np.exp(-np.clip(at, -35.0, 35.0)))
    return shares

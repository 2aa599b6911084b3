"""Risks of today's customers by what became of earlier ones, and the tables of the back-test."""

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cs_assets.customers.judging import backtest, risk
from cs_assets.customers.policy import HealthRules
from sql import catalog

#: Past Reds from which their share of losses speaks for a Red of today.
_LEAST_RED = 5
_Z = 1.645


def risks_of_week(
    found: pd.DataFrame, metrics: pd.DataFrame, lines: Sequence[backtest.Finding], week: dt.date
) -> pd.DataFrame:
    """Rows of ``analytics.customer_risks``.

    ``found``: rows of ``customers/risk_inputs`` with their score (``backtest.with_score``);
    ``metrics``: the week's ``analytics.customer_metrics``. The map that separated past losses
    is taken: the learned one, else that of the configured score; else everybody has the base rate.
    Who is Red by a veto has at least the risk that Reds had, where there is a past to speak of.
    """
    past, now = backtest.past_cases(found), found[found["outcome"].isna()]
    lost, cases = int(past["lost"].sum()), len(past)
    rows, basis = _mapped(past, now, lines)
    rows = rows.assign(
        customer_id=now["customer_id"].to_numpy(), basis=basis, cases=cases, lost=lost
    )
    rows = metrics[["customer_id", "arr", "health_segment"]].merge(rows, on="customer_id")
    if basis != "no past":  # a handful of Reds is no past either
        rows = _as_reds_before(rows, past)
    rows["arr_at_risk"] = (rows["arr"].astype(float) * rows["risk"]).round(2)
    for name in ("risk", "risk_low", "risk_high"):
        rows[name] = rows[name].round(4)
    rows = rows.assign(week_start=week)
    return rows[catalog.table("analytics.customer_risks").column_names]


def _mapped(
    past: pd.DataFrame, now: pd.DataFrame, lines: Sequence[backtest.Finding]
) -> tuple[pd.DataFrame, str]:
    clear = {line.score for line in lines if line.segment == "all" and line.separation.is_clear}
    if "proposed risk" in clear:
        return backtest.fitted(past)(now).reset_index(drop=True), "proposed risk"
    if "configured health" in clear:
        scored = past[past[backtest.HEALTH].notna()]
        made = risk.fit(scored, scored["lost"], [backtest.HEALTH], backtest.HEALTH)
        return made(now).reset_index(drop=True), "configured health"
    lost, n = int(past["lost"].sum()), len(past)
    if lost < backtest.LEAST_LOST or n < backtest.LEAST_CASES:
        nothing = {name: np.full(len(now), np.nan) for name in ("risk", "risk_low", "risk_high")}
        return pd.DataFrame(nothing), "no past"
    low, high = _wilson(lost, n)
    same = {"risk": lost / n, "risk_low": low, "risk_high": high}
    return pd.DataFrame({name: np.full(len(now), v) for name, v in same.items()}), "base rate"


def _as_reds_before(rows: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
    red = past[past["health"].eq("Red")]
    if len(red) < _LEAST_RED:
        return rows
    lost, n = int(red["lost"].sum()), len(red)
    low, high = _wilson(lost, n)
    higher = rows["health_segment"].eq("Red") & ~rows["risk"].ge(lost / n)
    told = {"risk": lost / n, "risk_low": low, "risk_high": high, "cases": n, "lost": lost}
    for name, value in told.items():
        rows[name] = rows[name].mask(higher, value)
    return rows.assign(basis=rows["basis"].mask(higher, "red before"))


def _wilson(hits: int, n: int) -> tuple[float, float]:
    """The 90 % interval of a share."""
    share, z2 = hits / n, _Z * _Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * float(np.sqrt(share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def backtest_rows(lines: Sequence[backtest.Finding], week: dt.date) -> pd.DataFrame:
    """Rows of ``analytics.health_backtest``."""
    rows = [
        {
            "week_start": week, "score": line.score, "segment": line.segment,
            "lead_days": line.lead_days, "cases": line.separation.n, "lost": line.separation.lost,
            "base_rate": line.separation.lost / line.separation.n if line.separation.n else None,
            "auc": line.separation.auc, "auc_low": line.separation.low,
            "auc_high": line.separation.high, "precision_named": line.precision,
            "recall_named": line.recall, "calibration_error": line.calibration,
            "separates": line.separation.is_clear, "words": line.words,
        }
        for line in lines
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=catalog.table("analytics.health_backtest").column_names)


def weight_rows(past: pd.DataFrame, rules: HealthRules, week: dt.date) -> pd.DataFrame:
    """Rows of ``analytics.health_weights``: nothing is proposed where there is too little past."""
    lost = int(past["lost"].sum())
    enough = lost >= backtest.LEAST_LOST and len(past) >= backtest.LEAST_CASES
    proposed: Mapping[str, float] = backtest.proposed_weights(past) if enough else {}
    rows = [
        {
            "week_start": week, "factor": name, "configured_weight": factor.weight,
            "proposed_weight": proposed.get(name), "cases": len(past), "lost": lost,
        }
        for name, factor in rules.factors.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=catalog.table("analytics.health_weights").column_names)

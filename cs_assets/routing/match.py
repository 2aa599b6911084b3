"""The learned match term: how well a CSM has done with accounts of a segment.

A pair's success rate is shrunken towards the segment's (empirical Bayes with a beta
prior worth `PRIOR` assignments). Before it counts it is back-tested by time: at each of
several moments it is learned from what was known then and predicts what came later,
against the segment's rate alone. It is withheld unless it is better by more than chance.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from cs_assets.routing.rows import Row, known
from cs_assets.routing.solver.problem import COST_UNIT

#: Assignments that the segment's rate is worth against a pair's own record.
PRIOR = 8.0
#: Moments at which the back-test learns and predicts.
_MOMENTS = 4
#: Predictions below which nothing is said about the term.
_FEWEST = 40


@dataclass(frozen=True)
class BackTest:
    """Mean squared error of the predicted probability (Brier 1950), with and without the term.

    ``better_by`` is the mean improvement, ``low`` the lower end of its 95 % interval.
    """

    predictions: int
    with_term: float | None
    without: float | None
    better_by: float | None
    low: float | None

    @property
    def helps(self) -> bool:
        return self.predictions >= _FEWEST and self.low is not None and self.low > 0

    def as_json(self, used: bool) -> str:
        why = "used" if used else "withheld: no better than none"
        if self.predictions < _FEWEST:
            why = f"withheld: {self.predictions} predictions are too few to say"
        return json.dumps({"term": why, **asdict(self)})


#: What is stored when the policy does not ask for the term.
SWITCHED_OFF = json.dumps({"term": "switched off"})


class Rates:
    """Success rates learned from past assignments: worker_id, segment, outcome."""

    def __init__(self, past: pd.DataFrame) -> None:
        won = past["outcome"].eq("retained").astype(float)
        self.overall = float(won.mean()) if len(past) else 0.5
        segment = past["segment"].fillna("unknown")
        self.by_segment = won.groupby(segment).agg(["sum", "count"]).to_dict("index")
        pairs = won.groupby([past["worker_id"], segment]).agg(["sum", "count"])
        self.by_pair: dict[Any, dict[Any, float]] = pairs.to_dict("index")

    def of_segment(self, segment: Any) -> float:
        """The segment's rate, shrunken towards that of all."""
        return _shrunken(self.by_segment.get(_segment(segment)), self.overall)

    def of_pair(self, worker: str, segment: Any) -> float:
        """The pair's rate, shrunken towards the segment's."""
        return _shrunken(self.by_pair.get((worker, _segment(segment))), self.of_segment(segment))


def back_test(history: pd.DataFrame) -> BackTest:
    """Learn and predict at several moments of ``history`` (`sql/routing/history.sql`)."""
    errors: list[tuple[float, float]] = []
    ordered = history.sort_values(["assigned_at", "account_id"], ignore_index=True)
    for part in range(1, _MOMENTS + 1):
        first = len(ordered) * part // (_MOMENTS + 1)
        if not 0 < first < len(ordered):
            continue
        moment = ordered["assigned_at"].iloc[first]
        later = ordered.iloc[first : len(ordered) * (part + 1) // (_MOMENTS + 1)]
        rates = Rates(ordered[ordered["ended_at"] <= moment])
        for row in later.to_dict("records"):
            truth = float(row["outcome"] == "retained")
            pair = rates.of_pair(row["worker_id"], row["segment"])
            errors.append(((pair - truth) ** 2, (rates.of_segment(row["segment"]) - truth) ** 2))
    return _verdict(errors)


def costs(
    accounts: Sequence[Row], books: Sequence[Row], history: pd.DataFrame, weight: float
) -> Mapping[tuple[str, str], int]:
    """What each pair costs by its expected result, 0 for the best CSM of the account."""
    rates = Rates(history)
    found: dict[tuple[str, str], int] = {}
    for account in accounts:
        expected = {
            b["worker_id"]: rates.of_pair(b["worker_id"], account["segment"]) for b in books
        }
        best = max(expected.values(), default=0.0)
        for worker, rate in expected.items():
            found[account["account_id"], worker] = round(weight * (best - rate) * COST_UNIT)
    return found


def _verdict(errors: list[tuple[float, float]]) -> BackTest:
    n = len(errors)
    if n < 2:
        return BackTest(n, None, None, None, None)
    gains = [without - with_term for with_term, without in errors]
    mean = sum(gains) / n
    spread = math.sqrt(sum((gain - mean) ** 2 for gain in gains) / (n - 1))
    return BackTest(
        predictions=n,
        with_term=round(sum(e[0] for e in errors) / n, 6),
        without=round(sum(e[1] for e in errors) / n, 6),
        better_by=round(mean, 6),
        low=round(mean - 1.96 * spread / math.sqrt(n), 6),
    )


def _shrunken(record: Mapping[Any, float] | None, towards: float) -> float:
    if record is None:
        return towards
    return (record["sum"] + PRIOR * towards) / (record["count"] + PRIOR)


def _segment(value: Any) -> str:
    return str(value) if known(value) else "unknown"

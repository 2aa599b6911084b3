"""Where a rep's mean of the next weeks will likely lie; withheld where the mean knows as much.

The forecast is the rep's mean of the last windows drawn towards the very last. Whether that is
better than the mean alone is judged on the past of the whole team, window by window, each forecast
from what was known then; one rep's few windows cannot tell. If it is not better by more than chance
nothing is foretold. The interval is that of the errors of these very forecasts (conformal: Vovk,
Gammerman and Shafer 2005), so that it holds as often as it says.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import scipy  # its parts are loaded when first used: they are heavy, and definitions need none

from cs_assets.coaching import windows
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.coaching.scored_calls import on_scale, scale_of, within

#: Share of windows that the interval holds.
COVERAGE = 0.8
#: How far a forecast goes from the mean of the past towards the last window.
_TOWARDS_LAST = 0.6
#: Windows that a forecast needs before it, reps with one that a comparison needs.
_LEAST_PAST, _LEAST_REPS = 3, 5
_LEVEL = 0.05


@dataclass(frozen=True)
class Prediction:
    """Mean overall score of the next window, 0 to 100, with an interval of ``COVERAGE``.

    ``past``: how many forecasts of the team the interval rests on.
    """

    mean: float
    low: float
    high: float
    past: int


def predictions(
    calls: pd.DataFrame, monday: date, policy: CoachingPolicy
) -> tuple[dict[str, Prediction], str]:
    """By rep, and why nothing is foretold when nothing is.

    ``calls``: columns of ``sql/coaching/scores_of_calls`` over the history, dates as dates.
    """
    series = _window_means(calls, monday, policy)
    errors: list[float] = []
    gains: list[float] = []
    for means in series.values():
        own = []
        for place in range(_LEAST_PAST, len(means)):
            truth, (mean, drawn) = means[place], _forecasts(means[:place])
            errors.append(abs(truth - drawn))
            own.append((truth - mean) ** 2 - (truth - drawn) ** 2)
        if own:
            gains.append(float(np.mean(own)))
    if len(gains) < _LEAST_REPS:
        return {}, "too few reps with a past to judge a forecast by"
    if not _is_better(np.array(gains)):
        return {}, "the past tells no more than its mean"
    half = _quantile(errors)
    found = {}
    for rep, means in series.items():
        if len(means) >= _LEAST_PAST:
            drawn = _forecasts(means)[1]
            low, high = max(0.0, drawn - half), min(100.0, drawn + half)
            found[rep] = Prediction(drawn, low, high, len(errors))
    return found, "" if found else "no rep has a past long enough"


def _window_means(
    calls: pd.DataFrame, monday: date, policy: CoachingPolicy
) -> Mapping[str, list[float]]:
    """By rep: means of windows that follow each other up to this one, oldest first.

    The series begins after the last window with too few calls, and is empty when that is now.
    """
    scale = scale_of(within(calls, windows.recent(monday, policy.window_weeks)))
    if scale is None:
        return {}
    known = on_scale(calls, scale).dropna(subset=["overall"])
    count = policy.history_weeks // policy.window_weeks
    span = windows.WEEK * policy.window_weeks
    end = windows.week(monday).last
    cells: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for rep, day, score in zip(
        known["rep_user_id"], known["call_date"], known["overall"], strict=True
    ):
        back = (end - day) // span
        if 0 <= back < count:
            cells[str(rep)][back].append(float(score))
    found = {}
    for rep, own in cells.items():
        means: list[float] = []
        for back in range(count):
            if len(own.get(back, ())) < policy.least_calls:
                break
            means.append(float(np.mean(own[back])))
        found[rep] = means[::-1]
    return found


def _forecasts(past: list[float]) -> tuple[float, float]:
    """The mean of the last windows, and that mean drawn towards the very last.

    Of as many windows now as in every forecast of the record, or the record would tell of others.
    """
    mean = float(np.mean(past[-_LEAST_PAST:]))
    return mean, mean + _TOWARDS_LAST * (past[-1] - mean)


def _is_better(gains: np.ndarray) -> bool:
    """Whether squared errors are smaller by more than chance: Student's t over reps, one-sided."""
    spread = float(gains.std(ddof=1))
    if spread == 0:
        return False
    size = gains.mean() / (spread / math.sqrt(len(gains)))
    return float(scipy.special.stdtr(len(gains) - 1, size)) > 1 - _LEVEL


def _quantile(errors: list[float]) -> float:
    """The error that a next one stays below in ``COVERAGE`` of cases, whatever its distribution."""
    rank = math.ceil((len(errors) + 1) * COVERAGE)
    return sorted(errors)[min(rank, len(errors)) - 1]

"""Where a mean stands against its target, in word, shape and colour: never by colour alone."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.coaching.policy import CoachingPolicy


@dataclass(frozen=True)
class Band:
    """``key`` of the word in the catalogue; ``shape`` for readers; ``tone`` names the style."""

    key: str
    shape: str
    tone: str


ABOVE = Band("band.above", "▲", "good")
AROUND = Band("band.around", "●", "fair")
BELOW = Band("band.below", "▼", "weak")
FEW = Band("band.few", "○", "open")


def band_of(scores: Any, target: float, policy: CoachingPolicy) -> Band:
    """The band of a row of ``rep_week_scores``.

    Above and below are said only when the whole interval of the mean lies there: a mean of
    66 from six calls is around a target of 70, whatever its colour would say.
    """
    low, high = scores["low_window"], scores["high_window"]
    if scores["calls_window"] < policy.cases_below or pd.isna(low) or pd.isna(high):
        return FEW
    if low >= target:
        return ABOVE
    return BELOW if high < target else AROUND

"""The verdict on a comparison: made once, stored beside its figures, and quoted by every text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cs_assets.statistics.changes import Changes
from cs_assets.statistics.false_discovery import adjusted

Direction = Literal["rise", "fall", "none", "too_few", "absent"]

#: Expected share of false ones among what is called clear, for each kind of statement of a run.
LEVEL = 0.05

#: What a text says of each.
WORDS: dict[str, str] = {
    "rise": "a clear rise",
    "fall": "a clear fall",
    "none": "no clear change",
    "too_few": "too few to tell a change",
    "absent": "not compared",
}

COLUMNS = [
    "direction", "size", "size_low", "size_high", "n", "p_value", "q_value", "looked_at", "method",
    "why",
]  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """One row of what ``judged`` gives."""

    direction: Direction
    size: float | None
    size_low: float | None
    size_high: float | None
    n: int | None
    p_value: float | None
    q_value: float | None
    looked_at: int
    method: str
    why: str

    @property
    def words(self) -> str:
        return WORDS[self.direction]


def judged(
    changes: Changes, absent: Sequence[str | None] | None = None, level: float = LEVEL
) -> pd.DataFrame:
    """Verdicts on all comparisons of one kind in a run, one row each (``COLUMNS``).

    ``absent``: for each comparison the reason why there is none (data that begin later or come
    late), else ``None``; such a row has no size and counts for nothing. The rest is called clear
    while false discoveries over all of them stay below ``level``; ``looked_at`` is their number.
    """
    missing = np.isnan(changes.p_value)
    reasons = np.full(len(missing), None, dtype=object)
    if absent is not None:
        reasons[:] = list(absent)
    reasons[missing & (reasons == None)] = "no data to compare with"  # noqa: E711
    gone = np.array([reason is not None for reason in reasons], dtype=bool)
    q_values = adjusted(np.where(gone, np.nan, changes.p_value))
    clear = q_values <= level
    # The interval tells the way where the size itself cannot (from zero to anything).
    rises = np.where(np.isnan(changes.size), changes.low > 0, changes.size > 0)
    direction = np.select(
        [gone, clear & rises, clear, ~changes.can_be_clear],
        ["absent", "rise", "fall", "too_few"],
        default="none",
    )
    looked_at = int((~gone).sum())
    why = np.select(
        [gone, clear, direction == "too_few"],
        [
            reasons,
            "more than chance, over all that were compared",
            "too few cases to tell a change from chance",
        ],
        default="within what chance alone gives",
    )
    return pd.DataFrame(
        {
            "direction": direction,
            "size": _told(changes.size, gone),
            "size_low": _told(changes.low, gone),
            "size_high": _told(changes.high, gone),
            "n": _told(changes.n, gone),
            "p_value": _told(changes.p_value, gone),
            "q_value": q_values,
            "looked_at": looked_at,
            "method": changes.method,
            "why": why,
        },
        columns=COLUMNS,
    )


def _told(values: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """A figure of all comparisons: missing where there is none, or where it has no end."""
    told = np.where(gone, np.nan, values) if gone.any() else values
    return np.where(np.isinf(told), np.nan, told) if told.dtype.kind == "f" else told

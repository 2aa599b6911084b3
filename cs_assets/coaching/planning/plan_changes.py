"""Whether the later half of a rep's thirty days differs from the earlier, by dimension."""

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cs_assets.coaching.policy import DIMENSIONS, Dimension
from cs_assets.names import compared
from cs_assets.statistics import clusters
from cs_assets.statistics.changes import Changes
from cs_assets.statistics.clusters import Alike, Cases
from cs_assets.statistics.false_discovery import of_several

#: Calls in each half from which the change between the two may be stated.
LEAST_CALLS = 6
#: Scores are not believed to spread less than this, in points.
_SPREAD = 5.0
#: Chance that any of a plan's dimensions is called changed when none is.
_LEVEL = 0.05

#: Calls of a rep in a dimension: score, day, account (or call, when it is not known).
Scored = Sequence[tuple[float, dt.date, str]]


def alike_of_team(calls: pd.DataFrame) -> dict[Dimension, Alike]:
    """How alike calls of a week, and of an account in a week, are over all reps.

    ``calls``: columns of ``sql/coaching/scores_of_calls``; one rep's month cannot tell it.
    """
    found = {}
    for dimension in DIMENSIONS[1:]:
        own = calls[calls[dimension].notna()].reset_index(drop=True)
        if own.empty:
            found[dimension] = Alike((0.0, 0.0))
            continue
        unit = own.groupby("rep_user_id").ngroup().to_numpy()
        accounts = own["account_key"].where(own["account_key"].notna(), own["call_id"])
        days = pd.to_datetime(own["call_date"]).dt.date
        cases = Cases(
            own[dimension].to_numpy(dtype=float), unit, np.zeros(len(own), dtype=int),
            _clusters(unit, list(days), [compared(str(account)) for account in accounts]),
        )  # fmt: skip
        pool = np.zeros(int(unit.max()) + 1, dtype=int)
        found[dimension] = clusters.correlations(cases, pool)[0]
    return found


def clear_changes(
    scored: Mapping[Dimension, Scored], alike: Mapping[Dimension, Alike]
) -> tuple[Changes, np.ndarray]:
    """The change of each dimension but the overall score, and whether it is clear, in order.

    Later half of the calls less the earlier; together the dimensions keep the chance of a false
    one (Holm). One with fewer than ``LEAST_CALLS`` in a half has no size.
    """
    values, unit, late, days, accounts = [], [], [], [], []
    for number, dimension in enumerate(DIMENSIONS[1:]):
        calls = scored.get(dimension, ())
        half = len(calls) // 2
        for place, (value, day, account) in enumerate((*calls[:half], *calls[len(calls) - half :])):
            values.append(value)
            unit.append(number)
            late.append(int(place >= half))
            days.append(day)
            accounts.append(account)
    # A unit without calls still has its place.
    units = np.array(unit, dtype=int)
    cells = 2 * units + np.array(late, dtype=int)
    cases = Cases(
        np.array(values, dtype=float), units, np.array(late, dtype=int),
        _clusters(cells, days, accounts),
    )  # fmt: skip
    pool = np.arange(len(DIMENSIONS) - 1)
    known = [alike.get(dimension, Alike((0.0, 0.0))) for dimension in DIMENSIONS[1:]]
    found = clusters.changes(cases, known, pool, _SPREAD, LEAST_CALLS)
    return found, of_several(found.p_value) <= _LEVEL


def _clusters(
    cells: np.ndarray, days: Sequence[dt.date], accounts: Sequence[str]
) -> list[np.ndarray]:
    """Calls of a week, and of an account in a week, within each cell."""
    mondays = [day - dt.timedelta(days=day.weekday()) for day in days]
    keys = pd.DataFrame({"cell": cells, "week": mondays, "account": accounts})
    return [
        keys.groupby(names).ngroup().to_numpy(dtype=int)
        for names in (["cell", "week"], ["cell", "week", "account"])
    ]

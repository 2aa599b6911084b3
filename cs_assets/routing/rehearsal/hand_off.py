"""Who looks after the accounts of those who leave or are long away, from when, and until when.

Found by the programme that rebalances: the accounts of the people away move, nobody else's do, and
all caps and rules hold. A cover ends with the leave; what a leaver hands over stays where it goes.
Customers meet the other CSM a week ahead, or where that is over, a few each working day.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.routing import books as shelving
from cs_assets.routing import cover
from cs_assets.routing.policy import Policy
from cs_assets.routing.rehearsal import rebalance
from cs_assets.routing.rows import Row, known, rows_of

COLUMNS = (
    "account_id", "account_name", "why", "from_worker_id", "from_worker_name", "to_worker_id",
    "to_worker_name", "begins", "ends", "back_on", "introduce_by", "revenue", "note",
)  # fmt: skip

#: Days before a last day, or the first of a leave, by which the customer has met the other CSM.
_AHEAD = 7
#: Customers whom a CSM meets in a working day, where the owner is away already.
_A_DAY = 3


def plan(
    owned: pd.DataFrame,
    workers: pd.DataFrame,
    as_of: dt.datetime,
    policy: Policy,
    *,
    seconds: float = 20.0,
) -> pd.DataFrame:
    """One row an account whose owner is not there, by owner: `COLUMNS`.

    Without ``to_worker_id`` nobody may take it or has room, and ``note`` says why. ``ends`` and
    ``back_on`` are empty where nobody comes back.
    """
    away = cover.orphans(owned, workers, as_of, policy)
    books = shelving.books(workers, owned, as_of, policy)
    if away.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    points = rebalance.pareto(
        owned,
        books,
        policy,
        as_of,
        homeless=sorted(set(away["worker_id"])),
        limits=rebalance.Limits(moves=0),
        seconds=seconds,
    )
    goes = {account: to for point in points[:1] for account, _, to in point.moves}
    nobody = points[0].unplaced if points else {}
    passed = points[0].relaxed if points else {}
    people = {row["worker_id"]: row for row in rows_of(workers)}
    rows = []
    for row in rows_of(away):
        name = row["account_id"]
        to = goes.get(name)
        begins, ends = _dates(row["why"], people.get(row["worker_id"], {}), as_of.date())
        note = nobody.get(name, "") if to is None else ""
        if to is None and not note:
            note = "no CSM may take it or has room"
        if to is not None and passed.get(name):
            note = f"passes: {' and '.join(passed[name])}"
        rows.append(
            {
                "account_id": name,
                "account_name": row["account_name"],
                "why": row["why"],
                "from_worker_id": row["worker_id"],
                "from_worker_name": row["worker_name"],
                "to_worker_id": to,
                "to_worker_name": people[to]["worker_name"] if to in people else None,
                "begins": begins,
                "ends": ends,
                "back_on": None if ends is None else ends + dt.timedelta(days=1),
                "introduce_by": max(as_of.date(), _working_day(begins)),
                "revenue": row["revenue"],
                "note": note,
            }
        )
    _spread(rows, {row["account_id"]: row for row in rows_of(away)}, as_of.date())
    out = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"to_worker_id": object})
    return out.sort_values(["from_worker_id", "account_id"], ignore_index=True)


def _working_day(begins: dt.date) -> dt.date:
    """The last working day a week before."""
    ahead = begins - dt.timedelta(days=_AHEAD)
    return ahead - dt.timedelta(days=max(0, ahead.weekday() - 4))


def _spread(rows: list[dict[str, Any]], away: Mapping[str, Row], today: dt.date) -> None:
    """Where the owner is away already nobody can meet all at once: red first, then by revenue."""
    taken: Counter[str] = Counter()

    def weight(row: dict[str, Any]) -> tuple[bool, float, str]:
        told = away[row["account_id"]]
        revenue = float(told["revenue"]) if known(told["revenue"]) else 0.0
        return told["health_segment"] != "Red", -revenue, str(row["account_id"])

    for row in sorted(rows, key=weight):
        if row["introduce_by"] > today or row["to_worker_id"] is None:
            continue
        days = 1 + taken[row["to_worker_id"]] // _A_DAY
        taken[row["to_worker_id"]] += 1
        row["introduce_by"] = np.busday_offset(today, days, roll="backward").astype(dt.date)


def _dates(why: str, person: dict[str, object], today: dt.date) -> tuple[dt.date, dt.date | None]:
    """First day with the other CSM, and the last of a cover (None: it stays)."""
    if why == "leave":
        start = shelving.as_date(person["leave_start"])
        end = shelving.as_date(person["leave_end"]) if known(person["leave_end"]) else None
        return max(today, start), end
    if why == "leaving" and known(person.get("termination_date")):
        return max(today, shelving.as_date(person["termination_date"])), None
    return today, None

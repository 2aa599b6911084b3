"""Who looks after the accounts of those who leave or are long away, from when, and until when.

Found by the programme that rebalances: the accounts of the people away move, nobody else's do, and
all caps and rules hold. What routing does only where a person agrees is not settled here either. A
cover ends with the leave; what a leaver hands over stays where it goes. Customers meet the other
CSM a week ahead, or where that is over, a few each working day.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.routing import books as shelving
from cs_assets.routing import cover
from cs_assets.routing.placing import agreement
from cs_assets.routing.placing.eligibility import CALLED
from cs_assets.routing.policy import Policy
from cs_assets.routing.rehearsal import rebalance
from cs_assets.routing.rows import Row, known, rows_of

COLUMNS = (
    "account_id", "account_name", "why", "from_worker_id", "from_worker_name", "to_worker_id",
    "to_worker_name", "to_accounts", "to_accounts_after", "to_max_accounts", "status", "agreed_by",
    "begins", "ends", "back_on", "introduce_by", "revenue", "health_segment", "note",
)  # fmt: skip

#: Days before a last day, or the first of a leave, by which the customer has met the other CSM.
_AHEAD = 7
#: Customers whom a CSM meets in a working day, where the owner is away already.
_A_DAY = 3
_OPERATIONS = "operations"


def plan(
    owned: pd.DataFrame,
    workers: pd.DataFrame,
    as_of: dt.datetime,
    policy: Policy,
    *,
    seconds: float = 20.0,
) -> pd.DataFrame:
    """One row an account whose owner is not there, by owner: `COLUMNS`.

    ``status`` is planned; needs_person, where ``agreed_by`` must agree first to the rules passed
    that ``note`` tells (nobody is named where no proposal may place it); or nobody, and ``note``
    says why. ``ends`` and ``back_on`` are empty where nobody comes back. ``to_accounts`` are those
    whom the taker has, of ``to_max_accounts`` allowed, and ``to_accounts_after`` those with all
    that are planned for them. Each owner's accounts stand in the order in which customers meet
    the other CSM; of one day red ones first, then by revenue.
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
    point = points[0] if points else None
    people = {row["worker_id"]: row for row in rows_of(workers)}
    described = {row["account_id"]: row for row in rows_of(owned)}
    rows = []
    for row in rows_of(away):
        begins, ends = _dates(row["why"], people.get(row["worker_id"], {}), as_of.date())
        rows.append(
            {
                "account_id": row["account_id"],
                "account_name": row["account_name"],
                "why": row["why"],
                "from_worker_id": row["worker_id"],
                "from_worker_name": row["worker_name"],
                **_taker(described[row["account_id"]], point, people),
                "begins": begins,
                "ends": ends,
                "back_on": None if ends is None else ends + dt.timedelta(days=1),
                "introduce_by": max(as_of.date(), _working_day(begins)),
                "revenue": row["revenue"],
                "health_segment": row["health_segment"],
            }
        )
    _spread(rows, as_of.date())
    _tell_books(rows, {book["worker_id"]: book for book in rows_of(books)})
    rows.sort(key=lambda row: (row["from_worker_id"], row["introduce_by"], *_urgency(row)))
    counts = dict.fromkeys(("to_accounts", "to_accounts_after", "to_max_accounts"), "Int64")
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(
        {"to_worker_id": object, "agreed_by": object, **counts}
    )


def _taker(
    account: Row, point: rebalance.Point | None, people: Mapping[str, Row]
) -> dict[str, str | None]:
    """Who takes the account, whether that is settled, who must agree first, and what to know."""
    name = account["account_id"]
    goes = {moved: to for moved, _, to in point.moves} if point else {}
    to = goes.get(name)
    passed = point.relaxed.get(name, ()) if point else ()
    asked = point.asked.get(name, ()) if point else ()
    if to is None:
        note = (point.unplaced.get(name) if point else None) or "no CSM may take it or has room"
    else:
        note = f"passes: {_called(passed)}" if passed else ""
    if point and name in point.split:
        note += f"{'; ' if note else ''}{point.split[name]}"
    if asked:
        note += f"{'; ' if note else ''}to agree to: {_called(asked)}, at stake: "
        note += agreement.stake(account)
    return {
        "to_worker_id": to,
        "to_worker_name": people[to]["worker_name"] if to is not None and to in people else None,
        "status": "needs_person" if asked else "nobody" if to is None else "planned",
        "agreed_by": _who_agrees(account["worker_id"], to, people) if asked else None,
        "note": note,
    }


def _called(rules: Iterable[str]) -> str:
    return " and ".join(CALLED.get(rule, rule) for rule in rules)


def _who_agrees(owner: str, to: str | None, people: Mapping[str, Row]) -> str:
    """Who may decide on owners: operations, and who leads both the giver and the taker."""
    leads = [people[who]["manager_id"] if who in people else None for who in (owner, to or "")]
    if not known(leads[0]) or leads[0] != leads[1] or leads[0] not in people:
        return _OPERATIONS
    return f"{people[str(leads[0])]['worker_name']} or {_OPERATIONS}"


def _working_day(begins: dt.date) -> dt.date:
    """The last working day a week before."""
    ahead = begins - dt.timedelta(days=_AHEAD)
    return ahead - dt.timedelta(days=max(0, ahead.weekday() - 4))


def _urgency(row: Row) -> tuple[bool, float, str]:
    """Whom to meet first: red ones, then by revenue."""
    revenue = float(row["revenue"]) if known(row["revenue"]) else 0.0
    return row["health_segment"] != "Red", -revenue, str(row["account_id"])


def _spread(rows: list[dict[str, Any]], today: dt.date) -> None:
    """Where the owner is away already nobody can meet all at once."""
    taken: Counter[str] = Counter()
    for row in sorted(rows, key=_urgency):
        if row["introduce_by"] > today or row["to_worker_id"] is None:
            continue
        days = 1 + taken[row["to_worker_id"]] // _A_DAY
        taken[row["to_worker_id"]] += 1
        row["introduce_by"] = np.busday_offset(today, days, roll="backward").astype(dt.date)


def _tell_books(rows: list[dict[str, Any]], shelf: Mapping[str, Row]) -> None:
    """How full the takers' books are, and become with what is planned."""
    more = Counter(row["to_worker_id"] for row in rows if row["status"] == "planned")
    for row in rows:
        to = row["to_worker_id"]
        book = shelf.get(to) if to is not None else None
        if book is not None:
            row["to_accounts"] = int(book["accounts"])
            row["to_accounts_after"] = int(book["accounts"]) + more[to]
            row["to_max_accounts"] = int(book["max_accounts"])


def _dates(why: str, person: dict[str, object], today: dt.date) -> tuple[dt.date, dt.date | None]:
    """First day with the other CSM, and the last of a cover (None: it stays)."""
    if why == "leave":
        start = shelving.as_date(person["leave_start"])
        end = shelving.as_date(person["leave_end"]) if known(person["leave_end"]) else None
        return max(today, start), end
    if why == "leaving" and known(person.get("termination_date")):
        return max(today, shelving.as_date(person["termination_date"])), None
    return today, None

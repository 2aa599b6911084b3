"""Past months routed again, by today's policy and with what could be known then.

At the first moment of a month the books are those of the history of assignments; the
accounts that came to a CSM during the month are routed as one batch. Nothing dated later
is read: not who got them, what became of them, health, tickets or owner of today, nor
leaves and departures that were still to come. What was not recorded then stays unknown.
Name, segment, level, region, language and parent are taken as they are now.

Beside the result stands what people did with the same accounts and books.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.routing import accounts as describing
from cs_assets.routing import books as shelving
from cs_assets.routing import metrics
from cs_assets.routing.batches import Store
from cs_assets.routing.decisions.earlier import decisions_of
from cs_assets.routing.placing.recommend import Outcome, recommend
from cs_assets.routing.policy import Policy
from cs_assets.routing.rows import known

#: What no source keeps of the past.
_NEVER_KEPT = ("module_count", "integration_count", "open_tickets", "escalations_90d")


@dataclass(frozen=True)
class Month:
    """One month routed again; ``agree`` of the ``placed`` accounts went to the CSM of then.

    Measures of the books (name to value) before, as people filled them, and as routed.
    """

    month: dt.date
    accounts: int
    placed: int
    agree: int
    before: Mapping[str, float | None]
    people: Mapping[str, float | None]
    routed: Mapping[str, float | None]
    outcome: Outcome | None


def last_months(as_of: dt.datetime, count: int) -> list[dt.date]:
    """The first days of the last whole months before ``as_of``, oldest first."""
    first = as_of.date().replace(day=1)
    months = []
    for _ in range(count):
        first = (first - dt.timedelta(days=1)).replace(day=1)
        months.append(first)
    return months[::-1]


def replay(db: Store, month: dt.date, policy: Policy, *, seconds: float = 5.0) -> Month:
    """Route the accounts that came in ``month`` with what was known on its first day."""
    at = dt.datetime.combine(month, dt.time.min)
    until = dt.datetime.combine((month + dt.timedelta(days=32)).replace(day=1), dt.time.min)
    rows = db.query("routing/replay_accounts", [at, until])
    workers = workers_then(db.query("routing/workers"), at, policy)
    rows = rows.assign(is_protected=False, **dict.fromkeys(_NEVER_KEPT))
    owned = describing.weigh(rows[rows["role"] == "owned"], policy)
    books = shelving.books(workers, owned, at, policy)
    new = rows[rows["role"] == "new"].reset_index(drop=True)
    if new.empty or books.empty:
        measures = _measures(books) if len(books) else {}
        return Month(month, len(new), 0, 0, measures, measures, measures, None)
    came = new.drop(columns=["worker_id", "owned_since", "role"])
    came = came.assign(waiting_since=None, batched_at=at)
    accounts = describing.describe(came, policy)
    outcome = recommend(
        accounts,
        books,
        policy,
        decisions_of(db.query("routing/decisions", [at])),
        history=db.query("routing/history", [at]),
        seconds=seconds,
    )
    first = outcome.recommendations
    given = first[(first["rank"] == 1) & (first["status"] == "recommended")]
    actual = dict(zip(new["account_id"], new["worker_id"], strict=True))
    same = [actual[row.account_id] == row.worker_id for row in given.itertuples()]
    return Month(
        month=month,
        accounts=len(new),
        placed=len(given),
        agree=sum(same),
        before=_measures(books),
        people=_measures(metrics.after(books, new, accounts)),
        routed=_measures(metrics.after(books, given, accounts)),
        outcome=outcome,
    )


def workers_then(workers: pd.DataFrame, at: dt.datetime, policy: Policy) -> pd.DataFrame:
    """Workday as it read at ``at``: who left later was there, later leaves were not known.

    Whoever has left without a date is left out: nobody can say since when.
    """
    soon = at.date() + dt.timedelta(days=policy.eligibility.leave_notice_days)
    rows: list[dict[str, Any]] = []
    for row in workers.to_dict("records"):
        then = {str(name): value for name, value in row.items()}
        if known(then["termination_date"]) and _day(then["termination_date"]) >= at.date():
            then |= {"termination_date": None, "is_active": True}
        if known(then["leave_start"]) and _day(then["leave_start"]) > soon:
            then |= {"leave_start": None, "leave_end": None}
        rows.append(then)
    return pd.DataFrame(rows, columns=workers.columns)


def _measures(books: pd.DataFrame) -> dict[str, float | None]:
    found = metrics.fairness(books[books["load_share"] > 0])
    return {name: value for name, value, _ in found}


def _day(value: Any) -> dt.date:
    return pd.Timestamp(value).date()

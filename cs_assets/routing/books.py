"""The book of business of every CSM as of a moment: load, health, tenure, leave, ramp, room."""

import datetime as dt
import json
import math
from typing import Any

import pandas as pd

from cs_assets.routing import border
from cs_assets.routing.policy import TENURE, Policy
from cs_assets.routing.rows import Row, known, rows_of

_DAYS_A_MONTH = 365.25 / 12
#: What a worker's row says of how and for what the CSM works.
_AT_WORK = ("industries", "modules", "time_zone", "working_hours", "coverage")

#: The columns of a book, there even where nobody has one.
COLUMNS = (
    "worker_id", "worker_name", "manager_id", "region", "languages", "segments", "hire_date",
    "tenure_months", "tenure_category", "accounts", "points", "neediness", "red", "yellow", "green",
    "at_risk", "health_unknown", "revenue", "by_segment", "revenue_by_segment", "ramp",
    "load_share", "max_accounts", "max_points", "intake_left", "last_assigned_at", "problems",
    "batched_at", "industries", "modules", "time_zone", "working_hours", "coverage",
    "is_available", "unavailable_why",
)  # fmt: skip


def books(
    workers: pd.DataFrame, owned: pd.DataFrame, as_of: dt.datetime, policy: Policy
) -> pd.DataFrame:
    """One row per CSM employed on `as_of`: the columns of analytics.csm_books without the batch.

    `workers` as of `sql/routing/workers.sql`, `owned` the weighed accounts with
    `worker_id` and `owned_since`. Those who left and other job profiles have no book; whose
    row cannot be used has one that takes no accounts, for the reason `data`.
    """
    rows = []
    by_owner = dict(iter(owned.groupby("worker_id")))
    nothing = owned.iloc[:0]
    for worker in rows_of(border.workers(workers, policy), "worker_id"):
        if worker["job_profile"] not in policy.eligibility.job_profiles:
            continue
        if not employed(worker, as_of.date()):
            continue
        rows.append(_book(worker, by_owner.get(worker["worker_id"], nothing), as_of, policy))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def regions(workers: pd.DataFrame, policy: Policy) -> set[str]:
    """The regions in which somebody of a CSM's job profile works, in their one form."""
    people = border.workers(workers, policy)
    csms = people[people["job_profile"].isin(policy.eligibility.job_profiles)]
    return {str(region) for region in csms["region"] if known(region)}


def tenure_band(months: float, policy: Policy) -> int:
    """Index of the tenure band (0 = New)."""
    return sum(months >= policy.tenure.bands[name] for name in TENURE) - 1


def _book(worker: Row, owned: pd.DataFrame, as_of: dt.datetime, policy: Policy) -> dict[str, Any]:
    usable = not known(worker["unusable"])
    # Who has no day of hire has none that counts either: the book takes no accounts.
    hired = as_date(worker["hire_date"]) if known(worker["hire_date"]) else as_of.date()
    months = max(0.0, (as_of.date() - hired).days / _DAYS_A_MONTH)
    shared = is_shared(worker)
    ramp = (1.0 if shared else ramp_share(months, policy)) if usable else 0.0
    cap = policy.capacity.max_accounts_shared if shared else policy.capacity.max_accounts
    if known(worker["max_accounts"]):
        own = int(worker["max_accounts"])
        cap = own if shared else min(cap, own)
    max_points = None if shared else policy.capacity.max_points
    on_leave = on_leave_at(worker, as_of.date(), policy)
    leaving = _leaving(worker, as_of.date(), policy)
    since = pd.to_datetime(owned["owned_since"], errors="coerce")
    last = since[since <= as_of].max() if len(owned) else pd.NaT
    health = owned["health_segment"].value_counts()
    book = {
        "worker_id": worker["worker_id"],
        "worker_name": worker["worker_name"],
        "manager_id": worker["manager_id"],
        "region": worker["region"],
        "languages": worker["languages"],
        "segments": worker["segments"],
        "hire_date": hired,
        "tenure_months": round(months, 2),
        "tenure_category": TENURE[tenure_band(months, policy)],
        "accounts": len(owned),
        "points": round(float(owned["points"].sum()), 2),
        "neediness": round(float(owned["neediness"].sum()), 3),
        "red": int(health.get("Red", 0)),
        "yellow": int(health.get("Yellow", 0)),
        "green": int(health.get("Green", 0)),
        "at_risk": round(float(owned["at_risk"].sum()), 3),
        "health_unknown": int(owned["health_segment"].isna().sum()),
        "revenue": round(float(pd.to_numeric(owned["revenue"]).sum()), 2),
        "by_segment": json.dumps(
            {str(k): int(v) for k, v in sorted(owned["segment"].value_counts().items())}
        ),
        "revenue_by_segment": json.dumps(_revenue_by_segment(owned)),
        "ramp": ramp,
        "load_share": 0.0 if on_leave or leaving else ramp,
        "max_accounts": math.floor(cap * ramp),
        "max_points": None if max_points is None else round(max_points * ramp, 2),
        "intake_left": None if shared else _intake_left(worker, months, since, as_of, policy),
        "last_assigned_at": last,
        "problems": json.dumps(_problems(worker, owned)),
        "batched_at": as_of,
        **{name: worker.get(name) for name in _AT_WORK},
    }
    why = _unavailable(book, on_leave, leaving, as_of, policy) if usable else "data"
    return {**book, "is_available": why is None, "unavailable_why": why}


def _revenue_by_segment(owned: pd.DataFrame) -> dict[str, int]:
    """Whole USD by segment, of the accounts whose segment is known."""
    sums = pd.to_numeric(owned["revenue"]).fillna(0).groupby(owned["segment"]).sum()
    return {str(segment): round(float(money)) for segment, money in sums.sort_index().items()}


def _problems(worker: Row, owned: pd.DataFrame) -> list[dict[str, Any]]:
    """What is wrong with the rows of the CSM (no account_id) and of the accounts in the book."""
    own = [
        {"account_id": None, "account_name": None, "said": said}
        for said in json.loads(worker["problems"])
    ]
    if "problems" not in owned.columns:
        return own
    bad = owned[owned["problems"] != "[]"]
    return own + [
        {"account_id": row["account_id"], "account_name": row.get("account_name"), "said": said}
        for row in rows_of(bad)
        for said in json.loads(row["problems"])
    ]


def _unavailable(
    book: Row, on_leave: bool, leaving: bool, as_of: dt.datetime, policy: Policy
) -> str | None:
    """The first rule that keeps a CSM from taking accounts now."""
    if on_leave:
        return "leave"
    if leaving:
        return "leaving"
    if book["max_accounts"] == 0:
        return "ramp"
    if book["accounts"] >= book["max_accounts"]:
        return "full"
    if book["max_points"] is not None and book["points"] >= book["max_points"]:
        return "full"
    if known(book["intake_left"]) and book["intake_left"] < 1:
        return "weekly_intake"
    last = book["last_assigned_at"]
    if known(last) and not is_shared(book):
        since = (as_of - pd.Timestamp(last).to_pydatetime()).total_seconds() / 3600
        if since < policy.eligibility.cooling_hours:
            return "cooling"
    return None


def is_shared(row: Row) -> bool:
    """The row, a worker's or a book's, is one book of a team or of automatic care."""
    return known(row.get("coverage"))


def whose(books: pd.DataFrame) -> str:
    """What a list of ``books`` calls whoever has one."""
    return "CSM or shared book" if books["coverage"].notna().any() else "CSM"


def employed(worker: Row, day: dt.date) -> bool:
    """Hired by that day, and not gone before it."""
    if known(worker["hire_date"]) and as_date(worker["hire_date"]) > day:
        return False
    ended = worker["termination_date"]
    return bool(worker["is_active"]) and (not known(ended) or as_date(ended) >= day)


def on_leave_at(worker: Row, day: dt.date, policy: Policy) -> bool:
    """On a leave, or shortly before one, with more days left than the policy tolerates."""
    if not known(worker["leave_start"]):
        return False
    start = as_date(worker["leave_start"])
    end = as_date(worker["leave_end"]) if known(worker["leave_end"]) else dt.date.max
    if end < day or start > day + dt.timedelta(days=policy.eligibility.leave_notice_days):
        return False
    return (end - max(start, day)).days + 1 > policy.eligibility.leave_days_tolerated


def _leaving(worker: Row, day: dt.date, policy: Policy) -> bool:
    """The last day is near: an account given now would soon change hands again."""
    if not known(worker["termination_date"]):
        return False
    notice = dt.timedelta(days=policy.eligibility.leaving_notice_days)
    return as_date(worker["termination_date"]) <= day + notice


def _intake_left(
    worker: Row, months: float, since: pd.Series, as_of: dt.datetime, policy: Policy
) -> int | None:
    """Accounts that a CSM who is new, or back from a leave, may still get this week; None: any."""
    intake = policy.capacity.intake
    limits = [step.accounts for step in intake.weekly if months < step.until_month][:1]
    if _is_back(worker, as_of.date(), policy):
        limits.append(intake.after_leave.accounts)
    if not limits:
        return None
    recent = int(((since <= as_of) & (since > as_of - dt.timedelta(days=7))).sum())
    return max(0, min(limits) - recent)


def _is_back(worker: Row, day: dt.date, policy: Policy) -> bool:
    """A long leave has ended a short while ago."""
    if not known(worker["leave_start"]) or not known(worker["leave_end"]):
        return False
    rules = policy.capacity.intake.after_leave
    start, end = as_date(worker["leave_start"]), as_date(worker["leave_end"])
    was_long = (end - start).days + 1 >= rules.leave_days_from
    return was_long and end < day <= end + dt.timedelta(days=rules.for_days)


def ramp_share(months: float, policy: Policy) -> float:
    """Share of a full load, by months since hire."""
    for step in policy.eligibility.ramp:
        if months < step.until_month:
            return step.share
    return 1.0


def as_date(value: Any) -> dt.date:
    """A day of whatever kind the engine gave."""
    return pd.Timestamp(value).date()

"""How many CSMs will be needed, by region and quarter, and when to hire them.

    accounts at the end of quarter q = accounts now, with those that wait, + q x (arrivals - losses)
    room then = sum over the CSMs of today of cap x ramp x staying, and of hires likewise
    CSMs needed = those there, and hires for the accounts that the share of room to be used lacks;
                  fewer than are there in proportion, where it lacks none

Arrivals are those of up to eight past quarters, never of the one that is not over. Their interval
is that of a sum of counts that vary more than chance does (the variance of the
past, at least Poisson's), with what is not known of the mean added: 80 % of such sums lie in it.
Fewer than four quarters give no interval. Losses are the share of accounts that churned, attrition
the share of CSMs that left, both of the past two years.
"""

import datetime as dt
import math
import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import pandas as pd

from cs_assets.facts.wording import counted
from cs_assets.routing import books as shelving
from cs_assets.routing import border
from cs_assets.routing.policy import Policy
from cs_assets.routing.rows import known, rows_of
from cs_assets.routing.vocabulary import region as one_form

#: Past quarters looked at, and below which there is no interval.
_PAST, _FEWEST = 8, 4
#: Quantile of the normal distribution that leaves a tenth above.
_Z = 1.2816
_DAYS = 365.25
#: Where a row says no region, or one that neither the policy nor any CSM has.
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Quarter:
    """One region at the end of one quarter. ``low`` and ``high`` are None without an interval.

    ``room`` are the accounts that the CSMs of today may own by then, ``staying`` how many of them
    are expected to be there; ``hires`` those missing, ``hire_by`` when they have to begin so that
    they carry a full load at the end of the quarter: today where that is over.
    """

    region: str
    ends: dt.date
    accounts: float
    low: float | None
    high: float | None
    room: float
    staying: float
    needed: int
    needed_high: int | None
    hires: int
    hires_high: int | None
    hire_by: dt.date


@dataclass(frozen=True)
class Region:
    """What the plan of a region rests on, with n, and what one change would do at its end.

    Of ``accounts`` so many are ``waiting`` for a CSM; of ``csms`` so many are known to be ``away``,
    gone or on leave, when the first quarter ends.
    """

    region: str
    accounts: int
    waiting: int
    csms: int
    away: int
    arrivals: float
    quarters: int
    losses: float
    attrition: float
    left: int
    one_hire: str
    ten_more: str
    plan: tuple[Quarter, ...] = field(default=())

    @property
    def heading(self) -> str:
        """The region with its accounts and CSMs of today, in words."""
        told = f"{self.region}: {counted(self.accounts, 'account')}"
        told += f" ({self.waiting} without a CSM yet)" if self.waiting else ""
        told += f", {counted(self.csms, 'CSM')}"
        gone = f" ({self.away} gone or on leave on {self.plan[0].ends})"
        return told + gone if self.away else told


def plan(
    arrivals: pd.DataFrame,
    owned: pd.DataFrame,
    workers: pd.DataFrame,
    as_of: dt.datetime,
    quarters: int,
    policy: Policy,
    used: float = 0.85,
    waiting: Collection[str] = (),
) -> list[Region]:
    """The plan of every region that has CSMs, accounts or arrivals, by name.

    ``arrivals`` as of `sql/routing/arrivals.sql`, ``owned`` the weighed accounts, ``used`` the
    share of a full book that should be used; ``waiting`` are the accounts that have no CSM yet
    and need one all the same.
    """
    if workers.empty and owned.empty:
        return []
    people = border.workers(workers, policy)
    people = people[people["job_profile"].isin(policy.eligibility.job_profiles)]
    shared = [shelving.is_shared(row) for row in rows_of(people)]
    # Accounts in shared books ask for no CSM of their own.
    pooled = owned[owned["worker_id"].isin(people["worker_id"][shared])]["account_id"]
    owned = owned[~owned["account_id"].isin(pooled)]
    arrivals = arrivals[~arrivals["account_id"].isin(pooled)]
    people = people[[not one for one in shared]]
    people = people.assign(region=[_named(value, policy) for value in people["region"]])
    where = {*policy.vocabulary.regions, *people["region"]}
    came, mine = (
        rows.assign(region=[_named(value, policy, where) for value in rows["region"]])
        for rows in (arrivals, owned)
    )
    idle = came[came["account_id"].isin(list(waiting))]
    there = [row for row in rows_of(people) if shelving.employed(row, as_of.date())]
    attrition, left = _attrition(people, as_of)
    regions = {row["region"] for row in there} | set(mine["region"]) | set(came["region"])
    if all(row["region"] != UNKNOWN for row in there):
        regions.discard(UNKNOWN)  # whoever has room takes those; nobody is hired for nowhere
    return [
        _region(
            name,
            came[came["region"] == name],
            (int((mine["region"] == name).sum()), int((idle["region"] == name).sum())),
            [row for row in there if row["region"] == name],
            (attrition, left),
            as_of,
            quarters,
            policy,
            used,
        )
        for name in sorted(regions)
    ]


def _region(
    name: str,
    came: pd.DataFrame,
    now: tuple[int, int],
    people: Sequence[dict[str, object]],
    leaving: tuple[float, int],
    as_of: dt.datetime,
    quarters: int,
    policy: Policy,
    used: float,
) -> Region:
    accounts, waiting = sum(now), now[1]
    counts = past_quarters(came["arrived_at"], as_of)
    mean = statistics.fmean(counts) if counts else 0.0
    losses = _losses(came["lost_at"], accounts, as_of)
    attrition, left = leaving
    cap = float(policy.capacity.max_accounts)
    plan = []
    for ends in quarter_ends(as_of.date(), quarters):
        years = (ends - as_of.date()).days / _DAYS
        grown = mean * 4 * years
        kept = accounts * (1 - losses) ** years
        width = _width(counts, 4 * years)
        low, high = (None, None) if width is None else (grown - width, grown + width)
        stay = (1 - attrition) ** years
        full = [_room(row, ends, policy) for row in people]
        room, staying = sum(full) * stay, sum(share > 0 for share in full) * stay
        expected = kept + grown
        needed, most = _csms(expected, room, staying, cap, used), None
        if high is not None:
            most = _csms(kept + high, room, staying, cap, used)
        plan.append(
            Quarter(
                name,
                ends,
                round(expected, 1),
                None if low is None else round(max(0.0, kept + low), 1),
                None if high is None else round(kept + high, 1),
                round(room, 1),
                round(staying, 1),
                needed,
                most,
                _hires(expected, room, cap, used),
                None if high is None else _hires(kept + high, room, cap, used),
                max(as_of.date(), ends - dt.timedelta(days=_days_to_full(policy))),
            )
        )
    last = plan[-1]
    return Region(
        name,
        accounts,
        waiting,
        len(people),
        sum(not _room(row, plan[0].ends, policy) for row in people),
        round(mean, 1),
        len(counts),
        round(losses, 3),
        round(attrition, 3),
        left,
        _with_hire(last, cap),
        _with_cap(last, cap, used, policy),
        tuple(plan),
    )


def past_quarters(arrived: pd.Series, as_of: dt.datetime) -> list[int]:
    """Arrivals of each whole past quarter, oldest first, from the first that has any."""
    moments = pd.to_datetime(arrived, errors="coerce").dropna()
    begin = pd.Timestamp(as_of).to_period("Q")
    counts = moments.dt.to_period("Q").value_counts()
    past = [int(counts.get(begin - back, 0)) for back in range(_PAST, 0, -1)]
    first = next((k for k, count in enumerate(past) if count), len(past))
    return past[first:]


def quarter_ends(day: dt.date, quarters: int) -> list[dt.date]:
    """The last days of this quarter and those after it."""
    begin = pd.Timestamp(day).to_period("Q")
    return [(begin + k).end_time.date() for k in range(quarters)]


def _width(counts: Sequence[int], quarters: float) -> float | None:
    """Half the width of the interval of the arrivals of so many quarters."""
    if len(counts) < _FEWEST:
        return None
    mean, spread = statistics.fmean(counts), statistics.variance(counts)
    variance = max(spread, mean, 1e-9)
    return _Z * math.sqrt(variance * quarters + variance * quarters**2 / len(counts))


def _losses(lost: pd.Series, accounts: int, as_of: dt.datetime) -> float:
    """Share of the accounts that is lost in a year."""
    moments = pd.to_datetime(lost, errors="coerce").dropna()
    recent = moments[(moments > as_of - dt.timedelta(days=2 * _DAYS)) & (moments <= as_of)]
    return min(0.9, len(recent) / 2 / max(accounts + len(recent) / 2, 1))


def _attrition(people: pd.DataFrame, as_of: dt.datetime) -> tuple[float, int]:
    """Share of the CSMs of all regions that leaves in a year, and how many did in two."""
    begin = (as_of - dt.timedelta(days=2 * _DAYS)).date()
    days, left = 0.0, 0
    for row in rows_of(people):
        hired = shelving.as_date(row["hire_date"]) if known(row["hire_date"]) else begin
        ended = row["termination_date"]
        last = shelving.as_date(ended) if known(ended) else as_of.date()
        if not known(ended) and not row["is_active"]:
            continue  # gone, nobody knows since when
        left += known(ended) and begin < last <= as_of.date()
        days += max(0, (min(last, as_of.date()) - max(hired, begin)).days)
    return (min(0.9, left / (days / _DAYS)) if days else 0.0), left


def _room(row: dict[str, object], day: dt.date, policy: Policy) -> float:
    """Accounts that a CSM of today may own on a day, if still there."""
    if not shelving.employed(row, day) or shelving.on_leave_at(row, day, policy):
        return 0.0
    cap = float(policy.capacity.max_accounts)
    if known(row["max_accounts"]):
        cap = min(cap, float(str(row["max_accounts"])))
    months = 1e9
    if known(row["hire_date"]):
        months = (day - shelving.as_date(row["hire_date"])).days / (_DAYS / 12)
    return cap * shelving.ramp_share(months, policy)


def _days_to_full(policy: Policy) -> int:
    steps = [step.until_month for step in policy.eligibility.ramp if step.share < 1]
    return round(max(steps, default=0) * _DAYS / 12)


def _csms(accounts: float, room: float, staying: float, cap: float, used: float) -> int:
    """CSMs that the accounts need: caps of those who are there may be smaller than a hire's."""
    wanted = max(0.0, accounts) / used
    if wanted <= room:
        return math.ceil(staying * wanted / room - 1e-9) if room else 0
    return math.ceil(staying + (wanted - room) / cap - 1e-9)


def _hires(accounts: float, room: float, cap: float, used: float) -> int:
    return max(0, math.ceil((accounts / used - room) / cap - 1e-9))


def _with_hire(last: Quarter, cap: float) -> str:
    if not last.room:
        return f"one CSM hired gives room for {cap:.0f} accounts"
    before, after = last.accounts / last.room, last.accounts / (last.room + cap)
    return f"one more hire: {100 * before:.0f}% of the room used becomes {100 * after:.0f}%"


def _with_cap(last: Quarter, cap: float, used: float, policy: Policy) -> str:
    wider = cap * 1.1
    needed = _hires(last.accounts, last.room * 1.1, wider, used)
    told = f"a cap of {wider:.0f} instead of {cap:.0f}"
    hires = f"{last.hires} hire{'' if last.hires == 1 else 's'}"
    if last.hires == needed:
        return f"{told}: {hires if needed else 'no hire'} either way"
    return f"{told}: {hires} become{'s' if last.hires == 1 else ''} {needed}"


def _named(value: object, policy: Policy, where: Collection[str] | None = None) -> str:
    """The region in its one form; unknown too where it is none of ``where``, as in routing."""
    found, _ = one_form(value, policy.vocabulary.regions)
    return found if found and (where is None or found in where) else UNKNOWN


def as_rows(regions: Sequence[Region]) -> pd.DataFrame:
    """One row a region and quarter, for a table."""
    return pd.DataFrame([vars(one) for region in regions for one in region.plan])

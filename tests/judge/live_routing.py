"""Half a year of accounts that come one by one, routed live, by simpler rules, and in hindsight.

Not a figure by itself: the ground of J-routing-01 and -02. Live means what the sensor does: each
tick plans what waits, describes it, takes the books as of then, and recommends.
"""

import datetime as dt
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.routing import accounts as describing
from cs_assets.routing import batches
from cs_assets.routing import books as shelving
from cs_assets.routing.placing.recommend import recommend
from cs_assets.routing.policy import Policy
from cs_assets.routing.rows import rows_of
from tests.judge.hindsight import Hindsight
from tests.routing.frames import account, owned, worker

BEGIN = dt.datetime(2026, 1, 5)
REGIONS = ("Europe", "North America")
#: Seconds between two ticks of the sensor.
_TICK = 60
_MIX = (("Enterprise", 0.12, 180_000), ("Mid-Market", 0.28, 60_000),
        ("Small Business", 0.25, 20_000), ("Residential", 0.35, 14_000))  # fmt: skip


@dataclass(frozen=True)
class World:
    """CSMs, their first books (weighed), and the accounts to come with their moments."""

    workers: pd.DataFrame
    owned: pd.DataFrame
    arrivals: tuple[tuple[dt.datetime, dict[str, Any]], ...]


def world(seed: int, rules: Policy, weeks: int = 26, csms: int = 12, a_week: float = 12.0) -> World:
    """CSMs of more than two years, so that seniority keeps nobody out and load alone counts."""
    random = np.random.default_rng(seed)
    people = [
        worker(
            f"W{n:02}",
            region=REGIONS[n % 2],
            languages="en",
            hire_date=BEGIN.date() - dt.timedelta(days=int(random.uniform(800, 3000))),
        )
        for n in range(csms)
    ]
    held = [
        {**_account(random, f"O{n:02}{k:02}", REGIONS[n % 2]), "owner_worker_id": f"W{n:02}"}
        for n in range(csms)
        for k in range(int(random.integers(18, 26)))
    ]
    since = pd.Timestamp(BEGIN - dt.timedelta(days=90))
    first = pd.DataFrame([{**owned(r["account_id"], "x"), **r, "owned_since": since} for r in held])
    frame = first.rename(columns={"owner_worker_id": "worker_id"})
    frame = frame.assign(churn_signals=0, worst_signal=0)
    number = int(random.poisson(a_week * weeks))
    moments = sorted(random.uniform(0, weeks * 7 * 86_400, number))
    arrivals = tuple(
        (
            BEGIN + dt.timedelta(seconds=float(second)),
            _account(random, f"A{k:03}", REGIONS[int(random.random() < 0.4)]),
        )
        for k, second in enumerate(moments)
    )
    return World(pd.DataFrame(people), describing.weigh(frame, rules), arrivals)


def _account(random: np.random.Generator, name: str, region: str) -> dict[str, Any]:
    segment, _, money = _MIX[int(random.choice(len(_MIX), p=[share for _, share, _ in _MIX]))]
    return account(
        name,
        segment=segment,
        region=region,
        language="en",
        revenue=round(float(money * random.lognormal(0, 0.6)), 2),
        health_segment=str(random.choice(["Red", "Yellow", "Green"], p=[0.13, 0.27, 0.60])),
        tad_score=float(random.integers(5, 90)),
        open_tickets=int(random.integers(0, 6)),
        escalations_90d=int(random.random() < 0.1),
        lifecycle_stage=str(random.choice(["onboarding", "steady", "renewal"], p=[0.5, 0.3, 0.2])),
    )


def live(given: World, rules: Policy) -> pd.DataFrame:
    """The owned accounts after every arrival was routed as the sensor would have."""
    queue: dict[str, tuple[dt.datetime, dict[str, Any]]] = {}
    held, coming = given.owned, list(given.arrivals)
    ticks = sorted({_tick_after(moment) for moment, _ in coming})
    while coming or queue:
        now = ticks.pop(0)
        while coming and coming[0][0] <= now:
            moment, row = coming.pop(0)
            queue[row["account_id"]] = (moment, row)
        if not queue:
            continue
        accounts = _described(queue, now, rules)
        books = shelving.books(given.workers, held, now, rules)
        rows = recommend(accounts, books, rules).recommendations
        got = rows[(rows["rank"] == 1) & (rows["status"] == "recommended")]
        owner = dict(zip(got["account_id"], got["worker_id"], strict=True))
        held = _given(held, accounts, owner, now)
        for name in owner:
            del queue[name]
        if queue:  # left over: planned again when the sensor does
            again = now + batches.RETRY_AFTER
            ticks = sorted({*ticks, again})
    return held


def one_by_one(
    given: World, rules: Policy, choose: Callable[[Mapping[str, Any], list[dict[str, Any]]], str]
) -> pd.DataFrame:
    """The owned accounts after every arrival went to the CSM that ``choose`` names at once."""
    held = given.owned
    for moment, row in given.arrivals:
        accounts = _described({row["account_id"]: (moment, row)}, moment, rules)
        books = rows_of(shelving.books(given.workers, held, moment, rules), "worker_id")
        (described,) = rows_of(accounts)
        may = [b for b in books if b["region"] == described["region"]]
        may = [b for b in may if b["accounts"] < b["max_accounts"]]
        held = _given(held, accounts, {row["account_id"]: choose(described, may)}, moment)
    return held


def in_hindsight(given: World, rules: Policy, weeks: int = 13) -> pd.DataFrame:
    """The owned accounts as who knew all arrivals would have filled the books, one by one.

    As even as can be found at the end of each of the last ``weeks``, where `spreads` looks.
    """
    queue = {row["account_id"]: (moment, row) for moment, row in given.arrivals}
    end = given.arrivals[-1][0]
    accounts = _described(queue, end, rules)
    accounts = accounts.set_index("account_id").loc[list(queue)].reset_index()
    came = np.array([(moment - BEGIN).total_seconds() for moment, _ in given.arrivals])
    ends = came.max() + 86_400 * (1 - 7 * np.arange(weeks))
    workers = given.workers.sort_values("worker_id")
    region = workers["region"].map(REGIONS.index).to_numpy()
    may = accounts["region"].map(REGIONS.index).to_numpy()[:, None] == region
    books = given.owned.assign(**_measured(given.owned)).groupby("worker_id")
    first = books[list(_MEASURES)].sum().loc[list(workers["worker_id"])].to_numpy(dtype=float)
    loads = _measured(accounts).to_numpy(dtype=float)
    known = Hindsight(loads, first, (came <= ends[:, None]).astype(float), region, may)
    fewest = np.array([int(np.nonzero(line)[0][k % line.sum()]) for k, line in enumerate(may)])
    owners = known.owners(fewest)
    held = given.owned
    for moment in sorted(set(accounts["waiting_since"])):
        here = np.nonzero((accounts["waiting_since"] == moment).to_numpy())[0]
        names = {accounts["account_id"].iloc[k]: workers["worker_id"].iloc[owners[k]] for k in here}
        held = _given(held, accounts, names, moment)
    return held


_MEASURES = ("accounts", "points", "revenue", "red")


def _measured(rows: pd.DataFrame) -> pd.DataFrame:
    """What each account adds to the measures."""
    return pd.DataFrame(
        {
            "accounts": 1.0,
            "points": rows["points"].astype(float),
            "revenue": rows["revenue"].astype(float),
            "red": (rows["health_segment"] == "Red").astype(float),
        }
    )


def squares(described: Mapping[str, Any], may: list[dict[str, Any]]) -> str:
    """Where the sum of squares of accounts, points, revenue and red grows least."""
    count = sum(b["accounts"] for b in may) + 1

    def growth(book: Mapping[str, Any]) -> float:
        total = 0.0
        for name, add in (
            ("accounts", 1.0),
            ("points", described["points"]),
            ("revenue", float(described["revenue"])),
            ("red", float(described["health_segment"] == "Red")),
        ):
            mean = sum(float(b[name]) for b in may) / count or 1.0
            total += ((float(book[name]) + add) ** 2 - float(book[name]) ** 2) / mean**2
        return total

    return str(min(may, key=lambda book: (growth(book), book["worker_id"]))["worker_id"])


def waterfall(described: Mapping[str, Any], may: list[dict[str, Any]]) -> str:
    """Six criteria one after the other, as sold: region and cap (both in ``may``), segment by
    tenure, no two within a day, no book a tenth above the others, fewest accounts, name."""

    def narrowed(books: list[dict[str, Any]], keep: Callable[[Mapping[str, Any]], bool]) -> Any:
        return [book for book in books if keep(book)] or books

    if described["segment"] == "Enterprise":
        may = narrowed(may, lambda book: book["tenure_months"] >= 24)
    day = dt.timedelta(days=1)
    may = narrowed(
        may,
        lambda book: (
            pd.isna(book["last_assigned_at"])
            or book["batched_at"] - book["last_assigned_at"] >= day
        ),
    )
    mean = statistics.mean(book["accounts"] for book in may)
    may = narrowed(may, lambda book: book["accounts"] <= 1.1 * mean)
    return str(min(may, key=lambda book: (book["accounts"], book["worker_id"]))["worker_id"])


def spreads(given: World, held: pd.DataFrame, weeks: int = 13) -> dict[str, float]:
    """Within regions, on average: variation of accounts, points and revenue, spread of red.

    At the end of each of the last ``weeks``: at a single moment the last few accounts decide.
    """
    end = max(moment for moment, _ in given.arrivals) + dt.timedelta(days=1)
    found = [
        _spreads_at(given, held[held["owned_since"] <= end - dt.timedelta(weeks=back)])
        for back in range(weeks)
    ]
    return {name: statistics.mean(one[name] for one in found) for name in found[0]}


def _spreads_at(given: World, held: pd.DataFrame) -> dict[str, float]:
    region = dict(zip(given.workers["worker_id"], given.workers["region"], strict=True))
    by_csm = held.assign(red=held["health_segment"] == "Red").groupby("worker_id")
    books = by_csm.agg(
        accounts=("account_id", "count"),
        points=("points", "sum"),
        revenue=("revenue", "sum"),
        red=("red", "mean"),
    )
    books["region"] = books.index.map(region)
    out = {}
    for name in ("accounts", "points", "revenue", "red"):
        by_region = books.groupby("region")[name]
        spread = by_region.std(ddof=0)
        out[name] = float((spread if name == "red" else spread / by_region.mean()).mean())
    return out


def _tick_after(moment: dt.datetime) -> dt.datetime:
    seconds = (moment - BEGIN).total_seconds()
    return BEGIN + dt.timedelta(seconds=_TICK * (int(seconds // _TICK) + 1))


def _described(
    queue: Mapping[str, tuple[dt.datetime, dict[str, Any]]], now: dt.datetime, rules: Policy
) -> pd.DataFrame:
    rows = [{**row, "waiting_since": moment, "batched_at": now} for moment, row in queue.values()]
    frame = pd.DataFrame(rows).drop(columns=["owner_worker_id", "owned_since"])
    frame = frame.assign(churn_signals=0, worst_signal=0, parent_owner_id=None)
    return describing.describe(frame, rules)


def _given(
    held: pd.DataFrame, accounts: pd.DataFrame, owner: Mapping[str, str], now: dt.datetime
) -> pd.DataFrame:
    if not owner:
        return held
    mine = accounts[accounts["account_id"].isin(list(owner))]
    fresh = mine.assign(
        worker_id=mine["account_id"].map(dict(owner)), owned_since=pd.Timestamp(now)
    )
    columns = [name for name in held.columns if name in fresh.columns]
    return pd.concat([held, fresh[columns]], ignore_index=True)

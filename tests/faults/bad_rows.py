"""One bad row is one row: batches with a few rows that nobody can use, on a real warehouse.

R-57 every account whose row is good is placed, every bad row is named with its reason
"""

import datetime as dt
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from cs_assets.routing import border, situation
from cs_assets.routing.placing.recommend import recommend
from cs_assets.routing.policy import load
from resources.duckdb.warehouse import DuckDBSession, DuckDBWarehouse
from tests.figures import Figure
from tests.routing.frames import AS_OF, account, onboarding, owned, worker

Rows = list[dict[str, Any]]


@dataclass
class Tenant:
    """Rows of the sources; ``bad`` are ids to be named, ``placed`` those to get an owner."""

    accounts: Rows
    workers: Rows
    bad: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)

    def of(self, account_id: str) -> dict[str, Any]:
        return next(row for row in self.accounts if row["account_id"] == account_id)


Spoil = Callable[[Tenant, random.Random], None]


def bad_rows(batches: int = 300) -> Figure:
    """Batches with one to three bad rows of any kind."""
    wrong, rows = [], 0
    with tempfile.TemporaryDirectory() as folder:
        warehouse = DuckDBWarehouse(path=str(Path(folder) / "warehouse.duckdb"))
        with warehouse.session("test") as db:
            # As a firm's own relation may have it: nothing in the type keeps the absurd out.
            db._run("ALTER TABLE source.accounts ALTER revenue TYPE DOUBLE")
            for seed in range(batches):
                draw = random.Random(seed)
                spoils = [SPOILS[(seed + 7 * k) % len(SPOILS)] for k in range(draw.randint(1, 3))]
                tenant = _tenant(draw)
                for spoil in spoils:
                    spoil(tenant, draw)
                rows += len(spoils)
                wrong += [f"{seed}:{said}" for said in _troubles(db, tenant)]
    value = f"{len(wrong)}_of_{batches}_batches_with_{rows}_bad_rows"
    if wrong:
        value += ":" + ";".join(wrong[:3]).replace(" ", "_")
    return Figure("R-57", "bad_rows_good_accounts_left_or_bad_ones_unnamed", value, "0", not wrong)


def _tenant(draw: random.Random) -> Tenant:
    people = [worker(f"W{n}") for n in range(6)]
    held = [owned(f"O{n}{k}", f"W{n}") for n in range(6) for k in range(draw.randint(1, 4))]
    fresh = [account(f"A{n:02}") for n in range(draw.randint(5, 12))]
    return Tenant([*held, *fresh], people)


def _troubles(db: DuckDBSession, tenant: Tenant) -> list[str]:
    """What went wrong when the tenant's waiting accounts were planned and routed."""
    waiting = sorted({row["account_id"] for row in tenant.accounts if not row["owner_worker_id"]})
    policy = load()
    try:
        with _undone(db):
            db.replace("source.accounts", pd.DataFrame(tenant.accounts), {})
            db.replace("source.workday_workers", pd.DataFrame(tenant.workers), {})
            db.replace("source.onboarding_detail", pd.DataFrame(map(onboarding, waiting)), {})
            (batch,) = situation.next_batches(db, AS_OF)
            accounts, books, decided = situation.of_batch(db, batch, AS_OF, policy)
        rows = recommend(accounts, books, policy, decided).recommendations
    except Exception as error:
        return [f"{type(error).__name__}_{error}"[:120]]
    first = rows[rows["rank"] == 1].set_index("account_id")
    to_mend = border.to_mend(accounts, books)
    named = set(first.index[first["status"] == "needs_person"])
    named |= set(to_mend["account_id"].dropna()) | set(
        to_mend.loc[to_mend["account_id"].isna(), "worker_id"]
    )
    person = {a for a in first.index if first.at[a, "status"] == "needs_person"}
    placed = set(first.index[first["status"] == "recommended"])
    said = [f"unnamed_{name}" for name in sorted(tenant.bad - named)]
    said += [f"named_{name}" for name in sorted(named - tenant.bad)]
    good = (set(waiting) - tenant.bad) | tenant.kept
    said += [f"not_placed_{name}" for name in sorted(good - placed)]
    bad = {name for name in tenant.bad - tenant.kept if name in waiting}
    return said + [f"placed_{name}" for name in sorted(bad - person)]


class _Undo(Exception):
    """Ends a batch, so that its transaction is rolled back."""


@contextmanager
def _undone(db: DuckDBSession) -> Iterator[None]:
    sources = ("source.accounts", "source.workday_workers", "source.onboarding_detail")
    try:
        with db.transaction(*sources, "ops.routing_batches"):
            yield
            raise _Undo
    except _Undo:
        return


def _one_that_waits(tenant: Tenant, draw: random.Random) -> dict[str, Any]:
    free = [
        r for r in tenant.accounts if not r["owner_worker_id"] and r["account_id"] not in tenant.bad
    ]
    return draw.choice([row for row in free if row["parent_account_id"] is None])


def _value(tenant: Tenant, draw: random.Random, name: str, value: Any) -> None:
    """A value that cannot be: the account goes to a person."""
    row = _one_that_waits(tenant, draw)
    row[name] = value
    tenant.bad.add(row["account_id"])


def _word(tenant: Tenant, draw: random.Random, name: str, value: str) -> None:
    """A word that is none: it counts as unknown, and is named."""
    row = _one_that_waits(tenant, draw)
    row[name] = value
    tenant.bad.add(row["account_id"])
    tenant.kept.add(row["account_id"])


def _owned_value(tenant: Tenant, draw: random.Random, name: str, value: Any) -> None:
    row = draw.choice([row for row in tenant.accounts if row["owner_worker_id"]])
    row[name] = value
    tenant.bad.add(row["account_id"])


def _own_parent(tenant: Tenant, draw: random.Random) -> None:
    """An account above itself, with a child of a smaller id, which is placed."""
    row = _one_that_waits(tenant, draw)
    row["parent_account_id"] = row["account_id"]
    tenant.bad.add(row["account_id"])
    tenant.accounts.append(
        account(f"A!{len(tenant.accounts)}", parent_account_id=row["account_id"])
    )


def _circle(tenant: Tenant, draw: random.Random, length: int, through_owned: bool) -> None:
    names = [f"C{len(tenant.accounts)}{k}" for k in draw.sample(range(10), length)]
    for place, name in enumerate(names):
        above = names[(place + 1) % length]
        if through_owned and place == 0:
            tenant.accounts.append(owned(name, "W0", parent_account_id=above))
        else:
            tenant.accounts.append(account(name, parent_account_id=above))
            tenant.bad.add(name)
    tenant.accounts.append(account(f"B{len(tenant.accounts)}", parent_account_id=names[-1]))


def _twice(tenant: Tenant, draw: random.Random, **different: Any) -> None:
    row = _one_that_waits(tenant, draw)
    tenant.accounts.append({**row, **different})
    tenant.bad.add(row["account_id"])
    if not different:
        tenant.kept.add(row["account_id"])


def _owned_twice(tenant: Tenant, draw: random.Random) -> None:
    row = draw.choice([row for row in tenant.accounts if row["owner_worker_id"]])
    since = dt.datetime(2026, 1, 1)
    tenant.accounts.append({**row, "owner_worker_id": "W5", "owned_since": since})
    tenant.bad.add(row["account_id"])


def _worker(tenant: Tenant, draw: random.Random, **values: Any) -> None:
    row = draw.choice([row for row in tenant.workers if row["worker_id"] not in tenant.bad])
    row |= values
    tenant.bad.add(row["worker_id"])


def _worker_twice(tenant: Tenant, draw: random.Random, **different: Any) -> None:
    row = draw.choice([row for row in tenant.workers if row["worker_id"] not in tenant.bad])
    tenant.workers.append({**row, **different})
    tenant.bad.add(row["worker_id"])


_DAY = AS_OF.date()

SPOILS: tuple[Spoil, ...] = (
    _own_parent,
    *(partial(_circle, length=n, through_owned=n % 2 == 0) for n in range(2, 7)),
    *(
        partial(_value, name=name, value=value)
        for name, value in (
            ("open_tickets", -3), ("escalations_90d", -1), ("module_count", -2),
            ("integration_count", -9), ("tad_score", -0.5), ("tad_score", float("inf")),
            ("tad_score", 1e30), ("revenue", -1.0), ("revenue", float("inf")),
            ("revenue", float("-inf")), ("revenue", 1e30), ("open_tickets", 2**62),
        )
    ),
    *(
        partial(_word, name=name, value=value)
        for name, value in (
            ("segment", "Platinum"), ("health_segment", "Purple"), ("lifecycle_stage", "zombie"),
            ("language", "klingon"), ("region", "Atlantis"), ("account_level", "boss"),
        )
    ),
    partial(_owned_value, name="open_tickets", value=-5),
    partial(_owned_value, name="revenue", value=float("inf")),
    partial(_owned_value, name="health_segment", value="Mauve"),
    partial(_twice, revenue=1.0),
    partial(_twice, segment="Enterprise", region="North America"),
    _twice,
    _owned_twice,
    partial(_worker, leave_start=_DAY, leave_end=_DAY - dt.timedelta(days=9)),
    partial(_worker, max_accounts=-4),
    partial(_worker, languages="en;xx-klingon"),
    partial(_worker_twice, region="North America"),
    partial(_worker_twice, job_profile="Account Executive", hire_date=dt.date(2026, 10, 1)),
    _worker_twice,
)  # fmt: skip

BY_ID = {"R-57": bad_rows}

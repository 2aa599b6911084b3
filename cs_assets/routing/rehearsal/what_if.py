"""What-if: a leaver, a hire, a leave, another cap, merged books; nothing is stored.

A file says what changes; the answer is who would get which accounts, and what that does
to the balance of the books.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cs_assets.config import BadConfiguration
from cs_assets.errors import UsageError
from cs_assets.routing import books as shelving
from cs_assets.routing.policy import Policy
from cs_assets.routing.rehearsal import rebalance

#: Days after which somebody has been here for twelve whole months, as the policy counts them.
_A_YEAR = 366


class Hire(BaseModel):
    """A new CSM, at full load when ``ramped``."""

    model_config = ConfigDict(extra="forbid")

    worker_id: str
    region: str | None = None
    languages: str | None = None
    segments: str | None = None
    ramped: bool = True


class Merge(BaseModel):
    """The accounts of one CSM go to another, who may keep them all."""

    model_config = ConfigDict(extra="forbid")

    away: str
    into: str


class Scenario(BaseModel):
    """What changes. Workers are named by id."""

    model_config = ConfigDict(extra="forbid")

    leavers: list[str] = []
    on_leave: list[str] = []
    hires: list[Hire] = []
    max_accounts: dict[str, int] = {}
    merge_books: list[Merge] = []
    max_moves: int | None = Field(default=None, ge=0)
    max_revenue: float | None = Field(default=None, ge=0)


class UnknownWorker(UsageError):
    """A scenario that names somebody who is no CSM."""


def read(path: Path) -> Scenario:
    """The scenario in a YAML file; raises ``BadConfiguration`` naming file and place."""
    try:
        return Scenario.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except OSError as error:
        raise BadConfiguration(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadConfiguration(f"{path}: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "top level"
        raise BadConfiguration(f"{path}: {place}: {first['msg']}") from None


def play(
    scenario: Scenario,
    workers: pd.DataFrame,
    owned: pd.DataFrame,
    policy: Policy,
    as_of: dt.datetime,
    *,
    seconds: float = 20.0,
) -> "Played":
    """The proposals for a scenario, fewest moves first, with the books they start from.

    ``workers`` as of `sql/routing/workers.sql`, ``owned`` weighed accounts with owner.
    """
    known = set(workers["worker_id"])
    named = [*scenario.leavers, *scenario.on_leave, *scenario.max_accounts]
    named += [w for merge in scenario.merge_books for w in (merge.away, merge.into)]
    if unknown := sorted(set(named) - known):
        raise UnknownWorker(f"the scenario names {', '.join(unknown)}, who is no worker in Workday")
    people, accounts = _changed(scenario, workers, owned, as_of)
    books = shelving.books(people, accounts, as_of, policy)
    gone = set(scenario.leavers) | set(scenario.on_leave)
    points = rebalance.pareto(
        accounts,
        books,
        policy,
        as_of,
        homeless=sorted(gone),
        limits=rebalance.Limits(scenario.max_moves, scenario.max_revenue),
        seconds=seconds,
    )
    return Played(points, books)


@dataclass(frozen=True)
class Played:
    """The proposals, and the books of those who are there in the scenario."""

    points: list[rebalance.Point]
    books: pd.DataFrame


def _changed(
    scenario: Scenario, workers: pd.DataFrame, owned: pd.DataFrame, as_of: dt.datetime
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Workers and accounts as they would be."""
    people, accounts = workers.copy(), owned.copy()
    for merge in scenario.merge_books:
        accounts.loc[accounts["worker_id"] == merge.away, "worker_id"] = merge.into
    away = [*scenario.leavers, *(merge.away for merge in scenario.merge_books)]
    people.loc[people["worker_id"].isin(away), "is_active"] = False
    on_leave = people["worker_id"].isin(scenario.on_leave)
    people["leave_start"] = people["leave_start"].astype(object)
    people["leave_end"] = people["leave_end"].astype(object)
    people.loc[on_leave, "leave_start"] = as_of.date()
    people.loc[on_leave, "leave_end"] = None
    for worker, cap in scenario.max_accounts.items():
        people.loc[people["worker_id"] == worker, "max_accounts"] = cap
    hires = [_worker(hire, people, as_of) for hire in scenario.hires]
    if hires:
        people = pd.DataFrame([*people.to_dict("records"), *hires])
    return people, accounts


def _worker(hire: Hire, people: pd.DataFrame, as_of: dt.datetime) -> dict[str, Any]:
    since = as_of.date() - dt.timedelta(days=_A_YEAR if hire.ramped else 0)
    row: dict[str, Any] = dict.fromkeys(people.columns)
    profile = people["job_profile"].mode().iloc[0]
    return row | {
        "worker_id": hire.worker_id,
        "worker_name": hire.worker_id,
        "job_profile": profile,
        "is_active": True,
        "hire_date": since,
        "region": hire.region,
        "languages": hire.languages,
        "segments": hire.segments,
    }

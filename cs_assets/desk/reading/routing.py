"""Routing at the desk: who waits, why an owner was chosen, and what would be if."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.answers.scope import Scope
from cs_assets.desk.guards import NotYours, ScopedSession
from cs_assets.errors import UsageError
from cs_assets.frames import records, text_or_none
from cs_assets.routing import asking, cover
from cs_assets.routing.explain.text import as_document
from cs_assets.routing.policy import Policy
from cs_assets.routing.rehearsal import hand_off
from cs_assets.routing.rehearsal.capacity_plan import Region
from cs_assets.routing.rehearsal.proposed import Proposed
from cs_assets.routing.rehearsal.what_if import Scenario
from cs_assets.routing.rows import rows_of
from cs_assets.routing.status import Status

Row = dict[str, Any]


class NoAccount(UsageError):
    """An account that the viewer may not ask about, or that was never routed."""


@dataclass(frozen=True)
class Owners:
    """Accounts that wait for a person, and those that have an owner."""

    waiting: list[Row]
    assigned: list[Row]
    workers: Mapping[str, str]
    """CSMs in scope who are there, by id: whom an override can name."""


def owners(db: ScopedSession) -> Owners:
    """What of routing is in the viewer's scope; the longest waiting first."""
    waiting = asking.to_decide(db) if db.scope.sees_all else db.query("routing/to_decide")
    names = {
        str(one["account_id"]): text_or_none(one["account_name"])
        for one in records(db.query("answers/accounts"))
    }
    assigned = [
        {**one, "account_name": names.get(str(one["account_id"])) or str(one["account_id"])}
        for one in records(db.query("routing/assignments"))
    ]
    workers = records(db.query("routing/workers"))
    there = {
        str(one["worker_id"]): text_or_none(one["worker_name"]) or str(one["worker_id"])
        for one in workers
        if one["is_active"] is True or one["is_active"] == 1
    }
    return Owners(
        records(waiting),
        sorted(assigned, key=lambda one: str(one["assigned_at"]), reverse=True),
        there,
    )


def explained(db: ScopedSession, account: str) -> Row:
    """All that is kept about the newest outcome of an account; raises ``NoAccount``."""
    rows = db.query("routing/audit_of_account", [account])
    if rows.empty:
        raise NoAccount("no such account was routed, or it is none of your team's")
    return as_document(rows_of(rows)[0])


def orphans(
    read: tuple[pd.DataFrame, pd.DataFrame], as_of: dt.datetime, policy: Policy
) -> list[Row]:
    """Accounts without an owner who is there, of ``people_and_accounts``."""
    workers, owned = read
    return records(cover.orphans(owned, workers, as_of, policy))


def handed_off(
    read: tuple[pd.DataFrame, pd.DataFrame], as_of: dt.datetime, policy: Policy
) -> list[Row]:
    """Who would take them when; for hundreds of accounts that is minutes, without the warehouse."""
    workers, owned = read
    return records(hand_off.plan(owned, workers, as_of, policy))


@dataclass(frozen=True)
class Books:
    """The books as they are, and owners that cannot stay, by name."""

    status: Status
    wrong: list[Row]
    """``account_id``, ``account_name``, ``worker_name`` (both as they are called) and ``why``."""


def standing(db: ScopedSession, as_of: dt.datetime, policy: Policy) -> Books:
    """The books as they are."""
    _all_books(db.scope)
    found = asking.status(db, as_of, policy)
    owned = db.query("routing/owned_accounts", [as_of, ""])
    accounts = dict(zip(owned["account_id"], owned["account_name"], strict=True))
    workers = db.query("routing/workers")
    people = dict(zip(workers["worker_id"], workers["worker_name"], strict=True))
    wrong = [
        {**one, "account_name": _called(accounts, one["account_id"]),
         "worker_name": _called(people, one["worker_id"])}
        for one in records(found.wrong)
    ]  # fmt: skip
    return Books(found, wrong)


def _called(names: Mapping[str, Any], one: Any) -> str:
    """The name of an id; the id of what has no name, of several those of each."""
    ids = (text_or_none(one) or "").split(", ")
    return ", ".join(text_or_none(names.get(single)) or single for single in ids)


def capacity(db: ScopedSession, as_of: dt.datetime, quarters: int, policy: Policy) -> list[Region]:
    """CSMs needed in the next quarters, by region."""
    _all_books(db.scope)
    return asking.planned(db, as_of, quarters, policy)


def people_and_accounts(
    db: ScopedSession, as_of: dt.datetime, policy: Policy
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a scenario is played on."""
    _all_books(db.scope)
    return asking.people_and_accounts(db, as_of, policy)


def what_if(
    read: tuple[pd.DataFrame, pd.DataFrame], scenario: Scenario, as_of: dt.datetime, policy: Policy
) -> Proposed:
    """Who would get which accounts; nothing is stored, and the warehouse is not asked."""
    return asking.played(*read, scenario, as_of, policy)


def _all_books(scope: Scope) -> None:
    if not scope.sees_all:
        raise NotYours("books of all teams are for operations")

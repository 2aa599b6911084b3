"""Where routing stands: what was last recommended, what is in force, and whether it can stay so."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.routing import books as shelving
from cs_assets.routing import cover
from cs_assets.routing.placing import eligibility
from cs_assets.routing.policy import Policy
from cs_assets.routing.rows import Row, known, rows_of

#: Rules that an owner of today has to keep; others are about accounts that come.
_OWNING = ("segment", "region", "language", "seniority", "coverage", "shared")


@dataclass(frozen=True)
class Counted:
    """Where routing stands by what was decided: it takes no worker's file to tell."""

    last: Mapping[str, Any]
    in_force: Mapping[str, int]
    measures: Mapping[str, tuple[float | None, int]]
    service: Mapping[str, tuple[float | None, int]]
    waiting: int

    def as_dict(self) -> dict[str, Any]:
        """For programs: plain values, a rate with its n; what is not told is null."""
        return {
            "last_recommendations": dict(self.last),
            "assignments_in_force": dict(self.in_force),
            **{
                name: {"value": value, "n": n}
                for name, (value, n) in sorted({**self.measures, **self.service}.items())
            },
            "waiting": self.waiting,
            "csms": None,
            "wrong": None,
        }


@dataclass(frozen=True)
class Status(Counted):
    """``books`` one row a CSM; ``wrong`` one row (account_id, worker_id, why) a breach."""

    books: pd.DataFrame
    wrong: pd.DataFrame

    @classmethod
    def of(cls, told: Counted, books: pd.DataFrame, wrong: pd.DataFrame) -> "Status":
        return cls(
            told.last, told.in_force, told.measures, told.service, told.waiting, books, wrong
        )

    def as_dict(self) -> dict[str, Any]:
        return super().as_dict() | {
            "csms": json.loads(self.books.to_json(orient="records")),
            "wrong": json.loads(self.wrong.to_json(orient="records")),
        }


def of_books(owned: pd.DataFrame, workers: pd.DataFrame, as_of: dt.datetime, policy: Policy) -> Any:
    """Accounts of each CSM by health, room, utilisation (accounts / allowed; None at no room)."""
    books = shelving.books(workers, owned, as_of, policy)
    columns = ["worker_id", "worker_name", "accounts", "red", "yellow", "green", "health_unknown"]
    out = books[[*columns, "max_accounts", "points", "revenue"]].copy()
    room = out["max_accounts"].where(out["max_accounts"] > 0)
    out["utilisation"] = (out["accounts"] / room).astype(float).round(3)
    out["coverage"] = books["coverage"]
    out["takes"] = [why if known(why) else "accounts" for why in books["unavailable_why"]]
    return out.sort_values(["worker_id"], ignore_index=True)


def measures(metrics: pd.DataFrame) -> dict[str, tuple[float | None, int]]:
    """Success and approval rate over all batches, each weighted by its n; None without any."""
    out: dict[str, tuple[float | None, int]] = {}
    for name in ("success_rate", "approval_rate"):
        mine = metrics[(metrics["metric"] == name) & (metrics["scope"] == "all")]
        mine = mine.dropna(subset=["value"])
        n = int(mine["n"].sum())
        out[name] = (float((mine["value"] * mine["n"]).sum() / n) if n else None, n)
    return out


def wrong(
    owned: pd.DataFrame,
    listed: pd.DataFrame,
    workers: pd.DataFrame,
    ownerless: Collection[str],
    agreed: Collection[tuple[str, str]],
    as_of: dt.datetime,
    policy: Policy,
) -> pd.DataFrame:
    """Accounts without exactly one active, allowed owner: account_id, worker_id, why.

    ``listed`` are the owned accounts as `sql/routing/owned_accounts.sql` gives them, ``owned`` the
    same weighed, each once; ``ownerless`` have no owner and wait for none; ``agreed`` are pairs for
    which a person decided or a rule was passed. Who leaves soon or is on leave
    is active: `cover.orphans` tells of those.
    """
    found: list[tuple[str, str | None, str]] = [
        (name, None, "has no owner and waits for none") for name in sorted(ownerless)
    ]
    owners = listed.groupby("account_id")["worker_id"].agg(lambda ids: sorted(set(ids)))
    several = {str(name): ids for name, ids in owners.items() if len(ids) > 1}
    found += [(a, ", ".join(ids), "has more than one owner") for a, ids in several.items()]
    gone = cover.orphans(owned, workers, as_of, policy)
    gone = gone[~gone["why"].isin(["leave", "leaving"])]
    said = {
        "unknown": "Workday does not know the owner",
        "left": "the owner has left",
        "no_csm": "the owner is no CSM any more",
    }
    found += [(row["account_id"], row["worker_id"], said[row["why"]]) for row in rows_of(gone)]
    shelf = {b["worker_id"]: b for b in rows_of(shelving.books(workers, owned, as_of, policy))}
    owner_of = dict(zip(owned["account_id"], owned["worker_id"], strict=True))
    for row in rows_of(owned):
        book = shelf.get(row["worker_id"])
        if book is None or (row["account_id"], row["worker_id"]) in agreed:
            continue
        # With the parent's CSM a child is right, whatever else; with another it need not be.
        parent = owner_of.get(row["parent_account_id"])
        account = {**row, "parent_owner_id": parent if parent == row["worker_id"] else None}
        broken = [
            rule for rule in eligibility.forbidding_rules(account, book, policy) if rule in _OWNING
        ]
        if broken == ["coverage"] and not _shared_one(account, shelf.values(), policy):
            continue  # no shared book there is may take it
        if broken:
            why = f"the owner {eligibility.SAYS[broken[0]]}"
            found.append((row["account_id"], row["worker_id"], why))
    frame = pd.DataFrame(found, columns=["account_id", "worker_id", "why"])
    return frame.drop_duplicates().sort_values(["account_id", "why"], ignore_index=True)


def _shared_one(account: Row, shelf: Iterable[Row], policy: Policy) -> bool:
    """Whether some shared book may take the account."""
    return any(
        shelving.is_shared(book)
        and not set(eligibility.forbidding_rules(account, book, policy)) & set(_OWNING)
        for book in shelf
    )


def agreed(assignments: pd.DataFrame, recommended: pd.DataFrame) -> set[tuple[str, str]]:
    """Pairs that a person decided on, or for which a rule was passed on purpose."""
    people = assignments[assignments["decided_by"].notna()]
    pairs = set(zip(people["account_id"], people["worker_id"], strict=True))
    passed = recommended[recommended["relaxed_rules"] != "[]"]
    return pairs | set(zip(passed["account_id"], passed["worker_id"], strict=True))


def last_batch(recommended: pd.DataFrame) -> dict[str, Any]:
    """The newest batch: its name, moment, and accounts by outcome; empty without one."""
    if recommended.empty:
        return {}
    order = recommended.sort_values(["recommended_at", "batch_id"])
    name = order["batch_id"].iloc[-1]
    mine = order[order["batch_id"] == name]
    outcomes = Counter(str(status) for status in mine["status"])
    moment = pd.Timestamp(mine["recommended_at"].iloc[0]).isoformat(timespec="seconds")
    return {"batch_id": str(name), "recommended_at": moment, **dict(sorted(outcomes.items()))}

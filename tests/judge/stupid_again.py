"""More decisions that nobody would sign: shared books, what CSMs know, bad times, people's word."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from cs_assets.routing.decisions.earlier import Decisions
from cs_assets.routing.placing.recommend import recommend
from cs_assets.routing.policy import Policy, Shared
from cs_assets.routing.rehearsal import hand_off
from tests.judge import stupid_routing as first
from tests.judge.stupid_routing import DAY, RULES, Routed, Rows, book
from tests.routing.frames import AS_OF, account, described, worker

POOLED = RULES.model_copy(
    update={
        "coverage": (
            Shared(
                kind="pooled", segments=("Residential",), revenue_below=5_000.0, health_not=("Red",)
            ),
        )
    }
)


def pool(worker_id: str, **values: Any) -> dict[str, Any]:
    return worker(worker_id, coverage="pooled", languages=None, **values)


def _shared(people: Rows, held: Rows, fresh: Rows, waited: float = 0.2) -> Routed:
    return Routed(people, held, fresh, waited, POOLED)


def _small_one_to_a_csm() -> bool:
    found = _shared([pool("P"), worker("W0")], book("P", 200, revenue=900.0), [_small("S")])
    return found.owner("S") != "P"


def _large_or_red_one_to_the_pool() -> bool:
    fresh = [account("BIG", revenue=90_000.0), _small("RED", health_segment="Red")]
    found = _shared([pool("P"), worker("W0")], book("W0", 80), fresh)
    return "P" in (found.owner("BIG"), found.owner("RED"))


def _fuller_pool() -> bool:
    held = [*book("P", 420, revenue=900.0), *book("Q", 60, revenue=900.0)]
    found = _shared([pool("P"), pool("Q")], held, [_small(f"S{k}") for k in range(12)]).counts()
    return found["P"] > 0


def _full_pool_overflows_at_once() -> bool:
    people = [pool("P", max_accounts=3), worker("W0")]
    return _shared(people, book("P", 3, revenue=900.0), [_small("S")]).status("S") != "waiting"


def _pool_changes_who_is_full() -> bool:
    """Three hundred small accounts in a pool must not make the CSMs' own books look full."""
    people = [worker("W0", max_accounts=60), worker("W1", max_accounts=60)]
    held = [*book("W0", 30, revenue=90_000.0), *book("W1", 26, revenue=90_000.0)]
    fresh = [account("A", revenue=90_000.0)]
    many = [*held, *book("P", 300, revenue=900.0)]
    return _shared(people, held, fresh).owner("A") != _shared(
        [*people, pool("P")], many, fresh
    ).owner("A")


def _small(name: str, **values: Any) -> dict[str, Any]:
    return account(name, **{"revenue": 1_200.0, "language": None, **values})


def _expert_passed_over() -> bool:
    people = [worker("KNOWS", industries="Construction"), worker("OTHER", industries="Banking")]
    held = [*book("KNOWS", 40), *book("OTHER", 40)]
    return Routed(people, held, [account("A")]).owner("A") != "KNOWS"


def _expert_however_full() -> bool:
    people = [worker("KNOWS", industries="Construction"), worker("OTHER", industries="Banking")]
    held = [*book("KNOWS", 75), *book("OTHER", 30)]
    return Routed(people, held, [account("A")]).owner("A") == "KNOWS"


def _asleep_when_the_customer_works() -> bool:
    people = [
        worker("HERE", time_zone="Europe/Berlin"),
        worker("FAR", time_zone="Australia/Sydney"),
    ]
    held = [*book("HERE", 40), *book("FAR", 40)]
    return Routed(people, held, [account("A", time_zone="Europe/Paris")]).owner("A") != "HERE"


def _rejected_comes_again() -> bool:
    accounts, books = described([*book("W1", 70), account("A")], [worker("W0"), worker("W1")])
    decided = Decisions(refused=frozenset({("A", "W0")}))
    return _owner(accounts, books, RULES, decided) != "W1"


def _chosen_one_has_left() -> bool:
    accounts, books = described([account("A")], [worker("W1")])
    return _owner(accounts, books, RULES, Decisions(pins={"A": "GONE"})) != "W1"


def _order_of_rows_decides() -> bool:
    people = [worker(f"W{n}") for n in range(6)]
    accounts, books = described([account(f"A{k}") for k in range(4)], people)
    owners = set()
    for seed in range(3):
        random = np.random.default_rng(seed)
        mixed = [frame.iloc[random.permutation(len(frame))] for frame in (accounts, books)]
        rows = recommend(*mixed, RULES).recommendations
        rows = rows[rows["rank"] == 1].sort_values("account_id")
        owners.add(tuple(rows["worker_id"]))
    return len(owners) > 1


def _back_from_leave_is_flooded() -> bool:
    back = worker(
        "BACK", leave_start=DAY - dt.timedelta(days=200), leave_end=DAY - dt.timedelta(days=1)
    )
    fresh = [account(f"A{k}") for k in range(12)]
    return Routed([back, worker("W1")], book("W1", 40), fresh).counts()["BACK"] > 6


def _child_waits_for_who_has_left() -> bool:
    child = account("C", parent_account_id="P", parent_owner_id="GONE")
    return Routed([worker("W0")], [], [child]).owner("C") != "W0"


def _just_moved_moves_again() -> bool:
    since = AS_OF - dt.timedelta(days=10)
    people = pd.DataFrame([worker("W0"), worker("W1")])
    held = [*book("W0", 60, owned_since=since), *book("W1", 5)]
    return any(point.moves for point in first.proposals(people, held))


def _escalated_is_moved() -> bool:
    people = pd.DataFrame([worker("W0"), worker("W1")])
    held = [*book("W0", 60, escalations_90d=1), *book("W1", 5)]
    return any(point.moves for point in first.proposals(people, held))


def _cover_by_who_goes_away() -> bool:
    away = {"leave_start": DAY, "leave_end": DAY + dt.timedelta(days=60)}
    next_week = {
        "leave_start": DAY + dt.timedelta(days=6),
        "leave_end": DAY + dt.timedelta(days=90),
    }
    people = pd.DataFrame([worker("AWAY", **away), worker("NEXT", **next_week), worker("THERE")])
    frame = first.weighed([*book("AWAY", 4), *book("THERE", 60)])
    return set(hand_off.plan(frame, people, AS_OF, RULES)["to_worker_id"]) != {"THERE"}


def _red_ones_of_a_leaver_pile_up() -> bool:
    people = pd.DataFrame([worker("GONE"), worker("W1"), worker("W2"), worker("W3")])
    held = [*book("GONE", 6, red=6), *book("W1", 40), *book("W2", 40), *book("W3", 40)]
    points = first.proposals(people, held, leavers=["GONE"])
    goes = [to for account_id, _, to in points[0].moves if account_id.startswith("GONE")]
    return max(goes.count(name) for name in ("W1", "W2", "W3")) > 3


def _owner(
    accounts: pd.DataFrame, books: pd.DataFrame, rules: Policy, decided: Decisions
) -> str | None:
    rows = recommend(accounts, books, rules, decided).recommendations
    return rows[rows["rank"] == 1]["worker_id"].iloc[0]


CASES: dict[str, Callable[[], bool]] = {
    "a small account to a CSM though the pool has room": _small_one_to_a_csm,
    "a large or a red account to the pool": _large_or_red_one_to_the_pool,
    "the fuller of two pools": _fuller_pool,
    "a full pool overflows at once": _full_pool_overflows_at_once,
    "a pool makes the books of CSMs look full": _pool_changes_who_is_full,
    "who knows the industry is passed over": _expert_passed_over,
    "who knows the industry however full": _expert_however_full,
    "asleep when the customer works": _asleep_when_the_customer_works,
    "a rejected pair comes again": _rejected_comes_again,
    "a chosen CSM who has left": _chosen_one_has_left,
    "the order of rows decides": _order_of_rows_decides,
    "flooded when back from leave": _back_from_leave_is_flooded,
    "a child waits for a CSM who has left": _child_waits_for_who_has_left,
    "what has just moved moves again": _just_moved_moves_again,
    "an escalated account is moved": _escalated_is_moved,
    "cover by who goes away next week": _cover_by_who_goes_away,
    "the red accounts of a leaver pile up": _red_ones_of_a_leaver_pile_up,
}

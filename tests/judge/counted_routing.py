"""Who can be placed at all, counted out: every assignment of a few accounts to a few CSMs.

Not a figure by itself: the ground of J-routing-05 and -06. Rules are read by the independent
checker, caps and the policy's list of what may be passed anew here.
"""

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import pandas as pd

from cs_assets.routing import policy
from cs_assets.routing.placing import waiting
from cs_assets.routing.placing.certificate import _pair_rules
from cs_assets.routing.placing.recommend import recommend
from cs_assets.routing.rows import known, rows_of
from tests.routing.frames import account, described, owned, worker

RULES = policy.load()
_ORDER = [line.rule for line in RULES.passing]


def needless_waiting(seed: int) -> str | None:
    """What is wrong with who waits and what is passed in a random small batch; None: nothing."""
    draw = random.Random(seed)
    people = [
        worker(
            f"W{n}",
            max_accounts=draw.choice((1, 2, 3)),
            languages=draw.choice(("en", "en;de", "de")),
            region=draw.choice(("Europe", "Europe", "North America")),
        )
        for n in range(draw.choice((2, 3)))
    ]
    held = [
        owned(f"O{n}", row["worker_id"], owned_since=pd.Timestamp("2026-11-16 07:00"))
        for n, row in enumerate(people)
        if draw.random() < 0.2
    ]
    fresh = [
        account(
            f"A{k}",
            language=draw.choice(("en", "de")),
            region=draw.choice(("Europe", "Europe", "North America")),
            segment=draw.choice(("Residential", "Residential", "Enterprise")),
            revenue=draw.choice((20_000.0, 20_000.0, 300_000.0)),
        )
        for k in range(draw.choice((3, 4, 5)))
    ]
    accounts, books = described([*held, *fresh], people)
    days = [draw.choice((0.5, 2.5, 3.5, 9.0)) for _ in fresh]
    accounts = accounts.assign(waiting_days=days)
    rows = recommend(accounts, books, RULES).recommendations
    first = rows[rows["rank"] == 1].set_index("account_id")
    given = rows_of(accounts, "account_id")
    best = _best(given, rows_of(books, "worker_id"))
    unplaced = [row for row in given if first.at[row["account_id"], "status"] != "recommended"]
    cost = sum(waiting.price(row, RULES) for row in unplaced)
    passed = sum(
        2 ** _ORDER.index(rule)
        for row in given
        for rule in json.loads(first.at[row["account_id"], "relaxed_rules"])
    )
    if cost > best[0] + 1e-6:
        return f"waits for {cost:.0f}, {best[0]:.0f} would do"
    return f"passes {passed}, {best[1]} would do" if passed > best[1] else None


def _best(accounts: Sequence[Mapping[str, Any]], books: Sequence[Mapping[str, Any]]) -> Any:
    """The least price of waiting, and with it the least of passed rules."""
    options = [_options(row, books) for row in accounts]
    takers = sum(bool(book["is_available"]) for book in books)
    limit = max(3, -(-3 * len(accounts) // max(takers, 1)))
    best = (float("inf"), 0)
    for chosen in product(*([None, *found] for found in options)):
        taken = Counter(csm for csm in chosen if csm is not None)
        large = Counter(
            csm
            for csm, row in zip(chosen, accounts, strict=True)
            if csm is not None and row["segment"] == "Enterprise"
        )
        if any(n > books[j]["max_accounts"] - books[j]["accounts"] for j, n in taken.items()):
            continue
        if any(n > limit for n in taken.values()) or any(n > 30 for n in large.values()):
            continue
        cost = sum(
            waiting.price(row, RULES)
            for csm, row in zip(chosen, accounts, strict=True)
            if csm is None
        )
        passed = sum(options[i][csm] for i, csm in enumerate(chosen) if csm is not None)
        best = min(best, (cost, passed))
    return best


def _options(row: Mapping[str, Any], books: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """The CSMs who may take the account now, with the weight of the rules passed for it."""
    hours = 24 * row["waiting_days"]
    broken = [[rule for rule, holds in _pair_rules(row, b, RULES) if not holds] for b in books]
    cools = any(rules == ["cooling"] for rules in broken)
    found = {}
    for csm, rules in enumerate(broken):
        if not all(rule in _ORDER for rule in rules):
            continue
        lines = [next(line for line in RULES.passing if line.rule == rule) for rule in rules]
        if any(line.after_hours > hours for line in lines):
            continue
        if any(_person(row, line) for line in lines) or (cools and set(rules) - {"cooling"}):
            continue
        found[csm] = sum(2 ** _ORDER.index(rule) for rule in rules)
    return found


def _person(row: Mapping[str, Any], line: policy.Passing) -> bool:
    money = row["revenue"] if known(row["revenue"]) else 0.0
    least = line.person_from_revenue
    return row["segment"] in line.person_segments or (least is not None and money >= least)


def split_though_they_fit(seed: int) -> bool:
    """Families of a random batch fit whole with everybody placed, and still one was split."""
    draw = random.Random(seed)
    sizes = [draw.choice((2, 2, 3)) for _ in range(draw.choice((2, 3)))]
    sizes += [1] * draw.choice((0, 1))
    rooms = [draw.choice((2, 3, 4, 5)) for _ in range(draw.choice((2, 3)))]
    people = [
        worker(f"W{n}", max_accounts=room, languages=draw.choice(("en", "en", "en;de")))
        for n, room in enumerate(rooms)
    ]
    fresh = []
    for number, size in enumerate(sizes):
        language = draw.choice(("en", "en", "de"))
        for k in range(size):
            parent = f"P{number}" if size > 1 else None
            fresh.append(account(f"F{number}{k}", parent_account_id=parent, language=language))
    accounts, books = described(fresh, people)
    accounts = accounts.assign(waiting_days=0.5)
    rows = recommend(accounts, books, RULES).recommendations
    first = rows[rows["rank"] == 1].set_index("account_id")["worker_id"]
    owners = [
        {first[name] for name in first.index if name[:2] == f"F{n}"} for n in range(len(sizes))
    ]
    whole = all(len(who) == 1 and None not in who for who in owners)
    return not whole and _fit(sizes, accounts, rows_of(books, "worker_id"))


def _fit(sizes: Sequence[int], accounts: pd.DataFrame, books: Sequence[Mapping[str, Any]]) -> bool:
    by_id = {row["account_id"]: row for row in rows_of(accounts)}
    limit = max(3, -(-3 * len(by_id) // max(sum(bool(b["is_available"]) for b in books), 1)))
    for chosen in product(range(len(books)), repeat=len(sizes)):
        taken: Counter[int] = Counter()
        for size, csm in zip(sizes, chosen, strict=True):
            taken[csm] += size
        may = all(
            all(holds for _, holds in _pair_rules(by_id[f"F{n}0"], books[csm], RULES))
            for n, csm in enumerate(chosen)
        )
        if may and all(n <= min(books[j]["max_accounts"], limit) for j, n in taken.items()):
            return True
    return False

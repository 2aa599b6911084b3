"""An independent check of an assignment: every rule and the cost, in plain Python.

It reads the same rows as the solver's problem but shares no arithmetic with it: no
arrays, no model, its own reading of each rule. A recommendation that it does not
confirm is refused.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from cs_assets.routing.placing.building import TIE_BREAK, tie_break
from cs_assets.routing.policy import DIMENSIONS, TENURE, Policy
from cs_assets.routing.rows import Row
from cs_assets.routing.solver.problem import COST_UNIT

#: The weight of each dimension of a book.
_WEIGHT = {
    "accounts": "book_size",
    "points": "points",
    "neediness": "neediness",
    "at_risk": "health",
    "revenue": "revenue",
}


class NotCertified(RuntimeError):
    """The checker disagrees with the solver; nothing may be stored."""


@dataclass(frozen=True)
class Certificate:
    """What was verified: counts of checks, and the cost found independently."""

    checks: Mapping[str, int]
    violations: tuple[str, ...]
    cost: int

    @property
    def holds(self) -> bool:
        return not self.violations

    def as_json(self) -> str:
        return json.dumps(
            {
                "holds": self.holds,
                "checks": dict(self.checks),
                "violations": self.violations,
                "cost": self.cost,
            }
        )


def check(
    accounts: Sequence[Row],
    books: Sequence[Row],
    owners: Mapping[str, str],
    policy: Policy,
    *,
    pins: Mapping[str, str] | None = None,
    refused: Collection[tuple[str, str]] = (),
    relaxed: Mapping[str, Collection[str]] | None = None,
    match_costs: Mapping[tuple[str, str], int] | None = None,
) -> Certificate:
    """Verify ``owners`` (account id to worker id) for the accounts given.

    ``accounts`` are those of the problem; ``books`` those of all CSMs.
    """
    pins, relaxed = pins or {}, relaxed or {}
    by_worker = {book["worker_id"]: book for book in books if book["load_share"] > 0}
    counts: Counter[str] = Counter()
    wrong: list[str] = []

    def demand(rule: str, holds: bool, what: str) -> None:
        counts[rule] += 1
        if not holds:
            wrong.append(f"{rule}: {what}")

    for account in accounts:
        name = account["account_id"]
        owner = owners.get(name)
        demand("one owner", owner in by_worker, f"{name} has {owner or 'none'}")
        if owner not in by_worker:
            continue
        if name in pins:
            demand("chosen by a person", pins[name] == owner, f"{name} is with {owner}")
            continue
        passed = set(relaxed.get(name, ()))
        for rule, holds in _pair_rules(account, by_worker[owner], policy):
            if rule not in passed:
                demand(rule, holds, f"{name} with {owner}")
        demand("refused", (name, owner) not in refused, f"{name} with {owner}")
    for rule, holds, what in _caps(accounts, by_worker, owners, policy, relaxed):
        demand(rule, holds, what)
    known = {a["account_id"]: owners[a["account_id"]] for a in accounts
             if owners.get(a["account_id"]) in by_worker}  # fmt: skip
    cost = _cost(accounts, list(by_worker.values()), known, policy)
    cost += sum((match_costs or {}).get(pair, 0) for pair in known.items())
    return Certificate(dict(sorted(counts.items())), tuple(wrong), cost)


def require(certificate: Certificate, cost: int) -> None:
    """Raise ``NotCertified`` unless every rule holds and the cost is the solver's."""
    if certificate.violations:
        first = certificate.violations[0]
        raise NotCertified(f"{len(certificate.violations)} rules are broken, first: {first}")
    if certificate.cost != cost:
        raise NotCertified(f"the solver says it costs {cost}, the checker {certificate.cost}")


def _pair_rules(account: Row, book: Row, policy: Policy) -> list[tuple[str, bool]]:
    why = book["unavailable_why"]
    rules = [(str(why), False)] if _known(why) else []
    rules.append(("seniority", not _too_new(account, book, policy, "never_below")))
    if policy.eligibility.parent_keeps_csm and _known(account["parent_owner_id"]):
        follows = account["parent_owner_id"] == book["worker_id"]
        if follows:
            return [*rules, ("parent", True)]
        rules.append(("parent", False))
    meant, has = account.get("coverage"), book.get("coverage")
    if _known(has):
        rules.append(("shared", has == meant))
    else:
        rules.append(("coverage", not _known(meant)))
    if policy.eligibility.segment == "hard":
        rules.append(("segment", _in_list(account["segment"], book["segments"])))
    if policy.eligibility.region == "hard" and _known(account["region"]) and _known(book["region"]):
        rules.append(("region", account["region"] == book["region"]))
    if policy.eligibility.language == "hard":
        rules.append(("language", _in_list(account["language"], book["languages"])))
    return rules


def _caps(
    accounts: Sequence[Row],
    by_worker: Mapping[str, Row],
    owners: Mapping[str, str],
    policy: Policy,
    relaxed: Mapping[str, Collection[str]],
) -> list[tuple[str, bool, str]]:
    found: list[tuple[str, bool, str]] = []
    intake = policy.capacity.intake
    takers = sum(1 for book in by_worker.values() if book["is_available"])
    fair = Fraction(str(intake.times_fair_share)) * len(accounts) / max(takers, 1)
    for worker, book in by_worker.items():
        mine = [a for a in accounts if owners.get(a["account_id"]) == worker]
        if not mine:
            continue
        total = book["accounts"] + len(mine)
        found.append(("accounts cap", total <= book["max_accounts"], f"{worker} has {total}"))
        fresh = [a for a in mine if "intake" not in relaxed.get(a["account_id"], ())]
        limit = max(intake.at_least, math.ceil(fair))
        if _known(book.get("coverage")):
            limit = len(accounts)
        found.append(("intake cap", len(fresh) <= limit, f"{worker} gets {len(fresh)}"))
        if _known(book["intake_left"]):
            fits = len(mine) <= book["intake_left"]
            found.append(("weekly intake", fits, f"{worker} gets {len(mine)}"))
        owned = json.loads(book["by_segment"])
        for segment, cap in policy.capacity.max_accounts_by_segment.items():
            count = sum(1 for a in mine if a["segment"] == segment)
            if count:
                held = owned.get(segment, 0) + count
                found.append(("segment cap", held <= cap, f"{worker} has {held} {segment}"))
        if _known(book["max_points"]):
            points = sum(_thousandths(a["points"]) for a in mine) + _thousandths(book["points"])
            fits = points <= _thousandths(book["max_points"])
            found.append(("points cap", fits, f"{worker} has {points / 1000:g}"))
    return found


def _cost(
    accounts: Sequence[Row], books: list[Row], owners: Mapping[str, str], policy: Policy
) -> int:
    every = [*accounts, *books]
    rows = [row for row in every if not _known(row.get("coverage"))] or every
    shared = [row for row in every if _known(row.get("coverage"))]
    people = _heads(rows)
    money = math.fsum(float(row["revenue"]) for row in rows if _known(row["revenue"]))
    unit = 1
    while money / max(people, 1) >= 1_000 * unit:
        unit *= 10
    stairs = round(1 / policy.objective.step)
    of_worker: dict[str, list[Row]] = {}
    for account in accounts:
        of_worker.setdefault(owners.get(account["account_id"], ""), []).append(account)
    counts = {True: _by_segment(shared), False: _by_segment(rows)}
    full_books: dict[tuple[str, str], float] = {}
    cost = 0
    for dimension in DIMENSIONS:
        average = _average(rows, dimension, unit, policy)
        if not average:
            continue
        weight = policy.objective.weights.model_dump()[_WEIGHT[dimension]]
        price = round(weight * COST_UNIT / (2 * stairs * average))
        usual = {True: _average(shared, dimension, unit, policy), False: average}
        for book in books:
            load = _amount(book, dimension, unit)
            mine = of_worker.get(book["worker_id"], [])
            load += sum(_amount(account, dimension, unit) for account in mine)
            side = _known(book.get("coverage"))
            full = _full_book(book, dimension, usual[side], counts[side], policy)
            cost += price * _stairs(load, max(1, math.floor(full / stairs)))
            full_books[book["worker_id"], dimension] = full
    by_worker = {book["worker_id"]: book for book in books}
    for account in accounts:
        if account["account_id"] in owners:
            owner = owners[account["account_id"]]
            cost += _pair_cost(account, by_worker[owner], policy)
            share = len(books) / (len(books) + len(accounts) - 1)
            cost += _mix_cost(account, owner, books, full_books, unit, share, policy)
    return cost


def _mix_cost(
    account: Row,
    owner: str,
    books: Sequence[Row],
    full_books: Mapping[tuple[str, str], float],
    unit: int,
    share: float,
    policy: Policy,
) -> int:
    """What the account costs more at its owner than where it suits the mix of the book best."""
    goal, cost = policy.objective.mix, 0
    for one, other in (("points", "accounts"), ("revenue", "points")):
        by_csm: dict[str, int] = {}
        for book in books:
            worker = book["worker_id"]
            full, usual = (full_books.get((worker, name), 0.0) for name in (one, other))
            if not full or not usual or not _known(account[one]):
                by_csm[worker] = 0
                continue
            much, less = _amount(account, one, unit) / full, _amount(account, other, unit) / usual
            fuller = _amount(book, one, unit) / full - _amount(book, other, unit) / usual
            fuller = min(max(fuller, -goal.at_most), goal.at_most)
            average = full_books[worker, "accounts"] / 100
            each = getattr(goal, one) * ((much - less) * average) * share
            by_csm[worker] = round(each * fuller * COST_UNIT)
        cost += by_csm[owner] - min(by_csm.values())
    return cost


def _heads(rows: Sequence[Row]) -> int:
    """Accounts that the rows are or hold."""
    return sum(int(row["accounts"]) if _is_book(row) else 1 for row in rows)


def _average(rows: Sequence[Row], dimension: str, unit: int, policy: Policy) -> float:
    """What an average account of these rows adds."""
    average = sum(_amount(row, dimension, unit) for row in rows) / max(_heads(rows), 1)
    return (
        max(average, policy.objective.at_risk_at_least * 100) if dimension == "at_risk" else average
    )


def _stairs(load: int, step: int) -> int:
    """The first step costs 1 a unit, the second 3, the third 5, and so on."""
    cost, slope = 0, 1
    while load > step:
        cost, load, slope = cost + slope * step, load - step, slope + 2
    return cost + slope * load


def _by_segment(rows: Sequence[Row]) -> tuple[Counter[str], Counter[str]]:
    """Accounts and revenue by segment of what the rows are or hold."""
    number, amount = Counter[str](), Counter[str]()
    for row in rows:
        if _is_book(row):
            number.update(json.loads(row["by_segment"]))
            amount.update(json.loads(row["revenue_by_segment"]))
        elif _known(row["segment"]):
            number[row["segment"]] += 1
            if _known(row["revenue"]):
                amount[row["segment"]] += round(float(row["revenue"]))
    return number, amount


def _full_book(
    book: Row,
    dimension: str,
    average: float,
    by_segment: tuple[Counter[str], Counter[str]],
    policy: Policy,
) -> float:
    """What the CSM can carry: the formula of the docs, read anew."""
    caps = {str(s): cap for s, cap in policy.capacity.max_accounts_by_segment.items()}
    own = [p.strip() for p in str(book["segments"]).split(";")] if _known(book["segments"]) else []
    count = int(book["max_accounts"])
    if own and not [segment for segment in own if segment not in caps]:
        count = min(count, sum(caps[segment] for segment in set(own)))
    count = max(1, count)
    if dimension == "accounts":
        return count * 100.0
    if dimension == "points" and _known(book["max_points"]):
        return float(book["max_points"]) * 100
    full = count * average
    if dimension in ("points", "revenue") and own:
        number, amount = by_segment
        each: dict[str, float] = dict(amount)
        if dimension == "points":
            base = policy.points.base
            each = {
                segment: n * base.get(segment, base["unknown"]) for segment, n in number.items()
            }
        count_of_mine = sum(n for segment, n in number.items() if segment in own)
        if count_of_mine:
            heavy = math.fsum(v for s, v in each.items() if s in own) / count_of_mine
            usual = math.fsum(each.values()) / sum(number.values())
            full = full * (heavy / usual) if heavy and usual else full
    return full


def _is_book(row: Row) -> bool:
    return "worker_id" in row and "tenure_category" in row


def _amount(row: Row, dimension: str, unit: int) -> int:
    """What a row (account or book) holds in a dimension, in the problem's units."""
    if dimension == "accounts":
        return int(row["accounts"]) * 100 if _is_book(row) else 100
    if dimension == "revenue":
        return round(float(row["revenue"]) / unit) if _known(row["revenue"]) else 0
    return round(float(row[dimension]) * 100)


def _too_new(account: Row, book: Row, policy: Policy, limit: str) -> bool:
    """Some line of the seniority table fits the account and asks for more months."""
    for line in policy.seniority:
        wanted = line.model_dump()
        fits = wanted["segment"] in (None, account["segment"])
        fits = fits and wanted["health"] in (None, account["health_segment"])
        money = float(account["revenue"]) if _known(account["revenue"]) else 0.0
        months = max(wanted["never_below"], wanted[limit])
        if fits and money >= wanted["revenue_from"] and book["tenure_months"] < months:
            return True
    return False


def _pair_cost(account: Row, book: Row, policy: Policy) -> int:
    goal = policy.objective
    wants = max(
        i for i, n in enumerate(TENURE) if account["neediness"] >= policy.tenure.neediness_wants[n]
    )
    step = TENURE.index(book["tenure_category"]) - wants
    gap = (float(-step) if step < 0 else goal.tenure_over * step) / (len(TENURE) - 1)
    cost = round(goal.weights.tenure * gap * COST_UNIT)
    if _too_new(account, book, policy, "discouraged_below"):
        cost += round(goal.discouraged * COST_UNIT)
    if _known(book["last_assigned_at"]):
        hours = (book["batched_at"] - book["last_assigned_at"]).total_seconds() / 3600
        share = max(0.0, 1 - hours / goal.recency_hours)
        cost += round(goal.weights.recency * share * COST_UNIT)
    cost += round(goal.expertise * _unknown_to(account, book) * COST_UNIT)
    cost += round(goal.working_hours * _not_at_work(account, book) * COST_UNIT)
    if policy.eligibility.region == "soft" and _known(account["region"]) and _known(book["region"]):
        cost += round(goal.region_soft * COST_UNIT) * (account["region"] != book["region"])
    if policy.eligibility.language == "soft":
        speaks = _in_list(account["language"], book["languages"])
        cost += round(goal.language_soft * COST_UNIT) * (not speaks)
    extra = tie_break(str(account["account_id"]), str(book["worker_id"]))
    assert 0 <= extra < TIE_BREAK
    return cost + extra


def _unknown_to(account: Row, book: Row) -> float:
    """Mean share of industry and modules that the CSM does not list, where both sides tell."""
    found = []
    for ours, theirs in (("industry", "industries"), ("modules", "modules")):
        wanted, listed = (
            {p.strip().lower() for p in re.split("[;,|/\n]", str(row.get(name))) if p.strip()}
            if _known(row.get(name))
            else set()
            for row, name in ((account, ours), (book, theirs))
        )
        if wanted and listed:
            found.append(sum(1 for word in wanted if word not in listed) / len(wanted))
    return sum(found) / len(found) if found else 0.0


def _not_at_work(account: Row, book: Row) -> float:
    """Share of the account's hours, nine to five, in which the CSM does not work."""
    if not _known(account.get("time_zone")) or not _known(book.get("time_zone")):
        return 0.0
    at = book["batched_at"]
    ahead = [ZoneInfo(str(row["time_zone"])).utcoffset(at) for row in (account, book)]
    told = str(book["working_hours"]) if _known(book.get("working_hours")) else "9:00-17:00"
    begin, end = (
        int(clock.split(":")[0]) * 60 + int(clock.split(":")[1])
        for clock in told.replace("–", "-").split("-")
    )
    there, here = (round(zone.total_seconds() / 60) if zone else 0 for zone in ahead)
    works = {minute % 1440 for minute in range(begin, end if end > begin else end + 1440)}
    wanted = [(minute - there + here) % 1440 for minute in range(9 * 60, 17 * 60)]
    return 1 - sum(minute in works for minute in wanted) / len(wanted)


def _in_list(wanted: object, listed: object) -> bool:
    if not _known(wanted) or not _known(listed):
        return True
    names = [part.strip().lower() for part in str(listed).split(";") if part.strip()]
    return str(wanted).lower() in names or not names


def _known(value: object) -> bool:
    """Neither None, NaN nor NaT: each of those differs from itself or is None."""
    return value is not None and value == value


def _thousandths(value: object) -> int:
    return round(float(value) * 1000)  # type: ignore[arg-type]

"""What must move: whether anybody may take it and has room, and which rules are passed for it.

Rules are passed in the published order, as routing does, and a person sees before anything moves.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from cs_assets.routing.placing import agreement, building, siblings, waiting
from cs_assets.routing.placing.eligibility import fewest_rules, kept_out
from cs_assets.routing.policy import Policy
from cs_assets.routing.rehearsal.moving import NEVER_BIND, Rules, build, staying, without
from cs_assets.routing.rows import Row
from cs_assets.routing.solver import search
from cs_assets.routing.solver.problem import Problem

_NO_ROOM = "no single CSM has room for all of its family"


def placeable(
    rows: list[dict[str, Any]],
    books: list[dict[str, Any]],
    rules: Rules,
) -> tuple[list[dict[str, Any]], dict[str, tuple[str, ...]], dict[str, str]]:
    """The rows that can be placed, rules passed for some of them, and why others cannot be.

    With a limit on moves no account has to move so that another finds room.
    """
    relaxed: dict[str, tuple[str, ...]] = {}
    unplaced: dict[str, str] = {}
    shelf = without(books, rows)
    batch, _ = build(rows, shelf, rules, 0.0, relaxed)
    by_id = {row["account_id"]: row for row in rows}
    for i, line in enumerate(batch.problem.allowed):
        if line.any():
            continue
        name = batch.problem.account_ids[i]
        needed = fewest_rules(
            _may_be_passed(rules.policy), partial(_somebody, by_id[name], shelf, rules)
        )
        if needed is None:
            unplaced[name] = kept_out(batch.forbidden[i], batch.books)
        else:
            relaxed[name] = tuple(needed)
    rows = [row for row in rows if row["account_id"] not in unplaced]
    short, passed = _short_of_room(rows, shelf, rules, relaxed)
    rows = [row for row in rows if row["account_id"] not in short]
    return rows, relaxed | passed, unplaced | short


def split_families(
    rows: list[dict[str, Any]],
    shelf: list[dict[str, Any]],
    rules: Rules,
    relaxed: Mapping[str, tuple[str, ...]],
) -> dict[str, str]:
    """By account that must move and cannot go together with its family, the reason.

    Families without a CSM who may take all are split; and while there is not room for everybody,
    the largest of the others.
    """
    batch, owners = build(rows, shelf, rules, 0.0, relaxed)
    problem = staying(batch.problem, owners) if rules.limited else batch.problem
    batch = dataclasses.replace(batch, problem=problem)
    split: dict[str, str] = {}
    families = [family for family in siblings.groups(batch) if len(family) > 1]
    for family in sorted(families, key=lambda one: (-len(one), one)):
        alone = not problem.allowed[list(family)].all(axis=0).any()
        if alone or not _all_fit(siblings.fold(batch, split).batch.problem, rules.seconds):
            why = "no single CSM may take all of its family" if alone else _NO_ROOM
            split |= {problem.account_ids[i]: why for i in family}
    return split


def _all_fit(problem: Problem, seconds: float) -> bool:
    if search.greedy(problem) is not None:
        return True
    return not waiting.who_waits(problem, [1.0] * problem.size[0], seconds).any()


def asked(
    rows: Sequence[Row], passed: Mapping[str, tuple[str, ...]], policy: Policy
) -> dict[str, tuple[str, ...]]:
    """By account, to what a person must agree first: rules that only a person may pass for it.

    And that it moves at all, where it is protected.
    """
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        name = row["account_id"]
        rules = agreement.asked(row, passed.get(name, ()), policy)
        if all_asked := (*(["protected"] if row["is_protected"] else []), *rules):
            found[name] = all_asked
    return found


def stuck(
    rows: Sequence[dict[str, Any]], books: list[dict[str, Any]], rules: Rules
) -> dict[str, tuple[str, ...]]:
    """By account that no proposal can place, what somebody could take it by if a person agreed."""
    shelf, found = without(books, rows), {}
    listed = [line.rule for line in rules.policy.passing if line.rule not in NEVER_BIND]
    for row in rows:
        if _somebody(row, shelf, rules, _may_be_passed(rules.policy)):
            continue  # what lacks is room
        needed = fewest_rules(listed, partial(_somebody, row, shelf, rules))
        if to_ask := agreement.asked(row, needed or (), rules.policy):
            found[row["account_id"]] = to_ask
    return found


def _short_of_room(
    rows: list[dict[str, Any]],
    shelf: list[dict[str, Any]],
    rules: Rules,
    relaxed: Mapping[str, tuple[str, ...]],
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Accounts for which there is no room, with the reason, and rules passed so that others have.

    Rules are passed in the published order, as routing does where room is short.
    """

    def left_with(passed: Mapping[str, tuple[str, ...]], alone: bool) -> set[str]:
        batch, owners = build(rows, shelf, rules, 0.0, {**relaxed, **passed})
        problem = staying(batch.problem, owners) if alone else batch.problem
        if search.greedy(problem) is not None:
            return set()
        stays = 1e6  # who has an owner keeps one, whatever happens
        prices = [
            1 + row["points"] if row["worker_id"] in rules.must else stays for row in batch.accounts
        ]
        out = waiting.who_waits(problem, prices, rules.seconds)
        return {a for a, waits in zip(problem.account_ids, out, strict=True) if waits}

    passed: dict[str, tuple[str, ...]] = {}
    left = left_with(passed, rules.limited) if rows else set()
    order = _may_be_passed(rules.policy)
    for count in range(1, len(order) + 1):
        if not left:
            break
        more = {a: tuple(dict.fromkeys((*relaxed.get(a, ()), *order[:count]))) for a in left}
        tried = passed | dict(sorted(more.items()))
        left = left_with(tried, rules.limited)
        passed = {name: those for name, those in tried.items() if name not in left}
    ever = left_with(passed, alone=False) if left and rules.limited else left
    said = {True: "no room left", False: "no room left unless others move too"}
    return {name: said[name in ever] for name in sorted(left)}, passed


def broken(
    rows: Sequence[Row],
    batch: building.Batch,
    owners: Mapping[str, str],
    relaxed: Mapping[str, tuple[str, ...]],
) -> dict[str, tuple[str, ...]]:
    """Of the rules that might be passed for an account, those that its CSM breaks."""
    shelf, found = {book["worker_id"]: book for book in batch.books}, {}
    for row in rows:
        name = row["account_id"]
        if name in relaxed:
            rules = batch.rules.forbidding(row, shelf[owners[name]], NEVER_BIND)
            found[name] = tuple(rule for rule in relaxed[name] if rule in rules)
    return {name: rules for name, rules in found.items() if rules}


def _may_be_passed(policy: Policy) -> list[str]:
    """The rules that a proposal may pass, which a person sees before anything moves."""
    return [line.rule for line in policy.passing if line.rule not in (*NEVER_BIND, "seniority")]


def _somebody(row: Row, shelf: list[dict[str, Any]], rules: Rules, passed: Sequence[str]) -> bool:
    """Whether some CSM may take the account when these rules are passed for it."""
    batch, _ = build([dict(row)], shelf, rules, 0.0, {row["account_id"]: tuple(passed)})
    return bool(batch.problem.allowed.any())

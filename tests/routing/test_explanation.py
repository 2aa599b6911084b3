"""Explanations: terms add up, rules that decided are named, what would change does change it."""

import dataclasses
import datetime as dt
import json

import numpy as np
import pandas as pd

from cs_assets.routing import policy
from cs_assets.routing.decisions.earlier import Decisions
from cs_assets.routing.explain import terms as wording
from cs_assets.routing.explain import text
from cs_assets.routing.explain.terms import Placed, adding_up, candidates
from cs_assets.routing.explain.would_change import Change, changes
from cs_assets.routing.placing import building, mix
from cs_assets.routing.placing.recommend import recommend
from cs_assets.routing.rows import rows_of
from cs_assets.routing.solver.problem import COST_UNIT
from cs_assets.routing.solver.solve import solve
from tests.routing.frames import AS_OF, account, described, owned, worker
from tests.routing.instances import random_rows

RULES = policy.load()
_HIRED = [dt.date(year, 1, 1) for year in (2026, 2024, 2018)]


def placed_at(seed: int, accounts: int = 14, csms: int = 5) -> Placed:
    rows, books = random_rows(seed, accounts, csms)
    batch = building.build(rows, [{**book, "max_accounts": 30} for book in books], RULES)
    return Placed(batch, solve(batch.problem, seconds=10, gap=0.0).owners)


def made(placed: Placed, change: Change) -> Placed:
    """The batch with the change made, in another way than the code under test goes."""
    batch = placed.batch
    if change.kind == "weight":
        data = RULES.model_dump()
        *path, last = change.what.split(".")
        place = data
        for part in path:
            place = place[part]
        before = place[last]
        place[last] = change.after
        if path[-1] == "weights":
            scale = (1 - change.after) / (1 - before)
            place |= {name: value * scale for name, value in place.items() if name != last}
        again = building.build(batch.accounts, batch.books, policy.Policy.model_validate(data))
        return Placed(again, placed.owners)
    csm, dimension = change.what.split(".")
    assert change.before is not None
    assert change.after is not None
    books = batch.problem.books.copy()
    per_unit = 1 / batch.revenue_unit if dimension == "revenue" else 100
    place_of = (batch.problem.csm_ids.index(csm), batch.problem.dimensions.index(dimension))
    books[place_of] += round((change.after - change.before) * per_unit)
    terms = dict(batch.pair_terms) | mix.costs(books, batch.full, batch.leans, RULES)
    problem = dataclasses.replace(batch.problem, books=books, pair_cost=sum(terms.values()))
    again = dataclasses.replace(batch, problem=problem, pair_terms=terms)
    return Placed(again, placed.owners)


def test_what_would_change_the_choice_does_change_it() -> None:
    kinds = [kind for seed in range(3) for kind in verified_kinds(placed_at(seed))]
    assert {"rule", "number", "weight"} == set(kinds)
    assert len(kinds) > 30


def verified_kinds(placed: Placed) -> list[str]:
    """The kinds of change offered for the accounts of a batch, each tried out."""
    kinds = []
    for row in range(len(placed.batch.accounts)):
        costs = placed.costs(row)
        in_the_way = placed.in_the_way(row, costs)
        for change in changes(placed, row, costs, candidates(placed, costs), in_the_way):
            kinds.append(change.kind)
            then = placed.batch.problem.csm_ids.index(change.then)
            assert then != costs.chosen
            if change.kind == "rule":
                keep_out = placed.obstacles(row, costs)
                assert [rule for rule, csms in keep_out.items() if csms[then]] == [change.what]
                assert costs.total[then] < costs.total[costs.chosen]
                continue
            again = made(placed, change).costs(row)
            cheapest = np.where(again.fits, again.total, 2**62).argmin()
            assert cheapest == then, change.words
    return kinds


def test_a_smaller_change_of_the_same_number_is_not_enough() -> None:
    placed, tried = placed_at(3), 0
    for row in range(len(placed.batch.accounts)):
        costs = placed.costs(row)
        in_the_way = placed.in_the_way(row, costs)
        for change in changes(placed, row, costs, candidates(placed, costs), in_the_way):
            if change.kind != "number" or not change.what.endswith((".points", ".revenue")):
                continue
            step = placed.batch.revenue_unit if change.what.endswith(".revenue") else 0.01
            assert change.after is not None
            assert change.before is not None
            step = step if change.after < change.before else -step
            nearly = dataclasses.replace(change, after=change.after + step)
            again = made(placed, nearly).costs(row)
            assert np.where(again.fits, again.total, 2**62).argmin() == costs.chosen
            tried += 1
    assert tried


def test_the_stored_audit_adds_up_and_counts_every_csm() -> None:
    rows, books = random_rows(2, 12, 6)
    found = recommend(pd.DataFrame(rows), pd.DataFrame(books), RULES).recommendations
    for _, ranked in found.groupby("account_id"):
        by_rank = ranked.sort_values("rank").reset_index(drop=True)
        if by_rank["status"][0] != "recommended":
            continue
        told = json.loads(by_rank["audit"][0])
        assert [a["behind"] for a in told["against"]] == list(by_rank["cost_difference"][1:])
        for other in told["against"]:
            assert sum(other["terms"].values()) == other["behind"]
            assert 0 not in other["terms"].values()
        counted = 1 + len(told["against"]) + told["dearer"] + sum(told["out"].values())
        assert counted == len(books)
        assert json.loads(by_rank["binding_rules"][0]) == list(told["binding"])


def test_a_rule_that_keeps_out_a_better_csm_is_the_binding_one() -> None:
    book = [owned(f"O{n}", "W0") for n in range(9)]
    people = [worker("W0"), worker("W1", region="Asia Pacific"), worker("W2", languages="fr")]
    frames = described([*book, account("A"), account("B")], people)
    rows = recommend(*frames, RULES).recommendations
    told = json.loads(rows[rows["rank"] == 1].iloc[0]["audit"])
    assert told["binding"] == {"language": 1, "region": 1}
    assert told["out"] == {"language": 1, "region": 1}
    (change,) = [c for c in told["would_change"] if c["kind"] == "rule"]
    assert change["what"] in ("region", "language")


def test_a_single_account_says_what_would_change_its_owner() -> None:
    book = [owned(f"O{w}{k}", f"W{w}") for w, n in enumerate((7, 9, 11)) for k in range(n)]
    people = [worker(f"W{n}", hire_date=d) for n, d in enumerate(_HIRED)]
    accounts, books = described([*book, account("A", health_segment="Red")], people)
    rows = recommend(accounts, books, RULES).recommendations
    told = json.loads(rows.iloc[0]["audit"])
    assert told["measure"] == "cost"
    for other in told["against"]:
        assert sum(other["terms"].values()) == other["behind"] > 0
    assert verified_kinds(single(accounts, books))


def single(accounts: pd.DataFrame, books: pd.DataFrame) -> Placed:
    batch = building.build(rows_of(accounts), rows_of(books), RULES)
    return Placed(batch, solve(batch.problem, seconds=10, gap=0.0).owners)


def test_the_score_of_a_single_account_is_its_cost_told_from_0_to_1() -> None:
    """Weights sum to 1, values lie between 0 and 1, and the order is that of the costs."""
    for seed in range(20):
        rows, books = random_rows(seed, 6, 6)
        frames = pd.DataFrame(rows).iloc[seed % 6 : seed % 6 + 1], pd.DataFrame(books)
        found = recommend(*frames, RULES).recommendations
        if found["status"].iloc[0] != "recommended":
            continue
        assert list(found["cost"]) == sorted(found["cost"])
        assert list(found["score"]) == sorted(found["score"], reverse=True)
        for row in found.to_dict("records"):
            terms = json.loads(row["score_terms"])
            assert abs(sum(term["weight"] for term in terms.values()) - 1) < 1e-3
            assert all(0 <= term["value"] <= 1 for term in terms.values())
            total = sum(term["weight"] * term["value"] for term in terms.values())
            assert abs(total - row["score"]) < 1e-3


def test_rounded_terms_add_up_to_the_rounded_sum() -> None:
    random = np.random.default_rng(4)
    for _ in range(200):
        terms = {f"t{k}": int(v) for k, v in enumerate(random.integers(-2e9, 2e9, 6))}
        shown = adding_up(terms, COST_UNIT)
        assert abs(sum(shown.values()) - sum(terms.values()) / 1e6) <= 0.5
        assert all(abs(shown[name] - terms[name] / 1e6) < 1 for name in terms)


def test_what_speaks_against_the_chosen_one_is_said_where_it_alone_would_turn_the_choice() -> None:
    unit = COST_UNIT
    differ = {"revenue": 345, "points": 20, "seniority": -300, "accounts": 5}
    said = wording.in_words("Jon", [("Gia", {k: v * unit // 1000 for k, v in differ.items()})])
    assert "Gia would cost 0.070 more, mostly by revenue 0.345, though" in said
    assert said.endswith("though seniority for what is at stake would be 0.300 less.")
    calm = {"revenue": 345, "points": 50, "seniority": -30}
    said = wording.in_words("Jon", [("Gia", {k: v * unit // 1000 for k, v in calm.items()})])
    assert said.endswith("mostly by revenue 0.345 and capacity points 0.050.")


def stored(rows: pd.DataFrame, name: str, proof: dict[str, object]) -> dict[str, object]:
    """An account as the query of a stored explanation gives it."""
    row = rows[(rows["account_id"] == name) & (rows["rank"] == 1)].iloc[0]
    empty = (
        "account_name", "segment", "account_level", "region", "language", "health_segment",
        "neediness", "points", "waiting_days", "missing", "owner_id", "owner_name", "verdict",
        "owner_status", "owned_since", "reason_code", "decided_by", "reasons", "reviewer",
    )  # fmt: skip
    told = dict.fromkeys(empty) | {name: row[name] for name in row.index}
    of_batch = {name: proof[name] for name in ("gap", "solver", "certificate")}
    return told | of_batch | {"proof_status": proof["status"], "batch_id": "B"}


def test_family_continuity_is_told_where_it_was_the_reason() -> None:
    people = [worker("W0"), worker("W1")]
    children = [
        account("A", parent_account_id="P", parent_owner_id="W0"),
        account("B", parent_account_id="Q", parent_owner_id="GONE"),
        account("C"),
    ]
    outcome = recommend(
        *described([*(owned(f"O{n}", "W0") for n in range(9)), *children], people), RULES
    )
    rows = outcome.recommendations
    said = {name: text.told(stored(rows, name, outcome.solution), 100) for name in "ABC"}
    assert "Owns the parent account P; children follow it." in said["A"]
    assert "parent account Q has left" in said["B"]
    assert "parent account" not in said["C"]
    told = rows[rows["rank"] == 1].set_index("account_id")["explanation"]
    assert told["A"] == "Name W0 owns the parent account P; children follow it."
    assert told["B"].endswith("The CSM of its parent account Q has left, which binds nobody.")


def test_that_the_csm_of_the_parent_is_away_is_told_whether_it_waits_or_goes_elsewhere() -> None:
    away = {"leave_start": AS_OF.date(), "leave_end": AS_OF.date() + dt.timedelta(days=90)}
    child = {"parent_account_id": "P", "parent_owner_id": "W0"}
    for days in (0, 9):
        accounts, books = described([account("A", **child)], [worker("W0", **away), worker("W1")])
        accounts["waiting_days"] = float(days)
        outcome = recommend(accounts, books, RULES)
        said = text.told(stored(outcome.recommendations, "A", outcome.solution), 100)
        told = "Name W0, who owns its parent account P, is on leave, or soon will be."
        assert told in " ".join(said.split())


def test_a_shared_book_is_nobody_better_for_an_account_that_it_does_not_take() -> None:
    people = [worker("W0"), worker("P", coverage="pooled", region="Asia Pacific")]
    held = [owned(f"O{n}", "W0") for n in range(30)]
    rows = recommend(*described([*held, account("A"), account("B")], people), RULES).recommendations
    told = json.loads(rows[rows["rank"] == 1].iloc[0]["audit"])
    assert told["out"] == {"shared": 1}
    assert told["binding"] == {}
    assert not [change for change in told["would_change"] if change["kind"] == "rule"]


def test_why_a_family_is_split_is_told() -> None:
    family = [
        account("A", parent_account_id="P"),
        account("B", parent_account_id="P", language="fr"),
    ]
    people = [worker("W0", languages="en"), worker("W1", languages="fr")]
    outcome = recommend(*described(family, people), RULES)
    for name in "AB":
        said = text.told(stored(outcome.recommendations, name, outcome.solution), 100)
        assert "No single CSM may take all new accounts of its parent" in " ".join(said.split())


def test_what_the_programme_did_not_choose_shows_no_proof() -> None:
    """Of a protected account, one that must wait, and one that a person gave away."""
    accounts = [account("A"), account("P", is_protected=True), account("Z")]
    accounts.append(account("W", segment="Enterprise"))
    frames = described(
        accounts, [worker("W0", segments="Residential"), worker("W1", segments="Residential")]
    )
    outcome = recommend(*frames, RULES, Decisions({"Z": "W1"}, frozenset()))
    for name, why in {"P": "a person decides", "W": "has no owner", "Z": "a person chose"}.items():
        row = stored(outcome.recommendations, name, outcome.solution)
        assert why in text.told(row, 100).partition("Proof")[2]
        assert "batch is" not in text.told(row, 100)
        assert text.as_document(row)["gap"] is None
        assert text.as_document(row)["certificate"] == {}
    row = stored(outcome.recommendations, "A", outcome.solution)
    assert "The batch is the best possible" in text.told(row, 100)


def test_shared_books_are_not_counted_as_csms() -> None:
    people = [worker("W0"), worker("W1", region="Asia Pacific"), worker("P", coverage="pooled")]
    outcome = recommend(*described([account("A"), account("B")], people), RULES)
    said = text.told(stored(outcome.recommendations, "A", outcome.solution), 100)
    assert "works in another region" in said
    lines = [line.split("  ")[-1].strip() for line in said.splitlines()]
    assert lines.count("1 CSM") == 1
    assert lines.count("1 shared book") == 1

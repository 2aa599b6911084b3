"""New accounts of a parent whom nobody owns yet go together, or are split and say so."""

import json

import pandas as pd
import pytest

from cs_assets.routing import policy
from cs_assets.routing.placing import siblings
from cs_assets.routing.placing.certificate import NotCertified
from cs_assets.routing.placing.recommend import Outcome, recommend
from tests.routing.frames import account, described, owned, worker

RULES = policy.load()


def routed(fresh: list, people: list | None = None, rules: policy.Policy = RULES) -> Outcome:
    book = [owned(f"O{n}", f"W{n % 3}") for n in range(9)]
    workers = people or [worker(f"W{n}") for n in range(3)]
    return recommend(*described([*book, *fresh], workers), rules)


def first(outcome: Outcome) -> pd.DataFrame:
    rows = outcome.recommendations
    return rows[rows["rank"] == 1].set_index("account_id")


def family(n: int, **values: object) -> list:
    return [account(f"C{k}", parent_account_id="P", **values) for k in range(n)]


def test_children_of_an_unowned_parent_and_the_parent_itself_share_a_csm() -> None:
    rows = first(routed([*family(3), account("P"), *(account(f"A{k}") for k in range(5))]))
    assert rows.loc[["C0", "C1", "C2", "P"], "worker_id"].nunique() == 1
    assert rows["worker_id"].nunique() == 3
    assert "4 new accounts of one parent go together" in rows.loc["C1", "explanation"]
    told = json.loads(rows.loc["C1", "audit"])
    assert sorted(told["together_with"]) == ["C0", "C2", "P"]
    assert all(sum(a["terms"].values()) == a["behind"] for a in told["against"])


def test_switched_off_they_are_routed_one_by_one() -> None:
    rules = RULES.model_copy(
        update={"eligibility": RULES.eligibility.model_copy(update={"siblings_together": False})}
    )
    assert first(routed(family(3), rules=rules))["worker_id"].nunique() == 3


def test_a_family_that_nobody_may_take_whole_is_split_and_says_so() -> None:
    fresh = [*family(1, language="de"), account("C9", parent_account_id="P", language="fr")]
    people = [worker("W0", languages="de"), worker("W1", languages="fr"), worker("W2")]
    rows = first(routed([*fresh, account("A")], people))
    assert rows.loc["C9", "worker_id"] == "W1"
    assert rows.loc["C0", "worker_id"] != "W1"
    assert "so they are split" in rows.loc["C9", "explanation"]
    assert "split" not in rows.loc["A", "explanation"]


def test_a_family_that_only_a_passed_rule_would_keep_together_is_not_said_to_lack_room() -> None:
    fresh = [*family(1, language="de"), account("C9", parent_account_id="P", language="fr")]
    people = [worker("W0", languages="de"), worker("W1", languages="fr")]
    frame, books = described(fresh, people)
    rows = first(recommend(frame.assign(waiting_days=5.0), books, RULES))
    assert rows.loc[["C0", "C9"], "worker_id"].tolist() == ["W0", "W1"]
    assert "without a rule passed for them, so they are split" in rows.loc["C9", "explanation"]


def test_room_comes_before_families() -> None:
    tight = [worker(f"W{n}", max_accounts=5) for n in range(3)]
    rows = first(routed([*family(3), account("P"), account("A"), account("B")], tight))
    assert (rows["status"] == "recommended").all(), "six places for six accounts"
    assert "so they are split" in rows.loc["C0", "explanation"]


def test_grandchildren_and_a_circle_of_parents_are_one_family() -> None:
    fresh = [
        account("A"), account("B", parent_account_id="A"), account("C", parent_account_id="B"),
        account("X", parent_account_id="Y"), account("Y", parent_account_id="X"), account("Z"),
    ]  # fmt: skip
    rows = [{**row, "parent_owner_id": None} for row in fresh]
    assert siblings.groups_of(rows) == [(0, 1, 2), (3, 4), (5,)]


def test_the_check_of_families_sees_a_split_one(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = siblings.fold
    monkeypatch.setattr(
        "cs_assets.routing.placing.siblings.fold",
        lambda batch, split=(): whole(batch, batch.problem.account_ids),
    )
    with pytest.raises(NotCertified, match="parent P are split"):
        routed(family(3))

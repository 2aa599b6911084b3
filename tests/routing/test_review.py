"""The review comments and flags; it can neither invent nor change anything."""

import json

import pandas as pd
import pytest

from cs_assets.routing import policy, review
from cs_assets.routing.decisions import assigning
from cs_assets.routing.placing import recommend
from tests.routing.frames import AS_OF, account, described, owned, worker


@pytest.fixture(scope="module")
def batch() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    book = [owned(f"O{n}", f"W{n % 3}") for n in range(6)]
    fresh = [account(f"A{n}") for n in range(4)]
    accounts, books = described([*book, *fresh], [worker(f"W{n}") for n in range(3)])
    rows = recommend.recommend(accounts, books, policy.load()).recommendations
    return rows.assign(recommended_at=AS_OF, batch_id="B"), accounts, books


def answer(seen: dict, **flags: list[str]) -> review.ReviewAnswer:
    rows = [entry["row"] for entry in seen["accounts"]]
    return review.ReviewAnswer(
        verdicts=[
            review.RowVerdict(
                row=row,
                verdict="flag" if row in flags else "approve",
                reasons=flags.get(row, []),
            )
            for row in rows
        ]
    )


def test_the_model_sees_ids_and_no_names(batch: tuple) -> None:
    seen = json.dumps(review.document(*batch))
    assert "W0" in seen
    assert "Name W0" not in seen
    assert "Account A0" not in seen


def test_a_flag_holds_the_account_and_no_other(batch: tuple) -> None:
    rows, accounts, _ = batch
    seen = review.document(*batch)
    verdicts = review.checked(answer(seen, A1=["W0 has more red accounts"]), seen)
    assert not isinstance(verdicts, review.Rejected)
    reviews = review.reviewed(rows, verdicts, model="m", prompt_version="1", on_flag="hold")
    given = assigning.assignments(rows, accounts, reviews).set_index("account_id")["status"]
    assert given["A1"] == "held"
    assert (given.drop("A1") == "assigned").all()


def test_a_note_policy_holds_nothing_but_keeps_the_reason(batch: tuple) -> None:
    rows, _, _ = batch
    seen = review.document(*batch)
    verdicts = review.checked(answer(seen, A1=["look again"]), seen)
    assert not isinstance(verdicts, review.Rejected)
    reviews = review.reviewed(rows, verdicts, model="m", prompt_version="1", on_flag="note")
    assert not reviews["opens_hold"].any()
    assert json.loads(reviews.set_index("account_id").loc["A1", "reasons"]) == ["look again"]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda a: a.verdicts.pop(), "each row once"),
        (lambda a: a.verdicts.append(a.verdicts[0]), "each row once"),
        (lambda a: setattr(a.verdicts[0], "row", "A99"), "not given"),
        (lambda a: setattr(a.verdicts[0], "reasons", ["better give it to W77"]), "not given"),
        (lambda a: setattr(a.verdicts[0], "reasons", ["it is worth 123456 a year"]), "not given"),
        (lambda a: setattr(a.verdicts[0], "verdict", "flag"), "without a reason"),
    ],
    ids=["left out", "twice", "unknown row", "unknown CSM", "invented number", "bare flag"],
)
def test_an_answer_that_invents_is_rejected_as_a_whole(batch: tuple, spoil, why: str) -> None:
    seen = review.document(*batch)
    given = answer(seen)
    spoil(given)
    verdict = review.checked(given, seen)
    assert isinstance(verdict, review.Rejected)
    assert why in verdict.reason

"""What comes in from the sources: words in one form, bad rows named, everything else goes on."""

import datetime as dt
import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from cs_assets.commands.route import app
from cs_assets.routing import batches, border, policy, vocabulary
from cs_assets.routing.placing.recommend import recommend
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.routing.conftest import fill
from tests.routing.frames import AS_OF, account, described, onboarding, owned, worker
from tests.routing.test_assets import route, table

RULES = policy.load()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("en-US", "en"), ("EN_gb", "en"), ("eng", "en"), ("English", "en"), ("zh-Hant-TW", "zh"),
        ("Español", "es"), ("ger", "de"), ("English (UK)", "en"), ("fil", "tl"), ("klingon", None),
        ("zz", None),
    ],
)  # fmt: skip
def test_a_language_has_one_form(said: str, code: str | None) -> None:
    assert vocabulary.language(said) == (code, code is not None)


@pytest.mark.parametrize("said", ["NULL", "\\N", "", "  ", "n/a", "None", "\u200b", None, "-"])
def test_a_cell_that_says_nothing_is_no_word(said: str | None) -> None:
    assert vocabulary.language(said) == (None, True)
    assert vocabulary.region(said, RULES.vocabulary.regions) == (None, True)
    assert vocabulary.word("segment", said) == (None, True)


@pytest.mark.parametrize(
    ("said", "name"),
    [("north america", "North America"), ("NORTH-AMERICA", "North America"),
     ("na", "North America"), ("dach", "Dach"), ("d-a-ch", "D-A-CH"),
     ("REST OF WORLD", "Rest of World"),
     ("asia\u00a0pacific", "Asia Pacific"), ("apac", "Asia Pacific")],
)  # fmt: skip
def test_a_region_has_one_form(said: str, name: str) -> None:
    assert vocabulary.region(said, RULES.vocabulary.regions)[0] == name


def test_region_and_language_fit_however_they_are_written() -> None:
    people = [
        worker("W0", region="Europe", languages="de"),
        worker("W1", region="North America", languages="English, French"),
        worker("W2", region="dach", languages="de-CH"),
    ]
    fresh = [
        account("A", region="north  america", language="en-US", segment="smb"),
        account("B", region="NA", language="FR_ca", health_segment="red"),
        account("C", region="DACH", language="deu"),
    ]
    accounts, books = described(fresh, people)
    rows = recommend(accounts, books, RULES).recommendations.query("rank == 1")
    assert dict(zip(rows["account_id"], rows["worker_id"], strict=True)) == {
        "A": "W1", "B": "W1", "C": "W2",
    }  # fmt: skip
    assert set(rows["relaxed_rules"]) == {"[]"}
    assert accounts.set_index("account_id").loc["B", "health_segment"] == "Red"


def test_without_any_csm_everything_waits_with_that_reason() -> None:
    for people in ([], [worker("X", job_profile="Account Executive")]):
        accounts, books = described(
            [account("A"), account("B")], people or [worker("W", is_active=False)]
        )
        outcome = recommend(accounts, books, RULES)
        assert set(outcome.recommendations["status"]) == {"waiting"}
        assert set(outcome.recommendations["explanation"]) == {"There is no CSM at all."}
        rows = recommend(accounts, pd.DataFrame(), RULES).recommendations
        assert set(rows["status"]) == {"waiting"}


def test_bad_rows_are_named_by_the_command_and_routed_once_mended(
    small: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a person sees it: routed around, listed with the reason, and planned when mended."""
    monkeypatch.setenv("CS_ASSETS_HOME", small.path.rsplit("/", 1)[0])
    people = [worker(f"W{n}") for n in range(1, 5)]
    bad_account = account("A0", parent_account_id="A0", open_tickets=-3)
    good = [account(f"A{n}") for n in range(1, 6)] + [account("A!", parent_account_id="A0")]
    held = [owned(f"O{n}", f"W{n % 4 + 1}") for n in range(12)]
    twice = {**people[1], "region": "North America"}
    fill(
        small,
        accounts=[*held, bad_account, *good],
        workday_workers=[*people, twice],
        onboarding_detail=[onboarding("A!"), *(onboarding(f"A{n}") for n in range(6))],
    )
    first = batches.plan_batch(small, AS_OF)
    assert first is not None
    assert route(small, first).success
    given = table(small, "routing/assignments")
    assert sorted(given["account_id"]) == ["A!", "A1", "A2", "A3", "A4", "A5"]
    assert "W2" not in set(given["worker_id"]), "whose row contradicts itself gets nothing"
    answer = CliRunner().invoke(app, ["route", "--to-decide", "--json"], catch_exceptions=False)
    told = {row["account_id"] or row["worker_id"]: row for row in json.loads(answer.output)}
    assert set(told) == {"A0", "W2"}
    assert "open tickets is -3 and it is its own parent" in told["A0"]["explanation"]
    assert "is listed 2 times, with different region" in told["W2"]["explanation"]
    assert batches.plan_batch(small, AS_OF + dt.timedelta(hours=9)) is None, "not yet mended"
    fill(small, accounts=[*held, account("A0"), *good])
    second = batches.plan_batch(small, AS_OF + dt.timedelta(minutes=5))
    assert second is not None, "mended: planned again at once"
    assert list(table(small, "routing/batch_members", second)["account_id"]) == ["A0"]


def test_circles_of_parents_are_found_whole() -> None:
    parents = {"A": "B", "B": "C", "C": "A", "D": "A", "E": "E", "F": "G"}
    frame = border.accounts(pd.DataFrame([account(name) for name in "ABCDEF"]))
    found = border.without_circles(frame, parents).set_index("account_id")["unusable"].dropna()
    assert dict(found) == {
        "A": "it is its own parent by way of B and C",
        "B": "it is its own parent by way of C and A",
        "C": "it is its own parent by way of A and B",
        "E": "it is its own parent",
    }

"""The command `route`, as a person types it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cs_assets.routing.commands import app
from resources.duckdb_warehouse import DuckDBWarehouse
from resources.errors import UsageError
from tests.routing.test_assets import table


@pytest.fixture
def at_home(small: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch) -> DuckDBWarehouse:
    monkeypatch.setenv("CS_ASSETS_HOME", str(Path(small.path).parent))
    return small


def run(*arguments: str) -> str:
    answer = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_a_dry_run_shows_owners_and_a_picture_and_stores_nothing(
    at_home: DuckDBWarehouse, tmp_path: Path
) -> None:
    picture = tmp_path / "books.png"
    rows = json.loads(run("route", "--dry-run", "--json", "--chart", str(picture)))
    assert sorted(row["account_id"] for row in rows) == [f"A{n}" for n in range(6)]
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert table(at_home, "routing/batched_accounts").empty


def test_one_account_is_scored_for_every_csm(at_home: DuckDBWarehouse) -> None:
    rows = json.loads(run("route", "--account", "A3", "--json"))
    assert [row["rank"] for row in rows] == [1, 2, 3, 4]
    scores = [row["score"] for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_routing_stores_explains_and_lets_a_person_decide(at_home: DuckDBWarehouse) -> None:
    run("route", "--json")
    assert len(table(at_home, "routing/assignments")) == 6
    assert "costs least" in run("route", "--explain", "A1")
    run("route-decide", "A1", "override", "--csm", "W3", "--reason", "other", "--by", "me")
    given = table(at_home, "routing/assignments").set_index("account_id")
    assert given.loc["A1", "worker_id"] == "W3"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["route", "--account", "NOPE"], "not waiting"),
        (["route", "--explain", "NOPE"], "no recommendation"),
        (["route", "--dry-run", "--rebalance"], "give one of"),
        (["route-decide", "A1", "override", "--by", "me", "--reason", "other"], "with --csm"),
        (["route-decide", "A1", "approve", "--by", "me", "--reason", "other"], "no assignment"),
    ],
)
def test_what_cannot_be_is_one_clear_line(
    at_home: DuckDBWarehouse, arguments: list[str], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        CliRunner().invoke(app, arguments, catch_exceptions=False)

"""The command `route`, as a person types it."""

import errno
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from cs_assets.commands.route import app
from cs_assets.config import BadConfiguration
from cs_assets.errors import CsAssetsError, UsageError
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.routing import frames
from tests.routing.conftest import fill
from tests.routing.frames import onboarding
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
    check_explanation("A1")
    before = table(at_home, "routing/assignments").set_index("account_id").loc["A1", "worker_id"]
    other = "W4" if before == "W3" else "W3"
    run("route-decide", "A1", "override", "--csm", other, "--reason", "other", "--by", "me")
    given = table(at_home, "routing/assignments").set_index("account_id")
    assert given.loc["A1", "worker_id"] == other
    text = run("route", "--explain", "A1")
    assert f"Name {other} ({other}), chosen by me, reason other" in text
    assert "before a person chose otherwise" in text


def check_explanation(account: str) -> None:
    """It says whom, why, and what else; as printed, terms add up, and lines fit."""
    text = run("route", "--explain", account)
    told = json.loads(run("route", "--explain", account, "--json"))
    assert told["account_name"] == f"Account {account}"
    for part in (f"Account {account}", "WHY NAME W", "WHY NOBODY ELSE", "RULES THAT DECIDED",
                 "WHAT WOULD HAVE TO CHANGE", "A second program confirmed"):  # fmt: skip
        assert part in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80
    lines = [line.split() for line in text.splitlines() if line.startswith("    ")]
    figures = [
        [float(cell) for cell in line if re.fullmatch(r"[+-]\d+\.\d{3}|0", cell)] for line in lines
    ]
    columns = len(told["audit"]["against"])
    table = [cells for cells in figures if len(cells) == columns]
    for column in zip(*table, strict=True):
        assert sum(column[:-1]) == pytest.approx(column[-1], abs=1e-9)


def test_a_batch_that_failed_is_told_with_its_step_and_the_reason(
    at_home: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*anything: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("cs_assets.routing.books.books", full)
    told = r"^not every routing batch is routed: 2\d{7}-\w+: csm_books: disk full: "
    with pytest.raises(CsAssetsError, match=told):
        CliRunner().invoke(app, ["route"], catch_exceptions=False)


def test_with_nothing_to_do_it_says_so_and_succeeds(at_home: DuckDBWarehouse) -> None:
    fill(at_home, onboarding_detail=[onboarding("O10", success_transition_status_ob="Assigned")])
    assert "No account waits" in run("route")
    assert "No account waits" in run("route", "--dry-run")
    assert json.loads(run("route", "--json")) == []


def test_accounts_left_to_a_person_are_named_and_listed(at_home: DuckDBWarehouse) -> None:
    accounts = [frames.owned(f"O{n}0", f"W{n}") for n in range(1, 5)]
    accounts += [frames.account(f"A{n}", is_protected=n == 0) for n in range(6)]
    fill(at_home, accounts=accounts)
    assert "No account waits for a person." in run("route", "--to-decide")
    assert "1 account waits for a person: A0 (route --to-decide" in run("route")
    with at_home.session("test") as db:
        held = pd.DataFrame([{"account_id": "A1", "status": "held"}])
        db.merge("analytics.account_csm_assignments", held)
    assert "2 accounts wait for a person: A0, A1" in run("route", "--dry-run")
    rows = json.loads(run("route", "--to-decide", "--json"))
    assert [(row["account_id"], row["status"]) for row in rows] == [
        ("A0", "needs_person"), ("A1", "held"),
    ]  # fmt: skip
    text = run("route", "--to-decide")
    assert "Account A0 (A0)  ->  needs person\n      The account is protected" in text
    assert f"{rows[1]['worker_name']} ({rows[1]['worker_id']}), held" in text
    run("route-decide", "A0", "override", "--csm", "W2", "--reason", "other", "--by", "me")
    run("route-decide", "A1", "approve", "--reason", "other", "--by", "me")
    assert json.loads(run("route", "--to-decide", "--json")) == []


def test_a_scenario_that_leaves_accounts_without_owner_names_them(
    at_home: DuckDBWarehouse, tmp_path: Path
) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text("leavers: [W1, W2, W3]\nmax_accounts: {W4: 8}\n")
    text = run("route", "--what-if", str(path))
    assert "4 find no owner (no room left)" in " ".join(text.split())
    told = json.loads(run("route", "--what-if", str(path), "--json"))
    assert len(told[0]["unplaced"]) == 4
    assert len(told[0]["moves"]) == 5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["route", "--account", "NOPE"], "no account is called"),
        (["route", "--explain", "NOPE"], "no account is called"),
        (["route", "--what-if", "/no/file.yaml"], "^/no/file.yaml: No such file or directory$"),
        (["route", "--dry-run", "--rebalance"], "give one of"),
        (["route-decide", "A1", "override", "--by", "me", "--reason", "other"], "names the CSM"),
        (["route-decide", "A1", "approve", "--by", "me", "--reason", "other"], "no assignment"),
    ],
)
def test_what_cannot_be_is_one_clear_line(
    at_home: DuckDBWarehouse, arguments: list[str], says: str
) -> None:
    with pytest.raises((UsageError, BadConfiguration), match=says):
        CliRunner().invoke(app, arguments, catch_exceptions=False)

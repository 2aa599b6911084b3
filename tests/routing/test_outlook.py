"""Status, hand-off, capacity plan, and what a proposal tells of each CSM and move."""

import datetime as dt
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from cs_assets.commands.route import app
from cs_assets.errors import UsageError
from cs_assets.routing import accounts as describing
from cs_assets.routing import books as shelving
from cs_assets.routing import policy, service_level
from cs_assets.routing import status as standing
from cs_assets.routing.rehearsal import before_after, capacity_plan, hand_off, rebalance
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.delivery.fake_crm import PEOPLE, FakeCrm
from tests.routing.conftest import fill
from tests.routing.frames import AS_OF, account, owned, worker

RULES = policy.load()
DAY = AS_OF.date()


def weighed(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows).rename(columns={"owner_worker_id": "worker_id"})
    return describing.weigh(frame.assign(churn_signals=0, worst_signal=0), RULES)


def run(*arguments: str, status: int = 0) -> str:
    answer = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert answer.exit_code == status, answer.output
    return answer.output


@pytest.fixture
def home(small: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch) -> DuckDBWarehouse:
    monkeypatch.setenv("CS_ASSETS_HOME", small.path.rsplit("/", 1)[0])
    return small


def test_status_is_quiet_where_every_owner_may_stay(home: DuckDBWarehouse) -> None:
    said = json.loads(run("route", "--status", "--json"))
    assert said["wrong"] == []
    assert said["waiting"] == 6
    assert {csm["worker_id"]: csm["green"] for csm in said["csms"]} == dict.fromkeys(
        ("W1", "W2", "W3", "W4"), 3
    )
    assert said["success_rate"] == {"value": None, "n": 0}
    assert "has one active owner" in run("route", "--status")


def test_status_fails_for_owners_who_cannot_stay(home: DuckDBWarehouse) -> None:
    fill(
        home,
        workday_workers=[
            worker("W1"),
            worker("W2", is_active=False),
            worker("W3", region="North America"),
            worker("W4"),
        ],
        accounts=[
            owned("KEPT", "W1"),
            owned("CHILD", "W1", parent_account_id="KEPT", region="Asia Pacific", language="ja"),
            owned("GONE", "W2"),
            owned("FAR", "W3"),
            owned("TWICE", "W1"),
            owned("TWICE", "W4"),
            account("NOBODY"),
            account("A0"),
        ],
    )
    said = json.loads(run("route", "--status", "--json", status=1))
    wrong = {row["account_id"]: row["why"] for row in said["wrong"]}
    assert wrong["GONE"] == "the owner has left"
    assert "another region" in wrong["FAR"]
    assert wrong["TWICE"] == "has more than one owner"
    assert "waits for none" in wrong["NOBODY"]
    assert set(wrong) == {"GONE", "FAR", "TWICE", "NOBODY"}
    assert "GONE" in run("route", "--status", status=1)


def test_no_owner_is_faulted_for_a_shared_book_that_does_not_exist_or_may_not_take_it() -> None:
    shared = policy.Shared(kind="pooled", segments=("Residential",), revenue_below=30_000.0)
    rules = RULES.model_copy(update={"coverage": (shared,)})
    mine = weighed([owned("O1", "W1")]).assign(coverage="pooled", parent_account_id=None)
    for pool, found in (
        ([], []),
        ([worker("P", coverage="pooled", region="Asia Pacific")], []),
        ([worker("P", coverage="pooled")], ["O1"]),
    ):
        people = pd.DataFrame([{**worker("W1"), "coverage": None}, *pool])
        wrong = standing.wrong(mine, mine, people, (), (), AS_OF, rules)
        assert list(wrong["account_id"]) == found


def test_the_service_level_is_from_waiting_to_owner_to_first_call() -> None:
    hour = pd.Timedelta(hours=1)
    moments = pd.DataFrame(
        {
            "account_id": ["A", "B", "C"],
            "waiting_since": [AS_OF - 100 * hour, AS_OF - 90 * hour, None],
            "assigned_at": [AS_OF - 98 * hour, AS_OF - 86 * hour, AS_OF - hour],
            "first_contact_at": [AS_OF - 88 * hour, None, None],
        }
    )
    found = service_level.measures(moments, AS_OF, policy.load())
    assert found["hours_to_owner"] == (3.0, 2)
    assert found["hours_to_first_contact"] == (10.0, 1)
    assert found["contact_in_time"] == (0.5, 2)
    assert found["owner_in_time"] == (1.0, 2)
    nothing = service_level.measures(moments.iloc[:0], AS_OF, policy.load())
    assert nothing["hours_to_owner"] == nothing["contact_in_time"] == (None, 0)


def test_by_account_the_service_level_counts_what_is_not_there_yet() -> None:
    hour = pd.Timedelta(hours=1)
    moments = pd.DataFrame(
        [
            ("HEARD", "W1", AS_OF - 60 * hour, AS_OF - 40 * hour, AS_OF - 30 * hour),
            ("SILENT", "W1", AS_OF - 60 * hour, AS_OF - 30 * hour, None),
            ("FRESH", "W1", AS_OF - 6 * hour, AS_OF - 5 * hour, None),
            ("WAITS", None, AS_OF - 30 * hour, None, None),
            ("UNKNOWN", None, None, None, None),
            ("LATER", "W1", AS_OF - 5 * hour, AS_OF + 2 * hour, AS_OF + 3 * hour),
            ("OLD", "W1", AS_OF - 2000 * hour, AS_OF - 1900 * hour, None),
        ],
        columns=["account_id", "worker_id", "waiting_since", "assigned_at", "first_contact_at"],
    ).assign(account_name="x")
    rows = service_level.by_account(moments, AS_OF, policy.load()).set_index("account_id")
    assert set(rows.index) == {"HEARD", "SILENT", "FRESH", "WAITS", "LATER"}
    late = rows["late"].dropna().to_dict()
    assert late == {"SILENT": "both", "WAITS": "owner"}
    assert rows.loc["SILENT", "hours_to_first_contact"] == 30.0
    assert rows.loc["LATER", "worker_id"] is None, "what comes later is not known"
    assert rows.loc["WAITS", "hours_to_owner"] == 30.0


def test_a_leave_is_covered_and_comes_back_a_leaver_hands_over_for_good() -> None:
    back = DAY + dt.timedelta(days=60)
    last = DAY + dt.timedelta(days=40)
    people = [
        worker("AWAY", leave_start=DAY, leave_end=back),
        worker("SOON", termination_date=last),
        worker("GERMAN", languages="de"),
        worker("ONE", max_accounts=2),
        worker("TWO"),
    ]
    rows = [owned("A1", "AWAY"), owned("A2", "AWAY"), owned("S1", "SOON"), owned("T1", "TWO")]
    rows += [owned("F1", "AWAY", language="fi", revenue=10.0)]
    found = hand_off.plan(weighed(rows), pd.DataFrame(people), AS_OF, RULES).set_index("account_id")
    assert set(found.index) == {"A1", "A2", "S1", "F1"}
    assert set(found.loc[["A1", "A2", "S1"], "to_worker_id"]) <= {"ONE", "TWO"}
    assert found.at["A1", "begins"] == DAY
    assert found.at["A1", "introduce_by"] == DAY + dt.timedelta(days=1), "nobody can today"
    assert found.at["A1", "back_on"] == back + dt.timedelta(days=1)
    assert found.at["S1", "begins"] == last
    assert found.at["S1", "back_on"] is None
    assert found.at["S1", "introduce_by"] == last - dt.timedelta(days=8), "a week before: a Friday"
    assert "language" in found.at["F1", "note"]


def test_a_hand_off_tells_how_full_books_become_and_whom_to_meet_first() -> None:
    people = [
        worker("AWAY", leave_start=DAY, leave_end=DAY + dt.timedelta(days=90)),
        worker("TAKES"),
    ]
    rows = [owned(f"A{n}", "AWAY", revenue=float(n)) for n in range(4)]
    rows += [owned("RED", "AWAY", revenue=0.5, health_segment="Red"), owned("HAS", "TAKES")]
    found = hand_off.plan(weighed(rows), pd.DataFrame(people), AS_OF, RULES)
    assert list(found["account_id"]) == ["RED", "A3", "A2", "A1", "A0"]
    assert set(found["to_accounts"]) == {1}
    assert set(found["to_accounts_after"]) == {6}
    assert set(found["to_max_accounts"]) == {RULES.capacity.max_accounts}


def test_what_only_a_person_may_agree_to_is_no_settled_part_of_a_hand_off() -> None:
    soon = {"termination_date": DAY + dt.timedelta(days=40)}
    people = [worker("SOON", **soon), worker("FAR", region="North America", languages="en")]
    people.append(worker("M1", job_profile="Manager", worker_name="Ada Lead"))
    stakes = {"small": 50_000.0, "big": 100_000.0}
    rows = [owned(name, "SOON", language="de", revenue=value) for name, value in stakes.items()]
    rows.append(owned("named", "SOON", segment="Enterprise", revenue=50_000.0))
    found = hand_off.plan(weighed(rows), pd.DataFrame(people), AS_OF, RULES).set_index("account_id")
    assert set(found["to_worker_id"]) == {"FAR"}
    status = found["status"].to_dict()
    assert status == {"small": "planned", "big": "needs_person", "named": "needs_person"}
    assert found.loc[["big", "named"], "agreed_by"].tolist() == ["Ada Lead or operations"] * 2
    assert found.at["small", "agreed_by"] is None
    note = found.at["big", "note"]
    assert "language spoken and same region, at stake: Residential, 100,000 USD" in note
    assert "same region, at stake: Enterprise, 50,000 USD" in found.at["named", "note"]


def test_where_nobody_is_senior_enough_a_hand_off_says_what_a_person_may_agree_to() -> None:
    soon = {"termination_date": DAY + dt.timedelta(days=40)}
    new = worker("NEW", hire_date=DAY - dt.timedelta(days=60), manager_id=None)
    rows = [owned("RICH", "SOON", segment="Enterprise", revenue=2e6, health_segment="Red")]
    people = pd.DataFrame([worker("SOON", **soon), new])
    (row,) = hand_off.plan(weighed(rows), people, AS_OF, RULES).to_dict("records")
    assert (row["to_worker_id"], row["status"]) == (None, "needs_person")
    assert row["agreed_by"] == "operations"
    assert row["note"].startswith("1 CSM: is too new for what is at stake; to agree to: seniority")
    people = pd.DataFrame([worker("SOON", **soon), worker("FULL", max_accounts=0)])
    (row,) = hand_off.plan(weighed(rows), people, AS_OF, RULES).to_dict("records")
    assert (row["to_worker_id"], row["status"]) == (None, "nobody")


def test_the_command_counts_apart_what_a_person_must_agree_to(home: DuckDBWarehouse) -> None:
    rows = [owned(f"E{n}", "W2", segment="Enterprise", revenue=9e4) for n in range(2)]
    rows += [owned("PLAIN", "W2", revenue=1e4)]
    far = [worker(f"W{n}", is_active=n != 2, region="Europe" if n == 2 else "North America")
           for n in range(1, 5)]  # fmt: skip
    fill(home, workday_workers=far, accounts=rows)
    said = " ".join(run("route", "--hand-off").split())
    assert "2 accounts (180,000 USD) not settled: a person must agree first: E0, E1." in said
    assert "only if operations agrees by" in said
    assert re.search(r"takes 1 account \(10,000 USD\), and has (\d+) then instead of \d+", said)


def test_the_command_tells_who_takes_what(home: DuckDBWarehouse) -> None:
    assert "nothing to hand off" in run("route", "--hand-off")
    fill(home, workday_workers=[worker(f"W{n}", is_active=n != 2) for n in range(1, 5)])
    rows = json.loads(run("route", "--hand-off", "--json"))
    assert {row["account_id"] for row in rows} == {"O20", "O21", "O22"}
    assert {row["to_worker_id"] for row in rows} <= {"W1", "W3", "W4"}
    assert "O21" in run("route", "--hand-off")


def test_what_the_crm_lacks_is_a_file_and_what_is_held_is_not_in_it(
    home: DuckDBWarehouse, tmp_path: Path
) -> None:
    given = {"tenant_id": "T1", "batch_id": "B", "method": "person", "review_verdict": "unreviewed"}
    given |= {"llm_feedback": "[]", "policy_version": "1", "worker_id": "W1"}
    rows = [
        {"account_id": "A0", "account_name": "A", "worker_name": "=cmd()", "status": "assigned"},
        {"account_id": "A1", "account_name": "B", "worker_name": "Ann, M.", "status": "overridden"},
        {"account_id": "A2", "account_name": "C", "worker_name": "Ann", "status": "held"},
        {"account_id": "O10", "account_name": "D", "worker_name": "Ann", "status": "assigned"},
    ]
    with home.session("test") as db:
        table = "analytics.account_csm_assignments"
        db.merge(table, pd.DataFrame([{**given, "assigned_at": AS_OF, **row} for row in rows]))
    path = tmp_path / "crm.csv"
    run("route", "--write-back", str(path))
    first = path.read_bytes()
    lines = first.decode().splitlines()
    assert [line.split(",")[1] for line in lines] == ["account_id", "A0", "A1"]
    assert ",'=cmd()," in lines[1]
    assert ',"Ann, M.",' in lines[2]
    run("route", "--write-back", str(path))
    assert path.read_bytes() == first
    taken = account("A0", owner_worker_id="W1", owned_since=AS_OF)
    fill(home, accounts=[taken, account("A1"), owned("O10", "W1")])
    run("route", "--write-back", str(path))
    assert path.read_bytes().decode().splitlines()[1:] == lines[2:]
    with pytest.raises(UsageError, match="is no folder"):
        run("route", "--write-back", str(tmp_path / "no" / "x"))


def test_the_crm_is_told_each_owner_once(
    home: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("route", "--json")
    people = [worker(f"W{n}", worker_email=PEOPLE["12"]) for n in range(1, 5)]
    with FakeCrm({f"A{n}": None for n in range(5)}).serving() as crm:
        monkeypatch.setenv("CRM_PROVIDER", "hubspot")
        monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "pat")
        monkeypatch.setenv("HUBSPOT_BASE_URL", crm.server.url)
        fill(home, workday_workers=people)
        said = json.loads(run("route", "--to-crm", "--json", status=1))
        assert said["states"] == {"sent": 5, "failed": 1}, "the CRM does not know A5"
        assert set(crm.owners.values()) == {"12"}
        again = run("route", "--to-crm", status=1)
    assert len(crm.written) == 5
    assert "5 sent" in again


def arrivals(each: list[int]) -> pd.DataFrame:
    """So many accounts of Europe in each past quarter, the oldest first."""
    begin = pd.Timestamp(AS_OF).to_period("Q")
    rows = []
    for back, count in zip(range(len(each), 0, -1), each, strict=True):
        moment = (begin - back).start_time + pd.Timedelta(days=20)
        rows += [(f"{back}-{k}", "Europe", moment, None) for k in range(count)]
    return pd.DataFrame(rows, columns=["account_id", "region", "arrived_at", "lost_at"])


def test_a_plan_says_how_many_and_by_when() -> None:
    people = pd.DataFrame([worker(f"W{n}") for n in range(4)])
    mine = weighed([owned(f"O{n}", f"W{n % 4}") for n in range(280)])
    (one,) = capacity_plan.plan(arrivals([30, 34, 26, 30]), mine, people, AS_OF, 4, RULES)
    assert (one.region, one.accounts, one.csms, one.arrivals) == ("Europe", 280, 4, 30.0)
    first, last = one.plan[0], one.plan[-1]
    assert first.ends == dt.date(2026, 12, 31)
    assert last.accounts == pytest.approx(280 + 30 * 4 * (last.ends - DAY).days / 365.25, abs=0.1)
    assert last.low is not None
    assert last.high is not None
    assert last.low < last.accounts < last.high
    assert last.room == 340.0
    assert (last.needed, last.hires) == (6, 2)
    assert (last.ends - last.hire_by).days == 91
    assert [q.hires for q in one.plan] == sorted(q.hires for q in one.plan)


def test_who_is_needed_are_those_there_and_the_hires_also_where_caps_are_smaller() -> None:
    people = pd.DataFrame([worker(f"W{n}", max_accounts=70) for n in range(4)])
    mine = weighed([owned(f"O{n}", f"W{n % 4}") for n in range(239)])
    (one,) = capacity_plan.plan(arrivals([1, 1, 1, 1]), mine, people, AS_OF, 1, RULES)
    assert (one.plan[0].needed, one.plan[0].staying, one.plan[0].hires) == (5, 4.0, 1)


def test_accounts_in_shared_books_ask_for_no_csm() -> None:
    people = pd.DataFrame([*(worker(f"W{n}") for n in range(4)), worker("P", coverage="pooled")])
    rows = [owned(f"O{n}", f"W{n % 4}") for n in range(280)]
    mine = weighed([*rows, *(owned(f"P{n}", "P") for n in range(100))])
    came = arrivals([30, 34, 26, 30])
    pooled = came.assign(account_id=[f"P{n % 100}" for n in range(len(came))])
    (one,) = capacity_plan.plan(pd.concat([came, pooled]), mine, people, AS_OF, 4, RULES)
    assert (one.accounts, one.csms, one.arrivals) == (280, 4, 30.0)
    assert one.plan[-1].room == 340.0


def test_accounts_that_wait_need_a_csm_too() -> None:
    """Also where a region has nobody yet."""
    people = pd.DataFrame([worker("W1", region="Europe", max_accounts=40)])
    mine = weighed([owned(f"O{n}", "W1") for n in range(34)])
    came = arrivals([1, 1, 1, 1])
    idle = pd.DataFrame(
        [{"account_id": f"N{n}", "region": region, "arrived_at": AS_OF, "lost_at": None}
         for n, region in enumerate(["Europe"] * 6 + ["Asia Pacific"])]
    )  # fmt: skip
    both = pd.concat([came, idle])
    asia, europe = capacity_plan.plan(
        both, mine, people, AS_OF, 1, RULES, waiting=list(idle["account_id"])
    )
    assert (europe.accounts, europe.waiting, europe.plan[0].hires) == (40, 6, 1)
    assert (asia.accounts, asia.waiting, asia.csms) == (1, 1, 0)
    without = capacity_plan.plan(both, mine, people, AS_OF, 1, RULES)
    assert without[1].accounts == 34


def test_few_quarters_give_no_interval_and_leavers_take_room() -> None:
    gone = worker("GONE", termination_date=DAY - dt.timedelta(days=100), is_active=False)
    going = worker("GOING", termination_date=DAY + dt.timedelta(days=10))
    people = pd.DataFrame([worker("STAYS"), gone, going, worker("NA", region="NAM")])
    mine = weighed([owned("O1", "STAYS")])
    regions = capacity_plan.plan(arrivals([3, 4]), mine, people, AS_OF, 2, RULES)
    assert [one.region for one in regions] == ["Europe", "North America"]
    europe = regions[0]
    assert europe.plan[0].low is None
    assert europe.left == 1
    assert europe.attrition > 0
    assert europe.plan[0].room < 85
    assert [(one.csms, one.away) for one in regions] == [(2, 1), (1, 0)]


def test_the_plan_is_told_and_drawn(home: DuckDBWarehouse, tmp_path: Path) -> None:
    picture = tmp_path / "plan.png"
    said = run("route", "--plan", "3", "--chart", str(picture))
    assert "18 accounts (6 without a CSM yet), 4 CSMs" in said
    assert picture.read_bytes().startswith(b"\x89PNG")
    (one,) = json.loads(run("route", "--plan", "2", "--json"))
    assert len(one["plan"]) == 2


def test_a_proposal_tells_books_before_and_after_and_why(home: DuckDBWarehouse) -> None:
    people = pd.DataFrame([worker("FULL"), worker("FREE")])
    mine = weighed([owned(f"O{n}", "FULL" if n < 30 else "FREE") for n in range(34)])
    books = shelving.books(people, mine, AS_OF, RULES)
    point = rebalance.pareto(mine, books, RULES, AS_OF)[-1]
    table = before_after.by_csm(point, mine, {"FULL": "Fay", "FREE": "Fred"}).set_index("csm")
    moved = len(point.moves)
    assert moved > 0
    assert table.at["Fay", "accounts before"] == 30
    assert table.at["Fay", "accounts after"] == 30 - moved
    assert table.at["Fred", "accounts after"] == 4 + moved
    assert table.at["Fay", "revenue before"] == 600_000
    why = before_after.reasons(point, mine, books, RULES)
    assert set(why) == {name for name, _, _ in point.moves}
    assert all("% full" in said for said in why.values())


def test_the_reason_is_in_what_weighs_most_whatever_its_unit() -> None:
    people = [worker("FULL"), worker("FREE")]
    held = [owned(f"O{n}", "FULL", revenue=1_000.0 + n) for n in range(40)]
    held += [owned(f"P{n}", "FREE", revenue=4_000.0) for n in range(9)]
    mine = weighed(held)
    books = shelving.books(pd.DataFrame(people), mine, AS_OF, RULES)
    point = rebalance.pareto(mine, books, RULES, AS_OF)[-1]
    (why,) = {said.split()[1] for said in before_after.reasons(point, mine, books, RULES).values()}
    assert why in ("capacity", "accounts")


def test_the_rebalancing_command_shows_both_pictures(home: DuckDBWarehouse, tmp_path: Path) -> None:
    fill(home, accounts=[owned(f"O{n}", "W1" if n < 24 else "W2") for n in range(26)])
    picture = tmp_path / "books.png"
    said = run("route", "--rebalance", "--chart", str(picture))
    assert "before and after" in said
    assert (tmp_path / "books-pareto.png").is_file()
    last = json.loads(run("route", "--rebalance", "--json"))[-1]
    assert set(last["reasons"]) == {move[0] for move in last["moves"]}

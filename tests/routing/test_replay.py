"""Replays know only what could be known then: what happened later changes nothing."""

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest

from cs_assets.routing import policy
from cs_assets.routing.rehearsal import charts
from cs_assets.routing.rehearsal.replay import Month, last_months, replay
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.routing import frames
from tests.routing.conftest import fill
from tests.routing.test_commands import run

MAY = dt.date(2026, 5, 1)
RULES = policy.load()


def moment(month: int, day: int) -> dt.datetime:
    return dt.datetime(2026, month, day, 12)


def past(account: str, worker: str, began: dt.datetime, **values: object) -> dict[str, object]:
    row = {"account_id": account, "worker_id": worker, "assigned_at": began}
    return row | {"ended_at": None, "outcome": "open", **values}


@pytest.fixture
def firm(small: DuckDBWarehouse) -> DuckDBWarehouse:
    """Three CSMs with books in April; four accounts came in May, all to W1."""
    held = [(f"H{n}", f"W{n % 3 + 1}", moment(2, 1 + n)) for n in range(9)]
    accounts = [frames.account(name) for name, *_ in held]
    accounts += [frames.account(f"N{n}") for n in range(4)]
    fill(
        small,
        accounts=accounts,
        workday_workers=[frames.worker(f"W{n}") for n in (1, 2, 3)],
        csm_assignment_history=[
            *(past(*row) for row in held),
            *(past(f"N{n}", "W1", moment(5, 3 + n)) for n in range(4)),
        ],
        svot_signals=[_signal("S1", "N1", dt.date(2026, 4, 2))],
    )
    return small


def _signal(name: str, account: str, day: dt.date, **values: object) -> dict[str, object]:
    row = {"signal_id": name, "account_id": account, "signal_date": day}
    return row | {"signal_type": "usage_drop", "severity": "high", "is_active": True, **values}


def replayed(warehouse: DuckDBWarehouse) -> Month:
    with warehouse.session("test") as db:
        return replay(db, MAY, RULES)


def rows_of(month: Month) -> pd.DataFrame:
    assert month.outcome is not None
    return month.outcome.recommendations


def test_a_month_is_routed_on_its_books_and_compared_with_people(firm: DuckDBWarehouse) -> None:
    month = replayed(firm)
    assert (month.accounts, month.placed) == (4, 4)
    assert month.agree <= 2
    assert month.routed["points_gini"] < month.people["points_gini"]  # type: ignore[operator]
    first = rows_of(month).query("rank == 1").set_index("account_id")
    assert first["worker_id"].nunique() == 3


def test_nothing_that_happened_later_changes_a_replay(firm: DuckDBWarehouse) -> None:
    before = replayed(firm)
    later = moment(7, 1)
    worse = {"health_segment": "Red", "open_tickets": 9, "tad_score": 99.0, "revenue": 9e6}
    worse |= {"lifecycle_stage": "renewal", "owner_worker_id": "W3", "owned_since": later}
    changed = [frames.account(f"H{n}", **worse) for n in range(9)]
    changed += [frames.account(f"N{n}", **worse, is_protected=True) for n in range(4)]
    fill(
        firm,
        accounts=changed,
        workday_workers=[
            frames.worker("W1", is_active=False, termination_date=dt.date(2026, 6, 30)),
            frames.worker("W2", leave_start=dt.date(2026, 6, 1)),
            frames.worker("W3"),
            frames.worker("W4", hire_date=dt.date(2026, 6, 1)),
        ],
        csm_assignment_history=[
            *(past(f"H{n}", f"W{n % 3 + 1}", moment(2, 1 + n), ended_at=later, outcome="churned")
              for n in range(9)),
            *(past(f"H{n}", "W4", later) for n in range(9)),
            *(past(f"N{n}", "W1", moment(5, 3 + n), ended_at=later, outcome="escalated")
              for n in range(4)),
        ],
        svot_signals=[
            _signal("S1", "N1", dt.date(2026, 4, 2), is_active=False),
            _signal("S2", "N2", dt.date(2026, 5, 1)),
        ],
        onboarding_detail=[frames.onboarding("N1")],
    )  # fmt: skip
    described = {"batch_id": "LATER", "account_id": "N1", "churn_risk": "high", "churn_signals": 1,
                 "neediness": 9.0, "neediness_terms": "{}", "points": 5.0, "is_protected": False,
                 "in_focus": True, "missing": "[]", "batched_at": later,
                 "health_segment": "Red"}  # fmt: skip
    decided = {"account_id": "N1", "decided_at": later, "decision": "override", "worker_id": "W3",
               "reason_code": "other", "decided_by": "me"}  # fmt: skip
    with firm.session("test") as db:
        db.append("analytics.accounts_needing_csm", pd.DataFrame([described]))
        db.append("analytics.routing_decisions", pd.DataFrame([decided]))
    after = replayed(firm)
    pd.testing.assert_frame_equal(rows_of(after), rows_of(before))
    assert after.outcome is not None
    assert before.outcome is not None
    assert after.outcome.solution == before.outcome.solution
    assert (after.before, after.people, after.routed) == (
        before.before, before.people, before.routed,
    )  # fmt: skip


def test_what_was_known_before_does_change_it(firm: DuckDBWarehouse) -> None:
    before = replayed(firm)
    with firm.session("test") as db:
        db.append("source.svot_signals", pd.DataFrame([_signal("S3", "N3", dt.date(2026, 4, 30))]))
    after = replayed(firm)
    assert set(rows_of(after)["input_hash"]).isdisjoint(rows_of(before)["input_hash"])


def test_months_are_whole_and_in_order() -> None:
    assert last_months(dt.datetime(2026, 1, 15), 3) == [
        dt.date(2025, 10, 1), dt.date(2025, 11, 1), dt.date(2025, 12, 1),
    ]  # fmt: skip


def test_the_command_lists_months_and_draws_them(
    firm: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CS_ASSETS_HOME", str(Path(firm.path).parent))
    monkeypatch.setattr("cs_assets.commands.route._now", lambda: moment(7, 9))
    picture = tmp_path / "months.png"
    text = run("route", "--replay", "2", "--chart", str(picture))
    assert "2026-05" in text
    assert "no data" not in text
    assert picture.read_bytes() == charts.replayed(
        [_as_month(row) for row in json.loads(run("route", "--replay", "2", "--json"))]
    )


def _as_month(row: dict) -> Month:
    return Month(**{**row, "month": dt.date.fromisoformat(row["month"])})

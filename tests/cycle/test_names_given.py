"""Customers, reps, CSMs and accounts are named in one way in every command that takes a name."""

import pytest

from cs_assets.names import plain
from tests.cycle.conftest import WEEK, Finished
from tests.faults.forked_commands import Commands

#: Commands and the kind of name that they take.
TAKING = (
    (["calls", "list", "--rep", "{}"], "rep"),
    (["calls", "impact", "--rep", "{}"], "rep"),
    (["rep", "plan", "{}"], "rep"),
    (["digest", "{}"], "rep"),
    (["calls", "list", "--customer", "{}"], "customer"),
    (["customers", "show", "{}"], "customer"),
    (["report", "history", "{}"], "customer"),
    (["report", "{}", "--week", WEEK], "customer"),
    (["customers", "list", "--csm", "{}"], "CSM"),
    (["report", "--csm", "{}", "--week", WEEK, "--text"], "CSM"),
    (["route", "--explain", "{}"], "account"),
)
NAMES = {
    "rep": ("SELECT full_name FROM gong.gong_users WHERE full_name LIKE 'Tom%'", "Tomaz Ibara"),
    "customer": (
        "SELECT customer_name FROM analytics.v_customers WHERE health_segment IS NOT NULL"
        " ORDER BY customer_id LIMIT 1", "",
    ),
    "CSM": ("SELECT 'Emma Rodriguez'", "Ema Rodrigez"),
    "account": (
        "SELECT a.account_name FROM source.accounts a JOIN analytics.account_csm_assignments g"
        " ON g.account_id = a.account_id ORDER BY a.account_id LIMIT 1", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("taking", TAKING, ids=lambda taking: " ".join(taking[0]))
def test_a_name_is_understood_as_it_is_typed(finished: Finished, forks: Commands, taking) -> None:
    words, kind = taking
    asked, near = NAMES[kind]
    name = str(finished.rows(asked).iloc[0, 0])
    typed = plain(name).upper()
    done = forks.run(finished.home.root, [word.format(typed) for word in words])
    assert done.status == 0, done.said
    mistyped = near or f"{typed[:-2]}X{typed[-2:]}Q"
    done = forks.run(finished.home.root, [word.format(mistyped) for word in words])
    assert done.status == 2, done.said
    assert f"is called '{mistyped}'; near: " in done.last_line, done.said
    assert name in done.last_line

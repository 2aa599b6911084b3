"""The coaching assets, materialised on a small team in a real warehouse."""

import json

import pandas as pd
import pytest

from tests.benchmarks.coaching import counted
from tests.coaching.tenant import MONDAY, Tenant, small_team, weeks_ago

WEEK = MONDAY.isoformat()


LONG_AGO = weeks_ago(30)


def table(warehouse, name, first=LONG_AGO, last=MONDAY):
    with warehouse.session("test") as db:
        return db.query(f"coaching/{name}", [first, last])


def gate(warehouse):
    with warehouse.session("test") as db:
        rows = db.query("coaching/gate_of_weeks", [MONDAY, MONDAY])
    return {row["artefact_id"]: row for row in rows.to_dict("records")}


def checks_of(result):
    return {check.check_name: check for check in result.get_asset_check_evaluations()}


def test_every_rep_gets_a_digest_and_all_checks_pass(team, materialize):
    result = materialize()
    assert result.success
    assert all(check.passed for check in checks_of(result).values())
    digests = table(team, "rep_digests").set_index("rep_user_id")
    assert digests.loc[["ann", "bob"], "status"].tolist() == ["written", "written"]
    assert digests.loc["ann", ["calls_week", "calls_window"]].tolist() == [3, 12]


def test_the_rep_who_improves_is_told_so_and_the_steady_one_is_not(team, materialize):
    materialize("rep_week_scores", "rep_week_objections", "rep_week_trends")
    verdicts = table(team, "rep_week_trends").set_index(["rep_user_id", "dimension"])["verdict"]
    assert (verdicts["ann"] == "improving").all()
    assert (verdicts["bob"] == "no_clear_change").all()


def test_scores_carry_their_numbers(team, materialize):
    materialize("rep_week_scores")
    rows = table(team, "rep_week_scores").set_index(["rep_user_id", "dimension"])
    ann = rows.loc[("ann", "overall")]
    assert (ann["calls_week"], ann["calls_window"]) == (3, 12)
    assert ann["min_window"] < ann["mean_window"] < ann["max_window"]
    assert ann["low_window"] < ann["mean_window"] < ann["high_window"]
    assert ann["mean_week"] == pytest.approx(81.0)


def test_a_recurring_objection_counts_accounts_not_mentions(team, materialize):
    materialize("rep_week_scores", "rep_week_objections")
    row = table(team, "rep_week_objections").iloc[0]
    assert (row["objection_type"], row["calls"], row["accounts"]) == ("price", 8, 2)
    assert row["is_recurring"]
    assert row["quote"] == "That is too expensive for us."
    assert row["open_calls"] == 8


def test_one_loud_account_is_not_recurring(warehouse, materialize):
    tenant = Tenant()
    tenant.rep("ann")
    price = (("price", "unresolved", "Too expensive."), ("price", "lost", "Still too expensive."))
    for day in range(4):
        tenant.call("ann", weeks_ago(0, day), account="acme", objections=price)
    tenant.store(warehouse)
    materialize("rep_week_objections")
    row = table(warehouse, "rep_week_objections").iloc[0]
    assert (row["calls"], row["accounts"], bool(row["is_recurring"])) == (4, 1, False)


def test_a_quote_that_the_transcript_lacks_is_dropped(warehouse, materialize):
    tenant = Tenant()
    tenant.rep("ann")
    tenant.call("ann", MONDAY, objections=(("price", "lost", "It costs too much."),))
    tenant.sentences[-1]["sentence"] = "It costs a lot."
    tenant.store(warehouse)
    materialize("rep_week_objections")
    assert table(warehouse, "rep_week_objections")["quote"].isna().all()


def test_a_rep_without_scored_calls_gets_no_digest_and_is_listed(warehouse, materialize):
    tenant = small_team()
    tenant.rep("cyd", "Cyd Fox")
    tenant.call("cyd", MONDAY, status="too_short")
    tenant.store(warehouse)
    materialize()
    digests = table(warehouse, "rep_digests").set_index("rep_user_id")
    assert digests.loc["cyd", "status"] == "no_calls"
    summary = table(warehouse, "team_summary").set_index("audience_id")
    assert "Cyd Fox" in summary.loc["boss", "texts"]
    assert "Cyd Fox" not in summary.loc["team", "texts"]


def test_nothing_new_since_the_last_digest_is_one_line(warehouse, materialize, home):
    tenant = Tenant()
    tenant.rep("ann")
    tenant.call("ann", weeks_ago(1))
    tenant.store(warehouse)
    materialize(first=weeks_ago(1).isoformat())
    digests = table(warehouse, "rep_digests").set_index("week_start")
    assert digests["status"].tolist() == ["written", "nothing_new"]
    text = (home.root / digests["text_path"].iloc[1]).read_text()
    assert "\n\nNothing new since your last digest" in text
    assert "## Scores" not in text


def test_a_first_digest_tells_of_the_window_even_without_a_call_this_week(warehouse, materialize):
    tenant = Tenant()
    tenant.rep("ann")
    tenant.call("ann", weeks_ago(2))
    tenant.store(warehouse)
    materialize()
    row = table(warehouse, "rep_digests").iloc[0]
    assert row["status"] == "written"
    assert row["headline"].startswith("No scored call this week")
    assert "too few" in row["headline"]


def test_focus_persists_until_improved(warehouse, materialize):
    tenant = Tenant()
    tenant.rep("ann")
    for week in range(12):
        low = {"discovery": 20.0, "engagement": 60.0, "product_knowledge": 90.0}
        high = {"discovery": 95.0, "engagement": 50.0, "product_knowledge": 90.0}
        for day in range(2):
            tenant.call("ann", weeks_ago(week, day), low if week >= 6 else high)
    tenant.store(warehouse)
    materialize(first=weeks_ago(7).isoformat())
    rows = table(warehouse, "rep_week_focus")
    own = rows[rows["focus_id"] == "discovery.open_questions"].sort_values("week_start")
    assert own["state"].tolist()[:5] == ["open"] * 5
    assert own["state"].tolist()[-1] == "improved"
    assert (own["since_week"].dt.date == weeks_ago(7)).all()
    first_places = rows[rows["place"] == 1].sort_values("week_start")["focus_id"].tolist()
    closed = own["state"].tolist().index("improved")
    assert first_places[:closed] == ["discovery.open_questions"] * closed


def test_materialising_twice_gives_the_same_rows_and_files(team, materialize, home):
    def state():
        rows = {
            name: table(team, name).to_json(date_format="iso")
            for name in ("rep_week_trends", "rep_week_focus", "rep_digests", "team_summary")
        }
        files = {
            path.name: path.read_bytes()
            for path in sorted(home.artifacts.rglob("*"))
            if path.is_file()
        }
        return rows, files

    materialize()
    first = state()
    materialize()
    assert state() == first


def test_a_range_gives_the_same_digests_as_week_by_week(team, materialize):
    weeks = [weeks_ago(2), weeks_ago(1), MONDAY]
    for week in weeks:
        materialize(last=week.isoformat())
    one_by_one = table(team, "rep_digests").sort_values(["rep_user_id", "week_start"])
    materialize(first=weeks[0].isoformat())
    ranged = table(team, "rep_digests").sort_values(["rep_user_id", "week_start"])
    pd.testing.assert_frame_equal(one_by_one.reset_index(drop=True), ranged.reset_index(drop=True))


def test_an_unreadable_call_is_named_and_stops_nobody(warehouse, materialize):
    tenant = small_team()
    broken = tenant.call("ann", MONDAY, evidence="{not json")
    tenant.store(warehouse)
    result = materialize()
    assert result.success
    (event,) = result.asset_materializations_for_node("rep_digests")
    assert broken in event.metadata["unreadable_calls"].value
    assert table(warehouse, "rep_digests")["status"].eq("written").all()


def test_a_failing_rep_is_named_and_the_others_get_their_digests(team, materialize, monkeypatch):
    from cs_assets.coaching import assets

    write = assets.write_digest

    def failing(week, *more):
        if week.rep.user_id == "ann":
            raise RuntimeError("the page broke")
        return write(week, *more)

    monkeypatch.setattr(assets, "write_digest", failing)
    result = materialize()
    found = checks_of(result)["every_rep_has_a_digest"]
    assert not found.passed
    assert found.metadata["wrong"].value == {f"ann {WEEK}": "RuntimeError: the page broke"}
    statuses = table(team, "rep_digests").set_index("rep_user_id")["status"]
    assert statuses.to_dict() == {"ann": "failed", "bob": "written"}
    assert set(gate(team)) == {"bob", "team", "team-boss"}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"email": None}, "no_recipient"),
        ({"email": "ann@team.example, eve@evil.example"}, "bad_recipient"),
        ({"email": "ann@team.example\nBcc: eve@evil.example"}, "bad_recipient"),
        ({"is_active": False}, "inactive_user"),
    ],
)
def test_a_digest_that_has_nobody_to_go_to_is_held(warehouse, materialize, change, rule):
    tenant = small_team()
    next(user for user in tenant.users if user["user_id"] == "ann").update(change)
    tenant.store(warehouse)
    materialize()
    held = gate(warehouse)["ann"]
    assert held["verdict"] == "hold"
    assert [reason["rule"] for reason in json.loads(held["reasons"])] == [rule]
    assert gate(warehouse)["bob"]["verdict"] == "send"


def test_private_calls_vanish_from_what_is_told(warehouse, materialize):
    tenant = small_team()
    tenant.call("ann", MONDAY, 5.0, said="A secret of the private call.", is_private=True)
    tenant.store(warehouse)
    materialize()
    digest = table(warehouse, "rep_digests").set_index("rep_user_id").loc["ann"]
    assert digest["calls_week"] == 3
    assert digest["skipped_window"] == 1
    assert "secret" not in digest["texts"] + digest["sheet"]


def test_scores_of_two_rubrics_are_never_put_together(warehouse, materialize):
    tenant = Tenant()
    tenant.rep("ann")
    tenant.call("ann", weeks_ago(1), 10.0, rubric_version="1")
    tenant.call("ann", weeks_ago(0), 90.0, rubric_version="2")
    tenant.store(warehouse)
    materialize("rep_week_scores")
    row = table(warehouse, "rep_week_scores").set_index("dimension").loc["overall"]
    assert (row["calls_window"], row["mean_window"], row["rubric_version"]) == (1, 90.0, "2")


def test_a_week_takes_as_many_statements_for_two_reps_as_for_twenty(warehouse, materialize):
    def statements(reps):
        tenant = Tenant()
        for number in range(reps):
            tenant.rep(f"r{number}", f"Rep {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number]}")
            tenant.call(f"r{number}", MONDAY)
        tenant.store(warehouse)
        with counted() as seen:
            materialize("rep_digests", "team_summary")
        return len(seen)

    assert statements(2) == statements(20)


def test_a_week_without_calls_empties_its_partition(warehouse, materialize):
    tenant = small_team().store(warehouse)
    materialize()
    tenant.analysis.clear()
    with warehouse.session("test") as db:
        db.replace("analytics.call_analysis", pd.DataFrame(), {})
    assert materialize().success
    assert table(warehouse, "rep_digests", MONDAY, MONDAY).empty
    assert table(warehouse, "team_summary", MONDAY, MONDAY).empty
    assert gate(warehouse) == {}


def test_a_run_for_some_reps_leaves_the_others_digests(warehouse, materialize):
    tenant = small_team().store(warehouse)
    materialize()
    before = table(warehouse, "rep_digests").set_index("rep_user_id")["content_sha256"]
    tenant.call("ann", MONDAY, 20.0)
    tenant.call("bob", MONDAY, 95.0)
    tenant.store(warehouse)
    materialize(run_config={"ops": {"rep_digests": {"config": {"reps": ["bob"]}}}})
    after = table(warehouse, "rep_digests").set_index("rep_user_id")["content_sha256"]
    assert after["ann"] == before["ann"]
    assert after["bob"] != before["bob"]
    assert set(gate(warehouse)) == {"ann", "bob", "team", "team-boss"}


@pytest.mark.parametrize(
    ("first", "last", "verdict"),
    [
        ("2026-11-10", "2026-11-20", "hold"),
        ("2026-11-10", None, "hold"),
        ("2026-10-01", "2026-11-15", "send"),
        ("2026-11-17", "2026-12-01", "send"),
    ],
)
def test_who_is_on_leave_by_the_workers_table_is_sent_nothing(
    team, materialize, first, last, verdict
):
    worker = {
        "worker_id": "w1", "worker_name": "Ann Lee", "worker_email": "Ann@Team.example ",
        "job_profile": "Sales", "is_active": True, "hire_date": "2020-01-01",
        "leave_start": first, "leave_end": last,
    }  # fmt: skip
    with team.session("test") as db:
        db.append("source.workday_workers", pd.DataFrame([worker]))
    materialize()
    assert gate(team)["ann"]["verdict"] == verdict
    assert gate(team)["bob"]["verdict"] == "send"

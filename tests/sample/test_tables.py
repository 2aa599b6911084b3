"""The tables of the sample tenant: sizes, identities and inner consistency."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cs_assets.sample import write_tenant
from cs_assets.sample.accounts import NEEDS_CSM
from cs_assets.sample.truths import DORMANT_CUSTOMER, NO_CONVERSIONS_CUSTOMER
from sql import catalog
from tests.waiting import PATIENCE


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.*"))
    }


@pytest.mark.parametrize("seed", ["0", "4242"])
def test_another_process_writes_the_same_bytes(tenant, tmp_path, seed):
    script = "import sys, pathlib; from cs_assets.sample import write_tenant as w; "
    script += "p = pathlib.Path(sys.argv[1]); w(p / 'sources', p / 'gong')"
    environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo"}
    subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], check=True, env=environment, timeout=PATIENCE
    )
    assert digests(tmp_path) == digests(tenant)
    assert len(digests(tenant)) >= 25


def test_writing_the_tenant_takes_less_than_four_seconds(tmp_path):
    started = time.process_time()  # other work on the machine does not count
    write_tenant(tmp_path / "sources", tmp_path / "gong")
    assert time.process_time() - started < 4


def test_there_is_a_file_for_each_source_table(tables):
    declared = {t.name for t in catalog.tables().values() if t.schema == "source"}
    assert set(tables) == declared


def test_the_sizes_are_those_that_were_asked_for(tables):
    assert len(tables["conversions"]) == 5_000
    assert len(tables["attributions"]) == 8_000
    assert len(tables["industry_benchmarks"]) == 500
    assert len(tables["historical_engagement"]) == 10_000
    assert len(tables["case_studies"]) == 7
    assert len(tables["customers"]) >= 60
    assert len(tables["workday_workers"]) == 15


def test_the_four_csms_keep_their_regions_and_customers(tables):
    csms = tables["csms"].set_index("csm_id")
    assert csms.loc["CSM001", ["csm_name", "region"]].tolist() == ["Sarah Johnson", "North America"]
    assert csms.loc["CSM002", ["csm_name", "region"]].tolist() == ["Michael Chen", "Asia Pacific"]
    assert csms.loc["CSM003", ["csm_name", "region"]].tolist() == ["Emma Rodriguez", "Europe"]
    assert csms.loc["CSM004", ["csm_name", "region"]].tolist() == [
        "James Williams",
        "Latin America",
    ]
    owner = tables["csm_assignments"].set_index("customer_id")["csm_id"]
    for csm, customers in {
        "CSM001": ["CUST_12345", "CUST_23456", "CUST_34567"],
        "CSM002": ["CUST_45678", "CUST_56789"],
        "CSM003": ["CUST_67890", "CUST_78901"],
        "CSM004": ["CUST_89012", "CUST_90123"],
    }.items():
        assert set(owner[customers]) == {csm}


def test_activity_runs_for_fifteen_months_up_to_the_reported_week(tables):
    days = tables["conversions"]["conversion_date"]
    assert (days.max() - days.min()).days >= 450
    assert str(days.max().date()) <= "2026-11-15"
    last = tables["conversions"][days >= "2026-11-09"].groupby("customer_id").size()
    silent = {NO_CONVERSIONS_CUSTOMER, DORMANT_CUSTOMER, "CUST_11254"}  # the last one is set up
    assert set(tables["customers"]["customer_id"]) - set(last.index) == silent


def test_touchpoints_share_each_conversions_value_to_the_cent(tables):
    credited = tables["attributions"].groupby("customer_id")["attributed_revenue"].sum()
    converted = tables["conversions"].groupby("customer_id")["conversion_value"].sum()
    assert (credited - converted).abs().max() < 0.005


def test_nobody_opens_more_than_was_sent_or_clicks_more_than_was_opened(tables):
    rows = tables["historical_engagement"]
    assert (rows["messages_opened"] <= rows["messages_sent"]).all()
    assert (rows["messages_clicked"] <= rows["messages_opened"]).all()
    assert rows["engagement_score"].between(0, 100).all()
    assert not rows.duplicated(["customer_id", "engagement_date", "channel"]).any()


def test_forty_accounts_need_a_csm_among_rows_with_warts(tables):
    view = tables["onboarding_detail"]
    waiting = view[view["success_transition_status_ob"] == NEEDS_CSM]
    assert waiting["account_id_ob"].nunique() == 40
    assert waiting["account_id_ob"].isna().sum() == 3
    assert waiting["account_id_ob"].dropna().duplicated().sum() == 3
    assert set(view["success_transition_status_ob"].dropna()) > {NEEDS_CSM, "Assigned", "On hold"}
    accounts = tables["accounts"].set_index("account_id")
    assert accounts.loc[waiting["account_id_ob"].dropna(), "owner_worker_id"].isna().all()


def test_some_workers_have_left_are_away_or_are_new(tables):
    workers = tables["workday_workers"]
    assert (~workers["is_active"]).sum() == 2
    assert workers["leave_start"].notna().sum() == 2
    assert (workers["hire_date"] >= "2026-10-01").sum() == 1


def test_case_studies_have_substance(tables):
    studies = tables["case_studies"]
    assert studies["content"].str.count("\n\n").min() >= 3
    assert studies["content"].str.split().str.len().min() >= 180
    assert studies["key_results"].str.count("\n").min() >= 2
    for column in ("industry_vertical", "goal"):
        assert studies[column].is_unique


def test_every_mail_address_is_of_a_reserved_domain(tenant):
    for path in (tenant / "sources").glob("*.csv"):
        for line in path.read_text(encoding="utf-8").splitlines():
            for word in line.replace(",", " ").split():
                assert "@" not in word or word.endswith(".example")

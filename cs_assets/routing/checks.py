"""Asset checks of routing: what a reader must know before trusting a batch."""

import dagster as dg
import pandas as pd

from cs_assets.routing.assets import (
    routing_assignments,
    routing_recommendations,
    routing_review,
)
from resources.warehouse import Warehouse


@dg.asset_check(
    asset=routing_recommendations,
    blocking=True,
    description="Every account of every batch has exactly one outcome, and a checker confirmed it.",
)
def every_account_has_one_outcome(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("every_account_has_one_outcome") as db:
        wrong = db.query("routing/check_outcomes")
    return _verdict(wrong, "accounts of a batch without exactly one outcome")


@dg.asset_check(
    asset=routing_assignments,
    description="No CSM owns more accounts than the book of the last batch allowed.",
)
def no_csm_above_the_cap(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("no_csm_above_the_cap") as db:
        wrong = db.query("routing/check_caps")
    return _verdict(wrong, "CSMs above their cap")


@dg.asset_check(
    asset=routing_assignments,
    description="Every assignment goes to a CSM whom Workday lists as active.",
)
def owners_are_active_in_workday(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("owners_are_active_in_workday") as db:
        wrong = db.query("routing/check_owners")
    return _verdict(wrong, "assignments to workers who are not active")


@dg.asset_check(
    asset=routing_recommendations,
    description="Accounts that no CSM may take, with the rules in the way.",
)
def accounts_left_waiting(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("accounts_left_waiting") as db:
        wrong = db.query("routing/check_waiting")
    return _verdict(wrong, "accounts waiting without a CSM", dg.AssetCheckSeverity.WARN)


@dg.asset_check(
    asset=routing_review,
    description="Assignments held because the reviewer flagged them: a person decides.",
)
def flags_wait_for_a_person(warehouse: Warehouse) -> dg.AssetCheckResult:
    with warehouse.session("flags_wait_for_a_person") as db:
        wrong = db.query("routing/check_holds")
    return _verdict(wrong, "held assignments", dg.AssetCheckSeverity.WARN)


def _verdict(
    wrong: pd.DataFrame, what: str, severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR
) -> dg.AssetCheckResult:
    shown = wrong.head(20).astype(str).to_dict("records")
    return dg.AssetCheckResult(
        passed=wrong.empty,
        severity=severity,
        description=f"{len(wrong)} {what}",
        metadata={"n": len(wrong), "rows": dg.MetadataValue.json(shown)},
    )


checks = [
    every_account_has_one_outcome,
    no_csm_above_the_cap,
    owners_are_active_in_workday,
    accounts_left_waiting,
    flags_wait_for_a_person,
]

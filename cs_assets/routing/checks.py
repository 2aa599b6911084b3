"""Asset checks of routing: what a reader must know before trusting a batch."""

import dagster as dg

from cs_assets.routing.assets import (
    routing_assignments,
    routing_recommendations,
    routing_review,
)
from resources.warehouse import Warehouse


def _no_rows(
    name: str,
    asset: dg.AssetsDefinition,
    statement: str,
    what: str,
    description: str,
    *,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR,
    blocking: bool = False,
) -> dg.AssetChecksDefinition:
    """A check that holds when ``sql/routing/<statement>.sql`` finds no row; it shows the first."""

    @dg.asset_check(name=name, asset=asset, description=description, blocking=blocking)
    def check(warehouse: Warehouse) -> dg.AssetCheckResult:
        with warehouse.session(name) as db:
            wrong = db.query(f"routing/{statement}")
        shown = wrong.head(20).astype(str).to_dict("records")
        return dg.AssetCheckResult(
            passed=wrong.empty,
            severity=severity,
            description=f"{len(wrong)} {what}",
            metadata={"n": len(wrong), "rows": dg.MetadataValue.json(shown)},
        )

    return check


checks = [
    _no_rows(
        "every_account_has_one_outcome",
        routing_recommendations,
        "check_outcomes",
        "accounts of a batch without exactly one outcome",
        "Every account of every batch has exactly one outcome, and a checker confirmed it.",
        blocking=True,
    ),
    _no_rows(
        "no_csm_above_the_cap",
        routing_assignments,
        "check_caps",
        "CSMs above their cap",
        "No CSM owns more accounts than the book of the last batch allowed.",
    ),
    _no_rows(
        "owners_are_active_in_workday",
        routing_assignments,
        "check_owners",
        "assignments to workers who are not active",
        "Every assignment goes to a CSM whom Workday lists as active.",
    ),
    _no_rows(
        "accounts_left_waiting",
        routing_recommendations,
        "check_waiting",
        "accounts waiting without a CSM",
        "Accounts that no CSM may take, with the rules in the way.",
        severity=dg.AssetCheckSeverity.WARN,
    ),
    _no_rows(
        "flags_wait_for_a_person",
        routing_review,
        "check_holds",
        "held assignments",
        "Assignments held because the reviewer flagged them: a person decides.",
        severity=dg.AssetCheckSeverity.WARN,
    ),
]

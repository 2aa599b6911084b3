"""Asset checks of routing: what a reader must know before trusting a batch."""

from cs_assets.kit.checks import WARN, no_rows, unique_grain
from cs_assets.routing.assets import (
    orphaned_accounts,
    routing_assignments,
    routing_recommendations,
    routing_review,
    routing_service_level,
)

checks = [
    no_rows(
        "every_account_has_one_outcome",
        routing_recommendations,
        "routing/check_outcomes",
        holds="Every account of every batch has exactly one outcome, and a checker confirmed it.",
        mend="accounts of a batch without exactly one outcome: materialise the batch again",
        blocking=True,
    ),
    no_rows(
        "no_csm_above_the_cap",
        routing_assignments,
        "routing/check_caps",
        holds="No CSM owns more accounts than the book of the last batch allowed.",
        mend="CSMs above their cap: see 'cs-assets route --rebalance'",
    ),
    no_rows(
        "owners_are_active_in_workday",
        routing_assignments,
        "routing/check_owners",
        holds="Every assignment goes to a CSM whom Workday lists as active.",
        mend="assignments to workers who are not active: override each with a reason",
    ),
    no_rows(
        "accounts_left_waiting",
        routing_recommendations,
        "routing/check_waiting",
        holds="No account waits because no CSM may take it.",
        mend="accounts wait, each with the rules in the way: change a rule or decide by hand",
        severity=WARN,
    ),
    no_rows(
        "no_account_is_orphaned",
        orphaned_accounts,
        "routing/orphans",
        holds="Every owned account has an owner who is there: not gone, leaving or long on leave.",
        mend="accounts without such an owner: 'cs-assets route --what-if' says who could",
        severity=WARN,
    ),
    no_rows(
        "customers_hear_from_their_csm_in_time",
        routing_service_level,
        "routing/check_service_level",
        holds="No account waits longer for a CSM, or for a first call, than the policy wants.",
        mend="accounts that wait too long: a person decides, or the CSM calls",
        severity=WARN,
    ),
    no_rows(
        "flags_wait_for_a_person",
        routing_review,
        "routing/check_holds",
        holds="No assignment is held because the reviewer flagged it.",
        mend="held assignments: 'cs-assets route --to-decide' lists them, a person decides",
        severity=WARN,
    ),
    unique_grain("accounts_needing_csm", "analytics.accounts_needing_csm"),
    unique_grain("csm_books", "analytics.csm_books"),
    unique_grain("routing_metrics", "analytics.routing_metrics"),
    unique_grain("routing_service_level", "analytics.routing_service_level"),
    unique_grain("rebalancing_proposals", "analytics.rebalancing_proposals"),
]

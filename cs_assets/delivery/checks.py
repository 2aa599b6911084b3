"""What a reader of the delivery assets must know: what is unclear, failed, held or waiting."""

from collections.abc import Callable

import dagster as dg
import pandas as pd

from cs_assets.delivery.assets import assets
from cs_assets.delivery.reasons import is_quiet
from cs_assets.delivery.reporting import markdown, waiting_reasons
from cs_assets.partitions import weeks
from resources.warehouse import Warehouse

_KINDS = {
    "book_deliveries": "book",
    "customer_alert_deliveries": "customer_alerts",
    "weekly_report_deliveries": "weekly_report",
    "rep_digest_deliveries": "rep_digest",
    "team_summary_delivery": "team_summary",
}


def _verdict(
    rows: pd.DataFrame, states: tuple[str, ...], severity: dg.AssetCheckSeverity, advice: str
) -> dg.AssetCheckResult:
    # What waits for a morning does as it should.
    found = rows[rows["state"].isin(states) & ~rows["reason"].map(is_quiet)]
    why = waiting_reasons([found])
    if why != "nothing":
        advice = f"waits ({why}); {advice}"
    return dg.AssetCheckResult(
        passed=found.empty,
        severity=severity,
        description="none" if found.empty else f"{len(found)} of {len(rows)}: {advice}",
        metadata={
            "found": len(found),
            "of": len(rows),
            "deliveries": dg.MetadataValue.md(markdown(found)),
        },
    )


def _check(
    asset: dg.AssetsDefinition,
    name: str,
    states: tuple[str, ...],
    severity: dg.AssetCheckSeverity,
    meaning: str,
    advice: str,
) -> dg.AssetChecksDefinition:
    kind = _KINDS[asset.key.to_user_string()]

    @dg.asset_check(asset=asset, name=name, description=meaning, partitions_def=weeks)
    def check(context: dg.AssetCheckExecutionContext, warehouse: Warehouse) -> dg.AssetCheckResult:
        weeks_of_run = context.partition_keys
        with warehouse.session(f"check {name}") as db:
            rows = pd.concat(
                [db.query("delivery/deliveries_of_kind", [kind, week]) for week in weeks_of_run]
            )
        return _verdict(rows, states, severity, advice)

    return check


def _checks_of(asset: dg.AssetsDefinition) -> list[dg.AssetChecksDefinition]:
    make: Callable[..., dg.AssetChecksDefinition] = _check
    error, warn = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN
    return [
        make(
            asset,
            "every_attempt_has_a_clear_answer",
            ("unknown",),
            error,
            "No attempt ended without a clear answer of the provider.",
            "find out, then 'cs-assets deliveries resolve KEY --as sent|not-sent'",
        ),
        make(
            asset,
            "nothing_failed_or_waits",
            ("failed", "pending", "sending"),
            warn,
            "Everything planned was sent, waits for quiet hours, or was cancelled for a reason.",
            "what waits is sent by itself when its channel takes it again, what failed by "
            "'cs-assets deliveries resend --state failed' (first with --dry-run)",
        ),
        make(
            asset,
            "nothing_is_held",
            ("held",),
            warn,
            "No artefact is held back by the gate or for lack of a recipient.",
            "mend what the reasons name, then materialise again",
        ),
    ]


checks = [check for asset in assets for check in _checks_of(asset)]

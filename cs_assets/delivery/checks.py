"""What a reader of the delivery assets must know: what is unclear, failed, held or waiting."""

from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg
import pandas as pd

from cs_assets.delivery.assets import DELIVERED, assets
from cs_assets.delivery.reasons import is_quiet
from cs_assets.delivery.reporting import markdown, waiting_reasons
from cs_assets.kit.checks import ERROR, WARN
from cs_assets.partitions import weeks
from resources.warehouse import Warehouse


@dataclass(frozen=True)
class Rule:
    """States that no delivery should be in."""

    name: str
    states: tuple[str, ...]
    severity: dg.AssetCheckSeverity
    holds: str
    mend: str

    def verdict(self, rows: pd.DataFrame, asset: dg.AssetKey) -> dg.AssetCheckResult:
        # What waits for a morning does as it should.
        found = rows[rows["state"].isin(self.states) & ~rows["reason"].map(is_quiet)]
        why = waiting_reasons([found])
        mend = self.mend if why == "nothing" else f"waits ({why}); {self.mend}"
        return dg.AssetCheckResult(
            passed=found.empty,
            asset_key=asset,
            check_name=self.name,
            severity=self.severity,
            description="none" if found.empty else f"{len(found)} of {len(rows)}: {mend}",
            metadata={
                "found": len(found),
                "of": len(rows),
                "deliveries": dg.MetadataValue.md(markdown(found)),
            },
        )


RULES = (
    Rule(
        "every_attempt_has_a_clear_answer",
        ("unknown",),
        ERROR,
        "No attempt ended without a clear answer of the provider.",
        "find out, then 'cs-assets deliveries resolve KEY --as sent|not-sent'",
    ),
    Rule(
        "nothing_failed_or_waits",
        ("failed", "pending", "sending"),
        WARN,
        "Everything planned was sent, waits for quiet hours, or was cancelled for a reason.",
        "what waits is sent by itself when its channel takes it again, what failed by "
        "'cs-assets deliveries resend --state failed' (first with --dry-run)",
    ),
    Rule(
        "nothing_is_held",
        ("held",),
        WARN,
        "No artefact is held back by the gate or for lack of a recipient.",
        "mend what the reasons name, then materialise again",
    ),
)


def _checks_of(asset: dg.AssetsDefinition) -> dg.AssetChecksDefinition:
    """A check for each rule, in one step of a run."""
    name = asset.key.to_user_string()

    @dg.multi_asset_check(
        name=f"{name}_came_through",
        specs=[
            dg.AssetCheckSpec(rule.name, asset=asset, description=rule.holds, partitions_def=weeks)
            for rule in RULES
        ],
        can_subset=True,
    )
    def check(
        context: dg.AssetCheckExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.AssetCheckResult]:
        asked = {key.name for key in context.op_execution_context.selected_asset_check_keys}
        weeks_of_run = context.partition_keys
        with warehouse.session(f"check {name}") as db:
            rows = pd.concat(
                [
                    db.query("delivery/deliveries_of_kind", [kind, week])
                    for week in weeks_of_run
                    for kind in DELIVERED[name]
                ]
            )
        yield from (rule.verdict(rows, asset.key) for rule in RULES if rule.name in asked)

    return check


checks = [_checks_of(asset) for asset in assets]

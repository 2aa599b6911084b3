"""Artefacts and verdicts as rows of the warehouse, the way other rooms write them."""

import pandas as pd

from cs_assets.delivery.planning import Artefact
from resources.duckdb.warehouse import DuckDBWarehouse


def store_artefacts(
    warehouse: DuckDBWarehouse, artefacts: list[Artefact], verdicts: dict[str, str] | None = None
) -> None:
    """Put artefacts and the gate's verdicts into the warehouse, as other rooms do."""
    rows = pd.DataFrame(
        [
            {
                "kind": one.kind,
                "artefact_id": one.artefact_id,
                "period_start": one.period_start,
                "period_end": one.period_end,
                "channel": one.channel,
                "audience_id": one.audience_id,
                "recipient": one.recipient,
                "subject": one.parts.subject,
                "text_path": one.parts.text_path,
                "html_path": one.parts.html_path,
                "payload_path": one.parts.payload_path,
                "attachment_path": one.parts.attachment_path,
                "attachment_name": one.parts.attachment_name,
                "content_sha256": one.content_sha256,
            }
            for one in artefacts
        ]
    )
    gate = pd.DataFrame(
        [
            {
                "kind": one.kind,
                "artefact_id": one.artefact_id,
                "period_start": one.period_start,
                "verdict": (verdicts or {}).get(one.artefact_id, "send"),
                "reasons": "[]"
                if (verdicts or {}).get(one.artefact_id, "send") == "send"
                else '[{"rule": "fresh data", "detail": "metrics are 9 days old"}]',
                "content_sha256": one.content_sha256,
            }
            for one in artefacts
            if (verdicts or {}).get(one.artefact_id) != "none"
        ]
    ).drop_duplicates(["kind", "artefact_id", "period_start"])
    with warehouse.session("test") as db:
        db.merge("ops.artefacts", rows)
        db.merge("ops.send_gate", gate)

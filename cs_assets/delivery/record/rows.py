"""Rows of the ledger as deliveries, and deliveries as rows."""

import datetime as dt
from typing import Any

from cs_assets.delivery.model import Delivery, Identity, NewDelivery, Parts, State
from cs_assets.delivery.record.store import Row


def new_row(key: str, delivery: NewDelivery, now: dt.datetime, run_id: str) -> dict[str, Any]:
    """The columns of a delivery that is planned now."""
    who, cancelled = delivery.identity, bool(delivery.cancelled_because)
    return {
        "delivery_key": key,
        "environment": who.environment,
        "report_kind": who.report_kind,
        "period_start": who.period_start.isoformat(),
        "period_end": delivery.period_end.isoformat(),
        "artefact_id": who.artefact_id,
        "audience": who.audience,
        "channel": who.channel,
        "recipient": who.recipient.strip(),
        "revision": who.revision,
        "state": State.CANCELLED if cancelled else State.PENDING,
        **part_columns(delivery.parts),
        "next_attempt_at": moment_text(delivery.not_before or now),
        "last_error_text": delivery.cancelled_because or None,
        "planned_at": moment_text(now),
        "settled_at": moment_text(now) if cancelled else None,
        "run_id": run_id,
    }


def part_columns(parts: Parts) -> dict[str, Any]:
    """What is to be sent, as columns."""
    return {
        "subject": parts.subject,
        "text_path": parts.text_path,
        "html_path": parts.html_path,
        "payload_path": parts.payload_path,
        "attachment_path": parts.attachment_path,
        "attachment_name": parts.attachment_name,
        "artifact_sha256": parts.sha256,
    }


def moment_text(moment: dt.datetime) -> str:
    """A time as the ledger keeps it: ISO 8601 with microseconds, UTC; it sorts as text."""
    return moment.isoformat(timespec="microseconds")


def delivery_of(row: Row) -> Delivery:
    """A row of the table ``delivery``."""
    return Delivery(
        delivery_key=row["delivery_key"],
        identity=Identity(
            environment=row["environment"],
            report_kind=row["report_kind"],
            period_start=dt.date.fromisoformat(row["period_start"]),
            artefact_id=row["artefact_id"],
            audience=row["audience"],
            channel=row["channel"],
            recipient=row["recipient"],
            revision=row["revision"],
        ),
        period_end=dt.date.fromisoformat(row["period_end"]),
        parts=Parts(
            subject=row["subject"],
            text_path=row["text_path"],
            html_path=row["html_path"],
            payload_path=row["payload_path"],
            attachment_path=row["attachment_path"],
            attachment_name=row["attachment_name"],
            sha256=row["artifact_sha256"],
        ),
        state=State(row["state"]),
        attempts=row["attempts"],
        provider=row["provider"],
        provider_message_id=row["provider_message_id"],
        next_attempt_at=dt.datetime.fromisoformat(row["next_attempt_at"]),
        lease_owner=row["lease_owner"],
        lease_expires_at=_moment(row["lease_expires_at"]),
        last_outcome=row["last_outcome"],
        last_error_class=row["last_error_class"],
        last_error_text=row["last_error_text"],
        planned_at=dt.datetime.fromisoformat(row["planned_at"]),
        first_attempt_at=_moment(row["first_attempt_at"]),
        settled_at=_moment(row["settled_at"]),
        run_id=row["run_id"],
    )


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None

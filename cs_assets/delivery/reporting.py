"""The ledger as rows for the warehouse and as tables for people."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cs_assets.delivery.model import Delivery, State, normalised
from cs_assets.delivery.planning import Artefact, Held
from cs_assets.delivery.reasons import Reasons
from cs_assets.delivery.record.audit import Seen

_WAITING = (State.PENDING, State.SENDING)

COLUMNS = (
    "delivery_key",
    "environment",
    "report_kind",
    "period_start",
    "period_end",
    "artefact_id",
    "audience",
    "channel",
    "recipient",
    "revision",
    "state",
    "reason",
    "subject",
    "artifact_sha256",
    "provider",
    "provider_message_id",
    "attempts",
    "planned_at",
    "first_attempt_at",
    "settled_at",
    "run_id",
    "delivered_at",
    "opened_at",
    "opens",
)


def delivery_rows(
    deliveries: Sequence[Delivery],
    held: Iterable[Held],
    environment: str,
    reasons: Reasons,
    seen: Mapping[str, Seen],
) -> pd.DataFrame:
    """Rows of ``ops.deliveries``: the ledger's, and what is held and not in the ledger.

    ``seen``: by delivery key, what providers told since.
    """
    rows = [_row(one, reasons, seen.get(one.delivery_key, Seen())) for one in deliveries]
    known = {_who(delivery) for delivery in deliveries}
    rows += [_held_row(item, environment) for item in held if _whom(item.artefact) not in known]
    return pd.DataFrame(rows, columns=list(COLUMNS))


@dataclass(frozen=True)
class Counts:
    """How many of a period's deliveries stand where."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    cancelled: int = 0
    held: int = 0
    waiting: int = 0
    """Pending or being sent by another run."""


def counts(rows: pd.DataFrame) -> Counts:
    """Counts by state over rows of ``ops.deliveries``."""
    found = Counter(rows["state"])
    return Counts(
        sent=found[State.SENT],
        failed=found[State.FAILED],
        unknown=found[State.UNKNOWN],
        cancelled=found[State.CANCELLED],
        held=found["held"],
        waiting=found[State.PENDING] + found[State.SENDING],
    )


def waiting_reasons(tables: Iterable[pd.DataFrame]) -> str:
    """What waits and why, in one line: ``12 email: 503``; ``nothing`` when nothing does."""
    found: Counter[tuple[str, str]] = Counter()
    for rows in tables:
        for row in rows[rows["state"].isin(_WAITING)].to_dict("records"):
            reason = "" if pd.isna(row["reason"]) else str(row["reason"] or "")
            found[row["channel"], reason or "not tried yet"] += 1
    told = [f"{count} {channel}: {why}" for (channel, why), count in found.most_common()]
    return "; ".join(told) or "nothing"


def markdown(rows: pd.DataFrame, most: int = 50) -> str:
    """The rows as a table for the Dagster UI, what needs a person first; no addresses."""
    order = ["unknown", "failed", "held", "pending", "sending", "cancelled", "sent"]
    ranked = rows.assign(rank=rows["state"].map(order.index)).sort_values(
        ["rank", "artefact_id", "channel"], kind="stable"
    )
    lines = ["| state | what | for | by | reason |", "| --- | --- | --- | --- | --- |"]
    for row in ranked.head(most).to_dict("records"):
        reason = str(row["reason"] or "").replace("|", "/")
        lines.append(
            f"| {row['state']} | {row['artefact_id']} | {row['audience']} | {row['channel']} "
            f"| {reason} |"
        )
    if len(rows) > most:
        lines.append(f"\n{len(rows) - most} more; `cs-assets deliveries list` shows all.")
    return "\n".join(lines)


def _row(delivery: Delivery, reasons: Reasons, seen: Seen) -> dict[str, object]:
    who = delivery.identity
    return {
        "delivery_key": delivery.delivery_key,
        "environment": who.environment,
        "report_kind": who.report_kind,
        "period_start": who.period_start,
        "period_end": delivery.period_end,
        "artefact_id": who.artefact_id,
        "audience": who.audience,
        "channel": who.channel,
        "recipient": who.recipient,
        "revision": who.revision,
        "state": str(delivery.state),
        "reason": reasons.of(delivery),
        "subject": delivery.parts.subject,
        "artifact_sha256": delivery.parts.sha256,
        "provider": delivery.provider,
        "provider_message_id": delivery.provider_message_id,
        "attempts": delivery.attempts,
        "planned_at": delivery.planned_at,
        "first_attempt_at": delivery.first_attempt_at,
        "settled_at": delivery.settled_at,
        "run_id": delivery.run_id,
        "delivered_at": seen.delivered_at,
        "opened_at": seen.opened_at,
        "opens": seen.opens,
    }


def _held_row(held: Held, environment: str) -> dict[str, object]:
    artefact = held.artefact
    parts = [artefact.kind, str(artefact.period_start), *_whom(artefact)]
    return {
        "delivery_key": "held-" + hashlib.sha256("\n".join(parts).encode()).hexdigest(),
        "environment": environment,
        "report_kind": artefact.kind,
        "period_start": artefact.period_start,
        "period_end": artefact.period_end,
        "artefact_id": artefact.artefact_id,
        "audience": artefact.audience_id,
        "channel": artefact.channel,
        "recipient": artefact.recipient,
        "revision": 1,
        "state": "held",
        "reason": "; ".join(held.reasons),
        "subject": artefact.parts.subject,
        "attempts": 0,
    }


def _who(delivery: Delivery) -> tuple[str, str, str, str]:
    who = delivery.identity
    return (who.artefact_id, who.audience, who.channel, normalised(who.recipient))


def _whom(artefact: Artefact) -> tuple[str, str, str, str]:
    recipient = normalised(artefact.recipient or "")
    return (artefact.artefact_id, artefact.audience_id, artefact.channel, recipient)

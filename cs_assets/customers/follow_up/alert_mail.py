"""The alerts of a week as one mail for each owner; who has none gets none."""

import datetime as dt
import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cs_assets.frames import records
from cs_assets.names import shown

KIND = "customer_alerts"
#: Alerts of a mail in full; the others are counted.
_MOST = 20


@dataclass(frozen=True)
class AlertMail:
    """One owner's mail: its files by path below the home folder, and its rows in ``ops``."""

    files: dict[str, bytes]
    artefact: dict[str, Any]
    verdict: dict[str, Any]


def mails(
    alerts: pd.DataFrame,
    places: Mapping[str, Mapping[str, Any]],
    owners: pd.DataFrame,
    week: dt.date,
    folder: Path,
) -> Iterator[AlertMail]:
    """A mail for each CSM with news among rows of ``analytics.customer_alerts``.

    ``places``: by customer its row of ``customers/places_of_week``; ``folder``: below the home.
    Without an address the mail is held and says so.
    """
    news = alerts[alerts["is_news"].astype(bool) & alerts["owner_id"].notna()]
    address = dict(zip(owners["csm_id"], owners["csm_email"], strict=True))
    for owner, group in news.groupby("owner_id", sort=True):
        told = _by_customer(records(group), places)
        yield _mail(str(owner), address.get(owner), told, week, folder)


def _by_customer(
    rows: list[dict[str, Any]], places: Mapping[str, Mapping[str, Any]]
) -> list[tuple[str, list[str], str]]:
    """Name, what changed, what to do: most revenue first."""
    by: dict[str, list[str]] = {}
    for row in rows:
        by.setdefault(str(row["customer_id"]), []).append(str(row["words"]))

    def worth(customer: str) -> float:
        value = places.get(customer, {}).get("arr")
        return 0.0 if value is None or pd.isna(value) else float(value)

    told = []
    for customer in sorted(by, key=lambda c: (-worth(c), c)):
        place = places.get(customer, {})
        name, action = place.get("customer_name"), place.get("next_action")
        told.append(
            (
                f"{shown(str(name)) if isinstance(name, str) else customer} ({customer})",
                by[customer],
                shown(action) if isinstance(action, str) else "",
            )
        )
    return told


def _mail(
    owner: str,
    address: Any,
    told: list[tuple[str, list[str], str]],
    week: dt.date,
    folder: Path,
) -> AlertMail:  # fmt: skip
    n = len(told)
    subject = f"{n} customer{'s' if n > 1 else ''} changed in the week of {week.day} {week:%B %Y}"
    recipient = address if isinstance(address, str) and address.strip() else None
    text, page = _text(told, subject), _html(told, subject)
    stem = f"{folder.as_posix()}/{re.sub(r'[^A-Za-z0-9_-]', '_', owner)}"
    files = {f"{stem}.txt": text.encode(), f"{stem}.html": page.encode()}
    sha256 = _parts_hash(text.encode(), page.encode())
    reasons = [] if recipient else [{"rule": "recipient", "detail": f"{owner} has no address"}]
    key = {"kind": KIND, "artefact_id": owner, "period_start": week}
    return AlertMail(
        files,
        {
            **key, "period_end": week + dt.timedelta(days=6), "channel": "email",
            "audience_id": owner, "recipient": recipient, "subject": subject,
            "text_path": f"{stem}.txt", "html_path": f"{stem}.html", "content_sha256": sha256,
        },
        {
            **key, "verdict": "hold" if reasons else "send", "reasons": json.dumps(reasons),
            "content_sha256": sha256,
        },
    )  # fmt: skip


def _text(told: list[tuple[str, list[str], str]], subject: str) -> str:
    lines = [f"{subject}: outside of what their own past lets expect.", ""]
    for name, changes, action in told[:_MOST]:
        lines += [name, *(f"  - {words}" for words in changes)]
        lines += [f"  Next: {action}"] if action else []
        lines.append("")
    if len(told) > _MOST:
        lines += [f"{len(told) - _MOST} more: cs-assets customers list", ""]
    lines.append("Each change is told once. What you do: cs-assets customers act NAME --taken")
    return "\n".join(lines) + "\n"


def _html(told: list[tuple[str, list[str], str]], subject: str) -> str:
    parts = [f"<p>{html.escape(subject)}: outside of what their own past lets expect.</p>"]
    for name, changes, action in told[:_MOST]:
        items = "".join(f"<li>{html.escape(words)}</li>" for words in changes)
        parts.append(f"<h3>{html.escape(name)}</h3><ul>{items}</ul>")
        parts += [f"<p>Next: {html.escape(action)}</p>"] if action else []
    if len(told) > _MOST:
        parts.append(f"<p>{len(told) - _MOST} more: cs-assets customers list</p>")
    parts.append(
        "<p>Each change is told once. What you do: cs-assets customers act NAME --taken</p>"
    )
    body = "".join(parts)
    return f"<!DOCTYPE html><html lang=en><meta charset=utf-8><body>{body}</body></html>"


def _parts_hash(text: bytes, page: bytes) -> str:
    """sha256 over text, HTML, payload and attachments, as ``ops.artefacts`` defines it."""
    digest = hashlib.sha256()
    for part in (text, page, None, None):
        digest.update(b"-" if part is None else hashlib.sha256(part).digest())
    return digest.hexdigest()

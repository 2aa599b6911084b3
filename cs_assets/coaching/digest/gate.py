"""Whether a digest may be sent, and why not: the verdict that delivery obeys."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cs_assets.coaching.digest.proof import loose_digits, visible_text
from cs_assets.coaching.policy import CoachingPolicy
from cs_assets.coaching.rep_week import Rep

#: One plain address, nothing that a mail header could be bent with.
_ADDRESS = re.compile(r"^[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")


@dataclass(frozen=True)
class Reason:
    """One rule that holds an artefact back."""

    rule: str
    detail: str


def address_reasons(rep: Rep) -> list[Reason]:
    """Why this person cannot be written to."""
    if not rep.is_active:
        return [Reason("inactive_user", f"{rep.user_id} is not an active Gong user")]
    if rep.email is None:
        return [Reason("no_recipient", f"Gong has no address for {rep.user_id}")]
    if not _ADDRESS.match(rep.email) or len(rep.email) > 254:
        return [Reason("bad_recipient", f"the address of {rep.user_id} is no plain address")]
    return []


_PAUSED = {
    "opted_out": "wants no digest",
    "on_leave": "is on leave",
    "paused": "is paused by a person",
}


def pause_reasons(rep: Rep, monday: dt.date, policy: CoachingPolicy) -> list[Reason]:
    """Why this rep gets no digest although there is one: leave, a pause or their own wish."""
    pause = policy.pause(rep.user_id, rep.email, monday)
    if pause is None:
        return []
    until = f" until {pause.until}" if pause.until else ""
    return [Reason(pause.reason, f"{rep.user_id} {_PAUSED[pause.reason]}{until}")]


def unread_reasons(unread: str) -> list[Reason]:
    """Why a week of which days were not read may not be sent."""
    if not unread:
        return []
    return [Reason("calls_not_read", f"{unread}: run calls_job for these days, then this week")]


def content_reasons(html: str | None, text: str, passages: list[dict[str, Any]]) -> list[Reason]:
    """Why the content may not be sent: a digit that no fact accounts for."""
    reasons = []
    parts = [("plain text", text)] + ([("HTML", visible_text(html))] if html else [])
    for part, visible in parts:
        if digits := loose_digits(visible, passages):
            reasons.append(Reason("number_without_fact", f"{part}: '{digits[:20]}'"))
    return reasons


def verdict(reasons: Iterable[Reason]) -> str:
    """``hold`` with any reason, else ``send``."""
    return "hold" if any(True for _ in reasons) else "send"

"""The follow-up of a focus as a calendar file (RFC 5545): the same digest, the same bytes."""

import datetime as dt
import hashlib

from cs_assets.names import shown

_FOLD = 73
_MINUTES = 15


def follow_up(
    whose: str, focus_id: str, since: dt.date, day: dt.date, title: str, action: str
) -> str:
    """An event at nine in the reader's own time on ``day``, to look back at the focus.

    The id is of rep, focus and the week it was opened, so that a later file moves the same event.
    """
    key = hashlib.sha256(f"{whose}\0{focus_id}\0{since}".encode()).hexdigest()[:24]
    start = dt.datetime.combine(day, dt.time(9))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//cs_assets//coaching//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{key}@cs-assets",
        f"DTSTAMP:{day - dt.timedelta(days=14):%Y%m%d}T000000Z",
        f"DTSTART:{start:%Y%m%dT%H%M%S}",
        f"DTEND:{start + dt.timedelta(minutes=_MINUTES):%Y%m%dT%H%M%S}",
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(action)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    plain = " ".join(shown(text).split())
    for mark in ("\\", ";", ","):
        plain = plain.replace(mark, f"\\{mark}")
    return plain


def _folded(line: str) -> str:
    """Lines of at most 75 octets; a fold never splits a letter."""
    parts, current = [], ""
    for letter in line:
        if len((current + letter).encode()) > _FOLD:
            parts.append(current)
            current = ""
        current += letter
    return "\r\n ".join([*parts, current])

"""How well a CSM fits an account beyond rules: what the CSM knows, and when both are at work.

Both are shares from 0, best, to 1. What is unknown on either side says nothing and costs nothing.
"""

import datetime as dt
from collections.abc import Hashable
from zoneinfo import ZoneInfo

from cs_assets.routing.rows import Row, known
from cs_assets.routing.vocabulary import hours, parts

_DAY = 24 * 60
#: Hours of work where the CSM's are not told, and those of every account, on its own clock.
USUAL = "09:00-17:00"


def unfamiliar(account: Row, book: Row) -> float:
    """Share of what the account is about that the CSM does not know: its industry, its modules.

    The mean of both where both can be compared.
    """
    found = [
        share
        for ours, theirs in (("industry", "industries"), ("modules", "modules"))
        if (share := _not_in(account.get(ours), book.get(theirs))) is not None
    ]
    return sum(found) / len(found) if found else 0.0


def apart(account: Row, book: Row) -> float:
    """Share of the account's working day in which the CSM is not at work."""
    there, here = account.get("time_zone"), book.get("time_zone")
    if not known(there) or not known(here):
        return 0.0
    told = book.get("working_hours")
    begin, end = hours(str(told) if known(told) else USUAL) or hours(USUAL) or (0, 0)
    first, last = hours(USUAL) or (0, 0)
    at = book["batched_at"]
    shift = _offset(str(there), at) - _offset(str(here), at)
    first, last = first - shift, last - shift  # on the clock of the CSM
    shared = sum(
        max(0, min(last, end + turn) - max(first, begin + turn))
        for turn in (-2 * _DAY, -_DAY, 0, _DAY, 2 * _DAY)
    )
    return max(0.0, 1 - shared / (last - first))


def kind_of_account(account: Row) -> Hashable:
    """All of an account that is looked at here."""
    return _plain(account, "industry", "modules", "time_zone")


def kind_of_book(book: Row) -> Hashable:
    """All of a book that is looked at here."""
    return _plain(book, "industries", "modules", "time_zone", "working_hours", "batched_at")


def _plain(row: Row, *names: str) -> Hashable:
    return tuple(row.get(name) if known(row.get(name)) else None for name in names)


def _not_in(wanted: object, listed: object) -> float | None:
    """Share of the wanted entries that are not listed; None where either says nothing."""
    ours = {part.strip().casefold() for part in parts(wanted)}
    theirs = {part.strip().casefold() for part in parts(listed)}
    return len(ours - theirs) / len(ours) if ours and theirs else None


def _offset(zone: str, at: dt.datetime) -> int:
    """Minutes that the zone's clock is ahead of UTC then."""
    ahead = ZoneInfo(zone).utcoffset(at)
    return round(ahead.total_seconds() / 60) if ahead is not None else 0

"""Timestamps of Gong: any offset, any number of fractional digits, one instant."""

import datetime as dt

_EARLIEST = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - UTC by convention
_LATEST = dt.datetime(2100, 1, 1)  # noqa: DTZ001


def instant(text: str) -> dt.datetime:
    """The instant that an ISO 8601 text with an offset names, naive in UTC.

    Raises ``ValueError`` for text without offset, or outside this century.
    """
    try:
        parsed = dt.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("is no ISO 8601 timestamp") from None
    if parsed.tzinfo is None:
        raise ValueError("has no offset from UTC")
    try:
        utc = parsed.astimezone(dt.UTC).replace(tzinfo=None)
    except OverflowError:
        raise ValueError("lies outside the calendar") from None
    if not _EARLIEST <= utc < _LATEST:
        raise ValueError("lies outside 2000 to 2099")
    return utc

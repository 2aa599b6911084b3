"""Notes who opened which page of the desk, for ``cs-assets deliveries audit``."""

import datetime as dt
import logging
import sqlite3
from collections.abc import Mapping
from urllib.parse import urlsplit

from cs_assets.delivery.record import opened_at_desk
from cs_assets.desk import session
from cs_assets.errors import CsAssetsError

_log = logging.getLogger("cs_assets.desk")
#: What a page's address names: customer, rep, call, account; the first that is there.
_ABOUT = ("id", "rep", "call", "account")
_LONGEST = 120
#: Hours that this process noted already; begun anew when there are many.
_NOTED: set[tuple[str, str, str, str]] = set()
_MOST = 10_000


def note(visit: "session.Visit", address: str, asked: Mapping[str, str]) -> None:
    """Keep that somebody opened the page at ``address``; a fault of that never harms the page.

    Inside Snowflake its own access history tells who read what.
    """
    if session.is_in_snowflake():
        return
    page = urlsplit(address).path.rstrip("/").rpartition("/")[2] or "home"
    about = next((asked[name] for name in _ABOUT if asked.get(name)), "")
    now: dt.datetime = session.now()
    key = (visit.viewer.address, page[:_LONGEST], about[:_LONGEST], f"{now:%Y-%m-%dT%H}")
    if key in _NOTED:
        return
    try:
        home = session.settings().home.ensure()
        opened_at_desk.note(home.desk, *key[:3], now)
    except (sqlite3.Error, OSError, CsAssetsError) as error:
        _log.warning("what was opened could not be noted (%s)", type(error).__name__)
        return
    if len(_NOTED) >= _MOST:
        _NOTED.clear()
    _NOTED.add(key)

"""Pages looked at by somebody, as the front would have it: with its signed header."""

import datetime as dt
from pathlib import Path

import pytest

from cs_assets.answers.scope import asker
from cs_assets.desk import session
from cs_assets.desk.viewer import Viewer, signed

SECRET = bytes(range(32))


def viewer(who: str, address: str = "", minutes: float = 60) -> Viewer:
    """``who`` as the command line writes it: ``operations``, ``csm:CSM1``, ..."""
    until = session.now() + dt.timedelta(minutes=minutes)
    return Viewer(asker(who), address or f"{who.replace(':', '.')}@x.example", until)


def look_as(patch: pytest.MonkeyPatch, home: Path, who: str, minutes: float = 60) -> Viewer:
    """From here on pages that run in this process are looked at by ``who``, over ``home``."""
    somebody = viewer(who, minutes=minutes)
    patch.setenv("CS_ASSETS_HOME", str(home))
    patch.setenv(session.KEY, SECRET.hex())
    patch.setattr(session, "_token", lambda: signed(somebody, SECRET))
    return somebody

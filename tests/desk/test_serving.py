"""The desk as it is served: by the command, with Streamlit, and after something has died."""

import os
import signal
from pathlib import Path

import pytest

from cs_assets.commands.serving import desk
from cs_assets.errors import UsageError
from resources.settings import Settings
from tests.desk.served import children, is_up, served_desk
from tests.desk.streamlit_client import opened, shown
from tests.waiting import until


def test_the_desk_is_served_outlives_its_pages_and_ends_whole(company_home):
    with served_desk(company_home) as (served, address):
        with opened(address) as page:
            told = shown(page, "")
        assert "not known who you are" not in told
        assert "went wrong" not in told
        before = children(served.pid)
        os.kill(before["pages"], signal.SIGKILL)
        until(lambda: children(served.pid).get("pages", before["pages"]) != before["pages"],
              "new pages")  # fmt: skip
        until(lambda: is_up(address), "the desk again")
        after = children(served.pid)
        assert after["front"] == before["front"]
    assert not any(Path(f"/proc/{one}").exists() for one in after.values())


def test_without_sign_in_the_desk_is_for_this_machine_alone(company_home):
    own = Settings(cs_assets_home=company_home)
    with pytest.raises(UsageError, match="unless people sign in"), desk.services(own, "0.0.0.0", 1):
        pass


def test_a_machine_without_the_extra_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(desk, "_NEEDS", ("no_such_module",))
    with pytest.raises(UsageError, match=r"cs-assets\[desk\]"):
        desk.serve("127.0.0.1", 1)

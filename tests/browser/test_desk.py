"""The five main ways through the desk in a browser, behind its front, over a finished demo.

``make browser`` runs it and writes the pictures of the documentation; ``make test`` skips it, since
a demo, the services and a browser take minutes.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from tests.browser.chromium import CHROMIUM, Page, browser
from tests.browser.serving import served
from tests.desk.viewing import unclear

pytestmark = [
    pytest.mark.skipif("BROWSER" not in os.environ, reason="make browser runs it"),
    pytest.mark.skipif(not CHROMIUM, reason="lacks Debian's package chromium"),
]
#: Where the pictures of the documentation go; none are kept without it.
_PICTURES = os.environ.get("BROWSER_PICTURES")
#: A home after a demo, of which a copy is used; without it a demo is run.
_FINISHED = os.environ.get("BROWSER_HOME")
CALL = "82288070623678134989"


@dataclass
class Desk:
    """The desk over a home, and a page on it."""

    page: Page
    url: str
    home: Home

    def open(self, path: str, shows: str) -> None:
        self.page.open(self.url + path, shows)

    def picture(self, name: str, *, whole: bool = False) -> None:
        if _PICTURES:
            self.page.picture(Path(_PICTURES) / f"desk-{name}.png", whole=whole)

    def rows(self, text: str) -> list[tuple]:
        with DuckDBWarehouse(path=str(self.home.warehouse), wait_seconds=60).session("test") as db:
            return db._connection.execute(text).fetchall()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    found = Home(tmp_path_factory.mktemp("desk") / "home")
    if _FINISHED:
        shutil.copytree(_FINISHED, found.root)
    else:
        command = [sys.executable, "-m", "cs_assets.cli", "--home", str(found.root), "demo"]
        subprocess.run(command, check=True, timeout=1200)
    return found


@pytest.fixture(scope="module")
def url(home: Home) -> Iterator[str]:
    with served(home.root) as address:
        yield address


@pytest.fixture(scope="module")
def desk(home: Home, url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with browser(tmp_path_factory.mktemp("browser")) as page:
        page.sized(1280, 900)
        yield Desk(page, url, home)


def test_the_riskiest_customer_is_opened_and_its_report_made(desk: Desk):
    desk.open("/portfolio", "the most at stake first")
    desk.picture("portfolio")
    desk.page.click(".cs-table a", "Southern Cross Water")
    desk.page.shows("Do next")
    desk.picture("customer")
    desk.page.click("button", "Reviews")
    desk.page.shows("Make the review now")
    desk.page.click("button", "Make the review now")
    desk.page.shows("nothing was stored or sent")
    desk.page.shows("Download review-")
    desk.picture("report")


def test_a_call_is_found_by_meaning_and_a_score_disputed(desk: Desk):
    desk.open("/calls", "newest first")
    desk.page.write("What was it about", "they worry about moving their data")
    desk.page.shows("nearest first")
    desk.picture("calls")
    desk.open(f"/calls?call={CALL}&at=320", "What does your legal team want to see?")
    here = desk.page.run(
        "const box = document.getElementById('cs-here').getBoundingClientRect();"
        "return box.top > 0 && box.bottom < window.innerHeight;"
    )
    assert here, "the sentence of the address is in sight"
    desk.picture("transcript")
    desk.open(f"/calls?call={CALL}", "Overall")
    desk.page.click("summary", "Something is judged wrongly")
    desk.page.write("What was said in the call", "They were asked how they decide, at 5:16.")
    desk.page.click("button", "Dispute it")
    desk.page.shows("is disputed")
    assert desk.rows("SELECT COUNT(*) FROM ops.score_disputes") == [(1,)]


def test_a_routing_is_approved_and_another_overridden(desk: Desk):
    desk.open("/routing", "Waiting for a person")
    desk.open("/routing?account=ACC_90002", "Decide")
    desk.page.click("button", "Approve")
    desk.page.shows("ACC_90002: approve")
    desk.open("/routing?account=ACC_90001", "The next best")
    desk.page.choose("Another CSM", "Michael Chen")
    desk.page.write("In words", "They asked for Michael.")
    desk.picture("routing")
    desk.page.click("button", "Override")
    desk.page.shows("override, now with CSM002")
    kept = desk.rows(
        "SELECT account_id, worker_id FROM analytics.account_csm_assignments"
        " WHERE status = 'overridden'"
    )
    assert kept == [("ACC_90001", "CSM002")]


def test_a_leaver_is_played(desk: Desk):
    desk.open("/routing?section=What+if", "Play it")
    desk.page.choose("Leaves", "Sarah Johnson")
    desk.page.click("button", "Play it")
    desk.page.shows("Books before and after")
    desk.picture("what-if")


def test_an_unknown_delivery_is_decided(desk: Desk):
    (key,) = unclear(desk.home.root, 1)
    desk.open("/operations?section=Deliveries", "the answer was lost")
    desk.page.choose("Which", key[:12])
    desk.page.write("Why", "The recipient has the mail.")
    desk.picture("deliveries")
    desk.page.click("button", "It was sent")
    desk.page.shows("resolved as sent")


@pytest.mark.parametrize("width", [390, 1600])
@pytest.mark.parametrize("path", ["/portfolio", "/customer?id=CUST_56789", "/calls", "/coaching",
                                  "/routing", "/operations"])  # fmt: skip
def test_no_page_scrolls_sideways(desk: Desk, path: str, width: int):
    desk.page.sized(width)
    try:
        desk.open(path, "")
        wide = desk.page.run(
            "const main = document.querySelector('[data-testid=stMain]');"
            "return main.scrollWidth > main.clientWidth + 1;"
        )
        assert not wide
    finally:
        desk.page.sized(1280)


def test_a_customer_is_reached_by_the_keyboard_alone(desk: Desk):
    desk.open("/portfolio", "the most at stake first")
    reached = False
    for _ in range(80):
        desk.page.press("Tab")
        if desk.page.run("return document.activeElement.matches('.cs-table a');"):
            reached = True
            break
    assert reached, "no link of the table has come into focus"
    desk.page.press("Enter")
    desk.page.shows("Do next")

"""The five main ways through the desk in a browser by the keyboard alone, over a finished demo.

``make browser`` runs it and writes the pictures of the documentation; ``make test`` skips it, since
a demo, the services and a browser take minutes.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from tests.browser.chromium import CHROMIUM, Page, browser
from tests.browser.serving import served
from tests.desk.oidc_server import CLIENT, SECRET, oidc_server
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

    def enter(self, selector: str, name: str) -> None:
        """What a click would do, by the keyboard alone."""
        self.page.until(f"Boolean(find({json.dumps(selector)}, {json.dumps(name)}))", name)
        self.page.reach(selector, name)
        self.page.press("Enter")

    def section(self, name: str) -> None:
        """One of the sections of a page: they are one stop, within which arrows lead on."""
        self.page.until("Boolean(find('[role=radio]', null))", "sections")
        self.page.reach("[role=radio]", "")
        for _ in range(8):
            if self.page.run(f"return words(document.activeElement) === {json.dumps(name)};"):
                return self.page.press("Enter")
            self.page.press("ArrowRight")
        raise AssertionError(f"there is no section “{name}”")

    def write(self, label: str, text: str) -> None:
        self.page.until(f"Boolean(labelled({json.dumps(label)}))", label)
        self.page.reach_field(label)
        self.page.press("a", control=True)
        self.page.ask("Input.insertText", text=text)
        self.page.press("Tab")

    def choose(self, label: str, option: str) -> None:
        """An option of a list by its words."""
        self.page.until(f"Boolean(labelled({json.dumps(label)}))", label)
        self.page.reach_field(label)
        self.page.press("ArrowDown")
        self.page.ask("Input.insertText", text=option)
        self.page.until(f"Boolean(find('[role=option]', {json.dumps(option)}))", option)
        self.page.press("Enter")

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
    desk.enter(".cs-table a", "Southern Cross Water")
    desk.page.shows("Do next")
    desk.picture("customer")
    desk.section("Reviews")
    desk.page.shows("Make the review now")
    desk.enter("button", "Make the review now")
    desk.page.shows("nothing was stored or sent")
    desk.page.shows("Download review-")
    desk.picture("report")


def test_a_call_is_found_by_meaning_and_a_score_disputed(desk: Desk):
    desk.open("/calls", "newest first")
    desk.write("What was it about", "they worry about moving their data")
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
    desk.enter("summary", "Something is judged wrongly")
    desk.write("What was said in the call", "They were asked how they decide, at 5:16.")
    desk.enter("button", "Dispute it")
    desk.page.shows("is disputed")
    assert desk.rows("SELECT COUNT(*) FROM ops.score_disputes") == [(1,)]


def test_a_routing_is_approved_and_another_overridden(desk: Desk):
    desk.open("/routing", "Waiting for a person")
    desk.open("/routing?account=ACC_90002", "Decide")
    desk.enter("button", "Approve")
    desk.page.shows("(ACC_90002) is approved")
    desk.open("/routing?account=ACC_90001", "The next best")
    desk.choose("Another CSM", "Michael Chen")
    desk.write("In words", "They asked for Michael.")
    desk.picture("routing")
    desk.enter("button", "Override")
    desk.page.shows("is overridden, now with Michael Chen (CSM002)")
    kept = desk.rows(
        "SELECT account_id, worker_id FROM analytics.account_csm_assignments"
        " WHERE status = 'overridden'"
    )
    assert kept == [("ACC_90001", "CSM002")]


def test_a_leaver_is_played(desk: Desk):
    desk.open("/routing?section=What+if", "Play it")
    desk.choose("Leaves", "Sarah Johnson")
    desk.enter("button", "Play it")
    desk.page.shows("Books before and after")
    desk.picture("what-if")


def test_an_unknown_delivery_is_decided(desk: Desk):
    (key,) = unclear(desk.home.root, 1)
    desk.open("/operations?section=Deliveries", "the answer was lost")
    desk.choose("Which", key[:12])
    desk.write("Why", "The recipient has the mail.")
    desk.picture("deliveries")
    desk.enter("button", "It was sent")
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


_SIGNED_IN_SECONDS = 60.0


def test_a_sign_in_that_ends_while_somebody_writes_takes_nothing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with oidc_server() as provider:
        provider.address = "michael.chen@fairlight.example"
        for name, value in {
            "OIDC_ISSUER": provider.url, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET,
            "DESK_HOURS": str(_SIGNED_IN_SECONDS / 3600),
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        with served(home.root) as address, browser(tmp_path) as page:
            page.sized(1280, 900)
            desk = Desk(page, address, home)
            page.ask("Page.navigate", url=f"{address}/auth/login")
            page.shows("Signed in as")
            begun = time.monotonic()
            desk.open("/customer?id=CUST_20567", "Do next")
            page.focus("Note")
            page.ask("Input.insertText", text="They answer on Friday.")
            time.sleep(max(0.0, begun + _SIGNED_IN_SECONDS + 1 - time.monotonic()))
            desk.enter("button", "I take it")
            page.shows("sign in again; what you have written is kept")
            assert page.run("return labelled('Note').value;") == "They answer on Friday."
            desk.enter("a", "Sign in again")
            page.shows("Do next")
            assert page.run("return location.search;") == "?id=CUST_20567"
            assert page.run("return labelled('Note').value;") == "They answer on Friday."
            desk.enter("button", "I take it")
            page.shows("is taken")
    kept = "SELECT note FROM ops.customer_actions WHERE customer_id = 'CUST_20567'"
    assert desk.rows(f"{kept} AND done_by LIKE 'michael%'") == [("They answer on Friday.",)]

"""The desk's pages: how long they take, and what axe-core finds in them."""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from streamlit.testing.v1 import AppTest

from cs_assets.desk import app, session
from cs_assets.desk.viewer import signed
from tests.benchmarks.desk_company import grown
from tests.benchmarks.pages import axe_script
from tests.browser.chromium import browser
from tests.browser.serving import served
from tests.desk.viewing import SECRET, viewer
from tests.figures import Figure, NotHere
from tests.judge.finished_home import finished_home

_REP, _CALL, _CUSTOMER = "8739647957786990315", "82288070623678134989", "CUST_56789"
#: Who opens what.
PAGES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("csm:CSM002", "book", {}),
    ("csm:CSM002", "customer", {"id": _CUSTOMER}),
    ("csm:CSM002", "customer", {"id": _CUSTOMER, "section": "Use and results"}),
    ("csm:CSM002", "customer", {"id": _CUSTOMER, "section": "Calls and signals"}),
    ("operations", "portfolio", {}),
    ("operations", "calls", {}),
    ("operations", "calls", {"call": _CALL}),
    ("operations", "calls", {"call": _CALL, "section": "Transcript"}),
    ("operations", "calls", {"call": _CALL, "section": "Similar calls"}),
    ("operations", "calls", {"text": "they worry about moving their data"}),
    ("operations", "coaching", {}),
    (f"rep:{_REP}", "coaching", {}),
    (f"rep:{_REP}", "coaching", {"part": "Plan of 30 days"}),
    ("operations", "routing", {}),
    ("operations", "routing", {"account": "ACC_90001"}),
    ("operations", "routing", {"section": "Books"}),
    ("operations", "routing", {"section": "Orphans and hand-offs"}),
    ("operations", "routing", {"section": "What if"}),
    ("operations", "routing", {"section": "Capacity plan"}),
    ("operations", "operations", {}),
    ("operations", "operations", {"section": "Deliveries"}),
)
_AXE = """
const told = await axe.run(document, {iframes: false});
return told.violations.filter(one => ["serious", "critical"].includes(one.impact))
  .map(one => one.id + " " + one.nodes[0].html.slice(0, 160));
"""


def _opened(home: Path, who: str, page: str, asked: dict[str, str]) -> AppTest:
    """A page in a session of its own that was already at the desk."""
    somebody = viewer(who)
    with (
        patch.object(session, "_token", lambda: signed(somebody, SECRET)),
        patch.dict(os.environ, {"CS_ASSETS_HOME": str(home), session.KEY: SECRET.hex()}),
    ):
        at = AppTest.from_file(str(app.__file__), default_timeout=600)
        for name, value in asked.items():
            at.query_params[name] = value
        if page != app.PAGES[somebody.asker.role][0]:
            at._page_hash = ""
            at.run()
            at.switch_page(f"screens/{page}.py")
        start = time.perf_counter()
        at.run()
        at.session_state["took"] = time.perf_counter() - start
        assert not at.exception, at.exception[0].value
        return at


def _p95(taken: list[float]) -> float:
    return sorted(taken)[max(0, -(-len(taken) * 95 // 100) - 1)]


def of_the_sample(rounds: int = 5) -> Figure:
    """P-desk-01: a page again, and the first of a process after the data have changed."""
    with finished_home() as home:
        cold = []
        for one in PAGES:  # once, so that what is loaded once is loaded
            _opened(home, *one)
        for one in PAGES:
            session._KEPT = session._Kept(session._MOST_BYTES)
            session._SCOPES.clear()
            cold.append(_opened(home, *one).session_state["took"])
        warm = [_opened(home, *one).session_state["took"] for _ in range(rounds) for one in PAGES]
    return Figure(
        "P-desk-01", f"page, p95 of {len(warm)} over {len(PAGES)} kinds, sample; slowest anew",
        f"{_p95(warm):.2f} s; {max(cold):.2f} s", "<= 1.0 s; <= 3 s",
        _p95(warm) <= 1.0 and max(cold) <= 3.0,
    )  # fmt: skip


def of_many(customers: int = 10_000, rounds: int = 3) -> Figure:
    """P-desk-01b: every page of the sample company many times over."""
    with finished_home() as finished, tempfile.TemporaryDirectory() as folder:
        home = Path(shutil.copytree(finished, Path(folder) / "home"))
        there = grown(home, customers)
        first = [(_opened(home, *one).session_state["took"], one) for one in PAGES]
        warm = [_opened(home, *one).session_state["took"] for _ in range(rounds) for one in PAGES]
    slowest, (_, page, asked) = max(first, key=lambda one: one[0])
    return Figure(
        "P-desk-01b",
        f"page, p95 of {len(warm)} over {len(PAGES)} kinds, {there} customers; slowest after a "
        f"change ({page} {' '.join(asked.values())})",
        f"{_p95(warm):.2f} s; {slowest:.1f} s", "<= 2 s; told", _p95(warm) <= 2.0,
    )  # fmt: skip


def accessible() -> Figure:
    """P-desk-05: serious violations that axe-core finds, light and dark, narrow and wide."""
    axe = axe_script()
    if axe is None:
        raise NotHere("AXE_CORE names no axe.min.js")
    found: dict[str, Any] = {}
    seen = 0
    with (
        finished_home() as home,
        served(home) as url,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        browser(Path(folder)) as page,
    ):
        text = axe.read_text(encoding="utf-8")
        for address in _addresses():
            for width, dark in ((390, True), (1280, False)):
                page.sized(width, dark=dark)
                page.open(url + address, "")
                page.ask("Runtime.evaluate", expression=text)
                seen += 1
                for told in page.run(_AXE):
                    found.setdefault(told, address)
    if found:
        print(f"  {json.dumps(found, indent=1)}")
    return Figure(
        "P-desk-05", f"serious violations (axe-core) on {seen} pages, 390 dark and 1280 light",
        f"{len(found)}", "0", not found,
    )  # fmt: skip


def _addresses() -> Iterator[str]:
    yield from ("/portfolio", "/calls", "/coaching", "/routing", "/operations")
    yield f"/customer?id={_CUSTOMER}"
    yield f"/customer?id={_CUSTOMER}&section=Use+and+results"
    yield f"/customer?id={_CUSTOMER}&section=Reviews"
    yield f"/calls?call={_CALL}"
    yield f"/calls?call={_CALL}&at=320"
    yield f"/coaching?rep={_REP}"
    yield "/routing?account=ACC_90001"
    for section in ("Books", "Orphans+and+hand-offs", "What+if", "Capacity+plan"):
        yield f"/routing?section={section}"
    yield "/book"
    yield "/operations?section=Deliveries"


BY_ID = {
    "P-desk-01": of_the_sample,
    "P-desk-01b": of_many,
    "P-desk-05": accessible,
}

"""What a team does in the Dagster UI, done in a browser over a finished demo.

``make browser`` runs it and writes the pictures of the documentation; ``make test`` skips it, since
a demo, the services and a browser take minutes.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from tests.browser.chromium import CHROMIUM, Page, browser
from tests.waiting import until

pytestmark = [
    pytest.mark.skipif("BROWSER" not in os.environ, reason="make browser runs it"),
    pytest.mark.skipif(not CHROMIUM, reason="lacks Debian's package chromium"),
]
DAYS = ("2026-10-06", "2026-10-08")
PAST, WEEK, CSM = "2026-10-26", "2026-11-09", "CSM002"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "for-data-engineers.md"
#: Where the pictures of the documentation go; none are kept without it.
_PICTURES = os.environ.get("BROWSER_PICTURES")
#: A home after a demo, of which a copy is used; without it a demo is run.
_FINISHED = os.environ.get("BROWSER_HOME")


@dataclass
class Served:
    """The services over a home, asked as scripts ask them."""

    home: Home
    url: str

    def ask(self, query: str, **variables: Any) -> Any:
        body = json.dumps({"query": query, "variables": variables}).encode()
        told = Request(
            f"{self.url}/graphql", body, {"Content-Type": "application/json"}
        )  # of this machine
        with urlopen(told, timeout=120) as answer:
            return json.load(answer)["data"]

    def runs(self, job: str | None = None) -> list[dict[str, Any]]:
        found = self.ask(
            "{ runsOrError(limit: 50) { ... on Runs { results { runId status jobName "
            "tags { key value } } } } }"
        )["runsOrError"]["results"]
        return [run for run in found if job in (None, run["jobName"])]

    def ended(self, before: set[str], job: str | None = None) -> dict[str, Any]:
        """The first run that began since, once it has ended."""

        def over() -> Any:
            new = [run for run in self.runs(job) if run["runId"] not in before]
            done = [run for run in new if run["status"] in ("SUCCESS", "FAILURE", "CANCELED")]
            time.sleep(1)
            return done[-1] if done else None

        return until(over, f"a run of {job or 'a backfill'}")

    @property
    def warehouse(self) -> DuckDBWarehouse:
        return DuckDBWarehouse(path=str(self.home.warehouse), wait_seconds=300)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = Home(tmp_path_factory.mktemp("browser") / "home")
    command = [sys.executable, "-m", "cs_assets.cli"]
    if _FINISHED:
        shutil.copytree(_FINISHED, home.root)
    else:
        subprocess.run([*command, "demo", "--home", str(home.root)], check=True, timeout=1800)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [*command, "up", "--home", str(home.root), "--port", str(port), "--desk-port", "0"]
    )
    found = Served(home, f"http://127.0.0.1:{port}")
    try:
        until(lambda: _is_loaded(found), "the services")
        yield found
    finally:
        process.terminate()
        process.wait(60)


def _is_loaded(served: Served) -> bool:
    time.sleep(1)
    try:
        told = served.ask(
            "{ workspaceOrError { ... on Workspace { locationEntries { loadStatus "
            "locationOrLoadError { __typename } } } } }"
        )
    except OSError:
        return False
    entries = told["workspaceOrError"].get("locationEntries", [])
    return bool(entries) and all(
        entry["loadStatus"] == "LOADED"
        and entry["locationOrLoadError"]["__typename"] == "RepositoryLocation"
        for entry in entries
    )


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with browser(tmp_path) as found:
        found.sized(1440, 900)
        yield found


def _open(page: Page, address: str, words: str) -> None:
    if page.run("return location.href;") != address:
        page.ask("Page.navigate", url=address)
    told = json.dumps(words)
    page.until(f"document.body.innerText.includes({told})", f"“{words}”")


def _picture(page: Page, name: str) -> None:
    if _PICTURES:
        time.sleep(2)  # what turns and fades has come to rest
        page.picture(Path(_PICTURES) / name, whole=False)


def _materialise(page: Page, served: Served, asset: str, partitions: str, picture: str) -> None:
    """The dialog of an asset's page: choose partitions, and launch."""
    _open(page, f"{served.url}/assets/{asset}", "Materialize")
    # The button does nothing until the page knows what may be done, and one that is pressed again
    # while its dialog is on the way begins it anew.
    page.until(
        "document.body.innerText.includes('Partition selection')"
        " || (Date.now() - (window.pressed || 0) > 10000 && (window.pressed = Date.now(),"
        " find('button', 'Materialize')?.click()), false)",
        "the dialog",
    )
    field = (
        "[...document.querySelectorAll('input')]"
        ".filter((node) => shown(node) && node.type === 'text').at(-1)"
    )
    for _ in range(20):  # what is written before the page knows the partitions is dropped
        page.run(f"const field = {field}; field.focus(); field.select();")
        page.ask("Input.insertText", text=partitions)
        page.run("document.activeElement.blur();")
        time.sleep(2)
        if not page.run("return document.body.innerText.includes('\\n0 partitions');"):
            break
    _picture(page, picture)
    page.click("button", "Launch")


def test_an_asset_shows_what_it_is_and_a_preview_of_its_rows(served, page):
    for words in ("preview", "One row per alert", "customer_id", "customer-success-data"):
        _open(page, f"{served.url}/assets/customer_alerts", words)
    page.until("Boolean(document.querySelector('.dagster-markdown table td'))", "the preview")
    page.run("document.querySelector('.dagster-markdown table').scrollIntoView({block: 'center'});")
    _picture(page, "ui-preview.png")


def test_three_days_are_filled_again_as_one_run(served, page):
    before = {run["runId"] for run in served.runs()}
    _materialise(
        page, served, "gong_calls_raw", f"[{DAYS[0]}...{DAYS[1]}]", "ui-backfill.png"
    )  # a range of days is one run
    run = served.ended(before)
    tags = {tag["key"]: tag["value"] for tag in run["tags"]}
    assert run["status"] == "SUCCESS"
    assert tags["dagster/asset_partition_range_start"] == DAYS[0]
    assert tags["dagster/asset_partition_range_end"] == DAYS[1]


def test_a_check_that_does_not_pass_is_seen_with_what_it_found(served, page):
    with served.warehouse.session("test") as db:
        db._connection.execute(
            "INSERT INTO analytics.health_weights SELECT * FROM analytics.health_weights LIMIT 1"
        )
    _open(page, f"{served.url}/assets/health_weights?view=checks", "health_weights_grain_is_unique")
    page.click("button", "Execute")
    page.until("document.body.innerText.includes('Failed')", "a check that failed")
    page.until("document.body.innerText.includes('materialise the partitions')", "how to mend it")
    _picture(page, "ui-check.png")


def test_a_past_week_is_made_again_with_the_same_rows(served, page):
    rows = f"SELECT * FROM analytics.customer_metrics WHERE week_start = '{PAST}' ORDER BY ALL"
    was = _rows(served, rows)
    assert was
    before = {run["runId"] for run in served.runs()}
    _materialise(page, served, "customer_metrics", f"[{PAST}...{PAST}]", "ui-week.png")
    run = served.ended(before)
    tags = {tag["key"]: tag["value"] for tag in run["tags"]}
    assert run["status"] == "SUCCESS"
    assert PAST in (tags.get("dagster/partition"), tags.get("dagster/asset_partition_range_start"))
    assert _rows(served, rows) == was


def test_run_config_narrows_the_reviews_to_one_csm(served, page):
    of_week = f"FROM analytics.weekly_reports WHERE week_start = '{WEEK}'"
    made = f"SELECT csm_id, COUNT(*) {of_week} GROUP BY 1"
    was = dict(_rows(served, made))
    with served.warehouse.session("test") as db:
        db._connection.execute(f"DELETE {of_week}")
    (told,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    asked = {"config": told, "mode": "default"}
    tags = {"dagster/partition": WEEK, "cs_assets/allow_late": "true"}
    for number, (key, value) in enumerate(tags.items()):
        asked |= {f"tags[{number}][key]": key, f"tags[{number}][value]": value}
    address = f"{served.url}/locations/cs/jobs/weekly_reviews_job/playground/setup"
    page.ask("Page.navigate", url=f"{address}?{urlencode(asked)}")
    before = {run["runId"] for run in served.runs()}
    page.until(
        "['csm_ids', 'No errors'].every((words) => document.body.innerText.includes(words))"
        " && !document.body.innerText.includes('Checking config')",
        "the run config, checked",
    )
    _picture(page, "ui-run-config.png")
    page.click("button", "Launch Run")
    assert served.ended(before, "weekly_reviews_job")["status"] == "SUCCESS"
    assert dict(_rows(served, made)) == {CSM: was[CSM]}


def test_the_sensor_is_switched_on_and_routes_a_new_account_by_itself(served, page):
    with served.warehouse.session("test") as db:
        for table, key, more in (
            ("accounts", "account_id", ""),
            ("onboarding_detail", "account_id_ob", ", 'TEN_NEW' AS tenant_id"),
        ):
            db._connection.execute(
                f"INSERT INTO source.{table} SELECT * REPLACE ('ACC_NEW' AS {key}{more}) "
                f"FROM source.{table} WHERE {key} = 'ACC_90001' LIMIT 1"
            )
    before = {run["runId"] for run in served.runs()}
    _open(page, f"{served.url}/locations/cs/sensors/needs_csm_sensor", "needs_csm_sensor")
    page.until("Boolean(document.querySelector('input[type=checkbox]'))", "the switch")
    page.run("document.querySelector('input[type=checkbox]').click();")
    run = served.ended(before)
    assert run["status"] == "SUCCESS"
    told = "SELECT account_id FROM analytics.csm_routing_recommendations"
    assert ("ACC_NEW",) in _rows(served, told)
    page.until("/\\d+ (run|request)/i.test(document.body.innerText)", "the tick with its run")
    _picture(page, "ui-sensor.png")


def _rows(served: Served, statement: str) -> list[tuple[Any, ...]]:
    with served.warehouse.reading("test") as db:
        return db._connection.execute(statement).fetchall()

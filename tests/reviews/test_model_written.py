"""Reports that a model writes, over a loopback provider and through the real assets."""

import json
import threading
import time
from collections.abc import Callable

import pytest

from cs_assets.reviews import assets
from cs_assets.reviews.editions.view import view_of
from cs_assets.reviews.writing.report import passages_from_json
from tests.ai import fake_claude
from tests.ai.loopback import Reply, Request, Server, serving
from tests.reviews import making, tenant
from tests.reviews.test_assets import materialise

TEXT = "{customer.name} had a steady week."
ADVICE = "\n\n".join(
    f"## {title}\nObserved in the figures above.\nWhy it matters: it decides the renewal.\n"
    "Action: talk to the sponsor.\nExpected effect: the sponsor answers."
    for title in ("Call the sponsor", "Plan a workshop", "Ask for the goal")
)


def section(request: Request) -> Reply:
    """What a model that keeps to the prompts would answer."""
    asked = fake_claude.last_ask(request)
    return fake_claude.written(ADVICE if "recommendations" in asked else TEXT)


@pytest.fixture
def asks(monkeypatch: pytest.MonkeyPatch) -> Callable[[Server], None]:
    def point(server: Server) -> None:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)

    return point


def stored(warehouse) -> dict[str, object]:
    with warehouse.session("test") as db:
        rows = db.query("reviews/reports", ["", "￿", tenant.WEEK, "weekly"])
    return {row.customer_id: row for row in rows.itertuples() if row.status == "written"}


def a_page(home) -> str:
    """A report's page as HTML (its mail lies beside it)."""
    folder = home.reports(tenant.WEEK.isoformat())
    return next(p for p in folder.glob("*.html") if ".mail." not in p.name).read_text()


def test_many_are_written_at_once_and_a_second_run_asks_nothing(reviewed, home, asks):
    busy, most, lock = 0, 0, threading.Lock()

    def script(request: Request) -> Reply:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.05)
        with lock:
            busy -= 1
        return section(request)

    with serving(script) as server:
        asks(server)
        assert materialise(reviewed, home).success
        first, calls = stored(reviewed), len(server.requests)
        assert materialise(reviewed, home, only=assets.assets[:2]).success
        assert len(server.requests) == calls
        again = stored(reviewed)
        # Of a customer with a new goal only the sections that rest on the goal are written again.
        with reviewed.session("test") as db:
            customers = tenant.customers().set_index("customer_id")
            customers.loc["CUST_10003", "goal"] = "Win the north"
            db.replace("source.customers", customers.reset_index(), {})
        assert materialise(reviewed, home, only=assets.assets[:2]).success
        assert len(server.requests) == calls + 2
        asked = " ".join(fake_claude.last_ask(r) for r in server.requests[calls:])
    assert [name in asked for name in ('"performance"', '"business value"')] == [False, True]
    assert calls == 3 * len(first)
    assert most > 1
    for row in first.values():
        assert (row.writer, row.model) == ("claude", "claude-sonnet-5-5")
    assert {c: r.content_hash for c, r in again.items()} == {
        c: r.content_hash for c, r in first.items()
    }
    page = a_page(home)
    assert "Written by Claude, with all figures put in from the facts" in page


def test_without_an_answer_rules_write_and_the_report_says_why(reviewed, home, asks):
    with serving(lambda _: fake_claude.error(401, "authentication_error")) as server:
        asks(server)
        assert materialise(reviewed, home).success
    row = next(iter(stored(reviewed).values()))
    assert (row.writer, row.model) == ("rules", "rules")
    passages = passages_from_json(row.sections)
    assert "401" in passages["performance"].degraded[0]
    page = a_page(home)
    assert "Written by rules, because the model gave no answer" in page
    with serving(section) as server:
        asks(server)
        assert materialise(reviewed, home, only=assets.assets[:2]).success
    assert next(iter(stored(reviewed).values())).writer == "claude"


def test_for_a_customer_internal_claims_are_refused_and_reasons_left_out(
    tenant_warehouse, tmp_path
):
    from tests.ai.writers import claude_writer

    with serving(lambda _: fake_claude.written("{customer.name} may churn.")) as server:
        reports = making.reports_of(
            tenant_warehouse,
            with_settings=making.settings(edition="customer"),
            writer=claude_writer(server.url, tmp_path),
        )
    report = next(iter(reports.values()))
    passage = report.passages["performance"]
    assert passage.writer == "rules"
    assert "internal view of risk" in passage.rejections[0]
    notes = " ".join(view_of(report, making.settings(edition="customer")).notes)
    assert "Written by rules: " in notes
    assert "because" not in notes.partition("Written by rules")[2]


def test_reports_by_rules_say_nothing_of_models(reports):
    for report in reports.values():
        assert "degraded" not in json.dumps(report.sections_json())
        assert not any("Written by" in n for n in view_of(report, making.settings()).notes)


def test_recommendations_in_another_shape_give_way_to_those_by_rule(tenant_warehouse, tmp_path):
    from tests.ai.writers import claude_writer

    with serving(lambda _: fake_claude.written(TEXT)) as server:
        reports = making.reports_of(tenant_warehouse, writer=claude_writer(server.url, tmp_path))
    report = next(iter(reports.values()))
    by_rule = making.reports_of(tenant_warehouse)[report.sheet.entity_id]
    passage = report.passages["recommendations"]
    assert passage.filled == by_rule.passages["recommendations"].filled
    assert "0 recommendations instead of" in passage.rejections[0]
    assert report.passages["performance"].writer == "claude"
    notes = " ".join(view_of(report, making.settings()).notes)
    assert "because the model's texts broke the rules of writing: Recommendations" in notes

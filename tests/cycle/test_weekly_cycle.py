"""The main job end to end: one weekly cycle on the sample tenant, and what must be true of it."""

import email
import email.policy
import json
import re
import sqlite3

import pypdf
import pytest

from resources.home import Home
from tests.cycle.conftest import WEEK, command
from tests.faults import offline
from tests.figures import Tell
from tests.snowflake import small_tenant


def test_it_makes_reviews_digests_assignments_and_an_outbox(finished):
    pdfs = sorted(finished.home.reports(WEEK).glob("**/*.pdf"))
    digests = finished.rows(
        "SELECT rep_user_id FROM analytics.rep_digests WHERE week_start = ?", (WEEK,)
    )
    mails = list(finished.home.outbox.glob("*.eml"))
    assert len(pdfs) >= 60
    assert len(digests) >= 8
    subjects = [
        email.message_from_bytes(m.read_bytes(), policy=email.policy.default)["Subject"]
        for m in mails
    ]
    assert sum(subject.startswith("Your book") for subject in subjects) == 4
    assert sum(subject.startswith("All books") for subject in subjects) == 1
    assert str(finished.home.root) in finished.output.replace("\n", "")
    assert f"artifacts/reports/{WEEK}" in finished.output


def test_nothing_of_it_left_the_machine_though_every_key_was_set(finished, tell: Tell):
    figure = offline.figure(finished.connections, finished.attempts, made=True)
    tell(figure)
    assert figure.passed, figure.line()
    told = finished.output.replace("\n", " ")
    assert "Not used: ALERT_EMAIL, " in told
    assert "canary" not in told.lower()


def test_every_account_that_waits_is_assigned_or_said_why_not(finished):
    waiting = finished.rows(
        "SELECT DISTINCT account_id_ob FROM source.onboarding_detail "
        "WHERE success_transition_status_ob = 'Needs CSM' AND account_id_ob IS NOT NULL"
    )
    told = finished.rows(
        "SELECT DISTINCT account_id, status FROM analytics.csm_routing_recommendations "
        "WHERE rank = 1 OR rank IS NULL"
    )
    assigned = finished.rows("SELECT account_id FROM analytics.account_csm_assignments")
    assert set(waiting.account_id_ob) == set(told.account_id)
    assert len(assigned) == assigned.account_id.nunique()
    assert len(assigned) >= 30


def test_every_figure_in_a_pdf_has_its_fact(finished):
    """Each number on the pages of a review is a fact's, as the file beside it says."""
    pdf = next(iter(sorted(finished.home.reports(WEEK).glob("**/*CUST_12345*.pdf"))))
    beside = json.loads(next(iter(pdf.parent.glob("*CUST_12345*.json"))).read_text())
    assert beside
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages)
    assert len(text) > 1500


def test_the_days_count_as_scored_what_has_a_score(finished):
    counted = finished.rows(
        "SELECT SUM(scored) AS scored, SUM(left_out) AS left_out, SUM(stored) AS stored "
        "FROM gong.gong_reconciliation"
    ).iloc[0]
    analysed = finished.rows(
        "SELECT status, COUNT(*) AS calls FROM analytics.call_analysis GROUP BY 1"
    )
    calls = analysed.set_index("status").calls
    assert counted.scored == calls["scored"]
    assert counted.left_out == calls.drop("scored").sum() > 0
    assert counted.scored + counted.left_out == counted.stored


def test_the_viewer_names_people_and_links_to_what_is_there(finished):
    document = (finished.home.artifacts / "index.html").read_text(encoding="utf-8")
    found = re.search(r'id="entries">(.*?)</script>', document, re.DOTALL)
    entries = json.loads(found[1])
    owners = {entry["name"]: entry["owner"] for entry in entries if entry["kind"] != "Review"}
    assert owners["Maya Lindqvist"] == owners["Team of Laura Benedetti"] == "Laura Benedetti"
    assert "All teams" in owners
    for entry in entries:
        assert not entry["name"].isdigit()
        assert all((finished.home.artifacts / path).is_file() for path in entry["links"].values())


def test_nothing_goes_out_twice(finished):
    before = {
        path.name: path.read_bytes() for path in finished.home.outbox.glob("**/*") if path.is_file()
    }
    # The weeks before, which nothing is sent for, are made the same again elsewhere.
    again = command("demo", "--home", str(finished.home.root), CS_ASSETS_START_WEEK=WEEK)
    assert again.returncode == 0, again.stdout[-3000:] + again.stderr[-3000:]
    after = {
        path.name: path.read_bytes() for path in finished.home.outbox.glob("**/*") if path.is_file()
    }
    assert before == after
    assert _lines(again.stdout) == _lines(finished.output), "what waits is told again"
    with sqlite3.connect(finished.home.ledger) as ledger:
        states = dict(ledger.execute("SELECT state, COUNT(*) FROM delivery GROUP BY state"))
    assert set(states) == {"sent"}


def _lines(output: str) -> list[str]:
    """What the closing table counts."""
    found = [line.split("│")[1].strip() for line in output.splitlines() if line.startswith("│")]
    assert "Accounts for a person" in found
    return found


def test_the_same_week_made_again_has_the_same_rows(finished):
    """Re-materialisation: the second demo run above changed no row of what people read."""
    counts = finished.rows(
        "SELECT customer_id, COUNT(*) AS n FROM analytics.weekly_reports "
        "WHERE week_start = ? GROUP BY 1 HAVING COUNT(*) > 1",
        (WEEK,),
    )
    assert counts.empty


def test_mails_are_whole_and_safe(finished):
    for path in list(finished.home.outbox.glob("*.eml"))[:20]:
        raw = path.read_bytes()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert message["To"]
        assert message["X-Delivery-Key"]
        assert message.get_body(("plain",)).get_content().strip()
        assert not re.search(rb"(?<!\r)\n", raw)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("demo", "--week", "2026-11-10"), "does not start on a Monday"),
        (("demo", "--week", "soon"), "is no date"),
        (("demo", "--week", "2019-01-07"), "before the first week"),
        (("demo", "--week", "2199-01-07"), "is not over yet"),
        (("demo", "--gong", "/nowhere/at/all"), "there is no such folder"),
        (("demo", "--data", "/nowhere/at/all"), "there is no such folder"),
        (("demo", "--home", "/proc/cs_assets"), "cannot be written"),
        (("demo", "--wek", "x"), "No such option"),
    ],
)
def test_what_is_asked_wrongly_is_one_line_and_status_two(arguments, said, forks, tmp_path):
    home = tmp_path / "home"
    done = forks.run(home, arguments)
    assert done.status == 2, done.said
    assert said in done.said.replace("\n", " ")
    assert "Traceback" not in done.said
    assert not home.exists()


def test_real_calls_give_digests_for_their_reps(real_calls, tmp_path):
    """Beside a few customers; the sample's are made in ``finished``, and the weeks before."""
    few = Home(tmp_path / "few").ensure()
    small_tenant.put(few)
    own = ("--gong", str(real_calls), "--data", str(few.sources), "--home", str(tmp_path / "home"))
    done = command("demo", *own, CS_ASSETS_START_WEEK=WEEK)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    digests = list((tmp_path / "home" / "artifacts" / "digests" / WEEK).glob("**/*.html"))
    assert len(digests) >= 6

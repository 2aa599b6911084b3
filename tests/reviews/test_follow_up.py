"""What earlier reviews advised: noted, followed up on the last page, and not said as if new."""

import datetime as dt
import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from cs_assets import config
from cs_assets.cli import app, mount_rooms
from cs_assets.customers.policy import CustomerPolicy
from cs_assets.paper.brand import brand_of
from cs_assets.reviews.editions.html import html_of
from cs_assets.reviews.editions.view import view_of
from cs_assets.reviews.writing import follow_up
from cs_assets.reviews.writing.plays.choosing import plays
from resources.home import Home
from tests.reviews import making, tenant
from tests.reviews.conftest import copied
from tests.reviews.test_assets import materialise

mount_rooms()
BEFORE = tenant.WEEK - dt.timedelta(weeks=1)
_AT = dt.datetime.combine(tenant.WEEK, dt.time(9))


def _advice(report, week=BEFORE, then=0.25):
    """Rows of ``reviews/advice_before`` as if ``report`` had been written in ``week``."""
    settings = making.settings()
    view = view_of(report, settings)
    made = [one for section in view.sections for one in section.recommendations]
    rows = pd.DataFrame(
        follow_up.advice_rows(
            report.sheet.entity_id, made, plays(report.sheet, settings), report.sheet
        )
    )
    return rows.assign(week_start=week, value=rows["value"] * then)


def _noted(advice, number, state, note="they agreed", week=BEFORE):
    row = advice[advice["number"] == number].iloc[0]
    code = row.playbook or row.play
    return {
        "customer_id": row.customer_id, "action_id": f"x/{code}", "code": code, "week_start": week,
        "state": state, "note": note, "done_by": "ana", "done_at": _AT,
    }  # fmt: skip


_COLUMNS = ["customer_id", "action_id", "code", "week_start", "state", "note", "done_by", "done_at"]


def _again(report, advice, *events, struck=()):
    done = pd.DataFrame(list(events), columns=_COLUMNS)
    past = follow_up.pasts(advice, done)[report.sheet.entity_id]
    past = follow_up.Past(past.said, past.done, struck)
    return making.rewritten(
        report, lambda sheet: sheet.with_facts(follow_up.past_facts(past, sheet))
    )


def _effects(code, verdict, effect=None, low=None, high=None):
    row = [code, 31, 120, effect, low, high, verdict, False]
    names = ["code", "treated", "untreated", "effect", "effect_low", "effect_high", "verdict"]
    return follow_up.effect_facts(pd.DataFrame([row], columns=[*names, "is_dropped"]))


def test_advice_given_again_says_what_became_of_it_and_so_does_the_last_page(reports):
    report = reports["CUST_10002"]
    advice = _advice(report)
    made = _again(report, advice, _noted(advice, 1, "taken"))
    text, told = (made.passages[name].filled for name in ("recommendations", "history"))
    blocks = text.split("## ")[1:]
    assert all("\nGiven before: in the review to 8 November 2026; " in b for b in blocks), text
    assert "taken up on 9 November 2026 (noted by ana; they agreed)" in blocks[0]
    assert "nothing is noted as done" in blocks[1]
    assert len(told.split("\n")) == len(advice)
    measured = advice[advice["fact_id"].notna()].iloc[0]
    assert f"{measured.title}: said" in told
    assert " then and is " in told
    assert made.full_text.rstrip().endswith(told)
    page = html_of(made, brand_of(), making.settings(), "internal")
    where = [page.index(words) for words in ("<h2>What we said, what was done", 'id="notes"')]
    assert where == sorted(where)
    assert "Given before" not in report.full_text
    assert "history" not in report.passages


@pytest.mark.parametrize(("state", "weeks", "comes"), [
    ("done", 1, False), ("done", 6, True), ("dropped", 6, False), ("taken", 1, True),
])  # fmt: skip
def test_what_was_done_or_dropped_rests(reports, state, weeks, comes):
    report = reports["CUST_10001"]
    week = tenant.WEEK - dt.timedelta(weeks=weeks)
    chosen = plays(report.sheet, making.settings())
    advice = _advice(report, week)
    titles = [row.title for row in advice.itertuples() if not chosen[row.number - 1].must]
    number = int(advice.loc[advice["title"] == titles[0], "number"].iloc[0])
    made = _again(report, advice, _noted(advice, number, state, week=week))
    again = [title for title, _ in view_of(made, making.settings()).todo]
    assert (titles[0] in again) == comes
    assert titles[0] in made.passages["history"].filled


def test_what_page_one_warns_of_comes_back_though_it_was_done(reports):
    report = reports["CUST_10002"]
    chosen = plays(report.sheet, making.settings())
    must = next(n for n, play in enumerate(chosen, start=1) if play.must)
    advice = _advice(report)
    made = _again(report, advice, _noted(advice, must, "done"))
    title = advice.loc[advice["number"] == must, "title"].iloc[0]
    block = made.passages["recommendations"].filled.split(f"## {title}\n")[1].split("## ")[0]
    assert "Given before: in the review to 8 November 2026; done on 9 November 2026" in block


def test_an_effect_is_told_with_interval_and_n_or_not_at_all(reports):
    report = reports["CUST_10002"]
    play = next(p for p in plays(report.sheet, making.settings()) if p.playbook)
    notes = " ".join(view_of(report, making.settings()).notes)
    assert "otherwise it is not measured yet" in notes
    known = _effects(play.playbook, "works", 4.25, 1.0, 7.5)
    made = making.rewritten(report, lambda sheet: sheet.with_facts(known))
    said = "health moved by +4.2 points beyond matched customers (interval +1.0 to +7.5, n = 31)"
    assert said in made.full_text
    copy = making.rewritten(report, lambda sheet: sheet.with_facts(known).for_customer())
    assert "health moved" not in copy.passages["recommendations"].filled


def test_advice_that_was_measured_to_do_nothing_is_not_given(reports):
    settings = making.settings()
    for report in reports.values():
        for play in plays(report.sheet, settings):
            if play.playbook and not play.must:
                sheet = report.sheet.with_facts(_effects(play.playbook, "no effect", 0.1, -1, 1))
                assert play.code not in {p.code for p in plays(sheet, settings)}
                return
    pytest.skip("no play of the small tenant has a playbook")


def test_playbooks_named_by_plays_are_there():
    known = {playbook.code for playbook in config.load("customers.yaml", CustomerPolicy).playbooks}
    book = making.settings().plays
    said = [w.playbook for play in book.triggered for w in (play, *play.cases.values())]
    assert {one for one in said if one} <= known


def test_a_review_a_note_and_the_next_weeks_review_and_book(tenant_warehouse, tmp_path):
    home = Home(tmp_path / "home").ensure()
    warehouse = copied(tenant_warehouse, home.warehouse)

    def run(*arguments):
        environment = {"CS_ASSETS_HOME": str(home.root), "CS_ASSETS_WRITER": "rules"}
        return CliRunner().invoke(app, ["report", *arguments], env=environment)

    materialise(warehouse, home, week=BEFORE.isoformat())
    refused = run("act", "CUST_10002", "9", "--done")
    assert "advice 9: the review has 1. " in str(refused.exception)
    noted = run("act", "CUST_10002", "1", "--done", "--note", "Agreed\x1b with Zoë", "--by", "ana")
    assert noted.exit_code == 0, noted.exception
    title = noted.stdout.split('"')[1]
    assert "is done already" in str(run("act", "CUST_10002", "1", "--taken").exception)
    materialise(warehouse, home)
    with warehouse.session("test") as db:
        rows = db.query("reviews/reports", ["CUST_10002", "CUST_10002", tenant.WEEK, "weekly"])
    text = rows["full_report"].iloc[0]
    _, _, told = text.partition("WHAT WE SAID, WHAT WAS DONE, WHAT CAME OF IT\n\n")
    assert f"- {title}: said in the review to 8 November 2026; done on " in told
    assert "(noted by ana; Agreed with Zoë)" in told
    book = (home.reports(tenant.WEEK.isoformat()) / "book-CSM001.mail.txt").read_text()
    promised = " ".join(book.partition("PROMISED LAST TIME")[2].split())
    assert f"{title} (done on " in promised
    facts = json.loads(
        (home.reports(tenant.WEEK.isoformat()) / "CUST_10002.facts.json").read_text()
    )
    assert any(f["fact_id"] == "last_time.a.state" for f in facts["sheet"]["facts"])
    told = json.loads(run("history", "CUST_10002", "--json").stdout)
    assert "done" in [row["what"] for row in told]
    on_screen = run("make", "CUST_10002", "--week", tenant.WEEK.isoformat())
    shown = " ".join(on_screen.stdout.split())
    assert f"{title} (Review to 8 November 2026); Done on " in shown

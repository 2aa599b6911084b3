"""``cs-assets digest`` on the small team."""

import datetime as dt
import io
import json
from dataclasses import replace

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from cs_assets.coaching.digest.digests import on_paper
from cs_assets.coaching.rep_week import Rep
from cs_assets.coaching.rows import artefact
from cs_assets.commands import rep
from cs_assets.commands.digest import app, find_rep
from cs_assets.errors import CsAssetsError, UsageError
from tests.coaching import pages
from tests.coaching.tenant import MONDAY, small_team

WEEK = MONDAY.isoformat()
SIX_DAYS = dt.timedelta(days=6)


@pytest.fixture
def run(home, warehouse, materialize, monkeypatch):
    tenant = small_team()
    tenant.rep("cyd", "Cyd Fox")
    tenant.call("cyd", MONDAY, status="too_short")
    tenant.store(warehouse)
    materialize()
    monkeypatch.setenv("CS_ASSETS_HOME", str(home.root))
    return lambda *words, app=app: CliRunner().invoke(app, list(words))


@pytest.fixture
def told(run):
    """What a command of ``cs-assets rep`` says, or the one line of its refusal."""

    def say(*words):
        done = run(*words, app=rep.app)
        return done.output if done.exit_code == 0 else str(done.exception)

    return say


def test_plan_and_digest_name_the_same_focus(told, warehouse):
    for who in ("ann", "bob"):
        plan = json.loads(told("plan", who, "--to", (MONDAY + SIX_DAYS).isoformat(), "--json"))
        with warehouse.session("test") as db:
            rows = db.query("coaching/rep_week_focus", [MONDAY, MONDAY])
        own = rows[(rows["rep_user_id"] == who) & (rows["state"] == "open")].sort_values("place")
        assert [one["focus_id"] for one in plan["focus"]] == own["focus_id"].tolist()
    assert plan["focus"]  # bob's; ann has none


def test_a_dispute_keeps_both_values_and_the_managers_word_counts(told, warehouse, materialize):
    call = warehouse_call(warehouse, "bob")
    why = ("--reason", "I did ask, in the second minute.")
    assert "is no criterion that this call" in told("dispute", call, "nonsense", *why)
    assert "10 to 500 are asked for" in told("dispute", call, "open_questions", "--reason", "no")
    raised = told("dispute", call, "open_questions", *why)
    (dispute, *_) = raised.split(":")
    assert "was scored as missing" in raised
    assert "is disputed as" in told("dispute", call, "open_questions", *why)
    assert "The manager decides" in raised
    before = missing_of(warehouse, materialize)
    digest = digest_text(warehouse)
    assert "Your manager has not decided yet." in digest["bob"]
    assert "Disputed" not in digest["ann"]
    assert dispute in digest["boss"]
    decide = ("decide", dispute, "--overturn", "--reason", "She asked at 2:10.")
    assert "nobody decides on their own score" in told(*decide, "--by", "bob")
    assert "the manager of Bob Ray decides: boss@team.example" in told(*decide, "--by", "ann")
    assert "overturned" in told(*decide, "--by", "boss@team.example")
    assert "was overturned by boss@team.example already" in told(*decide, "--by", "boss")
    assert missing_of(warehouse, materialize) == before - 1
    text = digest_text(warehouse)["bob"]
    assert "Scored as missing; done, you say. boss@team.example decided: it counts as done." in text
    listed = json.loads(told("disputes", "--json"))
    assert (listed[0]["was_missing"], listed[0]["is_missing"]) == (True, False)
    assert told("disputes", "--open").strip() == "No dispute waits for a decision."
    with warehouse.session("test") as db:
        steps = db.query("coaching/disputes", [MONDAY, MONDAY + SIX_DAYS])
        score = db.query("calls/one_call", [call])
    assert steps["step"].tolist() == ["raised", "overturned"]
    assert json.loads(score["evidence"].iloc[0])["discovery"]["missed"]  # the score stays


def warehouse_call(warehouse, rep_user_id):
    with warehouse.session("test") as db:
        calls = db.query("coaching/scores_of_calls", [MONDAY, MONDAY + SIX_DAYS])
    return calls[calls["rep_user_id"] == rep_user_id]["call_id"].iloc[0]


def missing_of(warehouse, materialize):
    """In how many calls bob's focus is missing, after the digests are made again."""
    materialize("rep_digests", "team_summary")
    with warehouse.session("test") as db:
        rows = db.query("coaching/rep_week_focus", [MONDAY, MONDAY])
    own = rows[(rows["rep_user_id"] == "bob") & (rows["focus_id"] == "discovery.open_questions")]
    return int(own["missing"].iloc[0])


def digest_text(warehouse):
    """By rep or audience: all that is told, in one line."""
    with warehouse.session("test") as db:
        digests = db.query("coaching/rep_digests", [MONDAY, MONDAY])
        teams = db.query("coaching/team_summary", [MONDAY, MONDAY])
    told = {
        **dict(zip(digests["rep_user_id"], digests["texts"], strict=True)),
        **dict(zip(teams["audience_id"], teams["texts"], strict=True)),
    }
    return {
        key: " ".join(passage["filled"] for passage in json.loads(texts or "[]"))
        for key, texts in told.items()
    }


def test_a_digest_is_shown_written_and_refused_with_reasons(run, tmp_path):
    shown = run("ann", "--week", WEEK)
    assert shown.exit_code == 0
    assert "This week's focus" in shown.output
    by_mail = run("bob@team.example", "--text")
    assert by_mail.output.startswith("Bob Ray, week of 9 November 2026\n\n3 scored calls this week")
    facts = json.loads(run("bob", "--json").output)
    assert (facts["rep"], facts["week"]) == ("Bob Ray", WEEK)
    assert facts["sheet"]["facts"]
    assert [one["rep"] for one in json.loads(run("--all", "--json").output)] == [
        "Ann Lee",
        "Bob Ray",
    ]
    assert "Ann Lee" in run("--all", "--md").output
    assert run("--all", "--html", str(tmp_path / "all")).exit_code == 0
    assert len(list((tmp_path / "all").glob("*.html"))) == 2
    assert run("--all", "--pdf", str(tmp_path / "all")).exit_code == 0
    assert len(list((tmp_path / "all").glob("*.pdf"))) == 2
    page = tmp_path / "digest.html"
    assert run("Bob Ray", "--html", str(page)).exit_code == 0
    assert page.read_text().startswith("<!DOCTYPE html>")
    for words, error, message in (
        ((), UsageError, "name one rep, or give --all"),
        (("nobody",), UsageError, "no rep is called 'nobody'"),
        (("ann", "--week", "2026-11-10"), UsageError, "did you mean 2026-11-09"),
        (("ann", "--week", "soon"), UsageError, "is no date"),
        (("ann", "--week", "2026-10-05"), UsageError, "has no digest for week 2026-10-05"),
        (("cyd", "--week", WEEK), CsAssetsError, "no scored call in the window"),
    ):
        failed = run(*words)
        assert isinstance(failed.exception, error), words
        assert message in str(failed.exception)


def test_any_span_is_previewed_and_nothing_of_it_kept(run, warehouse, tmp_path):
    def kept():
        with warehouse.session("test") as db:
            digests = db.query("coaching/rep_digests", [dt.date(2026, 1, 1), dt.date(2027, 1, 1)])
        return digests.to_json()

    before = kept()
    span = ("--from", "2026-10-06", "--to", "2026-10-28")
    shown = run("bob", *span, "--md").output
    assert shown.startswith("Preview of 2026-10-06 to 2026-10-28, neither kept nor sent.")
    assert run("bob", *span, "--pdf", str(tmp_path / "span.pdf")).exit_code == 0
    assert "weekof26October" in printed((tmp_path / "span.pdf").read_bytes())
    document = json.loads(run("bob", *span, "--json").output)
    facts = {fact["fact_id"]: fact["value"] for fact in document["sheet"]["facts"]}
    assert facts["calls.window"] == 11  # of twelve in these weeks one lies before the span
    assert facts["before.weeks"] == 8
    assert kept() == before
    for words, message in (
        (("bob", "--from", "2026-10-01"), "with --from and --to"),
        (("bob", "--from", "soon", "--to", "2026-10-01"), "'soon' is no day"),
        (("bob", "--from", "2026-11-01", "--to", "2026-10-01"), "--from is a day before --to"),
        (("bob", "--from", "2026-01-01", "--to", "2026-02-01"), "has no scored call from"),
    ):
        assert message in str(run(*words).exception), words


def test_a_name_that_means_two_reps_is_not_guessed():
    reps = [Rep(str(i), f"Ann {name}", None, None, True) for i, name in enumerate(("Lee", "Ray"))]
    with pytest.raises(UsageError, match=r"Ann Lee \(0\), Ann Ray \(1\)"):
        find_rep("ann", reps)
    assert find_rep("lee", reps).user_id == "0"


def printed(pdf):
    """The letters of a PDF without white space, as one string."""
    return "".join(
        "".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages
    )


@pytest.mark.parametrize(
    ("code", "page_of"), [("en", "Page1of"), ("de", "Seite1von"), ("es", "Página1de")]
)
def test_a_digest_on_paper_says_all_that_its_page_says(rules, code, page_of):
    speaking = rules.model_copy(update={"language": code})
    digest = pages.digest_of(pages.bobs_week(rules), speaking)
    made = on_paper(digest.layout, digest.sheet.cutoff, speaking)
    assert made == on_paper(digest.layout, digest.sheet.cutoff, speaking)
    catalog = PdfReader(io.BytesIO(made)).trailer["/Root"]
    assert catalog["/Lang"] == code
    assert f"<rdf:li>{code}</rdf:li>" in catalog["/Metadata"].get_object().get_data().decode()
    assert catalog["/MarkInfo"]["/Marked"]
    shown = printed(made)
    assert page_of in shown
    assert "https://" not in shown
    for passage in digest.passages:
        if passage["key"] != "subject" and not passage["key"].endswith("url"):
            assert "".join(passage["filled"].split()) in shown, passage["key"]


def test_a_one_line_digest_fits_on_paper(rules):
    week = replace(pages.bobs_week(rules), nothing_new=True)
    digest = pages.digest_of(week, rules)
    shown = printed(on_paper(digest.layout, digest.sheet.cutoff, rules))
    assert "".join(digest.passages[2]["filled"].split()) in shown


def test_the_paper_of_a_mail_is_the_paper_of_the_command(rules):
    digest = pages.digest_of(pages.bobs_week(rules), rules)
    assert digest.pdf is None
    attached = pages.digest_of(
        pages.bobs_week(rules), rules.model_copy(update={"attach_pdf": True})
    )
    kept = json.loads(attached.files["facts"][1])["layout"]
    assert attached.pdf == on_paper(json.dumps(kept), attached.sheet.cutoff, rules)
    paths = {part: f"digests/x{ending}" for part, (ending, _) in attached.files.items()}
    row = artefact(attached, paths)
    assert row["attachment_path"] == "digests/x.ics\ndigests/x.pdf"
    assert row["attachment_name"] == "follow-up.ics\ncoaching-digest.pdf"
    assert row["content_sha256"] == digest.content_sha256
    del paths["calendar"]
    assert artefact(attached, paths)["attachment_name"] == "coaching-digest.pdf"

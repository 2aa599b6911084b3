"""Books: who reads one, who stands first in it, and the mail that says so."""

import datetime as dt
import json

import html5lib
import pandas as pd
import pytest

from cs_assets.paper.brand import brand_of
from cs_assets.reviews.books import mail, making
from cs_assets.reviews.books.account import Known, accounts, changed
from cs_assets.reviews.books.book import Book
from cs_assets.reviews.books.portfolio import portfolio
from cs_assets.reviews.books.ranking import ranked
from cs_assets.reviews.books.readers import Reader, Staff
from cs_assets.reviews.books.reading import read_places
from cs_assets.reviews.editions.pdf.portfolio_pdf import portfolio_pdf
from cs_assets.reviews.editions.site import Entry, site
from cs_assets.reviews.writing.book_line import BookLine
from tests.reviews import browser, tenant
from tests.reviews import making as reports
from tests.reviews.pdf_reading import accessibility_problems, looks
from tests.reviews.test_assets import materialise

DAY = tenant.WEEK + dt.timedelta(days=7)
SETTINGS = reports.settings()
BRAND = brand_of()


def worker(worker_id, name, manager=None, **changes):
    return {
        "worker_id": worker_id, "worker_name": name, "worker_email": f"{worker_id}@example.com",
        "is_active": True, "termination_date": None, "leave_start": None, "leave_end": None,
        "manager_id": manager, **changes,
    }  # fmt: skip


def staff(csm, lead=None, head=None, email="ana@example.com", stand_ins=None):
    """CSM Ana under Lea under Hugo, and Bo beside her; each as changed."""
    return Staff(
        pd.DataFrame(
            [("A", "Ana", email), ("B", "Bo", "bo@example.com")],
            columns=["csm_id", "csm_name", "csm_email"],
        ),
        pd.DataFrame(
            [
                worker("A", "Ana", "L", **csm),
                worker("B", "Bo", "L"),
                worker("L", "Lea", "H", **(lead or {})),
                worker("H", "Hugo", "H", **(head or {})),
            ]
        ),
        DAY,
        stand_ins,
    )


GONE = {"is_active": False, "termination_date": dt.date(2026, 10, 30)}


@pytest.mark.parametrize(
    ("there", "reader", "why"),
    [
        (staff({}), "ana@example.com", ""),
        (staff(GONE), "L@example.com", "Ana left on 30 October 2026; you lead this book's CSM."),
        (staff({"is_active": False}), "L@example.com", "Ana has left"),
        (staff({"termination_date": DAY}), "ana@example.com", ""),
        (staff({"leave_start": DAY, "leave_end": dt.date(2026, 12, 1)}), "L@example.com",
         "Ana is on leave until 1 December 2026"),
        (staff({"leave_start": dt.date(2026, 11, 2)}), "L@example.com", "since 2 November 2026"),
        (staff({"leave_start": dt.date(2026, 1, 1), "leave_end": dt.date(2026, 2, 1)}),
         "ana@example.com", ""),
        (staff({}, email="nowhere"), "L@example.com", "Ana has no mail address"),
        (staff(GONE, stand_ins={"A": "B"}), "bo@example.com", "you stand in"),
        (staff(GONE, lead=GONE), "H@example.com", "you lead the team above"),
        (staff(GONE, lead={"leave_start": DAY}, stand_ins={"A": "A"}), "H@example.com", ""),
    ],
)  # fmt: skip
def test_a_book_goes_to_who_is_there_and_never_to_who_has_left(there, reader, why):
    found = there.reader_of("A")
    assert found.address == reader
    assert why in found.why


@pytest.mark.parametrize(("there", "kept"), [
    ({}, ("ana@example.com", "Ana")),
    ({"leave_start": dt.date(2026, 11, 1)}, ("ana@example.com", "Ana")),
    (GONE, ("L@example.com", "Lea")),
])  # fmt: skip
def test_who_has_a_book_keeps_it_unless_they_left(there, kept):
    people = staff(there)
    reader = people.kept("A", "ana@example.com", people.reader_of("A"))
    assert reader is not None
    assert (reader.address, reader.name) == kept


def test_a_book_that_nobody_can_read_says_why():
    nobody = staff(GONE, lead=GONE, head=GONE)
    assert nobody.reader_of("A") is None
    assert nobody.why_nobody("A") == (
        "Ana left on 30 October 2026, nobody stands in: Lea left on 30 October 2026; "
        "Hugo left on 30 October 2026"
    )
    assert nobody.leaders() == {}
    assert staff({}).leaders() == {"L": ("A", "B"), "H": ("A", "B")}


def rows(*customers, **every):
    """Rows of ``reviews/book_accounts``: one a customer."""
    usual = {
        "customer_name": None, "arr": 100_000.0, "arr_own": None, "arr_currency": None,
        "renewal_date": None, "csm_id": "A",
        "csm_name": "Ana", "status": "written", "title": "All is well",
        "book_line": BookLine().as_json(), "verdict": "send", "reasons": "[]", "pdf_path": None,
        "html_path": None, "bytes": None, "health_segment": "Green", "health_score": 90.0,
        "health_factors": None, "health_override": None,
    }  # fmt: skip
    return pd.DataFrame([{**usual, **every, **one} for one in customers])


def book_of(frame, known=None, **more):
    found = ranked(accounts(frame, DAY, known or Known()), SETTINGS.books.urgency)
    return Book("A", "Ana", Reader("A", "Ana", "ana@example.com"), DAY, tuple(found), **more)


def soon(days):
    return DAY + dt.timedelta(days=days - 1)


def test_the_most_at_stake_comes_first_with_its_reasons():
    frame = rows(
        {"customer_id": "quiet", "arr": 900_000.0},
        {"customer_id": "small", "arr": 5_000.0, "renewal_date": soon(5), "health_segment": "Red"},
        {"customer_id": "near", "renewal_date": soon(5)},
        {"customer_id": "far", "renewal_date": soon(100)},
        {"customer_id": "past", "renewal_date": soon(-60)},
        {"customer_id": "unknown", "arr": None, "health_segment": "Red"},
        {"customer_id": "falls", "arr": 120_000.0},
    )
    known = Known(
        falls={"falls": ["conversions"]}, lost={"falls": ["General Ledger no longer used"]}
    )
    book = book_of(frame, known)
    order = [place.account.customer_id for place in book.ranked]
    assert order[:3] == ["falls", "near", "unknown"]
    assert order[-1] == "past"
    assert [p.account.customer_id for p in book.urgent] == order[:5]
    top = book.ranked[0]
    assert top.why == "General Ledger no longer used; clear fall of conversions"
    assert book.ranked[1].why == "Renews in 5 days"
    assert [p.account.customer_id for p in book.renewals] == ["near", "small"]


def test_what_no_rate_compares_is_in_no_sum_and_told_in_its_currency():
    frame = rows(
        {"customer_id": "dollars", "renewal_date": soon(5)},
        {"customer_id": "francs", "arr": None, "arr_own": 54_600.0, "arr_currency": "CHF",
         "renewal_date": soon(6)},
    )  # fmt: skip
    book = book_of(frame)
    assert book.total.arr == 100_000.0
    assert "worth $100K a year (that of 1 not in it)" in mail.counts(book)
    text = mail.write(book, 5, [], lambda path: "", BRAND).text
    assert "54,600 CHF, no exchange rate" in text


def test_what_calls_speak_of_is_one_reason_that_leaves_room_for_renewal_and_health():
    said = BookLine(
        signals=("leaving (one call)", "a low mark (2 calls)", "another vendor (one call)")
    )
    account = {"renewal_date": soon(42), "health_segment": "Red", "book_line": said.as_json()}
    (place,) = book_of(rows({"customer_id": "c", **account})).ranked
    spoken = "leaving (one call), a low mark (2 calls) and another vendor (one call)"
    assert place.why == f"Calls speak of {spoken}; health is Red; renews in 42 days"


def test_of_a_review_that_waits_for_a_person_the_figures_are_told_and_no_advice():
    waits = json.dumps([{"rule": "approval", "detail": "waits for approval"}])
    frame = rows({"customer_id": "c", "health_segment": "Red", "reasons": waits, "verdict": "hold"})
    account = book_of(frame).ranked[0].account
    assert (account.status, account.health, account.actions) == ("held", "Red", ())
    assert account.pdf_path is None


def test_of_a_held_review_only_the_contract_is_told():
    held = {"verdict": "hold", "reasons": json.dumps([{"rule": "freshness", "detail": "old"}])}
    frame = rows({"customer_id": "c", "renewal_date": soon(3), "health_segment": "Red", **held})
    known = Known(falls={"c": ["conversions"]}, lost={"c": ["AP"]})
    place = book_of(frame, known).ranked[0]
    assert place.reasons == ("renews in 3 days",)
    assert place.account.headline == ""
    text = mail.write(book_of(frame, known), 5, [], lambda path: "", BRAND).text
    assert "HELD BACK\n- c: freshness: old" in text
    assert "conversions" not in text


def test_a_change_against_the_window_before_hides_the_same_on_a_year_earlier():
    columns = ["customer_id", "measure", "compared_with", "direction"]
    frame = pd.DataFrame(
        [("c", "open_rate", "year", "fall"), ("c", "conversions", "before", "fall"),
         ("c", "conversions", "year", "fall"), ("c", "key_actions", "before", "rise")],
        columns=columns,
    )  # fmt: skip
    assert changed(frame, "fall") == {"c": ["conversions", "the open rate (on a year earlier)"]}


def test_the_mail_says_who_first_in_text_and_html_and_escapes_names():
    frame = rows(
        {"customer_id": "c1", "customer_name": "<b>Łódź & Co", "renewal_date": soon(1)},
        {"customer_id": "c2", "title": "Conversions clearly up"},
        {"customer_id": "c3", "status": "no_data", "verdict": "hold"},
    )
    written = mail.write(book_of(frame), 5, ["a.pdf"], lambda path: "", BRAND)
    assert written.subject == (
        "Your book, week to 15 November 2026: <b>Łódź & Co first (renews in 1 day)"
    )
    assert "1. <b>Łódź & Co: Renews in 1 day. $100K a year, health Green." in written.text
    assert "- c2: Conversions clearly up" in written.text
    assert "Nothing has ever been recorded of c3" in written.text
    assert "&lt;b&gt;Łódź &amp; Co" in written.html
    assert "<b>" not in written.html


def test_a_quiet_book_says_that_nothing_is_urgent():
    written = mail.write(book_of(rows({"customer_id": "c"})), 5, [], lambda path: "", BRAND)
    assert written.subject.endswith("nothing urgent")
    assert "NOTHING URGENT" in written.text


def test_a_portfolio_of_many_customers_is_two_pages_and_says_what_it_leaves_out():
    frame = rows(
        *(
            {
                "customer_id": f"CUST_{n:05d}", "customer_name": f"Customer number {n} of many",
                "csm_id": f"CSM{n % 30}", "csm_name": f"Manager {n % 30}",
                "renewal_date": soon(n % 90), "health_segment": "Red" if n % 3 else "Green",
                "health_override": "at most Red, modules that lost nearly all users: 1",
            }
            for n in range(300)
        )
    )  # fmt: skip
    known = Known(falls={f"CUST_{n:05d}": ["conversions", "the open rate"] for n in range(90)})
    view = portfolio(book_of(frame, known, is_team=True))
    pdf = portfolio_pdf(view, BRAND, "A4")
    assert len(looks(pdf)) == 2
    assert accessibility_problems(pdf) == []
    assert pdf == portfolio_pdf(view, BRAND, "A4")
    assert any("And 280 more renewals" in sheet.note for sheet in view.sheets)


def test_a_week_ends_in_one_mail_a_csm_through_the_gate(reviewed, home):
    with reviewed.session("test") as db:
        left = worker("CSM001", "Sarah Johnson", "VP", **GONE)
        people = [left, worker("CSM002", "Michael Chen", "VP"), worker("VP", "Vera Park")]
        frame = pd.DataFrame(people).assign(job_profile="x", hire_date=dt.date(2020, 1, 1))
        db.replace("source.workday_workers", frame, {})
    materialise(reviewed, home)
    with reviewed.session("test") as db:
        found = db.query("delivery/candidates", ["book", tenant.WEEK]).set_index("artefact_id")
        kept = read_places(db.query, tenant.WEEK, SETTINGS).accounts["book_line"]
        db._connection.execute("UPDATE analytics.weekly_reports SET book_line = NULL")
        of_older_version = read_places(db.query, tenant.WEEK, SETTINGS).accounts["book_line"]
    assert any(BookLine.of_json(one).actions for one in kept)
    assert of_older_version.equals(kept)
    assert dict(found["verdict"]) == dict.fromkeys(["CSM001", "CSM002", "team:VP"], "send")
    assert dict(found["recipient"]) == {
        "CSM001": "VP@example.com",
        "CSM002": "michael.chen@example.com",
        "team:VP": "VP@example.com",
    }
    assert len(found.loc["CSM001", "attachment_path"].splitlines()) == 4
    assert found.loc["team:VP", "attachment_name"] == "portfolio-2026-11-09.pdf"
    assert (home.root / found.loc["team:VP", "attachment_path"]).read_bytes()[:5] == b"%PDF-"


def test_a_book_with_reviews_still_to_be_made_waits(reviewed, home):
    materialise(reviewed, home, {"customer_ids": ["CUST_10001"]})
    with reviewed.session("test") as db:
        found = db.query("delivery/candidates", ["book", tenant.WEEK]).set_index("artefact_id")
    assert found.loc["CSM001", "verdict"] == "hold"
    assert "3 of 4 reviews of the week are not made yet" in found.loc["CSM001", "reasons"]
    assert "CSM002" not in found.index


def test_reviews_are_attached_while_there_is_room_the_first_ones_first():
    frame = rows(
        {"customer_id": "c1", "pdf_path": "a/1.pdf", "bytes": 600_000},
        {"customer_id": "c2", "pdf_path": "a/2.pdf", "bytes": 600_000, "renewal_date": soon(3)},
    )
    book = book_of(frame)
    assert making._reviews(book, tenant.WEEK, 8) == (
        ("a/2.pdf", "01-review-c2-2026-11-09.pdf"),
        ("a/1.pdf", "02-review-c1-2026-11-09.pdf"),
    )
    few = making._reviews(book, tenant.WEEK, 1)
    assert [path for path, _ in few] == ["a/2.pdf"]
    text = mail.write(book, 5, [name for _, name in few], lambda path: "", BRAND).text
    assert "1 of 2 reviews are attached" in " ".join(text.split())


def test_the_viewer_opens_on_all_customers_and_leaves_none_out():
    frame = rows(*({"customer_id": f"C{n}", "renewal_date": soon(n % 90)} for n in range(120)))
    document = site([], BRAND, book_of(frame, is_team=True))
    tree = html5lib.parse(document, namespaceHTMLElements=False)
    told = json.loads(next(n for n in tree.iter("script") if n.get("id") == "portfolio").text)
    assert len(told["customers"]) == 120
    sheets = {sheet["title"]: sheet for sheet in told["sheets"]}
    assert len(sheets["Renewals within 90 days"]["rows"]) == 120
    assert set(sheets["Open first"]["ids"]) == {f"C{n}" for n in range(120)}


@pytest.mark.skipif(not browser.CHROMIUM, reason="no Chromium here")
def test_the_viewer_finds_without_accents_and_by_id_and_keeps_addresses(tmp_path):
    def entry(week, name, key):
        return Entry("Review", week, name, "Ana", f"Told {week}", "ready", (), "x", {}, id=key)

    entries = [
        entry("2026-11-09", "Energía Łódź", "CUST_1"),
        entry("2026-11-02", "Energía", "CUST_1"),
        entry("2026-11-09", "Other", "CUST_12345"),
    ]
    page = tmp_path / "index.html"
    page.write_text(site(entries, BRAND), encoding="utf-8")
    script = """
    const say = async hash => {
      page.location.hash = hash;
      await new Promise(d => setTimeout(d, 50));
      return [...doc.querySelectorAll(".list strong, h1, tbody th")].map(n => n.textContent);
    };
    return [await say("#/search/energia"), await say("#/search/lodz"),
            await say("#/search/cust_12345"), await say("#/review/CUST_1/2026-11-02/Review")];
    """
    accents, letters, by_id, one = browser.look(page, script, tmp_path)
    assert accents[1:] == ["Energía Łódź", "Energía"]
    assert letters[1:] == ["Energía Łódź"]
    assert by_id[1:] == ["Other"]
    assert one == ["Energía", "9 November 2026", "2 November 2026 (shown)"]

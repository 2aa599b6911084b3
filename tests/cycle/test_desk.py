"""Every page of the desk over a finished week, as each role sees it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cs_assets.desk import app
from tests.desk.viewing import look_as

APP = str(Path(app.__file__))
RISKIEST, OF_ANOTHER = "CUST_56789", "CUST_12345"
CSM = "csm:CSM002"

Look = Callable[..., AppTest]


@pytest.fixture
def look(finished, monkeypatch) -> Look:
    """Opens a page as somebody: ``look("csm:CSM002", "customer", id="CUST_56789")``."""

    def opened(who: str, page: str, **asked: str) -> AppTest:
        look_as(monkeypatch, finished.home.root, who)
        at = AppTest.from_file(APP, default_timeout=120).run()
        assert not at.exception, at.exception[0].value
        for name, value in asked.items():
            at.query_params[name] = value
        at.switch_page(f"pages/{page}.py").run()
        assert not at.exception, at.exception[0].value
        return at

    return opened


def words(at: AppTest) -> str:
    """All that a page says, without its tags."""
    told = [one.value for kind in ("title", "subheader", "info", "warning", "error", "caption")
            for one in getattr(at, kind)]  # fmt: skip
    parts = [
        re.sub(r"<style>.*?</style>|<[^>]+>", " ", str(one.value), flags=re.S) for one in at.html
    ]
    return " ".join(" ".join([*told, *parts]).split())


def test_a_book_stands_as_in_the_mail(look, finished):
    told = words(look(CSM, "book"))
    mail = (finished.home.reports("2026-11-09") / "book-CSM002.mail.txt").read_text()
    first = re.search(r"OPEN FIRST\n1\. ([^:]+):", mail)[1]
    assert told.index(first) < told.index("Coral Coast Hospitals")
    assert "14 customers worth" in told
    assert "Southern Cross Water" in told
    assert "renews in" not in told.split("Review", 1)[0]


def test_a_book_is_narrowed_and_says_when_nothing_fits(look):
    at = look(CSM, "book")
    at.selectbox(key="view").set_value("Clearly down").run()
    assert "Southern Cross Water" in words(at)
    assert "Coral Coast Hospitals" not in words(at)
    at.text_input(key="name").set_value("nobody of that name").run()
    assert "No customer fits these filters" in words(at)


def test_a_portfolio_has_every_book(look):
    told = words(look("operations", "portfolio"))
    assert all(f" {name} " in told for name in ("Michael Chen", "Emma Rodriguez", "Books", "Held"))
    assert "62 customers, the most at stake first." in told


def test_the_bare_address_shows_the_first_page_of_the_role(finished, monkeypatch):
    look_as(monkeypatch, finished.home.root, CSM)
    at = AppTest.from_file(APP, default_timeout=120).run()
    assert at.title[0].value == "My book"


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("Overview", ("Why it is on the list", "Factors of health", "Held down by a rule")),
        ("Use and results", ("Verdicts on changes", "a clear fall", "Accounts Payable")),
        ("Calls and signals", ("speaks of leaving", "lose hope with that module")),
        ("Reviews", ("Reviews of all weeks", "2026", "What became of the reviews")),
    ],
)
def test_a_customer_is_told_section_by_section(look, section, told):
    at = look(CSM, "customer", id=RISKIEST, section=section)
    said = words(at)
    assert at.title[0].value == "Southern Cross Water"
    assert [one for one in told if one not in said] == []


@pytest.mark.parametrize("customer", [OF_ANOTHER, "CUST_GONE", "<script>alert(1)</script>"])
def test_a_customer_of_others_and_one_that_is_gone_are_alike(look, customer):
    at = look(CSM, "customer", id=customer)
    assert "is among those that you look after" in at.info[0].value
    assert not at.title


def test_a_review_is_made_now_in_every_format(look):
    at = look(CSM, "customer", id=RISKIEST, section="Reviews")
    at.multiselect[0].set_value(["PDF", "PPTX", "HTML"])
    at.form_submit_button[0].click().run(timeout=240)
    assert not at.exception
    assert "nothing was stored or sent" in at.success[0].value
    labels = " ".join(one.label for one in at.get("download_button"))
    assert [kind for kind in (".pdf (", ".pptx (", ".html (") if kind not in labels] == []


def test_a_database_that_is_away_is_a_sentence_and_nothing_is_lost(look, finished, monkeypatch):
    from cs_assets.desk import session
    from cs_assets.errors import Unavailable

    at = look(CSM, "customer", id=RISKIEST)

    def away(*_: object, **__: object) -> None:
        raise Unavailable("another process has the warehouse open")

    monkeypatch.setattr(session.Visit, "remembered", away)
    at.run()
    assert "Nothing is lost" in at.warning[0].value
    assert "Try again" in [one.label for one in at.button]


def test_a_mistake_of_ours_tells_a_reference_and_no_inside(look, monkeypatch, caplog):
    from cs_assets.desk import session

    at = look(CSM, "customer", id=RISKIEST)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a secret inside")

    monkeypatch.setattr(session.Visit, "remembered", broken)
    at.run()
    assert "tell CS operations this reference" in at.error[0].value
    assert "secret" not in words(at)


def test_who_is_signed_in_no_more_is_told_so(finished, monkeypatch):
    look_as(monkeypatch, finished.home.root, CSM, minutes=-1)
    at = AppTest.from_file(APP, default_timeout=60).run()
    assert "sign in again" in at.warning[0].value
    assert not at.html


def test_a_question_is_answered_and_noted(look, finished):
    at = look(CSM, "book")
    at.text_input(key="question").set_value("which customers renew in 90 days").run()
    assert "renew" in words(at)
    noted = finished.rows("SELECT way, role FROM ops.answers_given")
    assert [tuple(one) for one in noted.to_numpy()][-1] == ("desk", "csm")

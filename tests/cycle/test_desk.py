"""Every page of the desk over a finished week, as each role sees it."""

import dataclasses
import datetime as dt
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from cs_assets.desk import app, session
from cs_assets.reviews.on_demand import NoReport
from resources.home import Home
from tests.cycle.conftest import Finished
from tests.desk.viewing import look_as, unclear

APP = str(Path(app.__file__))
RISKIEST, UNTOUCHED, OF_ANOTHER = "CUST_56789", "CUST_20567", "CUST_12345"
CSM, LEADER = "csm:CSM002", "manager:4726638792111416045"

Look = Callable[..., AppTest]


@pytest.fixture(scope="module")
def finished(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A copy of the finished home, for what is decided here."""
    root = tmp_path_factory.mktemp("desk") / "home"
    shutil.copytree(finished.home.root, root)
    return dataclasses.replace(finished, home=Home(root))


@pytest.fixture
def look(finished, monkeypatch) -> Look:
    """Opens a page as somebody: ``look("csm:CSM002", "customer", id="CUST_56789")``."""

    def opened(who: str, page: str, **asked: str) -> AppTest:
        address = "laura.benedetti@fairlight.example" if who == LEADER else ""
        viewed = look_as(monkeypatch, finished.home.root, who, address=address)
        at = AppTest.from_file(APP, default_timeout=120)
        if page != app.PAGES[viewed.asker.role][0]:  # that one is shown at the bare address
            at.run()
            assert not at.exception, at.exception[0].value
            at.switch_page(f"screens/{page}.py")
        for name, value in asked.items():  # now: another page takes what it does not know away
            at.query_params[name] = value
        at.run()
        assert not at.exception, at.exception[0].value
        return at

    return opened


def pressed(at: AppTest, label: str) -> AppTest:
    """The page with a button pressed, the first of that label."""
    return next(one for one in at.button if one.label == label).click()


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
    pressed(at, "Make the review now").run(timeout=240)
    assert not at.exception
    assert "nothing was stored or sent" in at.success[0].value
    labels = " ".join(one.label for one in at.get("download_button"))
    assert [kind for kind in (".pdf (", ".pptx (", ".html (") if kind not in labels] == []


@pytest.mark.parametrize(
    ("broken", "told"),
    [(NoReport("no week of it"), "No week of it."), (KeyError("x"), "reference")],
)
def test_a_report_that_fails_is_a_sentence_beside_what_was_made(look, monkeypatch, broken, told):
    from cs_assets.desk.reading import report

    def fails(*_: object, **__: object) -> None:
        raise broken

    at = look(CSM, "customer", id=RISKIEST, section="Reviews")
    monkeypatch.setattr(report, "made_now", fails)
    pressed(at, "Make the review now").run()
    assert told in words(at)
    assert "Reviews of all weeks" in words(at)


def test_a_database_that_is_away_is_a_sentence_and_nothing_is_lost(look, finished, monkeypatch):
    from cs_assets.errors import Unavailable

    at = look(CSM, "customer", id=RISKIEST)

    def away(*_: object, **__: object) -> None:
        raise Unavailable("the warehouse /srv/data/warehouse.duckdb is in use by process 7")

    monkeypatch.setattr(session.Visit, "remembered", away)
    at.run()
    assert "Nothing is lost" in at.warning[0].value
    assert not [one for one in ("/srv", "process") if one in words(at)]
    assert "Try again" in [one.label for one in at.button]


def test_a_mistake_of_ours_tells_a_reference_and_no_inside(look, monkeypatch, caplog):
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
    assert "Southern Cross Water" not in words(at)


def test_a_question_is_answered_and_noted(look, finished):
    at = look(CSM, "book")
    at.text_input(key="question").set_value("which customers renew in 90 days").run()
    assert "renew" in words(at)
    noted = finished.rows("SELECT way, role FROM ops.answers_given")
    assert [tuple(one) for one in noted.to_numpy()][-1] == ("desk", "csm")


CALL, REP = "82288070623678134989", "rep:8739647957786990315"


def test_a_call_is_found_by_meaning_and_opened_at_the_second(look):
    at = look("operations", "calls")
    every = {*re.findall(r"calls\?call=(\d+)", "".join(one.value for one in at.html))}
    at.selectbox(key="outcome").set_value("won").run()
    won = {*re.findall(r"calls\?call=(\d+)", "".join(one.value for one in at.html))}
    assert won
    assert won != every
    at.selectbox(key="outcome").set_value("Any").run()
    at.text_input(key="text").set_value("they worry about moving their data").run()
    links = re.findall(r'href="calls\?call=(\d+)&amp;at=(\d+)"', "".join(e.value for e in at.html))
    assert links
    at = look("operations", "calls", call=links[0][0], at=links[0][1])
    page = "".join(one.value for one in at.html)
    assert page.count('id="cs-here"') == 1
    assert "<mark" in page


@pytest.mark.parametrize(
    ("section", "told"),
    [
        (
            "Scores",
            (
                "What does your legal team want to see?",
                "asks how they decide",
                "for the team as a whole",
            ),
        ),
        ("Objections and next steps", ("I lost you somewhere", "None was agreed")),
        ("Deal", ("The deal at its calls", "No probability of closing is given")),
        ("Similar calls", ("Calls like this one",)),
    ],
)
def test_a_call_is_told_section_by_section(look, section, told):
    said = words(look(REP, "calls", call=CALL, section=section))
    assert [one for one in told if one not in said] == []


def test_scores_are_the_reps_and_the_leaders_alone(look):
    theirs = look("csm:CSM003", "calls")  # looks after the customer of the call
    assert "Score" not in words(theirs).split("Calls, the newest first")[1].split("14 Nov")[0]
    call = look("csm:CSM003", "calls", call=CALL)
    assert "for the rep and who leads them" in call.info[0].value
    other = look("rep:1697456515016922529", "calls", call=CALL)
    assert "no such call" in other.info[0].value.lower()


def test_a_score_is_disputed_once_and_the_draft_of_a_short_reason_is_kept(look, finished):
    at = look(REP, "calls", call=CALL)
    at.text_area[0].set_value("too short")
    pressed(at, "Dispute it").run()
    assert "What you wrote is kept" in at.warning[0].value
    at.text_area[0].set_value("I did ask how they decide, at 5:16 and again at the end.")
    pressed(at, "Dispute it").run()
    assert "is disputed" in at.success[0].value
    assert "Disputes" in words(at)
    rows = finished.rows("SELECT raised.person FROM ops.score_disputes raised")
    assert rows["person"].tolist() == ["rep.8739647957786990315@x.example"]


def test_a_judgement_is_labelled_by_who_leads_and_the_second_is_told_who_was_first(look, finished):
    assert [one for one in look(REP, "calls", call=CALL).button if one.label == "It was done"] == []
    first, second = (look(who, "calls", call=CALL) for who in ("operations", LEADER))
    pressed(first, "It was missing").run()
    assert "is labelled as missing" in first.success[0].value
    assert "Labelled by people" in words(first)
    pressed(second, "It was done").run()
    assert "was labelled as missing by laura.benedetti@fairlight.example" in second.warning[0].value
    kept = finished.rows("SELECT is_missing, origin FROM analytics.call_labels WHERE call_id = ?",
                         (CALL,))  # fmt: skip
    assert kept.to_numpy().tolist() == [[True, "person"]]


def test_what_is_written_is_kept_as_it_is_written_and_over_the_end_of_the_sign_in(
    look, finished, monkeypatch
):
    at = look(CSM, "customer", id=UNTOUCHED)
    at.text_input[0].set_value("Half a sentence").run()
    left_open = look(CSM, "customer", id=UNTOUCHED)
    assert left_open.text_input[0].value == "Half a sentence"
    at = look(CSM, "customer", id=UNTOUCHED)
    with monkeypatch.context() as later:
        until = session.now() + dt.timedelta(hours=2)
        later.setattr(session, "now", lambda: until)
        at.text_input[0].set_value("A whole sentence.")
        pressed(at, "It is done").run()
        assert "sign in again" in at.warning[0].value
    back = look(CSM, "customer", id=UNTOUCHED)
    assert back.text_input[0].value == "A whole sentence."
    assert finished.rows(
        "SELECT 1 FROM ops.customer_actions WHERE done_by LIKE 'csm%' AND customer_id = ?",
        (UNTOUCHED,),
    ).empty
    pressed(back, "I take it").run()
    assert "is taken" in back.success[0].value
    pressed(left_open, "I take it").run()  # the same form once more
    kept = finished.rows(
        "SELECT note FROM ops.customer_actions WHERE done_by LIKE 'csm%' AND customer_id = ?",
        (UNTOUCHED,),
    )
    assert kept.to_numpy().tolist() == [["A whole sentence."]]
    assert look(CSM, "customer", id=UNTOUCHED).text_input[0].value == ""


def test_advice_is_taken_and_the_page_knows_it(look, finished):
    at, other = (look(CSM, "customer", id=RISKIEST) for _ in range(2))
    at.text_input[0].set_value("I ring them on Friday.")
    pressed(at, "I take it").run()
    assert "is taken" in at.success[0].value
    assert "taken" in words(at)
    pressed(at, "Drop it").run()  # without a reason: what was written belongs to what was sent
    assert "say why" in at.warning[0].value.lower()
    last = finished.rows("SELECT state, done_by FROM ops.customer_actions ORDER BY done_at").iloc[
        -1
    ]
    assert tuple(last) == ("taken", "csm.CSM002@x.example")
    look("operations", "portfolio")  # from here on they are who looks
    other.text_input[0].set_value("They have answered.")
    pressed(other, "It is done").run()
    assert "Look again" in other.warning[0].value
    assert other.text_input[0].value == "They have answered."
    pressed(other, "It is done").run()
    assert "is done" in other.success[0].value


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("This week", ("Scores", "no clear change", "Likely range (95%)")),
        ("Plan of 30 days", ("18 scored calls", "Keep:", "Objections")),
    ],
)
def test_a_rep_has_their_own_weeks_alone(look, section, told):
    at = look(REP, "coaching", part=section, rep="1697456515016922529")
    said = words(at)
    assert at.title[0].value == "Ben Carver"
    assert [one for one in told if one not in said] == []


def test_who_has_a_focus_sees_what_to_work_on(look, finished):
    newest = "SELECT MAX(week_start) FROM analytics.rep_week_focus"
    of_week = f"SELECT * FROM analytics.rep_week_focus WHERE week_start = ({newest})"
    one = finished.rows(f"{of_week} AND place = 1 ORDER BY rep_user_id").iloc[0]
    said = words(look(f"rep:{one.rep_user_id}", "coaching", part="This week"))
    assert "What to work on" in said
    assert f"missing in {one.missing:.0f} of {one.calls:.0f} calls" in said


def test_a_team_stands_by_name(look):
    said = words(look("operations", "coaching"))
    team = said[said.index("Reps Rep Calls") :]  # what waits for a decision stands above it
    names = re.findall(r"(Aisha Rahman|Ben Carver|Derek Holloway|Jin Park)", team)
    assert names[:4] == sorted(set(names))


def test_who_leads_the_rep_decides_with_a_reason(look):
    at = look(REP, "calls", call=CALL)
    at.selectbox[0].set_value("discovery.open_questions")
    at.text_area[0].set_value("It was said in the first minutes of the call.")
    pressed(at, "Dispute it").run()
    assert "is disputed" in at.success[0].value
    at = look(LEADER, "coaching")
    assert "Disputes that wait" in words(at)
    pressed(at, "The rep is right").run()  # without a reason
    assert "What you wrote is kept" in at.warning[0].value
    at.text_input[0].set_value("I heard it too, at the very beginning.")
    pressed(at, "The rep is right").run()
    assert not at.warning, at.warning[0].value
    assert "overturned" in at.success[0].value


def test_a_rep_of_another_team_and_one_that_is_gone_are_alike(look):
    at = look(LEADER, "coaching", rep="0")
    assert "no such rep" in at.info[0].value.lower()


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("Waiting", ("Waiting for a person", "Heron 12", "a person decides")),
        ("Owners", ("Owners in force", "assigned")),
        ("Books", ("Books as they are", "Sarah Johnson", "Samuel Ortiz", "has left", "no: is on")),
        ("Orphans and hand-offs", ("owner who is there", "is on leave until", "worth $")),
        ("What if", ("Play it",)),
        ("Capacity plan", ("CSMs needed", "accounts came a quarter")),
    ],
)
def test_routing_is_told_section_by_section(look, section, told):
    at = look("operations", "routing", section=section)
    said = words(at) + " ".join(one.label for one in at.button)
    assert [one for one in told if one not in said] == []


def test_a_page_of_others_says_whose_it_is(look):
    at = look(CSM, "calls")
    assert "you see all, and decide as csm.CSM002@x.example" in words(at)
    at._page_hash = calc_hash("routing")
    at.run()
    assert "Routing is a page for managers and operations. Yours are: My book" in at.info[0].value


def test_an_account_tells_why_and_what_would_change_it(look):
    said = words(look("operations", "routing", account="ACC_90001"))
    assert "costs least" in said
    assert "The next best" in said
    assert "would get it" in said
    assert "no such account" in look("operations", "routing", account="ACC_0").info[0].value.lower()


def test_an_owner_is_approved_and_overridden_with_who_and_why(look, finished):
    at = look("operations", "routing", account="ACC_90001")
    pressed(at, "Override").run()  # Override, without a CSM
    assert "Choose the CSM" in at.warning[0].value
    at.selectbox[0].set_value("CSM002")
    at.selectbox[1].set_value("knows_customer")
    at.text_input[0].set_value("They asked for Michael.")
    pressed(at, "Override").run()
    assert "is overridden, now with Michael Chen (CSM002)" in at.success[0].value
    kept = finished.rows("SELECT worker_id, decided_by, reason_code FROM analytics."
                         "account_csm_assignments WHERE account_id = 'ACC_90001'")  # fmt: skip
    assert tuple(kept.iloc[0]) == ("CSM002", "operations@x.example", "knows_customer")
    at = look("operations", "routing", account="ACC_90002")
    pressed(at, "Approve").run()
    assert "approve" in at.success[0].value


def test_an_account_for_which_nobody_is_recommended_is_given_to_somebody(look, finished):
    (account,) = finished.rows("SELECT MIN(account_id) FROM analytics.csm_routing_recommendations "
                               "WHERE status = 'needs_person'").iloc[0]  # fmt: skip
    at = look("operations", "routing", account=account)
    assert "Nobody is recommended. The account" in words(at)
    assert not {"Approve", "Reject"} & {one.label for one in at.button}
    pressed(at, "Give it to this CSM").run()
    assert "Choose the CSM" in at.warning[0].value
    at.selectbox[0].set_value("CSM002")
    pressed(at, "Give it to this CSM").run()
    assert "now with Michael Chen (CSM002)" in at.success[0].value
    told = words(look("manager:WD0900", "routing"))
    assert "Those for which nobody is recommended are decided by operations" in told


def test_a_leaver_is_played_and_nothing_is_stored(look, finished):
    before = finished.rows("SELECT COUNT(*) FROM analytics.account_csm_assignments").iloc[0, 0]
    at = look("operations", "routing", section="What if")
    at.multiselect[0].set_value(["CSM001"])
    at.form_submit_button[0].click().run(timeout=240)
    said = words(at)
    assert "would move" in said
    assert "Books before and after" in said
    after = finished.rows("SELECT COUNT(*) FROM analytics.account_csm_assignments").iloc[0, 0]
    assert after == before


def test_a_manager_decides_for_the_team_alone(look):
    at = look("manager:WD0900", "routing")
    assert "What if" not in " ".join(map(str, at.get("button_group")[0].options))


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("Feeds and gate", ("Freshness of every feed", "Conversions", "Gate of the newest period")),
        ("Deliveries", ("Sent",)),
        ("Dead letters", ("read",)),
        ("AI spend", ("against its ceilings", "of $500")),
    ],
)
def test_operations_are_told_section_by_section(look, section, told):
    said = words(look("operations", "operations", section=section))
    assert [one for one in told if one not in said] == []


def test_unknown_deliveries_are_decided_in_bulk_with_a_reason(look, finished):
    keys = unclear(finished.home.root)
    at = look("operations", "operations", section="Deliveries")
    assert "the answer was lost" in words(at)
    pressed(at, "It was sent").run()
    assert "Choose the deliveries first" in at.warning[0].value
    at.multiselect[0].set_value(keys[:2])
    pressed(at, "It was sent").run()
    assert "say what the decision rests on" in at.warning[0].value.lower()
    _why(at).set_value("The recipients have the mails.")
    pressed(at, "It was sent").run()
    assert at.success[0].value.count("resolved as sent") == 2
    at.multiselect[0].set_value(keys[2:])
    _why(at).set_value("Nobody has it.")
    pressed(at, "It was not sent").run()
    assert "resolved as not-sent" in at.success[0].value


def test_what_is_late_is_sent_again_only_where_that_is_said(look, finished):
    (key,) = unclear(finished.home.root, 1)
    at = look("operations", "operations", section="Deliveries")
    at.multiselect[0].set_value([key])
    _why(at).set_value("They have lost it.")
    pressed(at, "Send again").run()
    assert "allow what is late" in at.warning[0].value.lower()
    assert "--" not in at.warning[0].value
    assert (at.multiselect[0].value, _why(at).value) == ([key], "They have lost it.")


def test_what_was_sent_is_found_and_goes_out_once_more(look, finished):
    """The sample company's mails go to a folder; by another provider it is the same path."""
    root = finished.home.root
    at = look("operations", "operations", section="Deliveries")
    at.text_input(key="sent").set_value("book CSM002").run()
    assert "Nothing that was sent fits" in at.info[-1].value
    at.text_input(key="sent").set_value("Michael.Chen@").run()
    assert "2 in all" in words(at)
    before = _mails(root)
    assert sum("book CSM002" in one for one in at.multiselect[0].options) == 1
    ((book,),) = _ledger(
        root, "SELECT delivery_key FROM delivery WHERE report_kind = 'book' AND artefact_id = ?",
        "CSM002",
    )  # fmt: skip
    at.multiselect[0].set_value([book])
    _why(at).set_value("He has lost it.")
    at.checkbox[0].check()
    pressed(at, "Send again").run()
    assert re.search(r"[0-9a-f]{12} is sent", at.success[0].value)
    assert len([one for one in _mails(root) - before if "To: michael.chen@" in one]) == 1
    ((who, note),) = _ledger(
        root, "SELECT decided_by, note FROM delivery_decision WHERE delivery_key = ?", book
    )
    assert (who, note.partition(" (")[0]) == ("operations@x.example", "He has lost it.")


def _ledger(root: Path, text: str, *parameters: str) -> list[tuple]:
    with closing(sqlite3.connect(root / "delivery.sqlite")) as file:
        return file.execute(text, parameters).fetchall()


def _why(at: AppTest):
    return next(one for one in at.text_input if one.label.startswith("Why"))


def _mails(root: Path) -> set[str]:
    return {one.read_text(errors="replace") for one in (root / "outbox").rglob("*.eml")}


def test_a_rep_without_calls_is_told_what_the_first_one_brings(look):
    told = words(look("rep:3370109900042594639", "coaching"))
    assert "The first scored call brings scores" in told
    assert "Nothing is in focus" not in told
    assert "Mean of 4 weeks" not in told
    assert "No call of yours is here yet" in words(look("rep:3370109900042594639", "calls"))


def test_what_to_do_next_is_called_as_in_the_book(look):
    title = "Answer what was said about giving something back"
    assert f"Do: {title}" in words(look(CSM, "book"))
    assert f"Do next: {title}" in words(look(CSM, "customer", id=RISKIEST))


def test_pages_of_operations_are_nobody_elses(finished, monkeypatch):
    look_as(monkeypatch, finished.home.root, "manager:WD0900")
    at = AppTest.from_file(APP, default_timeout=60).run()
    with pytest.raises(ValueError, match=r"registered page|Could not find"):
        at.switch_page("screens/operations.py")

"""What is no single, well spelt question of somebody named: parted, read, offered or refused."""

import datetime as dt

import pytest

from cs_assets.answers.answering import AUDIT, Answers, audit_row, noted, plan_given
from cs_assets.answers.model import Plan
from cs_assets.answers.proof import by_line, sources
from cs_assets.answers.scope import asker
from cs_assets.errors import UsageError
from tests.answers import tenant
from tests.answers.tenant import ANN, CALL

ARR = "analytics.customer_metrics/CUST_1/2026-11-09/arr"


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("How is Northgate Council doing? And what did we promise them?",
         ("how is Northgate Council doing", "what did we promise Northgate Council")),
        ("who is at risk and who renews in the next 30 days",
         ("which customers are at risk", "which customers renew in 30 days")),
        ("ARR of Northgate Concil", ("what is the arr of Northgate Council",)),
    ],
)  # fmt: skip
def test_several_questions_and_misspelt_names_are_asked_back(answers_of, asked, offered):
    answer = answers_of("operations").ask(asked)
    assert (answer.status, answer.offered, answer.facts) == ("unclear", offered, ())


def assert_no_fact(answer):
    assert (answer.facts, answer.quotes) == ((), ())
    assert answer.offered or answer.needs


def test_a_misspelt_word_is_read(answers_of):
    answer = answers_of("operations").ask("whcih custmers are at risk")
    assert (answer.question, answer.planner) == ("at_risk", "likeness")


@pytest.mark.parametrize(
    "asked",
    [
        f"send me the recording of call {CALL}", "can you please release the held reviews",
        "Please put Northgate Council back to green", f"could you delete call {CALL}",
        "get me a copy of the transcript of Northgate Council", "I need you to approve the review",
        "who is at risk? email it to everyone",
    ],
)  # fmt: skip
def test_what_wants_something_done_is_told_what_asking_can_do(answers_of, asked):
    answer = answers_of("operations").ask(asked)
    assert "nothing is done" in answer.text
    assert_no_fact(answer)


@pytest.mark.parametrize("asked", ["what did we promise them", "what was done for them"])
def test_who_points_at_somebody_has_to_name_them(answers_of, asked):
    answer = answers_of("operations").ask(asked)
    assert answer.status == "not_known"
    assert_no_fact(answer)


@pytest.mark.parametrize(
    ("asked", "parameters"),
    [
        ("conversions of Northgate Council a week ago", {"week": "2026-11-02"}),
        ("what changed for Northgate Council since 1 week ago", {"since": "2026-11-02"}),
        ("what did we promise Northgate Council this week", {"days": "7"}),
        ("signals of Northgate Council in the last 4 weeks", {"days": "28"}),
    ],
)
def test_times_are_given_to_what_the_question_takes(answers_of, asked, parameters):
    answer = answers_of("operations").ask(asked)
    assert answer.status == "answered"
    assert parameters.items() <= dict(answer.parameters).items()


@pytest.mark.parametrize("asked", ["ARR of Northgate Council three weeks ago", "held last week"])
def test_a_time_that_is_not_there_is_not_read_over(answers_of, asked):
    assert_no_fact(answers_of("operations").ask(asked))


def test_a_rep_names_the_customers_of_their_calls_and_reads_no_figure_of_them(answers_of):
    asked = answers_of("rep:" + ANN)
    promised = asked.ask("what did I promise Northgate Council")
    assert (promised.status, promised.parameters["customer"]) == ("answered", "CUST_1")
    assert {quote.source_id for quote in promised.quotes} == {CALL}
    assert_no_fact(asked.ask("what is the ARR of Northgate Council"))
    other, nobody = (asked.ask(f"next steps with {n}") for n in ("Northgate Water", "Atlantis Co"))
    assert (other.text, other.facts) == (nobody.text, ())


def test_proof_is_by_table_and_by_line(answers_of):
    answer = answers_of("operations").ask("which customers have the highest ARR")
    metrics, names = sources(answer)
    assert (metrics.table, names.table) == ("analytics.customer_metrics", "source.customers")
    assert metrics.told() == (
        "week_start, arr of 3 rows: CUST_3/2026-11-09, CUST_1/2026-11-09, CUST_2/2026-11-09; "
        "counted: customers with the figure, customers without the figure"
    )
    refs = {text: [one.ref for one in facts] for text, facts in by_line(answer)}
    assert ARR in refs["Northgate Council: $1,200"]


def test_an_answer_is_shown_again_to_whom_it_was_given(tmp_path):
    plan = Plan("metric", {"customer": "CUST_1", "metric": "arr"})
    warehouse = tenant.company(tmp_path / "own.duckdb")
    given = {}
    with warehouse.session("test") as db:
        for who in ("csm:CSM1", "operations"):
            answer = noted(Answers(db, asker(who)).answer(plan))
            now = dt.datetime(2026, 11, 16, tzinfo=dt.UTC)
            db.append(AUDIT, audit_row(answer, asker(who), "terminal", "agent", now))
            given[who] = answer.answer_id
        for who in ("csm:CSM1", "operations"):
            assert plan_given(db, given["csm:CSM1"], asker(who)) == (plan, asker("csm:CSM1"))
        for answer_id, who in ((given["csm:CSM1"], "csm:CSM2"), (given["operations"], "csm:CSM1"),
                               ("x", "operations")):  # fmt: skip
            with pytest.raises(UsageError, match="no answer of that id"):
                plan_given(db, answer_id, asker(who))


@pytest.mark.parametrize(
    ("asked", "needs"),
    [
        ("does Northgate Council pay annually", "invoices"),
        ("will Northgate Council renew next year", "forecast"),
        ("what is the average ARR", "one customer or a list"),
    ],
)
def test_what_nothing_answers_says_what_would_have_to_be_loaded(answers_of, asked, needs):
    answer = answers_of("operations").ask(asked)
    assert (answer.status, needs in str(answer.needs)) == ("not_known", True)
    assert_no_fact(answer)


def test_a_name_out_of_scope_and_one_of_nobody_are_said_to_be_nobodys(answers_of):
    told = {answers_of("csm:CSM2").ask(f"was {n} mad at us").text
            for n in ("Montaña", "Atlantis")}  # fmt: skip
    assert told == {"Nobody and nothing of that name is among what you may ask about."}


def test_when_somebody_was_last_spoken_to_is_told_with_the_call(answers_of):
    answer = answers_of("operations").ask("when did we last talk to Northgate Council")
    assert answer.parameters["metric"] == "days_since_contact"
    assert f"gong.stg_gong_calls/{CALL}/call_date" in {one.ref for one in answer.facts}
    assert answer.understood == "what is the days since contact of Northgate Council"


def test_months_are_days_that_the_answer_tells(answers_of):
    answer = answers_of("operations").ask("which customers renew in the next 3 months")
    assert answer.parameters["days"] == "90"
    assert "90 days" in answer.text


def test_what_stands_behind_of_is_a_name_unless_it_is_a_word():
    from cs_assets.answers.directory import _proper

    said = ("city of cedar falls", "board of health", "northgate council", "fundacion de oz")
    assert [_proper(one) for one in said] == ["cedar falls", "", "", ""]


def test_a_sentence_that_begins_before_a_name_names_nobody_else(answers_of):
    answer = answers_of("operations").ask("Might Northgate Council like the new colours of ours")
    assert (answer.status, answer.needs) == ("not_understood", None)

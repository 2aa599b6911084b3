"""What a report says first, what it recommends, and what its evidence looks like to readers."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from cs_assets.facts import slots
from cs_assets.facts.model import Fact
from cs_assets.paper.brand import brand_of
from cs_assets.reviews.editions.html import html_of
from cs_assets.reviews.editions.pdf.report_pdf import Printer
from cs_assets.reviews.editions.view import todo
from cs_assets.reviews.facts.account import named_by
from cs_assets.reviews.facts.conversions import add_conversions
from cs_assets.reviews.facts.judged import Judged
from cs_assets.reviews.facts.rows import FactRows
from cs_assets.reviews.facts.sheets import windows_of
from cs_assets.reviews.writing.performance import performance
from cs_assets.reviews.writing.plays.choosing import plays
from cs_assets.reviews.writing.standing import standing, watch
from cs_assets.reviews.writing.summary import headline
from cs_assets.reviews.writing.summary_table import rows
from tests.reviews import making, pdf_reading, tenant

SETTINGS = making.settings()


def changed(report, **values):
    """The report's sheet with other values: ``conversions__verdict_change="a clear fall"``."""
    wanted = {name.replace("__", "."): value for name, value in values.items()}
    return replace(
        report.sheet,
        facts=tuple(
            _with(f, wanted[f.fact_id]) if f.fact_id in wanted else f for f in report.sheet
        ),
    )


def _with(fact, value):
    return replace(fact, value=value, status="withheld" if value is None else "ok", reason=None)


UNCLEAR = {
    "conversions__verdict_change": "no clear change",
    "conversions__verdict_year_change": "no clear change",
    "conversions__value_verdict_change": "no clear change",
    "conversions__value_verdict_year_change": "no clear change",
    "engagement__open_rate_verdict": "no clear change",
    "engagement__open_rate_year_verdict": "no clear change",
    "conversions__value_change": -50.0,
    "conversions__value_year_change": -80.0,
    "adoption__declining": 0.0,
}
FALL = {"conversions__verdict_year_change": "a clear fall"}


@pytest.mark.parametrize(
    ("value", "verdict", "words"),
    [
        (-1.5, "a clear rise", "−1.5 pts (mix)"), (1.5, "a clear fall", "+1.5 pts (mix)"),
        (1.5, "a clear rise", "▲ +1.5 pts"), (-1.5, "no clear change", "−1.5 pts"),
    ],
)  # fmt: skip
def test_a_mark_never_stands_beside_a_number_that_goes_the_other_way(
    reports, value, verdict, words
):
    report = next(iter(reports.values()))
    sheet = changed(
        report, engagement__open_rate_change=value, engagement__open_rate_verdict=verdict
    )
    (open_rate,) = [row for row in rows(sheet) if row[0].words == "Open rate"]
    assert open_rate[3].words == words
    assert bool(open_rate[3].tone) == words.startswith("▲")


@pytest.mark.parametrize(
    ("values", "starts"),
    [
        ({}, "{conversions.count} conversions worth {conversions.value} after"),
        (FALL, "Conversions clearly down on a year earlier, to {conversions.count} from"),
        (
            FALL | {"conversions__verdict_change": "a clear fall"},
            "Conversions clearly down on both a year earlier and {period.window_before}",
        ),
        (
            {"conversions__verdict_change": "a clear rise", "conversions__value_change": -3.0},
            "Conversions clearly up on {period.window_before}",
        ),
        (
            {"engagement__open_rate_verdict": "a clear fall",
             "engagement__open_rate_within": -6.0},
            "Opens clearly down on {period.window_before}: {engagement.channel.email.name} to",
        ),
        (
            {"engagement__open_rate_verdict": "a clear fall",
             "engagement__open_rate_within": -0.4},
            "{conversions.count} conversions worth",
        ),
        (
            {"conversions__value_verdict_year_change": "a clear fall"},
            "Conversion value clearly down on a year earlier, by "
            "{conversions.value_year_change:abs} to {conversions.value}; the number",
        ),
        ({"conversions__value_change": None}, "{conversions.count} conversions worth"),
        ({"conversions__value_change": 3.0}, "{conversions.count} conversions worth"),
    ],
)  # fmt: skip
def test_the_headline_is_the_strongest_statement_that_is_proven(reports, values, starts):
    sheet = changed(reports["CUST_10004"], **UNCLEAR | values)
    assert headline(sheet.for_customer()).startswith(starts)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"health__segment": "Red", "health__why": "few of the seats in use"},
         "Health is {health.segment} ({health.why}); {conversions.count}"),
        (FALL | {"health__segment": "Yellow", "account__days_to_renewal": 200.0},
         "Conversions clearly down"),
        (FALL | {"health__segment": "Red", "health__held_by": "a rule",
                 "account__champion_left": "2026-10-01", "account__days_to_renewal": 45.0},
         "Health is {health.segment} (the champion left); the contract renews in "
         "{account.days_to_renewal}; conversions clearly down on a year earlier, to"),
        ({"health__segment": "Green", "account__days_to_renewal": 70.0,
          "account__days_to_notice": 9.0, "account__notice": "2026-11-24"},
         "The last day of notice is {account.notice}, in {account.days_to_notice}; "),
        ({"health__segment": "Green", "account__days_to_renewal": 31.0}, "{conversions.count}"),
        ({"health__segment": "Green", "calls__churn": 2.0, "calls__said__leaving__calls": 2.0},
         "Health is {health.segment} (leaving was spoken of); "),
    ],
)  # fmt: skip
def test_a_headline_begins_with_what_is_in_danger(reports, values, said):
    calm = {"health__held_by": None, "account__champion_left": None, "adoption__lost": None,
            "calls__churn": None, "account__days_to_renewal": 300.0, "health__why": None,
            "account__days_to_notice": 240.0, "account__renewal": "2027-09-12"}  # fmt: skip
    told = UNCLEAR | calm | values
    sheet = changed(reports["CUST_10004"], **told)
    added = {name.replace("__", "."): value for name, value in told.items() if value is not None}
    sheet = sheet.with_facts(
        Fact(i, i, v, "text" if isinstance(v, str) else "count", visibility="internal")
        for i, v in added.items() if i not in sheet
    )  # fmt: skip
    assert headline(sheet).startswith(said)
    assert "ealth" not in headline(sheet.for_customer())


def test_the_value_beside_the_number_is_a_statement_of_its_own(reports):
    values = {"conversions__verdict_change": "a clear rise", "conversions__value_change": -30.0}
    said = headline(changed(reports["CUST_10004"], **UNCLEAR | values))
    assert said.endswith("; their value shows no clear change")
    clear = values | {"conversions__value_verdict_change": "a clear fall"}
    said = headline(changed(reports["CUST_10004"], **UNCLEAR | clear))
    assert said.endswith("; but their value clearly down by {conversions.value_change:abs}")


def test_growth_that_may_be_chance_is_not_recommended_for_more(reports):
    channel = {"conversions__channel__email__verdict_change": "a clear rise"}
    proven = changed(reports["CUST_10001"], **channel)
    assert "scale_winner" in {p.code for p in plays(proven, SETTINGS)}
    whole = {name: "no clear change" for name in UNCLEAR if "verdict" in name}
    unsure = changed(reports["CUST_10001"], **channel, **whole)
    assert "scale_winner" not in {p.code for p in plays(unsure, SETTINGS)}
    assert "scale_winner" not in {p.code for p in plays(reports["CUST_10001"].sheet, SETTINGS)}


def test_a_report_has_one_play_on_a_topic(reports):
    for report in reports.values():
        topics = [play.topic for play in plays(report.sheet, SETTINGS)]
        assert len(topics) == len(set(topics))


def test_advice_serves_the_goal_or_the_goal_gets_advice_of_its_own(reports):
    report = reports["CUST_10001"]
    chosen = plays(report.sheet, SETTINGS)
    others = ("benchmark.", "adoption.module", "account.")
    little = tuple(f for f in report.sheet if not f.fact_id.startswith(others))
    alone = plays(replace(report.sheet, facts=little), SETTINGS)
    assert "measure_goal" in {p.code for p in alone}
    assert "measure_goal" not in {p.code for p in chosen}  # three others are called for
    module = {
        f.value: f.fact_id.rsplit(".", 1)[0]
        for f in report.sheet.under("adoption.module")
        if f.fact_id.endswith(".name")
    }
    assert "Accounts Receivable" in module
    served = changed(report, goal__module="Accounts Receivable")
    found = {p.code: p for p in plays(served, SETTINGS)}
    assert "measure_goal" not in found
    assert found["module_adoption"].why.endswith(' It bears on the goal agreed, "{customer.goal}".')
    before = {p.code: p for p in chosen}
    assert found["module_adoption"].weight > before["module_adoption"].weight


def test_a_module_with_users_is_not_called_unused(reports):
    play = next(
        p for p in plays(reports["CUST_10004"].sheet, SETTINGS) if p.code == "module_adoption"
    )
    assert "nobody uses" not in play.why


@pytest.mark.parametrize(
    ("goal", "module", "channel"),
    [
        ("Close the month in five working days instead of nine", "GL", None),
        ("Raise the share of invoices paid online to 60 percent", "AR", None),
        ("Approve supplier invoices without paper in every department", "AP", None),
        ("Reach residents by text message before a bill becomes overdue", "AR", "sms"),
        ("One view of cash across all departments, updated daily", "CR", None),
        ("Insure satellites", None, None),
        (None, None, None),
    ],
)
def test_the_words_of_a_goal_name_what_serves_it(goal, module, channel):
    words = {code: named.goal_words for code, named in SETTINGS.modules.items()}
    assert named_by(goal, words) == module
    assert named_by(goal, SETTINGS.goal_channels) == channel


def test_the_customers_files_hold_no_fact_ids_and_the_evidence_in_words(tenant_warehouse):
    settings = making.settings(edition="customer")
    report = making.reports_of(tenant_warehouse, with_settings=settings)["CUST_10002"]
    brand = brand_of()
    pdf = Printer(brand, settings, "A4", "customer").print(report).pdf
    for text in (pdf_reading.whole_text(pdf), html_of(report, brand, settings, "customer")):
        assert "Evidence: " in text
        assert not [f.fact_id for f in report.sheet if "." in f.fact_id and f.fact_id in text]
        assert "Prepared from your data" in text


def test_the_internal_footer_does_not_speak_to_the_customer(reports):
    pdf = Printer(brand_of(), SETTINGS, "A4", "internal").print(reports["CUST_10001"])
    text = pdf_reading.whole_text(pdf.pdf)
    assert "your data" not in text
    assert "1 August to 31 October 2026" in text
    assert " messages" in text


def _facts(rows: list[dict], first_date: dt.date) -> pd.DataFrame:
    """Facts of one customer with conversions since ``first_date`` and these stored verdicts."""
    columns = ["customer_id", "measure", "compared_with", "part", "name", "direction", "size", "n",
               "channels", "rising", "falling", "looked_at", "why"]  # fmt: skip
    stored = pd.DataFrame([{"customer_id": "C", **row} for row in rows], columns=columns)
    windows = windows_of(tenant.WEEK, "weekly", SETTINGS)
    facts = FactRows(windows)
    made = pd.DataFrame(
        [
            {"customer_id": "C", "first_date": first_date}
            | {f"{name}_{span}": 8.0 for name in ("count", "value")
               for span in ("current", "week", "prior", "year_ago")}
        ]
    )  # fmt: skip
    add_conversions(
        facts, pd.DataFrame({"customer_id": ["C"]}), made, windows, Judged(stored),
        SETTINGS.evidence,
    )  # fmt: skip
    return facts.frame().set_index("fact_id")


def test_the_verdict_is_the_stored_one_and_nobody_tests_again():
    """Eight after eight, and yet what is stored is said."""
    rows = _facts(
        [
            {"measure": "conversions", "compared_with": "before", "part": "all", "name": "",
             "direction": "rise", "n": 16},
            {"measure": "conversion_value", "compared_with": "before", "part": "all", "name": "",
             "direction": "absent", "why": "the feed ends a week early"},
        ],
        dt.date(2020, 1, 1),
    )  # fmt: skip
    assert rows.loc["conversions.verdict_change", "value_text"] == "a clear rise"
    assert rows.loc["conversions.verdict_change", "n"] == 16
    late = rows.loc["conversions.value_verdict_change"]
    assert (late["status"], late["reason"]) == ("not_applicable", "the feed ends a week early")
    assert rows.loc["conversions.verdict_year_change", "status"] == "no_data"


@pytest.mark.parametrize("span", ["prior", "year_ago"])
@pytest.mark.parametrize(("days_later", "known"), [(-30, True), (0, True), (1, True), (2, False)])
def test_an_earlier_window_is_compared_when_data_reach_over_nearly_all_of_it(
    span, days_later, known
):
    """Where they begin inside it, its zeros are no zeros."""
    start = windows_of(tenant.WEEK, "weekly", SETTINGS).span(span).start
    rows = _facts([], start + dt.timedelta(days=days_later))
    change = "change" if span == "prior" else "year_change"
    for fact_id in (f"conversions.count_{span}", f"conversions.value_{change}"):
        assert (rows.loc[fact_id, "status"] == "ok") is known, fact_id


def test_a_customer_of_a_month_is_told_nothing_to_compare_with(reports):
    """No report may say that conversions rose after none where the data begin later."""
    gone = {
        f"conversions__{name}_{span}": None
        for name in ("count", "value", "verdict", "value_verdict")
        for span in (
            ("prior", "year_ago") if name in ("count", "value") else ("change", "year_change")
        )
    } | {
        f"conversions__{name}_{change}": None
        for name in ("count", "value")
        for change in ("change", "year_change")
    }
    sheet = changed(reports["CUST_10001"], **gone)
    said = slots.fill(performance(sheet), sheet).text
    assert "There is nothing to compare it with yet" in said
    assert "after 0" not in headline(sheet)
    assert "withheld" not in said
    empty = changed(reports["CUST_10001"], **gone, conversions__count=0.0)
    assert "recorded no conversion in" in slots.fill(performance(empty), empty).text


@pytest.mark.parametrize(
    ("before", "verdict", "told"),
    [
        (
            0.0,
            "a clear fall",
            "and none in the four weeks before. A year earlier there were 6 worth",
        ),
        (3.0, "no clear change", "after 3 worth"),
    ],
)
def test_none_at_all_is_told_with_what_there_was(reports, before, verdict, told):
    sheet = changed(
        reports["CUST_10001"], conversions__count=0.0, conversions__count_prior=before,
        conversions__count_year_ago=6.0, conversions__verdict_year_change=verdict,
        conversions__value_verdict_year_change=verdict,
        conversions__verdict_change="no clear change",
    )  # fmt: skip
    said = slots.fill(performance(sheet), sheet).text
    assert told in said
    assert (": a clear fall." in said) is (verdict == "a clear fall")
    assert ("a clear fall" in headline(sheet)) is (verdict == "a clear fall")


def test_the_flagship_decline_is_told_in_plain_words(reports):
    """A fall within the only channel of the falling customer, with its rates."""
    sheet = changed(
        reports["CUST_10002"], engagement__open_rate_verdict="a clear fall",
        engagement__open_rate_within=-8.0,
    )  # fmt: skip
    said = slots.fill(performance(sheet), sheet).text
    assert "Opens clearly down on the four weeks before: Email to 1" in said


def _changed_report(report, **values):
    """The report written again from the changed sheet."""
    return making.rewritten(report, lambda _: changed(report, **values))


@pytest.mark.parametrize(
    ("days", "health", "title"),
    [
        (5.0, "Green", "Get the renewal of 1 February 2027 confirmed"),
        (5.0, "Red", "Save the renewal of 1 February 2027"),
        (120.0, "Green", "Prepare the renewal of 1 February 2027"),
        (-3.0, "Green", "Find out what became of the renewal"),
        (121.0, "Green", ""),
        (-31.0, "Green", ""),
    ],
)
def test_a_renewal_within_120_days_is_on_page_one_and_in_the_advice(reports, days, health, title):
    made = _changed_report(
        reports["CUST_10002"], account__days_to_renewal=days, health__segment=health
    )
    watched = made.passages["watch"].filled if "watch" in made.passages else ""
    assert ("The contract worth" in watched) is bool(title)
    titles = [one for one, _ in todo(made)]
    assert (title in titles) if title else not any("renewal" in one for one in titles)


def test_a_lost_module_is_on_page_one_in_the_headline_and_in_the_advice(reports):
    made = _changed_report(reports["CUST_10003"], adoption__lost="General Ledger")
    assert "used before: General Ledger (hardly used any more)" in made.passages["watch"].filled
    assert any("General Ledger" in title for title, _ in todo(made))


def test_page_one_says_health_contract_and_what_changed_clearly(reports):
    answers = {one.label: one for one in standing(reports["CUST_10002"].sheet)}
    assert list(answers) == ["Health", "Yearly revenue", "Renewal", "Clear changes"]
    assert answers["Yearly revenue"].value == "$130,000"
    assert answers["Clear changes"].value == "▼ Down"
    unknown = _changed_report(reports["CUST_10002"], health__segment=None)
    assert [one.value for one in standing(unknown.sheet)][:2] == ["Not known", "$130,000"]
    marked = [cell for row in rows(reports["CUST_10002"].sheet) for cell in row if cell.tone]
    assert {cell.tone for cell in marked} == {"fall"}
    assert all(cell.words.startswith("▼ ") for cell in marked)


def test_a_customers_copy_holds_nothing_of_the_contract(reports):
    sheet = reports["CUST_10002"].sheet.for_customer()
    assert {one.label for one in standing(sheet)}.isdisjoint({"Health", "Yearly revenue"})
    assert watch(sheet) == "" or "contract" not in watch(sheet)


def test_an_open_signal_is_on_page_one(reports):
    heard = [Fact(f"calls.{kind}", kind, n, "count", visibility="internal")
             for kind, n in (("churn", 1.0), ("competitor", 2.0), ("expansion", 3.0))]  # fmt: skip
    facts = tuple(f for f in reports["CUST_10001"].sheet if f.fact_id not in _HEARD)
    sheet = replace(reports["CUST_10001"].sheet, facts=(*facts, *heard))
    said = slots.fill(watch(sheet), sheet).text
    assert (
        "- Leaving or giving something back was spoken of in one call of the last quarter." in said
    )
    assert "- Another vendor was spoken of in 2 calls of the last quarter." in said


_HEARD = {"calls.churn", "calls.competitor", "calls.expansion"}


def test_advice_speaks_to_the_customer_in_the_customers_copy(reports):
    ours = making.settings(edition="customer")
    for report in reports.values():
        for play in plays(report.sheet.for_customer(), ours):
            assert "sponsor" not in play.action
            assert play.code != "ask_reference"

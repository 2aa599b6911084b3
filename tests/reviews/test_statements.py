"""What a report says first, what it recommends, and what its evidence looks like to readers."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cs_assets.reviews import configuration
from cs_assets.reviews.editions.html import html_of
from cs_assets.reviews.editions.pdf.report_pdf import Printer
from cs_assets.reviews.facts.engagement import add_engagement
from cs_assets.reviews.facts.goals import named_by
from cs_assets.reviews.facts.rows import FactRows
from cs_assets.reviews.facts.sheets import windows_of
from cs_assets.reviews.writing.plays.playbook import plays
from cs_assets.reviews.writing.summary import headline
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
    "conversions__value_change": -50.0,
    "conversions__value_year_change": -80.0,
    "adoption__declining": 0.0,
}
FALL = {"conversions__verdict_year_change": "a clear fall"}


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
             "engagement__open_rate_change": -6.0},
            "Open rate clearly down on {period.window_before}",
        ),
        (
            {"engagement__open_rate_verdict": "a clear fall",
             "engagement__open_rate_change": -0.4},
            "{conversions.count} conversions worth",
        ),
        ({"conversions__value_change": None}, "{conversions.count} conversions worth"),
        ({"conversions__value_change": 3.0}, "Conversion value of {conversions.value}; no clear"),
    ],
)  # fmt: skip
def test_the_headline_is_the_strongest_statement_that_is_proven(reports, values, starts):
    assert headline(changed(reports["CUST_10004"], **UNCLEAR | values)).startswith(starts)


def test_a_value_that_went_the_other_way_is_told_beside_the_number(reports):
    values = {"conversions__verdict_change": "a clear rise", "conversions__value_change": -3.0}
    said = headline(changed(reports["CUST_10004"], **UNCLEAR | values))
    assert said.endswith("; but value down {conversions.value_change:abs}")


def test_growth_that_may_be_chance_is_not_recommended_for_more(reports):
    channel = {"conversions__channel__email__verdict_change": "a clear rise"}
    proven = changed(reports["CUST_10001"], **channel)
    assert "scale_winner" in {p.code for p in plays(proven, 3, 5)}
    whole = {name: "no clear change" for name in UNCLEAR if "verdict" in name}
    unsure = changed(reports["CUST_10001"], **channel, **whole)
    assert "scale_winner" not in {p.code for p in plays(unsure, 3, 5)}
    assert "scale_winner" not in {p.code for p in plays(reports["CUST_10001"].sheet, 3, 5)}


def test_a_report_has_one_play_on_a_topic(reports):
    for report in reports.values():
        topics = [play.topic for play in plays(report.sheet, 3, 5)]
        assert len(topics) == len(set(topics))


def test_advice_serves_the_goal_or_the_goal_gets_advice_of_its_own(reports):
    report = reports["CUST_10001"]
    chosen = plays(report.sheet, 3, 5)
    assert "measure_goal" in {p.code for p in chosen}
    module = {
        f.value: f.fact_id.rsplit(".", 1)[0]
        for f in report.sheet.under("adoption.module")
        if f.fact_id.endswith(".name")
    }
    assert "Accounts Receivable" in module
    served = changed(report, goal__module="Accounts Receivable")
    found = {p.code: p for p in plays(served, 3, 5)}
    assert "measure_goal" not in found
    assert found["module_adoption"].why.endswith('It serves the goal agreed, "{customer.goal}".')
    before = {p.code: p for p in chosen}
    assert found["module_adoption"].weight > before["module_adoption"].weight


def test_a_module_with_users_is_not_called_unused(reports):
    play = next(p for p in plays(reports["CUST_10004"].sheet, 3, 5) if p.code == "module_adoption")
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
    brand = configuration.brand()
    pdf = Printer(brand, settings, "A4", "customer").print(report).pdf
    for text in (pdf_reading.whole_text(pdf), html_of(report, brand, settings, "customer")):
        assert "Evidence: " in text
        assert not [f.fact_id for f in report.sheet if "." in f.fact_id and f.fact_id in text]
        assert "Prepared from your data" in text


def test_the_internal_footer_does_not_speak_to_the_customer(reports):
    pdf = Printer(configuration.brand(), SETTINGS, "A4", "internal").print(reports["CUST_10001"])
    text = pdf_reading.whole_text(pdf.pdf)
    assert "your data" not in text
    assert "1 August to 31 October 2026" in text
    assert " messages" in text


def _daily(rates_now, rates_before) -> pd.DataFrame:
    """One customer's messages as ``by_window`` gives them, 1,000 a day at these open rates."""
    columns: dict[str, object] = {"customer_id": "C", "first_date": tenant.WEEK.replace(year=2020)}
    spans = (("current", rates_now), ("prior", rates_before), ("year_ago", rates_before))
    for span, rates in spans:
        opened, sent = 1000 * np.array(rates), np.full(len(rates), 1000.0)
        columns |= {
            f"days_{span}": len(rates), f"sent_{span}": sent.sum(),
            f"opened_{span}": opened.sum(), f"clicked_{span}": 0.0, f"score_{span}": 50.0,
            f"scored_{span}": len(rates), f"sent_sent_{span}": (sent**2).sum(),
            f"opened_opened_{span}": (opened**2).sum(),
            f"opened_sent_{span}": (opened * sent).sum(), f"clicked_clicked_{span}": 0.0,
            f"clicked_sent_{span}": 0.0,
        }  # fmt: skip
    return pd.DataFrame([columns])


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        ([0.20, 0.21, 0.20, 0.19], "a clear fall"),
        ([0.10, 0.45, 0.12, 0.40], "no clear change"),  # days differ more than the windows
        ([0.30, 0.31, 0.29, 0.30], "no clear change"),
    ],
)
def test_a_rate_is_judged_by_its_days_not_by_its_messages(now, verdict):
    windows = windows_of(tenant.WEEK, "weekly", SETTINGS)
    facts = FactRows(windows)
    customers = pd.DataFrame({"customer_id": ["C"]})
    messages = _daily(now, [0.30, 0.30, 0.31, 0.31])
    add_engagement(facts, customers, messages, windows, SETTINGS.evidence)
    rows = facts.frame().set_index("fact_id")
    assert rows.loc["engagement.open_rate_verdict", "value_text"] == verdict


@pytest.mark.parametrize(("days_later", "known"), [(-30, True), (0, True), (1, True), (2, False)])
def test_a_year_earlier_needs_data_of_nearly_the_whole_window(days_later, known):
    windows = windows_of(tenant.WEEK, "weekly", SETTINGS)
    facts = FactRows(windows)
    messages = _daily([0.3, 0.3, 0.3, 0.3], [0.3, 0.3, 0.3, 0.3])
    messages["first_date"] = windows.year_ago.start + dt.timedelta(days=days_later)
    customers = pd.DataFrame({"customer_id": ["C"]})
    add_engagement(facts, customers, messages, windows, SETTINGS.evidence)
    rows = facts.frame().set_index("fact_id")
    assert (rows.loc["engagement.open_rate_year_ago", "status"] == "ok") is known


def test_nothing_changed_is_rarely_called_a_change():
    """Four days a window of the same kind: about five percent are flagged, not half."""
    windows = windows_of(tenant.WEEK, "weekly", SETTINGS)
    dice = np.random.default_rng(3)
    frames = [
        _daily(dice.normal(0.3, 0.05, 4), dice.normal(0.3, 0.05, 4)).assign(customer_id=f"C{n}")
        for n in range(500)
    ]
    messages = pd.concat(frames, ignore_index=True)
    facts = FactRows(windows)
    add_engagement(facts, messages[["customer_id"]], messages, windows, SETTINGS.evidence)
    rows = facts.frame()
    verdicts = rows.loc[rows["fact_id"] == "engagement.open_rate_verdict", "value_text"]
    assert 0.03 < (verdicts != "no clear change").mean() < 0.08

"""What the rules of reviews promise: facts, texts, gate, scope, forecast, case studies."""

import datetime as dt
import json
import re
from dataclasses import replace

import duckdb
import pytest

from cs_assets.ai.writing import RulesWriter
from cs_assets.facts import slots
from cs_assets.facts.model import Fact
from cs_assets.paper.brand import Brand, brand_of, contrast
from cs_assets.reviews import configuration
from cs_assets.reviews.editions.view import view_of
from cs_assets.reviews.facts.benchmarks import ALL_SIZES, LOWEST, TOP
from cs_assets.reviews.facts.sheets import sheet_from_json
from cs_assets.reviews.gate import RULES, Candidate, Feed, UnjudgedCalls, judge
from cs_assets.reviews.scope import UnknownScope, Wanted, choose, shard_of
from cs_assets.reviews.writing.case_matching import CaseMatcher
from cs_assets.reviews.writing.earlier import Earlier, material_changes
from cs_assets.reviews.writing.plays.rules.readers import readers_went_quiet
from cs_assets.reviews.writing.report import passages_from_json, write_report
from cs_assets.search.case_studies import LocalCaseStudySearch
from tests.reviews import making, tenant

GATE = configuration.review_settings().gate


# Facts


def test_too_few_conversions_are_shown_as_cases_not_as_a_percentage(reports):
    sheet = reports["CUST_10003"].sheet
    assert sheet["conversions.value_change"].status == "withheld"
    assert "too few cases for a percentage" in reports["CUST_10003"].passages["performance"].filled


def test_a_small_peer_group_falls_back_to_the_coarser_one(reports):
    small, large = reports["CUST_10004"], reports["CUST_10001"]
    for metric in ("open_rate", "conversions_per_week"):
        fact = f"benchmark.{metric}.group"
        assert small.sheet[fact].value == "All industries, Mid-Market"
        assert large.sheet[fact].value == "Manufacturing, Mid-Market"
    assert "(too few Mid-Market peers in Aerospace)" in small.passages["performance"].filled
    assert "peers in Manufacturing" not in large.passages["performance"].filled
    notes = " ".join(view_of(large, making.settings()).notes)
    assert "own values beside them are over the last 13 weeks" in notes


def test_what_grows_with_size_is_placed_only_among_its_like(tenant_warehouse):
    readings = making.readings_of(tenant_warehouse)
    sizes = readings.benchmarks["customer_segment"]
    of_all = replace(readings, benchmarks=readings.benchmarks[sizes == ALL_SIZES])
    sheet = making.sheets_of(of_all)["CUST_10001"]
    for metric in ("conversions_per_week", "conversion_value_per_week"):
        fact = sheet[f"benchmark.{metric}.position"]
        assert (fact.status, fact.reason) == (
            "not_applicable", "no benchmark of customers of this size",
        )  # fmt: skip
        assert sheet[f"benchmark.{metric}.median"].is_number
    assert sheet["benchmark.engagement_score.position"].value


def test_the_own_value_is_over_the_weeks_of_the_peers(tenant_warehouse):
    readings = making.readings_of(tenant_warehouse)
    weeks = readings.conversions_by_week.query("customer_id == 'CUST_10001'")
    last = weeks.sort_values("week").tail(13)
    sheet = making.sheets_of(readings)["CUST_10001"]
    own = sheet["benchmark.conversions_per_week.own"].number
    assert own == pytest.approx(last["conversions"].sum() / 13, abs=0.01)


def test_without_any_large_enough_group_peers_are_suppressed(tenant_warehouse):
    policy = making.settings().benchmarks.model_copy(update={"minimum_peers": 500})
    made = making.reports_of(tenant_warehouse, with_settings=making.settings(benchmarks=policy))
    fact = made["CUST_10001"].sheet["benchmark.open_rate.median"]
    assert (fact.status, fact.value) == ("suppressed", None)
    assert "no peer comparison" in made["CUST_10001"].passages["performance"].filled


def test_the_planted_rise_and_fall_are_judged_clear(reports):
    verdict = {c: r.sheet["conversions.verdict_change"].value for c, r in reports.items()}
    assert verdict["CUST_10001"] == "a clear rise"
    assert verdict["CUST_10002"] == "a clear fall"
    assert verdict["CUST_10004"] == "no clear change"


def test_the_quarterly_edition_compares_thirteen_weeks(tenant_warehouse):
    sheet = making.reports_of(tenant_warehouse, edition="quarterly")["CUST_10001"].sheet
    fact = sheet["conversions.value"]
    assert (fact.period_end - fact.period_start).days + 1 == 13 * 7
    assert sheet["period.window"].value == "the last thirteen weeks"


def test_a_sheet_survives_json(reports):
    sheet = reports["CUST_10001"].sheet
    assert sheet_from_json(sheet.as_json()) == sheet


# Texts


def test_every_text_is_its_slots_filled(reports):
    for report in reports.values():
        for passage in report.passages.values():
            assert slots.fill(passage.slotted, report.sheet).text == passage.filled
        assert passages_from_json(report.sections_json()) == report.passages


def test_each_report_gives_three_to_five_recommendations_with_evidence(reports):
    from cs_assets.reviews.writing.text_blocks import recommendations

    for report in reports.values():
        passage = report.passages["recommendations"]
        _, made, _ = recommendations(passage.filled, passage.claims)
        assert 3 <= len(made) <= 5
        assert all(r.evidence for r in made)
        assert all({line.label for line in r.lines} >= {"Action", "Expected effect"} for r in made)


def test_whose_readers_open_most_is_not_told_to_win_them_back(reports):
    sheet = reports["CUST_10001"].sheet
    named = next(f for f in sheet if re.fullmatch(r"engagement\.channel\.\w+\.name", f.fact_id))
    place = f"{named.fact_id.removesuffix('name')}open_rate_position"
    facts = tuple(f for f in sheet if f.fact_id != place)
    for where, told in ((TOP, False), (LOWEST, True)):
        one = replace(sheet, facts=(*facts, Fact(place, "Place", where, "text")))
        assert (readers_went_quiet(one) is not None) == told


def test_unchanged_sections_are_kept_and_changed_ones_written_anew(reports):
    class Counting(RulesWriter):
        def __init__(self) -> None:
            self.asked: list[str] = []

        def write(self, assignments):
            self.asked += [a.key.rsplit("/", 1)[1] for a in assignments]
            return super().write(assignments)

    first = reports["CUST_10002"]
    sheet = replace(
        first.sheet,
        facts=tuple(f for f in first.sheet if not f.fact_id.startswith("case.")),
        quotes=(),
    )

    def write(changed_sheet, stored):
        writer = Counting()
        settings = making.settings()
        report = write_report(
            changed_sheet, "snapshot", None, writer, making.PROMPTS, settings, stored
        )
        return report, writer.asked

    made, asked = write(sheet, None)
    assert asked == ["performance", "business_value", "recommendations"]
    again, asked = write(sheet, made.passages)
    assert (again.passages, asked) == (made.passages, [])
    goal = replace(sheet["customer.goal"], value="Grow", status="ok", reason=None)
    other = replace(sheet, facts=tuple(goal if f.fact_id == "customer.goal" else f for f in sheet))
    _, asked = write(other, made.passages)
    assert asked == ["business_value", "recommendations"]


def test_the_same_facts_are_no_material_change_and_a_lost_goal_is(reports):
    report = reports["CUST_10001"]
    earlier = Earlier(report.sheet, report.passages)
    assert material_changes(report.sheet, earlier) == []
    without = replace(
        report.sheet, facts=tuple(f for f in report.sheet if f.fact_id != "customer.goal")
    )
    assert material_changes(without, earlier) == ["customer.goal is another"]


# Forecast


def test_the_forecast_is_the_stored_one_with_its_record(tenant_warehouse, reports):
    with duckdb.connect(tenant_warehouse.path, read_only=True) as db:
        stored = db.execute(
            "SELECT value, value_low, value_high, windows FROM analytics.customer_forecasts "
            "WHERE customer_id = 'CUST_10004' AND window_weeks = 4"
        ).fetchone()
    sheet = reports["CUST_10004"].sheet
    told = [sheet[f"forecast.{name}"].value for name in ("value", "low", "high", "windows")]
    assert told == pytest.approx(list(stored), abs=1e-3)
    assert "in four of five cases" in reports["CUST_10004"].full_text


# Case studies

#: Labelled queries: what a customer is about, and the case study that a reader would give it.
LABELLED = (
    ("Manufacturing", "Mid-Market", "email open rate subject line tests", "CS-1"),
    ("Manufacturing", "Enterprise", "repeat orders by mail campaigns", "CS-1"),
    ("Retail", "Mid-Market", "web conversions checkout leak", "CS-2"),
    ("Retail", "Small Business", "finding where shoppers leave the web shop", "CS-2"),
    ("Aerospace", "Enterprise", "satellite launch insurance", None),
)


@pytest.mark.parametrize(("industry", "segment", "goal", "wanted"), LABELLED)
def test_case_studies_match_labelled_customers(reports, industry, segment, goal, wanted):
    from cs_assets.reviews.writing.plays.play import Play

    studies = tenant.case_studies()
    matcher = CaseMatcher(studies, LocalCaseStudySearch(studies), making.settings().case_studies)
    values = {"customer.industry": industry, "customer.segment": segment, "customer.goal": goal}
    facts = [
        replace(f, value=values[f.fact_id], status="ok", reason=None) if f.fact_id in values else f
        for f in reports["CUST_10001"].sheet
        if not f.fact_id.startswith(("case.", "adoption."))
    ]
    sheet = replace(reports["CUST_10001"].sheet, facts=tuple(facts), quotes=())
    play = Play("x", "", "", "", "", "", 1.0, about=goal, topic="x")
    found = matcher.match(sheet, [play])
    assert (found.case_study_id if found else None) == wanted


def test_the_case_study_is_quoted_exactly(reports):
    results = {row.case_study_id: row.key_results for row in tenant.case_studies().itertuples()}
    for report in reports.values():
        for quote in report.sheet.quotes:
            assert quote.text in results[quote.source_id].splitlines()
            assert quote.text in report.passages["recommendations"].filled


# The gate

FEED = Feed("conversions", tenant.END, 100, 100.0, 400, 0)


def candidate(report, **changes) -> Candidate:
    sheet = report.sheet if report else None
    basic = Candidate(
        customer_id=sheet.entity_id if sheet else "CUST_X",
        customer_name=sheet["customer.name"].value if sheet else None,
        recipient="csm@example.com",
        report=report,
        failure=None,
        feeds=(FEED,),
    )
    return replace(basic, **changes)


def rules_that_hold(one: Candidate) -> list[str]:
    return [reason.rule for reason in judge(one, GATE).reasons]


def with_value(report, fact_id, value):
    facts = tuple(replace(f, value=value) if f.fact_id == fact_id else f for f in report.sheet)
    return replace(report, sheet=replace(report.sheet, facts=facts))


def test_a_sound_report_may_be_sent(reports):
    for report in reports.values():
        verdict = judge(candidate(report), GATE)
        assert (verdict.decision, verdict.reasons_json()) == ("send", "[]")


def test_each_rule_of_the_gate_holds_what_it_is_for(reports):
    report = reports["CUST_10001"]
    total = report.sheet["conversions.value"].number
    cases = {
        "recipient": candidate(report, recipient=None),
        "freshness": candidate(
            report, feeds=(FEED, replace(FEED, newest=tenant.END - dt.timedelta(days=30)))),
        "coverage": candidate(replace(report, sheet=replace(report.sheet, facts=(
            *report.sheet, Fact("data.late", "Late", "some have not arrived", "text"))))),
        "row_counts": candidate(report, feeds=(replace(FEED, week_rows=40),)),
        "nulls": candidate(report, feeds=(replace(FEED, incomplete_rows=9),)),
        "calls_judged": candidate(report, unjudged=UnjudgedCalls(3, 1, 0, tenant.WEEK)),
        "required_facts": candidate(
            replace(report, sheet=replace(report.sheet, facts=tuple(
                f for f in report.sheet if f.fact_id != "csm.name")))),
        "totals": candidate(with_value(report, "conversions.value", total + 1)),
        "large_move": candidate(with_value(report, "conversions.value_prior", total / 50)),
        "other_customer": candidate(report, customer_id="CUST_OTHER"),
        "number_without_fact": candidate(report, unproven=("42",)),
        "approval": candidate(report),
    }  # fmt: skip
    assert set(cases) == set(RULES)
    for rule, one in cases.items():
        asks = GATE.model_copy(update={"approval_from_arr": 0.0 if rule == "approval" else None})
        assert rule in [reason.rule for reason in judge(one, asks).reasons], rule


def test_a_changed_text_is_held(reports):
    report = reports["CUST_10001"]
    passage = replace(report.passages["performance"], filled="Everything doubled.")
    changed = replace(report, passages={**report.passages, "performance": passage})
    assert rules_that_hold(candidate(changed)) == ["number_without_fact"]


def test_a_failed_report_is_held_with_its_failure():
    reasons = json.loads(judge(candidate(None, failure="boom"), GATE).reasons_json())
    assert reasons == [{"rule": "failed", "detail": "boom"}]


# Scope


def test_shards_split_all_customers_once():
    ids = [f"CUST_{i}" for i in range(200)]
    shards = [{c for c in ids if shard_of(c, 4) == part} for part in (1, 2, 3, 4)]
    assert set().union(*shards) == set(ids)
    assert sum(map(len, shards)) == len(ids)
    assert min(map(len, shards)) > 20


def test_an_unknown_csm_or_shard_is_refused():
    import pandas as pd

    assigned = pd.DataFrame({"customer_id": ["A"], "csm_id": ["CSM001"]})
    with pytest.raises(UnknownScope, match="no CSM called CSM9"):
        choose(Wanted(csm_ids=("CSM9",)), assigned)
    with pytest.raises(UnknownScope, match="shards count from 1"):
        choose(Wanted(shard=3, shards=2), assigned)


# The brand


def test_the_contrast_of_black_on_white_is_twenty_one():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_a_brand_that_cannot_be_read_is_refused():
    document = brand_of().model_dump()
    document["colours"]["muted"] = "#dddddd"
    with pytest.raises(ValueError, match=r"colour muted on paper has a contrast of 1\.4"):
        Brand.model_validate(document)


def test_a_text_of_rules_gives_way_when_a_model_writes(reports):
    class Model:
        def __init__(self) -> None:
            self.asked = 0

        def write(self, assignments):
            self.asked += len(assignments)
            drafts = RulesWriter().write(assignments)
            return [replace(draft, writer="claude", model="a-model") for draft in drafts]

    report = reports["CUST_10004"]
    sheet = replace(
        report.sheet,
        facts=tuple(f for f in report.sheet if not f.fact_id.startswith("case.")),
        quotes=(),
    )
    settings, model = making.settings(), Model()
    by_rule = write_report(sheet, "s", None, RulesWriter(), making.PROMPTS, settings)
    by_model = write_report(sheet, "s", None, model, making.PROMPTS, settings, by_rule.passages)
    assert (model.asked, by_model.one("writer")) == (3, "claude")
    again = write_report(sheet, "s", None, model, making.PROMPTS, settings, by_model.passages)
    assert (model.asked, again.passages) == (3, by_model.passages)

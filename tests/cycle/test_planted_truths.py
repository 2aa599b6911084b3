"""What is planted in the sample tenant is found by the platform, and nothing is invented."""

from cs_assets.sample import truths
from tests.cycle.conftest import WEEK


def test_the_declining_customer_is_at_risk(finished):
    rows = finished.rows(
        "SELECT behaviour_segment, health_segment, negative_calls_4w, conversion_value_4w, "
        "conversion_value_prior_4w FROM analytics.customer_segments "
        "JOIN analytics.customer_metrics USING (customer_id, week_start) "
        "WHERE customer_id = ? AND week_start = ?",
        (truths.DECLINING_CUSTOMER, WEEK),
    )
    found = rows.iloc[0]
    assert found.behaviour_segment == "At risk"
    assert found.health_segment == "Red"
    assert found.conversion_value_4w < found.conversion_value_prior_4w
    assert found.negative_calls_4w >= 1


def test_the_module_whose_use_collapses_is_the_steepest_fall(finished):
    rows = finished.rows(
        "SELECT customer_id, module_code, adoption_stage FROM analytics.module_adoption "
        "WHERE week_start = ? AND usage_change IS NOT NULL ORDER BY usage_change LIMIT 1",
        (WEEK,),
    )
    found = rows.iloc[0]
    assert found.customer_id == truths.USAGE_COLLAPSE_CUSTOMER
    assert found.module_code == truths.USAGE_COLLAPSE_MODULE
    assert found.adoption_stage in ("declining", "dropped")


def test_zero_conversions_are_zero_not_missing(finished):
    rows = finished.rows(
        "SELECT conversions_4w FROM analytics.customer_metrics "
        "WHERE customer_id = ? AND week_start = ?",
        (truths.NO_CONVERSIONS_CUSTOMER, WEEK),
    )
    assert list(rows.conversions_4w) == [0]


def _verdicts(finished, email: str) -> dict[str, str]:
    rows = finished.rows(
        "SELECT dimension, verdict FROM analytics.rep_week_trends t "
        "JOIN gong.gong_users u ON u.user_id = t.rep_user_id "
        "WHERE u.email = ? AND week_start = ?",
        (email, WEEK),
    )
    return dict(zip(rows.dimension, rows.verdict, strict=True))


def test_the_rep_who_improves_is_seen_and_nobody_else_is_praised_for_luck(finished):
    assert _verdicts(finished, truths.IMPROVING_REP)["overall"] == "improving"
    assert _verdicts(finished, truths.STAGNANT_REP)["overall"] != "improving"
    others = finished.rows(
        "SELECT DISTINCT u.email FROM analytics.rep_week_trends t "
        "JOIN gong.gong_users u ON u.user_id = t.rep_user_id "
        "WHERE week_start = ? AND dimension = 'overall' AND verdict IN ('improving', 'declining')",
        (WEEK,),
    )
    assert list(others.email) == [truths.IMPROVING_REP]


def test_the_recurring_price_objection_is_found_over_distinct_accounts(finished):
    rows = finished.rows(
        "SELECT accounts, is_recurring FROM analytics.rep_week_objections o "
        "JOIN gong.gong_users u ON u.user_id = o.rep_user_id "
        "WHERE u.email = ? AND week_start = ? AND objection_type LIKE 'price%'",
        (truths.PRICING_OBJECTION_REP, WEEK),
    )
    assert len(rows) == 1
    assert rows.is_recurring.iloc[0]
    assert rows.accounts.iloc[0] >= truths.PRICING_ACCOUNTS


def test_a_name_in_another_script_survives_to_the_pdf(finished):
    import pypdf

    name = finished.rows(
        "SELECT customer_name FROM source.customers WHERE customer_id = ?",
        (truths.NON_LATIN_CUSTOMER,),
    ).customer_name.iloc[0]
    pdf = next(finished.home.reports(WEEK).glob(f"{truths.NON_LATIN_CUSTOMER}.pdf"))
    text = "".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages)
    assert name.replace(" ", "") in text.replace(" ", "").replace("\n", "")

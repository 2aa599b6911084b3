"""What is known of a customer as of a week's end: contract, modules, people, written words."""

import datetime as dt

import pandas as pd
import pytest

from cs_assets import config
from cs_assets.ai.signals import SignalRules
from cs_assets.customers import inputs, module_states, texts
from cs_assets.customers.judging import onboarding, risk_rows, standing
from cs_assets.customers.policy import CustomerPolicy
from cs_assets.feeds.gaps import Gaps
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.customers.one_health import of_customer

POLICY = config.load("customers.yaml", CustomerPolicy)
WEEK = dt.date(2026, 11, 9)


def day(text):
    return dt.date.fromisoformat(text)


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A company of four customers; gives the rows of a statement for a week."""
    path = tmp_path_factory.mktemp("standing") / "warehouse.duckdb"
    warehouse = DuckDBWarehouse(path=str(path), wait_seconds=20)
    customers = pd.DataFrame(
        [("PAST", 120.0, "2027-06-01"), ("LESS", 90.0, "2027-01-01"), ("NEW", 50.0, "2027-10-01"),
         ("BACK", 90.0, "2027-01-01")],
        columns=["customer_id", "arr", "renewal_date"],
    ).assign(
        customer_name="x", industry="i", segment="Enterprise", region="Europe",
        lifecycle_stage="steady", contract_start=[day("2024-06-01"), None, day("2026-10-01"), None],
    )  # fmt: skip
    products = pd.DataFrame(
        [
            ("PAST", "GL", "2024-06-01", "active", None, 120.0),
            ("LESS", "GL", "2024-01-01", "active", None, 60.0),
            ("LESS", "AP", "2024-01-01", "cancelled", "2026-09-01", 30.0),
            ("NEW", "GL", "2026-10-01", "active", None, 50.0),
            ("BACK", "GL", "2024-01-01", "active", None, 60.0),
            ("BACK", "AP", "2026-06-01", "active", "2025-12-31", 30.0),
        ],
        columns=[
            "customer_id", "module_code", "purchased_on", "status", "cancelled_on", "annual_price",
        ],
    ).assign(contracted_seats=10)  # fmt: skip
    terms = pd.DataFrame(
        [
            ("PAST", "2024-06-01", "2025-06-01", "2025-04-01", 80.0, "renewed"),
            ("PAST", "2025-06-01", "2026-06-01", "2026-04-01", 100.0, "expanded"),
            ("PAST", "2026-06-01", "2027-06-01", "2027-04-01", 120.0, "open"),
        ],
        columns=["customer_id", "term_start", "term_end", "notice_date", "arr", "outcome"],
    )
    people = pd.DataFrame(
        [
            ("PAST", "p1", "champion", "2024-06-01", "2026-07-01", "2026-06-20"),
            ("PAST", "p2", "sponsor", "2024-06-01", None, "2026-10-01"),
            ("PAST", "p3", "champion", "2026-12-01", None, "2026-12-05"),
        ],
        columns=["customer_id", "person_id", "role", "since", "left_on", "last_contact_on"],
    )
    with warehouse.session("test") as db:
        for name, rows in (
            ("customers", customers), ("products", products), ("contract_terms", terms),
            ("customer_people", people),
        ):  # fmt: skip
            db.replace(f"source.{name}", rows, {})

    def ask(statement, week):
        with warehouse.session("test") as db:
            rows = db.query(f"customers/{statement}", [dt.date.fromisoformat(week)])
        return rows.set_index("customer_id")

    return ask


@pytest.mark.parametrize(
    ("customer", "week", "arr", "basis"),
    [
        ("PAST", "2026-11-09", 120, "today"),
        ("PAST", "2026-03-02", 100, "term"),
        ("PAST", "2025-03-03", 80, "term"),
        ("LESS", "2026-11-09", 90, "today"),
        ("LESS", "2026-03-02", 135, "modules"),  # today's price, moved by what was given back
        ("NEW", "2026-03-02", None, "before"),
    ],
)
def test_revenue_is_that_of_the_week(asked, customer, week, arr, basis):
    row = asked("contracts_as_of", week).loc[customer]
    assert (None if pd.isna(row["arr"]) else float(row["arr"]), row["arr_basis"]) == (arr, basis)


def test_a_module_given_back_is_counted_from_its_day(asked):
    before, after = (
        asked("contracts_as_of", week).loc["LESS"] for week in ("2026-08-17", "2026-11-09")
    )
    assert (before["cancelled_modules"], after["cancelled_modules"]) == (0, 1)
    assert float(after["cancelled_value"]) == 30


def test_a_module_that_was_given_back_and_bought_again_is_owned_again(asked):
    before, after = (
        asked("contracts_as_of", week).loc["BACK"] for week in ("2026-03-02", "2026-11-09")
    )
    assert (before["cancelled_modules"], after["cancelled_modules"]) == (0, 0)
    assert (before["arr_basis"], after["arr_basis"]) == ("modules", "today")
    owned_then = asked("modules_as_of", "2026-11-09").loc["BACK"].set_index("module_code")
    assert owned_then["is_cancelled"].tolist() == [False, False]


def test_renewal_and_notice_are_of_the_year_that_ran(asked):
    past = asked("contracts_as_of", "2026-03-02").loc["PAST"]
    assert pd.Timestamp(past["renewal_date"]).date() == dt.date(2026, 6, 1)
    assert pd.Timestamp(past["notice_date"]).date() == dt.date(2026, 4, 1)


def test_a_champion_is_there_until_the_day_of_leaving_and_nobody_before_the_first(asked):
    then, now = (asked("people_as_of", week).loc["PAST"] for week in ("2026-06-01", "2026-11-09"))
    assert (then["champions"], now["champions"]) == (1, 0)
    assert pd.Timestamp(now["champion_left_on"]).date() == dt.date(2026, 7, 1)
    assert pd.Timestamp(now["last_met_on"]).date() == dt.date(2026, 10, 1)


def test_sources_without_rows_are_not_known_and_not_zero(asked):
    assert asked("voices_as_of", "2026-11-09")["tickets_13w"].isna().all()


def test_the_last_contact_is_the_later_of_call_and_meeting():
    metrics = pd.DataFrame(
        {
            "customer_id": ["met", "called", "unheard", "neither"],
            "active_modules": 1,
            "days_since_contact": [40, 3, 40, 40],
            "last_call_on": pd.to_datetime(["2026-10-06", "2026-11-12", None, None]),
        }
    )
    people = pd.DataFrame(
        {
            "customer_id": ["met", "called", "unheard"],
            "champions": 1,
            "champion_left_on": pd.NaT,
            "last_met_on": pd.to_datetime(["2026-11-10", "2026-01-01", "2026-08-01"]),
        }
    )
    contracts = pd.DataFrame(
        {"customer_id": metrics["customer_id"], "renewal_date": None, "notice_date": None}
    )
    rows = standing.with_standing(metrics, contracts, people, metrics[["customer_id"]], 4, WEEK)
    assert rows["days_since_contact"].tolist() == [5, 3, 106, 40]
    assert rows["white_space_modules"].tolist() == [3, 3, 3, 3]


def owned(**changes):
    base = {
        "customer_id": "C1", "module_code": "GL", "purchased_on": day("2025-01-01"),
        "contracted_seats": 5, "annual_price": 10.0, "cancelled_on": None, "is_cancelled": False,
        "adoption_stage": "adopted", "is_collapsed": False, "seat_utilisation": 0.6,
        "days_since_last_use": 1,
    }  # fmt: skip
    return {**base, **changes}


def states(rows, small=()):
    frame = pd.DataFrame(rows)
    names = frame["customer_id"].unique()
    known = pd.DataFrame({"customer_id": names, "segment": "Mid-Market"})
    known["segment"] = known["segment"].mask(known["customer_id"].isin(small), "Small Business")
    made = module_states.module_rows(frame, known, ["GL", "AP"], WEEK)
    return made.set_index(["customer_id", "module_code"])


@pytest.mark.parametrize(
    ("changes", "state", "since"),
    [
        ({}, "active", "2025-01-01"),
        ({"is_collapsed": True}, "declining", "2025-01-01"),
        ({"adoption_stage": "dropped", "days_since_last_use": 40}, "lapsed", "2026-10-06"),
        ({"is_cancelled": True, "cancelled_on": day("2026-03-01")}, "cancelled", "2026-03-01"),
        ({"adoption_stage": None, "is_collapsed": None}, "unknown", "2025-01-01"),
    ],
)
def test_every_module_has_a_state_and_its_day(changes, state, since):
    row = states([owned(**changes)]).loc[("C1", "GL")]
    assert (row["module_state"], row["state_since"]) == (state, day(since))


def test_white_space_is_priced_by_peers_only_where_there_are_enough():
    few = [owned(customer_id=f"C{n}", module_code="AP", annual_price=10.0 * n) for n in range(4)]
    rows = [owned(customer_id=f"C{n}", module_code="AP", annual_price=10.0 * n) for n in range(5)]
    made = states([*rows, owned(customer_id="WITHOUT")])
    row = made.loc[("WITHOUT", "AP")]
    assert (row["module_state"], row["annual_value"], row["is_estimate"]) == ("not_owned", 20, True)
    assert row["peer_count"] == row["value_peers"] == 5
    assert pd.isna(states([*few, owned(customer_id="W")]).loc[("W", "AP"), "annual_value"])


def test_where_few_of_the_size_have_a_module_its_price_is_scaled_to_what_the_customer_pays():
    large = [
        owned(customer_id=f"C{n}", module_code=code, annual_price=price)
        for n in range(5)
        for code, price in (("GL", 20_000.0), ("AP", 16_000.0))
    ]
    tiny = owned(customer_id="S", annual_price=5_000.0)
    free = owned(customer_id="F", annual_price=0.0)
    made = states([*large, tiny, free], small=["S", "F"])
    row = made.loc[("S", "AP")]  # a quarter of what all pay, as for its own module
    assert (row["annual_value"], row["value_peers"]) == (4_000, 5)
    assert made.loc[("C0", "AP"), ["annual_value", "is_estimate"]].tolist() == [16_000, False]
    unknown = made.loc[("F", "AP")]  # pays nothing by which it could be scaled
    assert pd.isna(unknown["annual_value"])
    assert pd.isna(unknown["value_peers"])


def test_written_words_are_judged_as_those_of_calls_and_only_once():
    words = [
        "We have asked two other vendors for an offer before the contract ends.",
        "Importing the budget file stops without a message.",
        "Solved in one call, thank you.",
    ]
    judged = pd.DataFrame(
        {
            "text_id": ["survey/1", "ticket/1", "ticket_answer/1"], "customer_id": "C",
            "said_on": WEEK, "source": ["survey", "ticket", "ticket_answer"], "words": words,
            "was_asked": True, "sentiment_category": ["negative", None, "positive"],
            "sentiment_score": 0.0,
        }
    )  # fmt: skip
    rules = config.load("signals.yaml", SignalRules)
    rows = texts.rows_of(judged, rules, "m")
    assert rows["text_id"].tolist() == ["survey/1", "ticket_answer/1"]  # failed: asked again
    assert "churn" in rows["signals"].iloc[0]
    assert rows["quote"].iloc[0] == words[0]
    assert len(texts.still_valid(rows, judged, "m", rules.digest)) == 2
    changed = judged.assign(words="other")
    assert texts.still_valid(rows, changed, "m", rules.digest).empty
    assert texts.still_valid(rows, judged, "another model", rules.digest).empty


def test_an_input_is_known_none_late_or_not_connected():
    newest = pd.DataFrame(
        [("A", "conversions", "2026-11-10"), ("A", "tickets", "2026-01-01")],
        columns=["customer_id", "input_name", "last_day"],
    )
    gaps = Gaps(
        pd.DataFrame(
            [("B", "conversions", "all", "", "current", "late", 1.0, "have not arrived")],
            columns=["customer_id", "feed", "part", "name", "span", "state", "missing", "why"],
        )
    )
    both = pd.DataFrame({"customer_id": ["A", "B"]})
    rows = inputs.input_rows(newest, both, gaps, WEEK).set_index(["customer_id", "input_name"])
    assert rows.loc[("A", "conversions"), ["state", "age_days"]].tolist() == ["known", 5]
    assert rows.loc[("B", "conversions"), "state"] == "late"
    assert rows.loc[("B", "tickets"), "state"] == "none"
    assert rows.loc[("B", "people"), "state"] == "not connected"


# --- onboarding by its own plan, vetoes by kind -------------------------------------------


@pytest.mark.parametrize(
    ("tenure", "metrics", "colour"),
    [
        (20, {"key_actions_4w": 0}, "Green"),  # nothing is due yet
        (50, {"key_actions_4w": 9}, "Green"),
        (50, {"key_actions_4w": 0}, "Yellow"),
        (90, {"key_actions_4w": 0}, "Red"),
        (90, {"key_actions_4w": 5, "seat_utilisation_4w": 0.1}, "Yellow"),
        (50, {"key_actions_4w": None}, "Unknown"),
    ],
)
def test_who_is_in_onboarding_is_judged_by_its_plan(tenure, metrics, colour):
    row = pd.DataFrame([{"lifecycle_stage": "onboarding", "tenure_days": tenure, **metrics}])
    made = onboarding.scored(row, POLICY.health.onboarding).iloc[0]
    assert made["health_segment"] == colour
    assert pd.isna(made["health_override"]) == (colour in ("Green", "Unknown"))


GOOD = {
    "breadth": 1.0, "judged_usage_change": 0.2, "seat_utilisation_4w": 0.8,
    "judged_outcome_change": 0.2, "engagement_score_4w": 70.0, "negative_call_share": 0.0,
    "tenure_days": 900, "lifecycle_stage": "steady", "days_to_renewal": 200,
}  # fmt: skip


@pytest.mark.parametrize(
    ("found", "colour"),
    [
        ({"churn_signals_13w": 1}, "Yellow"),
        ({"churn_signals_13w": 1, "days_to_renewal": 90}, "Red"),
        ({"churn_signals_13w": 2}, "Red"),
        ({"collapsed_modules": 1, "days_to_renewal": 42}, "Red"),
        ({"days_without_champion": 60}, "Yellow"),
        ({"days_without_champion": 60, "days_to_renewal": 60}, "Red"),
        ({"days_since_contact": 50, "days_to_renewal": 40}, "Yellow"),
        ({"seat_utilisation_4w": 0.2}, "Yellow"),
        ({"seat_utilisation_4w": 0.03}, "Red"),
        ({"seat_utilisation_4w": 0.03, "tenure_days": 60}, "Green"),
        ({"severe_open_tickets": 2}, "Yellow"),
        ({}, "Green"),
    ],
)
def test_no_sum_is_above_a_veto(found, colour):
    assert of_customer({**GOOD, **found}, POLICY.health).segment == colour


def test_a_churn_signal_is_red_before_a_renewal_also_when_little_else_is_known():
    bare = {"churn_signals_13w": 1, "days_to_renewal": 30}
    assert of_customer(bare, POLICY.health).segment == "Red"
    assert of_customer({"days_to_renewal": 30}, POLICY.health).segment == "Unknown"


def test_a_handful_of_reds_that_stayed_is_no_risk_of_nought():
    """Too few decisions to learn from: a Red has no figure then, and is no safer than a Green."""
    past = pd.DataFrame(
        {"customer_id": [f"P{n}" for n in range(9)], "health": "Red", "outcome": "renewed",
         "decided_on": WEEK}
    )  # fmt: skip
    now = pd.DataFrame({"customer_id": ["A", "B"], "health": None, "outcome": None})
    metrics = pd.DataFrame(
        {"customer_id": ["A", "B"], "arr": [100.0, 50.0], "health_segment": ["Red", "Green"]}
    )
    rows = risk_rows.risks_of_week(pd.concat([past, now]), metrics, [], WEEK)
    assert rows["basis"].tolist() == ["no past", "no past"]
    assert rows[["risk", "arr_at_risk"]].isna().all().all()

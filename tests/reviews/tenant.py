"""A small tenant for the tests of reviews: every kind of customer, each with its reason."""

import datetime as dt
import random

import pandas as pd

from cs_assets.customers import changes, forecasts
from resources.warehouse import Session, Warehouse

WEEK = dt.date(2026, 11, 9)
END = WEEK + dt.timedelta(days=6)

#: Customer -> (industry, conversions a week, growth of the last four weeks, open rate).
PROFILES = {
    "CUST_10001": ("Manufacturing", 6, 1.8, 0.35),  # grows
    "CUST_10002": ("Manufacturing", 6, 0.3, 0.18),  # falls, few opens
    "CUST_10003": ("Retail", 1, 1.0, 0.30),  # too few conversions for a percentage
    "CUST_10004": ("Aerospace", 5, 1.0, 0.28),  # industry with too few peers
    "CUST_10005": ("Retail", 0, 1.0, 0.0),  # no activity at all
    "CUST_10006": ("Retail", 4, 1.0, 0.25),  # a hostile name
}
NAMES = {
    "CUST_10001": "Brightwater Components",
    "CUST_10002": "Łódź Ceramiczna Sp. z o.o.",
    "CUST_10003": "Ακρόπολις Εμπορική",
    "CUST_10004": "Северная Авиация",
    "CUST_10005": "Quiet Harbour Ltd",
    "CUST_10006": "<para><b>Acme & Söhne <img src='/etc/passwd'/> {customer.arr}",
}
CHANNELS = {"email": 0.5, "web": 0.25, "social": 0.15, "sms": 0.1}


def customers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": list(PROFILES),
            "customer_name": [NAMES[c] for c in PROFILES],
            "industry": [p[0] for p in PROFILES.values()],
            "segment": "Mid-Market",
            "region": "Europe",
            "arr": [120_000.0 + 10_000 * i for i in range(len(PROFILES))],
            "renewal_date": dt.date(2027, 2, 1),
            "lifecycle_stage": "steady",
            "goal": ["Win more repeat orders", None, None, "Faster month end", None, None],
        }
    )


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def activity() -> dict[str, pd.DataFrame]:
    """Conversions, engagement and attributions of fifteen months, from a fixed seed."""
    conversions, engagement, attributions = [], [], []
    start = WEEK - dt.timedelta(weeks=70)
    recent = END - dt.timedelta(weeks=4)
    for customer, (industry, per_week, growth, open_rate) in PROFILES.items():
        dice = random.Random(customer)
        if per_week == 0:
            continue
        for day in _days(start, END):
            chance = per_week / 7 * (growth if day > recent else 1.0)
            for _ in range(int(chance) + (dice.random() < chance % 1)):
                channel = dice.choices(list(CHANNELS), list(CHANNELS.values()))[0]
                conversions.append(
                    (customer, day, channel, round(dice.lognormvariate(6, 0.6), 2), industry)
                )
            sent = dice.randint(40, 80)
            opened = sum(dice.random() < open_rate for _ in range(sent))
            engagement.append(
                (customer, day, "email", sent, opened, opened // 6, dice.uniform(40, 70))
            )
            if dice.random() < 0.4:
                channel = dice.choice([*CHANNELS, "events", "partners", "search"])
                attributions.append((customer, day, channel, 0.5, round(dice.uniform(50, 900), 2)))
    return {
        "source.conversions": _numbered("conversion_id", conversions, [
            "customer_id", "conversion_date", "channel", "conversion_value", "industry"]),
        "source.historical_engagement": _numbered("engagement_id", engagement, [
            "customer_id", "engagement_date", "channel", "messages_sent", "messages_opened",
            "messages_clicked", "engagement_score"]),
        "source.attributions": _numbered("attribution_id", attributions, [
            "customer_id", "touchpoint_date", "channel", "attribution_weight",
            "attributed_revenue"]),
    }  # fmt: skip


def _numbered(key: str, rows: list[tuple], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(0, key, [f"{key}-{n}" for n in range(len(frame))])
    return frame


def benchmarks() -> pd.DataFrame:
    quartiles = {
        "open_rate": (22.0, 28.0, 34.0),
        "click_rate": (2.0, 4.0, 6.0),
        "conversions_per_week": (2.0, 5.0, 8.0),
        "conversion_value_per_week": (900.0, 2400.0, 4200.0),
        "engagement_score": (45.0, 55.0, 62.0),
    }
    groups = {"Manufacturing": 23, "Retail": 41, "Aerospace": 3, "All industries": 120}
    return pd.DataFrame(
        [
            (group, size, metric, value, rank, peers, dt.date(2026, 8, 1), dt.date(2026, 10, 31))
            for group, peers in groups.items()
            for size in ("All sizes", "Mid-Market", "Enterprise", "Small Business")
            for metric, values in quartiles.items()
            for rank, value in zip((25, 50, 75), values, strict=True)
        ],
        columns=["industry_vertical", "customer_segment", "metric_name", "metric_value",
                 "percentile_rank", "peer_count", "period_start", "period_end"],
    )  # fmt: skip


def case_studies() -> pd.DataFrame:
    columns = (
        "case_study_id", "title", "company_name", "industry_vertical", "company_size",
        "modules", "goal", "content", "key_results", "use_cases", "channels_used",
    )  # fmt: skip
    return pd.DataFrame(
        [
            ("CS-1", "Repeat orders by mail", "Harrow Tools", "Manufacturing", "Mid-Market",
             "GL;AR", "Win more repeat orders",
             "Harrow Tools wrote to buyers by the part they had bought. Subject lines were tested.",
             "Open rate rose from 21% to 33% in ten weeks\nRepeat orders up 18%",
             "email subject tests;repeat orders", "email"),
            ("CS-2", "Finding the leak in the shop", "Pell Market", "Retail", "Mid-Market",
             "AR;CR", "More conversions on the web",
             "Pell Market watched where shoppers left the web shop and mended two pages.",
             "Conversions on the web up 24%", "web conversion;checkout", "web;social"),
        ],
        columns=list(columns),
    )  # fmt: skip


def states() -> dict[str, pd.DataFrame]:
    """What the rooms of customers would have written."""
    ids = list(PROFILES)
    metrics = pd.DataFrame(
        {
            "customer_id": ids, "week_start": WEEK, "arr": 120_000.0, "active_modules": 3,
            "adopted_modules": 2, "contracted_seats": 60, "active_users": 31,
            "seat_utilisation": 31 / 60, "key_actions_4w": 400, "key_actions_prior_4w": 420,
            "usage_change": -0.05, "conversions_week": 1, "conversion_value_week": 1.0,
            "conversions_4w": 1, "conversion_value_4w": 1.0, "conversion_value_prior_4w": 1.0,
            "messages_sent_4w": 1, "calls_4w": 2, "negative_calls_4w": [0, 1, 0, 0, 0, 0],
            "judged_calls_4w": 2, "declining_modules": 1, "dropped_modules": 0,
            "not_started_modules": 0,
            "days_to_renewal": 78, "health_score": [82.0, 38.0, 60.0, 66.0, None, 71.0],
            "health_segment": ["Green", "Red", "Yellow", "Yellow", "Unknown", "Green"],
            "health_coverage": [1.0, 1.0, 0.8, 0.8, 0.2, 1.0],
        }
    )  # fmt: skip
    modules = pd.DataFrame(
        [
            (c, module, WEEK, 20, users, users / 20, 100, 110, stage)
            for c in ids
            for module, users, stage in (
                ("GL", 16, "adopted"), ("AP", 12, "adopted"), ("AR", 3, "declining"))
        ],
        columns=["customer_id", "module_code", "week_start", "contracted_seats", "active_users",
                 "seat_utilisation", "key_actions_4w", "key_actions_prior_4w", "adoption_stage"],
    )  # fmt: skip
    segments = pd.DataFrame(
        {
            "customer_id": ids, "week_start": WEEK, "value_tier": "Medium",
            "behaviour_segment": "Steady", "reason": "no rule above it held",
            "segment_since": WEEK,
        }
    )  # fmt: skip
    return {
        "analytics.customer_metrics": metrics,
        "analytics.module_adoption": modules,
        "analytics.customer_segments": segments,
    }


def csms() -> pd.DataFrame:
    """The CSMs with the addresses that reviews go to."""
    return pd.DataFrame(
        {"csm_id": ["CSM001", "CSM002"], "csm_name": ["Sarah Johnson", "Michael Chen"],
         "csm_email": ["sarah.johnson@example.com", "michael.chen@example.com"],
         "region": ["North America", "Asia Pacific"]}
    )  # fmt: skip


def load(warehouse: Warehouse) -> None:
    """Put the tenant into an empty warehouse."""
    assignments = pd.DataFrame(
        {"customer_id": list(PROFILES), "csm_id": ["CSM001"] * 4 + ["CSM002"] * 2,
         "assigned_on": dt.date(2025, 1, 1)}
    )  # fmt: skip
    tables = {
        "source.customers": customers(),
        "source.csm_assignments": assignments,
        "source.csms": csms(),
        "source.industry_benchmarks": benchmarks(),
        "source.case_studies": case_studies(),
        **activity(),
        **states(),
    }
    with warehouse.session("test tenant") as db:
        for table, rows in tables.items():
            db.replace(table, rows, {})
        judge(db)


def judge(db: Session, *weeks: dt.date) -> None:
    """Verdicts and forecasts as the room of customers makes them of what is in the warehouse."""
    judged, foreseen = [], []
    for week in weeks or (WEEK,):
        past = db.query("customers/conversions_by_week", [week, forecasts.weeks_needed()])
        for window in (4, 13):
            judged.append(changes.change_rows(changes.read(db.query, week, window), week, window))
            foreseen.append(forecasts.forecast_rows(past, week, window))
    db.replace("analytics.customer_changes", pd.concat(judged), {})
    db.replace("analytics.customer_forecasts", pd.concat(foreseen), {})

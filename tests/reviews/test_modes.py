"""The change-only edition, week after week, through the real assets."""

import datetime as dt

import pandas as pd

from cs_assets.reviews import configuration
from cs_assets.reviews.writing.earlier import earlier_reports, material_changes
from tests.reviews import tenant
from tests.reviews.test_assets import materialise

BEFORE = tenant.WEEK - dt.timedelta(weeks=1)
_LINE = "No material change since the week before"


def steady(customer: str) -> dict[str, pd.DataFrame]:
    """A customer with the same every day."""
    days = [tenant.END - dt.timedelta(days=n) for n in range(490)]
    conversions = pd.DataFrame({
        "conversion_id": [f"s{n}" for n in range(len(days))], "customer_id": customer,
        "conversion_date": days, "channel": "email", "conversion_value": 250.0,
    })  # fmt: skip
    messages = pd.DataFrame({
        "engagement_id": [f"s{n}" for n in range(len(days))], "customer_id": customer,
        "engagement_date": days, "channel": "email", "messages_sent": 100,
        "messages_opened": 30, "messages_clicked": 5, "engagement_score": 55.0,
    })  # fmt: skip
    return {"source.conversions": conversions, "source.historical_engagement": messages}


def test_a_quiet_week_gets_a_line_and_a_changed_customer_a_report(
    reviewed, home, tmp_path, monkeypatch
):
    with reviewed.session("test") as db:
        for table, frame in steady("CUST_10004").items():
            db.replace(table, frame, {"customer_id": "CUST_10004"})
        for table, frame in tenant.states().items():
            db.append(table, frame.assign(week_start=BEFORE))
        tenant.judge(db, BEFORE, tenant.WEEK)
    folder = tmp_path / "config"
    folder.mkdir()
    settings = configuration.review_settings().model_copy(update={"change_only": True})
    (folder / "reviews.yaml").write_text(settings.model_dump_json(exclude={"plays", "modules"}))
    monkeypatch.setenv("CS_ASSETS_CONFIG_DIR", str(folder))
    materialise(reviewed, home, week=BEFORE.isoformat())
    materialise(reviewed, home)
    with reviewed.session("test") as db:
        now, then = (
            earlier_reports(db.query("reviews/reports", ["", "Z", week, "weekly"]))
            for week in (tenant.WEEK, BEFORE)
        )
        verdicts = db.query("reviews/week_outcomes", [tenant.WEEK]).set_index("customer_id")
    quiet = {c for c, report in now.items() if _LINE in report.passages["headline"].filled}
    assert quiet == {c for c in now if not material_changes(now[c].sheet, then[c])}
    assert "CUST_10004" in quiet
    assert quiet < set(now)
    assert set(now["CUST_10004"].passages) == {"headline", "watch", "summary"}
    assert verdicts.loc["CUST_10004", "verdict"] == "send"
    assert not any(_LINE in report.passages["headline"].filled for report in then.values())

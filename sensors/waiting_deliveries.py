"""The sensor on waiting deliveries: what a provider did not take goes out when it does again.

It starts a run only when something waits whose channel may be tried; that run plans and
judges again as every delivery run does. Alerts have no run of their own: they are tried here.
"""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import dagster as dg

from cs_assets.delivery import waiting
from cs_assets.delivery.alerts import send_waiting_alerts
from cs_assets.delivery.assets import RETRY_TAG, environments_of, open_outbox
from cs_assets.delivery.policy import load_policy
from resources.ledger_resource import LedgerResource
from resources.mail.choice import MailerResource
from resources.settings import Settings
from resources.slack.choice import SlackResource
from schedules.rhythm import Pace, built_in

#: What stays as it is is tried ever more seldom: at most so many times the policy's interval.
_MOST_PATIENT = 6
_ASSETS = {
    "weekly_report": "weekly_report_deliveries",
    "rep_digest": "rep_digest_deliveries",
    "rep_text": "rep_digest_deliveries",
    "team_summary": "team_summary_delivery",
    "book": "book_deliveries",
    "customer_alerts": "customer_alert_deliveries",
}
_IN_PROGRESS = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
)


@dataclass(frozen=True)
class Tried:
    """What the last run was asked for, as the cursor keeps it."""

    what: str = ""
    times: int = 0
    at: str = ""

    def may_again(self, what: str, now: dt.datetime, every: dt.timedelta) -> bool:
        """Whether its time has come: at once for what is new."""
        if what != self.what or not self.at:
            return True
        patience = every * min(self.times, _MOST_PATIENT)
        return now >= dt.datetime.fromisoformat(self.at) + patience


def build(job: Any, pace: Pace | None = None) -> dg.SensorDefinition:
    """The sensor that starts ``job`` with the assets whose deliveries wait."""
    pace = pace or built_in().sensors["waiting_deliveries_sensor"]

    @dg.sensor(
        name="waiting_deliveries_sensor",
        job=job,
        minimum_interval_seconds=pace.every_seconds,
        default_status=pace.status,
        description="Tries again what a provider did not take, when its channel may be tried.",
    )
    def waiting_deliveries_sensor(
        context: dg.SensorEvaluationContext,
        settings: dg.ResourceParam[Settings],
        ledger: LedgerResource,
        mailer: MailerResource,
        slack: SlackResource,
    ) -> dg.SensorResult | dg.SkipReason:
        policy = load_policy(settings.cs_assets_config_dir)
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        if not ledger.is_there:
            return dg.SkipReason("nothing was ever sent")
        with ledger.open() as opened:
            found = waiting.waiting_of(
                opened.ledger, environments_of(settings, mailer, slack), policy, now
            ) + opened.ledger.overdue(now - policy.give_up_after)
            due = waiting.due(found, opened.ledger.outages(), now)
        if due.alerts:
            with open_outbox(settings, ledger, mailer, slack) as outbox:
                send_waiting_alerts(outbox, due.alerts, context.log.info)
        if not due.periods:
            return dg.SkipReason("nothing waits that may be tried now")
        if context.instance.get_run_ids(filters=_running_deliveries(), limit=1):
            return dg.SkipReason("a delivery run is under way")
        tried = _read(context.cursor)
        what = hashlib.sha256(json.dumps(sorted(one.delivery_key for one in found)).encode())
        digest = what.hexdigest()[:16]
        if not tried.may_again(digest, now, dt.timedelta(minutes=policy.waiting.try_every_minutes)):
            return dg.SkipReason("what waits was tried lately")
        times = tried.times + 1 if digest == tried.what else 1
        cursor = json.dumps({"what": digest, "times": times, "at": now.isoformat()})
        return dg.SensorResult(run_requests=[_request(due)], cursor=cursor)

    return waiting_deliveries_sensor


def _request(due: waiting.Due) -> dg.RunRequest:
    """One run with the assets of the kinds that wait; each takes up all its weeks."""
    weeks = [day for days in due.periods.values() for day in days]
    return dg.RunRequest(
        partition_key=max(weeks).isoformat(),
        asset_selection=sorted({dg.AssetKey(_ASSETS[k]) for k in due.periods if k in _ASSETS}),
        tags={RETRY_TAG: "true"},
    )


def _running_deliveries() -> dg.RunsFilter:
    """Runs that deliver and may not have ended; one that died is not waited for for ever."""
    lately = dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)
    return dg.RunsFilter(statuses=list(_IN_PROGRESS), updated_after=lately)


def _read(cursor: str | None) -> Tried:
    try:
        document = json.loads(cursor or "")
        return Tried(str(document["what"]), int(document["times"]), str(document["at"]))
    except (ValueError, KeyError, TypeError):
        return Tried()

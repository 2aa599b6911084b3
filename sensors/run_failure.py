"""Tells people that a run failed: through Slack or mail, once for each run.

The alert is a delivery like any other: planned, claimed and recorded in the
delivery ledger under the run's id, so that a repeated or late tick sends nothing
again. A fault of Slack or mail never breaks the sensor.
"""

import datetime as dt

import dagster as dg

from cs_assets.delivery.alerts import RunFailure, send_alert
from cs_assets.delivery.assets import open_outbox
from resources.ledger_resource import LedgerResource
from resources.mail.choice import MailerResource
from resources.settings import Settings
from resources.slack.choice import SlackResource
from schedules.rhythm import Pace, built_in

_WILL_RETRY = "dagster/will_retry"


def build(pace: Pace | None = None) -> dg.SensorDefinition:
    """The sensor that alerts about failed runs."""
    pace = pace or built_in().sensors["run_failure_sensor"]
    return dg.run_failure_sensor(
        name="run_failure_sensor",
        minimum_interval_seconds=pace.every_seconds,
        default_status=pace.status,
        monitor_all_code_locations=False,
        description="Alerts about a failed run, once, through Slack or else by mail.",
    )(_tell_of_failure)


def _tell_of_failure(
    context: dg.RunFailureSensorContext,
    settings: dg.ResourceParam[Settings],
    ledger: LedgerResource,
    mailer: MailerResource,
    slack: SlackResource,
) -> None:
    run = context.dagster_run
    if run.tags.get(_WILL_RETRY) == "true":
        return
    alert = alert_about(context)
    try:
        with open_outbox(settings, ledger, mailer, slack) as outbox:
            said = send_alert(
                outbox,
                alert,
                slack_channel=settings.alert_slack_channel,
                email=settings.alert_email,
            )
        context.log.info(said)
    except Exception as error:
        # An alert that cannot be sent must not stop alerts about other runs.
        context.log.error(f"the alert about run {run.run_id} was not sent: {type(error).__name__}")


def alert_about(context: dg.RunFailureSensorContext) -> RunFailure:
    """What the alert says: job, partition, failed steps. Error texts stay in Dagster."""
    run = context.dagster_run
    steps = tuple(
        sorted({event.step_key for event in context.get_step_failure_events() if event.step_key})
    )
    return RunFailure(
        run_id=run.run_id,
        job=run.job_name,
        partition=run.tags.get("dagster/partition", ""),
        failed_steps=steps,
        failed_on=_day_of(context),
    )


def _day_of(context: dg.RunFailureSensorContext) -> dt.date:
    record = context.instance.get_run_record_by_id(context.dagster_run.run_id)
    moment = record.end_time if record is not None and record.end_time else None
    if moment is None:
        return dt.datetime.now(dt.UTC).date()
    return dt.datetime.fromtimestamp(moment, dt.UTC).date()

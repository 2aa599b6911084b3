"""Deliveries: what the gate lets through goes out, once. No retry policy, on purpose.

Rendering is done elsewhere and may be repeated freely; these assets read stored
artefacts. Whatever Dagster repeats (step, run, backfill, two runs at once) finds
the same keys in the delivery ledger and sends nothing again.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import dagster as dg

from cs_assets.delivery import reporting, waiting
from cs_assets.delivery.artefact_rows import read_candidates
from cs_assets.delivery.couriers import Courier, UnusableCourier
from cs_assets.delivery.delivering import Outbox, Report, deliver
from cs_assets.delivery.model import Delivery
from cs_assets.delivery.planning import Artefact
from cs_assets.delivery.policy import load_policy
from cs_assets.errors import UsageError
from cs_assets.kit.assets import OWNER, column_schema, partition_dates, result
from cs_assets.mail_addresses import parse_allow_list
from cs_assets.partitions import weeks
from resources.ledger_resource import LedgerResource
from resources.mail.choice import MailerResource
from resources.settings import Settings
from resources.slack.choice import SlackResource
from resources.texts.choice import Texts
from resources.warehouse import Scope, Warehouse
from sql import catalog

ALLOW_LATE_TAG = "cs_assets/allow_late"
#: Of runs that nobody asked for, which try again what waits.
RETRY_TAG = "cs_assets/retry_waiting"


class DeliveryConfig(dg.Config):
    """What a person can ask of one delivery run."""

    allow_late: bool = False
    """Send also when the period ended longer ago than the policy's late guard allows."""
    send_emails: bool = True
    """Without it this run plans and sends no mail and no text; a later run still may."""
    send_slack: bool = True
    """Without it this run plans and posts nothing in Slack; a later run still may."""

    def wants(self, channel: str) -> bool:
        """Whether this run sends through ``email``, ``sms`` or ``slack``."""
        return self.send_slack if channel == "slack" else self.send_emails


@contextmanager
def open_outbox(
    settings: Settings, ledger: LedgerResource, mailer: MailerResource, slack: SlackResource
) -> Iterator[Outbox]:
    """Ledger and couriers for one run, closed afterwards.

    A channel whose settings are wrong is there as an ``UnusableCourier``: what is planned
    for it stays pending, and the other channel works.
    """
    with ExitStack() as stack:
        opened = stack.enter_context(ledger.open())
        couriers: dict[str, Courier] = {}
        environments: dict[str, str | None] = {}
        for channel, way in _ways(settings, mailer, slack):
            courier, environments[channel] = _open_channel(way, settings)
            if courier is not None:
                stack.callback(courier.close)
                couriers[channel] = courier
        yield Outbox(
            ledger=opened.ledger,
            journal=opened.journal,
            couriers=couriers,
            environments=environments,
            allow_list=parse_allow_list(settings.delivery_allow_list),
            policy=load_policy(settings.cs_assets_config_dir),
            home=settings.home.root,
        )


def environments_of(
    settings: Settings, mailer: MailerResource, slack: SlackResource
) -> dict[str, str | None]:
    """The environment in force by channel; opens nothing."""
    found: dict[str, str | None] = {}
    for channel, way in _ways(settings, mailer, slack):
        try:
            found[channel] = way.environment()
        except UsageError:
            found[channel] = settings.cs_assets_environment
    return found


_Way = MailerResource | SlackResource | Texts


def _ways(
    settings: Settings, mailer: MailerResource, slack: SlackResource
) -> tuple[tuple[str, _Way], ...]:
    """By channel, what makes its courier."""
    return ("email", mailer), ("slack", slack), ("sms", Texts(settings))


def _open_channel(way: _Way, settings: Settings) -> tuple[Courier | None, str | None]:
    """The channel's courier and environment; both None when it is not set up."""
    try:
        return way.courier(), way.environment()
    except UsageError as error:
        return UnusableCourier(str(error)), settings.cs_assets_environment


#: By asset the kinds that it delivers: the main thing, and what goes only where it is switched on.
DELIVERED: dict[str, tuple[str, ...]] = {
    "weekly_report_deliveries": ("weekly_report",),
    "book_deliveries": ("book",),
    "rep_digest_deliveries": ("rep_digest", "rep_text"),
    "team_summary_delivery": ("team_summary",),
    "customer_alert_deliveries": ("customer_alerts",),
}
#: Somebody waits for a mail each week, whatever day its schedule has.
_EVERY_WEEK = dg.FreshnessPolicy.time_window(fail_window=dt.timedelta(days=8))


def _delivery_asset(name: str, dep: str, meaning: str) -> dg.AssetsDefinition:
    """The asset that sends what ``DELIVERED`` names."""
    table, kinds = catalog.table("ops.deliveries"), DELIVERED[name]

    @dg.asset(
        name=name,
        group_name="delivery",
        deps=[dep],
        partitions_def=weeks,
        backfill_policy=dg.BackfillPolicy.single_run(),
        kinds={"email", "slack"},
        owners=[OWNER],
        description=meaning,
        metadata={
            "dagster/table_name": table.full_name,
            "dagster/column_schema": column_schema(table),
        },
        pool="deliveries",
        freshness_policy=_EVERY_WEEK,
    )
    def delivery_asset(
        context: dg.AssetExecutionContext,
        config: DeliveryConfig,
        warehouse: Warehouse,
        settings: dg.ResourceParam[Settings],
        ledger: LedgerResource,
        mailer: MailerResource,
        slack: SlackResource,
    ) -> dg.MaterializeResult:
        tags = context.run.tags
        allow_late = config.allow_late or tags.get(ALLOW_LATE_TAG) == "true"
        reports = []
        with open_outbox(settings, ledger, mailer, slack) as outbox:
            given_up = [one for kind in kinds for one in waiting.give_up(outbox, kind)]
            known = {outage.channel for outage in outbox.ledger.outages()}
            for kind in kinds if outbox.policy.texts else kinds[:1]:
                others = {*_weeks_that_wait(outbox, kind), *_weeks_of(kind, given_up)}
                for week in sorted({*partition_dates(context), *others}):
                    with warehouse.session(name) as db:
                        found = read_candidates(db.query("delivery/candidates", [kind, week]))
                    report = deliver(
                        outbox,
                        [one for one in found if config.wants(one.channel) and _can(one, outbox)],
                        kind=kind,
                        period_start=week,
                        run_id=context.run.run_id,
                        allow_late=allow_late,
                        say=context.log.info,
                        warn=context.log.warning,
                    )
                    _copy(warehouse, name, kind, week, report)
                    reports.append(report)
            _tell(outbox, settings, given_up, context.log.info)
        # A run that nobody asked for fails for what is new, not once more for what was told.
        return _finish(reports, told_before=known if tags.get(RETRY_TAG) == "true" else set())

    return delivery_asset


def _can(one: Artefact, outbox: Outbox) -> bool:
    """Whether it has somewhere to go: a text message goes to those who gave their telephone."""
    return one.channel != "sms" or outbox.policy.telephone(one.recipient or "") is not None


def _weeks_that_wait(outbox: Outbox, kind: str) -> list[dt.date]:
    """Other weeks of which something waits: every run takes them up."""
    now = outbox.clock.now()
    found = waiting.waiting_of(outbox.ledger, outbox.environments, outbox.policy, now)
    return waiting.due(found, (), now).periods.get(kind, [])


def _weeks_of(kind: str, deliveries: list[Delivery]) -> set[dt.date]:
    return {d.identity.period_start for d in deliveries if d.identity.report_kind == kind}


def _tell(
    outbox: Outbox, settings: Settings, given_up: list[Delivery], say: Callable[[str], None]
) -> None:
    """Alerts about what waits and what was given up; a fault of theirs never fails the run."""
    try:
        for line in waiting.tell(
            outbox,
            given_up,
            slack_channel=settings.alert_slack_channel,
            email=settings.alert_email,
        ):
            say(line)
    except Exception as error:
        say(f"the alert about waiting deliveries was not sent: {type(error).__name__}")


def _copy(warehouse: Warehouse, name: str, kind: str, week: dt.date, report: Report) -> None:
    """The ledger's rows of this kind and period into the warehouse, for reporting."""
    scope: Scope = {"report_kind": kind, "period_start": week}
    with warehouse.session(name) as db:
        db.replace("ops.deliveries", report.rows, scope)


def _finish(reports: list[Report], told_before: set[str]) -> dg.MaterializeResult:
    metadata = _metadata(reports)
    stopped = {channel: why for report in reports for channel, why in report.tally.stopped.items()}
    if stopped.keys() - told_before:
        reasons = "; ".join(f"{channel}: {why}" for channel, why in sorted(stopped.items()))
        raise dg.Failure(
            f"sending stopped ({reasons}); what was not sent stays pending, mend and run again",
            metadata=metadata,
            allow_retries=False,
        )
    return result(sum(len(report.rows) for report in reports), metadata)


def _metadata(reports: list[Report]) -> dict[str, Any]:
    now_sent = sum(len(report.tally.sent) for report in reports)
    counted = [report.counts for report in reports]
    return {
        "sent": now_sent,
        "sent_before": sum(count.sent for count in counted) - now_sent,
        "held": sum(count.held for count in counted),
        "unknown": sum(count.unknown for count in counted),
        "failed": sum(count.failed for count in counted),
        "cancelled": sum(count.cancelled for count in counted),
        "waiting": sum(count.waiting for count in counted),
        "waiting_because": reporting.waiting_reasons([report.rows for report in reports]),
        "recovered": sum(report.tally.recovered for report in reports),
        "changed_after_planning": sum(len(report.planned.refused) for report in reports),
        "deliveries": dg.MetadataValue.md(
            "\n\n".join(reporting.markdown(report.rows) for report in reports)
        ),
    }


weekly_report_deliveries = _delivery_asset(
    "weekly_report_deliveries",
    "weekly_report_pdfs",
    "Executive reviews of the week, mailed to their CSMs: once each, and only what the gate lets "
    "through.",
)
book_deliveries = _delivery_asset(
    "book_deliveries",
    "book_mails",
    "Books of the week, mailed to their CSMs or who stands in, and to those who lead: once each, "
    "and only what the gate lets through.",
)
rep_digest_deliveries = _delivery_asset(
    "rep_digest_deliveries",
    "rep_digests",
    "Coaching digests of the week, sent to their reps: once each, and only what the gate lets "
    "through; and texts to reps, where they are switched on.",
)
team_summary_delivery = _delivery_asset(
    "team_summary_delivery",
    "team_summary",
    "The team summary of the week, sent to the managers: once, and only if the gate lets it "
    "through.",
)

customer_alert_deliveries = _delivery_asset(
    "customer_alert_deliveries",
    "customer_alert_mails",
    "Alerts of the week, mailed to the CSMs whose customers changed: once each, and only what the "
    "gate lets through.",
)

assets = [
    weekly_report_deliveries, rep_digest_deliveries, team_summary_delivery, book_deliveries,
    customer_alert_deliveries,
]  # fmt: skip

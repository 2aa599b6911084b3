"""Wiring only: every asset, check, job, schedule, sensor and resource in one Definitions."""

import pkgutil
from importlib import import_module
from typing import Any

import dagster as dg

from cs_assets.collector import collector_resting

with collector_resting():
    import schedules
    from cs_assets.ai import assets as ai
    from cs_assets.ai import checks as ai_checks
    from cs_assets.calls import assets as calls
    from cs_assets.calls import checks as calls_checks
    from cs_assets.calls.recurrence import assets as calls_weekly
    from cs_assets.coaching import assets as coaching
    from cs_assets.coaching import checks as coaching_checks
    from cs_assets.customers import assets as customers
    from cs_assets.customers import checks as customers_checks
    from cs_assets.delivery import assets as delivery
    from cs_assets.delivery import checks as delivery_checks
    from cs_assets.gong import assets as gong
    from cs_assets.gong import checks as gong_checks
    from cs_assets.jobs import jobs, routing_job, waiting_deliveries_job, weekly_jobs
    from cs_assets.kit.checks import for_unchecked
    from cs_assets.kit.column_lineage import with_lineage
    from cs_assets.operations import assets as operations
    from cs_assets.operations import checks as operations_checks
    from cs_assets.progress_logger import PROGRESS_LOGGER, progress_logger
    from cs_assets.reviews import assets as reviews
    from cs_assets.reviews import checks as reviews_checks
    from cs_assets.routing import assets as routing
    from cs_assets.routing import checks as routing_checks
    from cs_assets.sources import assets as sources
    from cs_assets.sources import checks as sources_checks
    from resources.gong.source import GongSource
    from resources.home_resource import HomeResource
    from resources.ledger_resource import LedgerResource
    from resources.mail.choice import MailerResource
    from resources.models.claude import ClaudeResource
    from resources.models.writer import WriterResource
    from resources.settings import Settings
    from resources.slack.choice import SlackResource
    from resources.warehouse import Warehouse
    from resources.warehouse_choice import warehouse
    from schedules import rhythm
    from sensors import lost_runs, needs_csm, review_shards, run_failure, waiting_deliveries

_ROOMS = (
    gong, calls, calls_weekly, customers, routing, reviews, coaching, delivery, ai, operations,
)  # fmt: skip
_CHECKS = (
    sources_checks,
    gong_checks,
    calls_checks,
    customers_checks,
    routing_checks,
    reviews_checks,
    coaching_checks,
    delivery_checks,
    ai_checks,
    operations_checks,
)
#: Every module of ``schedules/``: a new schedule is one file.
with collector_resting():
    _SCHEDULES = tuple(
        import_module(f"{schedules.__name__}.{module.name}")
        for module in pkgutil.iter_modules(schedules.__path__)
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads. Reads the environment and ``schedules.yaml``; touches no network."""
    with collector_resting():
        return build_defs(Settings.load())


def build_defs(settings: Settings, **overrides: Any) -> dg.Definitions:
    """The platform for these settings; ``overrides`` replace resources by key."""
    rhythms = rhythm.load(settings.cs_assets_config_dir)
    paces = rhythms.sensors
    declared = [one for module in _SCHEDULES for one in getattr(module, "schedules", ())]
    given = {**resources(settings, overrides.get("warehouse")), **overrides}
    assets = sources.assets_of(given["warehouse"])
    assets += [asset for room in _ROOMS for asset in room.assets]
    checks = [check for room in _CHECKS for check in room.checks]
    return dg.Definitions(
        assets=with_lineage(assets),
        asset_checks=[*checks, *for_unchecked(assets, checks)],
        jobs=jobs,
        schedules=rhythm.in_rhythm(declared, rhythms.schedules),
        sensors=[
            needs_csm.build(routing_job, paces["needs_csm_sensor"]),
            run_failure.build(paces["run_failure_sensor"]),
            review_shards.build(paces["review_shards_sensor"]),
            lost_runs.build(weekly_jobs, paces["lost_runs_sensor"]),
            waiting_deliveries.build(waiting_deliveries_job, paces["waiting_deliveries_sensor"]),
        ],
        resources=given,
        executor=dg.in_process_executor,
        loggers={"console": dg.colored_console_logger, PROGRESS_LOGGER: progress_logger},
    )


def resources(settings: Settings, given: Warehouse | None = None) -> dict[str, Any]:
    """Every resource by its key; ``given``: the warehouse, where it is not that of the settings."""
    home, found = settings.home, given or warehouse(settings)
    root = str(home.root)
    sources = str(home.sources_folder) if home.sources_folder else None
    return {
        "settings": settings,
        "home": HomeResource(root=root, sources_folder=sources),
        "warehouse": found,
        "gong": GongSource(settings=settings, warehouse=found),
        "writer": WriterResource(settings=settings),
        "claude": ClaudeResource(settings=settings),
        "ledger": LedgerResource(settings=settings),
        "mailer": MailerResource(settings=settings),
        "slack": SlackResource(settings=settings),
    }

"""Delivery as Dagster jobs that a run process can load by name, with and without retries."""

import os
from pathlib import Path

import dagster as dg

from cs_assets.delivery import assets
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from resources.home_resource import HomeResource
from resources.ledger_resource import LedgerResource
from resources.mail.choice import MailerResource
from resources.settings import Settings
from resources.slack.choice import SlackResource


def _job(executor: dg.ExecutorDefinition, *, retries: bool) -> dg.JobDefinition:
    root = os.environ["CS_ASSETS_HOME"]
    definitions = dg.Definitions(
        assets=[assets.weekly_report_deliveries],
        resources={
            "settings": Settings.load(cs_assets_home=root),
            "warehouse": DuckDBWarehouse(path=str(Home(Path(root)).warehouse)),
            "home": HomeResource(root=root),
            "ledger": LedgerResource(settings=Settings.load(cs_assets_home=root)),
            "mailer": MailerResource(settings=Settings.load(cs_assets_home=root)),
            "slack": SlackResource(settings=Settings.load(cs_assets_home=root)),
        },
        jobs=[
            dg.define_asset_job(
                "deliver",
                [assets.weekly_report_deliveries],
                executor_def=executor,
                op_retry_policy=dg.RetryPolicy(max_retries=1) if retries else None,
            )
        ],
    )
    return definitions.resolve_job_def("deliver")


def in_process() -> dg.JobDefinition:
    return _job(dg.in_process_executor, retries=False)


def in_process_retrying() -> dg.JobDefinition:
    return _job(dg.in_process_executor, retries=True)


#: A process for each step, forked from a server that has imported what a step needs.
_MULTIPROCESS = dg.multiprocess_executor.configured(
    {"start_method": {"forkserver": {"preload_modules": ["tests.faults.dagster_jobs"]}}}
)


def multiprocess() -> dg.JobDefinition:
    return _job(_MULTIPROCESS, retries=False)


def multiprocess_retrying() -> dg.JobDefinition:
    return _job(_MULTIPROCESS, retries=True)

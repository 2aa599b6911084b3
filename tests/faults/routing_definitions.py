"""Routing alone as a code location for a real daemon; the sensor ticks as often as it can."""

import os

import dagster as dg

from cs_assets.routing.assets import batch_assets
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.models.claude import ClaudeResource
from resources.settings import Settings
from schedules.rhythm import Pace
from sensors import needs_csm

needs_csm.INTERVAL_SECONDS = 1
needs_csm.SILENT_AFTER *= 0.02  # twelve seconds

_home = os.environ["CS_ASSETS_HOME"]
_job = dg.define_asset_job("routing_job", batch_assets)

defs = dg.Definitions(
    assets=batch_assets,
    jobs=[_job],
    sensors=[needs_csm.build(_job, Pace(every_seconds=1, enabled=True))],
    resources={
        "settings": Settings.load(cs_assets_home=_home),
        "warehouse": DuckDBWarehouse(path=os.path.join(_home, "warehouse.duckdb")),
        "claude": ClaudeResource(settings=Settings.load(cs_assets_home=_home)),
    },
)

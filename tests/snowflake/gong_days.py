"""The gong job on the local Snowflake server: days with calls, a day later a new one."""

import datetime as dt
import gzip
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from cs_assets.definitions import build_defs
from cs_assets.partitions import ROUTING_BATCHES
from cs_assets.routing.batches import plan_batch
from resources.home import Home
from resources.settings import Settings
from resources.snowflake.warehouse import SnowflakeWarehouse
from resources.sources.files import load_folder
from tests.snowflake import small_tenant, statement_log
from tests.snowflake.local_server import (
    key_in_environment,
    local_server,
    prepare,
    warehouse_on,
)
from tests.snowflake.statement_log import Sent

#: The days of the small tenant's calls that a run looks back to.
_PLANNED_AT = dt.datetime(2026, 11, 16, 8)
FIRST, LAST = dt.date(2026, 11, 8), dt.date(2026, 11, 15)


@dataclass
class GongDays:
    """An installation whose warehouse is the local server, and what its runs send."""

    warehouse: SnowflakeWarehouse
    settings: Settings
    instance: dg.DagsterInstance

    def run(self, job: str = "gong_job") -> list[Sent]:
        """One run of a job over the days; the statements that it sent."""
        defs = build_defs(self.settings, warehouse=self.warehouse)
        tags = {
            "dagster/asset_partition_range_start": FIRST.isoformat(),
            "dagster/asset_partition_range_end": LAST.isoformat(),
        }
        with statement_log.statements() as sent:
            found = defs.resolve_job_def(job).execute_in_process(instance=self.instance, tags=tags)
        assert found.success
        return sent

    def run_partition(self, job: str, partition: str | None) -> list[Sent]:
        """One run of a job over one partition; the statements that it sent, also where an asset
        failed."""
        defs = build_defs(self.settings, warehouse=self.warehouse)
        with statement_log.statements() as sent:
            defs.resolve_job_def(job).execute_in_process(
                instance=self.instance,
                partition_key=partition,
                raise_on_error=False,
                tags={"cs_assets/allow_late": "true"},
            )
        return sent

    def plan(self) -> list[Sent]:
        """What a tick of the sensor on accounts without a CSM asks."""
        with statement_log.statements() as sent:
            plan_batch(self.warehouse, _PLANNED_AT)
        return sent

    def route(self) -> list[Sent]:
        """A tick that finds accounts, and the run of their batch."""
        with statement_log.statements() as sent:
            batch = plan_batch(self.warehouse, _PLANNED_AT)
        assert batch is not None
        self.instance.add_dynamic_partitions(ROUTING_BATCHES, [batch])
        return [*sent, *self.run_partition("routing_job", batch)]

    def add_call(self) -> None:
        """A call appears in Gong's answers, a copy of one of the last day."""
        folder = self.settings.gong_dir
        for name, id_of in (("calls-extensive", _id_of_call), ("transcripts", _id_of_words)):
            for path in sorted(folder.glob(f"*{name}*.json.gz")):
                answer = json.loads(gzip.decompress(path.read_bytes()))
                part = next(key for key in ("calls", "callTranscripts") if key in answer)
                for item in answer[part]:
                    if id_of(item) == self._newest():
                        answer[part].append(_renamed(item))
                        break
                else:
                    continue
                path.write_bytes(gzip.compress(json.dumps(answer).encode(), mtime=0))

    def _newest(self) -> str:
        """The last call of the days that is not private and has words."""
        with self.warehouse.session("test") as db, db._cursor(_NEWEST) as cursor:
            return str(cursor.fetchone()[0])


_NEWEST = f"""
SELECT c.call_id FROM gong.gong_calls_raw c
JOIN gong.gong_call_transcripts_raw t ON t.call_id = c.call_id
WHERE c.call_date <= '{LAST}' AND c.call_id NOT LIKE '9%' AND NOT c.is_private
ORDER BY c.started DESC LIMIT 1
"""


def _id_of_call(item: dict[str, Any]) -> str:
    return str(item["metaData"]["id"])


def _id_of_words(item: dict[str, Any]) -> str:
    return str(item["callId"])


def _renamed(item: dict[str, Any]) -> dict[str, Any]:
    copy = deepcopy(item)
    if "metaData" in copy:
        copy["metaData"]["id"] = "9" + copy["metaData"]["id"][1:]
    else:
        copy["callId"] = "9" + copy["callId"][1:]
    return copy


@contextmanager
def installation(root: Path) -> Iterator[GongDays]:
    """The small tenant's sources in the warehouse and its calls as files to be read."""
    home = Home(root).ensure()
    small_tenant.put(home)
    os.environ.update(key_in_environment())
    settings = Settings.load(cs_assets_home=root)
    with (
        local_server() as arguments,
        dg.DagsterInstance.ephemeral(tempdir=str(root)) as instance,
    ):
        prepare(arguments)
        warehouse = warehouse_on(arguments, settings=settings)
        load_folder(home.sources, warehouse)
        yield GongDays(warehouse, settings, instance)

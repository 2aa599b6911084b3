"""One run of the gong assets over a stretch of days, in a process of its own, measured.

Prints one JSON object: seconds, CPU seconds, peak memory, and what the assets told.
"""

import argparse
import json
import logging
import os
import resource
import sys
import time
import warnings
from pathlib import Path

from resources.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", required=True)
    parser.add_argument("--first", required=True)
    parser.add_argument("--last", required=True)
    given = parser.parse_args()
    warnings.filterwarnings("ignore")
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    import dagster as dg

    from cs_assets.gong.assets import assets
    from resources.duckdb.warehouse import DuckDBWarehouse
    from resources.gong.source import GongSource
    from resources.home_resource import HomeResource

    logging.disable(logging.CRITICAL)
    home = Path(given.home)
    warehouse = DuckDBWarehouse(path=str(home / "warehouse.duckdb"))
    with warehouse.session("warm"):
        pass
    begin, cpu = time.perf_counter(), _cpu()
    run = dg.materialize(
        assets,
        resources={
            "settings": Settings.load(cs_assets_home=home),
            "warehouse": warehouse,
            "gong": GongSource(settings=Settings.load(cs_assets_home=home), warehouse=warehouse),
            "home": HomeResource(root=str(home)),
        },
        tags={
            "dagster/asset_partition_range_start": given.first,
            "dagster/asset_partition_range_end": given.last,
        },
        raise_on_error=False,
    )
    told = {
        "success": run.success,
        "seconds": time.perf_counter() - begin,
        "cpu_seconds": _cpu() - cpu,
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "assets": {
            event.asset_key.to_user_string(): {
                name: value.value
                for name, value in event.materialization.metadata.items()
                if isinstance(value.value, int)
            }
            for event in run.get_asset_materialization_events()
            if event.asset_key
        },
    }
    json.dump(told, sys.stdout)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()

"""One weekly cycle over a tenant of some size, in a process of its own, measured step by step.

Prints one JSON object: CPU seconds by step (with its children's), peak memory by step, what failed.
"""

import argparse
import datetime as dt
import json
import os
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import copied_tenant

WEEK = "2026-11-09"


class Meter:
    """Takes the place of a command's progress: CPU from one start of a step to the next."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.peaks: dict[str, float] = {}
        self._job = self._step = ""
        self._since = _cpu()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        self._begin(title, "")
        yield
        self._begin("", "")

    def detail(self, text: str) -> None:
        self._begin(self._job, text)

    def warn(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")

    def failed(self) -> None:
        pass

    def _begin(self, job: str, step: str) -> None:
        now, peak = _cpu(), _peak()
        if self._job:
            name = f"{self._job}: {self._step or 'start'}"
            self.seconds[name] = self.seconds.get(name, 0.0) + now - self._since
            self.peaks[name] = max(self.peaks.get(name, 0.0), peak)
        self._job, self._step, self._since = job, step, now


def _cpu() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def _peak() -> float:
    """Most memory of this process since the last time it was asked for, in MiB."""
    status = Path("/proc/self/status").read_text()
    most = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    Path("/proc/self/clear_refs").write_text("5")
    return int(most.split()[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("times", type=int)
    times = parser.parse_args().times
    warnings.filterwarnings("ignore")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
        os.environ["CS_ASSETS_HOME"] = folder
        told = measured(Path(folder), times)
    print(json.dumps(told))


def measured(root: Path, times: int) -> dict[str, object]:
    """What the cycle of ``times`` sample tenants takes."""
    from cs_assets.commands.demo import DELIVER_LATE
    from cs_assets.commands.running import instance_of
    from cs_assets.commands.weekly_cycle import run_cycle
    from cs_assets.definitions import build_defs
    from cs_assets.routing.batches import plan_batch
    from resources.settings import Settings

    settings = Settings.load(cs_assets_home=root)
    home = settings.home.ensure()
    copied_tenant.write(home.sources, home.gong_export, times)
    definitions = build_defs(settings)
    warehouse = dict(definitions.resources or {})["warehouse"]
    meter, began = Meter(), time.perf_counter()
    with instance_of(home) as instance:
        report = run_cycle(
            definitions,
            instance,
            WEEK,
            meter,  # type: ignore[arg-type]
            lambda: plan_batch(warehouse, dt.datetime.now(dt.UTC).replace(tzinfo=None)),
            tags=DELIVER_LATE,
        )
    return {
        "times": times,
        "seconds": meter.seconds,
        "peaks": meter.peaks,
        "peak": max(meter.peaks.values()),
        "wall": time.perf_counter() - began,
        "failed": [f"{run.job}_failed" for run in report.runs if not run.succeeded],
        "made": {
            asset: report.metadata(asset).get("dagster/partition_row_count")
            for asset in ("call_analysis", "weekly_report_pdfs", "rep_digests",
                          "routing_assignments", "weekly_report_deliveries")
        },
    }  # fmt: skip


if __name__ == "__main__":
    main()

"""Figures of ingestion: requests of a backfill, rows a minute, memory, and an unchanged day."""

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.benchmarks.gong_company import FIRST_DAY
from tests.figures import Figure
from tests.waiting import PATIENCE, first_line

#: A backfill at Gong's limit takes six minutes of waiting alone.
_LONGEST = 3600.0
_REPOSITORY = Path(__file__).resolve().parents[2]


@contextmanager
def served(calls: int, sentences: int, days: int, per_second: int = 0) -> Iterator[str]:
    """A company served by its own process; gives its address."""
    command = [
        sys.executable, "-m", "tests.benchmarks.gong_company", "--calls", str(calls),
        "--sentences", str(sentences), "--days", str(days), "--per-second", str(per_second),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_REPOSITORY)
    try:
        yield first_line(process).strip()
    finally:
        process.kill()
        process.wait(PATIENCE)


def ingest(url: str, home: Path, days: int, per_second: float) -> dict[str, Any]:
    """Run the assets over all days of the company in their own process."""
    last = FIRST_DAY + dt.timedelta(days=days - 1)
    environment = os.environ | {
        "GONG_BASE_URL": url,
        "GONG_ACCESS_KEY": "key",
        "GONG_ACCESS_KEY_SECRET": "secret",
        "GONG_REQUESTS_PER_SECOND": str(per_second),
        "GONG_REQUESTS_PER_DAY": "1000000",
    }
    command = [
        sys.executable, "-m", "tests.benchmarks.gong_run", "--home", str(home),
        "--first", FIRST_DAY.isoformat(), "--last", last.isoformat(),
    ]  # fmt: skip
    done = subprocess.run(
        command, env=environment, cwd=_REPOSITORY, capture_output=True, text=True, check=True,
        timeout=_LONGEST,
    )  # fmt: skip
    return json.loads(done.stdout[done.stdout.index("{") :])


def requests_of(url: str) -> dict[str, int]:
    return httpx.get(f"{url}/_sim/state").json()["requests"]


def throughput(calls: int = 20_000, sentences: int = 100, days: int = 30) -> list[Figure]:
    """From HTTP to staged rows without a limit, then the same days again, unchanged."""
    with tempfile.TemporaryDirectory() as folder, served(calls, sentences, days) as url:
        first = ingest(url, Path(folder), days, 1e6)
        before = requests_of(url)
        again = ingest(url, Path(folder), days, 1e6)
        after = requests_of(url)
    assert first["success"], first
    rows = first["assets"]["stg_gong_call_transcripts"]["dagster/partition_row_count"]
    minutes = first["seconds"] / 60
    memory = max(first["peak_bytes"], again["peak_bytes"]) / 2**20
    asked = {name: after[name] - before.get(name, 0) for name in after}
    pages = -(-calls // 100)
    extra = sum(asked.values()) - asked.get("GET /v2/users", 0) - pages
    changed = (
        again["assets"]["gong_calls_raw"]["new"]
        + again["assets"]["gong_calls_raw"]["changed"]
        + again["assets"]["gong_call_transcripts_raw"]["changed"]
        + again["assets"]["stg_gong_call_transcripts"]["sentences written"]
    )
    return [
        Figure("P-gong-02", f"calls a minute, HTTP to staged rows ({calls:,} calls)",
               f"{calls / minutes:,.0f}", ">= 20,000", calls / minutes >= 20_000),
        Figure("P-gong-03", f"sentences a minute, HTTP to staged rows ({rows:,} sentences)",
               f"{rows / minutes:,.0f}", ">= 2,000,000", rows / minutes >= 2_000_000),
        Figure("P-gong-04", "peak memory of the ingesting process",
               f"{memory:,.0f} MiB", "<= 1,536 MiB", memory <= 1536),
        Figure("P-gong-05", "second read, unchanged: requests beyond the pages of calls",
               f"{extra} (of {pages} pages)", "0", extra == 0),
        Figure("P-gong-06", "second read, unchanged: rows changed",
               f"{changed}", "0", changed == 0),
    ]  # fmt: skip


def backfill(calls: int = 50_000, sentences: int = 20, days: int = 60) -> list[Figure]:
    """A backfill at three requests a second: requests, and how busy the client is meanwhile.

    What Dagster itself costs for so many partitions is measured by a run over the same
    days of a company with one call, and taken off.
    """
    with tempfile.TemporaryDirectory() as folder, served(1, 1, days) as url:
        platform = ingest(url, Path(folder), days, 1e6)["cpu_seconds"]
    with tempfile.TemporaryDirectory() as folder, served(calls, sentences, days, 3) as url:
        told = ingest(url, Path(folder), days, 2.8)
        requests = sum(requests_of(url).values())
    assert told["success"], told
    share = (told["cpu_seconds"] - platform) / told["seconds"]
    bound = requests / 2.8
    return [
        Figure("P-gong-01", f"requests of a backfill of {calls:,} calls",
               f"{requests:,}", "<= 1,600", requests <= 1_600),
        Figure("P-gong-07", f"its duration beside the {bound:.0f} s that 2.8 a second take",
               f"{told['seconds'] / bound:.2f} x", "<= 1.15 x", told["seconds"] <= bound * 1.15),
        Figure("P-gong-08", f"client work, of one core (without {platform:.1f} s of Dagster's)",
               f"{share:.1%}", "<= 5 %", share <= 0.05),
    ]  # fmt: skip


#: The backfill alone takes six minutes, by Gong's limit.
BY_ID = {
    "P-gong-01": backfill,
    "P-gong-02": throughput,
    "P-gong-03": throughput,
    "P-gong-04": throughput,
    "P-gong-05": throughput,
    "P-gong-06": throughput,
    "P-gong-07": backfill,
    "P-gong-08": backfill,
}

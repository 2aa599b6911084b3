"""The sample tenant cut down: every table has rows, and a cycle takes seconds."""

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cs_assets.sample.calls.gong_files import write_gong
from cs_assets.sample.tables import write_sources
from resources.home import Home

#: Customers, accounts that wait for a CSM, and accounts of theirs, in the files' order.
_CUSTOMERS = 8
_WAITING = 6
_OWNED = 60

#: Calls that start before this day are left out; of the others every third stays.
_FIRST_DAY = "2026-11-02"

Row = dict[str, str]


def put(home: Home) -> None:
    """Source files and calls of the small tenant."""
    write_sources(home.sources)
    write_gong(home.gong_export)
    _trim_sources(home.sources)
    _trim_calls(home.gong_export)


def _trim_sources(folder: Path) -> None:
    customers = {row["customer_id"] for row in _read(folder / "customers.csv")[:_CUSTOMERS]}
    waiting = [
        row["account_id_ob"]
        for row in _read(folder / "onboarding_detail.csv")
        if row["account_id_ob"] and row["success_transition_status_ob"] == "Needs CSM"
    ][:_WAITING]
    owned = [row["account_id"] for row in _read(folder / "accounts.csv")[:_OWNED]]
    accounts = {*customers, *waiting, *owned}
    companies = {
        row["company_id"]
        for row in _read(folder / "hubspot_companies.csv")
        if not row["customer_id"] or row["customer_id"] in customers
    }
    kept = {
        "customer_id": {*customers, ""},
        "account_id": accounts,
        "account_id_ob": {*accounts, ""},
        "company_id": {*companies, ""},
    }
    for path in sorted(folder.glob("*.csv")):
        _keep(path, lambda row: all(row[name] in ids for name, ids in kept.items() if name in row))


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _keep(path: Path, wanted: Callable[[Row], bool]) -> None:
    rows = _read(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if wanted(row))


def _trim_calls(folder: Path) -> None:
    calls = [
        (path, call)
        for path in sorted(folder.glob("calls-extensive*"))
        for call in _answer(path)["calls"]
        if (call["metaData"].get("started") or call["metaData"]["scheduled"]) >= _FIRST_DAY
    ][::3]
    wanted = {call["metaData"]["id"] for _, call in calls}
    for path in sorted(folder.glob("*.json.gz")):
        answer = _answer(path)
        for name, id_of in (
            ("calls", lambda call: call["metaData"]["id"]),
            ("callTranscripts", lambda transcript: transcript["callId"]),
        ):
            if name in answer:
                answer[name] = [item for item in answer[name] if id_of(item) in wanted]
        path.write_bytes(gzip.compress(json.dumps(answer).encode(), mtime=0))


def _answer(path: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return answer

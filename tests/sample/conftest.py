"""The sample tenant, written once a session."""

import gzip
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cs_assets.sample import write_tenant
from cs_assets.sample.calls.gong_files import recorded_calls


@pytest.fixture(scope="session")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tenant")
    write_tenant(folder / "sources", folder / "gong")
    return folder


@pytest.fixture(scope="session")
def tables(tenant: Path) -> dict[str, pd.DataFrame]:
    """Every source table as text and numbers, days as dates."""
    days = ["conversion_date", "engagement_date", "touchpoint_date", "week_start"]
    found = {}
    for path in sorted((tenant / "sources").glob("*.csv")):
        frame = pd.read_csv(path, keep_default_na=False, na_values=[""])
        for name in set(days) & set(frame.columns):
            frame[name] = pd.to_datetime(frame[name])
        found[path.stem] = frame
    return found


def pages(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(gzip.decompress(p.read_bytes())) for p in sorted(folder.glob(f"{name}*"))]


@pytest.fixture(scope="session")
def answers(tenant: Path) -> dict[str, list[dict[str, Any]]]:
    """Pages of Gong answers by kind."""
    gong = tenant / "gong"
    return {name: pages(gong, name) for name in ("calls-extensive", "transcripts", "users")}


@pytest.fixture(scope="session")
def calls(answers: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Each call once."""
    by_id = {c["metaData"]["id"]: c for page in answers["calls-extensive"] for c in page["calls"]}
    return list(by_id.values())


@pytest.fixture(scope="session")
def transcripts(answers: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Transcript entries by call id."""
    return {
        t["callId"]: t["transcript"]
        for page in answers["transcripts"]
        for t in page["callTranscripts"]
    }


@pytest.fixture(scope="session")
def recorded() -> list[Any]:
    """The calls as the generator knows them, plan and turns included."""
    return recorded_calls()

"""Fixtures of the call room's tests."""

import datetime as dt
import shutil

import pandas as pd
import pytest

from cs_assets import config
from cs_assets.calls import assets as calls_assets
from cs_assets.calls.analysis import Call
from cs_assets.calls.impact import Deal
from cs_assets.calls.scoring.rubric import Rubric, Taxonomy
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from resources.settings import Settings
from tests.calls.labelled_calls import labelled_calls
from tests.materialising import materialize


@pytest.fixture(scope="session")
def rubric() -> Rubric:
    return config.load("coaching_rubric.yaml", Rubric)


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return config.load("objections.yaml", Taxonomy)


@pytest.fixture
def call() -> Call:
    return Call(
        call_id="10000000000000000001",
        call_date=dt.date(2026, 11, 10),
        call_type="discovery",
        scope="External",
        is_private=False,
        deal=Deal("Ledger rollout", "Discovery", 60_000.0),
        sentiment="neutral",
    )


@pytest.fixture(scope="session")
def labelled_home(tmp_path_factory):
    """A home whose warehouse holds the labelled calls, staged and analysed by the assets."""
    home = Home(tmp_path_factory.mktemp("labelled-home"))
    warehouse = DuckDBWarehouse(path=str(home.warehouse), wait_seconds=20)
    stage_labelled(warehouse)
    result = materialize(
        calls_assets.assets,
        resources={"settings": Settings.load(), "warehouse": warehouse},
        tags={
            "dagster/asset_partition_range_start": "2026-10-05",
            "dagster/asset_partition_range_end": "2026-11-10",
        },
    )
    assert result.success
    return home


@pytest.fixture
def labelled_warehouse(labelled_home, tmp_path) -> DuckDBWarehouse:
    """A copy that a test may change."""
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(labelled_home.warehouse, path)
    return DuckDBWarehouse(path=str(path), wait_seconds=20)


def stage_labelled(warehouse: DuckDBWarehouse) -> None:
    """One labelled call a day; the last one is private. Two reps share them."""
    calls, sentences = [], []
    labelled = labelled_calls()
    for number, call in enumerate(labelled):
        day = dt.date(2026, 10, 5) + dt.timedelta(days=number)
        rep = f"rep-{number % 2}"
        calls.append(
            {
                "call_id": call.name,
                "call_date": day,
                "title": f"Talk {number}",
                "started": dt.datetime.combine(day, dt.time(9)),
                "duration_seconds": int(call.transcript.seconds),
                "scope": "External",
                "is_private": number == len(labelled) - 1,
                "call_type": call.call_type,
                "account_name": f"Account {number}",
                "customer_id": f"CUST_{number:05}",
                "hubspot_deal_id": f"deal-{number // 2}",
                "deal_stage_at_call": "Negotiation" if number % 2 else "Discovery",
                "deal_amount_at_call": 10_000.0 * (number + 1),
                "content_hash": "test",
            }
        )
        sentences += [
            {
                "call_id": call.name,
                "call_date": day,
                "sentence_index": s.index,
                "turn_index": call.transcript.turn_of[s.index],
                "speaker_id": s.speaker_id,
                "affiliation": s.affiliation,
                "user_id": rep if s.user_id == "rep" else s.user_id,
                "start_ms": s.start_ms,
                "end_ms": s.end_ms,
                "sentence": s.text,
            }
            for s in call.transcript.sentences
        ]
    users = pd.DataFrame(
        {
            "user_id": ["rep-0", "rep-1"],
            "full_name": ["Ada Even", "Ole Odd"],
            "email": ["ada@example.com", "ole@example.com"],
            "is_active": [True, True],
            "fetched_at": [dt.datetime(2026, 11, 1)] * 2,
        }
    )
    with warehouse.session("test") as db:
        db.append("gong.stg_gong_calls", pd.DataFrame(calls))
        db.append("gong.stg_gong_call_transcripts", pd.DataFrame(sentences))
        db.append("gong.gong_users", users)

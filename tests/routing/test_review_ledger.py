"""The review of a batch by Claude goes through the ledger of model calls."""

import json
from pathlib import Path

import dagster as dg
import pytest

from cs_assets.ai import configuration
from cs_assets.ai.ledger.ledger import AiLedger
from cs_assets.partitions import ROUTING_BATCHES
from cs_assets.routing import assets, batches
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.models.claude import ClaudeResource
from resources.settings import Settings
from tests.ai import fake_claude
from tests.ai.loopback import Reply, Request, serving
from tests.routing.frames import AS_OF


def agrees(request: Request) -> Reply:
    """A Claude that finds every row fine."""
    rows = [one["row"] for one in fake_claude.material_of(request)["accounts"]]
    verdicts = [{"row": row, "verdict": "approve", "reasons": []} for row in rows]
    return fake_claude.message(json.dumps({"verdicts": verdicts}))


def test_a_review_is_asked_once_and_a_second_run_is_answered_by_the_ledger(
    small: DuckDBWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = batches.plan_batch(small, AS_OF)
    assert batch is not None
    monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
    with serving(agrees) as server, dg.DagsterInstance.ephemeral() as instance:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        claude = ClaudeResource(settings=Settings.load(cs_assets_home=tmp_path / "installation"))
        instance.add_dynamic_partitions(ROUTING_BATCHES, [batch])
        for _ in range(2):
            assert dg.materialize(
                assets.batch_assets,
                partition_key=batch,
                instance=instance,
                resources={"settings": Settings.load(), "warehouse": small, "claude": claude},
            ).success
    assert len(server.requests) == 1
    path = tmp_path / "installation" / "ai.sqlite"
    rows = AiLedger(path, configuration.load().ceilings).rows()
    assert [(r["asset"], r["account"], r["state"]) for r in rows] == [
        ("routing_review", batch, "answered"),
        ("routing_review", batch, "reused"),
    ]
    with small.session("test") as db:
        reviewed = db.query("routing/reviews_of_batch", [batch])
    assert set(reviewed["verdict"]) == {"approve"}

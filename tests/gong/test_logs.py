"""What was asked of Gong stands in the log of the run, without a word of a call."""

import json

import dagster as dg
import orjson

from cs_assets.commands.running import instance_of
from cs_assets.gong.assets import assets
from cs_assets.gong.simulator import Corpus, Limits, Simulator, serve
from cs_assets.gong.simulator.corpus import SimulatedCall
from resources.gong.source import GongSource
from resources.home_resource import HomeResource
from resources.settings import Settings
from tests.gong.answers import call, transcript

DAY = "2026-10-06"


def test_the_event_log_of_a_run_has_each_request_with_run_partition_and_request_id(
    home, warehouse, monkeypatch
):
    corpus = Corpus()
    corpus.add(SimulatedCall(call("1", f"{DAY}T09:00:00Z"), orjson.dumps(transcript("1"))))
    root = str(home.root)
    with serve(Simulator(corpus, limits=Limits(None, None))) as url, instance_of(home) as instance:
        for name, value in (
            ("BASE_URL", url),
            ("ACCESS_KEY", "key"),
            ("ACCESS_KEY_SECRET", "secret"),
        ):
            monkeypatch.setenv(f"GONG_{name}", value)
        run = dg.materialize(
            assets,
            instance=instance,
            partition_key=DAY,
            resources={
                "settings": Settings.load(cs_assets_home=root),
                "warehouse": warehouse,
                "gong": GongSource(settings=Settings.load(cs_assets_home=root)),
                "home": HomeResource(root=root),
            },
        )
        told = [entry.user_message for entry in instance.all_logs(run.run_id)]
    lines = [json.loads(line) for line in told if line.startswith('{"event"')]
    pages = [line for line in lines if line["event"] == "gong.page"]
    asked = {line["endpoint"] for line in pages}
    assert asked == {"/v2/calls/extensive", "/v2/calls/transcript", "/v2/users"}
    assert all(line["request_id"] for line in pages)
    assert {line["run_id"] for line in lines} == {run.run_id}
    assert {line["partition"] for line in pages if "calls" in line["endpoint"]} == {DAY}
    assert {"gong.calls_stored", "gong.transcripts_stored"} <= {line["event"] for line in lines}
    said = json.dumps(told)
    assert not any(
        words in said for words in ("Acme", "too expensive", "buyer@", "Basic ", "secret")
    )

"""Clients and shapes that are not ours, on ``cs-assets gong simulate`` as anybody starts it.

Neither is part of this repository; where one is missing its test is skipped and says so:

AIRBYTE_PYTHON    a Python with ``airbyte-cdk`` (a virtual environment of its own)
AIRBYTE_MANIFEST  another manifest than ours, such as that of Airbyte's own source-gong
GONG_OPENAPI      a copy of Gong's OpenAPI 3.0 document as JSON
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from resources.gong import client as gong_client
from tests.conftest import REPOSITORY
from tests.gong.foreign.openapi_shapes import Document
from tests.waiting import PATIENCE, first_line

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def simulator() -> Iterator[str]:
    """The simulator with the sample tenant, in a process of its own."""
    code = "from cs_assets.commands.gong import app; app()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "simulate", "--port", "0", "--per-second", "0"],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        cwd=REPOSITORY,
        text=True,
    )
    try:
        yield first_line(process).split()[-1]
    finally:
        process.kill()
        process.wait(PATIENCE)


def from_environment(name: str, what: str) -> str:
    if not (value := os.environ.get(name)):
        pytest.skip(f"{name} names no {what}")
    return value


@pytest.fixture
def airbyte_python() -> str:
    return from_environment("AIRBYTE_PYTHON", "Python with airbyte-cdk")


@pytest.fixture
def document() -> Document:
    path = Path(from_environment("GONG_OPENAPI", "copy of Gong's OpenAPI document"))
    return Document(json.loads(path.read_text()))


def test_an_airbyte_client_reads_every_record_once(airbyte_python, simulator):
    manifest = os.environ.get("AIRBYTE_MANIFEST") or str(HERE / "airbyte_manifest.yaml")
    days = ("2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z")
    done = subprocess.run(
        [airbyte_python, str(HERE / "airbyte_client.py"), manifest, simulator, *days],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told.pop("check")["status"] == "SUCCEEDED"
    for name, stream in told.items():
        assert stream["records"] == stream["keys"] > 0, (name, stream)
    calls = httpx.get(f"{simulator}/_sim/state").json()["calls"]
    assert told["calls"]["records"] == calls
    # The second read begins at the state of the first, so it is a part of it.
    assert 0 < told["calls"].get("again", 1) < calls


#: Everything that a selector can ask for.
EVERYTHING: dict[str, Any] = {
    **gong_client._CONTENT,
    "exposedFields": {
        **gong_client._CONTENT["exposedFields"],
        "content": {**gong_client._CONTENT["exposedFields"]["content"], "trackerOccurrences": True},
        "interaction": {**gong_client._CONTENT["exposedFields"]["interaction"], "video": True},
        "media": True,
    },
}


def test_every_answer_has_the_shape_of_gongs_own_document(document, simulator):
    client = httpx.Client(base_url=simulator, auth=("key", "secret"))
    problems: dict[str, list[str]] = {}

    def ask(method: str, path: str, at: str | None = None, body: Any = None) -> Any:
        answer = client.request(method, at or path, json=body)
        name = f"{method} {at or path} {answer.status_code}"
        found = document.answer_problems(method, path, answer.status_code, answer.json())
        problems.update({name: found} if found else {})
        return answer.json()

    call_id = ask("GET", "/v2/calls")["calls"][0]["id"]
    user_id = ask("GET", "/v2/users")["users"][0]["id"]
    ask("GET", "/v2/calls/{id}", f"/v2/calls/{call_id}")
    ask("GET", "/v2/calls/{id}", "/v2/calls/1")
    ask("GET", "/v2/users/{id}", f"/v2/users/{user_id}")
    for selector in (EVERYTHING, None):
        ask("POST", "/v2/calls/extensive", body={"filter": {}, "contentSelector": selector})
    for path in ("/v2/calls/extensive", "/v2/calls/transcript"):
        for ids in (["1"], [], [call_id]):
            ask("POST", path, body={"filter": {"callIds": ids}})
    ask("POST", "/v2/users/extensive", body={"filter": {}})
    ask("POST", "/v2/stats/activity/scorecards", body={"filter": {}})
    days = {"fromDate": "2026-10-01", "toDate": "2026-11-16"}
    for path in ("activity/aggregate", "activity/day-by-day", "interaction"):
        ask("POST", f"/v2/stats/{path}", body={"filter": days})
    for path in ("workspaces", "settings/scorecards", "settings/trackers", "library/folders"):
        ask("GET", f"/v2/{path}")
    client.auth = httpx.BasicAuth("key", "wrong")
    ask("GET", "/v2/calls")
    assert problems == {}


def test_our_own_requests_have_the_shape_of_gongs_own_document(document):
    filters = {"fromDateTime": "2026-01-01T00:00:00Z", "callIds": ["1"], "workspaceId": "2"}
    for path, body in (
        ("/v2/calls/extensive", gong_client._calls_body(filters)),
        ("/v2/calls/transcript", {"filter": {"callIds": ["1"]}}),
    ):
        assert document.request_problems("POST", path, {**body, "cursor": "c"}) == []


def test_what_does_not_fit_a_document_is_told():
    call = {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "started": {"type": "string", "format": "date-time"},
            "scope": {"type": "string", "enum": ["Internal", "External"]},
        },
    }
    schema = {
        "type": "object",
        "properties": {"calls": {"type": "array", "items": {"$ref": "#/components/Call"}}},
    }
    answers = {"200": {"content": {"application/json": {"schema": schema}}}}
    document = Document(
        {"paths": {"/v2/calls": {"get": {"responses": answers}}}, "components": {"Call": call}}
    )

    def problems(status: int, answer: Any) -> list[str]:
        return document.answer_problems("GET", "/v2/calls", status, answer)

    good = {"id": "12", "started": "2026-01-01T00:00:00-08:00", "scope": None}
    assert problems(200, {"calls": [good]}) == []
    for field, value in (("id", 12), ("started", "2026-01-01"), ("scope", "Both"), ("new", 1)):
        assert len(problems(200, {"calls": [good, {**good, field: value}]})) == 1, field
    assert len(problems(200, {"calls": good})) == 1
    assert len(problems(418, {})) == 1

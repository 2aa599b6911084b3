"""Advice by Claude: shape, redaction, reuse, and *unreviewed* for everything else."""

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict

from cs_assets.ai.writing import Prompt
from resources.models.claude import Advice, ClaudeResource
from resources.settings import Settings
from tests.ai import fake_claude
from tests.ai.loopback import Reply, Request, serving


class Verdict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    verdict: Literal["approve", "flag"]
    row_ids: list[str]
    reason: str


def advise(folder: Path, document: dict[str, Any], run_id: str = "run-1") -> Advice[Verdict]:
    return ClaudeResource(settings=Settings.load(cs_assets_home=folder)).advise(
        asset="routing_review",
        run_id=run_id,
        account="batch:1",
        week="",
        prompt=Prompt("routing/review", "1", "Approve or flag each row."),
        document=document,
        answer=Verdict,
        people=["Avery Stone"],
    )


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")


@pytest.mark.usefixtures("key")
def test_an_answer_in_shape_is_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"verdict": "flag", "row_ids": ["row-1"], "reason": "The book is full."}
    with serving(lambda _: fake_claude.message(json.dumps(said))) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        first = advise(tmp_path, {"rows": [{"id": "row-1"}]})
        again = advise(tmp_path, {"rows": [{"id": "row-1"}]}, "run-2")
    assert first.answer == Verdict(**said)  # type: ignore[arg-type]
    assert not first.reused
    assert again == Advice(first.answer, "", "claude-sonnet-5-5", reused=True)
    (request,) = server.requests
    assert request.headers["connection"] == "close"  # none is kept
    schema = server.requests[0].json["output_config"]["format"]["schema"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["verdict"]["enum"] == ["approve", "flag"]


@pytest.mark.usefixtures("key")
def test_people_and_long_ids_do_not_leave_and_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(request: Request) -> Reply:
        row = fake_claude.material_of(request)["rows"][0]
        said = {"verdict": "flag", "row_ids": [row["id"]], "reason": f"Ask {row['owner']}."}
        return fake_claude.message(json.dumps(said))

    with serving(script) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        row = {"id": "100200300400", "owner": 'Avery "Ace" Stone', "mail": "a.stone@x.example"}
        advice = advise(tmp_path, {"rows": [row]})
    sent = server.requests[0].body.decode()
    assert all(secret not in sent for secret in ("100200300400", "Avery", "Stone", "x.example"))
    assert advice.answer is not None
    assert advice.answer.row_ids == ["100200300400"]
    assert advice.answer.reason == 'Ask Avery Stone "Ace" Avery Stone.'


def test_without_a_key_it_is_unreviewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    advice = advise(tmp_path, {"rows": []})
    assert advice.answer is None
    assert "ANTHROPIC_API_KEY" in advice.reason
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("key")
def test_an_answer_out_of_shape_is_unreviewed_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(lambda _: fake_claude.message('{"verdict": "perhaps"}')) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        advice = advise(tmp_path, {"rows": []})
    assert advice.answer is None
    assert "shape" in advice.reason

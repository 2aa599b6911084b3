"""Batches of questions: one submission, matched answers, half the price, no second sending."""

import json
from pathlib import Path

import anthropic
import pytest

from cs_assets.ai import configuration
from cs_assets.ai.guarded_calls import Answered, Unanswered
from cs_assets.ai.ledger.ledger import AiLedger, Purpose
from cs_assets.ai.requests import AskingFailed, Question
from resources.models.claude_batch import Asked, ClaudeBatches
from tests.ai import fake_claude
from tests.ai.loopback import Reply, Request, as_json, serving

PURPOSE = Purpose("call_insights", "run-1", "all", "2026-11-09")


def question(number: int) -> Asked:
    asked = Question("Summarise.", f'{{"n": {number}}}', "Go.", "claude-haiku-5-5", "p", "1")
    return Asked(asked, PURPOSE)


class FakeBatches:
    """The batch endpoints: results in reverse order, one refused by its kind."""

    def __init__(self, status: str = "ended") -> None:
        self.status = status
        self.ids: list[str] = []

    def __call__(self, request: Request) -> Reply:
        if request.method == "POST":
            self.ids = [one["custom_id"] for one in request.json["requests"]]
            return as_json(self._batch("in_progress"))
        if request.path.endswith("/results"):
            lines = [json.dumps(self._result(place, key)) for place, key in enumerate(self.ids)]
            body = "\n".join(reversed(lines)).encode()
            return Reply(200, body, {"content-type": "application/x-jsonl"})
        return as_json(self._batch(self.status))

    def _batch(self, status: str) -> dict[str, object]:
        counts = dict.fromkeys(("canceled", "errored", "expired", "processing", "succeeded"), 0)
        return {
            "id": "batch_1",
            "type": "message_batch",
            "processing_status": status,
            "request_counts": counts,
            "created_at": "2026-11-16T08:00:00Z",
            "expires_at": "2026-11-17T08:00:00Z",
            "results_url": "/v1/messages/batches/batch_1/results",
        }

    def _result(self, place: int, key: str) -> dict[str, object]:
        if place == 2:
            return {"custom_id": key, "result": {"type": "expired"}}
        message = json.loads(bytes(fake_claude.message(f"text {place}").body))  # type: ignore[arg-type]
        return {"custom_id": key, "result": {"type": "succeeded", "message": message}}


def batches(url: str, folder: Path) -> ClaudeBatches:
    config = configuration.load()
    ledger = AiLedger(folder / "ai.sqlite", config.ceilings)
    client = anthropic.Anthropic(api_key="k", base_url=url, max_retries=0)
    return ClaudeBatches(client, ledger, config, folder)


def test_answers_are_matched_by_question_and_cost_half(tmp_path: Path) -> None:
    asked = [question(n) for n in range(4)]
    keys = [one.question.key for one in asked]
    with serving(FakeBatches()) as server:
        assert batches(server.url, tmp_path).submit("week-1", asked) == {}
        found = batches(server.url, tmp_path).collect("week-1")
    assert found is not None
    assert found[keys[0]] == Answered("text 0", "claude-sonnet-5-5", reused=False)
    assert found[keys[2]] == Unanswered(("claude-haiku-5-5: expired",))
    rows = AiLedger(tmp_path / "ai.sqlite", configuration.load().ceilings).rows()
    assert sorted(str(row["state"]) for row in rows) == ["answered"] * 3 + ["failed"]
    assert rows[0]["micro_dollars"] == int((1200 * 0.10 + 340 * 0.50) / 2)


def test_a_restart_collects_and_does_not_send_again(tmp_path: Path) -> None:
    asked = [question(n) for n in range(2)]
    with serving(FakeBatches("in_progress")) as server:
        batches(server.url, tmp_path).submit("week-1", asked)
        assert batches(server.url, tmp_path).submit("week-1", asked) == {}
        assert batches(server.url, tmp_path).collect("week-1") is None
        assert [request.method for request in server.requests].count("POST") == 1


def test_what_is_known_is_not_sent(tmp_path: Path) -> None:
    asked = [question(0)]
    with serving(FakeBatches()) as server:
        books = batches(server.url, tmp_path)
        books.submit("week-1", asked)
        books.collect("week-1")
        (again,) = books.submit("week-2", asked).values()
        assert again == Answered("text 0", "claude-sonnet-5-5", reused=True)
        assert [request.method for request in server.requests].count("POST") == 1


def test_a_batch_that_is_not_taken_costs_nothing(tmp_path: Path) -> None:
    refusal = fake_claude.error(400, "invalid_request_error")
    with serving(lambda _: refusal) as server, pytest.raises(AskingFailed, match="400"):
        batches(server.url, tmp_path).submit("week-1", [question(0)])
    (row,) = AiLedger(tmp_path / "ai.sqlite", configuration.load().ceilings).rows()
    assert (row["state"], row["micro_dollars"]) == ("failed", 0)

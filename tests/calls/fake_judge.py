"""A model on loopback that judges calls in batches: fair, or doing whatever a call tells it to."""

import json
import re
from collections.abc import Callable
from typing import Any

from cs_assets import config
from cs_assets.calls.judging.judges import JudgeRules
from tests.ai import fake_claude
from tests.ai.loopback import Reply, Request, as_json

#: From the lines of a call (number, side, words) to what the model answers.
Answers = Callable[[list[tuple[int, str, str]]], str]
_LINE = re.compile(r"^\[(\d+)\] (us|customer|unknown): (.*)$")


def lines_of(material: str) -> list[tuple[int, str, str]]:
    """The sentences of a call as they were sent."""
    found = [_LINE.match(line) for line in material.splitlines()]
    return [(int(one[1]), one[2], one[3]) for one in found if one]


def answer(**by_criterion: dict[str, Any]) -> str:
    """An answer to every criterion: does not apply, unless ``by_criterion`` says more."""
    rules = config.load("call_judge.yaml", JudgeRules)
    none = {"applies": False, "share": 0.0, "reason": "No chance.", "sentence": 0, "quote": ""}
    given = [{"criterion": key, **none, **by_criterion.get(key, {})} for _, key in rules.judged]
    return json.dumps({"criteria": given})


def everything(lines: list[tuple[int, str, str]], share: float = 1.0) -> str:
    """All criteria at ``share``, each with a sentence of ours that was really said."""
    number, _, words = max((one for one in lines if one[1] == "us"), key=lambda one: len(one[2]))
    said = {"applies": True, "share": share, "reason": "It was heard.", "sentence": number}
    rules = config.load("call_judge.yaml", JudgeRules)
    return answer(**{key: {**said, "quote": words} for _, key in rules.judged})


class JudgingClaude:
    """The batch endpoints; ``answers`` says what comes of each call."""

    def __init__(self, answers: Answers = everything, status: str = "ended") -> None:
        self.answers = answers
        self.status = status
        self.sent: dict[str, dict[str, str]] = {}
        """By batch and key: the call as it was sent."""

    @property
    def materials(self) -> list[str]:
        return [one for batch in self.sent.values() for one in batch.values()]

    def __call__(self, request: Request) -> Reply:
        if request.method == "POST":
            name = f"batch_{len(self.sent) + 1}"
            self.sent[name] = {
                one["custom_id"]: fake_claude.said(one["params"]["messages"][0])
                for one in request.json["requests"]
            }
            return as_json(self._batch(name, "in_progress"))
        name = request.path.split("/")[4]
        if not request.path.endswith("/results"):
            return as_json(self._batch(name, self.status))
        results = [self._result(key, text) for key, text in self.sent[name].items()]
        body = "\n".join(map(json.dumps, reversed(results))).encode()
        return Reply(200, body, {"content-type": "application/x-jsonl"})

    def _result(self, key: str, content: str) -> dict[str, Any]:
        reply = fake_claude.message(self.answers(lines_of(content)))
        message = json.loads(bytes(reply.body))
        return {"custom_id": key, "result": {"type": "succeeded", "message": message}}

    @staticmethod
    def _batch(name: str, status: str) -> dict[str, Any]:
        counts = dict.fromkeys(("canceled", "errored", "expired", "processing", "succeeded"), 0)
        return {
            "id": name,
            "type": "message_batch",
            "processing_status": status,
            "request_counts": counts,
            "created_at": "2026-11-16T08:00:00Z",
            "expires_at": "2026-11-17T08:00:00Z",
            "results_url": f"/v1/messages/batches/{name}/results",
        }

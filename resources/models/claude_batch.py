"""Many questions to Claude at once at half the price, answered within a day.

Each question is reserved in the ledger like any other; the batch's id is written to
a file before anything waits for it, so that a restart collects instead of asking
again. Results come in any order and are matched by the question's key.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.guarded_calls import Answered, Unanswered
from cs_assets.ai.ledger.ledger import AiLedger, Estimate, Known, Purpose, Reserved
from cs_assets.ai.requests import AskingFailed, Question, Tokens
from resources.files import write_atomically
from resources.models.claude import failure_of, request_parameters, usable_answer

if TYPE_CHECKING:
    import anthropic

#: What a batch costs of the ordinary price.
_SHARE = 0.5
#: A batch ends within 24 hours; then the reservation of a lost one lapses.
LEASE_SECONDS = 25 * 3600.0
_LARGEST = 100_000


@dataclass(frozen=True)
class Asked:
    """One question and on whose behalf it is asked."""

    question: Question
    purpose: Purpose


class ClaudeBatches:
    """Submits and collects. ``ledger`` should have a lease of ``LEASE_SECONDS``."""

    def __init__(
        self,
        client: "anthropic.Anthropic",
        ledger: AiLedger,
        configuration: AiConfiguration,
        folder: Path,
        effort: str = "low",
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._configuration = configuration
        self._folder = folder
        self._effort = effort

    def submit(self, name: str, asked: Sequence[Asked]) -> dict[str, Answered | Unanswered]:
        """Send what is not known yet as the batch ``name``; returns what is settled at once.

        Keys are the questions'. A batch of this name that is under way is not sent
        again. Raises ``AskingFailed`` when the provider does not take it.
        """
        if self._path(name).exists():
            return {}
        settled: dict[str, Answered | Unanswered] = {}
        calls: dict[str, str] = {}
        requests: list[Any] = []
        for one in asked[:_LARGEST]:
            key = one.question.key
            decision = self._reserve(one)
            if isinstance(decision, Reserved):
                calls[key] = decision.call_id
                parameters = request_parameters(one.question, self._effort)
                requests.append({"custom_id": key, "params": parameters})
            elif isinstance(decision, Known) and decision.outcome == "answer":
                settled[key] = Answered(decision.text, decision.model, reused=True)
            else:
                reason = getattr(decision, "reason", None) or getattr(decision, "outcome", "busy")
                settled[key] = Unanswered((f"{one.question.model}: {reason}",))
        if requests:
            models = {one.question.key: one.question.model for one in asked}
            self._send(name, requests, calls, models)
        return settled

    def collect(self, name: str) -> dict[str, Answered | Unanswered] | None:
        """Every answer of the batch ``name``, settled; ``None`` while it is not over."""
        import anthropic

        document = json.loads(self._path(name).read_text(encoding="utf-8"))
        try:
            batch = self._client.messages.batches.retrieve(document["batch_id"])
            if batch.processing_status != "ended":
                return None
            results = list(self._client.messages.batches.results(document["batch_id"]))
        except anthropic.APIStatusError as error:
            raise failure_of(error) from None
        except (anthropic.AnthropicError, ValueError):
            raise AskingFailed("transient", "batch: no connection or no results") from None
        found = {
            result.custom_id: self._settle(result, document["calls"], document["models"])
            for result in results
            if result.custom_id in document["calls"]
        }
        for key, call_id in document["calls"].items():
            if key not in found:
                self._ledger.fail(call_id, "batch: no result", Tokens(), 0)
                found[key] = Unanswered((f"{document['models'][key]}: no result",))
        self._path(name).unlink()
        return found

    def cancel(self, name: str) -> None:
        """Have the batch ``name`` end soon; what was answered by then is collected as ever."""
        import anthropic

        document = json.loads(self._path(name).read_text(encoding="utf-8"))
        try:
            self._client.messages.batches.cancel(document["batch_id"])
        except anthropic.AnthropicError:
            raise AskingFailed("transient", "batch: cannot be cancelled") from None

    def under_way(self) -> list[str]:
        """The names of batches that were sent and not collected."""
        return sorted(path.stem for path in self._folder.glob("*.json"))

    def keys_under_way(self) -> set[str]:
        """The keys of the questions in them."""
        return {
            str(key)
            for name in self.under_way()
            for key in json.loads(self._path(name).read_text(encoding="utf-8"))["calls"]
        }

    def _reserve(self, one: Asked) -> Any:
        question = one.question
        price = self._configuration.model(question.model)
        most = Tokens(question.input_tokens_at_most, question.max_tokens)
        cost = int(price.most_micro_dollars(most) * _SHARE)
        return self._ledger.reserve(
            question.key,
            one.purpose,
            provider="claude",
            model=question.model,
            prompt_name=question.prompt_name,
            prompt_version=question.prompt_version,
            estimate=Estimate(most, cost),
            sources=question.sources,
        )

    def _send(
        self, name: str, requests: list[Any], calls: dict[str, str], models: dict[str, str]
    ) -> None:
        import anthropic

        try:
            batch = self._client.messages.batches.create(requests=requests)
        except anthropic.AnthropicError as error:
            status = isinstance(error, anthropic.APIStatusError)
            for call_id in calls.values():
                # Refused outright: nothing was billed. Otherwise nobody knows: it stays reserved.
                if status:
                    self._ledger.fail(call_id, "batch: not taken", Tokens(), 0)
            if isinstance(error, anthropic.APIStatusError):
                raise failure_of(error) from None
            raise AskingFailed("transient", "batch: no connection") from None
        document = {
            "batch_id": batch.id,
            "calls": calls,
            "models": {key: models[key] for key in calls},
        }
        write_atomically(self._path(name), json.dumps(document).encode())

    def _settle(
        self, result: Any, calls: dict[str, str], models: dict[str, str]
    ) -> Answered | Unanswered:
        key = result.custom_id
        call_id, model = calls[key], models[key]
        if result.result.type != "succeeded":
            self._ledger.fail(call_id, f"batch: {result.result.type}", Tokens(), 0)
            return Unanswered((f"{model}: {result.result.type}",))
        try:
            answer = usable_answer(result.result.message)
        except AskingFailed as failure:
            tokens = failure.tokens or Tokens()
            self._ledger.fail(call_id, str(failure), tokens, self._cost(model, tokens))
            return Unanswered((f"{model}: {failure}",))
        self._ledger.settle(
            call_id,
            answer.tokens,
            self._cost(model, answer.tokens),
            text=answer.text,
            model=answer.model,
            message_id=answer.message_id,
        )
        return Answered(answer.text, answer.model, reused=False)

    def _cost(self, model: str, tokens: Tokens) -> int:
        price = self._configuration.model(model)
        return int(price.micro_dollars(tokens) * _SHARE)

    def _path(self, name: str) -> Path:
        if not name.replace("-", "").replace("_", "").isalnum():
            raise ValueError(f"'{name}' is no name of a batch: letters, digits, - and _")
        return self._folder / f"{name}.json"

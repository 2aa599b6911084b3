"""Claude through the ``anthropic`` SDK: one request a question, nothing decided here.

The SDK's retries are off (ours are counted), redirects are off (they would send
the prompt elsewhere), the answer is not trusted to have the shape that was asked
for. Instructions go into ``system``; data go into one block of a user message between
markers with a word that nobody outside can know, so that text inside cannot close them.

Claude keeps the beginning of a prompt up to a mark, and reads it again at a tenth of the price. So
what stays the same comes first, to the byte: the instructions over all reports, then the data over
the sections of one. The word is therefore the same for the same data (and another in each
process); a fresh one stands after them, where the question begins.
"""

import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import dagster as dg
from pydantic import BaseModel, PrivateAttr, ValidationError

from cs_assets.ai.configuration import AiConfiguration, RetiredModel
from cs_assets.ai.configuration import load as load_configuration
from cs_assets.ai.guarded_calls import Answered, Caller
from cs_assets.ai.ledger.ledger import AiLedger, Purpose
from cs_assets.ai.requests import Answer, AskingFailed, FailureKind, Question, Tokens
from cs_assets.ai.screening.redaction import Redactor
from cs_assets.ai.writing import Prompt
from cs_assets.errors import Unavailable, UsageError
from resources.deadlines import within
from resources.models.quiet_loggers import quiet_loggers
from resources.settings import Settings
from resources.timed_http import timed

if TYPE_CHECKING:
    import anthropic
    from anthropic.types import Message, MessageParam, TextBlockParam

AnswerModel = TypeVar("AnswerModel", bound=BaseModel)

_STOP_CODES = ("enforced_spend_limit_reached", "contract_spend_limit_reached")
_TRANSIENT_STATUSES = (408, 409, 500, 502, 503, 504, 529)


class ClaudeProvider:
    """Asks Claude. ``AskingFailed`` is all that comes out for what happens outside."""

    name = "claude"

    def __init__(
        self, client: "anthropic.Anthropic", effort: str = "low", seconds: float = 900.0
    ) -> None:
        """``seconds``: the longest that a request takes as a whole."""
        self._client = client
        self._effort = effort
        self._seconds = seconds

    def ask(self, question: Question) -> Answer:
        import anthropic

        parameters = request_parameters(question, self._effort)
        try:
            with within(self._seconds):
                message = self._client.messages.create(**parameters)
        except anthropic.APIStatusError as error:
            raise failure_of(error) from None
        except anthropic.APITimeoutError:
            raise AskingFailed(
                "transient", "no answer in time", tokens=Tokens(question.input_tokens_at_most, 0)
            ) from None
        except anthropic.APIConnectionError:
            raise AskingFailed("transient", "no connection") from None
        except (ValueError, TypeError, AttributeError, RecursionError, anthropic.AnthropicError):
            # The client does not validate: a body that is no message fails anywhere in it.
            raise AskingFailed("malformed", "an answer that is no message") from None
        return _checked(message)

    def count_tokens(self, question: Question) -> int:
        """Input tokens of ``question`` as Claude counts them (free, one request)."""
        parameters = request_parameters(question, self._effort)
        counted = self._client.messages.count_tokens(
            model=parameters["model"],
            system=parameters["system"],
            messages=parameters["messages"],
        )
        return counted.input_tokens


def request_parameters(question: Question, effort: str) -> dict[str, Any]:
    """The arguments of ``messages.create``; the same ones serve a batch."""
    word = _word_of(question.material)
    data: TextBlockParam = {
        "type": "text",
        "text": f"DATA {word} BEGINS\n{question.material}\nDATA {word} ENDS",
    }
    if question.keeps_material:
        data["cache_control"] = {"type": "ephemeral"}
    asks = [turn.ask for turn in question.turns] + [question.ask]
    messages: list[MessageParam] = []
    for position, ask in enumerate(asks):
        text: TextBlockParam = {"type": "text", "text": ask}
        if position == len(question.turns):  # the last: nothing behind it is read again
            text["text"] = f"QUESTION {secrets.token_hex(8)}\n{ask}"
        messages.append({"role": "user", "content": [text] if position else [data, text]})
        if position < len(question.turns):
            messages.append({"role": "assistant", "content": question.turns[position].answer})
    output: dict[str, Any] = {"effort": effort}
    if question.schema is not None:
        output["format"] = {"type": "json_schema", "schema": dict(question.schema)}
    return {
        "model": question.model,
        "max_tokens": question.max_tokens,
        # The same for every report of a run: worth keeping between calls.
        "system": [
            {"type": "text", "text": question.system, "cache_control": {"type": "ephemeral"}}
        ],
        "messages": messages,
        "output_config": output,
    }


#: Of this process alone: who wrote what stands in the data cannot tell the word for them.
_SECRET = secrets.token_bytes(32)


def _word_of(material: str) -> str:
    """The word of the markers around ``material``."""
    said = material.encode("utf-8", "surrogatepass")
    return hmac.new(_SECRET, said, "sha256").hexdigest()[:16]


def _checked(message: "Message") -> Answer:
    """``usable_answer`` of a message whose fields may be anything."""
    try:
        return usable_answer(message)
    except (TypeError, AttributeError):
        raise AskingFailed("malformed", "an answer that is no message") from None


def usable_answer(message: "Message") -> Answer:
    """The text of a finished message; raises ``AskingFailed`` for any other."""
    from anthropic.types import Message

    if not isinstance(message, Message) or not isinstance(message.content, list):
        raise AskingFailed("malformed", "an answer that is no message")
    tokens = _tokens(message)
    if message.stop_reason == "refusal":
        raise AskingFailed("refusal", "the model refused", tokens=tokens)
    if message.stop_reason in ("max_tokens", "model_context_window_exceeded"):
        raise AskingFailed("truncated", f"cut off ({message.stop_reason})", tokens=tokens)
    # Not by the block's class: the client does not validate, so any of this may be anything.
    found = [
        getattr(block, "text", None)
        for block in message.content
        if getattr(block, "type", None) == "text"
    ]
    texts = [text for text in found if isinstance(text, str)]
    if message.stop_reason != "end_turn" or not texts:
        raise AskingFailed("malformed", "an answer without a finished text", tokens=tokens)
    return Answer("".join(texts), str(message.model), tokens, str(message.id))


def _tokens(message: "Message") -> Tokens:
    usage = message.usage
    if usage is None:
        return Tokens()
    read = [
        usage.input_tokens, usage.cache_creation_input_tokens, usage.cache_read_input_tokens,
    ]  # fmt: skip
    return Tokens(
        _sum(read),
        _sum([usage.output_tokens]),
        read=_sum([usage.cache_read_input_tokens]),
        written=_sum([usage.cache_creation_input_tokens]),
    )


def _sum(counts: list[Any]) -> int:
    return sum(n for n in counts if isinstance(n, int) and not isinstance(n, bool) and n > 0)


def failure_of(error: "anthropic.APIStatusError") -> AskingFailed:
    """Our kind for a status; the message names status and type, never the body."""
    status = error.status_code
    code = getattr(error, "error_code", None)
    told = f"HTTP {status}" + (f" {error.type}" if isinstance(error.type, str) else "")
    kind: FailureKind = "stop"
    if status == 429:
        kind = "stop" if code in _STOP_CODES else "transient"
    elif status in _TRANSIENT_STATUSES:
        kind = "transient"
    elif status == 413:
        kind = "malformed"
    return AskingFailed(kind, told[:100], retry_after=_retry_after(error.response.headers))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds asked for; ``None`` when absent, a date, absurd or garbage."""
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < 86_400 else None


@dataclass(frozen=True)
class Advice(Generic[AnswerModel]):
    """What Claude advised, or ``None`` with the reason: then the thing is *unreviewed*."""

    answer: AnswerModel | None
    reason: str
    model: str
    reused: bool = False


class ClaudeResource(dg.ConfigurableResource):
    """Claude, if the settings have a key."""

    settings: dg.ResourceDependency[Settings]

    _callers: dict[str, Caller] = PrivateAttr(default_factory=dict)

    def advise(
        self,
        *,
        asset: str,
        run_id: str,
        account: str,
        week: str,
        prompt: Prompt,
        document: Mapping[str, Any],
        answer: type[AnswerModel],
        people: Iterable[str] = (),
    ) -> Advice[AnswerModel]:
        """Claude's answer to ``prompt`` about ``document`` (JSON), in the shape of ``answer``.

        Contact data and the names of ``people`` are taken out of the document and
        put back into the answer.

        Never raises for what happens outside: without a key, money or a fitting
        answer the advice is ``None`` and says why. ``answer`` is checked for shape;
        that ids in it were in the document is for the caller to check.
        """
        settings = self.settings
        if settings.anthropic_api_key is None:
            return Advice(None, "no key is set (ANTHROPIC_API_KEY)", settings.anthropic_model)
        from anthropic import transform_schema

        redactor = Redactor(people)
        told = redactor.redact_all(json.loads(json.dumps(document, default=str)))
        question = Question(
            system=prompt.text,
            material=json.dumps(told, ensure_ascii=True, sort_keys=True),
            ask="Answer with the JSON object.",
            model=settings.anthropic_model,
            prompt_name=prompt.name,
            prompt_version=prompt.version,
            max_tokens=8000,
            schema=transform_schema(answer),
        )
        purpose = Purpose(asset=asset, run_id=run_id, account=account, week=week)
        outcome = self._caller_for(run_id).ask(question, purpose)
        if not isinstance(outcome, Answered):
            return Advice(None, "; ".join(outcome.reasons), settings.anthropic_model)
        try:
            # Restored value by value: an original may hold what ends a JSON string.
            restored = redactor.restore_all(json.loads(outcome.text))
            checked = answer.model_validate_json(json.dumps(restored))
        except (ValidationError, ValueError, RecursionError):
            return Advice(None, "the answer has not the shape asked for", outcome.model)
        return Advice(checked, "; ".join(outcome.degraded), outcome.model, outcome.reused)

    def _caller_for(self, run_id: str) -> Caller:
        """One caller a run: what it gives up on is given up for that run only."""
        if run_id not in self._callers:
            settings = self.settings
            configuration = load_configuration(settings.cs_assets_config_dir)
            ledger = AiLedger(settings.home.ai_ledger, configuration.ceilings)
            provider = claude_provider(settings, configuration)
            self._callers.clear()
            self._callers[run_id] = Caller(provider, ledger, configuration)
        return self._callers[run_id]


def claude_provider(settings: Settings, configuration: AiConfiguration) -> ClaudeProvider:
    """The provider for these settings; one clear line without a key or with a retired model."""
    client = claude_client(settings, configuration)
    check_model(settings.anthropic_model, configuration)
    return ClaudeProvider(client, seconds=configuration.timeout_seconds)


def claude_client(settings: Settings, configuration: AiConfiguration) -> "anthropic.Anthropic":
    """The SDK's client, without retries and redirects; one clear line without a key."""
    if settings.anthropic_api_key is None:
        raise UsageError("Claude was asked for without a key; set ANTHROPIC_API_KEY")
    import anthropic

    quiet_loggers()  # after the import, which reads ANTHROPIC_LOG
    return anthropic.Anthropic(
        api_key=settings.anthropic_api_key.get_secret_value(),
        base_url=settings.anthropic_base_url or "https://api.anthropic.com",
        timeout=configuration.timeout_seconds,
        max_retries=0,
        # A kept connection that the server has closed meanwhile would leave it unclear whether a
        # question was taken, and one is nothing beside the seconds of an answer.
        default_headers={"Connection": "close"},
        http_client=timed(anthropic.DefaultHttpxClient(follow_redirects=False)),
    )


def check_model(name: str, configuration: AiConfiguration) -> None:
    """Raises ``UsageError`` for a model that is retired or has no price."""
    from anthropic.resources.messages.messages import DEPRECATED_MODELS

    try:
        configuration.model(name)
    except (RetiredModel, KeyError) as error:
        raise UsageError(f"setting ANTHROPIC_MODEL: {error.args[0]}") from None
    if ends := DEPRECATED_MODELS.get(name):
        raise UsageError(f"setting ANTHROPIC_MODEL: '{name}' is refused: its life ends {ends}")


def lifecycle(settings: Settings, configuration: AiConfiguration) -> str:
    """What Anthropic says about the model of the settings, in a few words (one request).

    Raises ``UsageError`` when it is unknown or refused, ``Unavailable`` without an answer.
    """
    import anthropic

    client = claude_client(settings, configuration)
    name = settings.anthropic_model
    try:
        model = client.models.retrieve(name)
    except anthropic.APIStatusError as error:
        failure = failure_of(error)
        if failure.kind == "transient":
            raise Unavailable(f"Claude does not answer ({failure}); try again later") from None
        raise UsageError(
            f"Claude refuses model '{name}' ({failure}); check ANTHROPIC_API_KEY, ANTHROPIC_MODEL"
        ) from None
    except (ValueError, TypeError, AttributeError, RecursionError, anthropic.AnthropicError):
        raise Unavailable("Claude does not answer; check the network and its address") from None
    retires = getattr(model, "retires_at", None)
    until = f", retires {retires:%Y-%m-%d}" if retires else ""
    return f"{name} is {getattr(model, 'lifecycle', 'unknown')}{until}"

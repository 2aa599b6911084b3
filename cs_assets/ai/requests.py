"""What is asked of a model and what comes back, whoever serves it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol, runtime_checkable

from cs_assets.redaction import redacted

#: ``transient``: later may help. ``stop``: no further call in this run makes sense (key, model,
#: spend limit). ``malformed``: an answer that is none. The last two cost tokens.
FailureKind = Literal["transient", "stop", "malformed", "refusal", "truncated"]


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier exchange of the same conversation."""

    ask: str
    answer: str


@dataclass(frozen=True)
class Question:
    """One question. ``material`` is data from outside, given apart from our own words.

    ``system`` and ``ask`` are ours and trusted. ``schema`` asks for JSON of that
    shape. ``conversation`` only lets a provider keep a thread; it is no part of
    what is asked.
    """

    system: str
    material: str
    ask: str
    model: str
    prompt_name: str
    prompt_version: str
    turns: tuple[Turn, ...] = ()
    max_tokens: int = 4000
    schema: Mapping[str, Any] | None = None
    conversation: str = field(default="", compare=False)
    agent: str = ""
    """Which of a provider's agents is asked, where it has several."""
    keeps_material: bool = field(default=False, compare=False)
    """Whether the same material is asked about more than once in a row, so that a provider that
    keeps what it has read does well to keep it; no part of what is asked."""
    sources: tuple[str, ...] = field(default=(), compare=False)
    """Ids and addresses of what the material quotes, such as calls: no part of what is asked,
    but an answer is forgotten with its sources."""

    @property
    def key(self) -> str:
        """sha256 of everything that can change the answer."""
        document = [
            self.system, self.material, self.ask, self.model, self.prompt_name,
            self.prompt_version, [[turn.ask, turn.answer] for turn in self.turns],
            self.max_tokens, self.schema, *([self.agent] if self.agent else []),
        ]  # fmt: skip
        canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, allow_nan=False)
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def input_tokens_at_most(self) -> int:
        """An estimate from above: a token is rarely shorter than two and a half characters."""
        parts = [self.system, self.material, self.ask]
        parts += [part for turn in self.turns for part in (turn.ask, turn.answer)]
        size = sum(len(part.encode("utf-8", "replace")) for part in parts)
        if self.schema:
            size += len(json.dumps(self.schema))
        return int(size / 2.5) + 300

    def with_model(self, model: str) -> "Question":
        return replace(self, model=model)

    def with_twice_the_room(self) -> "Question":
        return replace(self, max_tokens=2 * self.max_tokens)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens that a call used; cached input counts as input."""

    input: int = 0
    output: int = 0
    read: int = 0
    """Of the input, read from what the provider had kept."""
    written: int = 0
    """Of the input, kept by the provider for calls to come."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A usable answer."""

    text: str
    model: str
    tokens: Tokens
    message_id: str | None = None
    evidence: str | None = None
    """JSON of what the answer rests on (citations, generated SQL, warnings), where given."""


class AskingFailed(Exception):
    """No usable answer. The message holds no part of prompt, answer or key."""

    def __init__(
        self,
        kind: FailureKind,
        message: str,
        *,
        retry_after: float | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        super().__init__(redacted(message))
        self.kind = kind
        self.retry_after = retry_after
        self.tokens = tokens


@runtime_checkable
class KeepsConversations(Protocol):
    """A provider that keeps what it was told, until it is told to forget it."""

    def forget(self, conversation: str) -> None:
        """Delete what is kept of a conversation; raises nothing."""
        ...


class Provider(Protocol):
    """Serves models. One call is one request on the wire; it does not retry by itself."""

    @property
    def name(self) -> str: ...

    def ask(self, question: Question) -> Answer:
        """The answer; raises ``AskingFailed`` and nothing else for what happens outside."""
        ...

"""``config/ai.yaml``: models with prices, ceilings, retired names, banned claims."""

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from cs_assets.ai.requests import Tokens
from cs_assets.config import Strict
from cs_assets.config import load as load_file
from cs_assets.errors import UsageError


class LongPrompt(Strict):
    """Prices for prompts of more than ``above`` tokens."""

    above: int = Field(gt=0)
    input: float = Field(ge=0)
    output: float = Field(ge=0)


class ModelPrice(Strict):
    """Price of one model, US dollars for a million tokens, and the next smaller model."""

    provider: str
    input: float = Field(ge=0)
    output: float = Field(ge=0)
    long_prompt: LongPrompt | None = None
    smaller: str | None = None
    cache_write: float = Field(default=1.0, ge=1)
    cache_read: float = Field(default=1.0, ge=0, le=1)
    """What input costs that the provider keeps, or had kept, as shares of ``input``."""
    overhead_tokens: int = Field(default=0, ge=0)
    """Input that a call may use beside what is sent: an agent's own steps and tools."""
    assumed: bool = False
    """Whether the price is a guess from above and not a published one."""

    def micro_dollars(self, tokens: Tokens) -> int:
        """What so many tokens cost, in millionths of a dollar, rounded up."""
        long = self.long_prompt
        rates = long if long and tokens.input > long.above else self
        read = min(max(tokens.read, 0), tokens.input)
        written = min(max(tokens.written, 0), tokens.input - read)
        whole = tokens.input - read - written
        paid = whole + read * self.cache_read + written * self.cache_write
        exact = paid * rates.input + tokens.output * rates.output
        return -int(-exact // 1)

    def most_micro_dollars(self, tokens: Tokens) -> int:
        """What so many tokens cost at most: all of the input might be written to a cache."""
        return self.micro_dollars(replace(tokens, read=0, written=tokens.input))


class Ceiling(Strict):
    """The most that one scope may use."""

    calls: int = Field(ge=0)
    tokens: int = Field(ge=0)
    dollars: float = Field(ge=0)

    def or_more(self, other: "Ceiling") -> "Ceiling":
        """The larger of both in each; a ceiling of nothing stays one."""
        return Ceiling(
            calls=max(self.calls, other.calls) if self.calls else 0,
            tokens=max(self.tokens, other.tokens) if self.tokens else 0,
            dollars=max(self.dollars, other.dollars) if self.dollars else 0,
        )


class Ceilings(Strict):
    """One ceiling a scope; ``cs_assets.ai.ledger.ledger`` says what each counts."""

    asset: Ceiling
    run: Ceiling
    account: Ceiling
    month: Ceiling
    each: Ceiling = Ceiling(calls=8, tokens=60_000, dollars=0.25)
    """What each customer or rep of a run may use: many of them raise asset, run and month."""

    def fitting(self, items: int) -> "Ceilings":
        """For a run over so many customers or reps: at least ``each`` for every one of them, and
        for the month five such runs."""
        once, five_times = self._times(items), self._times(5 * items)
        return self.model_copy(
            update={
                "asset": self.asset.or_more(once),
                "run": self.run.or_more(once),
                "month": self.month.or_more(five_times),
            }
        )

    def _times(self, items: int) -> Ceiling:
        each = self.each
        return Ceiling(
            calls=items * each.calls, tokens=items * each.tokens, dollars=items * each.dollars
        )


class Banned(Strict):
    """A claim that no text may make."""

    pattern: str
    reason: str

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"no regular expression: {error}") from None
        return pattern


StatementFunction = Literal["sentiment", "summary", "embedding"]


class RetiredModel(UsageError):
    """A model that is no longer served was asked for."""


class AiConfiguration(Strict):
    """All of ``ai.yaml``."""

    prices_as_of: dt.date
    dollars_a_credit: float = Field(gt=0)
    concurrency: int = Field(ge=1, le=64)
    attempts: int = Field(ge=1, le=6)
    longest_wait_seconds: float = Field(gt=0, le=300)
    timeout_seconds: float = Field(gt=0, le=900)
    give_up_after: int = Field(ge=1)
    models: dict[str, ModelPrice]
    statement_models: dict[StatementFunction, str]
    """What stands behind AI statements on Snowflake: stored with each row; changed, all is anew."""
    judge_on_snowflake: str = "claude-sonnet-4-6"
    """The model of AI_COMPLETE where it judges calls, unless a setting names another."""
    writer_on_snowflake: str = "claude-sonnet-4-6"
    """The same where it writes what is told of customers."""
    retired: dict[str, str]
    ceilings: Ceilings
    banned: tuple[Banned, ...]
    banned_for_customers: tuple[Banned, ...] = ()

    @field_validator("statement_models")
    @classmethod
    def _names_each_function(
        cls, named: dict[StatementFunction, str]
    ) -> dict[StatementFunction, str]:
        if missing := set(get_args(StatementFunction)) - set(named):
            raise ValueError(f"{', '.join(sorted(missing))} missing")
        return named

    @model_validator(mode="after")
    def _smaller_models_are_priced(self) -> Self:
        for name, model in self.models.items():
            seen = {name}
            while model.smaller:
                if model.smaller not in self.models or model.smaller in seen:
                    raise ValueError(
                        f"models.{name}: smaller '{model.smaller}' is unknown or itself"
                    )
                seen.add(model.smaller)
                model = self.models[model.smaller]
        return self

    def model(self, name: str) -> ModelPrice:
        """The priced model ``name``; ``RetiredModel`` or ``KeyError`` with what to do."""
        self.check_not_retired(name)
        try:
            return self.models[name]
        except KeyError:
            raise KeyError(
                f"model '{name}' has no price in ai.yaml; add one so that its cost can be counted"
            ) from None

    def check_not_retired(self, name: str) -> None:
        """Raises ``RetiredModel`` naming the model and why it is refused."""
        for prefix, reason in self.retired.items():
            if name == prefix or name.startswith(prefix + "-"):
                raise RetiredModel(f"model '{name}' is refused: {reason}; set another")

    def ladder(self, name: str) -> tuple[str, ...]:
        """The model and its smaller ones, in the order in which they are tried."""
        steps = [name]
        while smaller := self.model(steps[-1]).smaller:
            steps.append(smaller)
        return tuple(steps)


def load(folder: Path | None = None) -> AiConfiguration:
    """The configuration in force."""
    return load_file("ai.yaml", AiConfiguration, folder)

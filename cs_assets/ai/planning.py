"""What a week of model calls will use, before it runs: by asset, and what a ceiling will cut.

What one customer, rep or call uses is taken from the ledger where it has answers of the last weeks
for that asset and model; else from what is usual, and then it is marked as assumed.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cs_assets.ai.configuration import AiConfiguration, Ceiling
from cs_assets.ai.requests import Tokens
from cs_assets.ai.token_estimate import tokens_at_most

#: Customers whose facts change in a week, of all, where insights are written.
_CHANGED = 0.3
#: The vectors' chunks hold each sentence about once and a quarter, for they overlap.
_OVERLAP = 1.25
#: What a token costs in a batch of Claude, of the ordinary price; nothing is kept between batches.
_IN_BATCHES = 0.5
#: Tokens that a summary of a call holds at most.
_SUMMARY = 500


@dataclass(frozen=True)
class Volume:
    """How much there is of what models are asked about, in one week."""

    customers: int
    reps: int
    calls: int
    characters: int = 0
    """Of all that was said in the calls."""
    heard: int = 0
    """Sentences of the customers' side."""
    heard_characters: int = 0

    @classmethod
    def usual(cls, customers: int, reps: int, calls: int) -> "Volume":
        """Of a company of whose calls no more is known than how many there are."""
        said = {name: round(calls * value) for name, value in A_CALL.items()}
        return cls(customers, reps, calls, **said)


#: What is said in a call of half an hour: all characters, sentences of the customers' side, theirs.
A_CALL: Mapping[str, float] = {"characters": 20_000, "heard": 140, "heard_characters": 8_000}


@dataclass(frozen=True)
class Usual:
    """Tokens and requests that one item is usually worth; ``read``: of the input, kept before."""

    calls: int
    input: int
    output: int
    read: int = 0


#: By asset that a writer fills, for a customer, a rep or a call.
USUAL: Mapping[str, Usual] = {
    "weekly_reports": Usual(3, 27_000, 1_800, 18_000),
    "customer_insights": Usual(1, 2_500, 400),
    "rep_digests": Usual(4, 16_000, 1_200, 11_000),
    "call_judgements": Usual(1, 9_000, 1_500),
}


@dataclass(frozen=True)
class Planned:
    """What one asset will ask of models in a week."""

    asset: str
    provider: str
    model: str
    items: int
    calls: int
    input_tokens: int
    output_tokens: int
    dollars: float
    ceiling: Ceiling
    """Of the asset in one run, fitted to the items."""
    cut: int
    """Items that the ceilings will leave without a model's text."""
    basis: str
    """``ledger`` or ``assumed``."""

    def credits(self, dollars_a_credit: float) -> float | None:
        """AI credits, where it is Snowflake that bills."""
        return self.dollars / dollars_a_credit if self.provider.startswith("cortex") else None


def by_writer(
    asset: str,
    items: int,
    provider: str,
    model: str,
    configuration: AiConfiguration,
    rows: Iterable[Mapping[str, Any]],
    spent: tuple[int, int, int],
    *,
    in_batches: bool = False,
) -> Planned:
    """The plan of an asset whose texts a model writes, one customer, rep or call after the other.

    ``rows``: the ledger's of the last weeks; ``spent``: calls, tokens and micro dollars that count
    in the month.
    """
    price = configuration.model(model)
    known = _of_ledger(asset, model, rows)
    one = known or USUAL[asset]
    # What the ledger knows holds an agent's own steps; what is usual does not.
    own_steps = 0 if known else one.calls * price.overhead_tokens
    read = one.read if price.cache_read < 1 and not in_batches else 0
    written = 0 if in_batches else (one.input - read) // 2
    tokens = Tokens(one.input + own_steps, one.output, read=read, written=written)
    share = _IN_BATCHES if in_batches else 1.0
    each = Ceiling(
        calls=one.calls,
        tokens=tokens.input + tokens.output,
        dollars=price.micro_dollars(tokens) / 1e6 * share,
    )
    fitted = configuration.ceilings.fitting(items)
    left = _left(fitted.month, spent)
    allowed = min(_fits(items, each, ceiling) for ceiling in (fitted.asset, fitted.run, left))
    return Planned(
        asset, provider, model, items, items * each.calls, items * tokens.input,
        items * tokens.output, items * each.dollars, fitted.asset, items - allowed,
        "ledger" if known else "assumed",
    )  # fmt: skip


def by_statement(
    asset: str,
    function: str,
    items: int,
    rows: int,
    characters: int,
    configuration: AiConfiguration,
    *,
    output: int = 0,
) -> Planned:
    """The plan of an asset that an AI function fills in SQL, ``rows`` of it for the ``items``."""
    price = configuration.model(function)
    read = tokens_at_most(characters, rows, None, price.overhead_tokens)
    dollars = price.micro_dollars(Tokens(read, rows * output)) / 1e6
    ceilings = configuration.ceilings
    share = min(
        1.0,
        ceilings.asset.tokens / max(read + rows * output, 1),
        ceilings.asset.dollars / dollars if dollars else 1.0,
    )
    return Planned(
        asset, "cortex-sql", function, items, math.ceil(items / 200), read, rows * output, dollars,
        ceilings.asset, items - math.floor(items * share), "assumed",
    )  # fmt: skip


def of_week(
    volume: Volume,
    writer: tuple[str, str],
    judge: tuple[str, str],
    configuration: AiConfiguration,
    rows: Sequence[Mapping[str, Any]],
    spent: tuple[int, int, int],
    *,
    on_snowflake: bool,
    in_batches: bool = False,
) -> list[Planned]:
    """Every asset that will ask a model, the dearest first.

    ``writer`` and ``judge``: provider and model; provider ``rules`` asks none. ``in_batches``:
    whether Claude writes in batches; as a judge it always does.
    """
    found = []
    if writer[0] != "rules":
        items = {
            "weekly_reports": volume.customers,
            "customer_insights": math.ceil(volume.customers * _CHANGED),
            "rep_digests": volume.reps,
        }
        found += [
            by_writer(
                asset, count, *writer, configuration, rows, spent,
                in_batches=in_batches and writer[0] == "claude",
            )
            for asset, count in items.items()
        ]  # fmt: skip
    if judge[0] != "rules":
        found.append(
            by_writer(
                "call_judgements", volume.calls, *judge, configuration, rows, spent,
                in_batches=judge[0] == "claude",
            )
        )  # fmt: skip
    if on_snowflake:
        calls, said = volume.calls, volume.characters
        found += [
            by_statement(
                "call_sentiment", "ai_sentiment", calls, volume.heard, volume.heard_characters,
                configuration,
            ),
            by_statement(
                "call_summaries", "ai_summarize", calls, calls, said, configuration,
                output=_SUMMARY,
            ),
            by_statement(
                "transcript_embeddings", "ai_embed", calls, max(1, said // 1_600),
                int(said * _OVERLAP), configuration,
            ),
        ]  # fmt: skip
    return sorted((one for one in found if one.items), key=lambda one: -one.dollars)


def _of_ledger(asset: str, model: str, rows: Iterable[Mapping[str, Any]]) -> Usual | None:
    """What an account used on average where calls about it were answered; None below ten."""
    used = [
        r for r in rows if r["asset"] == asset and r["model"] == model and r["state"] == "answered"
    ]
    accounts = {(row["account"], row["week"]) for row in used}
    if len(accounts) < 10:
        return None
    n = len(accounts)
    return Usual(
        math.ceil(len(used) / n),
        math.ceil(sum(row["input_tokens"] for row in used) / n),
        math.ceil(sum(row["output_tokens"] for row in used) / n),
    )


def _left(ceiling: Ceiling, spent: tuple[int, int, int]) -> Ceiling:
    return Ceiling(
        calls=max(0, ceiling.calls - spent[0]),
        tokens=max(0, ceiling.tokens - spent[1]),
        dollars=max(0.0, ceiling.dollars - spent[2] / 1e6),
    )


def _fits(items: int, each: Ceiling, ceiling: Ceiling) -> int:
    """How many of ``items`` the ceiling allows."""
    bounds = [
        (ceiling.calls, each.calls), (ceiling.tokens, each.tokens), (ceiling.dollars, each.dollars)
    ]  # fmt: skip
    return min([items, *(math.floor(most / one) for most, one in bounds if one)])

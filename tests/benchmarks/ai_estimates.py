"""AI statements: what is reserved beforehand against what the fake bills."""

import math
import random
from typing import NamedTuple

from cs_assets.ai import configuration
from cs_assets.ai.requests import Tokens
from cs_assets.ai.statements import Statement
from cs_assets.ai.token_estimate import Counted, sampled
from tests.figures import Figure

#: Summaries from which on their lengths even out.
_FEW = 10


class FakeTokens:
    """Counts and bills as the usage view has it: a text's own tokens, by its language, and a prompt
    before each row of the functions that hide one."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self.letters_a_token = chance.uniform(2.2, 4.6)
        self.jitter = chance.uniform(0.0, 0.25)

    def of(self, text: str) -> int:
        noise = random.Random(text).uniform(1 - self.jitter, 1 + self.jitter)
        return max(1, math.ceil(len(text) / self.letters_a_token * noise))


class Ratios(NamedTuple):
    """Money of one load as it was reserved and as the ledger keeps it, against what was billed."""

    summaries: int
    """Answers whose length nobody knows beforehand; 0 where the input alone is billed."""
    reserved: float
    kept: float


def estimates_from_above(loads: int = 400) -> Figure:
    """P-snowflake-08: random loads of all three functions, the smallest of one row.

    It passes where what is reserved is within the bounds for every load. An upper bound of a few
    summaries, of lengths that nobody knows, is wider than that: they are told apart.
    """
    config = configuration.load()
    ratios = [_ratios(seed, config) for seed in range(loads)]
    few = [one.reserved for one in ratios if 0 < one.summaries < _FEW]
    others = [one.reserved for one in ratios if not 0 < one.summaries < _FEW]
    kept = [one.kept for one in ratios]
    wide = sum(ratio > 1.25 for ratio in few)
    return Figure(
        "P-snowflake-08",
        f"AI_estimate_against_billed_in_{loads}_random_loads",
        f"{min(kept):.3f} to {max(kept):.3f} as the ledger keeps it; reserved beforehand "
        f"{min(others):.3f} to {max(others):.3f}, and for less than {_FEW} summaries "
        f"{min(few):.3f} to {max(few):.3f} ({wide} of {loads} above 1.25)",
        "1.00 to 1.25, never below 1",
        min(kept + few + others) >= 1.0 and max(kept + few + others) <= 1.25,
    )


def _ratios(seed: int, config: configuration.AiConfiguration) -> Ratios:
    chance, fake = random.Random(seed), FakeTokens(seed)
    function = chance.choice(["ai_sentiment", "ai_summarize", "ai_embed"])
    summarised = function == "ai_summarize"
    rows = int(10 ** chance.uniform(0, 2.3 if summarised else 3.6))
    usual = {"ai_sentiment": 60, "ai_summarize": 9_000, "ai_embed": 1_600}[function]
    texts = [_text(chance, usual) for _ in range(rows)]
    price = config.model(function)
    sample = sampled(texts)
    counted = Counted(tuple(map(len, sample)), tuple(map(fake.of, sample)))
    statement = Statement(
        function, "x", rows, sum(map(len, texts)), 500 if summarised else 0, sample
    )
    past = [fake.of(_summary(chance)) for _ in range(chance.randint(30, 300))]
    most = statement.tokens(counted, price.overhead_tokens, past)
    output = sum(fake.of(_summary(chance)) for _ in texts) if summarised else 0
    billed = price.micro_dollars(
        Tokens(sum(map(fake.of, texts)) + rows * price.overhead_tokens, output)
    )
    return Ratios(
        rows if summarised else 0,
        price.micro_dollars(most) / billed,
        price.micro_dollars(Tokens(most.input, output)) / billed,
    )


def _summary(chance: random.Random) -> str:
    """About as long as they are, seldom half or double."""
    return f"{chance.getrandbits(64):x}".ljust(int(chance.lognormvariate(math.log(850), 0.3)), "w")


def _text(chance: random.Random, usual: int) -> str:
    length = min(max(3, int(chance.lognormvariate(math.log(usual), 0.6))), 5 * usual)
    return f"{chance.getrandbits(64):x}".ljust(length, "w")[:length]

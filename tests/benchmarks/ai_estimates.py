"""AI statements: what is reserved beforehand against what the fake bills."""

import math
import random
from typing import NamedTuple

import numpy as np

from cs_assets.ai import configuration
from cs_assets.ai.requests import Tokens
from cs_assets.ai.statements import Statement
from cs_assets.ai.token_estimate import Counted, sampled
from tests.figures import Figure

#: Summaries from which on their lengths even out.
_FEW = 10
#: What a bound of fewer may have above one that knows how lengths are spread instead of learning it
#: from thirty earlier answers; how often that one is too low: as five standard errors of one are.
_ABOVE_KNOWING, _TOO_LOW = 1.15, 1 / 1_600
#: Characters of a summary: their median, and how far they spread in logarithms.
_USUAL, _SPREAD = 850, 0.3


class FakeTokens:
    """Counts and bills as the usage view has it: a text's own tokens, by its language, and a prompt
    before each row of the functions that hide one."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self.letters_a_token = chance.uniform(2.2, 4.6)
        self.jitter = chance.uniform(0.0, 0.25)

    def most_of_summaries(self, rows: int) -> float:
        """Tokens that so many summaries have at most, for one who knows how these lengths are
        spread and nothing of these summaries: no estimate made beforehand can be narrower and as
        seldom too low."""
        chance = np.random.default_rng(rows)
        lengths = np.exp(chance.normal(math.log(_USUAL), _SPREAD, (100_000, rows)))
        noise = chance.uniform(1 - self.jitter, 1 + self.jitter, lengths.shape)
        tokens = (lengths * noise).sum(axis=1) / self.letters_a_token
        return float(np.quantile(tokens, 1 - _TOO_LOW))

    def of(self, text: str) -> int:
        noise = random.Random(text).uniform(1 - self.jitter, 1 + self.jitter)
        return max(1, math.ceil(len(text) / self.letters_a_token * noise))


class Ratios(NamedTuple):
    """Money of one load as it was reserved and as the ledger keeps it, against what was billed."""

    summaries: int
    """Answers whose length nobody knows beforehand; 0 where the input alone is billed."""
    reserved: float
    kept: float
    knowing: float
    """What a reservation by the spread of lengths itself would have been."""


def estimates_from_above(loads: int = 400) -> Figure:
    """P-snowflake-08: random loads of all three functions, the smallest of one row.

    Where the input alone is billed, and from ten summaries on, it passes within the bounds. Of
    fewer, of lengths that nobody knows, no estimate from above is within them: there it passes
    where it is about as narrow as that of one who knows how lengths are spread.
    """
    config = configuration.load()
    ratios = [_ratios(seed, config) for seed in range(loads)]
    few = [one for one in ratios if 0 < one.summaries < _FEW]
    others = [one.reserved for one in ratios if not 0 < one.summaries < _FEW]
    kept = [one.kept for one in ratios]
    bound, knowing = ([getattr(one, by) for one in few] for by in ("reserved", "knowing"))
    above = max(one.reserved / one.knowing for one in few)
    return Figure(
        "P-snowflake-08",
        f"AI_estimate_against_billed_in_{loads}_random_loads",
        f"{min(kept):.3f} to {max(kept):.3f} as the ledger keeps it; reserved beforehand "
        f"{min(others):.3f} to {max(others):.3f}, and for less than {_FEW} summaries "
        f"{min(bound):.3f} to {max(bound):.3f}, where who knows the spread of their lengths would "
        f"reserve {min(knowing):.3f} to {max(knowing):.3f} (at most {above:.3f} of that)",
        f"1.00 to 1.25, never below 1; for less than {_FEW} summaries at most {_ABOVE_KNOWING} of "
        "what the spread of lengths needs",
        min(kept + bound + others) >= 1.0
        and max(kept + others) <= 1.25
        and above <= _ABOVE_KNOWING,
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
    knowing = int(fake.most_of_summaries(rows)) if summarised and rows < _FEW else output
    return Ratios(
        rows if summarised else 0,
        price.micro_dollars(most) / billed,
        price.micro_dollars(Tokens(most.input, output)) / billed,
        price.micro_dollars(Tokens(most.input, knowing)) / billed,
    )


def _summary(chance: random.Random) -> str:
    """About as long as they are, seldom half or double."""
    return f"{chance.getrandbits(64):x}".ljust(
        int(chance.lognormvariate(math.log(_USUAL), _SPREAD)), "w"
    )


def _text(chance: random.Random, usual: int) -> str:
    length = min(max(3, int(chance.lognormvariate(math.log(usual), 0.6))), 5 * usual)
    return f"{chance.getrandbits(64):x}".ljust(length, "w")[:length]

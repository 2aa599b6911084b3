"""AI statements: what is reserved beforehand against what the fake bills."""

import math
import random

from cs_assets.ai import configuration
from cs_assets.ai.requests import Tokens
from cs_assets.ai.statements import Statement
from cs_assets.ai.token_estimate import Counted, sampled
from tests.figures import Figure


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


def estimates_from_above(loads: int = 400) -> Figure:
    """P-snowflake-08: random loads of all three functions; money reserved against money billed."""
    config = configuration.load()
    ratios = [_ratio(seed, config) for seed in range(loads)]
    worst, most = min(ratios), max(ratios)
    return Figure(
        "P-snowflake-08",
        f"AI_estimate_against_billed_in_{loads}_random_loads",
        f"{worst:.3f} to {most:.3f}",
        "1.00 to 1.25",
        worst >= 1.0 and most <= 1.25,
    )


def _ratio(seed: int, config: configuration.AiConfiguration) -> float:
    chance, fake = random.Random(seed), FakeTokens(seed)
    function = chance.choice(["ai_sentiment", "ai_summarize", "ai_embed"])
    rows = int(10 ** chance.uniform(0, 3.6 if function != "ai_summarize" else 2.3))
    usual = {"ai_sentiment": 60, "ai_summarize": 9_000, "ai_embed": 1_600}[function]
    texts = [_text(chance, usual) for _ in range(rows)]
    output = 0
    billed_output = 0
    if function == "ai_summarize":  # as ai_backlog learns it from those that are there
        lengths = [chance.randint(600, 1_200) for _ in range(rows + 200)]
        past, now = lengths[:200], lengths[200:]
        mean = sum(past) / 200
        spread = math.sqrt(sum((one - mean) ** 2 for one in past) / 199)
        output = int((mean + 5 * spread / math.sqrt(200)) / 3) + 1
        billed_output = sum(math.ceil(one / 4) for one in now)
    price = config.model(function)
    sample = sampled(texts)
    counted = Counted(tuple(map(len, sample)), tuple(map(fake.of, sample)))
    statement = Statement(function, "x", rows, sum(map(len, texts)), output, sample)
    reserved = price.micro_dollars(statement.tokens(counted, price.overhead_tokens))
    input_billed = sum(map(fake.of, texts)) + rows * price.overhead_tokens
    return reserved / price.micro_dollars(Tokens(input_billed, billed_output))


def _text(chance: random.Random, usual: int) -> str:
    length = min(max(3, int(chance.lognormvariate(math.log(usual), 0.6))), 5 * usual)
    return f"{chance.getrandbits(64):x}".ljust(length, "w")[:length]

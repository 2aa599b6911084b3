"""AI functions in SQL, ledgered: one statement for many rows is one entry of the ledger.

What it uses is estimated from above (``token_estimate``): from the characters it reads, the tokens
that Snowflake counts in a sample of its texts, and the prompt that some functions hide before each
row and bill (``overhead_tokens`` in ``ai.yaml``). Snowflake tells the truth only minutes later in
its usage view; ``sql/ai/cortex_usage`` reconciles.
Which rows need the call at all is the statement's own business (it keeps what has
the same words and model), so nothing is reused here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.ledger.ledger import AiLedger, Estimate, Purpose, Refused, Reserved
from cs_assets.ai.requests import Tokens
from cs_assets.ai.token_estimate import Counted, tokens_at_most

Result = TypeVar("Result")

PROVIDER = "cortex-sql"


class CeilingReached(Exception):
    """The statement was not run; the message says which ceiling it would have passed."""


@dataclass(frozen=True)
class Statement:
    """One statement that calls an AI function for each of ``rows`` rows.

    ``function`` is its name and that of its price in ``ai.yaml`` (``ai_sentiment``,
    ``ai_summarize``, ``ai_complete``, ``ai_embed``); ``name`` the file under ``sql/``;
    ``characters`` the length of all texts together; ``output_tokens`` the most that
    a row may give back (0 for functions billed by input alone).
    """

    function: str
    name: str
    rows: int
    characters: int
    output_tokens: int = 0
    sample: tuple[str, ...] = ()
    """Some of the texts, or all: their tokens are counted where that can be done."""

    def tokens(self, counted: Counted | None = None, overhead: int = 0) -> Tokens:
        """At most, with what was ``counted`` of the sample and ``overhead`` tokens a row."""
        read = tokens_at_most(self.characters, self.rows, counted, overhead)
        return Tokens(read, self.rows * self.output_tokens)


def run(
    statement: Statement,
    call: Callable[[], Result],
    *,
    ledger: AiLedger,
    configuration: AiConfiguration,
    purpose: Purpose,
    key: str,
    counted: Counted | None = None,
) -> Result:
    """Reserve, call, settle. ``key`` names this one execution (run, statement, period).

    Raises ``CeilingReached`` before anything is run, and whatever ``call`` raises
    after writing it down. No rows, no entry.
    """
    if statement.rows == 0:
        return call()
    price = configuration.model(statement.function)
    tokens = statement.tokens(counted, price.overhead_tokens)
    cost = price.micro_dollars(tokens)
    decision = ledger.reserve(
        key,
        purpose,
        provider=PROVIDER,
        model=statement.function,
        prompt_name=statement.name,
        prompt_version="sql",
        estimate=Estimate(tokens, cost),
        rows_covered=statement.rows,
        may_reuse=False,
    )
    if isinstance(decision, Refused):
        raise CeilingReached(f"{statement.name} was not run: {decision.reason}")
    if not isinstance(decision, Reserved):
        raise CeilingReached(f"{statement.name} was not run: another process runs it now")
    try:
        result = call()
    except Exception as error:
        # What it cost until then is not known, so the estimate stands.
        ledger.fail(decision.call_id, type(error).__name__, tokens, cost)
        raise
    ledger.settle(decision.call_id, tokens, cost, text="", model=statement.function)
    return result

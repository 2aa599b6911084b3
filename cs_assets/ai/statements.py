"""AI functions in SQL, ledgered: one statement for many rows is one entry of the ledger.

What it may use is estimated from above (``token_estimate``) and reserved: from the characters it
reads, the tokens that Snowflake counts in a sample of its texts, the prompt that some functions
hide before each row and bill (``overhead_tokens`` in ``ai.yaml``), and the length of earlier
answers. Once it has answered, the answers themselves are counted and the ledger keeps that. What
was billed Snowflake tells only minutes later in its usage view; ``sql/ai/cortex_usage`` reconciles.
Which rows need the call at all is the statement's own business (it keeps what has
the same words and model), so nothing is reused here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cs_assets.ai.configuration import AiConfiguration
from cs_assets.ai.ledger.ledger import AiLedger, Estimate, Purpose, Refused, Reserved
from cs_assets.ai.requests import Tokens
from cs_assets.ai.token_estimate import ENOUGH, Counted, output_at_most, tokens_at_most

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
    a row gives back while too few earlier answers are known (0 for functions billed by input
    alone).
    """

    function: str
    name: str
    rows: int
    characters: int
    output_tokens: int = 0
    sample: tuple[str, ...] = ()
    """Some of the texts, or all: their tokens are counted where that can be done."""
    past: tuple[str, ...] = ()
    """Earlier answers of the function, as many as are known up to some hundreds."""
    model: str = ""
    """The model that the function is given, where it is given one."""

    def tokens(
        self, counted: Counted | None = None, overhead: int = 0, past: Sequence[int] = ()
    ) -> Tokens:
        """At most, with what was ``counted`` of the sample, ``overhead`` tokens a row and the
        tokens of the ``past`` answers."""
        read = tokens_at_most(self.characters, self.rows, counted, overhead)
        if self.output_tokens and len(past) >= ENOUGH:
            return Tokens(read, output_at_most(self.rows, past))
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
    past: Sequence[int] = (),
    answered: Callable[[Result], int | None] = lambda _: None,
) -> Result:
    """Reserve, call, settle. ``key`` names this one execution (run, statement, period).

    ``answered``: the tokens of what came back, where they can be counted.
    Raises ``CeilingReached`` before anything is run, and whatever ``call`` raises
    after writing it down. No rows, no entry.
    """
    if statement.rows == 0:
        return call()
    price = configuration.model(statement.function)
    tokens = statement.tokens(counted, price.overhead_tokens, past)
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
    if (output := answered(result)) is not None:
        tokens = Tokens(tokens.input, output)
    ledger.settle(
        decision.call_id,
        tokens,
        price.micro_dollars(tokens),
        text="",
        model=statement.function,
    )
    return result

"""What the platform costs on Snowflake, by the statements that the local server receives."""

import re
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.figures import Figure
from tests.snowflake import gong_days
from tests.snowflake.statement_log import Sent

#: Statements of a gong run of the first version, measured as here.
_QUIET_BEFORE, _NEW_BEFORE = 160, 195
_QUIET_AT_MOST, _NEW_AT_MOST = 12, 60


class GongRuns(NamedTuple):
    """What runs of the gong job over eight days send, the days of the small tenant."""

    quiet: Sequence[Sent]
    with_a_new_call: Sequence[Sent]


@cache
def gong_runs() -> GongRuns:
    """A first run, one with nothing new, a call appears, and one more."""
    with tempfile.TemporaryDirectory() as folder, gong_days.installation(Path(folder)) as days:
        days.run()
        quiet = days.run()
        days.add_call()
        return GongRuns(quiet, days.run())


def statements_of_a_gong_run(runs: GongRuns | None = None) -> Figure:
    """P-snowflake-05: checks included, sign-in not."""
    quiet, new = map(len, runs or gong_runs())
    return Figure(
        "P-snowflake-05",
        "statements_of_a_gong_run",
        f"{quiet} with nothing new ({_QUIET_BEFORE} before), {new} with one new call "
        f"({_NEW_BEFORE} before)",
        f"at most {_QUIET_AT_MOST} and {_NEW_AT_MOST}",
        quiet <= _QUIET_AT_MOST and new <= _NEW_AT_MOST,
    )


#: Seconds of a statement with an AI function, and of any other, by the fake clock.
_AI_SECONDS, _SECONDS = 20.0, 0.1
_AI_FUNCTION = re.compile(r"\bAI_(SENTIMENT|SUMMARIZE|EMBED|COMPLETE)\(")


def locks_while_ai_runs() -> Figure:
    """P-snowflake-07: the longest that a transaction with AI in reach holds its locks."""
    with tempfile.TemporaryDirectory() as folder, gong_days.installation(Path(folder)) as days:
        days.run()
        sent = [*days.run("call_analysis_job"), *days.run("transcript_embeddings_job")]
    asked = sum(bool(_AI_FUNCTION.search(one.text)) for one in sent)
    longest = longest_lock(sent)
    return Figure(
        "P-snowflake-07",
        "longest_lock_while_ai_runs",
        f"{longest:.1f} s ({asked} statements of {_AI_SECONDS:.0f} s)",
        "at most 2 s",
        asked >= 3 and longest <= 2.0,
    )


def longest_lock(sent: Sequence[Sent]) -> float:
    """Seconds of the longest transaction, by the fake clock."""
    longest = held = 0.0
    is_open = False
    for one in sent:
        if one.kind == "BEGIN":
            held, is_open = 0.0, True
        held += _AI_SECONDS if _AI_FUNCTION.search(one.text) else _SECONDS
        if is_open:
            longest = max(longest, held)
        if one.kind in ("COMMIT", "ROLLBACK"):
            is_open = False
    return longest


BY_ID = {
    "P-snowflake-05": statements_of_a_gong_run,
    "P-snowflake-07": locks_while_ai_runs,
}

"""What the platform costs on Snowflake, by the statements that the local server receives."""

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


BY_ID = {
    "P-snowflake-05": statements_of_a_gong_run,
}

"""What a check of the doctor on a Snowflake account finds."""

from typing import Literal, NamedTuple

#: How a person mends what a step of the set-up makes.
SET_UP = "run cs-assets setup snowflake --only {step}"


class Found(NamedTuple):
    """What one check found; ``mend`` says what to do about it."""

    check: str
    verdict: Literal["ok", "warning", "failed"]
    detail: str
    mend: str = ""

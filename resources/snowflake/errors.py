"""What an error of Snowflake means: try again, reconnect, or tell a person how to mend it."""

from snowflake.connector import errors

from cs_assets.errors import CsAssetsError, Unavailable
from cs_assets.redaction import redacted

#: The session is gone; a new one may do the same work.
_EXPIRED = frozenset({390111, 390112, 390114})

#: Worth another try: too many waiters on one table's lock, and what the network did.
_TRANSIENT = frozenset({625, 250001, 250003, 251011, 290404, 290500, 290502, 290503, 290504})

_MEND = {
    2003: "create it with cs-assets setup snowflake, or grant the role access to it",
    2043: "create it with cs-assets setup snowflake, or grant the role access to it",
    3001: "grant the role what it lacks (cs-assets setup snowflake --print shows the grants)",
    3013: "grant the user that role, or let someone who has it run this",
    604: "the statement was cancelled or ran into its time limit (SNOWFLAKE_STATEMENT_TIMEOUT)",
    630: "the statement ran into its time limit (SNOWFLAKE_STATEMENT_TIMEOUT)",
    606: "no warehouse is running: set SNOWFLAKE_WAREHOUSE and grant USAGE and OPERATE on it",
    394304: "the key does not belong to the user: set RSA_PUBLIC_KEY of the user",
    394303: "the clock of this machine is off by too much",
}


def is_expired(error: Exception) -> bool:
    """Whether the session or its token has run out."""
    return getattr(error, "errno", None) in _EXPIRED


def is_transient(error: Exception) -> bool:
    """Whether the same work, done again, may well succeed."""
    if is_expired(error) or getattr(error, "errno", None) in _TRANSIENT:
        return True
    return isinstance(error, errors.OperationalError) and not isinstance(
        error, errors.ProgrammingError
    )


def told(error: errors.Error) -> CsAssetsError:
    """The error as one line: what Snowflake said, its query id, and how to mend it."""
    said = redacted(error.raw_msg or error.msg or error, 300)
    query = f", query {error.sfqid}" if getattr(error, "sfqid", None) else ""
    if is_transient(error):
        return Unavailable(
            f"Snowflake did not answer ({error.errno}{query}): {said}; try again later"
        )
    mend = _MEND.get(error.errno or 0)
    return CsAssetsError(
        f"Snowflake refused ({error.errno}{query}): {said}" + (f"; {mend}" if mend else "")
    )

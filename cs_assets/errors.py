"""The errors that reach a person as one line.

CsAssetsError            exit status 1
  UsageError             exit status 2: what was asked for cannot be
  Unavailable            something outside did not answer; trying later may help
"""


class CsAssetsError(Exception):
    """Says what is wrong, where, and how to mend it, in one line."""

    exit_status = 1


class UsageError(CsAssetsError):
    """What was asked for does not exist or makes no sense."""

    exit_status = 2


class Unavailable(CsAssetsError):
    """Something outside (warehouse, provider) did not answer in time."""

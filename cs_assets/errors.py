"""The errors that reach a person as one line.

CsAssetsError            exit status 1: it failed
  UsageError             exit status 2: what was asked for cannot be
  Unavailable            something outside did not answer; trying later may help
    NotCopied            nor does the local copy hold what was asked for

Every room's own errors stand below one of these. An error that reaches a person and does not is a
defect, and is told as one ("unexpected: ...").
"""

from cs_assets.redaction import without_secrets


class CsAssetsError(Exception):
    """Says what is wrong, where, and how to mend it, in one line."""

    exit_status = 1
    keeps_lines = False
    """A list of what to mend keeps its lines; all else is told in one."""

    def told(self) -> str:
        """As a terminal shows it."""
        said = without_secrets(str(self))
        return said if self.keeps_lines else " ".join(said.split())


class UsageError(CsAssetsError):
    """What was asked for does not exist or makes no sense."""

    exit_status = 2


class Unavailable(CsAssetsError):
    """Something outside (warehouse, provider) did not answer in time."""


class NotCopied(Unavailable):
    """The warehouse is away, and its local copy does not hold what was asked for."""

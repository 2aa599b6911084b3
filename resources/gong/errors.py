"""What can go wrong between us and Gong, each as its own kind.

GongError              Gong said no, or said something that is no answer
  BadCredentials       key, secret or token refused, or the base URL is another company's
  MissingScope         the key may not read this one endpoint; others go on
  RateLimited          the quota is used up until ``resume_at``; what was read is kept
GongUnavailable        no usable answer after several attempts
"""

import datetime as dt

from cs_assets.errors import CsAssetsError, Unavailable


class GongError(CsAssetsError):
    """Gong refused a request, or answered what no client can read."""


class BadCredentials(GongError):
    """Gong does not take the credentials at this address."""


class MissingScope(GongError):
    """The credentials lack the right to read ``endpoint``."""

    def __init__(self, scope: str, endpoint: str) -> None:
        super().__init__(
            f"Gong: the key lacks the scope '{scope}' for {endpoint}; "
            "a technical administrator of Gong can grant it"
        )
        self.scope = scope
        self.endpoint = endpoint


class RateLimited(GongError):
    """Gong takes no more requests until ``resume_at`` (UTC, aware)."""

    def __init__(self, resume_at: dt.datetime, why: str) -> None:
        super().__init__(f"rate limited, resume at {resume_at:%Y-%m-%dT%H:%M:%SZ} ({why})")
        self.resume_at = resume_at


class GongUnavailable(Unavailable):
    """Gong did not give a usable answer within the attempts allowed."""

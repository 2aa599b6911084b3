"""What every decision of a person needs: where it is kept, and who was first."""

import datetime as dt
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import pandas as pd

from cs_assets.errors import UsageError


class Ledger(Protocol):
    """Of the warehouse port, what decisions need."""

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> pd.DataFrame: ...

    def transaction(self, *tables: str) -> AbstractContextManager[None]: ...

    def append(self, table: str, rows: pd.DataFrame) -> int: ...

    def merge(self, table: str, rows: pd.DataFrame) -> Any: ...


class DecidedAlready(UsageError):
    """Somebody else was first; says who and when. Nothing was changed."""

    def __init__(self, what: str, who: Any, when: Any) -> None:
        self.what, self.who = what, str(who)
        self.when: dt.datetime = pd.Timestamp(when).to_pydatetime()
        super().__init__(
            f"{what} by {self.who} already ({self.when.day} {self.when:%B %Y, %H:%M:%S} UTC); "
            "nothing was changed"
        )


def is_newer(decided_at: Any, seen_at: dt.datetime | None) -> bool:
    """Whether a decision was made after somebody looked; never where nobody says when that was."""
    return seen_at is not None and pd.Timestamp(decided_at) > pd.Timestamp(seen_at)

"""What people decided before on owners, as the next recommendation respects it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from cs_assets.routing.rows import rows_of


@dataclass(frozen=True)
class Decisions:
    """The CSM that people chose for an account, and whom they refused."""

    pins: Mapping[str, str] = field(default_factory=dict)
    refused: frozenset[tuple[str, str]] = frozenset()


def decisions_of(frame: pd.DataFrame) -> Decisions:
    """The newest decision on each account counts; refusals stay until overridden."""
    pins: dict[str, str] = {}
    refused: set[tuple[str, str]] = set()
    for row in rows_of(frame):
        pair = (row["account_id"], row["worker_id"])
        if row["decision"] == "reject":
            refused.add(pair)
            if pins.get(pair[0]) == pair[1]:
                del pins[pair[0]]
        else:
            pins[pair[0]] = pair[1]
            refused.discard(pair)
    return Decisions(pins, frozenset(refused))

"""What an asset asked of Snowflake in a run, as the UI shows it: statements, seconds, query ids.

Credits come hours later (``cs_assets.operations``); by the query ids a person finds the statements
in Snowflake's history at once.
"""

import threading
from dataclasses import dataclass, field

#: Query ids that are told: those that took longest.
_TOLD = 20


@dataclass
class Spent:
    """The statements of one asset; added to by its threads."""

    statements: int = 0
    seconds: float = 0.0
    longest: list[tuple[float, str, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, query_id: str | None, text: str, seconds: float) -> None:
        """Count a statement: its id, its first word, and how long its rows took to come."""
        with self._lock:
            self.statements += 1
            self.seconds += seconds
            if query_id:
                word = text.split(None, 1)[0].upper() if text.strip() else ""
                self.longest.append((round(seconds, 3), query_id, word))
                self.longest = sorted(self.longest, reverse=True)[:_TOLD]

    def metadata(self) -> dict[str, object]:
        """The same keys each time, so that the UI plots them."""
        import dagster as dg  # not there where the desk runs inside Snowflake

        ids = [{"query": one, "kind": word, "seconds": s} for s, one, word in self.longest]
        return {
            "snowflake/statements": self.statements,
            "snowflake/seconds": round(self.seconds, 3),
            "snowflake/longest": dg.MetadataValue.json(ids),
        }


def tell(spent: Spent) -> None:
    """Put it on the assets of the step that runs in this thread; elsewhere there is nobody to
    tell: checks, sensors and commands make no asset."""
    import dagster as dg

    try:
        context = dg.AssetExecutionContext.get()
    except dg.DagsterInvariantViolationError:
        return
    for key in context.selected_asset_keys:
        context.add_asset_metadata(spent.metadata(), asset_key=key)

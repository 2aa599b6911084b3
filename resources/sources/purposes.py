"""What source files are for, and which of them each purpose cannot do without.

A table says so itself (``needed for:``). All else is evidence: where it is missing, what rests on
it says so.
"""

from collections.abc import Collection

from resources.sources.staging import source_tables

#: What can be asked for alone. Digests rest on calls; no source file is needed for them.
PURPOSES = ("reviews", "routing", "digests")


def needed(purpose: str) -> list[str]:
    """The tables without which ``purpose`` makes nothing."""
    return [name for name, table in source_tables().items() if purpose in table.needed_for]


def lacking(purpose: str, there: Collection[str]) -> list[str]:
    """The tables that ``purpose`` needs and that are not among ``there``."""
    return [name for name in needed(purpose) if name not in there]

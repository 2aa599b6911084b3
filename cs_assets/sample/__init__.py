"""The sample tenant: a made-up company with customers, calls and planted truths.

Everything is generated from fixed seeds: the same bytes on every machine and
every day. ``write_tenant`` writes what the platform reads, CSV files and
answers of the Gong API, and nothing else.
"""

from pathlib import Path

from cs_assets.sample.calls.gong_files import write_gong
from cs_assets.sample.tables import write_sources


def write_tenant(sources: Path, gong: Path, weeks_later: int = 0) -> dict[str, int]:
    """Write the tenant's CSV files to ``sources`` and its calls to ``gong``.

    ``weeks_later`` moves every day of it (``clock.weeks_later``): the same tenant, ending later.
    Returns rows by source table, and the numbers of calls, transcripts and users.
    """
    return write_sources(sources, weeks_later) | write_gong(gong, weeks_later)


__all__ = ["write_tenant"]

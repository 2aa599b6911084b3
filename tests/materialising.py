"""Runs of assets on an embedded warehouse that stays open meanwhile.

Opening the file for each asset anew, as runs of the platform do, is a quarter of the work of a
small run. The assets' sessions are then all one; their transactions stay their own. What turns at
the file mean is tested in ``tests/resources`` and by whole cycles.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

#: What goes wrong is raised; to write each event out as a line took a tenth of a small run.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def materialize(
    assets: Sequence[Any], *, resources: Mapping[str, Any], **more: Any
) -> dg.ExecuteInProcessResult:
    """As ``dg.materialize``, for one process and one thread."""
    config = {**_QUIET, **(more.pop("run_config", None) or {})}
    with resources["warehouse"].session("test"):
        return dg.materialize(assets, resources=resources, run_config=config, **more)

"""The weekly cycle on the storage of ours and on Dagster's own, in turns.

P-cycle-01 processor time of ``run weekly`` over the sample tenant: ours as a share of Dagster's
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from cs_assets.sample.calls.gong_files import write_gong
from cs_assets.sample.tables import write_sources
from resources.home import Home
from tests.figures import Figure
from tests.timed_commands import ended

_ROOT = Path(__file__).parents[2]
_CONFIG = _ROOT / "cs_assets" / "config" / "dagster.yaml"


def storage(turns: int = 2, most: float = 0.8) -> Figure:
    """Seconds are processor time of whole commands, the quickest turn of each; wall beside it."""
    ours, theirs, walls = [], [], {"ours": [0.0], "theirs": [0.0]}
    with tempfile.TemporaryDirectory() as folder:
        seed = Home(Path(folder) / "seed").ensure()
        write_sources(seed.sources)
        write_gong(seed.gong_export)
        for _ in range(turns):
            for name, seconds in (("ours", ours), ("theirs", theirs)):
                home = Path(folder) / name
                shutil.copytree(seed.root, home)
                if name == "theirs":
                    _use_dagsters_own(Home(home))
                processor, wall = _cycle(home)
                seconds.append(processor)
                walls[name].append(wall)
                shutil.rmtree(home)
    share = min(ours) / min(theirs)
    value = (
        f"{share:.2f} ({min(ours):.1f} of {min(theirs):.1f} CPU s; "
        f"wall {min(walls['ours'][1:]):.0f} of {min(walls['theirs'][1:]):.0f} s)"
    )
    return Figure("P-cycle-01", "cycle on our storage", value, f"<= {most:g}", share <= most)


def _use_dagsters_own(home: Home) -> None:
    """The settings as they come, but for the storage."""
    settings = yaml.safe_load(_CONFIG.read_text(encoding="utf-8"))
    settings["storage"] = {"sqlite": {"base_dir": str(home.dagster)}}
    home.dagster.mkdir()
    (home.dagster / "dagster.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def _cycle(home: Path) -> tuple[float, float]:
    """Processor and wall seconds of one cycle."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    said = home / "said"
    with said.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "cs_assets.cli", "run", "weekly", "--home", str(home)],
            env=kept | {"PYTHONPATH": str(_ROOT), "DAGSTER_DISABLE_TELEMETRY": "1"},
            stdout=file,
            stderr=file,
        )
    cycle = ended(process, 1800)
    if cycle.status != 0:
        raise AssertionError(f"a cycle ended with {cycle.status}: {said.read_text()[-2000:]}")
    return cycle.processor, cycle.wall


BY_ID = {"P-cycle-01": storage}

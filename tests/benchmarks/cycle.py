"""The weekly cycle: the demo's by the clock; our storage beside Dagster's own, in turns.

P-cycle-01 processor time of ``run weekly`` over the sample tenant: ours as a share of Dagster's
P-ops-02   seconds of ``demo``'s cycle by the clock, and of its steps beside those that were kept
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from cs_assets.sample.calls.gong_files import write_gong
from cs_assets.sample.tables import write_sources
from resources.home import Home
from tests import figure_page
from tests.figures import Figure
from tests.timed_commands import Ended, ended

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


def demo(turns: int = 2, most: float = 28.0, above: float = 1.3) -> Figure:
    """The quickest of some turns, of the whole and of each step; on two quiet cores.

    A step is held against the page of measured figures where it takes a second there.
    """
    steps: dict[str, float] = {}
    for _ in range(turns):
        with tempfile.TemporaryDirectory() as folder:
            _command(Path(folder), "demo")
            for name, seconds in _steps((Path(folder) / "said").read_text(encoding="utf-8")):
                steps[name] = min(seconds, steps.get(name, seconds))
    row = figure_page.rows_of(figure_page.PAGE.read_text(encoding="utf-8")).get("P-ops-02")
    kept = dict(_steps(row[2])) if row else {}
    slower = [
        name
        for name, seconds in steps.items()
        if kept.get(name, 0) >= 1 and seconds > above * kept[name]
    ]
    whole = sum(steps.values())
    told = "; ".join(f"{name} {seconds:.1f} s" for name, seconds in steps.items())
    value = f"{whole:.1f} s, {len(slower)} of {len(kept)} slower ({told})"
    return Figure(
        "P-ops-02", "demo's cycle by the clock; steps above 1.3 times those kept", value,
        f"<= {most:g} s, 0", whole <= most and not slower,
    )  # fmt: skip


def _steps(said: str) -> list[tuple[str, float]]:
    """Steps and their seconds, from what the command told or from a row of the page."""
    found = re.findall(r"(?:^✓ |[(;] ?)([A-Z][^;(\n]*?) (\d+\.\d) s", said, re.MULTILINE)
    return [(name, float(seconds)) for name, seconds in found]


def _cycle(home: Path) -> tuple[float, float]:
    """Processor and wall seconds of one cycle."""
    cycle = _command(home, "run", "weekly")
    return cycle.processor, cycle.wall


def _command(home: Path, *arguments: str) -> Ended:
    """A command on a home, to its good end; what it says is in the file ``said`` there."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    said = home / "said"
    with said.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "cs_assets.cli", *arguments, "--home", str(home)],
            env=kept
            | {"PYTHONPATH": str(_ROOT), "DAGSTER_DISABLE_TELEMETRY": "1", "PYTHONUTF8": "1"},
            stdout=file,
            stderr=file,
        )
    done = ended(process, 1800)
    if done.status != 0:
        raise AssertionError(f"a cycle ended with {done.status}: {said.read_text()[-2000:]}")
    return done


BY_ID = {"P-cycle-01": storage, "P-ops-02": demo}

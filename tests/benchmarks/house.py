"""Figures of the house: what it costs to load, and how it is built."""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import grimp

from tests.figures import Figure
from tests.house.built_wheel import demo_elsewhere
from tests.house.new_parts import new_check, new_criterion, new_schedule, new_source_table

_ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cs_assets", "resources", "sensors", "schedules", "sql")
_TURNS = 7
#: The commit that moved the rooms into rooms.
_MOVE = "ea7a13f"
#: Modules under this many lines that one other module imports: 35 before rooms held rooms.
_SMALL, _SMALL_BEFORE = 60, 35

_BARE = "import dagster"
_WHOLE = (
    "from cs_assets.definitions import defs; r = defs().get_repository_def(); "
    "r.get_all_jobs(); r.asset_graph.asset_check_keys"
)


def building() -> Figure:
    """P-house-01: CPU of loading and resolving all definitions, against bare Dagster's import."""
    bare, whole = [], []
    for _ in range(_TURNS):  # side by side, because the machine's speed changes by the minute
        bare.append(_cpu([sys.executable, "-W", "ignore", "-c", _BARE]))
        whole.append(_cpu([sys.executable, "-W", "ignore", "-c", _WHOLE]))
    times = median(w / b for w, b in zip(whole, bare, strict=True))
    return Figure("P-house-01", "definitions-built", f"{times:.2f}x", "<=2.5x", times <= 2.5)


def help_text() -> Figure:
    """P-house-02: CPU seconds of ``cs-assets --help``."""
    seconds = median(_cpu([*_program(), "--help"]) for _ in range(_TURNS))
    return Figure("P-house-02", "help", f"{seconds:.2f}s", "<=0.2s", seconds <= 0.2)


def deliveries_list() -> Figure:
    """P-house-03: CPU seconds of ``cs-assets deliveries list`` on a home with a ledger."""
    import datetime as dt

    from resources.ledger import opened
    from resources.settings import Settings

    with tempfile.TemporaryDirectory() as home:
        with opened(Settings.load(cs_assets_home=Path(home))) as made:
            made.ledger.suppress("a@b.example", reason="r", source="s", now=dt.datetime.now(dt.UTC))
        command = [*_program(), "--home", home, "deliveries", "list", "--state", "sent"]
        seconds = median(_cpu(command) for _ in range(_TURNS))
    return Figure("P-house-03", "deliveries-list", f"{seconds:.2f}s", "<=0.3s", seconds <= 0.3)


def circles() -> Figure:
    """P-house-05: modules that import each other, over however many steps."""
    graph = grimp.build_graph(*PACKAGES)
    below = {m: graph.find_modules_directly_imported_by(m) for m in graph.modules}
    inside = {m for m in below if _reaches(below, m)}
    return Figure("P-house-05", "modules-in-circles", str(len(inside)), "0", not inside)


def small_modules() -> Figure:
    """P-house-06: modules under 60 lines with a single importer."""
    graph = grimp.build_graph(*PACKAGES)
    small = 0
    for module in graph.modules:
        path = _ROOT / (module.replace(".", "/") + ".py")
        if path.is_file() and len(path.read_text(encoding="utf-8").splitlines()) < _SMALL:
            importers = {m for m in graph.find_modules_that_directly_import(module) if m != module}
            small += len(importers) == 1
    half = _SMALL_BEFORE // 2
    return Figure(
        "P-house-06", f"small-modules-of-one-importer(before:{_SMALL_BEFORE})", str(small),
        f"<{half}", small < half,
    )  # fmt: skip


def duplicates() -> Figure:
    """P-house-07: places that pylint finds twice, six lines and more, against the tree before."""
    with tempfile.TemporaryDirectory() as name:
        before = Path(name)
        archive = subprocess.run(
            ["git", "archive", f"{_MOVE}^", *PACKAGES],
            cwd=_ROOT, capture_output=True, check=True, timeout=120,
        )  # fmt: skip
        subprocess.run(["tar", "x"], cwd=before, input=archive.stdout, check=True, timeout=120)
        then, now = _twice(before), _twice(_ROOT)
    return Figure(
        "P-house-07", f"duplicate-places(before:{then})", str(now), f"<={0.4 * then:g}",
        now <= 0.4 * then,
    )  # fmt: skip


def _twice(tree: Path) -> int:
    """Places that stand twice in ``tree``, by pylint's ``duplicate-code``."""
    chosen = ["--disable=all", "--enable=duplicate-code", "--min-similarity-lines=6"]
    done = subprocess.run(
        [sys.executable, "-m", "pylint", *chosen, "--persistent=n", "--score=n", *PACKAGES],
        cwd=tree, capture_output=True, text=True, check=False, timeout=3600,
    )  # fmt: skip
    assert done.returncode in (0, 8), done.stderr  # 8: there are refactor messages
    return done.stdout.count("R0801")


def _reaches(below: dict[str, set[str]], module: str) -> bool:
    seen: set[str] = set()
    ahead = list(below[module])
    while ahead:
        one = ahead.pop()
        if one == module:
            return True
        if one not in seen:
            seen.add(one)
            ahead += below[one]
    return False


def _program() -> list[str]:
    return [str(Path(sys.executable).with_name("cs-assets"))]


def _cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, timeout=120, cwd=_ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


BY_ID = {
    "P-house-01": building,
    "P-house-02": help_text,
    "P-house-03": deliveries_list,
    "P-house-04b": new_source_table,
    "P-house-04c": new_check,
    "P-house-04d": new_schedule,
    "P-house-04e": new_criterion,
    "P-house-05": circles,
    "P-house-06": small_modules,
    "P-house-07": duplicates,
    "P-house-08": demo_elsewhere,
}

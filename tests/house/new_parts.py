"""Adds parts of the platform for real, in a copy of the tree, and counts the files it takes.

Pages that are made from code are made anew and not counted: nobody writes them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.figures import Figure
from tests.house.new_mail_provider import ROOT, changed_files

_ROOMS = ("cs_assets", "resources", "sensors", "schedules", "sql")

_TABLE = """-- One row per note of a partner on a customer.
-- key: note_id
CREATE TABLE IF NOT EXISTS source.partner_notes (
    note_id STRING NOT NULL,      -- the note
    customer_id STRING NOT NULL,  -- customer; joins customers.customer_id
    mood STRING                   -- how it sounds; one of: good, bad
)
"""
_ROWS = """        "partner_notes": [
            {"note_id": "N1", "customer_id": "CUST_12345", "mood": "good"},
        ],
        "case_studies": handwritten.case_studies(),"""
_USE_TABLE = """
import sys, warnings
warnings.simplefilter("ignore")
from pathlib import Path
from cs_assets.definitions import build_defs
from cs_assets.sample.tables import write_sources
from cs_assets.sources.checks import broken_rules
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.settings import Settings
from resources.sources.files import load_folder
home = Path(sys.argv[1])
write_sources(home / "sources")
warehouse = DuckDBWarehouse(path=str(home / "w.duckdb"))
load_folder(home / "sources", warehouse)
assert broken_rules(warehouse).empty
import duckdb
with duckdb.connect(str(home / "w.duckdb")) as db:
    db.execute("INSERT INTO source.partner_notes VALUES ('N1', 'nobody', 'odd')")
broken = broken_rules(warehouse)
rules = set(broken[broken["table_name"] == "partner_notes"]["rule"])
assert len(rules) == 3, rules
keys = {s.key.to_user_string() for s in build_defs(Settings.load()).resolve_all_asset_specs()}
assert "source_partner_notes" in keys
"""

_CHECK = """    unique_grains("insight", {"analytics.customer_insights": "customer_insights"}),
]"""
_USE_CHECK = """
import warnings
warnings.simplefilter("ignore")
from cs_assets.definitions import build_defs
from resources.settings import Settings
graph = build_defs(Settings.load()).resolve_asset_graph()
assert "customer_insights_grain_is_unique" in {k.name for k in graph.asset_check_keys}
"""

_SCHEDULE = '''"""Sources are read anew every night."""

import dagster as dg

sources_schedule = dg.ScheduleDefinition(
    name="sources_schedule", job_name="load_sources_job", cron_schedule="15 2 * * *"
)

schedules = [sources_schedule]
'''
_USE_SCHEDULE = """
import warnings
warnings.simplefilter("ignore")
from cs_assets.definitions import build_defs
from resources.settings import Settings
repository = build_defs(Settings.load()).get_repository_def()
assert repository.get_schedule_def("sources_schedule").job_name == "load_sources_job"
"""

_CRITERION = """      thanks_by_name:
        label: names what is done with the answer
        points: 10
        action: "Say what you will do with what you have just heard."
"""
_JUDGED = """        with_moment(
            heard.enough("engagement", "thanks_by_name", heard.rep("plan")), at_run
        ),
        _next_step(heard),"""
_USE_CRITERION = """
import datetime as dt, json
from cs_assets.calls.analysis import Call, analyse
from cs_assets.calls.impact import Deal
from cs_assets.calls.scoring.rubric import Rubric, Taxonomy
from cs_assets.calls.transcript import Sentence, Transcript
from cs_assets.config import load
rubric, taxonomy = load("coaching_rubric.yaml", Rubric), load("objections.yaml", Taxonomy)
said = (
    ("rep", "I will send you the pilot plan by Thursday and then we meet next Tuesday at ten."),
    ("customer", "Two clerks key in every invoice by hand and it takes us nine working days."),
) * 8
sides = {"rep": ("a", "Internal", "rep-user"), "customer": ("b", "External", None)}
sentences = [
    Sentence(n, *sides[who], 10_000 * n, 10_000 * n + 9_000, words)
    for n, (who, words) in enumerate(said)
]
call = Call("C1", dt.date(2026, 11, 2), "demo", "External", False, Deal(), None)
row = analyse(call, Transcript(sentences), rubric, taxonomy)
assert row["status"] == "scored", row["status"]
judged = json.dumps(json.loads(row["evidence"])["engagement"])
assert "names what is done with the answer" in judged, judged
"""


@dataclass(frozen=True)
class Part:
    """What is added, how, and a program that sees it work in the copy."""

    id: str
    what: str
    most: int
    add: Callable[[Path], None]
    use: str


def _add_table(copy: Path) -> None:
    (copy / "sql/tables/source/partner_notes.sql").write_text(_TABLE, encoding="utf-8")
    _replace(
        copy / "cs_assets/sample/tables.py",
        '        "case_studies": handwritten.case_studies(),',
        _ROWS,
    )


def _add_check(copy: Path) -> None:
    path = copy / "cs_assets/customers/checks.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.rindex("]")] + _CHECK + "\n", encoding="utf-8")


def _add_schedule(copy: Path) -> None:
    (copy / "schedules/sources.py").write_text(_SCHEDULE, encoding="utf-8")


def _add_criterion(copy: Path) -> None:
    _replace(
        copy / "cs_assets/config/coaching_rubric.yaml",
        "      next_step:\n        label: owned next step\n",
        _CRITERION + "      next_step:\n        label: owned next step\n",
    )
    scoring = copy / "cs_assets/calls/scoring"
    _replace(scoring / "rubric.py", '"checks_interest", "next_step")',
             '"checks_interest", "next_step", "thanks_by_name")')  # fmt: skip
    _replace(scoring / "engagement.py", "        _next_step(heard),", _JUDGED)


PARTS = (
    Part("P-house-04b", "source-table", 2, _add_table, _USE_TABLE),
    Part("P-house-04c", "check", 1, _add_check, _USE_CHECK),
    Part("P-house-04d", "schedule", 1, _add_schedule, _USE_SCHEDULE),
    Part("P-house-04e", "score-criterion", 3, _add_criterion, _USE_CRITERION),
)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name}: {old!r} stands there {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


def files_touched(part: Part) -> Figure:
    """Adds ``part`` in a copy, uses it there, and counts the files that differ."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for room in _ROOMS:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / room, copy / room, ignore=ignored)
        part.add(copy)
        changed = changed_files(copy, _ROOMS)
        done = subprocess.run(
            [sys.executable, "-c", part.use, str(copy / "home")],
            cwd=copy,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(copy),
                "PYTHONDONTWRITEBYTECODE": "1",
                "CS_ASSETS_HOME": str(copy / "home"),
            },
            capture_output=True,
            text=True,
            timeout=300,
        )
    trouble = done.stderr.strip().splitlines()[-1] if done.returncode else ""
    return Figure(
        part.id,
        f"files-touched-by-a-new-{part.what}",
        f"{len(changed)}{': ' + trouble if trouble else ''}",
        f"<={part.most}",
        len(changed) <= part.most and not trouble,
    )


def new_source_table() -> Figure:
    """P-house-04b: a source table with its sample, loaded and held against its contract."""
    return files_touched(PARTS[0])


def new_check() -> Figure:
    """P-house-04c: a check that the definitions hold."""
    return files_touched(PARTS[1])


def new_schedule() -> Figure:
    """P-house-04d: a schedule that the definitions hold."""
    return files_touched(PARTS[2])


def new_criterion() -> Figure:
    """P-house-04e: a criterion of the score that a call is judged by."""
    return files_touched(PARTS[3])

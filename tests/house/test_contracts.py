"""The import contracts are as strong as they say: a planted breach of each is caught."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: By contract: a module, and the import that it may not have.
BREACHES = {
    "Domain logic knows neither Dagster nor the outside": (
        "cs_assets/facts/wording.py",
        "dagster",
    ),
    "Rooms meet in tables, not in imports of each other": (
        "cs_assets/gong/rules.py",
        "cs_assets.calls.models",
    ),
    "Commands stand above the rooms, the rooms above what they share": (
        "cs_assets/facts/slots.py",
        "cs_assets.commands.rep",
    ),
    "The solver knows neither accounts nor policies": (
        "cs_assets/routing/solver/problem.py",
        "cs_assets.routing.policy",
    ),
    "Facts of a review know neither its words nor its editions": (
        "cs_assets/reviews/facts/rows.py",
        "cs_assets.reviews.editions.templating",
    ),
    "A message is built without ledger and transport": (
        "cs_assets/delivery/message/letter.py",
        "cs_assets.delivery.record.store",
    ),
}


def test_a_breach_of_each_contract_is_caught(tmp_path):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = [one["name"] for one in project["tool"]["importlinter"]["contracts"]]
    assert set(contracts) == set(BREACHES), "a contract without a breach that tries it"
    for package in project["tool"]["importlinter"]["root_packages"]:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=lambda _, names: _not_code(names)
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for place, breach in BREACHES.values():
        with (tmp_path / place).open("a", encoding="utf-8") as file:
            file.write(f"\nimport {breach}\n")
    done = subprocess.run(
        [
            Path(sys.executable).with_name("lint-imports"),
            "--config",
            "pyproject.toml",
            "--no-cache",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={"PYTHONPATH": str(tmp_path), "PATH": "", "COLUMNS": "200"},
    )
    assert done.returncode == 1, done.stdout + done.stderr
    broken = set(re.findall(r"^(.+?) BROKEN", done.stdout, re.MULTILINE))
    assert broken == set(contracts)


def _not_code(names: list[str]) -> set[str]:
    return {name for name in names if name == "__pycache__" or name.endswith((".ttf", ".csv"))}

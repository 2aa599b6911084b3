"""A user's own folder on the command line: templates, mistakes, and what is there."""

import json
import os
import subprocess
import sys

from tests.waiting import PATIENCE


def run(*arguments):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CS_ASSETS")}
    return subprocess.run(
        [sys.executable, "-m", "cs_assets.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=PATIENCE,
    )


def spoil(sources):
    """Three mistakes in two files; their places."""
    with (sources / "csms.csv").open("a", encoding="utf-8") as file:
        file.write("CSM009,Nobody,nobody@fairlight.example,Mars\n")
    lines = len((sources / "products.csv").read_text("utf-8").splitlines())
    with (sources / "products.csv").open("a", encoding="utf-8") as file:
        file.write("CUST_NOBODY,GL,yesterday,active,5,100,\n")
    return ["csms.csv:6", f"products.csv:{lines + 1}", f"products.csv:{lines + 1}"]


def test_a_folder_with_mistakes_ends_with_status_2_and_a_list(sources, tmp_path):
    places = spoil(sources)
    home = tmp_path / "home"
    done = run("demo", "--data", sources, "--home", home)
    assert done.returncode == 2
    first, *rest = done.stderr.strip().splitlines()
    assert first.startswith("cs-assets: 3 problems in 2 files of ")
    assert [line.split(": ")[0].strip() for line in rest] == places
    assert not (home / "warehouse.duckdb").exists()
    assert not (home / "sources").exists()


def test_a_check_tells_places_and_mends_and_makes_nothing(sources, tmp_path):
    places = spoil(sources)
    before = sorted(sources.iterdir())
    done = run("sources", "check", sources, "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert [f"{p['file']}:{p['line']}" for p in told["problems"]] == places
    assert all(problem["mend"] for problem in told["problems"])
    assert told["lacking"] == {}
    assert sorted(sources.iterdir()) == before


def test_a_template_is_explained_and_can_be_filled_in_below(tmp_path):
    assert run("sources", "template", tmp_path / "own", "--for", "reviews").returncode == 0
    csms = tmp_path / "own" / "csms.csv"
    assert "# csm_email (text, required): address" in csms.read_text("utf-8")
    with csms.open("a", encoding="utf-8") as file:
        file.write("C1,Ann,ann@fairlight.example,Mars\n")
    line = len(csms.read_text("utf-8").splitlines())
    done = run("sources", "check", tmp_path / "own", "--for", "reviews")
    assert done.returncode == 1
    assert f"csms.csv:{line}: region: expected one of" in done.stdout
    assert "reviews  cannot be made: no rows of csm_assignments.csv, customers.csv" in done.stdout
    assert run("sources", "template", tmp_path / "own").stdout.count("left as they were: csm_") == 1

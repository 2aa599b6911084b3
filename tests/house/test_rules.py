"""The rules of the house hold: layers, documents that are made, definitions that load."""

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from cs_assets.commands import made_docs
from resources.settings import Settings
from tests.benchmarks import house
from tests.house import architecture, snapshot
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


def test_rooms_and_layers_keep_apart():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--config", "pyproject.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout


def test_no_modules_import_each_other():
    figure = house.circles()
    assert figure.passed, f"{figure.value} modules in circles"


def test_no_module_gives_one_name_twice():
    """A constant that is set again further down counts above as well, whatever stands there."""
    for path in (one for name in (*house.PACKAGES, "tests") for one in (ROOT / name).rglob("*.py")):
        counted = Counter(_given(ast.parse(path.read_text(encoding="utf-8"))))
        assert not [name for name, times in counted.items() if times > 1], path


def _given(module: ast.Module) -> Iterator[str]:
    """Names that a module's own level gives, each as often as it does."""
    for node in module.body:
        if isinstance(node, ast.Assign):
            yield from (one.id for one in node.targets if isinstance(one, ast.Name))
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


@pytest.mark.parametrize("page", made_docs.PAGES)
def test_pages_made_from_code_are_true(page):
    written = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert written == made_docs.PAGES[page](), "run python -m cs_assets.commands.made_docs"


def test_definitions_load_in_a_fresh_interpreter_without_warnings(tmp_path):
    code = "from cs_assets.definitions import defs; print(len(defs().resolve_all_asset_specs()))"
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:cs_assets", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env={"PATH": "", "CS_ASSETS_HOME": str(tmp_path / "none"), "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 40
    assert "Warning" not in done.stderr
    assert not (tmp_path / "none").exists(), "loading definitions must not touch a file"


def test_every_asset_says_what_it_is(tmp_path):
    from cs_assets.definitions import build_defs

    definitions = build_defs(Settings.load(cs_assets_home=tmp_path))
    for spec in definitions.resolve_all_asset_specs():
        name = spec.key.to_user_string()
        assert spec.description, name
        assert spec.group_name not in (None, "default"), name
        assert spec.owners, name
        assert spec.kinds, name


def test_the_picture_of_the_house_is_true():
    written = architecture.PAGE.read_text(encoding="utf-8")
    assert written == architecture.page(), "run python -m tests.house.architecture"


@pytest.mark.parametrize("name", snapshot.SNAPSHOTS)
def test_what_is_promised_changes_only_on_purpose(name):
    """Definitions and command line as they were: a change of them shows in a file's diff."""
    written = (snapshot.FOLDER / name).read_text(encoding="utf-8")
    assert written == snapshot.SNAPSHOTS[name](), "on purpose? run python -m tests.house.snapshot"


def test_lineage_runs_from_calls_to_mails(tmp_path):
    """From the raw calls one can follow the arrows to every delivery."""
    import dagster as dg

    from cs_assets.definitions import build_defs

    graph = build_defs(Settings.load(cs_assets_home=tmp_path)).resolve_asset_graph()
    reached = dg.AssetSelection.assets("gong_calls_raw").downstream().resolve(graph)
    names = {key.to_user_string() for key in reached}
    assert {"rep_digest_deliveries", "team_summary_delivery", "weekly_report_deliveries"} <= names


def test_workspace_names_the_location_that_the_server_uses():
    from cs_assets.commands.serving.services import LOCATION

    ours = yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"][0]["python_module"]
    assert {name: ours[name] for name in LOCATION} == LOCATION


def test_every_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = project["dependencies"] + [line for lines in extras.values() for line in lines]
    names = {_name(line) for line in wanted} - {"cs-assets"}
    pins = {
        _name(line) for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line
    }
    assert names <= pins, names - pins
    assert "://" not in (ROOT / "constraints.txt").read_text()


def _name(requirement: str) -> str:
    for mark in "[<>=~ ;":
        requirement = requirement.split(mark)[0]
    return requirement.lower().replace("_", "-").replace(".", "-")


def test_no_page_holds_two_sides_of_a_merge():
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("cs_assets/**/*.yaml")]
    mark = re.compile(r"^(<{7}|>{7})( |$)", re.M)
    assert len(pages) > 30
    assert [page.name for page in pages if mark.search(page.read_text(encoding="utf-8"))] == []


def test_only_the_drawn_tree_has_exit_statuses():
    """An error with a status of its own, outside the tree, would be told as unexpected."""
    own = [
        str(path.relative_to(ROOT))
        for folder in ("cs_assets", "resources", "sensors", "schedules", "sql")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "errors.py" and "exit_status =" in path.read_text(encoding="utf-8")
    ]
    assert own == []


#: What makes an index in DuckDB; a constraint of these kinds has one too.
_INDEXED = re.compile(r"\b(PRIMARY\s+KEY|UNIQUE|FOREIGN\s+KEY|REFERENCES|CREATE\s+INDEX)\b", re.I)


def test_no_embedded_table_is_declared_with_an_index():
    """DuckDB loses look-ups of an index after a kill (docs/decisions.md)."""
    texts = [*(ROOT / "sql").rglob("*.sql"), *ROOT.glob("resources/duckdb/*.py")]
    assert len(texts) > 100
    found = []
    for path in texts:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".sql":
            text = re.sub(r"--.*", "", text)
        found += [f"{path.name}: {match[0]}" for match in _INDEXED.finditer(text)]
    assert not found


def test_no_embedded_table_has_an_index(warehouse):
    """Of every table as it is made, whatever declared it."""
    with warehouse.session() as db:
        ask = db._connection.execute
        tables = ask("SELECT COUNT(*) FROM duckdb_tables() WHERE NOT internal").fetchone()[0]
        indexes = ask("SELECT table_name, index_name FROM duckdb_indexes()").fetchall()
        constraints = ask(
            "SELECT table_name, constraint_type FROM duckdb_constraints() "
            "WHERE constraint_type NOT IN ('NOT NULL', 'CHECK')"
        ).fetchall()
    assert tables > 60
    assert (indexes, constraints) == ([], [])

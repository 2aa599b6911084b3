"""What the pages tell people to type is typed: on a finished home, or by the test that is named."""

import json
import re
import shlex
import shutil
from pathlib import Path

import dagster as dg
import pytest
import yaml

from cs_assets.definitions import build_defs
from cs_assets.routing.rehearsal import what_if
from resources.settings import Settings, variables
from resources.sources.forms import read_forms
from tests.cycle.conftest import Finished
from tests.faults.forked_commands import Commands

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
#: How a line begins that is not typed here, and the test that does it or reads it.
ELSEWHERE = {
    "make demo": "tests/test_demo.py",
    "make up": "tests/browser/test_dagster_ui.py",
    "cs-assets up": "tests/faults/team_week.py",
    "cs-assets desk": "tests/cycle/test_desk.py",
    "cs-assets mcp": "tests/answers/test_agents.py",
    "cs-assets ask --proof": "tests/answers/test_answers.py",
    "CS_ASSETS_MCP_TOKEN=": "tests/answers/test_agents.py",
    "SLACK_SIGNING_SECRET=": "tests/answers/test_agents.py",
    "cs-assets setup snowflake": "tests/snowflake/test_setup.py",
    "cs-assets demo --data": "tests/sources/test_command_line.py",
    "cs-assets --home crm-home/ demo": "tests/sources/test_command_line.py",
    "cs-assets --home my-home/ deliveries": "tests/delivery/test_commands.py",
    "cs-assets run ": "tests/cycle/test_weekly_cycle.py",
    "cs-assets route --replay": "tests/routing/test_replay.py",
    "cs-assets --home /srv/cs restore": "tests/delivery/test_backup.py",
    "cs-assets erase jane.doe": "tests/cycle/test_erasure.py",
    "GONG_LOADER": "tests/gong/test_landed.py",
    "export D": "tests/faults/team_week.py",
    "esc run": "tests/house/test_settings.py",
    "oauth2-proxy": "tests/desk/test_front.py",
    "pip install": "tests/supply",
    "python3 -m venv": "tests/supply",
    "/opt/cs-assets/bin/pip": "tests/supply",
    "docker": "tests/deploy/test_files.py",
    "cd docs/deploy": "tests/deploy/test_files.py",
}
#: Python and SQL of the pages, and the test that runs it as it stands there.
RUN_IN = {
    ("ai.md", "python"): "tests/ai/test_page.py",
    ("ai.md", "sql"): "tests/ai/test_page.py",
    ("reviews.md", "python"): "tests/reviews/test_editions.py",
    ("snowflake.md", "python"): "tests/snowflake/test_own_assets.py",
    ("desk.md", "sql"): "tests/desk/test_in_snowflake.py",
}
#: What stands for something of the reader's, in what is typed.
STANDS_FOR = {
    "ACCOUNT": "ACC_90001", "ID": "CSM002", "YOU": "ops@example.com", "FILE": "{folder}/case.yaml",
    "crm/": "{folder}/crm", "my-csv/": "{folder}/crm",
    "/backups/cs-2026-11-30.tar": "{folder}/b.tar",
}  # fmt: skip


def _lines(page: Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    blocks = "".join(re.findall(r"```sh\n(.*?)```", text, re.S)).replace("\\\n", " ")
    return [line.replace(".venv/bin/", "") for line in blocks.splitlines() if line.strip()]


def _snippets(page: str, language: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


LINES = [line for page in PAGES if page.stem != "troubleshooting" for line in _lines(page)]
TYPED = [line for line in LINES if not line.startswith(tuple(ELSEWHERE))]


def test_each_line_that_is_not_typed_here_is_in_a_test_that_is_there():
    unused = [told for told in ELSEWHERE if not any(line.startswith(told) for line in LINES)]
    assert unused == []
    assert [told for told in ELSEWHERE.values() if not (ROOT / told).exists()] == []


def test_python_and_sql_of_the_pages_is_run_by_a_test_that_reads_the_page():
    blocks = {
        (page.name, language)
        for page in PAGES
        for language in re.findall(r"```(python|sql)\n", page.read_text(encoding="utf-8"))
    }
    assert blocks == set(RUN_IN)
    for (page, _), test in RUN_IN.items():
        assert page in (ROOT / test).read_text(encoding="utf-8"), test


@pytest.fixture(scope="module")
def own(finished: Finished, tmp_path_factory) -> Path:
    """A copy of the home, for what is written, with the files that the lines speak of beside it."""
    folder = tmp_path_factory.mktemp("snippets")
    shutil.copytree(finished.home.root, folder / "home")
    shutil.copytree(finished.home.sources, folder / "crm")
    (case,) = _snippets("routing.md", "yaml")
    (folder / "case.yaml").write_text(case, encoding="utf-8")
    return folder


@pytest.mark.parametrize("line", TYPED)
def test_what_a_page_tells_to_type_answers(line: str, own: Path, forks: Commands):
    name, *words = shlex.split(line, comments=True)
    assert name == "cs-assets", f"{line}: say in ELSEWHERE where it is tried"
    told = [STANDS_FOR.get(word, word).format(folder=own) for word in words]
    done = forks.run(own / "home", told)
    allowed = (0, 1) if words[0] in ("doctor", "sources") or "--status" in words else (0,)
    assert done.status in allowed, done.said
    assert "Traceback" not in done.said
    assert "unexpected" not in done.said


def test_the_yaml_and_json_of_the_pages_is_read_by_what_reads_it(tmp_path: Path):
    (case,) = _snippets("routing.md", "yaml")
    path = tmp_path / "case.yaml"
    path.write_text(case, encoding="utf-8")
    assert list(what_if.read(path).leavers) == ["CSM001"]
    (narrowed,) = _snippets("for-data-engineers.md", "yaml")
    job = build_defs(Settings.load()).resolve_job_def("weekly_reviews_job")
    assert dg.validate_run_config(job, yaml.safe_load(narrowed))
    (mounted,) = _snippets("secrets.md", "yaml")
    (secret,) = yaml.safe_load(mounted)["env"]
    assert secret["name"].removesuffix("_FILE") in variables()
    (entry,) = _snippets("ask.md", "json")
    assert json.loads(entry)["mcpServers"]["cs-assets"]["args"][0] == "mcp"
    (forms,) = _snippets("sources.md", "yaml")
    (tmp_path / "sources.yaml").write_text(forms, encoding="utf-8")
    read = read_forms(tmp_path)
    assert read.formats.delimiter == ";"
    assert read.tables["customers"].columns["customer_id"].column == "Account ID"

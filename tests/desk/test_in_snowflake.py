"""The desk inside Snowflake, as far as this machine can tell: its files, and what it may."""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from cs_assets.commands.setup import app
from resources.settings import Settings
from resources.snowflake import callers, desk, desk_files
from resources.snowflake.callers import CallersWarehouse
from resources.snowflake.names import Names
from resources.snowflake.schemas import Schemas
from resources.snowflake.warehouse import PINNED
from sql import catalog
from tests.conftest import REPOSITORY

#: Runs the start as Streamlit would, where Dagster cannot be imported; prints what is shown.
_RUN = """
import sys
sys.modules.update(dict.fromkeys(("dagster", "dagster_snowflake", "resources.warehouse"), None))
import pkgutil, importlib
from streamlit.testing.v1 import AppTest
shown = AppTest.from_file("desk.py", default_timeout=300).run()
print([one.value for one in (*shown.warning, *shown.error, *shown.exception)])
import cs_assets.desk as room
assert "cs-assets-" in room.__file__, room.__file__
front = ("cs_assets.desk.front", "cs_assets.desk.chat", "cs_assets.desk.agents")
for one in pkgutil.walk_packages(room.__path__, "cs_assets.desk."):
    if not one.name.startswith(front):
        importlib.import_module(one.name)
import resources.snowflake.callers
assert not [name for name in sys.modules if name.split(".")[0] == "dagster" and sys.modules[name]]
"""


@pytest.fixture(scope="module")
def statements():
    shown = CliRunner().invoke(app, ["snowflake", "--print", "--only", "desk"])
    assert shown.exit_code == 0, shown.output
    return [one.strip() for one in re.split(r";\n", shown.output) if one.strip()]


def test_the_app_is_printed_whole_and_is_no_part_of_the_usual_plan(statements):
    made = next(one for one in statements if "STREAMLIT CS_ASSETS.DESK.DESK FROM" in one)
    assert "RUNTIME_NAME = 'SYSTEM$ST_CONTAINER_RUNTIME_PY3_11'" in made
    assert "COMPUTE_POOL = CS_ASSETS_DESK_POOL" in made
    after = statements[statements.index(made) + 1 :]
    assert after[0] == "ALTER STREAMLIT CS_ASSETS.DESK.DESK ADD LIVE VERSION FROM LAST"
    (pool,) = [one for one in statements if one.startswith("CREATE COMPUTE POOL")]
    assert "INITIALLY_SUSPENDED = TRUE" in pool  # nothing is paid before somebody looks
    usual = CliRunner().invoke(app, ["snowflake", "--print"]).output
    assert "STREAMLIT" not in usual


def test_what_the_page_grants_is_a_role_that_the_set_up_makes(statements):
    page = (REPOSITORY / "docs" / "desk.md").read_text(encoding="utf-8")
    (granted,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    (role,) = re.findall(r'GRANT ROLE (\w+) TO USER "ann@example\.com";', granted)
    assert any(re.match(rf"CREATE ROLE IF NOT EXISTS {role}\b", one) for one in statements)


def test_the_owner_reads_nothing_and_viewers_only_what_the_desk_shows(statements):
    granted = [one for one in statements if one.startswith("GRANT ")]
    owner = [one for one in granted if one.endswith("_DESK_OWNER")]
    own = [one for one in owner if "CALLER" not in one]
    assert not [one for one in own if re.search(r"SELECT|INSERT|UPDATE|DELETE|OWNERSHIP", one)]
    assert not [one for one in granted if "FUTURE" in one or "ALL PRIV" in one]
    assert not [one for one in granted if "_raw" in one or "dead_letters" in one]
    viewer = {
        found[2].partition(".")[2].lower(): found[1]
        for one in granted
        if (found := re.fullmatch(r"GRANT ([A-Z, ]+) ON TABLE (\S+) TO ROLE CS_ASSETS_DESK", one))
    }
    written = {name for name, what in viewer.items() if what != "SELECT" and "lock_" not in name}
    of = Names().schemas.of
    assert written == {of(one).lower() for one in desk.WRITTEN}
    assert set(desk.WRITTEN) <= set(catalog.tables())
    # Of a viewer's privileges the app may use each that it needs, and no other.
    callers = {one.replace("GRANT CALLER ", "GRANT ") for one in owner if "GRANT CALLER" in one}
    asked = {one.replace("_DESK_OWNER", "_DESK") for one in callers}
    tables = {one for one in granted if " ON TABLE " in one and one.endswith("_DESK")}
    assert tables <= asked


class _Viewer:
    """A viewer's connection that keeps what is executed on it."""

    def __init__(self) -> None:
        self.executed: list[str] = []
        self.raw_connection = self

    @contextmanager
    def cursor(self):
        yield SimpleNamespace(execute=self.executed.append)


def test_a_viewers_session_stands_and_counts_as_a_runs_does(statements, monkeypatch):
    viewer = _Viewer()
    monkeypatch.setattr("streamlit.connection", lambda name: viewer)
    callers._connection(CallersWarehouse(Schemas.parse("ops=LOCKS"), "CS")._ops)
    assert viewer.executed[0] == "USE SCHEMA CS.LOCKS"
    assert "GRANT CREATE STAGE ON SCHEMA CS_ASSETS.OPS TO ROLE CS_ASSETS_DESK" in statements
    for one in ("WEEK_START = 1", "TIMESTAMP_TYPE_MAPPING = 'TIMESTAMP_NTZ'", "AUTOCOMMIT = TRUE"):
        assert one in viewer.executed[1]
    assert re.search(r"TIMEZONE = 'UTC'.* LOCK_TIMEOUT = 420$", viewer.executed[1])
    assert callers.MEANING.items() <= PINNED.items()


def test_the_files_run_where_there_is_no_dagster(tmp_path):
    desk_files.write(tmp_path, Settings(desk_operations="ops@x.example"))
    assert {one.name for one in tmp_path.iterdir()} == set(desk.FILES)
    needed = (tmp_path / "requirements.txt").read_text()
    assert "dagster" not in needed
    assert re.search(r"^streamlit==\d", needed, re.M)
    assert "cs_assets_warehouse" in (tmp_path / "desk.py").read_text().lower()
    places = {"TMPDIR": str(tmp_path), "CS_ASSETS_HOME": str(tmp_path), "PYTHONPATH": ""}
    done = subprocess.run(
        [sys.executable, "-P", "-c", _RUN],
        cwd=tmp_path, env=os.environ | places, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert "not known who you are" in done.stdout, done.stdout

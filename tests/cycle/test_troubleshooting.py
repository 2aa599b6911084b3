"""The page of troubleshooting: a line for every finding of the doctor, and commands that answer."""

import datetime as dt
import os
import re
import shlex
from pathlib import Path

import pytest

from cs_assets.commands import doctor
from resources.duckdb.warehouse import DuckDBWarehouse
from resources.home import Home
from resources.settings import Settings
from tests.gong.landing import tables
from tests.house.findings import Told, told

PAGE = Path(__file__).resolve().parents[2] / "docs" / "troubleshooting.md"
TEXT = PAGE.read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in TEXT.splitlines()
    if line.startswith("| ") and "---" not in line
]
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.S) for line in block.splitlines()
]


def _pieces(text: str) -> list[str]:
    """What is fixed in a text, as plain words."""
    return [piece for piece in re.split(r"[…`]+", text) if len(piece.strip(" ,;:.()")) > 3]


def _is_in(one: Told, row: list[str]) -> bool:
    """Whether a row is about a finding: its check, and all that is fixed in what it says."""
    checks, says, mend = row
    known = one.check in checks.split(", ") or one.check == "…"
    return (
        known
        and all(piece.strip() in says for piece in _pieces(one.detail))
        and all(piece.strip(" ;") in mend for piece in _pieces(one.mend))
    )


@pytest.mark.parametrize("one", told(), ids=lambda one: f"{one.check}: {one.mend[:30]}")
def test_every_finding_of_the_doctor_has_a_line(one):
    assert any(_is_in(one, row) for row in ROWS if len(row) == 3), one


def test_every_line_is_a_finding_of_the_doctor():
    found = told()
    ours = {"line", "warehouse, ledgers", "grants, models, readers, agent"}
    stale = [
        row for row in ROWS if row[0] not in ours and not any(_is_in(one, row) for one in found)
    ]
    assert not stale


def test_every_line_of_the_brief_is_there():
    """No reports (assignments, data, agent), not running (schedule, warehouse), no PDF (package,
    data)."""
    heads = re.findall(r"(?m)^## (.+)$", TEXT)
    assert heads[:3] == [
        "No reports are generated", "The weekly run does not start", "A PDF is missing or empty",
    ]  # fmt: skip
    for words in (
        "CSM_ASSIGNMENTS", "conversions", "SHOW GRANTS ON AGENT", "Automation", "SHOW WAREHOUSES",
        "pip install -r requirements.txt", "held",
    ):  # fmt: skip
        assert words in TEXT


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_answers(line, finished, forks, tmp_path):
    """Exit status 1 says that something was found, as the doctor and the watch do."""
    name, *arguments = shlex.split(line)
    assert name == "cs-assets"
    told = [str(tmp_path / word) if word.endswith(".pdf") else word for word in arguments]
    done = forks.run(finished.home.root, told)
    assert done.status in (0, 1), done
    assert "Traceback" not in done.said
    assert "unexpected" not in done.said
    assert len(done.said) > 10


def _tried(tmp_path: Path, monkeypatch) -> list[doctor.Finding]:
    """What the doctor says in homes and environments that are wrong in every way of this page."""
    found = []

    def asked(home: Path, **settings: str) -> None:
        with monkeypatch.context() as patched:
            for name, value in {"CS_ASSETS_HOME": str(home), **settings}.items():
                patched.setenv(name, value)
            found.extend(one for one in doctor.examine() if one.verdict != "ok")

    file, open_to_all, files = tmp_path / "file", tmp_path / "open", tmp_path / "answers"
    file.write_text("")
    open_to_all.mkdir()
    open_to_all.chmod(0o755)
    files.mkdir()
    for name in ("calls-extensive-1.json", "zz.json"):
        (files / name).write_text("{}")
    (open_to_all / "delivery.sqlite").write_bytes(b"no ledger" * 200)
    asked(tmp_path, CS_ASSETS_WAREHOUSE="oracle")
    asked(file)
    asked(file / "below")
    asked(
        open_to_all, GONG_ACESS_KEY="1", CS_ASSETS_WRITER="claude", EMAIL_PROVIDER="smtp",
        SMTP_HOST="mail.example", MAIL_FROM="a@mail.invalid.org",
        SLACK_BOT_TOKEN="xoxb-1", SLACK_BASE_URL="http://127.0.0.1:9/api/",
    )  # fmt: skip
    asked(tmp_path / "new", GONG_EXPORT_DIR=str(files))
    landed = Home(tmp_path / "landed").ensure()
    with DuckDBWarehouse(path=str(landed.warehouse)).session("test") as db:
        for statement in tables.declared("airbyte", "landing", embedded=True):
            db._run(statement)
    for schema in ("landing", "elsewhere"):
        asked(landed.root, GONG_LOADER="airbyte", GONG_LOADER_SCHEMA=schema)
    with monkeypatch.context() as patched:  # nobody is kept from writing who may do everything
        patched.setattr(doctor.os, "access", lambda path, mode: mode != os.W_OK)
        found.append(doctor._home(Settings.load(cs_assets_home=tmp_path)))
    now = dt.datetime.now(dt.UTC)
    found.append(doctor._of_daemon(now - dt.timedelta(hours=1), now, {}))
    found.append(doctor._of_daemon(now, now, {"gong_schedule": "late"}))
    return found


def test_each_line_of_the_doctor_is_what_it_says_then(tmp_path, monkeypatch):
    """But for the interpreter, and for answers of Gong, which ``tests/test_doctor.py`` tries."""
    found = _tried(tmp_path, monkeypatch)
    general = ROWS[: next(at for at, row in enumerate(ROWS) if row[0] == "connection")]
    for checks, says, mend in general[1:-1] + general[-1:]:
        if checks in ("line", "python") or "quota" in mend or "GONG_BASE_URL" in mend:
            continue
        assert any(
            one.check in checks.split(", ")
            and all(piece.strip() in one.detail for piece in _pieces(says))
            for one in found
        ), f"{checks}: {says}: {[(one.check, one.detail) for one in found]}"

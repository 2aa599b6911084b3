"""Others' words on a terminal: they steer nothing, and every locale can show them."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.markup import escape
from rich.table import Table

from cs_assets.commands import terminal
from cs_assets.commands.console import Console
from tests.faults import odd_names

_STYLES = re.compile(r"\x1b\[[0-9;]*m")
_ENVIRONMENTS = (
    {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "latin-1"},
)


def _marks(text: str) -> set[str]:
    return {
        c
        for c in text
        if c in odd_names.DIRECTION or (c not in "\n\t" and ord(c) < 32) or c == "\x9b"
    }


def test_a_line_goes_on_below_its_beginning_and_a_list_says_what_it_leaves_out(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys, "stdout", out := io.StringIO())
    Console(markup=True).hang(f"   [bold]why[/]: {escape('a [b] word, ') * 9}{'x' * 50}")
    lines = out.getvalue().splitlines()
    assert len(lines) > 3
    assert {len(line) - len(line.lstrip()) for line in lines} == {3}
    assert max(map(len, lines)) <= 40
    assert "".join("".join(lines).split()) == f"why:{'a[b]word,' * 9}{'x' * 50}"
    out.seek(0)
    out.truncate()
    Console().tell_more([1, 2], 2)
    assert not out.getvalue()
    Console().tell_more([1, 2, 3], 2)
    assert "1 more" in out.getvalue()


@pytest.mark.parametrize("markup", [False, True])
def test_a_console_styles_our_words_and_no_others(monkeypatch, markup):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr(sys, "stdout", out := io.StringIO())
    console = Console(markup=markup)
    table = Table("name")
    for name in odd_names.SEEDS:
        table.add_row(name.replace("[", "\\[") if markup else name)
        console.print(name, markup=False)
    console.print(table)
    console.print("[bold]ours[/]", markup=True)
    text = out.getvalue()
    assert "\x1b[1mours" in text
    assert "\x1b[31mRed" not in text
    assert "\x1b]0;" not in text
    assert not _marks(_STYLES.sub("", text))
    assert "[bold]rich[/bold]" in text or not markup


def test_plain_lines_and_json_keep_the_words_and_lose_the_marks(capsys):
    for name in odd_names.SEEDS:
        terminal.echo(name)
        terminal.echo_title(name)
    text = capsys.readouterr().out
    assert not _marks(text)
    assert "👩\u200d👩\u200d👧" in text
    terminal.echo_json(list(odd_names.SEEDS))
    text = capsys.readouterr().out
    assert not _marks(text)
    assert json.loads(text) == list(odd_names.SEEDS)


@pytest.mark.parametrize("environment", _ENVIRONMENTS)
def test_every_locale_can_be_written_to(tmp_path: Path, environment: dict[str, str]):
    code = (
        "import sys; from cs_assets.commands import terminal; terminal.prepare()\n"
        "from cs_assets.commands.console import Console\n"
        "from tests.faults.odd_names import SEEDS\n"
        "for name in (*SEEDS, sys.argv[1]):\n"
        "    terminal.echo(name); terminal.echo(name, error=True); Console().print(name)\n"
        "open(sys.argv[1], 'w').close()\n"
        "terminal.echo_json({'name': SEEDS})\n"
    )
    script = tmp_path / "show.py"
    script.write_text(code, encoding="utf-8")
    root = Path(__file__).resolve().parents[2]
    cleared = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, str(script), "Énergie 中文"],
        capture_output=True, check=False, timeout=60, cwd=tmp_path,
        env={**cleared, "PYTHONPATH": str(root), **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    text = done.stdout.decode("ascii" if environment["LC_ALL"] == "POSIX" else "latin-1")
    assert (tmp_path / "Énergie 中文").exists()
    assert tuple(json.loads(text[text.rindex('{\n "name"') :])["name"]) == odd_names.SEEDS
    assert b"Unicode" not in done.stderr


def test_a_command_with_a_foreign_name_says_so_in_any_locale(tmp_path: Path):
    done = subprocess.run(
        [Path(sys.executable).with_name("cs-assets"), "--home", str(tmp_path / "Énergie"), "digest",
         "\u202eنام"],
        capture_output=True, check=False, timeout=60,
        env={**os.environ, **_ENVIRONMENTS[0]},
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "Energie" in done.stderr.decode("ascii")


@pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")
@pytest.mark.parametrize("locale", ["POSIX", "C.UTF-8"])
def test_a_terminal_of_a_plain_locale_gets_plain_signs(locale: str):
    """Python takes it for one of UTF-8; a file or a pipe is left in UTF-8."""
    code = (
        "from cs_assets.commands import terminal; terminal.prepare()\n"
        "from rich.table import Table; from cs_assets.commands.console import Console\n"
        "from cs_assets.progress import Progress\n"
        "table = Table(); table.add_column('name', no_wrap=True); table.add_row('a' * 300)\n"
        "Console().print(table)\n"
        "with Progress(Console()).step('Énergie …'): pass\n"
    )
    ours, theirs = os.openpty()
    cleared = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=theirs, stderr=theirs, env={**cleared, "TERM": "xterm", "LC_ALL": locale},
    ) as running:  # fmt: skip
        os.close(theirs)
        said = _read_all(ours)
        assert running.wait(60) == 0, said
    assert said.isascii() == (locale == "POSIX")
    assert b"nergie" in said


def test_streams_that_are_closed_take_no_file_of_ours(tmp_path: Path):
    """``cs-assets … >&-``: what is printed must not go into the file that is opened next."""
    code = (
        "from cs_assets.commands import terminal; terminal.prepare()\n"
        "with open('made', 'w') as file:\n"
        "    terminal.echo('said'); terminal.echo('said', error=True); print('said', flush=True)\n"
        "    file.write('kept')\n"
        "terminal.let_go()\n"
    )
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -c "$1" <&- >&- 2>&-', sys.executable, code],
        check=False, timeout=60, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )  # fmt: skip
    assert (done.returncode, (tmp_path / "made").read_text()) == (0, "kept")


def test_places_and_weeks_that_cannot_be_are_one_line(tmp_path: Path):
    command = Path(sys.executable).with_name("cs-assets")
    for variable, value, expected in (
        ("CS_ASSETS_HOME", f"/{'x' * 5000}", "File name too long; mend that, or name another"),
        ("CS_ASSETS_START_WEEK", "9999-99-99", "CS_ASSETS_START_WEEK='9999-99-99' is no Monday"),
    ):
        done = subprocess.run(
            [command, "route"], capture_output=True, text=True, check=False, timeout=60,
            cwd=tmp_path, env={**os.environ, variable: value},
        )  # fmt: skip
        assert done.returncode in (1, 2)
        assert expected in done.stderr
        assert len(done.stderr) < 400


def _read_all(terminal_end: int) -> bytes:
    said = b""
    with contextlib.suppress(OSError):  # of the end that was closed
        while part := os.read(terminal_end, 4096):
            said += part
    os.close(terminal_end)
    return said

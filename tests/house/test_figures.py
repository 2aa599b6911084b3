"""The list of figures holds: one id each, of the letter of its command, none beside the list."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests import figure_page, run_figures
from tests.figures import ID, PACKAGES, Figure, Listed, listed

TESTS = Path(__file__).resolve().parents[1]


def test_no_id_is_used_twice():
    assert [id_ for id_, times in Counter(e.id for e in listed()).items() if times > 1] == []


def test_every_id_is_well_formed_and_of_its_commands_letter():
    assert len(listed()) > 80
    for entry in listed():
        assert ID.fullmatch(entry.id), entry
        assert PACKAGES[entry.id[0]] == entry.package, entry


def test_every_figure_that_is_made_is_listed():
    known = {entry.id for entry in listed()}
    made = {
        (path.name, node.args[0].value)
        for path in TESTS.rglob("*.py")
        if path.name != Path(__file__).name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Figure"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(made) > 60
    assert {(name, id_) for name, id_ in made if id_ not in known} == set()


def test_the_page_has_no_figure_that_is_gone():
    page = figure_page.PAGE.read_text(encoding="utf-8")
    assert set(figure_page.rows_of(page)) <= {entry.id for entry in listed()}


@pytest.mark.parametrize(
    "id_", ["P-house", "R-1", "D-01", "P-house-1", "coaching-power", "R-25b-1"]
)
def test_an_id_of_another_form_is_refused(id_):
    with pytest.raises(ValueError, match="is no id"):
        Figure(id_, "name", "1", "1", True)


def test_a_line_has_six_fields_whatever_is_in_them():
    figure = Figure("R-25b", "lost  and\tdoubled", "0 of\n3", "<= 1 %", False)
    assert figure.line() == "FIGURE R-25b lost_and_doubled 0_of_3 <=_1_% FAIL"
    with pytest.raises(ValueError, match="empty field"):
        Figure("R-25b", "name", " ", "0", True)


def test_figures_run_alone_by_id_in_a_process_of_their_own(capfd):
    assert run_figures.main("tests.benchmarks", ["P-snowflake-02"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [["FIGURE", "P-snowflake-02"]]
    assert len(lines[0].split()) == 6


def test_an_id_told_apart_by_letters_stands_for_all_of_them(capfd):
    assert run_figures.main("tests.benchmarks", ["--list", "P-scale-01"]) == 0
    assert capfd.readouterr().out.split() == ["P-scale-01a", "scale", "P-scale-01b", "scale"]


@pytest.mark.parametrize(
    ("package", "wrong"),
    [("tests.benchmarks", "R-14"), ("tests.judge", "P-calls-04"), ("tests.faults", "nothing")],
)
def test_what_does_not_exist_is_told_with_what_does(package, wrong, capfd):
    assert run_figures.main(package, [wrong]) == 2
    assert f"no figure or room {wrong}; there are" in capfd.readouterr().err


def test_a_figure_that_dies_or_hangs_has_failed_and_the_next_ones_run(tmp_path, monkeypatch, capfd):
    (tmp_path / "odd.py").write_text(
        "import os, time\n"
        "from tests.figures import Figure, NotHere\n"
        "def die(): os.kill(os.getpid(), 9)\n"
        "def hang(): time.sleep(60)\n"
        "def stranger(): return Figure('R-99', 'stranger', '0', '0', True)\n"
        "def absent(): raise NotHere('no such machine')\n"
        "def two(): yield from (Figure(f'R-9{n}', 'two', '0', '0', True) for n in (5, 6))\n"
        "BY_ID = {'R-91': die, 'R-92': hang, 'R-93': stranger, 'R-94': absent,\n"
        "         'R-95': two, 'R-96': two}\n"
    )
    makes = ("die", "hang", "stranger", "absent", "two", "two")
    entries = tuple(Listed(f"R-9{n}", "", "odd", make) for n, make in enumerate(makes, start=1))
    monkeypatch.setattr(run_figures, "listed", lambda: entries)
    monkeypatch.setattr(run_figures, "_room", lambda entry: entry.room)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert run_figures.main("", ["--limit", "5"]) == 1
    told, said = capfd.readouterr()
    verdicts = {line.split()[1]: line.split()[3::2] for line in told.splitlines()}
    assert verdicts == {
        "R-91": ["ended_with_-9", "FAIL"],
        "R-92": ["no_end_in_5_s", "FAIL"],
        "R-93": ["ended_with_1", "FAIL"],
        "R-95": ["0", "PASS"],
        "R-96": ["0", "PASS"],
    }
    assert "R-94 not measured here: no such machine" in said
    assert run_figures.main("", ["R-96"]) == 0
    assert "R-95" not in capfd.readouterr().out


def test_a_run_replaces_its_rows_of_the_page_and_no_other(tmp_path):
    page = tmp_path / "benchmarks.md"
    first, second = (e.id for e in listed()[:2])
    figure_page.write([Figure(i, "a | b", "1", "<= 2", True) for i in (first, second)], page)
    figure_page.write([Figure(first, "a | b", "3", "<= 2", False)], page)
    rows = figure_page.rows_of(page.read_text(encoding="utf-8"))
    assert list(rows) == sorted([first, second])
    assert rows[first][1:5] == ("a / b", "3", "<= 2", "FAIL")
    assert rows[second][1:5] == ("a / b", "1", "<= 2", "PASS")
    assert all("cores" in row[6] for row in rows.values())

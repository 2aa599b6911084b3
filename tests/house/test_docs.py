"""The documents are true: links lead somewhere, every setting and command is named."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from cs_assets.commands.made_docs import meanings_of_settings
from resources.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_setting_says_what_it_is():
    assert set(Settings.model_fields) == set(meanings_of_settings())


def test_every_command_says_what_it_does():
    from cs_assets import cli

    cli.mount_rooms()
    without = [name for name, command in _commands(get_command(cli.app)) if not command.help]
    assert not without


def test_the_readme_starts_with_two_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"## Set up\n\n```sh\n(.*?)```", text, re.DOTALL)
    assert block is not None
    assert len(block[1].strip().splitlines()) == 2


#: Pages that speak of the code as it is; the change log tells of what was.
PRESENT = [page for page in (*PAGES, ROOT / "CONTRIBUTING.md") if page.name != "CHANGELOG.md"]
_ROOTS = ("cs_assets", "resources", "sensors", "schedules", "sql", "tests", "docs")
_PATH = re.compile(rf"`((?:{'|'.join(_ROOTS)})/[\w./-]*)`")
#: Tags of runs, which look like paths.
_TAGS = {"cs_assets/process", "cs_assets/purpose"}
_MODULE = re.compile(rf"(?<![\w/])((?:{'|'.join(_ROOTS[:-1])})(?:\.[a-z_]+)+)\b")


@pytest.mark.parametrize("page", PRESENT, ids=lambda page: page.name)
def test_paths_and_modules_named_are_there(page):
    text = page.read_text(encoding="utf-8")
    lost = [p for p in _PATH.findall(text) if p not in _TAGS and not (ROOT / p).exists()]
    run = re.findall(r"python -m ((?:cs_assets|tests)[\w.]*)", text)
    lost += [name for name in {*run, *_MODULE.findall(text)} if not _is_module(name)]
    assert not lost


def _is_module(name):
    """A module, a package, or a name in one; a table's ``schema.name`` is no module of ours."""
    parts = name.split(".")
    for length in (len(parts), len(parts) - 1):
        place = ROOT.joinpath(*parts[:length])
        if place.with_suffix(".py").is_file():
            return length == len(parts) or parts[-1] in place.with_suffix(".py").read_text()
        if length == len(parts) and (place.is_dir() or place.with_name(place.name).exists()):
            return True
    return (
        ROOT.joinpath(*parts[:-1], f"{parts[-2]}.{parts[-1]}").exists()
        or ROOT.joinpath(*parts[:-2], ".".join(parts[-2:])).exists()
    )


@pytest.mark.parametrize("page", PRESENT, ids=lambda page: page.name)
def test_commands_named_are_there_with_their_options(page):
    from cs_assets import cli

    cli.mount_rooms()
    root = get_command(cli.app)
    text = page.read_text(encoding="utf-8")
    spans = re.findall(r"`([^`\n]+)`", text)
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        spans += block.replace("\\\n", " ").splitlines()
    wrong = [span for span in spans if _misnames(span, root)]
    assert not wrong


def _misnames(span, root):
    found = re.search(r"(?:^|[ /])cs-assets (?!\()([^|;&#]+)", span)
    if found is None:
        return False
    command, options = root, {"--help", "--home"}
    for word in found[1].split():
        if word.startswith("--"):
            options |= {name for p in command.params for name in (*p.opts, *p.secondary_opts)}
            if word.split("=")[0].rstrip("].,") not in options:
                return True
        elif getattr(command, "commands", None):
            if not re.fullmatch(r"[a-z][a-z-]*", word):
                return False
            if word not in command.commands:
                return True
            command = command.commands[word]
    return False


def test_the_table_of_jobs_has_every_job_and_no_other():
    """As the snapshot of the definitions has them, which is held against the definitions."""
    text = (ROOT / "docs" / "for-data-engineers.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|((?: ?`\w+_job`,?)+) \|", text, re.MULTILINE)
    told = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    snapshot = (ROOT / "tests/house/snapshots/definitions.txt").read_text(encoding="utf-8")
    assert sorted(told) == sorted(re.findall(r"^job (\w+):", snapshot, re.MULTILINE))


def _commands(command, path=""):
    for name, child in getattr(command, "commands", {}).items():
        yield f"{path} {name}".strip(), child
        yield from _commands(child, f"{path} {name}")

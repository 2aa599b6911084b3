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


def _commands(command, path=""):
    for name, child in getattr(command, "commands", {}).items():
        yield f"{path} {name}".strip(), child
        yield from _commands(child, f"{path} {name}")

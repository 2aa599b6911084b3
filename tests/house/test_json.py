"""Every command that lists or shows something says it to programs too."""

import json

import pytest
from typer.main import get_command

from cs_assets import cli
from tests.cycle.conftest import command

_TELLS = ("List", "Show", "Find", "Compare", "Run the example", "Look", "Check", "Tell", "Requests")


def _commands(group, path=()):
    for name, one in sorted(getattr(group, "commands", {}).items()):
        yield from _commands(one, (*path, name))
        if not getattr(one, "commands", None) and not one.hidden:
            yield " ".join((*path, name)), one


def _all():
    cli.mount_rooms()
    return dict(_commands(get_command(cli.app)))


def test_what_lists_or_shows_has_json():
    told = {
        name: {option for parameter in one.params for option in parameter.opts}
        for name, one in _all().items()
        if (one.help or "").startswith(_TELLS)
    }
    assert len(told) > 30
    assert not [name for name, options in told.items() if "--json" not in options]


@pytest.mark.parametrize("words", ["ai prompts", "route-policy"])
def test_what_needs_no_home_says_it_as_json(words, home):
    done = command("--home", str(home.root), *words.split(), "--json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)) >= 2

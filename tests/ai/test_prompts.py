"""Prompt files: read, checked, versioned by their text."""

from pathlib import Path

import pytest

from cs_assets.ai.prompting import prompts
from cs_assets.config import BadConfiguration

FILE = "---\nversion: 2\npurpose: tells of a test\n---\nWrite.\n"


def test_the_version_follows_the_text() -> None:
    one = prompts.parse("a/b", FILE, "here")
    other = prompts.parse("a/b", FILE.replace("Write.", "Write well."), "here")
    assert one.version.startswith("2-")
    assert one.version != other.version
    assert one.prompt.text == "Write."


@pytest.mark.parametrize(
    "content",
    ["Write.", "---\nversion: 0\npurpose: tells of a test\n---\nWrite.", "---\nversion: 1\n---\n"],
)
def test_a_malformed_file_is_named(content: str) -> None:
    with pytest.raises(BadConfiguration, match="somewhere"):
        prompts.parse("a/b", content, "somewhere")


def test_the_users_folder_comes_first(tmp_path: Path) -> None:
    own = tmp_path / "prompts" / "a"
    own.mkdir(parents=True)
    (own / "b.md").write_text(FILE)
    assert prompts.load("a/b", tmp_path).text == "Write."


def test_a_missing_prompt_is_one_clear_line() -> None:
    with pytest.raises(BadConfiguration, match="no such prompt"):
        prompts.load("no/such")


def test_every_built_in_prompt_is_well_formed() -> None:
    for name in prompts.names():
        assert prompts.load(name).text

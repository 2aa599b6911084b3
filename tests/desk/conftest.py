"""The small company, and three customers more to decide on, in a home of its own."""

import shutil

import pytest

from tests.desk import rush


@pytest.fixture(scope="session")
def company_home(tmp_path_factory):
    """Nothing here writes to it."""
    return rush.rush_home(tmp_path_factory.mktemp("desk"), 3)


@pytest.fixture
def own_home(company_home, tmp_path):
    """A copy to write to."""
    shutil.copytree(company_home, tmp_path / "home")
    return tmp_path / "home"

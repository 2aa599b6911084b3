"""The small company in a home of its own."""

import shutil

import pytest

from tests.answers import tenant


@pytest.fixture(scope="session")
def company_home(tmp_path_factory):
    """Nothing here writes to it."""
    home = tmp_path_factory.mktemp("desk")
    tenant.company(home / "warehouse.duckdb")
    return home


@pytest.fixture
def own_home(company_home, tmp_path):
    """A copy to write to."""
    shutil.copytree(company_home, tmp_path / "home")
    return tmp_path / "home"

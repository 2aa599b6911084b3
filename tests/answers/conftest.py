"""The small company, made once; nothing here writes to it."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from cs_assets.answers.answering import Answers
from cs_assets.answers.scope import asker
from resources.duckdb.warehouse import DuckDBWarehouse
from tests.answers import tenant


@pytest.fixture(scope="session")
def small_company(tmp_path_factory) -> DuckDBWarehouse:
    return tenant.company(tmp_path_factory.mktemp("answers") / "warehouse.duckdb")


@pytest.fixture(scope="session")
def answers_of(small_company) -> Iterator[Callable[[str], Answers]]:
    """Answers to somebody, all over one session."""
    with small_company.reading("test") as db:
        yield cache(lambda who: Answers(db, asker(who)))

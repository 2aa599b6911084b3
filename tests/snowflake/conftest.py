"""One local server with every table, for the tests that leave its tables as they were."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.snowflake.local_server import local_server, prepare


@pytest.fixture(scope="session")
def server() -> Iterator[dict[str, Any]]:
    """The connector's arguments for it."""
    with local_server() as arguments:
        prepare(arguments)
        yield arguments

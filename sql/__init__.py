"""The SQL that runs, one statement a file, found by name.

``text("coaching/rep_week_scores")`` returns the statement of
``sql/coaching/rep_week_scores.sql``. The text is Snowflake's dialect inside the
subset that DuckDB runs verbatim with the prelude in ``sql/duckdb``. The few
statements that cannot be (they take JSON apart) have one file for each engine,
``gong/shred_headers.duckdb.sql`` and ``gong/shred_headers.snowflake.sql``, under
one name. The contracts of the source tables and the watch over feeds are made from the tables'
declarations (``sql.contract``, ``sql.feeds``).
"""

import re
from functools import cache
from importlib.resources import files

#: A place in a statement for a name that the installation gives.
_HOLE = re.compile(r"<% (\w+) %>")


class UnknownStatement(LookupError):
    """No file under ``sql/`` has the name asked for."""


@cache
def text(name: str, engine: str | None = None) -> str:
    """The statement called ``name`` (folder/file without ending).

    ``engine`` (``duckdb`` or ``snowflake``): its own text is taken where there is one.
    """
    folder = files(__name__)
    endings = [f".{engine}.sql", ".sql"] if engine else [".sql"]
    for ending in endings:
        path = folder.joinpath(*f"{name}{ending}".split("/"))
        if path.is_file():
            return path.read_text(encoding="utf-8")
    from sql import (
        contract,
        erasing,
        feeds,
        snapshot,
    )  # they read the table files, which few statements need

    made = contract.statement(name) or feeds.statement(name) or erasing.statement(name)
    made = made or snapshot.statement(name)
    if made is not None:
        return made
    raise UnknownStatement(f"no statement called '{name}': sql/{name}.sql does not exist")


def filled(text: str, names: dict[str, str]) -> str:
    """A statement with its holes, ``<% name %>``, filled; ``KeyError`` for a name that lacks."""
    return _HOLE.sub(lambda hole: names[hole[1]], text)

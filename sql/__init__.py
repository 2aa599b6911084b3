"""The SQL that runs, one statement a file, found by name.

``text("coaching/rep_week_scores")`` returns the statement of
``sql/coaching/rep_week_scores.sql``. The text is Snowflake's dialect inside the
subset that DuckDB runs verbatim with the prelude in ``sql/duckdb``.
"""

from functools import cache
from importlib.resources import files


class UnknownStatement(LookupError):
    """No file under ``sql/`` has the name asked for."""


@cache
def text(name: str) -> str:
    """The statement called ``name`` (folder/file without ending)."""
    path = files(__name__).joinpath(*name.split("/")).with_suffix(".sql")  # type: ignore[attr-defined]
    if not path.is_file():
        raise UnknownStatement(f"no statement called '{name}': sql/{name}.sql does not exist")
    return path.read_text(encoding="utf-8")

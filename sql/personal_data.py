"""What every column holds of people and of what they said: ``personal_data.yaml``, checked.

The set-up of Snowflake is made from it, and refuses while a column is there of which it says
nothing, or while it names one that is none.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from sql import catalog

Held = Literal["words", "address", "file", "person", "neither"]
_KINDS: tuple[Held, ...] = get_args(Held)


class Unclassified(ValueError):
    """``personal_data.yaml`` and the columns that there are differ."""


@cache
def held() -> Mapping[str, Mapping[str, Held]]:
    """By relation (``schema.name``, tables and public views) and column: what it holds.

    Raises ``Unclassified`` for a column that is told twice and for a kind that there is not.
    """
    import yaml

    text = files("sql").joinpath("personal_data.yaml").read_text(encoding="utf-8")
    return {name: _columns(name, kinds) for name, kinds in yaml.safe_load(text).items()}


def check_tables() -> None:
    """Raise ``Unclassified`` for the first table of which not exactly its columns are told."""
    for table in catalog.tables().values():
        check(table.full_name, table.column_names, held().get(table.full_name, {}))


def check(relation: str, columns: Iterable[str], told: Mapping[str, Held]) -> None:
    """Raise ``Unclassified`` unless exactly ``columns`` are told of."""
    there = set(columns)
    if lacking := sorted(there - set(told)):
        raise Unclassified(
            f"sql/personal_data.yaml: {relation}.{lacking[0]} is not told; say whether it holds "
            f"{', '.join(_KINDS)}"
        )
    if unknown := sorted(set(told) - there):
        raise Unclassified(f"sql/personal_data.yaml: {relation} has no column {unknown[0]}")


def columns_of(relation: str, *kinds: Held) -> list[str]:
    """The columns of ``schema.name`` that hold one of ``kinds``, a table's in its own order."""
    told = held()[relation]
    declared = catalog.tables().get(relation)
    columns = declared.column_names if declared else list(told)
    return [column for column in columns if told[column] in kinds]


def holds(relation: str, *kinds: Held) -> bool:
    return bool(columns_of(relation, *kinds))


def _columns(relation: str, kinds: Mapping[str, list[str]]) -> dict[str, Held]:
    found: dict[str, Held] = {}
    for kind, columns in kinds.items():
        held = next((known for known in _KINDS if known == kind), None)
        if held is None:
            raise Unclassified(f"sql/personal_data.yaml: {relation}: there is no kind {kind}")
        for column in columns:
            if column in found:
                raise Unclassified(f"sql/personal_data.yaml: {relation}.{column} is told twice")
            found[column] = held
    return found

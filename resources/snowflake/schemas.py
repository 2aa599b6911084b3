"""In which of an account's schemas each table stands.

The project's statements name ``source``, ``gong``, ``analytics`` and ``ops``, on both engines. In
an account those are names of the administrator's choice, and what ``analytics`` holds of words
stands apart from the rest, in a schema of its own. This is the one place that knows; every
statement that goes to an account passes through ``placed``.
"""

import re
from dataclasses import dataclass, fields
from functools import cache

from cs_assets.errors import UsageError
from sql import catalog, personal_data

_IDENTIFIER = re.compile(r"^[A-Za-z_][A-Za-z0-9_$]*$")
#: Comments and string literals, which are passed over, and names of two parts.
_NAMED = re.compile(
    r"(?P<comment>--[^\n]*)|(?P<literal>'(?:[^']|'')*')"
    r"|(?<![\w.$])(?P<schema>source|gong|analytics|ops)\.(?P<name>\w+)",
    re.I,
)


@dataclass(frozen=True)
class Schemas:
    """What the schemas are called in an account."""

    source: str = "SOURCE"
    gong: str = "GONG"
    analytics: str = "ANALYTICS"
    words: str = "WORDS"
    ops: str = "OPS"
    report: str = "REPORT"
    people: str = "PEOPLE"

    @classmethod
    def parse(cls, text: str | None) -> "Schemas":
        """Read ``source=CRM, analytics=CS``; ``UsageError`` for what is no such list."""
        known = {field.name for field in fields(cls)}
        given: dict[str, str] = {}
        for part in filter(None, (one.strip() for one in (text or "").split(","))):
            ours, _, theirs = (word.strip() for word in part.partition("="))
            if ours not in known or not _IDENTIFIER.match(theirs):
                raise UsageError(
                    f"SNOWFLAKE_SCHEMAS: '{part}' is none of {', '.join(sorted(known))} with a "
                    "plain name, as in source=CRM, analytics=CS"
                )
            given[ours] = theirs
        made = cls(**given)
        names = [getattr(made, field.name).upper() for field in fields(cls)]
        if doubled := next((name for name in names if names.count(name) > 1), None):
            raise UsageError(f"SNOWFLAKE_SCHEMAS: two schemas would be called {doubled}")
        return made

    def of(self, relation: str) -> str:
        """The account's ``SCHEMA.name`` of ``schema.name``, a table, a lock or a public view."""
        schema, _, name = relation.lower().partition(".")
        place: str = self.words if f"{schema}.{name}" in _with_words() else getattr(self, schema)
        return f"{place}.{name}"

    def named_in(self, statement: str) -> list[str]:
        """The account's names of the relations that a statement names, each once, in order."""
        named = {found[0].lower() for found in _NAMED.finditer(statement) if found["schema"]}
        return sorted(self.of(relation) for relation in named & _relations())

    def relations_in(self, statement: str) -> list[str]:
        """The relations that a statement names, as the project calls them."""
        named = {found[0].lower() for found in _NAMED.finditer(statement) if found["schema"]}
        return sorted(named & _relations())

    def placed(self, statement: str, database: str = "") -> str:
        """``statement`` with the account's names; ``database`` stands before each, if given."""
        of_columns = "information_schema" in statement.lower()

        def named(found: re.Match[str]) -> str:
            if literal := found["literal"]:
                schema = literal[1:-1]
                if of_columns and schema in ("source", "gong", "analytics", "words", "ops"):
                    return f"'{getattr(self, schema).lower()}'"
            elif found["schema"] and (relation := found[0].lower()) in _relations():
                return f"{database}.{self.of(relation)}" if database else self.of(relation)
            return found[0]

        return _NAMED.sub(named, statement)


#: What they are called where nobody says otherwise.
USUAL = Schemas()


@cache
def _with_words() -> frozenset[str]:
    """Tables of ``analytics`` that hold words; ``gong`` is nobody's but the service's anyway."""
    return frozenset(
        table.full_name
        for table in catalog.tables().values()
        if table.schema == "analytics" and personal_data.holds(table.full_name, "words")
    )


@cache
def _relations() -> frozenset[str]:
    from resources.snowflake.locks import lock_of

    tables = [table.full_name for table in catalog.tables().values()]
    return frozenset([*personal_data.held(), *tables, *map(lock_of, tables)])

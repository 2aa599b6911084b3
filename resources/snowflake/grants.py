"""Which grants the set-up gives, one by one, to be held beside those that an account shows."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from resources.snowflake.locks import lock_of
from resources.snowflake.schemas import USUAL, Schemas
from resources.snowflake.setup import Step
from sql import catalog

_ONE = re.compile(r"GRANT ([A-Z, ]+) ON ([A-Z ]+?) ([\w$.]+) TO ROLE (\w+)")
_ALL = re.compile(r"GRANT ([A-Z, ]+) ON ALL (TABLES|VIEWS) IN SCHEMA (\w+)\.(\w+) TO ROLE (\w+)")
_ROLE = re.compile(r"GRANT (DATABASE )?ROLE ([\w.]+) TO ROLE (\w+)")
_ACCOUNT = re.compile(r"GRANT ([A-Z ]+) ON ACCOUNT TO ROLE (\w+)")

#: Stands for the account, which has another name in each account.
_ANY_ACCOUNT = "*"


@dataclass(frozen=True)
class Grant:
    """A privilege on an object by its full name, that a role should have."""

    role: str
    privilege: str
    name: str
    statement: str
    """The statement that gives it."""


def expected(steps: Iterable[Step], schemas: Schemas = USUAL) -> list[Grant]:
    """Every grant that the steps give, those on all tables of a schema one by one.

    Grants on views are left out: a source may be a table or a view.
    """
    found: dict[tuple[str, str, str], Grant] = {}
    for statement in (text for step in steps for text in step.statements):
        for role, privilege, name, mend in _of_statement(statement, schemas):
            grant = Grant(role.upper(), privilege, name.upper(), mend)
            found[grant.role, grant.privilege, grant.name] = grant
    return list(found.values())


def missing(wanted: Iterable[Grant], shown: Mapping[str, pd.DataFrame]) -> list[Grant]:
    """Those that ``SHOW GRANTS TO ROLE`` (``shown`` by role) has not; an owner has them all."""
    there = {
        (role, str(row["privilege"]).upper(), _name_of(row))
        for role, rows in shown.items()
        for row in rows.to_dict("records")
    }
    return [
        grant
        for grant in wanted
        if (grant.role, grant.privilege, grant.name) not in there
        and (grant.role, "OWNERSHIP", grant.name) not in there
    ]


def _of_statement(statement: str, schemas: Schemas) -> Iterable[tuple[str, str, str, str]]:
    """Role, privilege, object and mending statement of each grant in a statement."""
    if found := _ROLE.fullmatch(statement):
        yield found[3], "USAGE", found[2], statement
    elif found := _ACCOUNT.fullmatch(statement):
        yield found[2], found[1], _ANY_ACCOUNT, statement
    elif found := _ALL.fullmatch(statement):
        if found[2] == "TABLES":
            for name in _tables_in(found[3], found[4], schemas):
                for one in _listed(found[1]):
                    yield found[5], one, name, f"GRANT {one} ON TABLE {name} TO ROLE {found[5]}"
    elif found := _ONE.fullmatch(statement):
        for one in _listed(found[1]):
            mend = f"GRANT {one} ON {found[2]} {found[3]} TO ROLE {found[4]}"
            yield found[4], one, found[3], mend


def _tables_in(database: str, schema: str, schemas: Schemas) -> list[str]:
    """Tables that stand in a schema of the account, and locks."""
    tables = [one.full_name for one in catalog.tables().values()]
    locks = [lock_of(one) for one in tables if not one.startswith("source.")]
    places = [schemas.of(one) for one in [*tables, *locks]]
    within = [place for place in places if place.upper().startswith(f"{schema.upper()}.")]
    return [f"{database}.{place}".upper() for place in within]


def _name_of(row: Mapping[Any, Any]) -> str:
    if str(row["granted_on"]).upper() == "ACCOUNT":
        return _ANY_ACCOUNT
    return str(row["name"]).replace('"', "").upper()


def _listed(privileges: str) -> list[str]:
    return [one.strip().upper() for one in privileges.split(",")]

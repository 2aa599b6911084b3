"""An account on paper: what exists in it, who owns it, and who may do what with it.

No engine on this machine knows roles, grants, users, monitors or Cortex objects. The
book keeps them as Snowflake does, and refuses with Snowflake's numbers: an object that
is not there (002003), a role that may not (003001), a role that is not held (003013).
"""

from dataclasses import dataclass, field
from typing import Any

#: System roles, each with the one that it is granted to.
_SYSTEM = {
    "ACCOUNTADMIN": None,
    "SYSADMIN": "ACCOUNTADMIN",
    "SECURITYADMIN": "ACCOUNTADMIN",
    "USERADMIN": "SECURITYADMIN",
    "PUBLIC": None,
}
#: Who makes objects that stand in the account itself.
_MAKERS = {
    "WAREHOUSE": "SYSADMIN",
    "DATABASE": "SYSADMIN",
    "RESOURCE MONITOR": "ACCOUNTADMIN",
    "ROLE": "USERADMIN",
    "USER": "USERADMIN",
}
_ROWS = {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES"}
#: The privileges that Snowflake knows on each kind of object.
PRIVILEGES = {
    "WAREHOUSE": {"USAGE", "OPERATE", "MONITOR", "MODIFY"},
    "DATABASE": {"USAGE", "MONITOR", "CREATE SCHEMA", "MODIFY"},
    "SCHEMA": {"USAGE", "MONITOR", "CREATE TABLE", "CREATE VIEW", "CREATE STAGE", "CREATE AGENT",
               "CREATE FILE FORMAT", "CREATE SEMANTIC VIEW", "CREATE CORTEX SEARCH SERVICE"},
    "TABLE": _ROWS,
    "VIEW": {"SELECT", "REFERENCES"},
    "SEMANTIC VIEW": {"SELECT", "REFERENCES"},
    "CORTEX SEARCH SERVICE": {"USAGE", "OPERATE", "MONITOR"},
    "AGENT": {"USAGE", "MODIFY", "MONITOR"},
    "ACCOUNT": {"USE AI FUNCTIONS"},
}  # fmt: skip
#: The application role that every user has; Snowflake's own procedure alone takes from it.
APPLICATION_PUBLIC = "SNOWFLAKE.PUBLIC"
#: The roles of the database SNOWFLAKE that the set-up may know.
DATABASE_ROLES = {
    "SNOWFLAKE.AI_FUNCTIONS_USER",
    "SNOWFLAKE.CORTEX_AGENT_USER",
    "SNOWFLAKE.CORTEX_ANALYST_USER",
    "SNOWFLAKE.CORTEX_EMBED_USER",
    "SNOWFLAKE.CORTEX_USER",
    "SNOWFLAKE.USAGE_VIEWER",
}


class Refused(Exception):
    """What Snowflake would answer instead: its number and words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, order=True)
class Grant:
    """A privilege on an object (or on those to come in a schema) that a role has."""

    privilege: str
    kind: str
    name: str
    role: str


@dataclass
class AccountBook:
    """The account as it is after the statements so far; a user with ``roles`` runs them."""

    roles: tuple[str, ...] = ("ACCOUNTADMIN",)
    role: str = "PUBLIC"
    warehouse: str = ""
    owners: dict[tuple[str, str], str] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    holders: set[tuple[str, str]] = field(default_factory=set)
    grants: set[Grant] = field(default_factory=set)
    to_come: set[Grant] = field(default_factory=set)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    transient: set[str] = field(default_factory=set)
    ceilings: dict[str, int] = field(default_factory=dict)
    monitor: str = ""
    """The resource monitor of the warehouse."""
    parameters: dict[str, str] = field(
        default_factory=lambda: {"CORTEX_ENABLED_CROSS_REGION": "DISABLED"}
    )
    faults: dict[str, str] = field(default_factory=dict)
    """By statement inside a script: the number with which it fails once."""
    rows: dict[str, int] = field(default_factory=dict)
    """How many rows a table has, where not none."""
    policies: dict[str, dict[str, str]] = field(default_factory=dict)
    """By view: the masking policy of each masked column, and under ``*`` who sees which rows."""
    behind: dict[str, str] = field(default_factory=dict)
    """By view for readers: the relation that it shows."""
    selects: dict[str, Any] = field(default_factory=dict)
    """By other view: its SELECT, as parsed."""

    def __post_init__(self) -> None:
        for role, above in _SYSTEM.items():
            self.owners["ROLE", role] = "ACCOUNTADMIN"
            if above:
                self.holders.add((role, above))
        # As in an account that nobody has touched.
        self.grants.add(Grant("USAGE", "DATABASE_ROLE", "SNOWFLAKE.CORTEX_USER", "PUBLIC"))
        self.grants.add(Grant("USE AI FUNCTIONS", "ACCOUNT", "", "PUBLIC"))
        self.grants.add(Grant("USAGE", "DATABASE_ROLE", "CORTEX_USER", APPLICATION_PUBLIC))
        self.grants.add(Grant("USE AI FUNCTIONS", "ACCOUNT", "", APPLICATION_PUBLIC))

    def included(self, role: str) -> set[str]:
        """The role and every role that it holds through others."""
        found, open_ones = set(), [role]
        while open_ones:
            one = open_ones.pop()
            if one not in found:
                found.add(one)
                open_ones += [held for held, holder in self.holders if holder == one]
        return found

    def use_role(self, role: str) -> None:
        self.require("ROLE", role)
        if not any(role in self.included(own) for own in self.roles):
            raise Refused("003013", f"Requested role '{role}' is not assigned to the user.")
        self.role = role

    def require(self, kind: str, name: str) -> None:
        if (kind, name) not in self.owners:
            raise Refused("002003", f"{kind.title()} '{name}' does not exist or not authorized.")

    def require_role(self, role: str, what: str) -> None:
        if role not in self.included(self.role):
            raise Refused("003001", f"Insufficient privileges to operate on {what}.")

    def require_owner(self, kind: str, name: str) -> None:
        self.require(kind, name)
        self.require_role(self.owners[kind, name], f"{kind.lower()} '{name}'")

    def make(self, kind: str, name: str, *, replaces: bool = False) -> None:
        """Make an object unless it is there; one in a schema takes the schema's owner."""
        if kind in _MAKERS:
            self.require_role(_MAKERS[kind], f"account for {kind.lower()} '{name}'")
        elif kind == "SCHEMA":
            self.require_owner("DATABASE", name.rpartition(".")[0])
        else:
            self.require_owner("SCHEMA", name.rpartition(".")[0])
        if (kind, name) in self.owners:
            if replaces:
                self.require_owner(kind, name)
            return
        other = {"TABLE": "VIEW", "VIEW": "TABLE"}.get(kind)
        if other and (other, name) in self.owners:
            raise Refused("002041", f"Object '{name}' already exists as {other}.")
        self.owners[kind, name] = self.role
        self.give_to_come(kind, name)

    def give_to_come(self, kind: str, name: str) -> None:
        """What future grants of its schema give an object that is made."""
        schema = name.rpartition(".")[0]
        self.grants |= {
            Grant(one.privilege, kind, name, one.role)
            for one in self.to_come
            if (one.kind, one.name) == (kind, schema)
        }

    def grant(self, privileges: set[str], kind: str, name: str, role: str) -> None:
        self.require("ROLE", role)
        if kind != "ACCOUNT":
            self.require(kind, name)
        self._may_grant(kind, name)
        self._known(privileges, kind)
        self.grants |= {Grant(privilege, kind, name, role) for privilege in privileges}

    def revoke(self, privileges: set[str], kind: str, name: str, role: str) -> None:
        self.require("ROLE", role)
        self.require(kind, name)
        self._may_grant(kind, name)
        self.grants -= {Grant(privilege, kind, name, role) for privilege in privileges}

    def take_grants(self, kind: str, name: str) -> None:
        """An object that goes, or is replaced, loses what was given on it."""
        self.grants = {one for one in self.grants if (one.kind, one.name) != (kind, name)}

    def grant_all(self, privileges: set[str], kind: str, schema: str, role: str) -> None:
        self.require("SCHEMA", schema)
        for there, name in list(self.owners):
            if there == kind and name.rpartition(".")[0] == schema:
                self.grant(privileges, kind, name, role)

    def grant_to_come(self, privileges: set[str], kind: str, schema: str, role: str) -> None:
        self.require("ROLE", role)
        self.require("SCHEMA", schema)
        self.require_role("SECURITYADMIN", "future grants")
        self._known(privileges, kind)
        self.to_come |= {Grant(privilege, kind, schema, role) for privilege in privileges}

    def revoke_all(self, privileges: set[str], kind: str, schema: str, role: str) -> None:
        self.require("SCHEMA", schema)
        for there, name in list(self.owners):
            if there == kind and name.rpartition(".")[0] == schema:
                self.revoke(privileges, kind, name, role)

    def revoke_to_come(self, privileges: set[str], kind: str, schema: str, role: str) -> None:
        self.require("ROLE", role)
        self.require("SCHEMA", schema)
        self.require_role("SECURITYADMIN", "future grants")
        self.to_come -= {Grant(privilege, kind, schema, role) for privilege in privileges}

    def grant_database_role(self, database_role: str, role: str) -> None:
        self.require("ROLE", role)
        if database_role not in DATABASE_ROLES:
            raise Refused("002003", f"Database role '{database_role}' does not exist.")
        self.require_role("ACCOUNTADMIN", "database SNOWFLAKE")
        self.grants.add(Grant("USAGE", "DATABASE_ROLE", database_role, role))

    def allows(self, role: str, privilege: str, kind: str, name: str) -> bool:
        """Whether the role may, by itself or through a role that it holds."""
        held = self.included(role)
        return self.owners.get((kind, name)) in held or any(
            Grant(privilege, kind, name, one) in self.grants for one in held
        )

    def shown_grants(self, role: str) -> list[tuple[str, str, str]]:
        """As ``SHOW GRANTS TO ROLE`` has them: privilege, granted_on, name."""
        self.require("ROLE", role)
        held = [("USAGE", "ROLE", child) for child, holder in self.holders if holder == role]
        owned = [
            ("OWNERSHIP", kind.replace(" ", "_"), name)
            for (kind, name), owner in self.owners.items()
            if owner == role
        ]
        given = [
            (one.privilege, one.kind.replace(" ", "_"), one.name)
            for one in self.grants
            if one.role == role
        ]
        return sorted([*held, *owned, *given])

    def _may_grant(self, kind: str, name: str) -> None:
        if kind == "ACCOUNT":
            self.require_role("ACCOUNTADMIN", "account")
        elif "SECURITYADMIN" not in self.included(self.role):  # has MANAGE GRANTS
            self.require_owner(kind, name)

    def _known(self, privileges: set[str], kind: str) -> None:
        if unknown := privileges - PRIVILEGES[kind]:
            raise Refused("001003", f"no privilege {', '.join(sorted(unknown))} on {kind}")

"""Reads a statement of the set-up into the account book, strictly: what has no rule here fails.

Each rule is a form from Snowflake's reference with the options that it has; the names in it
are looked up in the book.
"""

import dataclasses
import re
from collections.abc import Callable

import sqlglot
from sqlglot import exp

from tests.snowflake.account_book import APPLICATION_PUBLIC, AccountBook, Refused
from tests.snowflake.cortex_reading import agent, search_service, semantic_view

#: What a move looks at first: rows in the new place.
_BOTH = re.compile(
    r"\s*IF \(EXISTS \(SELECT 1 FROM \w+\.INFORMATION_SCHEMA\.TABLES "
    r"WHERE TABLE_SCHEMA = '(\w+)' AND TABLE_NAME = '(\w+)' AND ROW_COUNT > 0\)\) "
    r"THEN RAISE rows_in_both; END IF;"
)
Rule = Callable[[AccountBook, re.Match[str]], None]

_TEXT = r"'(?:[^'\\]|''|\\.)*'"
_NAME = r"[A-Za-z_][\w$]*"
_PATH = rf"{_NAME}(?:\.{_NAME})*"
_KINDS = "WAREHOUSE|DATABASE|SCHEMA|TABLE|VIEW|SEMANTIC VIEW|CORTEX SEARCH SERVICE|AGENT"

#: Options by statement, and the form of their values.
_OPTIONS = {
    "WAREHOUSE": {
        "WAREHOUSE_SIZE": "'XSMALL'",
        "GENERATION": "'1'",
        "AUTO_SUSPEND": r"\d+",
        "AUTO_RESUME": "TRUE",
        "INITIALLY_SUSPENDED": "TRUE",
        "STATEMENT_TIMEOUT_IN_SECONDS": r"\d+",
        "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": r"\d+",
        "COMMENT": _TEXT,
    },
    "DATABASE": {"COMMENT": _TEXT},
    "SCHEMA": {"DATA_RETENTION_TIME_IN_DAYS": r"\d+", "COMMENT": _TEXT},
    "ROLE": {"COMMENT": _TEXT},
    "USER": {"TYPE": "SERVICE", "COMMENT": _TEXT},
    "ALTER USER": {
        "RSA_PUBLIC_KEY": _TEXT,
        "DEFAULT_ROLE": _NAME,
        "DEFAULT_SECONDARY_ROLES": r"\(\)",
        "DEFAULT_WAREHOUSE": _NAME,
        "DEFAULT_NAMESPACE": _PATH,
    },
}


def read(book: AccountBook, statement: str) -> None:
    """Do on paper what ``statement`` does; raises ``Refused``, as Snowflake would."""
    for pattern, rule in _RULES:
        if found := pattern.fullmatch(statement):
            rule(book, found)
            return
    raise Refused("001003", f"no form of Snowflake's that the set-up uses: {statement[:80]}")


def _use_warehouse(book: AccountBook, found: re.Match[str]) -> None:
    name = found[1].upper()
    book.require("WAREHOUSE", name)
    if not book.allows(book.role, "USAGE", "WAREHOUSE", name):
        raise Refused("003001", f"Insufficient privileges to operate on warehouse '{name}'.")
    book.warehouse = name


def _create(book: AccountBook, found: re.Match[str]) -> None:
    kind = found[1].upper()
    _options(kind, found[3])
    book.make(kind, found[2].upper())


def _transient_schema(book: AccountBook, found: re.Match[str]) -> None:
    _options("SCHEMA", found[2])
    book.make("SCHEMA", found[1].upper())
    book.transient.add(found[1].upper())


def _ceiling(book: AccountBook, found: re.Match[str]) -> None:
    book.require("RESOURCE MONITOR", found[1].upper())
    book.require_role("ACCOUNTADMIN", "resource monitors")
    book.ceilings[found[1].upper()] = int(found[2])


def _where_found(book: AccountBook, found: re.Match[str]) -> None:
    """Scripting: what stands inside is done where a table is found, or a permanent one."""
    schema, name, then = found[2], found[3], found[5]
    table = f"{found[1]}.{schema}.{name}".upper()
    if ("TABLE", table) not in book.owners:
        return
    if found[4].startswith("IS_TRANSIENT") and table in book.transient:
        return
    if guarded := _BOTH.match(then):
        other = f"{found[1]}.{guarded[1]}.{guarded[2]}".upper()
        if guarded[2] != name:
            raise Refused("001003", f"another table is looked at: {guarded[0]}")
        if ("TABLE", other) in book.owners and book.rows.get(other):
            raise Refused("-20001", f"{other} holds rows beside {table}")
        then = then[guarded.end() :]
    for statement in filter(None, (one.strip() for one in then.split(";"))):
        if (fault := book.faults.pop(statement.upper(), None)) is not None:
            raise Refused(fault, "broken on purpose")
        read(book, statement)


def _clone(book: AccountBook, found: re.Match[str]) -> None:
    new, old = found[2].upper(), found[3].upper()
    book.require("TABLE", old)
    if not found[1] and ("TABLE", new) in book.owners:
        raise Refused("002002", f"Object '{new}' already exists.")
    book.make("TABLE", new, replaces=bool(found[1]))
    book.columns[new] = list(book.columns[old])
    book.rows[new] = book.rows.get(old, 0)
    book.transient.add(new)
    if not found[4]:
        book.take_grants("TABLE", new)
        book.give_to_come("TABLE", new)


def _rename(book: AccountBook, found: re.Match[str]) -> None:
    """A table keeps who may read it, wherever it goes.

    A permanent one is refused where all are transient: what it would be there is nowhere said.
    """
    old, new = found[1].upper(), found[2].upper()
    book.require_owner("TABLE", old)
    if ("TABLE", new) in book.owners:
        raise Refused("002002", f"Object '{new}' already exists.")
    if old not in book.transient and new.rpartition(".")[0] in book.transient:
        raise Refused("000002", f"'{old}' is permanent, and the schema of '{new}' is not.")
    book.make("TABLE", new)
    for held in (book.columns, book.rows):
        held[new] = held.pop(old, held.get(new))
    book.transient = (book.transient - {old, new}) | ({new} if old in book.transient else set())
    book.grants |= {
        dataclasses.replace(one, name=new)
        for one in book.grants
        if (one.kind, one.name) == ("TABLE", old)
    }
    del book.owners["TABLE", old]
    book.take_grants("TABLE", old)


def _drop(book: AccountBook, found: re.Match[str]) -> None:
    kind, name = found[1].upper(), found[3].upper()
    if found[2] and (kind, name) not in book.owners:
        return
    book.require_owner(kind, name)
    del book.owners[kind, name]
    book.rows.pop(name, None)
    book.transient.discard(name)
    book.take_grants(kind, name)


def _secure_view(book: AccountBook, found: re.Match[str]) -> None:
    """Columns in the order of the SELECT, each with its masking policy, and who sees which rows."""
    name, taken = found[1].upper(), sqlglot.parse_one(found[4], read="snowflake")
    behind = ".".join(part.name for part in taken.find(exp.Table).parts).upper()
    if not any(book.allows(book.role, "SELECT", kind, behind) for kind in ("TABLE", "VIEW")):
        raise Refused("002003", f"Object '{behind}' does not exist or not authorized.")
    read_columns = {column.name.upper() for column in taken.find_all(exp.Column)}
    if unknown := read_columns - set(book.columns[behind]):
        raise Refused("000904", f"invalid identifier {', '.join(sorted(unknown))} in {behind}")
    columns, policies = [], {}
    for part in found[2].split(","):
        one = re.fullmatch(rf"\s*({_NAME})(?: WITH MASKING POLICY ({_PATH}))?\s*", part)
        if one is None:
            raise Refused("001003", f"column of {name}: {part}")
        columns.append(one[1].upper())
        if one[2]:
            book.require("MASKING POLICY", one[2].upper())
            policies[one[1].upper()] = one[2].upper()
    if columns != [column.upper() for column in taken.named_selects]:
        raise Refused("002026", f"columns of {name} and of its SELECT differ")
    if found[3]:
        policy, column = re.fullmatch(
            rf"\s*WITH ROW ACCESS POLICY ({_PATH}) ON \(({_NAME})\)\s*", found[3]
        ).groups()
        book.require("ROW ACCESS POLICY", policy.upper())
        if column.upper() not in columns:
            raise Refused("000904", f"invalid identifier {column} in {name}")
        policies["*"] = policy.upper()
    book.make("VIEW", name, replaces=True)
    book.columns[name], book.policies[name] = columns, policies
    book.behind[name] = behind


def _policy(book: AccountBook, found: re.Match[str]) -> None:
    book.make(found[1].upper(), found[2].upper())


def _policy_body(book: AccountBook, found: re.Match[str]) -> None:
    book.require_owner(found[1].upper(), found[2].upper())
    tree = sqlglot.parse_one(f"SELECT {found[3]}", read="snowflake")
    for table in tree.find_all(exp.Table):
        name = ".".join(part.name for part in table.parts).upper()
        book.require("TABLE", name)
        columns = {c.name.upper() for c in tree.find_all(exp.Column) if c.table == table.alias}
        if unknown := columns - set(book.columns[name]):
            raise Refused("000904", f"invalid identifier {', '.join(sorted(unknown))} in {name}")


def _revoke_many(book: AccountBook, found: re.Match[str]) -> None:
    take = book.revoke_all if found[2].upper() == "ALL" else book.revoke_to_come
    take(_listed(found[1]), found[3].upper(), found[4].upper(), found[5].upper())


def _of_account(book: AccountBook, found: re.Match[str]) -> None:
    book.require_role("ACCOUNTADMIN", "account")
    book.parameters[found[1].upper()] = found[2]


def _from_public(book: AccountBook, found: re.Match[str]) -> None:
    book.require_role("ACCOUNTADMIN", "account")
    name = "USE AI FUNCTIONS" if "USE AI FUNCTIONS" in found[0] else "SNOWFLAKE.CORTEX_USER"
    held = any(one.role == "PUBLIC" and name in (one.name, one.privilege) for one in book.grants)
    if not held and found[1] is None:
        raise Refused("002003", f"PUBLIC does not hold {name}")
    book.grants = {
        one for one in book.grants if one.role != "PUBLIC" or name not in (one.name, one.privilege)
    }


def _from_application_public(book: AccountBook, found: re.Match[str]) -> None:
    book.require_role("ACCOUNTADMIN", "SNOWFLAKE.PUBLIC")
    gone = found[2].replace("_", " ") if found[1] == "PRIVILEGE" else found[2]
    book.grants = {
        one
        for one in book.grants
        if one.role != APPLICATION_PUBLIC or gone not in (one.name, one.privilege)
    }


def _imported(book: AccountBook, found: re.Match[str]) -> None:
    book.require_role("ACCOUNTADMIN", "database SNOWFLAKE")
    gone = ("IMPORTED PRIVILEGES", "SNOWFLAKE", found[1].upper())
    book.grants = {one for one in book.grants if (one.privilege, one.name, one.role) != gone}


def _monitor(book: AccountBook, found: re.Match[str]) -> None:
    book.make("RESOURCE MONITOR", found[1].upper())
    book.ceilings.setdefault(found[1].upper(), int(found[2]))


def _set_monitor(book: AccountBook, found: re.Match[str]) -> None:
    book.require("WAREHOUSE", found[1].upper())
    book.require("RESOURCE MONITOR", found[2].upper())
    book.monitor = found[2].upper()
    book.require_role("ACCOUNTADMIN", "resource monitors")


def _create_table(book: AccountBook, found: re.Match[str]) -> None:
    tree = sqlglot.parse_one(found[0], read="snowflake")
    name = found[2].upper()
    if ("TABLE", name) not in book.owners and found[1]:
        # Its own retention would make the schema's, which an administrator sets, count for nothing.
        if tree.find(exp.TransientProperty) is None or "DATA_RETENTION" in found[0]:
            raise Refused("001003", f"CREATE TRANSIENT TABLE {name}")
        book.transient.add(name)
    book.make("TABLE", name)
    made = [column.name.upper() for column in tree.find_all(exp.ColumnDef)] or [
        column.upper() for column in tree.expression.named_selects
    ]
    book.columns.setdefault(name, made)
    if isinstance(tree.expression, exp.Query) and not book.warehouse:
        raise Refused("000606", "No active warehouse selected in the current session.")


def _add_columns(book: AccountBook, found: re.Match[str]) -> None:
    name = found[1].upper()
    book.require_owner("TABLE", name)
    added = re.findall(rf"IF NOT EXISTS ({_NAME}) [A-Z_]+(?:\([^)]*\))?(?:, |$)", found[2])
    if len(added) != found[2].count("IF NOT EXISTS"):
        raise Refused("001003", f"ADD COLUMN of {name}: {found[2][:80]}")
    kept = book.columns[name]
    kept += [column.upper() for column in added if column.upper() not in kept]


def _create_view(book: AccountBook, found: re.Match[str]) -> None:
    tree = sqlglot.parse_one(found[2], read="snowflake")
    name = found[1].upper()
    own = {cte.alias.upper() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        behind = ".".join(part.name for part in table.parts).upper()
        if behind in own:
            continue
        if not any(book.allows(book.role, "SELECT", kind, behind) for kind in ("TABLE", "VIEW")):
            raise Refused("002003", f"Object '{behind}' does not exist or not authorized.")
    book.make("VIEW", name, replaces=True)
    columns = [column.upper() for column in tree.named_selects]
    book.columns[name] = book.columns[behind] if columns == ["*"] else columns
    book.selects[name] = tree


def _view_where_none(book: AccountBook, found: re.Match[str]) -> None:
    if ("VIEW", found[1].upper()) not in book.owners:
        _create_view(book, found)


def _grant_role(book: AccountBook, found: re.Match[str]) -> None:
    book.require("ROLE", found[1].upper())
    book.require(found[2].upper(), found[3].upper())
    book.require_role("SECURITYADMIN", f"role '{found[1]}'")
    book.holders.add((found[1].upper(), found[3].upper()))


def _grant(book: AccountBook, found: re.Match[str]) -> None:
    book.grant(_listed(found[1]), found[2].upper(), found[3].upper(), found[4].upper())


def _revoke(book: AccountBook, found: re.Match[str]) -> None:
    book.revoke(_listed(found[1]), found[2].upper(), found[3].upper(), found[4].upper())


def _grant_many(book: AccountBook, found: re.Match[str]) -> None:
    give = book.grant_all if found[2].upper() == "ALL" else book.grant_to_come
    give(_listed(found[1]), found[3].upper(), found[4].upper(), found[5].upper())


def _alter_user(book: AccountBook, found: re.Match[str]) -> None:
    name = found[1].upper()
    given = _options("ALTER USER", found[2])
    book.require_owner("USER", name)
    book.require("ROLE", given["DEFAULT_ROLE"].upper())
    book.require("WAREHOUSE", given["DEFAULT_WAREHOUSE"].upper())
    book.require("SCHEMA", given["DEFAULT_NAMESPACE"].upper())
    if not re.fullmatch(r"'[A-Za-z0-9+/=]{300,}'", given["RSA_PUBLIC_KEY"]):
        raise Refused("001420", "The public key is invalid: no base64 of a key of 2,048 bits.")


def _listed(privileges: str) -> set[str]:
    return {one.strip().upper() for one in privileges.split(",")}


def _options(statement: str, text: str) -> dict[str, str]:
    """``NAME = value`` pairs, every one known for the statement."""
    known = _OPTIONS[statement]
    found: dict[str, str] = {}
    rest = text.strip()
    while rest:
        for name, form in known.items():
            if hit := re.match(rf"{name} = ({form})(?:\s+|$)", rest):
                found[name] = hit[1]
                rest = rest[hit.end() :]
                break
        else:
            raise Refused("001003", f"{statement} has no such option: {rest[:60]}")
    return found


_RULES: list[tuple[re.Pattern[str], Rule]] = [
    (re.compile(pattern, re.S), rule)
    for pattern, rule in (
        (rf"USE ROLE ({_NAME})", lambda book, found: book.use_role(found[1].upper())),
        (rf"USE WAREHOUSE ({_NAME})", _use_warehouse),
        (rf"CREATE (WAREHOUSE|DATABASE|SCHEMA|ROLE|USER) IF NOT EXISTS ({_PATH})\s+(.*)", _create),
        (
            rf"CREATE RESOURCE MONITOR IF NOT EXISTS ({_NAME})\s+WITH CREDIT_QUOTA = (\d+)\s+"
            r"FREQUENCY = MONTHLY\s+START_TIMESTAMP = IMMEDIATELY\s+TRIGGERS"
            r"(?:\s+ON \d+ PERCENT DO (?:NOTIFY|SUSPEND|SUSPEND_IMMEDIATE))+",
            _monitor,
        ),
        (
            rf"ALTER WAREHOUSE ({_NAME}) SET AUTO_SUSPEND = \d+ AUTO_RESUME = TRUE "
            r"STATEMENT_TIMEOUT_IN_SECONDS = \d+ STATEMENT_QUEUED_TIMEOUT_IN_SECONDS = \d+",
            lambda book, found: book.require("WAREHOUSE", found[1].upper()),
        ),
        (rf"ALTER WAREHOUSE ({_NAME}) SET RESOURCE_MONITOR = ({_NAME})", _set_monitor),
        (rf"ALTER RESOURCE MONITOR ({_NAME}) SET CREDIT_QUOTA = (\d+)", _ceiling),
        (rf"CREATE TRANSIENT SCHEMA IF NOT EXISTS ({_PATH})\s+(.*)", _transient_schema),
        (
            rf"EXECUTE IMMEDIATE \$\$\n"
            rf"(?:DECLARE\n    rows_in_both EXCEPTION \(-20001, {_TEXT}\);\n)?BEGIN\n"
            rf"    IF \(EXISTS \(SELECT 1 FROM ({_NAME})"
            r"\.INFORMATION_SCHEMA\.TABLES\s+WHERE TABLE_SCHEMA = '(\w+)' AND TABLE_NAME = '(\w+)' "
            r"AND (IS_TRANSIENT = 'NO'|TABLE_TYPE = 'BASE TABLE')\)\) THEN\n(.*)    END IF;\nEND;"
            r"\n\$\$",
            _where_found,
        ),
        (
            rf"CREATE (OR REPLACE )?TRANSIENT TABLE ({_PATH}) CLONE ({_PATH})( COPY GRANTS)?",
            _clone,
        ),
        (rf"ALTER TABLE ({_PATH}) RENAME TO ({_PATH})", _rename),
        (rf"DROP (TABLE|VIEW|CORTEX SEARCH SERVICE) (IF EXISTS )?({_PATH})", _drop),
        (
            rf"CREATE OR REPLACE SECURE VIEW ({_PATH}) \(\n(.*?)\n\)\n(.*?)    COPY GRANTS AS"
            r"\s+(.*)",
            _secure_view,
        ),
        (
            rf"CREATE (MASKING POLICY) IF NOT EXISTS ({_PATH}) "
            r"AS \(value (\w+)\) RETURNS \3 -> NULL",
            _policy,
        ),
        (
            rf"CREATE (ROW ACCESS POLICY) IF NOT EXISTS ({_PATH}) "
            r"AS \(\w+ STRING\) RETURNS BOOLEAN -> FALSE",
            _policy,
        ),
        (rf"ALTER (MASKING POLICY|ROW ACCESS POLICY) ({_PATH}) SET BODY -> (.*)", _policy_body),
        (
            r"ALTER ACCOUNT SET (CORTEX_ENABLED_CROSS_REGION) = '([A-Z_,]+)'",
            _of_account,
        ),
        (
            r"EXECUTE IMMEDIATE \$\$BEGIN REVOKE IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE "
            rf"FROM ROLE ({_NAME}); EXCEPTION WHEN OTHER THEN RETURN {_TEXT}; END;\$\$",
            _imported,
        ),
        (
            r"(EXECUTE IMMEDIATE \$\$BEGIN )?REVOKE (?:DATABASE ROLE SNOWFLAKE\.CORTEX_USER"
            r"|USE AI FUNCTIONS ON ACCOUNT) FROM ROLE PUBLIC"
            r"(?(1); EXCEPTION WHEN OTHER THEN RETURN SQLERRM; END;\$\$)",
            _from_public,
        ),
        (
            r"EXECUTE IMMEDIATE \$\$BEGIN "
            r"CALL SNOWFLAKE\.LOCAL\.REVOKE_FROM_PUBLIC_APPLICATION_ROLE"
            r"\('(DB_ROLE|PRIVILEGE)', '(\w+)'\); EXCEPTION WHEN OTHER THEN RETURN SQLERRM; "
            r"END;\$\$",
            _from_application_public,
        ),
        (
            rf"REVOKE ([A-Z, ]+) ON (ALL|FUTURE) (TABLE|VIEW)S IN SCHEMA ({_PATH}) "
            rf"FROM ROLE ({_NAME})",
            _revoke_many,
        ),
        (rf"CREATE (TRANSIENT )?TABLE IF NOT EXISTS ({_PATH}) .*", _create_table),
        (rf"ALTER TABLE ({_PATH}) ADD COLUMN (.*)", _add_columns),
        (
            rf"CREATE OR REPLACE VIEW ({_PATH})(?: CHANGE_TRACKING = TRUE)? COPY GRANTS AS\s+(.*)",
            _create_view,
        ),
        (rf"CREATE VIEW IF NOT EXISTS ({_PATH}) AS\s+(.*)", _view_where_none),
        (rf"GRANT ROLE ({_NAME}) TO (ROLE|USER) ({_NAME})", _grant_role),
        (rf"GRANT ([A-Z, ]+) ON ({_KINDS}) ({_PATH}) TO ROLE ({_NAME})", _grant),
        (rf"REVOKE ([A-Z, ]+) ON ({_KINDS}) ({_PATH}) FROM ROLE ({_NAME})", _revoke),
        (
            rf"GRANT ([A-Z, ]+) ON (ALL|FUTURE) (TABLE|VIEW)S IN SCHEMA ({_PATH}) "
            rf"TO ROLE ({_NAME})",
            _grant_many,
        ),
        (
            rf"GRANT (USE AI FUNCTIONS) ON (ACCOUNT)() TO ROLE ({_NAME})",
            _grant,
        ),
        (
            rf"GRANT DATABASE ROLE ({_PATH}) TO ROLE ({_NAME})",
            lambda book, found: book.grant_database_role(found[1].upper(), found[2].upper()),
        ),
        (rf"ALTER USER ({_NAME}) SET\s+(.*)", _alter_user),
        (rf"CREATE CORTEX SEARCH SERVICE IF NOT EXISTS ({_PATH})\s+(.*)", search_service),
        (rf"CREATE OR REPLACE SEMANTIC VIEW ({_PATH})\s+(.*)", semantic_view),
        (
            rf"CREATE OR REPLACE AGENT ({_PATH}) COPY GRANTS\s+COMMENT = {_TEXT}\s+"
            rf"PROFILE = ({_TEXT})\s+FROM SPECIFICATION \$\$\n(.*)\$\$",
            agent,
        ),
    )
]

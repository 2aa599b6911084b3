"""The views that others read: made once by the administrator, so that grants on them stay.

For each there is the statement under ``sql/`` that makes it on DuckDB too. The user's other systems
may know it by another schema and another ending; a second view then carries that name.
"""

import re

import sql
from resources.snowflake.schemas import Schemas

#: By view: the statement that makes it.
PUBLIC_VIEWS = {
    "gong.vw_enriched_gong_calls": "gong/create_vw_enriched_gong_calls",
    "analytics.vw_csm_write_back": "routing/create_vw_csm_write_back",
    "analytics.v_customers": "customers/create_v_customers",
    "analytics.v_customer_modules": "customers/create_v_customer_modules",
    "analytics.v_customer_actions": "customers/create_v_customer_actions",
    "analytics.v_customer_transitions": "customers/create_v_customer_transitions",
    "analytics.v_enriched_calls": "customers/create_v_enriched_calls",
}
#: What is read of Gong where another loader lands it.
LANDED_VIEWS = ("gong.landed_calls", "gong.landed_transcripts", "gong.landed_users")
_SCHEMA = "CREATE SCHEMA IF NOT EXISTS {}.{} COMMENT = 'Public views of cs_assets by other names'"


def made(database: str, schemas: Schemas) -> list[str]:
    """Every public view; one that is there keeps the grants that others gave on it."""
    return [_made(view, database, schemas, made) for view, made in PUBLIC_VIEWS.items()]


def made_for_others(database: str, schemas: Schemas, schema: str, ending: str) -> list[str]:
    """The same views by the names that the user's other systems know; none without a schema."""
    if not schema and not ending:
        return []
    statements = [_SCHEMA.format(database, schema)] if schema else []
    for view in PUBLIC_VIEWS:
        place, _, name = schemas.of(view).partition(".")
        statements.append(
            f"CREATE OR REPLACE VIEW {database}.{schema or place}.{name}{ending} COPY GRANTS AS\n"
            f"SELECT *\nFROM {database}.{place}.{name}"
        )
    return statements


def made_of_landed(database: str, schemas: Schemas, loader: str, landing: str) -> list[str]:
    """The views over tables of Gong that another loader lands; none without one."""
    if not loader:
        return []
    return [
        sql.filled(
            _made(view, database, schemas, f"gong/landed/{loader}_{view.rpartition('_')[2]}"),
            {"landing": landing},
        )
        for view in LANDED_VIEWS
    ]


def _made(view: str, database: str, schemas: Schemas, statement: str) -> str:
    """The view's statement for an account: its full names, and grants that stay."""
    text = "\n".join(
        line
        for line in sql.text(statement, "snowflake").splitlines()
        if not line.lstrip().startswith("--")
    ).strip()
    body = re.sub(rf"^CREATE OR REPLACE VIEW {re.escape(view)} AS\s+", "", text)
    name = f"{database}.{schemas.of(view)}"
    return f"CREATE OR REPLACE VIEW {name} COPY GRANTS AS\n{schemas.placed(body, database)}"

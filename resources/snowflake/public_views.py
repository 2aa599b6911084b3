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
_SCHEMA = "CREATE SCHEMA IF NOT EXISTS {}.{} COMMENT = 'Public views of cs_assets by other names'"


def made(database: str, schemas: Schemas) -> list[str]:
    """Every public view; one that is there keeps the grants that others gave on it."""
    return [_made(view, database, schemas) for view in PUBLIC_VIEWS]


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


def _made(view: str, database: str, schemas: Schemas) -> str:
    """The view's statement for an account: its full names, and grants that stay."""
    text = "\n".join(
        line
        for line in sql.text(PUBLIC_VIEWS[view], "snowflake").splitlines()
        if not line.lstrip().startswith("--")
    ).strip()
    body = re.sub(rf"^CREATE OR REPLACE VIEW {re.escape(view)} AS\s+", "", text)
    name = f"{database}.{schemas.of(view)}"
    return f"CREATE OR REPLACE VIEW {name} COPY GRANTS AS\n{schemas.placed(body, database)}"

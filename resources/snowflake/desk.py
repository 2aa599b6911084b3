"""The desk inside Snowflake: a Streamlit app that runs with the rights of who looks.

Two roles. One owns the app and can read nothing: it may only use, of a viewer's own privileges,
those that the caller grants name. The other is what viewers get. Raw answers of Gong, and records
that could not be read, are for neither. Sources: docs.snowflake.com, CREATE STREAMLIT, GRANT
CALLER, and restricted caller's rights in Streamlit in Snowflake.
"""

from collections.abc import Iterator

from resources.snowflake.locks import lock_of
from resources.snowflake.names import Names
from sql import catalog

#: What decisions at the desk write to, and how.
WRITTEN = {
    "analytics.account_csm_assignments": "INSERT, UPDATE, DELETE",
    "analytics.call_labels": "INSERT, UPDATE",
    "analytics.routing_decisions": "INSERT, UPDATE",
    "ops.answers_given": "INSERT",
    "ops.customer_actions": "INSERT",
    "ops.desk_decisions": "INSERT, UPDATE",
    "ops.desk_drafts": "INSERT, UPDATE",
    "ops.review_hands": "INSERT, UPDATE",
    "ops.routing_batches": "DELETE",
    "ops.score_disputes": "INSERT",
}
#: What nobody needs there: answers of Gong as they came.
_RAW = {"gong.gong_calls_raw", "gong.gong_call_transcripts_raw", "gong.gong_dead_letters"}
FILES = ("desk.py", "requirements.txt", "cs_assets.zip")


def statements(names: Names, folder: str) -> tuple[str, ...]:
    """Everything, in its order; ``folder`` holds the files of ``desk_files.write``."""
    owner, viewer = f"{names.role}_DESK_OWNER", f"{names.role}_DESK"
    database, place = names.database, f"{names.database}.DESK"
    pool, index = f"{names.role}_DESK_POOL", f"{names.role}_DESK_PACKAGES"
    return (
        "USE ROLE SECURITYADMIN",
        f"CREATE ROLE IF NOT EXISTS {owner} COMMENT = 'cs_assets: owns the desk, reads nothing'",
        f"CREATE ROLE IF NOT EXISTS {viewer} COMMENT = 'cs_assets: works at the desk'",
        f"GRANT ROLE {owner} TO ROLE SYSADMIN",
        f"GRANT ROLE {viewer} TO ROLE SYSADMIN",
        "USE ROLE SYSADMIN",
        f"CREATE SCHEMA IF NOT EXISTS {place} COMMENT = 'cs_assets: the desk and its files'",
        f"CREATE STAGE IF NOT EXISTS {place}.FILES ENCRYPTION = (TYPE = 'SNOWFLAKE_SSE')",
        *(
            f"PUT 'file://{folder}/{name}' @{place}.FILES AUTO_COMPRESS = FALSE OVERWRITE = TRUE"
            for name in FILES
        ),
        "USE ROLE ACCOUNTADMIN",
        f"CREATE COMPUTE POOL IF NOT EXISTS {pool} MIN_NODES = 1 MAX_NODES = 1 "
        "INSTANCE_FAMILY = CPU_X64_S AUTO_RESUME = TRUE AUTO_SUSPEND_SECS = 600 "
        "INITIALLY_SUSPENDED = TRUE",
        f"CREATE EXTERNAL ACCESS INTEGRATION IF NOT EXISTS {index} ALLOWED_NETWORK_RULES = "
        "(snowflake.external_access.pypi_rule) ENABLED = TRUE",
        f"GRANT USAGE ON COMPUTE POOL {pool} TO ROLE {owner}",
        f"GRANT USAGE ON INTEGRATION {index} TO ROLE {owner}",
        f"GRANT USAGE ON WAREHOUSE {names.warehouse} TO ROLE {owner}",
        f"GRANT USAGE ON DATABASE {database} TO ROLE {owner}",
        f"GRANT USAGE, CREATE STREAMLIT ON SCHEMA {place} TO ROLE {owner}",
        f"GRANT READ ON STAGE {place}.FILES TO ROLE {owner}",
        f"GRANT USAGE ON WAREHOUSE {names.warehouse} TO ROLE {viewer}",
        f"GRANT USAGE ON DATABASE {database} TO ROLE {viewer}",
        f"GRANT USAGE ON SCHEMA {place} TO ROLE {viewer}",
        f"GRANT CALLER USAGE ON WAREHOUSE {names.warehouse} TO ROLE {owner}",
        f"GRANT CALLER USAGE ON DATABASE {database} TO ROLE {owner}",
        *_tables(names, owner, viewer),
        f"USE ROLE {owner}",
        f"CREATE OR REPLACE STREAMLIT {place}.DESK FROM '@{place}.FILES' MAIN_FILE = 'desk.py' "
        f"QUERY_WAREHOUSE = {names.warehouse} RUNTIME_NAME = 'SYSTEM$ST_CONTAINER_RUNTIME_PY3_11' "
        f"COMPUTE_POOL = {pool} EXTERNAL_ACCESS_INTEGRATIONS = ({index}) TITLE = 'Customer desk'",
        # Without a live version the app is there, and shows nothing to whom it was granted.
        f"ALTER STREAMLIT {place}.DESK ADD LIVE VERSION FROM LAST",
        f"GRANT USAGE ON STREAMLIT {place}.DESK TO ROLE {viewer}",
    )


def _tables(names: Names, owner: str, viewer: str) -> Iterator[str]:
    """What viewers may, and that the app may it in their name."""
    of, database = names.schemas.of, names.database
    read = [one for one in catalog.tables().values() if one.full_name not in _RAW]
    schemas = sorted({of(one.full_name).partition(".")[0] for one in read})
    for schema in schemas:
        yield f"GRANT USAGE ON SCHEMA {database}.{schema} TO ROLE {viewer}"
        yield f"GRANT CALLER USAGE ON SCHEMA {database}.{schema} TO ROLE {owner}"
    # What a merge brings in comes by a temporary stage.
    ops = of("ops.desk_decisions").partition(".")[0]
    yield f"GRANT CREATE STAGE ON SCHEMA {database}.{ops} TO ROLE {viewer}"
    yield f"GRANT CALLER CREATE STAGE ON SCHEMA {database}.{ops} TO ROLE {owner}"
    source = names.schemas.source
    for kind in ("TABLES", "VIEWS"):
        yield f"GRANT SELECT ON ALL {kind} IN SCHEMA {database}.{source} TO ROLE {viewer}"
        yield f"GRANT INHERITED CALLER SELECT ON ALL {kind} IN SCHEMA {database}.{source} TO ROLE {owner}"  # noqa: E501
    for table in read:
        if table.schema != "source":
            privileges = ", ".join(["SELECT", *WRITTEN.get(table.full_name, "").split(", ")])
            yield from _both(privileges.rstrip(", "), of(table.full_name), names, owner, viewer)
    for table_name in WRITTEN:
        yield from _both("SELECT, UPDATE", of(lock_of(table_name)), names, owner, viewer)


def _both(privileges: str, table: str, names: Names, owner: str, viewer: str) -> Iterator[str]:
    where = f"{names.database}.{table}"
    yield f"GRANT {privileges} ON TABLE {where} TO ROLE {viewer}"
    yield f"GRANT CALLER {privileges} ON TABLE {where} TO ROLE {owner}"

"""What people and tools may read of an account: secure views without words, each granted by name.

Nobody but the service reads a table. ``REPORT`` holds a view of each table and public view with
the columns that are of no person, for the reading role. ``PEOPLE``, with Snowflake's Enterprise
edition, holds those with people but without words: row access policies show a reader the people
that ``PEOPLE.READERS`` names and their calls, masking policies hide addresses and workers' files
from those who may not see them. ``sql/personal_data.yaml`` says what each column holds.
"""

from collections.abc import Iterator

from resources.snowflake.public_views import PUBLIC_VIEWS
from resources.snowflake.schemas import Schemas
from sql import catalog, personal_data

#: Tables of words and nothing else: without the words a hash would be left.
_ONLY_WORDS = {
    "analytics.call_judge_words",
    "analytics.call_summaries",
    "analytics.call_texts",
    "analytics.transcript_chunks",
    "analytics.transcript_embeddings",
}
#: What one rep did in one call: which sentences were found tells it without the share.
_OF_ONE_CALL = {"analytics.call_judgements"}
#: Columns that name whose a row is, the first that a relation has.
_WHOSE = (
    "rep_user_id", "worker_id", "csm_id", "owner_id", "owner_worker_id", "reader_id",
    "primary_user_id", "action_owner", "owner_after", "from_worker_id", "audience_id",
)  # fmt: skip
#: Of others than the row's own person: customers' contacts, and texts that hold colleagues beside.
_OF_OTHERS = (
    "hubspot_contact_id", "contact_name", "contact_title", "contact_email", "speaker_id",
    "audit", "explanation", "llm_feedback", "reader_why", "note",
)  # fmt: skip
#: Figures of a group of workers are shown where it has so many: of fewer they tell of each. Nor are
#: groups shown beside all of them where what is left over is such a few: the difference tells it.
_LEAST = 5
_OF_GROUPS = {
    "analytics.coaching_effects": f"WHERE reps >= {_LEAST}",
    "analytics.routing_metrics": f"""QUALIFY n >= {_LEAST} AND (
    scope = 'all' OR (
        MIN(CASE WHEN n > 0 THEN n END) OVER (PARTITION BY batch_id, metric) >= {_LEAST}
        AND MAX(CASE WHEN scope = 'all' THEN n ELSE 0 END) OVER (PARTITION BY batch_id, metric)
            - SUM(CASE WHEN scope = 'all' THEN 0 ELSE n END) OVER (PARTITION BY batch_id, metric)
            NOT BETWEEN 1 AND {_LEAST - 1}
    )
)""",
}
#: Masking policies by the type of the column, and what Snowflake calls the type.
_MASKED = {
    "STRING": "STRING", "BIGINT": "NUMBER", "DOUBLE": "FLOAT", "DATE": "DATE",
    "BOOLEAN": "BOOLEAN", "TIMESTAMP_NTZ": "TIMESTAMP_NTZ",
}  # fmt: skip


def report_views(database: str, schemas: Schemas, role: str) -> list[str]:
    """For each relation whose key is of no person: the view without people and words.

    One that an earlier version made of another relation is dropped, with what was granted on it.
    """
    made = []
    for relation in _offered():
        if not _is_of_persons(relation) and relation not in _OF_ONE_CALL:
            columns = personal_data.columns_of(relation, "neither")
            made += _view(relation, columns, database, schemas, schemas.report, f"{role}_READER")
        else:
            made.append(
                f"DROP VIEW IF EXISTS {database}.{schemas.report}.{relation.partition('.')[2]}"
            )
    return made


def people_policies(database: str, schemas: Schemas) -> list[str]:
    """Who sees which people: a table to fill in, and the policies that read it."""
    place = f"{database}.{schemas.people}"
    reads = f"SELECT 1 FROM {place}.READERS AS r WHERE r.reader = CURRENT_USER()"  # noqa: S608
    # A policy cannot be given the column that the rows are kept to, so one refusal counts for all.
    files = f"EXISTS ({reads} AND r.sees_files) AND NOT EXISTS ({reads} AND NOT r.sees_files)"
    calls = (
        f"SELECT 1 FROM {place}.READERS AS r JOIN {database}.{schemas.gong}.stg_gong_calls "  # noqa: S608
        "AS c ON c.primary_user_id = r.person_id OR r.person_id = '*' "
        "WHERE r.reader = CURRENT_USER() AND c.call_id = whose"
    )
    made = [
        f"CREATE TABLE IF NOT EXISTS {place}.READERS (\n"
        "    reader STRING NOT NULL COMMENT 'user of Snowflake, in upper case',\n"
        "    person_id STRING NOT NULL "
        "COMMENT 'whose rows: Gong user, worker or CSM by number; * for everybody',\n"
        "    sees_files BOOLEAN NOT NULL "
        "COMMENT 'whether addresses and files are shown; one FALSE of a reader hides them all'\n)\n"
        "COMMENT = 'cs_assets: who reads of which people; empty: nobody of anybody'",
    ]
    masks = {f"FILES_{kind}": (kind, files) for kind in _MASKED.values()}
    everybody = f"EXISTS ({reads} AND r.person_id = '*')"
    masks["OTHERS_STRING"] = ("STRING", f"{files} AND {everybody}")
    masks["CONTACTS_STRING"] = ("STRING", everybody)
    for name, (kind, allowed) in masks.items():
        made += [
            f"CREATE MASKING POLICY IF NOT EXISTS {place}.{name} "
            f"AS (value {kind}) RETURNS {kind} -> NULL",
            f"ALTER MASKING POLICY {place}.{name} SET BODY -> CASE WHEN {allowed} THEN value END",
        ]
    rows = {
        "OWN_PEOPLE": f"EXISTS ({reads} AND (r.person_id = whose OR r.person_id = '*'))",
        "OWN_CALLS": f"EXISTS ({calls})",
        "OF_NOBODY": everybody,
    }
    for name, allowed in rows.items():
        made += [
            f"CREATE ROW ACCESS POLICY IF NOT EXISTS {place}.{name} AS (whose STRING) "
            "RETURNS BOOLEAN -> FALSE",
            f"ALTER ROW ACCESS POLICY {place}.{name} SET BODY -> {allowed}",
        ]
    return made


def people_views(database: str, schemas: Schemas, role: str) -> list[str]:
    """For each relation that tells of people: the view without words, under the policies."""
    made = []
    for relation in _offered():
        if personal_data.holds(relation, "address", "file", "person"):
            columns = personal_data.columns_of(relation, "address", "file", "person", "neither")
            made += _view(
                relation,
                columns,
                database,
                schemas,
                schemas.people,
                f"{role}_PEOPLE",
                _policies(relation, columns, f"{database}.{schemas.people}"),
            )
    return made


def _offered() -> Iterator[str]:
    """Tables of source and analytics, and the public views."""
    for table in catalog.tables().values():
        if table.schema in ("source", "analytics") and table.full_name not in _ONLY_WORDS:
            yield table.full_name
    yield from PUBLIC_VIEWS


def _is_of_persons(relation: str) -> bool:
    """Whether a row is one person's, even where no column says whose."""
    declared = catalog.tables().get(relation)
    key = declared.key if declared else ()
    return any(personal_data.held()[relation][column] != "neither" for column in key)


def _policies(relation: str, columns: list[str], place: str) -> tuple[dict[str, str], str]:
    """Masking policy by column, and the clause of the row access policy.

    Rows that belong to no reader (a customer's contact) are for who reads everybody.
    """
    declared = catalog.tables().get(relation)
    kinds = personal_data.held()[relation]
    if whose := next((name for name in _WHOSE if name in columns), None):
        rows = ("OWN_PEOPLE", whose)
    else:
        rows = ("OWN_CALLS", "call_id") if "call_id" in columns else ("OF_NOBODY", columns[0])
    of_nobody = rows[0] == "OF_NOBODY"
    masked = {
        column: f"{place}.OTHERS_STRING"
        if of_nobody or column in _OF_OTHERS
        else f"{place}.FILES_{_MASKED[_type(declared, column)]}"
        for column in columns
        if kinds[column] in ("address", "file")
    }
    masked |= {
        column: f"{place}.CONTACTS_STRING"
        for column in columns
        if column in _OF_OTHERS and kinds[column] == "person" and not of_nobody
    }
    return masked, f"    WITH ROW ACCESS POLICY {place}.{rows[0]} ON ({rows[1]})\n"


def _type(declared: catalog.Table | None, column: str) -> str:
    """The type that a masked column has in the view: amounts are shown as numbers of DOUBLE."""
    if declared is None:
        return "STRING"  # the public views hold addresses alone
    kind = declared.column(column).type
    return "DOUBLE" if kind.startswith("DECIMAL") else kind


def _view(
    relation: str,
    columns: list[str],
    database: str,
    schemas: Schemas,
    schema: str,
    reader: str,
    policies: tuple[dict[str, str], str] = ({}, ""),
) -> list[str]:
    masked, rows = policies
    declared = catalog.tables().get(relation)
    name = f"{database}.{schema}.{relation.partition('.')[2]}"
    named = ",\n".join(
        f"    {column}" + (f" WITH MASKING POLICY {masked[column]}" if column in masked else "")
        for column in columns
    )
    taken = ",\n".join(
        f"    CAST({column} AS DOUBLE) AS {column}"
        if column in masked and declared and declared.column(column).type.startswith("DECIMAL")
        else f"    {column}"
        for column in columns
    )
    shown = f"\n{_OF_GROUPS[relation]}" if relation in _OF_GROUPS else ""
    return [
        f"CREATE OR REPLACE SECURE VIEW {name} (\n{named}\n)\n{rows}    COPY GRANTS AS\n"
        f"SELECT\n{taken}\nFROM {database}.{schemas.of(relation)}{shown}",
        f"GRANT SELECT ON VIEW {name} TO ROLE {reader}",
    ]

"""Names of schemas are the administrator's: one place puts them into every statement."""

import pytest

from cs_assets.errors import UsageError
from resources.snowflake.names import Names
from resources.snowflake.schemas import USUAL, Schemas
from resources.snowflake.setup import load_agents, plan
from tests.snowflake.account_book import AccountBook
from tests.snowflake.setup_reading import read

OWN = "source=CRM, gong=CALLS_IN, analytics=CS, words=SAID, ops=WORKS, report=SHOWN, people=TEAM"


@pytest.mark.parametrize(
    ("statement", "placed"),
    [
        ("SELECT * FROM analytics.call_signals g", "SELECT * FROM SAID.call_signals g"),
        ("UPDATE ops.lock_gong_gong_users SET", "UPDATE WORKS.lock_gong_gong_users SET"),
        ("SELECT gong.gong_users.title", "SELECT CALLS_IN.gong_users.title"),
        ("JOIN analytics.customer_metrics m", "JOIN CS.customer_metrics m"),
        ("FROM analytics.v_customers", "FROM CS.v_customers"),
        ("-- it's analytics.call_signals\nFROM source.csms", "-- it's analytics.call_signals\n"
         "FROM CRM.csms"),
        ("WHERE x = 'analytics.call_signals'", "WHERE x = 'analytics.call_signals'"),
        ("SELECT source.csm_id FROM t AS source", "SELECT source.csm_id FROM t AS source"),
        ("FROM other.analytics.call_signals", "FROM other.analytics.call_signals"),
        ("FROM snowflake.account_usage.tables", "FROM snowflake.account_usage.tables"),
        ("FROM information_schema.columns WHERE s IN ('source', 'words', 'other')",
         "FROM information_schema.columns WHERE s IN ('crm', 'said', 'other')"),
    ],
)  # fmt: skip
def test_tables_are_named_as_the_account_has_them(statement, placed):
    assert Schemas.parse(OWN).placed(statement) == placed


def test_a_database_stands_before_each_name_where_there_is_none_in_use():
    text = USUAL.placed("SELECT 1 FROM source.customers, analytics.call_texts", "DB")
    assert text == "SELECT 1 FROM DB.SOURCE.customers, DB.WORDS.call_texts"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("sources=CRM", "'sources=CRM' is none of analytics, gong"),
        ("source=CRM; DROP", "is none of"),
        ("source", "is none of"),
        ("source=X, gong=x", "two schemas would be called X"),
        ("words=ANALYTICS", "two schemas would be called ANALYTICS"),
    ],
)
def test_names_that_cannot_be_are_refused(given, told):
    with pytest.raises(UsageError, match="SNOWFLAKE_SCHEMAS: ") as error:
        Schemas.parse(given)
    assert told in str(error.value)


def test_the_whole_set_up_speaks_of_schemas_by_their_own_names():
    schemas = Schemas.parse(OWN)
    names = Names(public_key="A" * 392, schemas=schemas, edition="enterprise")
    *steps, desk = plan(names, load_agents(None), "FOLDER")
    book = AccountBook()
    for statement in (one for step in [*steps, desk] for one in step.statements):
        for usual in ("SOURCE", "GONG", "ANALYTICS", "WORDS", "OPS", "REPORT", "PEOPLE"):
            assert f"CS_ASSETS.{usual}" not in statement.upper()
    for step in steps:
        assert len(set(step.statements)) == len(step.statements), f"{step.name}: one twice"
        for statement in step.statements:
            read(book, statement)
    assert book.allows("CS_ASSETS_REPORT", "SELECT", "VIEW", "CS_ASSETS.SHOWN.CUSTOMERS")
    assert book.allows("CS_ASSETS_TRANSFORM", "SELECT", "TABLE", "CS_ASSETS.SAID.CALL_SIGNALS")

"""Who may read what: classified by column, traced through the set-up's own statements."""

import dataclasses
import re

import duckdb
import pytest

from resources.snowflake.names import Names
from resources.snowflake.public_views import PUBLIC_VIEWS
from resources.snowflake.readers import people_policies, people_views, report_views
from resources.snowflake.schemas import Schemas
from resources.snowflake.setup import chosen, load_agents, plan
from sql import catalog, personal_data
from tests.snowflake import rights
from tests.snowflake.account_book import AccountBook, Grant, Refused
from tests.snowflake.setup_reading import read

#: Customers' people in rows of somebody who may have a reader.
OF_CONTACTS = {"hubspot_contact_id", "contact_name", "contact_title", "speaker_id"}
#: Texts in such rows that tell of colleagues' books, leave and languages.
OF_COLLEAGUES = {"audit", "explanation", "llm_feedback", "reader_why", "note"}


@pytest.fixture(scope="module")
def book():
    return rights.account(edition="enterprise", views_schema="MART", views_ending="_PROD")


def test_a_column_of_which_nothing_is_told_is_an_error():
    personal_data.check_tables()
    told = personal_data.held()["analytics.call_texts"]
    declared = catalog.table("analytics.call_texts").column_names
    with pytest.raises(personal_data.Unclassified, match=r"call_texts\.said_by is not told"):
        personal_data.check("analytics.call_texts", [*declared, "said_by"], told)
    with pytest.raises(personal_data.Unclassified, match="has no column words"):
        personal_data.check("analytics.call_texts", ["call_id", "call_date", "text_hash"], told)


@pytest.mark.parametrize("view", PUBLIC_VIEWS)
def test_a_public_view_holds_what_the_columns_behind_it_hold(book, view):
    """What is told of a view is not believed: its SELECT is parsed down to the tables."""
    told = personal_data.held()[view]
    found = rights.shown(book, f"CS_ASSETS.{Schemas().of(view)}".upper())
    assert {column.lower() for column in found} == set(told)
    for column, kinds in found.items():
        assert (kinds - {"neither"} or {"neither"}) == {told[column.lower()]}, column


def test_reports_read_no_words_no_address_and_no_file():
    figure = rights.relations_with_words_or_people()
    assert figure.passed, figure


def test_who_reads_of_people_reads_no_words(book):
    assert rights.leaking(book, "CS_ASSETS_PEOPLE", "words") == []
    shown = rights.leaking(book, "CS_ASSETS_PEOPLE", "address", "file", "person")
    assert "CS_ASSETS.PEOPLE.REP_WEEK_SCORES" in shown
    assert all(name.startswith("CS_ASSETS.PEOPLE.") for name in shown)


def test_addresses_and_files_are_masked_and_rows_kept_to_their_readers(book):
    for name, behind in book.behind.items():
        if name.startswith("CS_ASSETS.PEOPLE."):
            policies = book.policies[name]
            for column, kinds in rights.shown(book, name).items():
                hidden = kinds & {"address", "file"} or column.lower() in OF_CONTACTS
                assert (column in policies) == bool(hidden), (name, column)
                if column.lower() in OF_COLLEAGUES | OF_CONTACTS:
                    assert policies[column].rpartition(".")[2].startswith(("OTHERS", "CONTACTS"))
            if "REP_USER_ID" in book.columns[behind]:
                assert policies["*"] == "CS_ASSETS.PEOPLE.OWN_PEOPLE"
            elif "CALL_ID" in book.columns[behind]:  # of a rep by way of the call
                assert policies["*"].startswith("CS_ASSETS.PEOPLE.OWN_"), name
            assert "*" in policies, f"{name} shows its rows to every holder of the role"


def test_what_rows_are_kept_by_is_a_text_that_is_not_masked():
    """As the policies take it; and Snowflake takes no masked column for them."""
    views = [one for one in people_views("CS", Schemas(), "R") if "SECURE VIEW" in one]
    assert len(views) > 20
    for view in views:
        name = re.search(r"VIEW CS\.\w+\.(\w+)", view)[1]
        column = re.search(r"ON \((\w+)\)", view)[1]
        declared = [table for table in catalog.tables().values() if table.name == name]
        assert all(table.column(column).type == "STRING" for table in declared), name
        assert not re.search(rf"^    {column} WITH MASKING", view, re.M), name


@pytest.mark.parametrize(
    ("policy", "shown"),
    [
        ("OWN_PEOPLE", {"MIA": "AB", "NOA": "A", "ALL": "ABC"}),
        ("OWN_CALLS", {"MIA": "12", "NOA": "1", "ALL": "123"}),
        ("OF_NOBODY", {"ALL": "ABC"}),
        ("FILES_STRING", {"NOA": "ABC", "ALL": "ABC"}),  # MIA may not see those of B, so none
        ("OTHERS_STRING", {"ALL": "ABC"}),
        ("CONTACTS_STRING", {"ALL": "ABC"}),
    ],
)
def test_a_policy_shows_a_reader_what_the_table_of_readers_says(policy, shown):
    (body,) = (
        statement.partition(" SET BODY -> ")[2]
        for statement in people_policies("CS", Schemas())
        if f".{policy} SET BODY" in statement
    )
    db = duckdb.connect()
    db.execute("ATTACH ':memory:' AS cs; CREATE SCHEMA cs.people; CREATE SCHEMA cs.gong")
    db.execute(
        "CREATE TABLE cs.gong.stg_gong_calls AS SELECT * FROM (VALUES (1, 'A'), (2, 'B'), "
        "(3, 'C')) v(call_id, primary_user_id)"
    )
    db.execute("CREATE TABLE cs.people.readers AS SELECT * FROM (VALUES ('MIA', 'A', TRUE), "
               "('MIA', 'B', FALSE), ('NOA', 'A', TRUE), ('ALL', '*', TRUE)) "
               "v(reader, person_id, sees_files)")  # fmt: skip
    rows = "(1), (2), (3)" if policy == "OWN_CALLS" else "('A'), ('B'), ('C')"
    for reader in ("MIA", "NOA", "ALL", "NOBODY"):
        asked = body.replace("CURRENT_USER()", f"'{reader}'").replace("THEN value", "THEN whose")
        found = db.sql(f"SELECT whose FROM (VALUES {rows}) v(whose) WHERE ({asked}) IS NOT NULL "
                       f"AND ({asked})::VARCHAR <> 'false' ORDER BY 1").fetchall()  # fmt: skip
        assert "".join(str(one) for (one,) in found) == shown.get(reader, ""), reader


def test_who_decided_is_an_address_wherever_it_stands():
    """At the desk people decide as who signed in, by mail address."""
    deciders = {"decided_by", "done_by", "labelled_by", "asker_id"}
    for relation, columns in personal_data.held().items():
        for column in deciders & set(columns):
            assert columns[column] == "address", (relation, column)
    assert personal_data.held()["ops.score_disputes"]["person"] == "address"


def test_figures_of_few_workers_are_in_no_report():
    db = duckdb.connect()
    db.execute("ATTACH ':memory:' AS cs; CREATE SCHEMA cs.analytics; CREATE SCHEMA cs.report")
    views = [one for one in report_views("CS", Schemas(), "R") if "SECURE VIEW" in one]
    for name, size in (("routing_metrics", "n"), ("coaching_effects", "reps")):
        columns = ", ".join(f"{one} INT" for one in catalog.table(f"analytics.{name}").column_names)
        columns = columns.replace("scope INT", "scope TEXT")
        db.execute(f"CREATE TABLE cs.analytics.{name} ({columns})")
        db.execute(f"INSERT INTO cs.analytics.{name} ({size}) VALUES (NULL), (1), (4), (5), (9)")
        if name == "routing_metrics":
            db.execute("UPDATE cs.analytics.routing_metrics SET scope = 'all', batch_id = n")
        (view,) = (one for one in views if f".report.{name} (" in one.lower())
        db.execute(view.replace(" SECURE", "").replace("COPY GRANTS", ""))
        shown = db.sql(f"SELECT {size} FROM cs.report.{name} ORDER BY 1").fetchall()
        assert [row[0] for row in shown] == [5, 9]


@pytest.mark.parametrize(
    ("groups", "shown"),
    [
        ((9, 0, 6), ["Junior", "Mid", "all"]),
        ((14, 1), ["all"]),  # all less the fourteen are the one
        ((8, 4, 3), ["all"]),
        ((7, 6), ["all"]),  # two are in no group
        ((5, 5), ["Junior", "New", "all"]),  # five are in none
    ],
)
def test_no_difference_of_groups_tells_of_few_workers(groups, shown):
    db = duckdb.connect()
    db.execute("ATTACH ':memory:' AS cs; CREATE SCHEMA cs.analytics; CREATE SCHEMA cs.report")
    told = [("all", 15), *zip(("Junior", "New", "Mid"), groups, strict=False)]
    rows = ", ".join(f"('B', '{scope}', 'points_mean', 1.0, {n}, NULL)" for scope, n in told)
    db.execute(f"CREATE TABLE cs.analytics.routing_metrics AS SELECT * FROM (VALUES {rows}) "
               "v(batch_id, scope, metric, value, n, batched_at)")  # fmt: skip
    (view,) = (
        one for one in report_views("CS", Schemas(), "R") if "VIEW CS.REPORT.routing_metrics" in one
        and "SECURE" in one
    )  # fmt: skip
    db.execute(view.replace(" SECURE", "").replace("COPY GRANTS", ""))
    found = db.sql("SELECT scope FROM cs.report.routing_metrics ORDER BY 1").fetchall()
    assert [scope for (scope,) in found] == shown


def test_what_one_person_answered_or_did_in_a_call_is_in_no_report(book):
    """Marks and judged texts of single contacts, and what was found of a rep's one call."""
    place = "CS_ASSETS.REPORT."
    assert f"{place}CALL_JUDGEMENTS" not in book.columns
    for name, hidden in (
        ("SURVEY_RESPONSES", {"SCORE", "PERSON_ID"}),
        ("SUPPORT_TICKETS", {"SATISFACTION_SCORE"}),
        ("CUSTOMER_TEXTS", {"SENTIMENT_CATEGORY", "SENTIMENT_SCORE", "SIGNALS", "TEXT_HASH"}),
    ):
        assert not hidden & set(book.columns[place + name]), name
        assert hidden - {"TEXT_HASH"} <= set(book.columns[f"CS_ASSETS.PEOPLE.{name}"])
        assert book.policies[f"CS_ASSETS.PEOPLE.{name}"]["*"].endswith(".OF_NOBODY")


def test_the_standard_edition_shows_people_to_nobody():
    book = rights.account()
    assert rights.readable(book, "CS_ASSETS_PEOPLE") == rights.readable(book, "CS_ASSETS_READER")


def test_one_grant_too_many_is_found(book):
    """The figure can fail: a table with words, granted as the first version did."""
    other = dataclasses.replace(book, grants={*book.grants})
    table = "CS_ASSETS.WORDS.CALL_SIGNALS"
    other.grants.add(Grant("SELECT", "TABLE", table, "CS_ASSETS_READER"))
    assert rights.leaking(other, "CS_ASSETS_REPORT", "words") == [table]
    view = "CS_ASSETS.ANALYTICS.V_ENRICHED_CALLS"
    other.grants = {*book.grants, Grant("SELECT", "VIEW", view, "CS_ASSETS_READER")}
    assert rights.leaking(other, "CS_ASSETS_REPORT", "words", "person") == [view]


def test_words_stay_a_day_and_never_in_fail_safe(book):
    for table in catalog.tables().values():
        name = f"CS_ASSETS.{Schemas().of(table.full_name)}".upper()
        words = personal_data.holds(table.full_name, "words")
        if table.schema == "gong" or (table.schema == "analytics" and words):
            assert name in book.transient
        if table.schema == "analytics":
            assert name.startswith("CS_ASSETS.WORDS.") == words


def test_other_systems_find_the_views_by_their_own_names(book):
    name = "CS_ASSETS.MART.VW_ENRICHED_GONG_CALLS_PROD"
    assert book.columns[name] == book.columns["CS_ASSETS.GONG.VW_ENRICHED_GONG_CALLS"]


def test_an_account_of_before_is_moved_with_its_rows_and_loses_what_it_gave(book):
    """As the first version left it: words in permanent tables, everything to come for reports."""
    old = AccountBook()
    before = plan(Names(public_key="A" * 392), load_agents(None))
    for step in chosen(before, ["account"]):
        for statement in step.statements:
            read(old, statement)
    for statement in (
        "CREATE TABLE IF NOT EXISTS CS_ASSETS.ANALYTICS.CALL_SIGNALS (call_id STRING, mine STRING)",
        "CREATE TABLE IF NOT EXISTS CS_ASSETS.ANALYTICS.TRANSCRIPT_CHUNKS (call_id STRING)",
        "CREATE TABLE IF NOT EXISTS CS_ASSETS.GONG.GONG_USERS (user_id STRING)",
        "CREATE TABLE IF NOT EXISTS CS_ASSETS.ANALYTICS.CUSTOMER_METRICS (customer_id STRING)",
        "USE ROLE SECURITYADMIN",
        "CREATE ROLE IF NOT EXISTS CS_ASSETS_REPORT COMMENT = 'before'",
        "GRANT USAGE ON SCHEMA CS_ASSETS.SOURCE TO ROLE CS_ASSETS_REPORT",
        "GRANT SELECT ON ALL TABLES IN SCHEMA CS_ASSETS.ANALYTICS TO ROLE CS_ASSETS_REPORT",
        "GRANT SELECT ON FUTURE TABLES IN SCHEMA CS_ASSETS.ANALYTICS TO ROLE CS_ASSETS_REPORT",
        "GRANT SELECT ON FUTURE VIEWS IN SCHEMA CS_ASSETS.SOURCE TO ROLE CS_ASSETS_REPORT",
        "USE ROLE SYSADMIN",
        "CREATE OR REPLACE SECURE VIEW CS_ASSETS.REPORT.CALL_JUDGEMENTS (\n    call_id\n)\n"
        "    COPY GRANTS AS\nSELECT\n    call_id\nFROM CS_ASSETS.ANALYTICS.CALL_SIGNALS",
        "GRANT SELECT ON VIEW CS_ASSETS.REPORT.CALL_JUDGEMENTS TO ROLE CS_ASSETS_REPORT",
    ):
        read(old, statement)
    for _ in range(2):
        for step in before:
            for statement in step.statements:
                read(old, statement)
        tables = {name for kind, name in old.owners if kind == "TABLE"}
        assert "CS_ASSETS.ANALYTICS.CALL_SIGNALS" not in tables
        moved = old.columns["CS_ASSETS.WORDS.CALL_SIGNALS"]
        assert moved[:2] == ["CALL_ID", "MINE"]  # the table itself, with a column of the user's
        assert set(moved) > set(
            map(str.upper, catalog.table("analytics.call_signals").column_names)
        )
        assert {"CS_ASSETS.WORDS.CALL_SIGNALS", "CS_ASSETS.GONG.GONG_USERS"} <= old.transient
        assert rights.readable(old, "CS_ASSETS_REPORT") == rights.readable(
            rights.account(), "CS_ASSETS_REPORT"
        )
        assert old.to_come == set()
        assert not old.allows("CS_ASSETS_REPORT", "USAGE", "SCHEMA", "CS_ASSETS.SOURCE")


@pytest.fixture
def moving():
    """An account with rows in a table of an earlier version, and the statement that moves it."""
    account = rights.account()
    read(account, "USE ROLE SYSADMIN")
    moves = chosen(plan(Names(public_key="A" * 392), load_agents(None)), ["move"])[0]
    read(account, moves.statements[0])
    read(account, moves.statements[1])
    read(account, f"CREATE TABLE IF NOT EXISTS {OLD_PLACE} (call_id STRING)")
    account.rows[OLD_PLACE] = 7
    return account, [one for one in moves.statements if "'CALL_SIGNALS'" in one]


def _read_all(account, statements):
    for statement in statements:
        read(account, statement)


OLD_PLACE, NEW_PLACE = "CS_ASSETS.ANALYTICS.CALL_SIGNALS", "CS_ASSETS.WORDS.CALL_SIGNALS"


@pytest.mark.parametrize("there", [3, 7])
def test_rows_in_both_places_are_never_thrown_away(moving, there):
    account, signals = moving
    account.rows[NEW_PLACE] = there
    told = f"{NEW_PLACE} holds rows beside {OLD_PLACE}"
    assert told.upper() in signals[0].upper()
    with pytest.raises(Refused, match=told):
        read(account, signals[0])
    assert account.rows == {OLD_PLACE: 7, NEW_PLACE: there}


@pytest.mark.parametrize(
    "fails",
    [
        f"CREATE OR REPLACE TRANSIENT TABLE {OLD_PLACE} CLONE {OLD_PLACE}",
        f"ALTER TABLE {OLD_PLACE} RENAME TO {NEW_PLACE}",
        None,
    ],
)
def test_a_move_that_was_cut_short_goes_on_and_moves_each_row_once(moving, fails):
    account, signals = moving
    reader = Grant("SELECT", "TABLE", OLD_PLACE, "CS_ASSETS_REPORT")
    account.grants.add(reader)
    account.to_come.add(Grant("SELECT", "TABLE", "CS_ASSETS.ANALYTICS", "CS_ASSETS_REPORT"))
    if fails:
        account.faults[fails] = "000604"
        with pytest.raises(Refused, match="broken on purpose"):
            _read_all(account, signals)
        assert sum(account.rows.values()) == 7
    _read_all(account, signals)
    assert account.rows == {NEW_PLACE: 7}
    assert NEW_PLACE in account.transient
    assert ("TABLE", OLD_PLACE) not in account.owners
    assert not [one for one in account.grants if one.name in (OLD_PLACE, NEW_PLACE)]


def test_the_search_goes_before_the_table_that_it_reads():
    """After a stop between the two nothing would make the search anew."""
    moves = chosen(plan(Names(public_key="A" * 392), load_agents(None)), ["move"])[0]
    (chunks,) = [one for one in moves.statements if "CALL_SEARCH" in one]
    assert chunks.index("DROP CORTEX SEARCH SERVICE") < chunks.index("CLONE")

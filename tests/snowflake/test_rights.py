"""Who may read what: classified by column, traced through the set-up's own statements."""

import dataclasses

import pytest

from resources.snowflake.public_views import PUBLIC_VIEWS
from resources.snowflake.schemas import Schemas
from sql import catalog, personal_data
from tests.snowflake import rights
from tests.snowflake.account_book import Grant


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
                assert (column in policies) == bool(kinds & {"address", "file"}), (name, column)
            if "REP_USER_ID" in book.columns[behind]:
                assert policies["*"] == "CS_ASSETS.PEOPLE.OWN_PEOPLE"


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

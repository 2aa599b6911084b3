"""Every table file keeps the layout; a broken one is refused with file and line."""

import pytest

import sql
from sql import catalog

GOOD = """-- One row per thing.
-- key: thing_id
-- partition: day
CREATE TABLE IF NOT EXISTS source.thing (
    thing_id STRING NOT NULL, -- the thing
    colour   STRING,          -- its colour; one of: red, deep blue
    price    DECIMAL(18,2),   -- in USD
    day      DATE NOT NULL    -- when
);
"""


def test_a_declaration_is_read():
    table = catalog.parse(GOOD, "here")
    assert table.full_name == "source.thing"
    assert table.key == ("thing_id",)
    assert table.partition == "day"
    assert table.column("colour").one_of == ("red", "deep blue")
    assert table.column("price").type == "DECIMAL(18,2)"
    assert [c.required for c in table.columns] == [True, False, False, True]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("-- the thing", ""), "here:5"),
        (("-- key: thing_id", "-- grain: thing_id"), "needs '-- key:'"),
        (("key: thing_id", "key: other_id"), "'other_id' is not a column"),
        (("CREATE TABLE IF NOT EXISTS", "CREATE TABLE"), "here:4"),
    ],
)
def test_a_broken_declaration_is_refused(change, complaint):
    with pytest.raises(catalog.MalformedTable, match=complaint):
        catalog.parse(GOOD.replace(*change), "here")


def test_all_tables_are_declared_well():
    tables = catalog.tables()
    assert {"source", "gong", "analytics", "ops"} == {t.schema for t in tables.values()}
    for table in tables.values():
        assert table.meaning, table.full_name
        if table.schema != "source":  # what others own may lack a key; it is then left out
            assert all(table.column(name).required for name in table.key), table.full_name


def test_an_unknown_statement_is_named():
    with pytest.raises(sql.UnknownStatement, match=r"sql/no/such\.sql does not exist"):
        sql.text("no/such")

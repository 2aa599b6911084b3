"""The page about source files says what the declarations say."""

from cs_assets.sources.guide import guide
from resources.sources.staging import source_tables
from tests.conftest import REPOSITORY


def test_the_page_in_docs_is_the_one_that_the_declarations_give():
    """Make it again with ``python -m cs_assets.sources.guide > docs/sources.md``."""
    assert (REPOSITORY / "docs" / "sources.md").read_text(encoding="utf-8") == guide()


def test_every_column_of_every_file_is_explained():
    page = guide()
    for table in source_tables().values():
        section = page.partition(f"## {table.name}.csv\n")[2].partition("\n## ")[0]
        for column in table.columns:
            assert f"| `{column.name}` | " in section
        for value in (value for column in table.columns for value in column.one_of):
            assert f"`{value}`" in section


def test_relations_are_links_to_files_that_are_on_the_page():
    page = guide()
    for table in source_tables().values():
        for column in table.columns:
            if column.joins:
                assert f"[`{column.joins[0]}.csv`](#{column.joins[0]}csv)" in page
                assert f"## {column.joins[0]}.csv\n" in page

"""What the report role may read after the set-up, traced back to the columns of our tables.

Nothing is believed that the set-up says of itself: its statements are read into an account on
paper, the grants of the role are followed to the views, the views' SELECTs, parsed, to the columns
that they show. What a column holds is told by ``sql/personal_data.yaml``.
"""

from functools import cache

from sqlglot import exp
from sqlglot.lineage import lineage

from resources.snowflake.names import Names
from resources.snowflake.schemas import Schemas
from resources.snowflake.setup import load_agents, plan
from sql import catalog, personal_data
from tests.figures import Figure
from tests.snowflake.account_book import AccountBook
from tests.snowflake.setup_reading import read

_SCHEMA = {
    "CS_ASSETS": {
        schema.upper(): {
            table.name.upper(): {column.upper(): "TEXT" for column in table.column_names}
            for table in catalog.tables().values()
            if Schemas().of(table.full_name).upper().startswith(f"{schema.upper()}.")
        }
        for schema in ("SOURCE", "GONG", "ANALYTICS", "WORDS", "OPS")
    }
}


def account(**options: str) -> AccountBook:
    """An account on paper after the whole set-up."""
    book = AccountBook()
    for step in plan(Names(public_key="A" * 392, **options), load_agents(None)):  # type: ignore[arg-type]
        for statement in step.statements:
            read(book, statement)
    return book


def readable(book: AccountBook, role: str) -> list[str]:
    """Tables and views that a role may select from, by itself or through others."""
    return sorted(
        name
        for kind, name in book.owners
        if kind in ("TABLE", "VIEW") and book.allows(role, "SELECT", kind, name)
    )


def shown(book: AccountBook, relation: str) -> dict[str, set[str]]:
    """By column of a relation of the account: what the columns behind it hold."""
    if (select := book.selects.get(relation)) is not None:
        text = select.sql("snowflake")
        return {column: _held_behind(column, text) for column in book.columns[relation]}
    if behind := book.behind.get(relation):
        of_behind = shown(book, behind)
        return {column: of_behind[column] for column in book.columns[relation]}
    kinds = personal_data.held()[_ours()[relation]]
    return {column.upper(): {kind} for column, kind in kinds.items()}


@cache
def _ours() -> dict[str, str]:
    return {f"CS_ASSETS.{Schemas().of(name)}".upper(): name for name in catalog.tables()}


@cache
def _held_behind(column: str, select: str) -> set[str]:
    """What a column of a SELECT is computed from."""
    found = {"neither"}
    for node in lineage(column, select, schema=_SCHEMA, dialect="snowflake").walk():
        if isinstance(node.expression, exp.Table):
            table = ".".join(part.name for part in node.expression.parts).upper()
            name = node.name.rpartition(".")[2].strip('"').lower()
            found.add(personal_data.held()[_ours()[table]][name])
    return found


def leaking(book: AccountBook, role: str, *kinds: str) -> list[str]:
    """Relations that the role may read and that show one of ``kinds``."""
    return [
        name
        for name in readable(book, role)
        if any(held & set(kinds) for held in shown(book, name).values())
    ]


def relations_with_words_or_people() -> Figure:
    """P-snowflake-10: by the set-up's own text, in both editions."""
    kinds = ("words", "address", "file", "person")
    books = [account(edition=edition) for edition in ("standard", "enterprise")]
    found = {name for book in books for name in leaking(book, "CS_ASSETS_REPORT", *kinds)}
    read_at_all = {name for book in books for name in readable(book, "CS_ASSETS_REPORT")}
    value = f"{len(found)} of {len(read_at_all)} relations"
    passed = not found and len(read_at_all) >= 40
    return Figure("P-snowflake-10", "words_or_people_for_reports", value, "0", passed)

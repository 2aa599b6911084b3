"""Erases from the warehouse: rows of the one meant, ids that point there, mentions in texts.

What a row is decides: one that is about who is erased goes; one that only points there, as a
customer to its CSM, stays without the pointer; a text about others loses the mention. Copies of
ledgers keep their rows, which prove that something was sent or spent.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.erasure import quoting
from cs_assets.erasure.needles import ERASED, Needles
from cs_assets.erasure.spaces import SPACES
from cs_assets.erasure.subject import Subject
from sql import catalog, erasing

#: Copies of ledgers: rows stay, what they hold of the person goes.
COPIES = frozenset({"ops.deliveries", "ops.ai_calls"})
#: Ids that a statement takes at a time.
_PORTION = 500
_RAW_CALLS = "gong.gong_calls_raw"
#: Proof that something was erased; must stay.
_STAY = frozenset({"ops.erasures", "gong.gong_purges"})


@dataclass(frozen=True)
class Done:
    """What was found in one place, and what is done with it."""

    place: str
    action: str
    """``removed``, ``emptied`` (an id that points to who is erased) or ``replaced`` (a mention)."""
    count: int
    unit: str = "rows"


@dataclass(frozen=True)
class _Change:
    """Rows of a table to be removed (``column`` None: by key) or written anew."""

    table: catalog.Table
    action: str
    rows: pd.DataFrame
    columns: tuple[str, ...] = ()


def tables(owns_sources: bool) -> list[catalog.Table]:
    """The tables that are looked through; ``owns_sources``: source tables are ours to change."""
    return [
        table
        for table in catalog.tables().values()
        if table.full_name not in _STAY and (owns_sources or table.schema != "source")
    ]


def changes(
    db: Any,
    subject: Subject,
    looked_through: Sequence[catalog.Table],
    removed_files: Sequence[str] = (),
) -> list[_Change]:
    """What is to be done, table by table; reads only.

    ``removed_files``, below the home folder: rows of documents that lose one go too.
    """
    found: list[_Change] = []
    for table in looked_through:
        gone: set[tuple[Any, ...]] = set()
        for change in _changes_of(db, table, subject, removed_files):
            rows = change.rows
            keys = list(map(tuple, rows[list(table.key)].astype(str).to_numpy()))
            rows = rows[[key not in gone for key in keys]]
            if change.action == "removed":
                gone |= set(keys)
            if len(rows):
                found.append(_Change(table, change.action, rows, change.columns))
    return found


def done(found: Sequence[_Change]) -> list[Done]:
    """The changes in figures."""
    return [Done(change.table.full_name, change.action, len(change.rows)) for change in found]


def names_of(found: Sequence[_Change]) -> set[str]:
    """The tables that the changes write to."""
    return {change.table.full_name for change in found}


def apply(db: Any, found: Sequence[_Change]) -> None:
    """Carry the changes out, all of them or none."""
    if not found:
        return
    with db.transaction(*sorted(names_of(found))):
        for change in found:
            if change.action == "removed":
                _remove(db, change.table, change.rows)
            else:
                keep = [*change.table.key, *change.columns]
                db.merge(change.table.full_name, change.rows[keep].drop_duplicates())


def _remove(db: Any, table: catalog.Table, rows: pd.DataFrame) -> None:
    """Delete these rows by their key: by its last column within equal others."""
    *outer, last = table.key
    groups = rows.groupby(outer, dropna=False) if outer else [((), rows)]
    for values, group in groups:
        scope: dict[str, Any] = {
            name: _plain(value) for name, value in zip(outer, _tuple(values), strict=True)
        }
        scope[last] = [_plain(value) for value in group[last].unique()]
        db.replace(table.full_name, pd.DataFrame(), scope)


def _tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _plain(value: Any) -> Any:
    return (
        value.to_pydatetime()
        if isinstance(value, pd.Timestamp)
        else getattr(value, "item", lambda: value)()
    )


def _changes_of(
    db: Any, table: catalog.Table, subject: Subject, removed_files: Sequence[str]
) -> Iterator[_Change]:
    """Removals first: what is removed needs no other change."""
    pointers: list[_Change] = []
    if "call_id" in table.column_names and subject.call_ids and table.full_name not in COPIES:
        rows = by(db, table.full_name, "call_id", sorted(subject.call_ids))
        if table.full_name != _RAW_CALLS and len(rows):  # its payload is emptied
            yield _Change(table, "removed", rows)
    for column in table.column_names:
        if column.endswith("_path") and table.full_name not in COPIES:
            rows = by(db, table.full_name, column, removed_files)
            if len(rows):
                yield _Change(table, "removed", rows)
    for column in table.column_names:
        ids = subject.ids(SPACES.get(column, ()))
        rows = by(db, table.full_name, column, ids) if ids else pd.DataFrame()
        if rows.empty:
            continue
        if _is_of(table, column, subject):
            yield _Change(table, "removed", rows)
        else:
            value = ERASED if table.column(column).required else None
            pointers.append(_Change(table, "emptied", rows.assign(**{column: value}), (column,)))
    for change in _mentions(db, table, subject):
        if change.action == "removed":
            yield change
        else:
            pointers.append(change)
    yield from pointers


def _is_of(table: catalog.Table, column: str, subject: Subject) -> bool:
    """Whether a row with that id is about who is erased, rather than pointing there."""
    if table.full_name in COPIES:
        return False
    return subject.kind == "customer" or column in table.key or column == "rep_user_id"


def by(db: Any, table: str, column: str, values: Sequence[str]) -> pd.DataFrame:
    """Rows of ``schema.table`` whose column is one of ``values``, letters in either case."""
    parts = [
        db.query(erasing.by(table, column, len(part)), [one.lower() for one in part])
        for part in (values[n : n + _PORTION] for n in range(0, len(values), _PORTION))
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _mentions(db: Any, table: catalog.Table, subject: Subject) -> Iterator[_Change]:
    """Texts that name who is erased, or a call that goes: derived ones are made anew without."""
    if not erasing.texts(table):
        return
    needles = subject.needles
    rows = _with_texts(db, table, needles.shortest)
    if table.full_name == _RAW_CALLS and len(rows):
        rows = rows[~rows["call_id"].isin(subject.call_ids)]  # of these the payload is emptied
    columns = [name for name in erasing.texts(table) if name in rows]
    hit = {name: rows[name].map(lambda text: _found(needles, text)) for name in columns}
    in_key = [name for name in columns if name in table.key]
    has_vector = any(column.type.startswith("VECTOR") for column in table.columns)
    whole = pd.Series(has_vector, index=rows.index)
    for name in in_key:
        whole = whole | hit[name]
    named = pd.Series(False, index=rows.index)
    for name in columns:
        named = named | hit[name]
    if (whole & named).any():
        yield _Change(table, "removed", rows[whole & named])
    for name in columns:
        some = rows[hit[name] & ~whole]
        if len(some):
            is_json = table.column(name).type == erasing.JSON
            texts = some[name].map(lambda text, is_json=is_json: _without(needles, text, is_json))
            yield _Change(table, "replaced", some.assign(**{name: texts}), (name,))
    loses_words = any(table.full_name == place.table for place in quoting.PLACES)
    if table.schema == "analytics" and subject.call_ids and not loses_words:
        calls = _with_texts(db, table, sorted(subject.call_ids))
        if len(calls) and "call_id" not in table.key:
            yield _Change(table, "removed", calls)


def _without(needles: Needles, text: str, is_json: bool) -> str:
    """The text without the mentions; what is JSON stays JSON."""
    if not is_json:
        return needles.replaced(text)

    def walked(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: walked(one) for name, one in value.items()}
        if isinstance(value, list):
            return [walked(one) for one in value]
        return needles.replaced(value) if isinstance(value, str) else value

    return json.dumps(walked(json.loads(text)), ensure_ascii=False)


def _found(needles: Any, text: Any) -> bool:
    return isinstance(text, str) and needles.found_in(text)


def _with_texts(db: Any, table: catalog.Table, texts: Sequence[str]) -> pd.DataFrame:
    portion = 50
    parts = [
        db.query(erasing.mentions(table.full_name, len(part)), list(part))
        for part in (texts[n : n + portion] for n in range(0, len(texts), portion))
    ]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return found.drop_duplicates(list(table.key)).reset_index(drop=True) if len(found) else found

"""Rows about many calls that quote one which goes: they stay, its words are taken out of them.

What rules wrote loses the quote. What a model wrote goes as a whole where it was given the quote:
it may say the same in other words. Figures, counts and days stay.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.erasure import redaction
from cs_assets.erasure.spoken import WITHDRAWN, Spoken
from sql import catalog, erasing


@dataclass(frozen=True)
class Place:
    """A table whose texts may quote calls: where they are looked for."""

    table: str
    day: str
    """Column of the week or time of a row."""
    texts: tuple[str, ...]
    sheet: str | None = None
    """Column with the ids of the calls quoted (a fact sheet); rows of old have none in it."""
    of_model: tuple[str, ...] = ()
    """Columns that a model writes where the row's ``writer`` is one."""
    by_hand: bool = False
    """Whether a person writes it: words may stand there without marks of quotation."""


#: Every table whose rows are about many calls and may hold words of one, but for the digests, which
#: are withdrawn as documents (``gong.withdrawing``). A test holds this against what
#: ``personal_data.yaml`` says of the columns.
PLACES = (
    Place("analytics.review_facts", "week_start", ("value_text",), "quote_call_id"),
    Place(
        "analytics.weekly_reports", "week_start",
        ("title", "performance_section", "business_value_section", "recommendations_section",
         "full_report", "sections", "sheet", "book_line"), "sheet",
    ),
    Place(
        "analytics.weekly_report_revisions", "week_start", ("title", "full_report"),
        of_model=("full_report",),
    ),
    Place(
        "analytics.review_advice", "week_start", ("title", "action"), of_model=("title", "action")
    ),
    Place(
        "analytics.customer_insights", "week_start",
        ("summary", "summary_slotted", "next_action", "facts", "action_trigger"), "facts",
        of_model=("summary", "summary_slotted"),
    ),
    Place("analytics.customer_alerts", "week_start", ("words",)),
    Place("ops.customer_actions", "done_at", ("note",), by_hand=True),
    Place("ops.review_hands", "done_at", ("title", "words"), by_hand=True),
    Place("ops.desk_decisions", "done_at", ("about", "words"), by_hand=True),
    Place("ops.desk_drafts", "kept_at", ("about", "draft"), by_hand=True),
)  # fmt: skip
#: A quote is of a call of the 13 weeks before; twice as long, for what follows up.
_BEFORE, _AFTER = dt.timedelta(days=7), dt.timedelta(weeks=26)
#: Ids that a statement takes; with more of them all rows with a quote are looked at.
_MOST_IDS = 50
_REVIEW = ("customer_id", "week_start", "edition")


@dataclass(frozen=True)
class Change:
    """Rows of a table as they are to be: their key, and the columns that lose words."""

    table: str
    rows: pd.DataFrame


def span_of(days: Sequence[dt.date]) -> tuple[dt.date, dt.date]:
    """The days of rows that may quote calls of these days."""
    return min(days) - _BEFORE, max(days) + _AFTER


def changes(
    db: Any, spoken: Spoken, span: tuple[dt.date, dt.date], *, named_only: bool = False
) -> list[Change]:
    """What rows of these days are to become; reads only.

    ``named_only``: where rows say which call they quote, and nowhere else.
    """
    found: list[Change] = []
    of_models: set[tuple[str, ...]] = set()
    for place in PLACES:
        if named_only and place.sheet is None:
            continue
        rows = db.query(_name(place, spoken), [*span, *_ids(place, spoken)])
        made = [_row(place, row, spoken, of_models) for row in _records(rows)]
        if told := [row for row in made if row]:
            found += _of_table(place.table, told)
    written_after = [place for place in PLACES if place.of_model and place.sheet is None]
    return found + [one for place in written_after for one in _written_with(db, place, of_models)]


def apply(db: Any, found: Sequence[Change]) -> None:
    """Write the rows; inside a transaction that names their tables."""
    for change in found:
        db.update(change.table, change.rows)


def tables_of(found: Sequence[Change]) -> set[str]:
    """The tables that the changes write to."""
    return {change.table for change in found}


def _name(place: Place, spoken: Spoken) -> str:
    return erasing.quoting(
        place.table, place.day, place.texts, place.sheet, len(_ids(place, spoken)), place.by_hand
    )


def _ids(place: Place, spoken: Spoken) -> list[str]:
    few = place.sheet is not None and len(spoken.call_ids) <= _MOST_IDS
    return sorted(spoken.call_ids) if few else []


def _records(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    columns = [rows[name].astype(object).where(rows[name].notna(), None) for name in rows.columns]
    for values in zip(*columns, strict=True):
        yield dict(zip(map(str, rows.columns), values, strict=True))


def _row(
    place: Place, row: Mapping[str, Any], spoken: Spoken, of_models: set[tuple[str, ...]]
) -> dict[str, Any] | None:
    """The key and the texts that change, None where none does."""
    key = {name: row[name] for name in catalog.table(place.table).key}
    texts = {name: row[name] for name in place.texts if row[name] is not None}
    if place.by_hand:
        gone = [name for name in texts if name != "about" and spoken.repeated_in(texts[name])]
        if spoken.names_one(texts.get("about", "")):
            gone = [name for name in texts if name != "about"]
        made = {name: _instead(place, name) for name in gone}
    else:
        told = redaction.redacted(texts, spoken, _itself(row))
        made = dict(told.texts)
        if made and row.get("writer", "rules") != "rules":
            made |= {name: _instead(place, name) for name in place.of_model if name in texts}
        if told.model_was_told:
            of_models.add(tuple(str(row[name]) for name in _REVIEW))
            made["book_line"] = None  # made of the sections, where it is not kept
    return {**key, **made} if made else None


def _itself(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The fact that a row is, where it is one."""
    if row.get("value_text") is not None:
        yield {"fact_id": "", "value": row["value_text"], "call_id": row["quote_call_id"]}


def _instead(place: Place, name: str) -> str | None:
    """A text that nothing can take the place of is empty; a draft and slots are read again."""
    is_needed = catalog.table(place.table).column(name).required
    return WITHDRAWN if is_needed or name not in ("draft", "summary_slotted") else None


def _of_table(table: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    """Rows that change in the same columns, together: what stays is not written."""
    by_columns: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        by_columns.setdefault(tuple(row), []).append(row)
    for same in by_columns.values():
        yield Change(table, pd.DataFrame(same))


def _written_with(db: Any, place: Place, reviews: set[tuple[str, ...]]) -> Iterator[Change]:
    """Advice and earlier revisions of reviews that a model wrote of a quote, whole."""
    if not reviews:
        return
    customers = sorted({customer for customer, *_ in reviews})
    name = erasing.by(place.table, "customer_id", len(customers))
    rows = [
        {**{name: row[name] for name in catalog.table(place.table).key},
         **dict.fromkeys(place.of_model, WITHDRAWN)}
        for row in _records(db.query(name, [one.lower() for one in customers]))
        if tuple(str(row[name]) for name in _REVIEW) in reviews
        and row.get("writer", "model") != "rules"
    ]  # fmt: skip
    yield from _of_table(place.table, rows)

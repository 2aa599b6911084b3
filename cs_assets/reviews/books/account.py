"""A customer as a line of a book: what is at stake, what changed, what was promised, what to do."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cs_assets.facts.wording import in_own_currency, listed
from cs_assets.names import called, shown
from cs_assets.reviews.editions.filing import text_or_none
from cs_assets.reviews.facts.health_words import health_why
from cs_assets.reviews.writing.book_line import BookLine, Promise

#: What ``analytics.customer_changes`` calls a measure, and what readers do.
_MEASURES = {
    "conversions": "conversions",
    "conversion_value": "conversion value",
    "key_actions": "use of the modules",
    "open_rate": "the open rate",
    "click_rate": "the click rate",
}
#: Rules of the gate that hold a review although its figures are sound.
_DOUBT_NOTHING = ("approval", "recipient")
_AGAINST = {"before": "", "year": " (on a year earlier)"}


@dataclass(frozen=True)
class Known:
    """What other tables tell of customers, by customer."""

    lost: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Modules that were used, each with how it is: no longer used, or hardly."""
    falls: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rises: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Account:
    """One customer of a book."""

    customer_id: str
    name: str
    csm_id: str | None
    csm_name: str
    arr: float | None
    renewal: dt.date | None
    days: int | None
    """To the renewal, from the week's end as in the review; negative when past."""
    notice: int | None
    """To the last day of notice, as ``days``; ``None`` where none is known or nothing was made."""
    health: str
    """``Red``, ``Yellow``, ``Green`` or ``Unknown``."""
    score: float | None
    health_why: str
    falls: tuple[str, ...]
    """What clearly fell, against the four weeks before where nothing else is said."""
    rises: tuple[str, ...]
    lost: tuple[str, ...]
    """Modules under contract that hardly anybody uses any more, or nobody, in words."""
    signals: tuple[str, ...]
    """What calls of the last quarter speak of that bears on the contract, each with its calls."""
    status: str
    """``ready``, ``held``, ``no data`` or ``missing``: no review was made yet."""
    held: tuple[str, ...]
    headline: str
    actions: tuple[tuple[str, str], ...]
    """Title and what to do."""
    promises: tuple[Promise, ...]
    pdf_path: str | None
    page_path: str | None
    bytes: int
    wrote: str = ""
    """The newest words of leaving that they wrote."""
    because: str = ""
    """What the first action rests on, where the reasons do not say it."""
    arr_own: str = ""
    """The revenue in its own currency, where no rate makes it comparable."""


def accounts(rows: pd.DataFrame, day: dt.date, known: Known) -> list[Account]:
    """One per row of ``reviews/book_accounts``, in their order; each written review has its line.

    Of a held review only what the contract says is told: its figures are in doubt. Where it waits
    for a person, they are not, and what it advises waits with it.
    """
    return [_account(row, day, known) for row in rows.itertuples(index=False)]


def changed(rows: pd.DataFrame, direction: str) -> dict[str, list[str]]:
    """Rows of ``reviews/clear_changes`` in words, by customer; each measure once."""
    found: dict[str, dict[str, str]] = {}
    row: Any
    for row in rows[rows["direction"] == direction].itertuples(index=False):
        told = found.setdefault(row.customer_id, {})
        measure = _MEASURES[row.measure]
        against = _AGAINST[row.compared_with]
        told[measure] = "" if told.get(measure) == "" else against
    order = list(_MEASURES.values())
    return {
        customer: [f"{m}{told[m]}" for m in sorted(told, key=lambda m: (order.index(m), m))]
        for customer, told in found.items()
    }


def said_of(changes: Sequence[str]) -> str:
    """Changes (``Account.falls``) in one phrase that says once which are on a year earlier."""
    year = _AGAINST["year"]
    plain = [words for words in changes if not words.endswith(year)]
    yearly = [words.removesuffix(year) for words in changes if words.endswith(year)]
    if not yearly or len(changes) == 1:
        return listed(changes)
    several = ("the last", "the last two", "the last three", "the last four")
    which = several[min(len(yearly), 4) - 1] if plain else "both" if len(yearly) == 2 else "all"
    return f"{listed([*plain, *yearly])} ({which} on a year earlier)"


def _account(row: Any, day: dt.date, known: Known) -> Account:
    held = [] if pd.isna(row.reasons) else json.loads(row.reasons)
    status = _status(row, bool(held))
    is_ready = status == "ready"
    is_sound = is_ready or (
        row.status == "written" and held and all(one["rule"] in _DOUBT_NOTHING for one in held)
    )
    line = BookLine.of_json(row.book_line) if is_sound else BookLine()
    renewal = None if pd.isna(row.renewal_date) else pd.Timestamp(row.renewal_date).date()
    return Account(
        customer_id=row.customer_id,
        name=shown(called(text_or_none(row.customer_name), row.customer_id)),
        csm_id=text_or_none(row.csm_id),
        csm_name=shown(text_or_none(row.csm_name) or ""),
        arr=None if pd.isna(row.arr) else float(row.arr),
        arr_own="" if pd.notna(row.arr) else in_own_currency(row.arr_own, row.arr_currency),
        renewal=renewal,
        days=None if renewal is None else (renewal - day).days + 1,
        notice=line.notice,
        health=(text_or_none(row.health_segment) or "Unknown") if is_sound else "Unknown",
        score=float(row.health_score) if is_sound and pd.notna(row.health_score) else None,
        health_why=health_why(row.health_override, row.health_factors) if is_sound else "",
        falls=tuple(known.falls.get(row.customer_id, ())) if is_sound else (),
        rises=tuple(known.rises.get(row.customer_id, ())) if is_sound else (),
        lost=tuple(known.lost.get(row.customer_id, ())) if is_sound else (),
        signals=line.signals,
        status=status,
        held=tuple(_why_held(**reason) for reason in held),
        headline=text_or_none(row.title) or "" if is_ready else "",
        actions=line.actions if is_ready else (),
        wrote=line.wrote,
        because=line.because,
        promises=line.promises if is_ready else (),
        pdf_path=text_or_none(row.pdf_path) if is_ready else None,
        page_path=text_or_none(row.html_path) if is_ready else None,
        bytes=int(row.bytes) if is_ready and pd.notna(row.bytes) else 0,
    )


def _why_held(rule: str, detail: str) -> str:
    """The rule and what it found; once where the words name the rule."""
    return detail if rule in detail else f"{rule}: {detail}"


def _status(row: Any, is_held: bool) -> str:
    if pd.isna(row.status):
        return "missing"
    if row.status == "no_data":
        return "no data"
    return "held" if is_held or row.verdict != "send" or row.status != "written" else "ready"

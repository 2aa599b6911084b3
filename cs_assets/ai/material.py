"""What a model is told of a fact sheet: data apart from instructions, the least that suffices."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cs_assets.ai.screening.redaction import Redactor
from cs_assets.facts.model import Fact, FactSheet
from cs_assets.facts.wording import written
from cs_assets.names import JOINERS

_PEOPLE_IN_IDS = {"csm", "rep", "contact", "manager", "champion", "speaker", "person", "sponsor"}


def facts_document(sheet: FactSheet, redactor: Redactor | None = None) -> dict[str, Any]:
    """What a model is told of a fact sheet: no entity id, no cutoff, no source, texts capped."""

    def told(text: str, limit: int) -> str:
        text = clean(text, limit)
        return redactor.redact(text) if redactor else text

    return {
        "period": {"from": sheet.period_start.isoformat(), "to": sheet.period_end.isoformat()},
        "facts": [
            {
                "id": fact.fact_id,
                "label": told(fact.label, 200),
                "value": told(written(fact), 500),
                "unit": fact.unit,
                "observations": fact.n,
                "better": fact.direction,
                "status": fact.status,
                "reason": told(fact.reason or "", 200),
            }
            for fact in sheet.facts
        ],
        "quotes": [
            {"id": quote.quote_id, "speaker": told(quote.speaker, 100),
             "words": told(quote.text, 1000)}
            for quote in sheet.quotes
        ],
    }  # fmt: skip


def clean(text: str, limit: int) -> str:
    """``text`` without control, direction and tag characters, at most ``limit`` long.

    Of what has no shape of its own only joiners stay, for they change words.
    """
    kept = "".join(
        c if c in JOINERS or (c.isprintable() and ord(c) < 0xE0000) else " " for c in text
    )
    return " ".join(kept.split())[:limit]


def joined(sheets: Sequence[FactSheet]) -> FactSheet:
    """One sheet with the facts of all, which mostly are the same sheet."""
    first = sheets[0]
    facts = {fact.fact_id: fact for sheet in sheets for fact in sheet.facts}
    quotes = {quote.quote_id: quote for sheet in sheets for quote in sheet.quotes}
    return replace(first, facts=tuple(facts.values()), quotes=tuple(quotes.values()))


def people_in(sheet: FactSheet) -> list[str]:
    """The people whom a sheet names: who speaks in quotes, and facts that are names by their id."""
    return [
        *(quote.speaker for quote in sheet.quotes),
        *(str(fact.value) for fact in sheet if _is_person(fact)),
    ]


def sources_of(sheet: FactSheet) -> tuple[str, ...]:
    """What a sheet quotes or points to: ids of calls and documents, addresses of pages."""
    addresses = {str(fact.value) for fact in sheet if fact.fact_id.endswith(".url")}
    calls = {fact.call_id for fact in sheet if fact.call_id is not None}
    return tuple(sorted({quote.source_id for quote in sheet.quotes} | addresses | calls))


def _is_person(fact: Fact) -> bool:
    """Whether a fact in words names a person, by the last part of its id."""
    parts = set(re.split(r"[._]", fact.fact_id))
    return fact.unit == "text" and fact.status == "ok" and bool(parts & _PEOPLE_IN_IDS)

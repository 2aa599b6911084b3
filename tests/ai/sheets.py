"""Fact sheets and assignments for the tests of the AI layer."""

import datetime as dt

from cs_assets.ai.writing import Assignment, Prompt
from cs_assets.facts.model import Fact, FactSheet, Quote

MONDAY = dt.date(2026, 11, 9)


def sheet(entity: str = "c-1", conversions: float = 1234, **more: str) -> FactSheet:
    return FactSheet(
        entity_type="customer",
        entity_id=entity,
        period_start=MONDAY,
        period_end=MONDAY + dt.timedelta(days=6),
        cutoff=dt.datetime(2026, 11, 16),
        facts=(
            Fact("customer.name", "Customer", more.get("name", "Blue Harbor"), "text"),
            Fact("csm.name", "Its CSM", more.get("csm", "Dana Whitfield"), "text"),
            Fact("conversions.count", "Conversions", conversions, "count", n=5),
            Fact("conversions.change", "Change of conversions", 12.5, "percent", n=5),
            Fact("revenue.total", "Attributed revenue", 98_700, "currency", n=5),
            Fact("tickets.open", "Open tickets", None, "count", status="no_data"),
            Fact(
                "note.latest", "Latest note", more.get("note", "wants a second workspace"), "text"
            ),
        ),
        quotes=(
            Quote(
                "renewal",
                more.get("quote", "We want to renew but the reports come late."),
                "call-1",
                more.get("speaker", "Avery Stone"),
                61.0,
            ),
        ),
    )


GOOD = (
    "{customer.name} saw {conversions.count} conversions, a change of {conversions.change:signed}. "
    "Attributed revenue stands at {revenue.total:short}. Open tickets: {tickets.open}."
)
BY_RULES = "By rules: {customer.name} had {conversions.count} conversions."


def assignment(
    facts: FactSheet | None = None, section: str = "performance", limit: int = 600
) -> Assignment:
    return Assignment(
        key=section,
        sheet=facts or sheet(),
        prompt=Prompt(f"reviews/{section}", "1-test", f"Say how {section} went."),
        rules=lambda: BY_RULES,
        max_characters=limit,
    )

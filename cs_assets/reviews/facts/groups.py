"""Groups of facts that belong to one named thing: a channel, a module, a region."""

from cs_assets.facts.model import Fact, FactSheet
from cs_assets.names import alike, shown


def groups(sheet: FactSheet, prefix: str) -> list[str]:
    """The ids ``prefix.slug`` of the things under ``prefix``, in the order of the sheet."""
    depth = prefix.count(".") + 1
    found = (".".join(fact.fact_id.split(".")[: depth + 1]) for fact in sheet.under(prefix))
    return list(dict.fromkeys(found))


def number(sheet: FactSheet, fact_id: str) -> float | None:
    """The fact's number, or ``None`` when it has none."""
    fact = sheet.get(fact_id)
    return fact.number if fact is not None and fact.is_number else None


def text(sheet: FactSheet, fact_id: str) -> str:
    """The fact's text as it is shown, or an empty one."""
    fact: Fact | None = sheet.get(fact_id)
    return shown(fact.value) if fact is not None and isinstance(fact.value, str) else ""


def largest(sheet: FactSheet, prefix: str, measure: str) -> list[str]:
    """The groups under ``prefix`` with a ``measure`` above zero, largest first."""
    sized = [(number(sheet, f"{group}.{measure}") or 0.0, group) for group in groups(sheet, prefix)]
    return [group for size, group in sorted(sized, key=lambda p: (-p[0], p[1])) if size > 0]


def group_named(sheet: FactSheet, prefix: str, name: str) -> str | None:
    """The group under ``prefix`` that is called ``name``."""
    return next(
        (g for g in groups(sheet, prefix) if name and alike(text(sheet, f"{g}.name"), name)), None
    )

"""What a rule has seen, and what several rules look at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cs_assets.facts.model import FactSheet
from cs_assets.reviews.facts.groups import text
from cs_assets.reviews.writing.trend_statement import Comparison


@dataclass(frozen=True)
class Seen:
    """What a rule has seen: the case, the group of facts in each role, and words."""

    case: str = ""
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


Rule = Callable[[FactSheet], Seen | None]


def words_of(compared: Comparison) -> dict[str, str]:
    """The words that name a comparison and the ends of its facts."""
    return {"window": compared.words, "span": compared.span, "change": compared.key}


def is_troubled(sheet: FactSheet) -> bool:
    """Whether health is Red or Yellow."""
    return text(sheet, "health.segment") in ("Red", "Yellow")


def is_placed(sheet: FactSheet, metric: str, place: str) -> bool:
    """Whether the customer stands at ``place`` among its peers in ``metric``."""
    prefix = f"benchmark.{metric}"
    return text(sheet, f"{prefix}.position") == place and sheet.has(f"{prefix}.own")

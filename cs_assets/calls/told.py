"""How stored judgements of a call are said to a person, the same on a terminal and on the desk."""

from collections.abc import Iterable, Mapping
from typing import Any

#: Said of criteria that nobody is judged by, before their names.
ASIDE = (
    ""
    ""
    ""
    "Counted for the team as a whole only, as the rules are not sure enough to hold it against "
    "anybody"
)


def aside(parts: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Names of the criteria whose misses are right too seldom to be said to a person.

    ``parts``: of ``call_analysis.evidence``, one a dimension.
    """
    return tuple(
        part.get("names", {}).get(key, key.replace("_", " "))
        for part in parts
        for key in part.get("statistics_only", ())
    )


def outcome(objection: Mapping[str, Any]) -> str:
    """What became of an objection; of one that is none for certain, or no answer, that it is so."""
    if objection["is_brush_off"]:
        return "put the talk off, no answer needed"
    if not objection.get("is_certain", True):
        return "in doubt whether it is one, not judged"
    return str(objection["outcome"])


def lines(quotes: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Sentences to show in the order they are read, each with the label before it.

    What a reply belongs to comes first and carries the label of the reply.
    """
    for quote in quotes:
        label = f"{quote['shows']}: " if quote.get("shows") else ""
        if before := quote.get("before"):
            yield label, before
            label = "→ "
        yield label, quote

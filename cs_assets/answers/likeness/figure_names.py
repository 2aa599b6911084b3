"""Which figure of a customer a text names: names of several parts, with words between."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

#: Words at most between two parts of a name.
_BETWEEN = 6

#: The parts of a name, each some stems.
Name = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class FigureNamed:
    """A figure and the places of the stems that name it."""

    key: str
    places: frozenset[int]


def named(
    stems: Sequence[str], names: Mapping[str, Sequence[tuple[str, Name]]]
) -> list[FigureNamed]:
    """Figures named in a text, the name with most words first; names do not overlap.

    ``names``: by their first stem.
    """
    hits = [
        FigureNamed(key, frozenset(places))
        for at, stem in enumerate(stems)
        for key, name in names.get(stem, ())
        if (places := _places(stems, name, at)) is not None
    ]
    found: list[FigureNamed] = []
    for one in sorted(hits, key=lambda one: (-len(one.places), min(one.places))):
        if not any(one.places & other.places for other in found):
            found.append(one)
    return found


def _places(stems: Sequence[str], name: Name, at: int) -> list[int] | None:
    first, *others = name
    if tuple(stems[at : at + len(first)]) != first:
        return None
    places = list(range(at, at + len(first)))
    for part in others:
        start = next(_starts(stems, part, places[-1] + 1), None)
        if start is None:
            return None
        places += range(start, start + len(part))
    return places


def _starts(stems: Sequence[str], part: tuple[str, ...], after: int) -> Iterator[int]:
    for at in range(after, min(after + _BETWEEN + 1, len(stems) - len(part) + 1)):
        if tuple(stems[at : at + len(part)]) == part:
            yield at

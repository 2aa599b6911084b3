"""What a person or customer is called, found and replaced in texts of any kind."""

import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

import re2

#: What stands in the place of a name, an address or an id.
ERASED = "[erased]"
#: Shorter names are words of a language; they are not looked for.
_SHORTEST = 3
#: Shorter ids could be any number or word.
_SHORTEST_ID = 6


@dataclass(frozen=True)
class Needles:
    """Names, addresses and ids, each also as JSON, HTML, an address of the web or a file's name
    writes it; white space in a name may be any. Letters in either case are the same."""

    texts: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str], addresses: Iterable[str], ids: Iterable[str]) -> "Needles":
        found = {name.strip() for name in names if len(name.strip()) >= _SHORTEST}
        found |= {address.strip() for address in addresses if len(address.strip()) >= _SHORTEST}
        found |= {one for one in ids if len(one) >= _SHORTEST_ID}
        return cls(frozenset(found))

    @cached_property
    def variants(self) -> tuple[str, ...]:
        """All writings in lower case, longest first."""
        found: set[str] = set()
        for text in self.texts:
            found |= {text, html.escape(text), json.dumps(text)[1:-1], quote(text), quote(text, "")}
            slug = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
            if len(slug) >= _SHORTEST_ID and "-" in slug:
                found.add(slug)
        return tuple(sorted({one.lower() for one in found}, key=lambda one: (-len(one), one)))

    @cached_property
    def shortest(self) -> tuple[str, ...]:
        """The writings that hold no other: where one is not, none is."""
        return tuple(
            one
            for one in self.variants
            if not any(other in one for other in self.variants if other != one)
        )

    @cached_property
    def _pattern(self) -> "re.Pattern[str]":
        either = "|".join(map(_in_any_space, self.variants))
        return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)

    @cached_property
    def _anywhere(self) -> Any:
        """As the pattern, but within words too: in linear time, for the many texts without any."""
        return re2.compile("(?i)" + "|".join(map(_in_any_space, self.shortest)))

    def found_in(self, text: str) -> bool:
        """Whether any stands in ``text`` as words of its own."""
        if not self.texts or self._anywhere.search(text) is None:
            return False
        return self._pattern.search(text) is not None

    def replaced(self, text: str) -> str:
        """``text`` with a mark in place of each."""
        return self._pattern.sub(ERASED, text) if self.found_in(text) else text


def _in_any_space(text: str) -> str:
    return re.sub(r"(\\ |\s)+", r"\\s+", re.escape(text))

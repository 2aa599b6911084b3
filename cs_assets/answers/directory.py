"""Whom a question can be about: customers, reps, accounts and calls in the asker's scope.

Names are looked up among what the asker may read and nowhere else, so that a name out of scope and
one that does not exist are the same.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from cs_assets.answers.reading import Reader
from cs_assets.answers.vocabulary import single_words
from cs_assets.answers.wording import folded, place_of, words

#: Roles whose calls are with customers of others.
_CALL = ("rep", "manager")
#: Letters of a name at least that is one word behind "of".
_SHORTEST = 5
Entity = Literal["customer", "rep", "account", "call"]


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody or something with an id and a name."""

    kind: Entity
    id: str
    name: str


class Directory:
    """The names in scope, in the form in which questions are read."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._all = list(dict.fromkeys(_entities(reader)))
        self._by_form: dict[str, list[Named]] = {}
        for one in self._all:
            for form in {words(folded(one.id)), words(folded(one.name))} - {""}:
                self._by_form.setdefault(form, []).append(one)
        whole = frozenset(self._by_form)
        for one in self._all:
            form = _proper(words(folded(one.name)))
            if form and form not in whole:
                self._by_form.setdefault(form, []).append(one)
        #: Longest first: a name that holds another is found before it.
        self._forms = sorted(self._by_form, key=lambda form: (-len(form), form))
        self._first: dict[str, set[str]] = {}
        for form in self._by_form:
            self._first.setdefault(form.split()[0], set()).add(form)
        self._by_id = {(one.kind, one.id): one for one in self._all}

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the names, as forms have them."""
        return frozenset(word for form in self._by_form for word in form.split() if word.isalpha())

    def get(self, kind: Entity, identity: str) -> Named | None:
        """Who has the id, or ``None`` when nobody in scope has."""
        if kind == "call":
            found = self._reader.rows("answers/call", [identity])
            return Named("call", identity, identity) if found else None
        return self._by_id.get((kind, identity))

    def named(self, text: str) -> Iterator[tuple[str, list[Named]]]:
        """Names and ids in a text of words, the longest first, with whom each may mean."""
        for form in self._forms:
            if form in text and place_of(form, text) >= 0:
                yield form, self._by_form[form]

    def completed(self, text: str, parts: Sequence[str], strange: Set[str]) -> str:
        """The text with the id of whom it names by words from within one name alone.

        ``parts``: the words of the text that name nobody yet; some of those that name somebody is
        ``strange``.
        """
        for size in range(len(parts), 1, -1):
            for at in range(len(parts) - size + 1):
                if not strange & {*parts[at : at + size]}:
                    continue
                run = " ".join(parts[at : at + size])
                forms = [form for form in self._forms if run in form and place_of(run, form) >= 0]
                owners = {one for form in forms for one in self._by_form[form]}
                here = re.search(r"\W+".join(map(re.escape, parts[at : at + size])), text, re.I)
                if len(owners) == 1 and here:
                    return f"{text[: here.start()]}{next(iter(owners)).id}{text[here.end() :]}"
        return text

    def beginning(self, parts: list[str]) -> tuple[int, list[Named]]:
        """How many of the words begin names, as many as can, and whose; ``(0, [])`` for none."""
        if not parts or len(parts[0]) < 3 or parts[0] not in self._first:
            return 0, []
        forms = self._first[parts[0]]
        taken = 1
        while taken < len(parts):
            start = " ".join(parts[: taken + 1])
            more = {form for form in forms if form == start or form.startswith(start + " ")}
            if not more:
                break
            forms, taken = more, taken + 1
        found = {one for form in forms for one in self._by_form[form]}
        return taken, sorted(found, key=lambda one: (one.kind, one.name, one.id))


#: In a name between what somebody is and how they are called: "City of Cedar Falls".
_LINKS = "of de di du da do del della des der am zu van"
_CALLED = frozenset(_LINKS.split())


def _proper(name: str) -> str:
    """How somebody is called, without what they are; nothing where the name does not part so, or
    the rest is a word of questions.
    """
    parts = name.split()
    at = next((at for at, one in enumerate(parts[1:-1], start=1) if one in _CALLED), 0)
    rest = [] if not at else parts[at + 1 :]
    is_word = len(rest) == 1 and (len(rest[0]) < _SHORTEST or rest[0] in single_words())
    return "" if is_word else " ".join(rest)


def _entities(reader: Reader) -> Iterator[Named]:
    for row in reader.rows("answers/customers"):
        yield Named("customer", str(row["customer_id"]), str(row["customer_name"]))
    # Whom one has called is known by name, though not how they are.
    for row in reader.rows("answers/customers_called") if reader.asker.role in _CALL else ():
        yield Named("customer", str(row["customer_id"]), str(row["customer_name"]))
    for row in reader.rows("answers/reps"):
        yield Named("rep", str(row["user_id"]), str(row["full_name"]))
    for row in reader.rows("answers/accounts"):
        name = row["account_name"] if isinstance(row["account_name"], str) else row["account_id"]
        yield Named("account", str(row["account_id"]), str(name))

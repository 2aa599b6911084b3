"""What a fact, a quote and a fact sheet are.

Every figure, name and date that a reader can see is a fact with an id. Writers
refer to facts by id in slots (``{conversions.count}``) and never write a digit.
"""

import datetime as dt
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from operator import attrgetter
from typing import Any, Literal

Unit = Literal[
    "count",  # 1,234
    "currency",  # $1,234
    "percent",  # value 12.3 is 12.3 %
    "points",  # a score, one decimal
    "ratio",  # two decimals
    "days",
    "hours",
    "minutes",
    "date",  # value is text, ISO
    "text",  # names, labels, titles
]
Direction = Literal["higher_is_better", "lower_is_better", "neutral"]
Status = Literal["ok", "no_data", "not_applicable", "suppressed", "withheld", "failed"]
Visibility = Literal["customer", "internal"]

_FACT_ID = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$")


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure: what it is, its value and where it comes from.

    ``value`` is a number, a text (units ``text`` and ``date``) or ``None`` when
    ``status`` is not ``ok``; zero is a value, not a status. ``n`` is the number
    of observations behind it, ``source`` the statement under ``sql/``. ``call_id`` is the call
    whose words the value quotes: where the call goes, they go.
    """

    fact_id: str
    label: str
    value: float | str | None
    unit: Unit
    n: int | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    direction: Direction = "neutral"
    status: Status = "ok"
    reason: str | None = None
    visibility: Visibility = "customer"
    source: str | None = None
    call_id: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.value, float) and not math.isfinite(self.value):
            raise ValueError(
                f"fact {self.fact_id}: {self.value} is no figure; give a status instead"
            )
        if not _FACT_ID.match(self.fact_id):
            raise ValueError(f"'{self.fact_id}' is no fact id: small letters, digits, _ and dots")
        if (self.value is None) == (self.status == "ok"):
            raise ValueError(
                f"fact {self.fact_id}: a value goes with status ok, no value with another"
            )

    @property
    def number(self) -> float:
        """The value as a number; raises ``TypeError`` for text or a missing value."""
        if self.value is None or isinstance(self.value, str):
            raise TypeError(f"fact {self.fact_id} is no number")
        return float(self.value)

    @property
    def is_number(self) -> bool:
        return self.value is not None and not isinstance(self.value, str)


@dataclass(frozen=True, slots=True)
class Quote:
    """Exact words: who said them when, in seconds from the start of which call (or document)."""

    quote_id: str
    text: str
    source_id: str
    speaker: str
    start_seconds: float | None = None


@dataclass(frozen=True)
class FactSheet:
    """All facts and quotes of one entity and period: the only thing a writer may tell of."""

    entity_type: str
    entity_id: str
    period_start: dt.date
    period_end: dt.date
    cutoff: dt.datetime
    facts: tuple[Fact, ...]
    quotes: tuple[Quote, ...] = ()
    _by_id: dict[str, Fact] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for fact in self.facts:
            if fact.fact_id in self._by_id:
                raise ValueError(f"{self.entity_id}: fact {fact.fact_id} is given twice")
            self._by_id[fact.fact_id] = fact
        if len({quote.quote_id for quote in self.quotes}) != len(self.quotes):
            raise ValueError(f"{self.entity_id}: a quote id is given twice")

    def __contains__(self, fact_id: object) -> bool:
        return fact_id in self._by_id

    def __getitem__(self, fact_id: str) -> Fact:
        return self._by_id[fact_id]

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts)

    def get(self, fact_id: str) -> Fact | None:
        return self._by_id.get(fact_id)

    def has(self, *fact_ids: str) -> bool:
        """Whether all these facts are there with a value."""
        return all((fact := self.get(i)) is not None and fact.status == "ok" for i in fact_ids)

    def quote(self, quote_id: str) -> Quote | None:
        return self._quotes_by_id.get(quote_id)

    @cached_property
    def _quotes_by_id(self) -> dict[str, Quote]:
        return {quote.quote_id: quote for quote in self.quotes}

    def under(self, prefix: str) -> list[Fact]:
        """Facts whose id starts with ``prefix.``, in order."""
        return list(self._under.get(prefix, ()))

    @cached_property
    def _under(self) -> dict[str, list[Fact]]:
        """Facts by each beginning of their ids: a play asks for some of thousands."""
        found: dict[str, list[Fact]] = {}
        for fact in self.facts:
            place = fact.fact_id.find(".")
            while place >= 0:
                found.setdefault(fact.fact_id[:place], []).append(fact)
                place = fact.fact_id.find(".", place + 1)
        return found

    def with_facts(self, facts: Iterable[Fact], quotes: Iterable[Quote] = ()) -> "FactSheet":
        """A copy with more facts and quotes."""
        return replace(self, facts=(*self.facts, *facts), quotes=(*self.quotes, *quotes))

    def for_customer(self) -> "FactSheet":
        """A copy without internal facts and without quotes of internal speech."""
        return replace(self, facts=tuple(f for f in self.facts if f.visibility == "customer"))

    def as_json(self, *, indent: int | None = 1) -> str:
        """Canonical JSON, a fact a line: the audit file beside a report.

        Without ``indent`` all in one line.
        """
        if indent is None:
            return self.identified()[1]
        document = self._document()
        told = (f'"{name}": {_in_lines(document[name])}' for name in sorted(document))
        return "{\n" + ",\n".join(told) + "\n}"

    def _document(self) -> dict[str, Any]:
        return {
            "entity_type": self.entity_type,
            "entity_id": self.entity_id,
            "period_start": self.period_start,
            "period_end": self.period_end,
            "cutoff": self.cutoff,
            "facts": [*map(_plain_fact, self.facts)],
            "quotes": [*map(_plain_quote, self.quotes)],
        }

    @property
    def snapshot_id(self) -> str:
        """Sixteen hex digits that change when any fact or quote changes (not with the cutoff)."""
        return self.identified()[0]

    def identified(self) -> tuple[str, str]:
        """``snapshot_id``, and ``as_json`` in one line, for who needs both of thousands."""
        document = self._document()
        cutoff = document.pop("cutoff")
        document = {name: document[name] for name in sorted(document)}
        # As ``_canonical``: sorted already, and sorting each of hundreds of facts takes its time.
        told = json.dumps(document, default=str, ensure_ascii=False)
        snapshot = hashlib.sha256(told.encode()).hexdigest()[:16]
        # The names are sorted, and this one is the first.
        return snapshot, f'{{"cutoff": {_canonical(cutoff)}, {told[1:]}'


def _canonical(value: Any) -> str:
    return json.dumps(value, default=str, sort_keys=True, ensure_ascii=False)


def _in_lines(value: Any) -> str:
    """Lists an entry a line; indenting the entries too would take four times as long."""
    if not isinstance(value, list) or not value:
        return _canonical(value)
    return "[\n" + ",\n".join(map(_canonical, value)) + "\n]"


def _plain(flat: type) -> Callable[[Any], dict[str, Any]]:
    """Gives the fields of a flat dataclass, sorted by name; ``asdict`` copies each value deeply."""
    names = tuple(sorted(one.name for one in fields(flat)))
    values = attrgetter(*names)
    return lambda one: dict(zip(names, values(one), strict=True))


_all_of_fact, _plain_quote = _plain(Fact), _plain(Quote)


def _plain_fact(fact: Fact) -> dict[str, Any]:
    """The fields by name; of the many facts that quote no call, without the call."""
    told = _all_of_fact(fact)
    if told["call_id"] is None:
        del told["call_id"]
    return told

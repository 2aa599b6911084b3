"""Takes the words of calls out of a row's texts: fact sheets, filled passages, plain text."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cs_assets.erasure.spoken import QUOTED, WITHDRAWN, Spoken, plain


@dataclass(frozen=True)
class Redacted:
    """The texts that change, as they are to be."""

    texts: dict[str, str]
    model_was_told: bool
    """Whether a model wrote a passage from the words; it is replaced as a whole."""


def redacted(
    texts: Mapping[str, str], spoken: Spoken, facts: Iterable[Mapping[str, Any]] = ()
) -> Redacted:
    """``texts`` of one row, by column, without the words of calls that go.

    A fact that names its call is believed: it goes with its call, and stays with another, whoever
    said the same words. ``facts``: those that the row itself is, beside the ones in its documents.
    """
    documents = {name: found for name, text in texts.items() if (found := _document(text))}
    work = _Row(spoken)
    for fact in (*facts, *(one for document in documents.values() for one in _dicts(document))):
        work.look_at(fact)
    if work.goes:
        for document in documents.values():
            for passage in _dicts(document):
                work.take_passage(passage)
    changed: dict[str, str] = {}
    for name, text in texts.items():
        if name not in documents:
            if (made := work.without(text)) != text:
                changed[name] = made
        elif (walked := work.walked(documents[name])) != documents[name]:
            changed[name] = json.dumps(walked, ensure_ascii=False, sort_keys=True)
    return Redacted(changed, work.model_was_told)


def _document(text: str) -> Any:
    """What the JSON says, None for other text."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _dicts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _dicts(one)


@dataclass
class _Row:
    """What is known of the words in one row."""

    spoken: Spoken
    goes: dict[str, str] = field(default_factory=dict)
    """Text that goes, and what takes its place."""
    stays: set[str] = field(default_factory=set)
    """Words of other calls, in the form in which they are compared."""
    model_was_told: bool = False

    def take(self, value: str, call_id: str | None) -> None:
        """A value that may quote: it goes, or what it quotes is another call's."""
        if value == WITHDRAWN:
            return
        quotes = list(QUOTED.finditer(value))
        if call_id is None:
            if any(map(self.spoken.said, quotes)):
                self.goes[value] = WITHDRAWN
        elif call_id in self.spoken.call_ids:
            self.goes[value] = WITHDRAWN
        else:
            self.stays.update(plain(found[1]) for found in quotes)

    def look_at(self, one: Mapping[str, Any]) -> None:
        """A fact or quote of a sheet."""
        if isinstance(one.get("value"), str) and "fact_id" in one:
            self.take(one["value"], one.get("call_id"))
        elif isinstance(one.get("text"), str) and one.get("source_id") in self.spoken.call_ids:
            self.goes[one["text"]] = WITHDRAWN

    def take_passage(self, one: Mapping[str, Any]) -> None:
        """A passage of a model, which had the words before it."""
        if isinstance(one.get("filled"), str) and one.get("writer", "rules") != "rules":
            self.goes[one["filled"]] = WITHDRAWN
            self.model_was_told = True

    def walked(self, value: Any) -> Any:
        """A document without the words; what says where facts stand in a text moves with it."""
        if isinstance(value, str):
            return self.without(value)
        if isinstance(value, list):
            return [self.walked(one) for one in value]
        if not isinstance(value, dict):
            return value
        if isinstance(value.get("filled"), str) and "claims" in value:
            return self._passage(value)
        return {name: self.walked(one) for name, one in value.items()}

    def _passage(self, passage: dict[str, Any]) -> dict[str, Any]:
        filled = passage["filled"]
        if self.goes.get(filled) and passage.get("writer", "rules") != "rules":
            return {**passage, "filled": WITHDRAWN, "slotted": WITHDRAWN, "claims": []}
        spans = self._spans(filled)
        claims = [_moved(claim, spans) for claim in passage["claims"]]
        return {**passage, "filled": _replaced(filled, spans), "claims": claims}

    def without(self, text: str) -> str:
        return _replaced(text, self._spans(text))

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Where words stand that go, in order, none within another."""
        found = [
            (hit.start(), hit.end())
            for going in self.goes
            for hit in re.finditer(re.escape(going), text)
        ]
        found += [
            (hit.start(), hit.end())
            for hit in QUOTED.finditer(text)
            if self.spoken.said(hit) and plain(hit[1]) not in self.stays
        ]
        spans: list[tuple[int, int]] = []
        for start, end in sorted(found):
            if spans and start < spans[-1][1]:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((start, end))
        return spans


def _replaced(text: str, spans: list[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], WITHDRAWN]
        at = end
    return "".join([*parts, text[at:]])


def _moved(claim: Any, spans: list[tuple[int, int]]) -> Any:
    """A claim (``[fact, start, end]`` or with names) where it stands after the replacements."""
    if isinstance(claim, dict):
        fact, start, end = _moved([claim["fact_id"], claim["start"], claim["end"]], spans)
        return {**claim, "start": start, "end": end}
    fact, start, end = claim
    return [fact, _place(start, spans, last=False), _place(end, spans, last=True)]


def _place(at: int, spans: list[tuple[int, int]], *, last: bool) -> int:
    shift = 0
    for start, end in spans:
        longer = len(WITHDRAWN) - (end - start)
        if at >= end:
            shift += longer
        elif at > start:
            return start + shift + (len(WITHDRAWN) if last else 0)
    return at + shift

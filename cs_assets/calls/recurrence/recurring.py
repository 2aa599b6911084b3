"""What recurs over the calls of some weeks: topics, questions and objections, with their accounts.

A topic is a pair of words that customers of several accounts say next to each other; a question is
a group of questions that share most of their words. Mentions are not accounts: what one customer
says ten times recurs nowhere. A trend compares the share of accounts that raised it in the later
half of the weeks with that in the earlier one; over all of them the share of false ones is held.
"""

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np
import scipy

from cs_assets.calls.scoring import questions
from cs_assets.calls.scoring.wording import content_words, has_number
from cs_assets.calls.transcript import lowered
from cs_assets.search.words import words
from cs_assets.statistics.false_discovery import adjusted

Kind = Literal["topic", "question", "objection"]
Verdict = Literal["rising", "falling", "no change found", "too few accounts"]

#: Weeks that are looked at; the trend compares the two halves.
WEEKS = 8
#: Accounts from which something recurs, and in each half for a trend to be told.
LEAST_ACCOUNTS, LEAST_FOR_TREND = 3, 5
#: Of each kind at most, and sentences to show of each.
_MOST, _QUOTES = 12, 3
_FALSE_SHARE = 0.05
#: Words of a sentence from which it has a topic; stems of a question from which it is one.
_TOPIC_WORDS, _QUESTION_STEMS = 5, 2
#: Of a call, what is hello and what is goodbye.
_GREETING_MS, _FAREWELL_MS = 30_000, 15_000
#: Words from one word of a topic to the other.
_NEXT = 2
#: Share of all words of two questions that they have in common to be one.
_ALIKE = 0.5
#: Share of the calls of a topic that are those of one told already.
_SAME_CALLS = 0.5
_NO_MATTER = """
    month week year today tomorrow yesterday morning afternoon minute hour monday tuesday wednesday
    thursday friday call meeting question idea point talk answer bye hello"""
_SIDE_MATTER = frozenset(_NO_MATTER.split())


@dataclass(frozen=True, slots=True)
class Heard:
    """One sentence of a customer; ``account`` is empty where it is not known."""

    call_id: str
    day: dt.date
    account: str
    sentence_index: int
    start_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Recurring:
    """Something that recurs. Calls and accounts are distinct ones of all weeks.

    ``recent`` and ``before``: accounts that raised it in the later and the earlier half, of those
    spoken with (``of_recent``, ``of_before``).
    """

    kind: Kind
    name: str
    calls: int
    accounts: int
    recent: int
    of_recent: int
    before: int
    of_before: int
    q_value: float | None
    verdict: Verdict
    quotes: tuple[Heard, ...]


def recurring(
    said: Sequence[Heard], objections: Mapping[str, Sequence[Heard]], last_day: dt.date
) -> list[Recurring]:
    """All that recurs in the weeks up to ``last_day``, by kind and then by accounts.

    ``said``: every sentence of customers; ``objections``: the sentences of each kind by its label.
    """
    middle = last_day - dt.timedelta(weeks=WEEKS // 2)
    spoken = _accounts(said, middle)
    found: list[tuple[Kind, str, Sequence[Heard]]] = []
    found += [("topic", name, hits) for name, hits in _topics(said)]
    found += [("question", name, hits) for name, hits in _questions(said)]
    found += [("objection", name, hits) for name, hits in objections.items()]
    kept = [one for one in found if len(_known(one[2])) >= LEAST_ACCOUNTS]
    halves = [_accounts(hits, middle) for _, _, hits in kept]
    p_values = np.array([_p_value(half, spoken) for half in halves], dtype=float)
    rows = [
        _row(kind, name, hits, half, spoken, q)
        for (kind, name, hits), half, q in zip(kept, halves, adjusted(p_values), strict=True)
    ]
    rows.sort(key=lambda one: (one.kind, -one.accounts, -one.calls, one.name))
    return [one for kind in ("topic", "question", "objection") for one in _first(rows, kind)]


def _first(rows: Iterable[Recurring], kind: str) -> list[Recurring]:
    return [one for one in rows if one.kind == kind][:_MOST]


def _known(hits: Iterable[Heard]) -> set[str]:
    return {hit.account for hit in hits if hit.account}


def _accounts(hits: Iterable[Heard], middle: dt.date) -> tuple[int, int]:
    """Known accounts in the later and in the earlier half."""
    recent: set[str] = set()
    before: set[str] = set()
    for hit in hits:
        if hit.account:
            (recent if hit.day > middle else before).add(hit.account)
    return len(recent), len(before)


def _row(
    kind: Kind,
    name: str,
    hits: Sequence[Heard],
    half: tuple[int, int],
    spoken: tuple[int, int],
    q_value: float,
) -> Recurring:
    verdict: Verdict = "too few accounts"
    if not math.isnan(q_value):
        verdict = "no change found"
        if q_value <= _FALSE_SHARE:
            rises = half[0] * spoken[1] > half[1] * spoken[0]
            verdict = "rising" if rises else "falling"
    return Recurring(
        kind, name, len({hit.call_id for hit in hits}), len(_known(hits)),
        half[0], spoken[0], half[1], spoken[1],
        None if math.isnan(q_value) else float(q_value), verdict, tuple(_shown(hits)),
    )  # fmt: skip


def _shown(hits: Sequence[Heard]) -> Iterator[Heard]:
    """Newest sentences, each of another account where that can be."""
    newest = sorted(hits, key=lambda hit: (hit.day, hit.call_id, -hit.sentence_index), reverse=True)
    seen: set[str] = set()
    for hit in newest:
        who = hit.account or hit.call_id
        if who not in seen and len(seen) < _QUOTES:
            seen.add(who)
            yield hit


def _p_value(half: tuple[int, int], spoken: tuple[int, int]) -> float:
    """Two-sided p of two shares being one, by the normal law; nan where there are too few."""
    if min(spoken) < LEAST_FOR_TREND or sum(half) < LEAST_FOR_TREND:
        return math.nan
    shared = sum(half) / sum(spoken)
    error = math.sqrt(shared * (1 - shared) * (1 / spoken[0] + 1 / spoken[1]))
    if error == 0:
        return 1.0
    gap = abs(half[0] / spoken[0] - half[1] / spoken[1])
    return min(1.0, 2 * float(scipy.special.ndtr(-gap / error)))


def _topics(said: Iterable[Heard]) -> Iterator[tuple[str, list[Heard]]]:
    """Pairs of neighbouring words of matter, the one of most accounts first."""
    hits: dict[frozenset[str], list[Heard]] = defaultdict(list)
    spelled: dict[frozenset[str], Counter[str]] = defaultdict(Counter)
    for one in _between_greetings(said):
        spoken = words(one.text)
        if len(spoken) < _TOPIC_WORDS or questions.is_question(lowered(one.text)):
            continue
        for first, second in _neighbours(spoken):
            key = _pair(first, second)
            if len(key) == 2:
                hits[key].append(one)
                spelled[key][f"{first} {second}"] += 1
    told: list[set[str]] = []
    for key in sorted(
        hits, key=lambda key: (-len(_known(hits[key])), -len(hits[key]), sorted(key))
    ):
        calls = {hit.call_id for hit in hits[key]}
        if any(len(calls & other) > _SAME_CALLS * len(calls) for other in told):
            continue
        told.append(calls)
        name = max(spelled[key], key=lambda text: (spelled[key][text], text))
        yield name, hits[key]


def _between_greetings(said: Iterable[Heard]) -> Iterator[Heard]:
    """Without the first half minute of a call and the customer's last words in it."""
    by_call: dict[str, list[Heard]] = defaultdict(list)
    for one in said:
        by_call[one.call_id].append(one)
    for spoken in by_call.values():
        end = max(one.start_ms for one in spoken) - _FAREWELL_MS
        if end <= _GREETING_MS:  # a few words only
            yield from spoken
            continue
        yield from (one for one in spoken if _GREETING_MS <= one.start_ms <= end)


def _neighbours(spoken: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Words of matter next to each other, with one small word between them at most."""
    places = [place for place, word in enumerate(spoken) if _is_matter(word)]
    for place, following in pairwise(places):
        if following - place <= _NEXT:
            yield spoken[place], spoken[following]


@lru_cache(maxsize=50_000)
def _is_matter(word: str) -> bool:
    return word not in _SIDE_MATTER and not has_number(word) and bool(content_words(word))


@lru_cache(maxsize=100_000)
def _pair(first: str, second: str) -> frozenset[str]:
    return content_words(f"{first} {second}")


def _questions(said: Iterable[Heard]) -> Iterator[tuple[str, list[Heard]]]:
    """Questions that share most of their words; each goes to the group that it is nearest to."""
    groups: list[tuple[frozenset[str], list[Heard]]] = []
    holding: dict[str, list[int]] = defaultdict(list)
    for one in said:
        text = lowered(one.text)
        stems = content_words(text)
        if len(stems) < _QUESTION_STEMS or not questions.is_question(text):
            continue
        near = Counter(place for stem in stems for place in holding[stem])
        best = max(near, key=lambda n: (near[n] / len(stems | groups[n][0]), -n), default=None)
        if best is not None and near[best] >= _ALIKE * len(stems | groups[best][0]):
            groups[best][1].append(one)
            continue
        for stem in stems:
            holding[stem].append(len(groups))
        groups.append((stems, [one]))
    for stems, hits in groups:
        yield _named(stems, hits), hits


def _named(stems: frozenset[str], hits: Sequence[Heard]) -> str:
    """The words that most of a group's questions have, in the order of the first."""
    often = Counter(stem for hit in hits for stem in content_words(lowered(hit.text)))
    wanted = {stem for stem, n in often.items() if stem in stems and 2 * n >= len(hits)}
    said = [word for word in words(hits[0].text) if content_words(word) & wanted]
    return " ".join(dict.fromkeys(said))

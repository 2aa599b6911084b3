"""A question in words as a plan by likeness: slots by rules, the question by what it is like.

The slots are filled for each question of the closed set; those whose slots do not fit what was
named are out, whatever the words are like. Of the rest the likeliest is meant, if it is likely
enough and no word stands there that may change what is asked.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, dropwhile, pairwise

from cs_assets.answers import vocabulary
from cs_assets.answers.directory import Directory, Named
from cs_assets.answers.likeness import grammar, spoken
from cs_assets.answers.likeness.care import care
from cs_assets.answers.likeness.model import NONE, Learnt, learnt
from cs_assets.answers.likeness.spoken import NUMBER, SIGN
from cs_assets.answers.mentions import Mentions, mentions_in
from cs_assets.answers.model import Plan
from cs_assets.answers.questions import QUESTIONS, Question
from cs_assets.answers.slots import take_names, take_times

#: How likely a question must be when every word is known, and by what each other word lowers it.
LIKELY, _STRANGE = 0.5, 0.9
#: How likely it must be by its words alone, whatever slots fit, as a share of the likeliest.
_LEAST = 0.4
#: Of two questions that fit, the second is that much less likely at least; else neither is meant.
_SECOND = 0.33
#: What is offered instead is that likely at least, as a share of the likeliest.
_NEAR = 0.05
#: Strange words at most.
_MOST_STRANGE = 5
_HOW = "how"
#: Parts of a text at most that are tried without each other.
_MOST_PARTS = 5


@dataclass(frozen=True)
class Likely:
    """A question with its slots filled, how likely it is, and the strange words beside."""

    question: Question
    plan: Plan
    share: float
    strange: tuple[str, ...] = ()
    choices: tuple[Named, ...] = ()

    @property
    def weight(self) -> float:
        return self.share * _STRANGE ** len(self.strange)

    @property
    def is_meant(self) -> bool:
        return self.weight >= LIKELY and len(self.strange) <= _MOST_STRANGE


@dataclass(frozen=True)
class Read:
    """The likeliest question whose slots fit, if one is meant, and how likely each is by words."""

    meant: Likely | None
    shares: Mapping[str, float]
    stems: tuple[str, ...]
    wants_done: bool = False
    """It is no question: something is to be done or sent."""

    @property
    def nearest(self) -> tuple[str, ...]:
        """The questions that are nearest by words: one to three, none that is far behind."""
        known = sorted((one for one in self.shares if one != NONE), key=lambda q: -self.shares[q])
        least = _NEAR * self.shares[known[0]]
        return tuple(one for one in known[:3] if self.shares[one] >= least)

    @property
    def begins_with_a_move(self) -> bool:
        """Whether it begins as "put" or "set" do, which is an order unless it is of a pair."""
        return bool(care().moves & set(_without_politeness(self.stems)[:1]))

    def points_at_somebody(self, question: Question) -> bool:
        """Whether it points at somebody: "promised them", "done for them", "their review"; not
        "what blocks them", which may be what is asked for.
        """
        said = pairwise(("<", *self.stems))
        return any(
            one in care().pointing
            and (question.is_whose or one == "their" or before in care().before_names)
            for before, one in said
        )


def read(
    text: str, directory: Directory, weeks: Sequence[dt.date], own_rep: str | None = None
) -> Read:
    """Read a text that the rules do not understand; never raises for what was typed."""
    mentions = mentions_in(text, directory, weeks)
    stems, values = spoken.signed(mentions)
    knows = learnt()
    parts = _parts(text, stems, directory, weeks)
    bare = [_without_around(part, at == 0, knows) for at, part in enumerate(parts)]
    if any(_wants_done(one, knows) for one in (stems, *parts, *bare)):
        return Read(None, knows.likely(stems), tuple(stems), wants_done=True)
    if care().never & set(stems):
        return Read(None, knows.likely(stems), tuple(stems))
    best: Likely | None = None
    for kept in (*_kept(bare, knows), *_kept(parts, knows)):
        likely = _likeliest(
            [one for part in kept for one in part], mentions, values, own_rep, knows
        )
        if likely and (best is None or likely.weight > best.weight + 0.02):
            best = likely
    return Read(best if best and best.is_meant else None, knows.likely(stems), tuple(stems))


def _parts(
    text: str, stems: list[str], directory: Directory, weeks: Sequence[dt.date]
) -> list[list[str]]:
    """The stems by part of the text; as one where the parts name something else than the whole."""
    several = spoken.parts(text)
    if not 1 < len(several) <= _MOST_PARTS:
        return [stems]
    found = [spoken.signed(mentions_in(one, directory, weeks))[0] for one in several]
    return found if [one for part in found for one in part] == stems else [stems]


def _without_around(stems: list[str], is_first: bool, knows: Learnt) -> list[str]:
    """Without what is said before and after a question and changes nothing."""
    before, after = knows.around
    while (
        is_first and (end := max(max(grammar.ends(one, stems, 0), default=0) for one in before)) > 0
    ):
        stems = stems[end:]
    while True:
        starts = [
            at
            for at in range(len(stems))
            if any(len(stems) in grammar.ends(one, stems, at) for one in after)
        ]
        if not starts:
            return stems
        stems = stems[: starts[0]]


def _kept(parts: list[list[str]], knows: Learnt) -> Iterator[list[list[str]]]:
    """The parts, then without those that are said beside the question."""
    parts = [one for one in parts if one]
    yield parts
    beside = [at for at in range(len(parts)) if _is_beside(parts, at, knows)]
    for size in range(1, len(beside) + 1):
        for left_out in combinations(beside, size):
            if size < len(parts):
                yield [_names_of(one) if at in left_out else one for at, one in enumerate(parts)]


def _names_of(part: list[str]) -> list[str]:
    """Of what is said beside a question, whom it names: the question may say "they"."""
    return [one for one in part if one[0] == SIGN and one != NUMBER]


def _is_beside(parts: list[list[str]], at: int, knows: Learnt) -> bool:
    """Whether a part may be said beside a question: it narrows nothing down."""
    part = parts[at]
    signs = {one for one in part if one[0] == SIGN and one[1:] in ("week", "days", "span")}
    if signs or part[0] in (care().narrows | care().asks):
        return False
    is_clause = bool(care().clause & set(part))
    if knows.limits & set(part) and part[:1] not in (["i"], ["we"]) and not is_clause:
        return False
    return is_clause


def _likeliest(
    stems: list[str], mentions: Mentions, numbers: list[int], own_rep: str | None, knows: Learnt
) -> Likely | None:
    shares = knows.likely(stems)
    if all(one[0] == SIGN for one in stems):
        return None
    fitting = [
        (question, *fit)
        for question in QUESTIONS
        if (fit := _fit(question, stems, mentions, numbers, own_rep, knows)) is not None
    ]
    whole = sum(shares[question.id] for question, *_ in fitting) + shares[NONE]
    found = [
        Likely(question, Plan(question.id, values), shares[question.id] / whole, strange, choices)
        for question, values, choices, strange in fitting
    ]
    least = _LEAST * max(shares.values())
    likely = sorted(found, key=lambda one: -one.share)
    if not likely or shares[likely[0].question.id] < least:
        return None
    if len(likely) > 1 and likely[1].share > _SECOND * likely[0].share:
        return None
    return likely[0]


def _without_politeness(stems: Sequence[str]) -> list[str]:
    return list(dropwhile(care().polite.__contains__, stems))


def _wants_done(stems: Sequence[str], knows: Learnt) -> bool:
    """Whether it begins as an order to do something, or asks for a recording or a file."""
    said = _without_politeness(stems)
    is_order = bool(said) and said[0] in knows.effects and bool(care().objects & set(said[1:2]))
    named = {place for one in knows.figures_in(stems) for place in one.places}
    is_thing = any(
        one in care().things and at not in named and other in care().filters
        for at, (one, other) in enumerate(pairwise(stems))
    )
    return is_thing or (is_order and tuple(said[:2]) not in care().tells)


_Fit = tuple[dict[str, str], tuple[Named, ...], tuple[str, ...]]


def _fit(
    question: Question, stems: list[str], mentions: Mentions, numbers: list[int],
    own_rep: str | None, knows: Learnt,
) -> _Fit | None:  # fmt: skip
    """The slots of a question, the names that several fit, and words that are strange to it."""
    slots = question.slots
    values: dict[str, str] = {}
    taken: set[int] = set()
    if "metric" in slots:
        figures = knows.figures_in(stems)
        if len({one.key for one in figures}) != 1:
            return None
        values["metric"] = figures[0].key
        taken |= {place for one in figures for place in one.places}
    _, choices, spare = take_names(question, _different(mentions.names), values)
    if spare + take_times(question, mentions, values):
        return None
    for slot in ("order", "signal", "state", "most"):
        if slot in slots and not _TAKES[slot](stems, numbers, values, taken):
            return None
    if not (question.is_pair and set(numbers) == {2}) and NUMBER in [
        one for at, one in enumerate(stems) if at not in taken
    ]:
        return None
    is_own = bool(own_rep and "rep" in slots and not {"rep", "customer"} & {*values, *choices})
    if is_own and care().own & set(stems) and not care().others & set(stems):
        values["rep"] = str(own_rep)
    named = {"customer", "rep", "account", "call"} & {*values, *choices}
    if any(one not in values and one not in choices for one in question.needs):
        return None
    if question.is_whose and not (len(named) == 1 or (named and _is_cued(question, stems))):
        return None
    if question.is_pair and not _is_told(question.id, stems, taken, knows):
        return None
    if not named and not taken and not (knows.known[question.id] - _plain()) & set(stems):
        return None  # no word says what is asked
    strange = _strange(question, stems, taken, knows, bool(named))
    unsure = tuple(one for several in choices.values() for one in several)
    # A strange word beside one's own name may be the name of somebody else.
    return None if strange is None or (is_own and strange) else (values, unsure, strange)


def _is_cued(question: Question, stems: list[str]) -> bool:
    """Whether words say that it is this question, by the rules."""
    return all(vocabulary.of_question(question.id).cued(stems))


def _different(names: Sequence[list[Named]]) -> list[list[Named]]:
    """Mentions without those that name again whom another names."""
    found: list[list[Named]] = []
    for owners in names:
        if owners not in found:
            found.append(owners)
    return found


def _strange(
    question: Question, stems: list[str], taken: set[int], knows: Learnt, is_named: bool
) -> tuple[str, ...] | None:
    """Words that no phrasing of the question has; ``None`` where one may change what is asked."""
    known = knows.known[question.id] | _plain()
    found = []
    for at, one in enumerate(stems):
        if at in taken or one[0] == SIGN:
            continue
        before = stems[at - 1] if at else "<"
        after = stems[at + 1] if at + 1 < len(stems) else ">"
        if asks_other(question.id, [one], knows):
            return None
        if one in knows.limits:
            if f"{one} {after}" not in knows.pairs.get(question.id, ()):
                return None
        elif one in known:
            continue
        elif one in knows.foreign or _narrows(question, one, before, is_named):
            return None
        elif before == _HOW or after in care().kinds:
            return None  # how big, how old: another thing; or of those alone
        elif "metric" in question.slots and one in knows.words_of_figures:
            return None  # of another figure
        elif _is_name(before) or (_is_name(after) and at):
            return None  # a longer name than the one that is known
        elif "metric" in question.slots and taken and at in (min(taken) - 1, max(taken) + 1):
            return None  # another figure: of which kind, or which of its rates
        else:
            found.append(one)
    return tuple(found)


def _is_name(stem: str) -> bool:
    return stem[0] == SIGN and stem[1:] in ("customer", "rep", "account", "call")


def asks_other(question: str, stems: Sequence[str], knows: Learnt) -> bool:
    """Whether when, who or how long is asked of a question that does not say it."""
    return bool((care().asked & set(stems)) - knows.known[question])


def _narrows(question: Question, word: str, before: str, is_named: bool) -> bool:
    """Whether a strange word may be a name or a part of a list that nobody here knows."""
    if not word.isalpha():
        return True
    if not is_named and before in care().before_names:
        return True
    return question.is_narrowed and before in care().filters


def _is_told(question: str, stems: list[str], taken: set[int], knows: Learnt) -> bool:
    """Whether some word says that it is this question; names and figures alone do not."""
    telling = knows.known[question] - knows.known["metric"] - _plain()
    return any(one in telling for at, one in enumerate(stems) if at not in taken)


def _plain() -> frozenset[str]:
    return frozenset(one for phrase in vocabulary.plain() for one in phrase)


def order_in(stems: Sequence[str]) -> str | None:
    """The order that words say, where they say one."""
    orders = {care().orders[one] for one in stems if one in care().orders}
    return next((one for one in ("worst", "lowest", "best", "highest") if one in orders), None)


def _take_order(stems: list[str], _: list[int], values: dict[str, str], taken: set[int]) -> bool:
    there = [
        (at, care().orders[one])
        for at, one in enumerate(stems)
        if at not in taken and one in care().orders
    ]
    orders = {order for _, order in there}
    values["order"] = next((one for one in ("worst", "lowest", "best") if one in orders), "highest")
    taken |= {at for at, _ in there}
    return True


def _take_signal(stems: list[str], _: list[int], values: dict[str, str], taken: set[int]) -> bool:
    found: set[str] = set()
    for kind, phrases in vocabulary.listed("signal").items():
        for phrase in phrases:
            for at in range(len(stems) - len(phrase) + 1):
                if tuple(stems[at : at + len(phrase)]) == phrase:
                    found.add(kind)
                    taken |= set(range(at, at + len(phrase)))
    if len(found) == 1:
        values["signal"] = found.pop()
    return True


def _take_state(stems: list[str], _: list[int], values: dict[str, str], taken: set[int]) -> bool:
    if care().open & set(stems):
        values["state"] = "open"
        taken |= {at for at, one in enumerate(stems) if one in care().open}
    return True


def _take_most(
    stems: list[str], numbers: list[int], values: dict[str, str], taken: set[int]
) -> bool:
    places = [at for at, one in enumerate(stems) if one == NUMBER]
    if not places:
        return True
    if len(places) > 1 or len(numbers) > 1 or (places[0] and stems[places[0] - 1] in care().bounds):
        return False
    if set(stems[places[0] + 1 : places[0] + 2]) & care().units:
        return False
    values["most"] = str(min(numbers[0], 50))
    taken.add(places[0])
    return True


_TAKES = {"order": _take_order, "signal": _take_signal, "state": _take_state, "most": _take_most}

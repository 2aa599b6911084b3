"""Which sentences of a call are worth showing beside a score, and what each of them shows.

A sentence is bound to the criterion that it stands for. One that says nothing without what the
customer said before it is shown with that; one that says nothing at all is not shown, and a score
without any that does stands on its reason alone. A failure is shown only where its criterion may
be said to a person, or as what it may be.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cs_assets.calls.scoring.evidence import Criterion, Heard, says_something
from cs_assets.calls.scoring.rubric import CriterionRules
from cs_assets.calls.scoring.wording import content_words

#: Sentences of a dimension at most.
_MOST = 3
#: Share of the points of a run from which on it is no long one.
_LONG_RUN = 0.5
#: Turns after an objection within which a sentence of ours replies to it for all to see.
_STRAIGHT_AFTER = 2
#: Words of a sentence from which it can say something on its own.
_ALONE_WORDS = 5

#: What a sentence shows of its criterion when it was heard there.
_HEARD: Mapping[str, str] = {
    "answers_questions": "answers",
    "concrete": "concrete",
    "specific_to_customer": "tied to this customer",
    "honest_about_limits": "honest about a limit",
    "open_questions": "open question",
    "follow_ups": "takes up",
    "impact": "asks for the impact",
    "decision": "asks how they decide",
    "asks_first": "asks before pitching",
    "acknowledges": "acknowledges",
    "clarifies": "asks what is behind it",
    "confirms": "checks that it is settled",
    "interplay": "customer's longest turn",
    "checks_interest": "checks interest",
    "next_step": "next step",
}
#: What it shows where the behaviour was missing. What is lacking in a whole call has no sentence.
_MISSED: Mapping[str, str] = {
    "answers_questions": "no answer to it",
    "acknowledges": "concern not acknowledged",
    "clarifies": "not asked what is behind it",
    "answers": "objection not answered",
    "confirms": "not checked whether it is settled",
}
#: Shown as what it may be, or as a fact of the clock, whether or not it may be called a failure.
_IN_DOUBT: Mapping[str, str] = {
    "honest_about_limits": "perhaps empty praise or promise",
    "monologue": "longest run begins",
}
#: Words without which a reader would not see the topic in a question, though it may ask for it.
_PLAINLY: Mapping[str, re.Pattern[str]] = {
    "impact": re.compile(
        r"\b(?:cost\w*|mean|lose\w*|losing|lost|happens?|worth|worst|effect\w*|money|"
        r"consequences?|lead to|hours|save|what if (?!we|i\b)|and then|hurt\w*|matter\w*|"
        r"break\w*|suffer\w*|result)\b"
    ),
    "decision": re.compile(
        r"\b(?:decid\w+|decision\w*|sign\w*|approv\w+|board|budget|who|whose|opinion|say|agree\w*|"
        r"purchas\w+|director|legal|blessing|go ahead|timeline|by when|convince\w*|on board)\b"
    ),
}
_OF_OBJECTIONS = frozenset({"acknowledges", "clarifies", "answers", "confirms"})
_REPLIES = _OF_OBJECTIONS | {"answers_questions", "follow_ups"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A sentence, the criterion it stands for, what it shows of it, and what it replies to."""

    position: int
    criterion: str
    shows: str
    before: int | None = None


def shown(
    judged: Sequence[Criterion], rules: Mapping[str, CriterionRules], heard: Heard
) -> tuple[Shown, ...]:
    """What was missed at most cost first, then what earned most; a sentence once."""
    known = [c for c in judged if c.share is not None]
    by_loss = sorted(known, key=lambda c: -rules[c.key].points * (1 - (c.share or 0)))
    by_gain = sorted(known, key=lambda c: -rules[c.key].points * (c.share or 0))
    lacking = [one for c in by_loss for one in _missing(c, rules[c.key], heard)][:2]
    found = [one for c in by_gain for one in _present(c, heard)]
    first: dict[int, Shown] = {}
    for one in [*found[:1], *lacking, *found[1:]]:
        first.setdefault(one.position, one)
    return tuple(first.values())[:_MOST]


def _missing(criterion: Criterion, rules: CriterionRules, heard: Heard) -> Iterator[Shown]:
    if criterion.share == 1 or criterion.moment is None:
        return
    if criterion.key == "monologue" and (criterion.share or 0) > _LONG_RUN:
        return
    words = _IN_DOUBT.get(criterion.key)
    if words is None and rules.is_quotable and criterion.missed:
        words = _MISSED.get(criterion.key)
    if words is None:
        return
    position = _telling(heard, criterion.key, criterion.missed or (criterion.moment,))
    if position is not None:
        yield Shown(position, criterion.key, words, _before(heard, criterion.key, position))


def _present(criterion: Criterion, heard: Heard) -> Iterator[Shown]:
    if not criterion.share or criterion.key not in _HEARD:
        return
    position = _telling(heard, criterion.key, criterion.heard)
    if position is not None:
        before = _before(heard, criterion.key, position)
        yield Shown(position, criterion.key, _HEARD[criterion.key], before)


def _telling(heard: Heard, key: str, positions: Sequence[int]) -> int | None:
    """The sentence of these that says most; none where all are too thin to be shown."""
    able = [p for p in positions if _can_be_shown(heard, key, p)]
    return max(
        able, key=lambda p: (len(content_words(heard.transcript.lowered[p])), -p), default=None
    )


def _can_be_shown(heard: Heard, key: str, position: int) -> bool:
    if not says_something(heard, position):
        return False
    text = heard.transcript.lowered[position]
    if key in _PLAINLY and not _PLAINLY[key].search(text):
        return False
    if key in _REPLIES:
        before = _before(heard, key, position)
        return before is not None and (key != "follow_ups" or _takes_a_word(heard, before, text))
    return heard.transcript.words[position] >= _ALONE_WORDS and bool(content_words(text))


def _takes_a_word(heard: Heard, before: int, text: str) -> bool:
    """Whether a reply has a word of what was said, which was itself no question."""
    turn = heard.transcript.turns[heard.transcript.turn_of[before]]
    said = content_words(heard.transcript.lowered_turn(turn))
    return not heard.is_question(before) and bool(said & content_words(text))


def _before(heard: Heard, key: str, position: int) -> int | None:
    """What the customer said that a reply belongs to: the objection, or their last words."""
    if key not in _REPLIES:
        return None
    turn = heard.transcript.turn_of[position]
    if key in _OF_OBJECTIONS:
        turns = heard.transcript.turn_of
        raised = (o.position for o in heard.objections if o.is_certain)
        near = (p for p in raised if 0 < turn - turns[p] <= _STRAIGHT_AFTER)
        return max(near, default=None)
    for earlier in reversed(heard.transcript.turns[:turn]):
        if earlier.side == "customer":
            places = range(earlier.last, earlier.first - 1, -1)
            said = [p for p in places if says_something(heard, p)]
            asked = [p for p in said if heard.is_question(p)]
            return next(iter(asked if key == "answers_questions" and asked else said), None)
    return None

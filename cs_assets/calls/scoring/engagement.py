"""Engagement: the customer talks, interest is checked, the next step is owned."""

import re

from cs_assets.calls.next_steps import best
from cs_assets.calls.scoring import questions
from cs_assets.calls.scoring.evidence import Criterion, Heard, with_moment
from cs_assets.calls.scoring.rubric import Slope

#: What a closed question has that may want to know how something would be taken.
_MAY_CHECK = re.compile(
    r"\b(?:would|wouldn't|\w+'d|might|do you think|think (?:they|he|she|you|it)|enough|worth|"
    r"good for|work for|fair|convinced?|comfortable|happy with|could you (?:live|see|imagine))\b"
)
#: Asks who, or what somebody would wish for: not how something arrived.
_NO_CHECK = re.compile(
    r"\bthe (?:one|person|man|woman) (?:to|who|that)\b|\bwho\b|^(?:and |so |then )*if you could\b|"
    r"\b(?:what|which(?: one)?) would it be\b|"
    r"\bshall (?:we|i) (?:look|meet|talk|speak|book|plan|call|send)\b"
)
#: Words up to which a question says nothing of its own.
_SHORT = 6
#: Said of the call's own course: to ask leave for it is manners, and no check of what was shown.
_OF_THE_COURSE = re.compile(
    r"\b(?:minutes?|half an hour|agenda|at the end|record(?:ing)?|"
    r"(?:start|begin) (?:with|by)|before (?:i|we) (?:start|begin))\b"
)


def judge(heard: Heard) -> list[Criterion] | str:
    """The criteria of engagement; every scored call gives a chance for it."""
    talk = heard.talk
    run = talk.longest_monologue
    at_run = run.first if run else None
    return [
        Criterion(
            "talk_balance",
            _talk_share(heard),
            f"rep's share of speech: {talk.talk_ratio or 0:.0%}",
            (),
            at_run,
        ),
        Criterion(
            "monologue",
            _run_share(heard),
            f"longest run of the rep: {run.seconds if run else 0:.0f} s",
            (),
            at_run,
        ),
        with_moment(_talks_freely(heard), at_run),
        with_moment(_checks_interest(heard), at_run),
        _next_step(heard),
    ]


def _run_share(heard: Heard) -> float:
    """1 for a short longest run, 0 for a long one; short calls have less patience."""
    run = heard.talk.longest_monologue
    seconds, share = heard.rubric.monologue_seconds, heard.rubric.monologue_share
    length = heard.transcript.seconds
    limits = Slope(
        good=min(seconds.good, share.good * length), bad=min(seconds.bad, share.bad * length)
    )
    return limits.share(run.seconds if run else 0.0)


def _talks_freely(heard: Heard) -> Criterion:
    """Share of the customer's turns that are more than a nod."""
    label = heard.rubric.criterion("engagement", "interplay").label
    turns = [turn for turn in heard.transcript.turns if turn.side == "customer"]
    free = [turn for turn in turns if heard.words(turn) > heard.rubric.nod_words]
    share = heard.rubric.talks_freely_share.share(len(free) / len(turns))
    longest = max(turns, key=lambda turn: (heard.words(turn), -turn.first))
    reason = f"{label}: {len(free)} of {len(turns)} turns are more than a nod"
    whole = tuple(range(longest.first, longest.last + 1))
    return Criterion("interplay", share, reason, whole)


def _checks_interest(heard: Heard) -> Criterion:
    """Checks counted; where none is heard and a question may be one, it is in doubt."""
    found = _checks(heard)
    if not found and any(_may_check(heard, p) for p in heard.rep(question=True)):
        label = heard.rubric.criterion("engagement", "checks_interest").label
        return Criterion("checks_interest", None, f"{label}: in doubt whether a question checks it")
    return heard.enough("engagement", "checks_interest", found)


def _may_check(heard: Heard, position: int) -> bool:
    """Whether a closed question asks what somebody would do, thinks or finds enough."""
    text = heard.transcript.lowered[position]
    is_closed = questions.kind(text) == "closed" and not heard.is_rhetorical(position)
    return is_closed and bool(_MAY_CHECK.search(text))


def _checks(heard: Heard) -> list[int]:
    """Questions that want to know how something arrived; 'can you see my screen' is none."""
    found = [
        p
        for p in heard.transcript.positions("rep")
        if heard.is_check(p)
        and not heard.is_in_greeting(p)
        and not _NO_CHECK.search(heard.transcript.lowered[p])
        and not _asks_leave(heard, p)
    ]
    named = [p for p in found if "check" in heard.cues[p]]
    return named or found[:1]


def _asks_leave(heard: Heard, position: int) -> bool:
    """Whether a short question is about the course of the call that was just proposed."""
    turn = heard.transcript.turns[heard.transcript.turn_of[position]]
    if position == turn.first or heard.transcript.words[position] > _SHORT:
        return False
    return bool(_OF_THE_COURSE.search(heard.transcript.lowered[position - 1]))


def _talk_share(heard: Heard) -> float:
    """1 inside the band for this kind of call, falling to 0 outside it."""
    low, high = heard.rubric.talk_band(heard.call_type)
    ratio = heard.talk.talk_ratio or 0.0
    outside = max(0.0, low - ratio, ratio - high)
    return max(0.0, 1 - outside / heard.rubric.talk_ratio_zero_beyond)


def _next_step(heard: Heard) -> Criterion:
    step = best(list(heard.commitments))
    last = heard.transcript.turns[-1].first
    if step is None:
        return Criterion("next_step", 0.0, "next step: none agreed", (), last)
    if step.is_dated:
        return Criterion("next_step", 1.0, "next step: agreed with a date", (step.position,))
    share = heard.rubric.next_step_without_date
    reason = "next step: named without a date"
    return Criterion("next_step", share, reason, (step.position,), step.position)

"""A thousand texts that say nothing wrong, as a careful model would write them.

A grammar of openings, findings, causes with their citation, and next steps, over
the facts of ``tests.ai.sheets``; with words that look like numbers and are none.
"""

import itertools
import random
from collections.abc import Iterator

_OPENINGS = (
    "{customer.name} had a steady week.",
    "The week brought {conversions.count} conversions for {customer.name}.",
    "For {customer.name} the week stands out for its {conversions.count} conversions.",
    "No one at {customer.name} raised an open question this week.",
    "In short: revenue of {revenue.total:short} was attributed in the period.",
    "One of the clearer signals this week is the change in conversions.",
)
_FINDINGS = (
    "Conversions changed by {conversions.change:signed} against the week before.",
    "Attributed revenue stands at {revenue.total}, with {conversions.count} conversions behind it.",
    "Conversions are up {conversions.change:abs}; whether that lasts cannot be said yet.",
    "There is no figure for open tickets ({tickets.open}), so nothing is concluded from them.",
    "At the same time revenue reached {revenue.total:short}.",
    "The month of March is too far back to compare with; the week before is the fair comparison.",
    "It is worth a second look at the weekday pattern before anybody acts on it.",
    "The change of {conversions.change} rests on few observations and should be read with care.",
)
_VOICES = (
    "In their words: “{quote:renewal}”",
    "Reports are late because of the set-up, as the customer says: “{quote:renewal}”",
    "The note of {csm.name} reads: {note.latest}.",
    "The customer asked for help, and the latest note says why: {note.latest}.",
    "They want to go on, and say what is in the way: “{quote:renewal}”",
)
_STEPS = (
    "Next step: agree with the sponsor on a date for the reporting workshop.",
    "{csm.name} should ask about the late reports first, then about the renewal.",
    "It would help to double-check the tracking with the third-party vendor.",
    "Take it one step at a time: first the reports, then the workspace.",
    "Ask each of the teams which report it misses; that is the one question that matters now.",
    "Before the renewal talk, make sure that the reports arrive on time.",
    "Plan a short session on the reports, and bring an example from a peer.",
)


def right_texts(count: int, seed: int = 20261109) -> Iterator[str]:
    """``count`` different texts of three to five sentences."""
    pairs = list(itertools.permutations(_FINDINGS, 2))
    whole = list(itertools.product(_OPENINGS, pairs, _VOICES, _STEPS))
    chance = random.Random(seed)
    given: set[str] = set()
    for opening, findings, voice, step in chance.sample(whole, 2 * count):
        parts = [opening, *findings, voice, step]
        if chance.random() < 0.3:
            parts.pop(chance.randrange(1, len(parts)))
        gap = "\n\n" if chance.random() < 0.3 else " "
        text = gap.join([" ".join(parts[:2]), " ".join(parts[2:])])
        if text not in given and len(given) < count:
            given.add(text)
            yield text

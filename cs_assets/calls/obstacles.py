"""How likely a customer's sentence states an obstacle, by its form and by what came before it.

Nobody says an objection in the words of a list. What obstacles have in common is form: a negation
or a comparison next to "we" or "you", somebody who has to be asked, what one has already, a fear,
in a statement that answers no question of ours. Each sign is a group of expressions with a weight;
the weights were fitted by logistic regression (``python -m tests.judge.fit_obstacles``) on labelled
calls and stand in ``objections.yaml``.
"""

from collections.abc import Sequence

from cs_assets.calls.scoring import questions
from cs_assets.calls.scoring.rubric import ObjectionCues, ObstacleRules
from cs_assets.calls.transcript import Transcript

_SHORT, _SHORTER, _LONG = 8, 5, 20
_OURS = ("rep", "colleague")
#: What a question of ours asks for beyond an account: what is in the way, a decision, an opinion.
_WANTED = ("concern", "closing", "invitation")


def score(rules: ObstacleRules, signs: frozenset[str]) -> float:
    """Log odds that a sentence with these signs states an obstacle."""
    alone = sum(rules.weights.get(sign, 0.0) for sign in signs)
    together = sum(weight for wanted, weight in rules.together if wanted <= signs)
    return rules.weights["bias"] + alone + together


def signs(
    transcript: Transcript,
    said: Sequence[ObjectionCues],
    position: int,
    cues: Sequence[frozenset[str]],
) -> frozenset[str]:
    """The signs of one sentence of the customer: its own and those of our turn before it.

    ``cues``: of each sentence, the rubric's; what follows a word of courtesy alone is first.
    """
    found = set(said[position].signs)
    if said[position].kind is not None:
        found.add("named")
    words = transcript.words[position]
    if words <= _SHORTER:
        found.add("shorter")
    if words <= _SHORT:
        found.add("short")
    if words >= _LONG:
        found.add("long")
    turn = transcript.turns[transcript.turn_of[position]]
    if any("courtesy" not in cues[p] for p in range(turn.first, position)):
        found.add("later in turn")
    before = transcript.turns[turn.number - 1] if turn.number else None
    if before is None or before.side not in _OURS:
        found.add("after nobody")
        return frozenset(found)
    return frozenset(found | _of_our_turn(transcript, said, before.first, before.last))


def _of_our_turn(
    transcript: Transcript, said: Sequence[ObjectionCues], first: int, last: int
) -> set[str]:
    places = range(first, last + 1)
    texts = transcript.lowered
    asked = [
        p for p in places if questions.is_question(texts[p], punctuated=transcript.marks_questions)
    ]
    heard = frozenset().union(*(said[p].signs for p in places))
    found = {f"after {name}" for name in ("offer", "service") if f"our {name}" in heard}
    wanted = next((name for name in _WANTED if f"our {name}" in heard), None)
    if wanted:
        found.add(f"after {wanted}")
    elif asked:
        is_open = any(questions.kind(texts[p]) == "open" for p in asked)
        found |= {"after question", "after open" if is_open else "after closed"}
    if asked:
        found.discard("after offer")
    elif "our echo" in said[first].signs:
        found.add("after echo")
    return found

"""Prompts for the rep while a call goes on: few, and only what can be done in the next minute.

Turns come one by one. A prompt follows what the customer has just said (they may leave, something
stands still, an objection, another vendor, a wish for more) or what the rep does (a long monologue,
long without a question); never two within a minute of the call, never the same twice in ten.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cs_assets.calls import language, objections, signals
from cs_assets.calls.scoring import questions
from cs_assets.calls.scoring.rubric import Rubric, Taxonomy
from cs_assets.calls.signals import SignalRules
from cs_assets.calls.transcript import Sentence, Transcript, lowered

#: Milliseconds of the call between two prompts, and between two of the same kind.
BETWEEN_MS, BETWEEN_SAME_MS = 60_000, 600_000
_MONOLOGUE_MS = 90_000
_WITHOUT_QUESTION_MS = 300_000
#: Sentences that are looked at again for an objection: what came before belongs to it.
_LOOK_BACK = 12
_MS_A_WORD = 400
#: A turn with more letters than this is none that somebody spoke.
_MOST_LETTERS = 20_000

_SIDES = {"rep": ("rep", "Internal", "rep"), "customer": ("customer", "External", None)}

_OF_SIGNALS: dict[str, str] = {
    "churn": "They speak of leaving or giving something back. Do not argue: ask what would have to "
    "change, and who else sees it so.",
    "outage": "Something stands still. Say that you take it up, ask since when and whom it hits, "
    "and name who answers by when.",
    "complaint_repeated": "They say it again. Say back what they reported, and give one person and "
    "one day for the answer.",
    "competitor": "Another vendor is near. Ask what they like about it and how they will compare.",
    "decision_maker": "Somebody else decides now. Ask what that person wants to see first, and for "
    "a talk together.",
    "expansion": "They want more. Ask who would use it, for what, and from when.",
}
_OF_OBJECTIONS: dict[str, str] = {
    "pricing": "A price objection. Before you answer, ask whether it is the amount or what they "
    "compare it with.",
    "timing": "A matter of time. Ask what has to happen first, and fix a day to look again.",
    "technical": "A technical doubt. Ask for the one case that must work, and offer to show it.",
    "competitive": "They have something else. Ask what it does well and what they still miss.",
    "other": "An objection. Say back what you heard and ask what is behind it.",
}
_MONOLOGUE = "You have spoken for more than a minute. Stop and ask how this fits their work."
_NO_QUESTION = "Five minutes without a question of yours. Ask one that wants an account."


class NotATurn(ValueError):
    """A line that is no turn; the text says why."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt: milliseconds from the call's start, its kind and what to do."""

    at_ms: int
    kind: str
    text: str


@dataclass
class Listener:
    """Hears a call turn by turn."""

    rubric: Rubric
    taxonomy: Taxonomy
    rules: SignalRules
    _heard: list[Sentence] = field(default_factory=list)
    _prompted: dict[str, int] = field(default_factory=dict)
    _asked_ms: int | None = None

    def hear(self, line: str) -> Prompt | None:
        """The prompt for a turn given as JSON, if there is a useful one now.

        ``speaker`` (rep or customer) and ``text`` are needed; ``start_ms`` and ``end_ms`` count
        from the call's start and follow from the words where they are missing. Raises ``NotATurn``.
        """
        sentence = self._read(line)
        self._heard.append(sentence)
        if self._asked_ms is None:
            self._asked_ms = sentence.start_ms
        found = self._of_customer() if sentence.affiliation == "External" else self._of_rep()
        for kind, text in found:
            if self._may_prompt(kind, sentence.end_ms):
                self._prompted[kind] = sentence.end_ms
                return Prompt(sentence.end_ms, kind, text)
        return None

    def _read(self, line: str) -> Sentence:
        try:
            turn = json.loads(line)
        except json.JSONDecodeError as error:
            raise NotATurn(f"no JSON: {error.msg} at {error.pos}") from None
        if not isinstance(turn, dict):
            raise NotATurn('no object: {"speaker": "customer", "text": "..."} is expected')
        side, text = turn.get("speaker"), turn.get("text")
        if side not in _SIDES:
            raise NotATurn("speaker must be rep or customer")
        if not isinstance(text, str) or not text.strip() or len(text) > _MOST_LETTERS:
            raise NotATurn(f"text must have 1 to {_MOST_LETTERS:,} letters")
        last = self._heard[-1].end_ms if self._heard else 0
        start = _time(turn.get("start_ms"), last, "start_ms")
        end = _time(turn.get("end_ms"), start + _MS_A_WORD * len(text.split()), "end_ms")
        place = len(self._heard)
        return Sentence(place, *_SIDES[side], start, max(start, end), " ".join(text.split()))

    def _may_prompt(self, kind: str, now: int) -> bool:
        latest = max(self._prompted.values(), default=-BETWEEN_MS)
        same = self._prompted.get(kind, -BETWEEN_SAME_MS)
        return now - latest >= BETWEEN_MS and now - same >= BETWEEN_SAME_MS

    def _of_customer(self) -> Iterator[tuple[str, str]]:
        recent = self._heard[-_LOOK_BACK:]
        if not language.is_english(language.of_words(None, [s.text for s in recent])):
            return
        text = lowered(recent[-1].text)
        kinds = set(signals.of_sentence(text, self.rules))
        for kind, prompt in _OF_SIGNALS.items():
            if kind in kinds:
                yield kind, prompt
        said = Transcript(recent)
        cues = [self.rubric.cues_in(one) for one in said.lowered]
        for one in objections.find(said, self.taxonomy, cues):
            if one.position == len(said) - 1 and not one.is_brush_off:
                yield f"objection: {one.kind}", _OF_OBJECTIONS[one.group]

    def _of_rep(self) -> Iterator[tuple[str, str]]:
        now = self._heard[-1]
        said = Transcript(self._heard[-_LOOK_BACK:])
        if questions.is_question(said.lowered[-1], punctuated=said.marks_questions):
            self._asked_ms = now.end_ms
        first = len(self._heard) - 1
        while first and self._heard[first - 1].affiliation == "Internal":
            first -= 1
        if now.end_ms - self._heard[first].start_ms >= _MONOLOGUE_MS:
            yield "monologue", _MONOLOGUE
        if now.end_ms - (self._asked_ms or 0) >= _WITHOUT_QUESTION_MS:
            yield "no question", _NO_QUESTION


def _time(value: object, otherwise: int, name: str) -> int:
    if value is None:
        return otherwise
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        raise NotATurn(f"{name} must be milliseconds from the call's start")
    return int(value)


def prompts(lines: Iterable[str], listener: Listener) -> Iterator[Prompt]:
    """The prompts of a whole transcript of JSON lines; raises ``NotATurn``."""
    for line in lines:
        if line.strip() and (prompt := listener.hear(line)):
            yield prompt

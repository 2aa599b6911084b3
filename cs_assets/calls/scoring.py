"""Scores of one call by dimension, each from criteria that can be pointed at in the transcript.

A criterion earns a share of its points from what was heard; a dimension is the
points earned of the points that the call gave a chance to earn, times 100; the
overall score is the mean of the dimensions by weight. No chance: not applicable,
which is no low score. Thresholds and cues come from the rubric.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cs_assets.calls.next_steps import Commitment, best
from cs_assets.calls.objections import Objection
from cs_assets.calls.rubric import DIMENSIONS, Dimension, Rubric, Slope
from cs_assets.calls.talk import Talk
from cs_assets.calls.transcript import Transcript, Turn

#: A reply or statement shorter than this says nothing that can be judged.
_SUBSTANCE_WORDS = 8
#: Shorter words are shared by chance; longer ones mean that the rep took up the customer's word.
_TAKEN_UP_LETTERS = 6
#: Fewer words are no answer.
_ANSWER_WORDS = 4
#: A customer's question shorter than this asks for nothing that an answer could be judged by.
_QUESTION_WORDS = 5
#: A question this short, straight after an answer, doubts the answer ("As far as the invoice?").
_DOUBT_WORDS = 7
#: A statement this short is a nod.
_NOD_WORDS = 3
#: A question among so many sentences at the head of a reply takes up what was said.
_HEAD_SENTENCES = 3
_PUNCTUATION = ".,;:!?\"'()"


@dataclass(frozen=True, slots=True)
class Criterion:
    """What one criterion came to.

    ``share`` is 0 to 1 of its points, ``None`` when the call gave no chance;
    ``heard`` are sentence positions that show it, ``moment`` the position where
    it was missing.
    """

    key: str
    share: float | None
    reason: str
    heard: tuple[int, ...] = ()
    moment: int | None = None


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """A dimension's score, 0 to 100 or ``None`` (not applicable), and what it rests on."""

    dimension: Dimension
    score: float | None
    reason: str
    criteria: tuple[Criterion, ...]
    quotes: tuple[int, ...]
    """Sentence positions, at least one when there is a score."""


@dataclass(frozen=True)
class Heard:
    """What the criteria read: the transcript and all that was found in it."""

    transcript: Transcript
    talk: Talk
    objections: Sequence[Objection]
    commitments: Sequence[Commitment]
    call_type: str | None
    rubric: Rubric
    cues: Sequence[frozenset[str]]
    """The rubric's cues of each sentence."""

    def rep(self, *cues: str, question: bool | None = None) -> list[int]:
        """Positions of the rep's sentences with all ``cues``; ``question``: asked or not."""
        wanted = frozenset(cues)
        return [
            position
            for position in self.transcript.positions("rep")
            if wanted <= self.cues[position]
            and (question is None or self.is_question(position) == question)
        ]

    def is_question(self, position: int) -> bool:
        return self.transcript.lowered[position].endswith("?")

    def is_in_speech(self, position: int) -> bool:
        """Whether a sentence is part of a turn so long that nobody asked for all of it."""
        turn = self.transcript.turns[self.transcript.turn_of[position]]
        return turn.words >= self.rubric.speech_words and not self.answers_a_question(turn)

    def answers_a_question(self, turn: Turn) -> bool:
        """Whether the customer's last words before a turn were a question."""
        before = self.transcript.turns[turn.number - 1] if turn.number else None
        return before is not None and before.side == "customer" and self.is_question(before.last)

    def cues_of(self, turn: Turn) -> frozenset[str]:
        """All cues of a turn."""
        return frozenset().union(*self.cues[turn.first : turn.last + 1])

    def real_questions(self) -> list[int]:
        """The rep's questions that are more than courtesy or a check."""
        return [p for p in self.rep(question=True) if "courtesy_question" not in self.cues[p]]

    def enough(self, dimension: Dimension, key: str, positions: Sequence[int]) -> Criterion:
        """A criterion that counts: share = heard / asked for at this length, at most 1."""
        rules = self.rubric.criterion(dimension, key)
        asked = rules.asked_for(self.transcript.minutes)
        share = min(1.0, len(positions) / asked)
        return Criterion(key, share, f"{rules.label}: {len(positions)} heard", tuple(positions))

    @property
    def first_rep_position(self) -> int:
        return next(self.transcript.positions("rep"))


def score(heard: Heard) -> dict[Dimension, DimensionScore]:
    """All dimensions of a call that may be scored."""
    return {dimension: _dimension(dimension, heard) for dimension in DIMENSIONS}


def overall(scores: dict[Dimension, DimensionScore], rubric: Rubric) -> float | None:
    """Mean of the applicable dimensions by weight, 0 to 100."""
    known = [(rubric.weights[d], s.score) for d, s in scores.items() if s.score is not None]
    weight = sum(w for w, _ in known)
    return sum(w * value for w, value in known) / weight if weight else None


def _dimension(dimension: Dimension, heard: Heard) -> DimensionScore:
    if heard.call_type in heard.rubric.not_applicable.get(dimension, []):
        return _not_applicable(dimension, f"a {heard.call_type} call gives no chance to show it")
    judged = _JUDGES[dimension](heard)
    if isinstance(judged, str):
        return _not_applicable(dimension, judged)
    rules = heard.rubric.dimensions[dimension].criteria
    possible = sum(rules[c.key].points for c in judged if c.share is not None)
    earned = sum(rules[c.key].points * c.share for c in judged if c.share is not None)
    return DimensionScore(
        dimension=dimension,
        score=round(100 * earned / possible, 1),
        reason="; ".join(c.reason for c in judged if c.share is not None),
        criteria=tuple(judged),
        quotes=_quotes(judged, rules, heard),
    )


def _not_applicable(dimension: Dimension, reason: str) -> DimensionScore:
    return DimensionScore(dimension, None, f"not applicable: {reason}", (), ())


def _quotes(
    judged: Sequence[Criterion], rules: dict, heard: Heard, at_most: int = 3
) -> tuple[int, ...]:
    """One sentence for what earned most, one for what cost most, then more of what was heard."""
    known = [c for c in judged if c.share is not None]
    by_gain = sorted(known, key=lambda c: -rules[c.key].points * (c.share or 0))
    by_loss = sorted(known, key=lambda c: -rules[c.key].points * (1 - (c.share or 0)))
    chosen: list[int] = []
    chosen += [c.heard[0] for c in by_gain if c.heard][:1]
    chosen += [c.moment for c in by_loss if c.moment is not None][:1]
    chosen += [c.heard[0] for c in by_gain if c.heard][1:]
    return tuple(dict.fromkeys(chosen))[:at_most] or (heard.first_rep_position,)


# --- discovery -----------------------------------------------------------------------------------


def _discovery(heard: Heard) -> list[Criterion] | str:
    turns = sum(turn.side == "rep" for turn in heard.transcript.turns)
    if turns < heard.rubric.discovery_from_turns:
        return f"the rep presented in {turns} turns and had nothing to take up"
    questions = heard.real_questions()
    open_questions = [p for p in questions if "open_question" in heard.cues[p]]
    pitch = _first_pitch(heard)
    opening = pitch if pitch is not None else heard.first_rep_position
    impact = [p for p in questions if "impact" in heard.cues[p]]
    decision = [p for p in questions if "decision" in heard.cues[p]]
    found = [
        _with_moment(heard.enough("discovery", "open_questions", open_questions), opening),
        _follow_ups(heard),
        _with_moment(heard.enough("discovery", "impact", impact), _after_longest_story(heard)),
        _with_moment(heard.enough("discovery", "decision", decision), _last_of_rep(heard)),
    ]
    asks_first = bool(open_questions) and (pitch is None or open_questions[0] < pitch)
    found.append(
        Criterion(
            "asks_first",
            float(asks_first),
            "asks before pitching" if asks_first else "pitches before asking",
            tuple(open_questions[:1]) if asks_first else (),
            None if asks_first else opening,
        )
    )
    return found


def _after_longest_story(heard: Heard) -> int:
    """Where the rep speaks after the customer's longest turn: the place to ask what it means."""
    turns = heard.transcript.turns
    story = max(
        (turn for turn in turns if turn.side == "customer"), key=lambda t: (t.words, -t.number)
    )
    after = next((turn for turn in turns[story.number :] if turn.side == "rep"), None)
    return after.first if after is not None else heard.first_rep_position


def _last_of_rep(heard: Heard) -> int:
    return next(turn.first for turn in reversed(heard.transcript.turns) if turn.side == "rep")


def _follow_ups(heard: Heard) -> Criterion:
    """Share of the customer's answers that the rep's next turn takes up with a question.

    An answer is what follows a question of ours; short ones invite no follow-up.
    """
    transcript = heard.transcript
    label = heard.rubric.criterion("discovery", "follow_ups").label
    chances = taken_up = 0
    heard_at: list[int] = []
    missed: list[int] = []
    for asked, answer, reply in zip(
        transcript.turns, transcript.turns[1:], transcript.turns[2:], strict=False
    ):
        is_answer = (
            asked.side == "rep"
            and answer.side == "customer"
            and reply.side == "rep"
            and _last_question(heard, asked) is not None
            and answer.words >= heard.rubric.follow_up_after_words
        )
        if not is_answer:
            continue
        chances += 1
        question = _takes_up(heard, answer, reply)
        if question is None:
            missed.append(reply.first)
        else:
            taken_up += 1
            heard_at.append(question)
    reason = f"{label}: {taken_up} of {chances} answers"
    share = heard.rubric.follow_up_share.share(taken_up / chances) if chances else 0.0
    return Criterion("follow_ups", share, reason, tuple(heard_at), missed[0] if missed else None)


def _last_question(heard: Heard, turn: Turn) -> int | None:
    """The question that a turn ends with, a word of courtesy after it aside."""
    said = [p for p in range(turn.first, turn.last + 1) if _says_something(heard, p)]
    if said and heard.is_question(said[-1]) and "courtesy_question" not in heard.cues[said[-1]]:
        return said[-1]
    return None


def _says_something(heard: Heard, position: int) -> bool:
    """Whether a sentence is more than a nod or a courtesy."""
    is_nod = heard.transcript.words[position] <= _NOD_WORDS and not heard.is_question(position)
    return not is_nod and "courtesy" not in heard.cues[position]


def _takes_up(heard: Heard, answer: Turn, reply: Turn) -> int | None:
    """The question of a reply that takes up the answer: it says so, points back or repeats a word.

    It stands at the head of the turn; a question behind other matter is a new one.
    """
    transcript = heard.transcript
    said = [p for p in range(reply.first, reply.last + 1) if _says_something(heard, p)]
    for position in said[:_HEAD_SENTENCES]:
        if not heard.is_question(position) or "courtesy_question" in heard.cues[position]:
            continue
        shared = _long_words(transcript.lowered[position]) & _long_words(
            transcript.lowered_turn(answer)
        )
        if shared or heard.cues[position] & {"follow_up", "anaphor"}:
            return position
    return None


def _long_words(text: str) -> set[str]:
    words = (word.strip(_PUNCTUATION) for word in text.split())
    return {word for word in words if len(word) >= _TAKEN_UP_LETTERS}


def _first_pitch(heard: Heard) -> int | None:
    """Where the rep first describes the product at length."""
    for turn in heard.transcript.turns:
        if turn.side == "rep" and turn.words >= heard.rubric.speech_words:
            for position in range(turn.first, turn.last + 1):
                if "pitch" in heard.cues[position]:
                    return position
    return None


# --- product knowledge ---------------------------------------------------------------------------


def _product_knowledge(heard: Heard) -> list[Criterion] | str:
    asked, answered, missed, credit = _product_questions(heard)
    concrete = [
        p
        for p in heard.rep("concrete", question=False)
        if heard.transcript.words[p] >= _SUBSTANCE_WORDS and not heard.is_in_speech(p)
    ]
    if not asked and len(concrete) + len(heard.rep("pitch", question=False)) < 2:
        return "the product was not spoken of"
    promises = heard.rep("empty_promise")
    honest = heard.rubric.criterion("product_knowledge", "honest_about_limits")
    penalty = heard.rubric.empty_promise_penalty * len(promises)
    moment = missed[0] if missed else _first_pitch(heard)
    return [
        Criterion(
            "answers_questions",
            credit / len(asked) if asked else None,
            f"customer's questions on the product answered: {len(answered)} of {len(asked)}",
            tuple(answered),
            missed[0] if missed else None,
        ),
        _with_moment(heard.enough("product_knowledge", "concrete", concrete), moment),
        _with_moment(
            heard.enough(
                "product_knowledge",
                "specific_to_customer",
                heard.rep("specific", question=False),
            ),
            moment,
        ),
        Criterion(
            "honest_about_limits",
            max(0.0, 1 - penalty / honest.points),
            f"empty promises: {len(promises)}",
            tuple(heard.rep("honest_limit", question=False)[:1]),
            promises[0] if promises else None,
        ),
    ]


def _product_questions(heard: Heard) -> tuple[list[int], list[int], list[int], float]:
    """The customer's questions that were the rep's to answer: asked, answers, missed, credit.

    Credit is the sum of what the answers are worth.
    """
    transcript = heard.transcript
    asked: list[int] = []
    answers: list[int] = []
    missed: list[int] = []
    credit = 0.0
    for position in transcript.positions("customer"):
        if not _is_product_question(heard, position):
            continue
        reply = _next_of_ours(transcript, transcript.turn_of[position])
        if reply is not None and reply.side == "colleague":
            continue  # a colleague answered: nothing to say about the rep
        asked.append(position)
        quality = _answer_quality(heard, position, reply)
        credit += quality
        if reply is not None and quality:
            answers.append(reply.first)
        else:
            missed.append(reply.first if reply is not None else position)
    return asked, answers, missed, credit


def _is_product_question(heard: Heard, position: int) -> bool:
    """A customer's question of some length that is no small talk and no objection.

    A question straight after a question of the rep asks back and is none either.
    """
    transcript, cues = heard.transcript, heard.cues[position]
    if not heard.is_question(position) or transcript.words[position] < _QUESTION_WORDS:
        return False
    if position < transcript.turns[transcript.turn_of[position]].last - 1:
        return False  # answered by the one who asked: rhetorical
    if "product_question" not in cues or "small_talk" in cues:
        return False
    if any(objection.position == position for objection in heard.objections):
        return False
    turn = transcript.turns[transcript.turn_of[position]]
    before = transcript.turns[turn.number - 1] if turn.number else None
    is_asked_back = (
        before is not None
        and before.side == "rep"
        and _last_question(heard, before) is not None
        and position == turn.first
        and turn.words <= _DOUBT_WORDS
    )
    return not is_asked_back


def _next_of_ours(transcript: Transcript, turn: int, within: int = 2) -> Turn | None:
    following = transcript.turns[turn + 1 : turn + 1 + within]
    return next((t for t in following if t.side in ("rep", "colleague")), None)


def _answer_quality(heard: Heard, question: int, reply: Turn | None) -> float:
    """What the answer is worth, 0 to 1; 0 when evaded, too short, refuted or asked again."""
    if reply is None:
        return 0.0
    cues = heard.cues_of(reply)
    if "honest_limit" not in cues and (reply.words < _ANSWER_WORDS or "evasive" in cues):
        return 0.0
    if _is_unhappy(heard, question, reply):
        return 0.0
    worth = heard.rubric.answer_worth
    if cues & {"honest_limit", "specific"}:
        return worth["tailored"]
    return worth["concrete"] if cues & {"concrete", "proof"} else worth["general"]


def _is_unhappy(heard: Heard, question: int, reply: Turn) -> bool:
    """Whether the customer says that the answer was none, or asks the same again."""
    transcript = heard.transcript
    if reply.number + 1 >= len(transcript.turns):
        return False
    after = transcript.turns[reply.number + 1]
    if after.side != "customer":
        return False
    asked_again = (
        heard.is_question(after.first)
        and len(
            _words_of_four(transcript.lowered[after.first])
            & _words_of_four(transcript.lowered[question])
        )
        >= 2
    )
    doubted = heard.is_question(after.first) and transcript.words[after.first] <= _DOUBT_WORDS
    return asked_again or doubted or "dissatisfied" in heard.cues_of(after)


def _words_of_four(text: str) -> set[str]:
    return {word for word in (w.strip(_PUNCTUATION) for w in text.split()) if len(word) >= 4}


# --- objection handling --------------------------------------------------------------------------


def _objection_handling(heard: Heard) -> list[Criterion] | str:
    """Each criterion is the mean over the objections that were the rep's to answer."""
    mine = [o for o in heard.objections if not o.is_brush_off and _is_for_rep(o)]
    if not mine:
        return "the customer raised no objection that the rep had to answer"
    handled = [_handled(heard, objection) for objection in mine]
    criteria = []
    for key, rules in heard.rubric.dimensions["objection_handling"].criteria.items():
        shares = [h[key] for h in handled]
        heard_at = tuple(p for _, p in shares if p is not None)
        missing = [o for o, (share, _) in zip(mine, shares, strict=True) if share < 1]
        moment = None
        if missing:
            reply = missing[0].reply_position
            moment = missing[0].position if reply is None else reply
        yes = sum(share >= 1 for share, _ in shares)
        criteria.append(
            Criterion(
                key,
                sum(share for share, _ in shares) / len(shares),
                f"{rules.label}: {yes} of {len(shares)}",
                heard_at,
                moment,
            )
        )
    return criteria


def _is_for_rep(objection: Objection) -> bool:
    """Ignored ones count against the rep; ones that only a colleague took up do not count."""
    return not objection.replies or any(turn.side == "rep" for turn in objection.replies)


def _handled(heard: Heard, objection: Objection) -> dict[str, tuple[float, int | None]]:
    """Share of each criterion for one objection, and the sentence that shows it."""
    transcript = heard.transcript
    replies = [turn for turn in objection.replies if turn.side == "rep"]
    positions = [p for turn in replies for p in range(turn.first, turn.last + 1)]
    first = range(replies[0].first, replies[0].last + 1) if replies else range(0)

    def seen(where: Sequence[int], *cues: str, question: bool | None = None) -> int | None:
        wanted = frozenset(cues)
        for p in where:
            fits = question is None or heard.is_question(p) == question
            if fits and wanted <= heard.cues[p]:
                return p
        return None

    check = seen(positions, "check", question=True)
    clarifies = next(
        (p for p in first if heard.is_question(p) and "check" not in heard.cues[p]), None
    )
    proof = seen([p for p in positions if transcript.words[p] >= _SUBSTANCE_WORDS - 2], "proof")
    longest = max((turn.words for turn in replies), default=0)
    brief = heard.rubric.objection_reply_words.share(longest) if replies else 0.0
    acknowledges = seen(first, "acknowledge")
    argues = seen(positions, "argue") is not None
    keep = 1 - (heard.rubric.argument_penalty / 100 if argues else 0)
    said_something = sum(turn.words for turn in replies) >= _SUBSTANCE_WORDS
    return {
        "acknowledges": (keep * (acknowledges is not None), acknowledges),
        "clarifies": (keep * (clarifies is not None), clarifies),
        "answers": (keep * (1.0 if proof is not None else 0.3 * said_something), proof),
        "stays_brief": (keep * brief * said_something, None),
        "confirms": (keep * (check is not None), check),
    }


# --- engagement ----------------------------------------------------------------------------------


def _engagement(heard: Heard) -> list[Criterion]:
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
        _with_moment(_talks_freely(heard), at_run),
        _with_moment(heard.enough("engagement", "checks_interest", _checks(heard)), at_run),
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
    free = [turn for turn in turns if turn.words > heard.rubric.nod_words]
    share = heard.rubric.talks_freely_share.share(len(free) / len(turns))
    longest = max(turns, key=lambda turn: (turn.words, -turn.first))
    reason = f"{label}: {len(free)} of {len(turns)} turns are more than a nod"
    return Criterion("interplay", share, reason, (longest.first,))


def _checks(heard: Heard) -> list[int]:
    """Questions that want to know how something arrived; 'can you see my screen' is none."""
    return [p for p in heard.rep("check", question=True) if "small_talk" not in heard.cues[p]]


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


def _with_moment(criterion: Criterion, moment: int | None) -> Criterion:
    if criterion.share is None or criterion.share >= 1 or criterion.moment is not None:
        return criterion
    return Criterion(criterion.key, criterion.share, criterion.reason, criterion.heard, moment)


_JUDGES: dict[Dimension, Callable[[Heard], list[Criterion] | str]] = {
    "product_knowledge": _product_knowledge,
    "discovery": _discovery,
    "objection_handling": _objection_handling,
    "engagement": _engagement,
}

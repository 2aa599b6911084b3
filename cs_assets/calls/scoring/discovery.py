"""Discovery: asks, takes up the answers, finds impact and the way to a decision."""

import re
from collections.abc import Iterator, Sequence

from cs_assets.calls.scoring.evidence import (
    Criterion,
    Heard,
    first_pitch,
    last_question,
    says_something,
    with_moment,
)
from cs_assets.calls.scoring.wording import content_words
from cs_assets.calls.transcript import Turn

#: The customer says what it costs them, or who decides, whether or not we asked.
_TOLD_IMPACT = re.compile(
    r"\b(?:cost|costs|costing|lose|loses|losing|lost|fine[ds]?|penalt\w+|overtime|wasted?|bin"
    r"|late fee|euros|dollars|pounds|thousand|million|hundred|hours|days|percent|gives? up|left"
    r"|quit|complain\w*|mess|chaos|shout\w*|so that|because of (?:that|it)|then (?:we|i|the|it))\b"
    r"|[$\u20ac\u00a3]"
)
_TOLD_DECISION = re.compile(
    r"\b(?:sign|signs|signed|decid\w+|decision|board|boss|director|manager|committee|approv\w+|"
    r"purchasing|procurement|owners?|own it|partners?|legal|cfo|ceo|cto|chief|head of|council|"
    r"trustees|my wife|my husband|my sister|signature|tender|budget|just me|it's me|only me|"
    r"accountant|finance|publisher|chair\w*|principal)\b"
)
#: Words of a question of ours that may ask for it in other words than the rubric's: in doubt.
_MAY_ASK = {
    "impact": re.compile(
        r"\b(?:what if|cost|costs|happens?|worst|price|pay|lose|losing|lost|mean|means|affect\w*|"
        r"matter|matters|hurt\w*|long|often|much|many|else|then|so what)\b"
    ),
    "decision": re.compile(
        r"\b(?:who|whom|whose|who's|who'd|who'll|anybody|anyone|somebody|someone|blessing|alone|"
        r"up to you|your (?:call|decision|say)|yours|say|yes|agree|approval|permission)\b"
    ),
}
#: Offers what we would do, asks for the end of what they have, or for who decides in their daily
#: work: "would it help if I write to purchasing?", "when is that contract up?", "who decides how
#: often people hear from you?".
_NO_DECISION = re.compile(
    r"\b(?:if|shall|can|could|may|should) (?:i|we) (?:just |also )?(?:write|send|mail|call|phone|"
    r"talk|speak|come|bring|prepare|draft|put|show|offer|join|help|present|explain)\b"
    r"|\bwhen (?:is|does|will|are) .*\b(?:contract|licen[cs]e|subscription|agreement|lease|term)\b"
    r"|\bdecides? (?:how|when|what|which|where|whether)\b"
    r"(?!.*\b(?:buy|sign|purchase|go ahead|start|tool|vendor|supplier|spend)\b)"
    r"|\bapprovals? (?:route|chain|step|workflow|flow|screen|module|rule|list|queue|limit)s?\b"
)
#: Begins to say back what was heard, in other words.
_SAYS_BACK = re.compile(
    r"^(?:okay,? |ok,? |right,? |got it,? |ah,? |i see,? )*"
    r"(?:so (?:you|your|the|they|that|it|for you|every|each|nobody|everybody|only|half|one|two|"
    r"three|four|five|there's)|"
    r"(?:so )?(?:you're saying|you say|you said|what you|in other words)|"
    r"(?:so )?if i (?:hear|understand|get)|"
    r"that (?:means|is what)|then (?:you|your|the))\b"
)
#: What takes up an answer stands among so many sentences at the head of the reply.
_HEAD_SENTENCES = 3
#: Words of content that a statement shares with an answer when it says it back; one is enough in
#: a sentence of so few words.
_SAID_BACK = 2
#: Asks for what goes into a form.
_FOR_THE_FILE = re.compile(
    r"\b(?:your|an?|the) (?:e-?mail|mail|phone|postal|billing)? ?(?:address|number|job title|"
    r"full name|postcode|zip code|"
    r"surname|spelling)\b|\bhow do you spell\b"
)
_ECHO_WORDS = 10


def judge(heard: Heard) -> list[Criterion] | str:
    """The criteria of discovery, or why the call gave no chance for it."""
    turns = sum(turn.side == "rep" for turn in heard.transcript.turns)
    if turns < heard.rubric.discovery_from_turns:
        return f"the rep presented in {turns} turns and had nothing to take up"
    questions = heard.real_questions()
    open_questions = [p for p in questions if heard.is_open_question(p)]
    pitch = first_pitch(heard)
    opening = pitch if pitch is not None else heard.first_rep_position
    impact = [p for p in questions if "impact" in heard.cues[p]]
    lowered = heard.transcript.lowered
    decision = [
        p for p in questions if "decision" in heard.cues[p] and not _NO_DECISION.search(lowered[p])
    ]
    found = [
        with_moment(heard.enough("discovery", "open_questions", open_questions), opening),
        _follow_ups(heard),
        _asked_or_told(heard, "impact", impact, _TOLD_IMPACT, _after_longest_story(heard)),
        _asked_or_told(heard, "decision", decision, _TOLD_DECISION, _last_of_rep(heard)),
        _asks_first(heard, questions, pitch),
    ]
    return found


def _asked_or_told(
    heard: Heard, key: str, asked: Sequence[int], told: re.Pattern[str], moment: int
) -> Criterion:
    """A topic that we asked for; told by the customer unasked it is in doubt, and no failure.

    So it is where a question of ours may have asked for it.
    """
    label = heard.rubric.criterion("discovery", key).label
    if not asked:
        if any(_MAY_ASK[key].search(heard.transcript.lowered[p]) for p in heard.rep(question=True)):
            return Criterion(key, None, f"{label}: in doubt whether it was asked")
        for position in heard.transcript.positions("customer"):
            if told.search(heard.transcript.lowered[position]):
                return Criterion(key, None, f"{label}: told by the customer")
    return with_moment(heard.enough("discovery", key, asked), moment)


def _asks_first(heard: Heard, questions: Sequence[int], pitch: int | None) -> Criterion:
    """Asks for an account before the first pitch; something closed before it is in doubt."""
    before = [p for p in questions if pitch is None or p < pitch]
    asked = [p for p in before if heard.is_open_question(p)]
    if asked:
        return Criterion("asks_first", 1.0, "asks before pitching", tuple(asked[:1]))
    if before or pitch is None:
        return Criterion("asks_first", None, "in doubt whether it asks before pitching")
    return Criterion("asks_first", 0.0, "pitches before asking", (), pitch, (pitch,))


def _after_longest_story(heard: Heard) -> int:
    """Where the rep speaks after the customer's longest turn: the place to ask what it means."""
    turns = heard.transcript.turns
    story = max(
        (turn for turn in turns if turn.side == "customer"),
        key=lambda t: (heard.words(t), -t.number),
    )
    after = next((turn for turn in turns[story.number :] if turn.side == "rep"), None)
    return after.first if after is not None else heard.first_rep_position


def _last_of_rep(heard: Heard) -> int:
    return next(turn.first for turn in reversed(heard.transcript.turns) if turn.side == "rep")


def _follow_ups(heard: Heard) -> Criterion:
    """Share of the customer's answers that the rep takes up, in a question or in words.

    An answer is what follows a question of ours, nods between its parts left out; short ones
    invite no follow-up. A reply that only points back ("did that help?") may or may not take
    it up: it is no chance.
    """
    label = heard.rubric.criterion("discovery", "follow_ups").label
    heard_at: list[int] = []
    missed: list[int] = []
    for answer, reply in answers_to_us(heard):
        verdict, position = takes_up(heard, answer, reply)
        if verdict is True:
            heard_at.append(position)
        elif verdict is False:
            missed.append(position)
    chances = len(heard_at) + len(missed)
    reason = f"{label}: {len(heard_at)} of {chances} answers"
    share = heard.rubric.follow_up_share.share(len(heard_at) / chances) if chances else None
    return Criterion(
        "follow_ups", share, reason, tuple(heard_at), missed[0] if missed else None, tuple(missed)
    )


def answers_to_us(heard: Heard) -> Iterator[tuple[list[Turn], Turn]]:
    """The customer's answers of some length to a question of ours, and the turn that followed."""
    turns = heard.transcript.turns
    number = 0
    while number < len(turns) - 2:
        asked = turns[number]
        number += 1
        if asked.side != "rep" or last_question(heard, asked) is None:
            continue
        answer: list[Turn] = []
        while number < len(turns) and (
            turns[number].side == "customer" or (answer and _is_nodded(heard, number))
        ):
            if turns[number].side == "customer":
                answer.append(turns[number])
            number += 1
        if number >= len(turns) or not answer or turns[number].side != "rep":
            continue
        if sum(heard.words(turn) for turn in answer) >= heard.rubric.follow_up_after_words:
            yield answer, turns[number]


def _is_nodded(heard: Heard, number: int) -> bool:
    """Whether a turn of ours is a nod after which the customer goes on."""
    turns = heard.transcript.turns
    return (
        heard.is_nod(turns[number])
        and number + 1 < len(turns)
        and turns[number + 1].side == "customer"
    )


def takes_up(heard: Heard, answer: Sequence[Turn], reply: Turn) -> tuple[bool | None, int]:
    """Whether a reply takes the answer up, and the sentence that shows it or lacks it.

    It does when its head asks on, says back a word or number of the answer, or feels with it; it
    does not when it goes on to other matter, or asks something closed that has no word in common
    with the answer; anything else is in doubt: ``None``.
    """
    transcript = heard.transcript
    said = content_words(" ".join(transcript.lowered_turn(turn) for turn in answer))
    everything = range(reply.first, reply.last + 1)
    spoken = [p for p in everything if says_something(heard, p)] or list(everything)
    head = spoken[:_HEAD_SENTENCES]
    for position in head:
        cues = heard.cues[position]
        shared = len(said & content_words(transcript.lowered[position]))
        if _FOR_THE_FILE.search(transcript.lowered[position]):
            continue
        if heard.is_question(position):
            if shared or "follow_up" in cues:
                return True, position
            if heard.is_open_question(position) and "anaphor" in cues:
                return True, position
        elif "pitch" not in cues and (
            shared >= _SAID_BACK or (shared and transcript.words[position] <= _ECHO_WORDS)
        ):
            return True, position
        if position == head[0] and _SAYS_BACK.search(transcript.lowered[position]):
            return True, position
    if heard.answers_a_question(answer[-1]) or any(
        p.position == q
        for p in heard.objections
        for turn in answer
        for q in range(turn.first, turn.last + 1)
    ):
        return None, head[0]
    feels = any("acknowledge" in heard.cues[p] for p in head) and not _goes_on(heard, spoken)
    asks_open = any(heard.is_open_question(p) for p in head)
    points_back = any("anaphor" in heard.cues[p] for p in head)
    if asks_open or feels or (points_back and not _goes_on(heard, spoken)):
        return None, head[0]
    return False, head[0]


def _goes_on(heard: Heard, spoken: Sequence[int]) -> bool:
    """Whether a reply describes the product, or puts a closed question, instead."""
    return any("pitch" in heard.cues[p] for p in spoken)

"""Discovery: asks, takes up the answers, finds impact and the way to a decision."""

from cs_assets.calls.scoring.evidence import (
    PUNCTUATION,
    Criterion,
    Heard,
    first_pitch,
    last_question,
    says_something,
    with_moment,
)
from cs_assets.calls.transcript import Turn

#: Shorter words are shared by chance; longer ones mean that the rep took up the customer's word.
_TAKEN_UP_LETTERS = 6
#: A question among so many sentences at the head of a reply takes up what was said.
_HEAD_SENTENCES = 3


def judge(heard: Heard) -> list[Criterion] | str:
    """The criteria of discovery, or why the call gave no chance for it."""
    turns = sum(turn.side == "rep" for turn in heard.transcript.turns)
    if turns < heard.rubric.discovery_from_turns:
        return f"the rep presented in {turns} turns and had nothing to take up"
    questions = heard.real_questions()
    open_questions = [p for p in questions if "open_question" in heard.cues[p]]
    pitch = first_pitch(heard)
    opening = pitch if pitch is not None else heard.first_rep_position
    impact = [p for p in questions if "impact" in heard.cues[p]]
    decision = [p for p in questions if "decision" in heard.cues[p]]
    found = [
        with_moment(heard.enough("discovery", "open_questions", open_questions), opening),
        _follow_ups(heard),
        with_moment(heard.enough("discovery", "impact", impact), _after_longest_story(heard)),
        with_moment(heard.enough("discovery", "decision", decision), _last_of_rep(heard)),
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
            and last_question(heard, asked) is not None
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


def _takes_up(heard: Heard, answer: Turn, reply: Turn) -> int | None:
    """The question of a reply that takes up the answer: it says so, points back or repeats a word.

    It stands at the head of the turn; a question behind other matter is a new one.
    """
    transcript = heard.transcript
    said = [p for p in range(reply.first, reply.last + 1) if says_something(heard, p)]
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
    words = (word.strip(PUNCTUATION) for word in text.split())
    return {word for word in words if len(word) >= _TAKEN_UP_LETTERS}

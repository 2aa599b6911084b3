"""Product knowledge: answers what is asked, concretely, for this customer, without empty promises.

Whether an answer is true cannot be read from the words; whether it is one, can.
"""

from cs_assets.calls.scoring.evidence import (
    PUNCTUATION,
    SUBSTANCE_WORDS,
    Criterion,
    Heard,
    first_pitch,
    last_question,
    with_moment,
)
from cs_assets.calls.transcript import Transcript, Turn

#: Fewer words are no answer.
_ANSWER_WORDS = 4
#: A customer's question shorter than this asks for nothing that an answer could be judged by.
_QUESTION_WORDS = 5
#: A question this short, straight after an answer, doubts the answer ("As far as the invoice?").
_DOUBT_WORDS = 7


def judge(heard: Heard) -> list[Criterion] | str:
    """The criteria of product knowledge, or why the call gave no chance for it."""
    asked, answered, missed, credit = _product_questions(heard)
    concrete = [
        p
        for p in heard.rep("concrete", question=False)
        if heard.transcript.words[p] >= SUBSTANCE_WORDS and not heard.is_in_speech(p)
    ]
    if not asked and len(concrete) + len(heard.rep("pitch", question=False)) < 2:
        return "the product was not spoken of"
    promises = heard.rep("empty_promise")
    honest = heard.rubric.criterion("product_knowledge", "honest_about_limits")
    penalty = heard.rubric.empty_promise_penalty * len(promises)
    moment = missed[0] if missed else first_pitch(heard)
    return [
        Criterion(
            "answers_questions",
            credit / len(asked) if asked else None,
            f"customer's questions on the product answered: {len(answered)} of {len(asked)}",
            tuple(answered),
            missed[0] if missed else None,
        ),
        with_moment(heard.enough("product_knowledge", "concrete", concrete), moment),
        with_moment(
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
        and last_question(heard, before) is not None
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
    return {word for word in (w.strip(PUNCTUATION) for w in text.split()) if len(word) >= 4}

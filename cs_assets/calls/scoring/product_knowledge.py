"""Product knowledge: answers what is asked, concretely, for this customer, without empty promises.

Whether an answer is true cannot be read from the words; whether it is one, can.
"""

import re

from cs_assets.calls.scoring.evidence import (
    SUBSTANCE_WORDS,
    Criterion,
    Heard,
    first_pitch,
    last_question,
    says_something,
    with_moment,
)
from cs_assets.calls.scoring.wording import content_words, has_number
from cs_assets.calls.transcript import Turn

#: Words of content from which a sentence states something, and from which a phrase that puts off
#: is only how a full answer begins.
_STATEMENT = 3
_FULL_ANSWER = 5
#: Yes, no, or the thing that was asked for.
_DIRECT = re.compile(
    r"^(?:well,? |so,? |oh,? |um,? |hm,? )*(?:yes|no|yeah|yep|nope|not|never|always|both|all of|"
    r"none|only|correct|exactly|absolutely|sure|of course|it (?:does|is|can|will|has|do|works)|"
    r"(?:you|they|we|he|she|i) (?:do|can|will|are|would|have|don't|can't|won't)|they're|it's|"
    r"there (?:is|are|isn't)|that's|until|from|in the|on the|at the|on any|just the|"
    r"every|anybody|by)\b"
)
#: Yes or no in the verb that was asked with, short as a nod: "it does", "they can't".
_PLAIN = re.compile(
    r"(?:well,? |yes,? |no,? |oh,? )*(?:it|that|they|he|she|we|you|there|i)"
    r"(?:'s|'re|'m| is| are| am| does| do| did| can| could| will| would| has| have| was)"
    r"(?:n't| not)?[.!]?"
)
#: Yes or no in the verb, and no more than a word or two to it: "you do, always".
_SAYS_SO = re.compile("^" + _PLAIN.pattern.removesuffix("[.!]?") + r"(?:,(?: \w+){1,2})?[.!]?$")
#: Yes or no in one word: an answer to what a verb asked.
_YES_NO = re.compile(
    r"(?:(?:yes|no|yeah|yep|nope|none|never|always|correct|exactly|sure|certainly|of course|"
    r"absolutely|indeed|not at all)[,.! ]*)+"
)
_ASKS_YES_NO = re.compile(
    r"^(?:(?:and|so|but|okay|well|then|also)[, ]+)*(?:do|does|did|is|are|was|can|could|will|would|"
    r"has|have|may|should)(?:n't)?\b"
)
#: Points at the screen and tells what is there.
_SHOWS = re.compile(
    r"^(?:(?:and|so|but|okay|well|then|now|good|great|right)[, ]+)*"
    r"(?:look (?:at|here)|here (?:you|we|is|are)|here's|as you (?:can |will )?see"
    r"|you (?:can |will |'ll )?see here|moving on|our next|on this (?:slide|screen|page)"
    r"|(?:let me|i'll|i will|let's) (?:just |quickly )?"
    r"(?:show|share|open|click|jump|go|switch|move)"
    r"|(?:now )?the (?:next|interesting|exciting|important|best|cool) "
    r"(?:slide|thing|point|part|bit))\b"
)
_ASKS_TO_SEE = re.compile(r"\b(?:see|look|show|where|which|screen|demo)\b")
#: Says only that somebody listens.
_HUM = re.compile(r"(?:m+-?h*m*|uh-?huh|hm+|mhm|right|okay|ok|i see|go on)[.,!]*")
#: The same question once more, said shortly.
_INSISTS = re.compile(
    r"^(?:yes,? |okay,? |ok,? |right,? |sure,? |well,? |alright,? |i know,? )*but\b|"
    r"^i (?:asked|meant)\b"
)
#: Says that the answer was none.
_SAYS_NONE = re.compile(
    r"\b(?:that's no answer|no answer|isn't (?:an answer|what i asked)|not (?:what i asked|"
    r"an answer)|"
    r"i (?:asked|meant|mean) (?:if|whether|what|how|the|about|when)|i'?m asking|doesn't tell me|"
    r"(?:isn't|is not|ain't) (?:a |an )?(?:yes|no|number|date|figure)\b|so,? no\.?$|"
    r"that doesn't (?:answer|help)|you (?:didn't|haven't) (?:answer\w*|said))"
    r"|^(?:so|which is|such as|roughly|meaning|and\b.{0,12})\?$"
)
#: Asks us to do something: what is to be done about it is a step, and no answer on the product.
_ASKS_A_DEED = re.compile(
    r"^(?:and |so |but |okay,? |then |also )*(?:could|can|would|will) you "
    r"(?:please |maybe |also |just )*"
    r"(?:set (?:that|this|it|up)|send|give me|call|write|bring|mail|forward|come|repeat|"
    r"say (?:that|it)|"
    r"arrange|book|introduce|ask|talk to|speak to|check with|look into)\b"
)
#: A customer's question shorter than this asks for nothing that an answer could be judged by.
_QUESTION_WORDS = 3
#: Asks for an amount: an answer names one, or says that it is free, none or not known.
_ASKS_AMOUNT = re.compile(
    r"\b(?:how (?:much|many|often|high|long|far|big|large|old|fast|soon)|(?:at|for|"
    r"by) what (?:cost|price)|"
    r"what (?:would|does|will|do) (?:it|that|this|he|she|they|we|i|one) (?:\w+ )?(?:cost|pay|"
    r"come to)|"
    r"what'?s the (?:price|cost|damage|cap|fee|rate|limit|discount|uptime)|"
    r"what is the (?:price|cost|damage|cap|fee|rate|limit|discount|uptime))\b"
)
_AMOUNT = re.compile(
    r"\d|%|\b(?:free|nothing|none|never|once|twice|half|double|every|each|daily|weekly|monthly|yearly|"
    r"a (?:day|week|month|year|minute|second|third|quarter|cent|penny|dozen|couple)|one|"
    r"(?:don't|do not) know|not sure|find out|check|ask|until|seconds?|minutes?|hours?|days?|"
    r"weeks?|"
    r"months?|years?|percent|cents?|euros?|dollars?|immediately|instantly|as (?:many|much|long|"
    r"often) as|"
    r"same|unlimited|no (?:limit|fee|charge|cost))\b"
)
#: Asks for a measure: how far, how long, what it costs; what is counted is no measure.
_ASKS_MEASURE = re.compile(
    r"\bhow (?:far|long|soon|often|old|high|fast|quick\w*|late|early|deep|heavy|wide|tall|big|"
    r"large|much (?:is|are|does|do|would|will|time|money))\b"
    r"|\bwhat (?:does|would|will|do) (?:\w+ ){1,3}cost\b|\bwhat(?:'s| is) the (?:price|cost|fee)\b"
)
#: A quantity with the two words after it: of what it is one.
_COUNTED = re.compile(r"[\w.,%\u20ac$\u00a3'-]+(?= (?P<of>[a-z]{3,})(?: (?P<then>[a-z]+))?)?")
_UNIT = re.compile(
    r"(?:milli|centi|kilo)?(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|quarters?|years?|"
    r"met(?:er|re)s?|miles?|feet|foot|inch(?:es)?|yards?|euros?|dollars?|pounds?|cents?|francs?|"
    r"percent|times?|grams?|tons?|gigabytes?|megabytes?|terabytes?|degrees?|o'clock)"
)
#: Words after a quantity that leave open of what it is one.
_LEAVES_OPEN = re.compile(
    r"per|each|every|for|from|until|till|and|with|but|after|before|more|less|plus|january|february|"
    r"march|april|may|june|july|august|september|october|november|december|hundred|thousand|million|"
    r"half|point|depending|altogether|the|all|net|gross|max\w*|most|least|apart|away|ago|back|deep|"
    r"ahead|\w+ly"
)
#: Praise, everybody, everything, the future or a joke where an answer was asked for.
_DEFLECTS = re.compile(
    r"\b(?:love|loved|loves|favou?rite|beautiful|gorgeous|amazing|awesome|great|fantastic|wonderful|"
    r"best|better and better|excellent|massive\w*|rich|powerful|flexible|smart|simple|clever|cool|"
    r"delighted|surprised|guarantee\w*|everything|everybody|everyone|everywhere|anything|"
    r"all (?:kinds|"
    r"sorts)|loads|lots|plenty|so many|tons|countless|a lot of|the (?:industry|market|whole world)|"
    r"let me (?:come back|think|get|finish|go)|let's (?:not|see|talk|wait|focus|stay|"
    r"stick|concentrate|keep|move)|come back to|get there|"
    r"rather talk|you know (?:us|me|how)|believe|trust me|don't worry|regret|hate to|the paint|"
    r"most (?:people|of our|customers|clients)|our (?:clients|customers|people|developers|experts)|"
    r"complete|comprehensive|fascinating|exciting|excited|state of the art|cutting.edge|seamless|"
    r"(?:these )?things happen|happens to everyone|"
    r"rare(?:ly)?|sooner|roadmap|invest\w*|somebody very|somewhere|depends|of course you|haha|"
    r"ha ha|ha)\b"
)

#: Something else comes before what was asked: no answer, whatever it is.
_PUTS_FIRST = re.compile(
    r"^(?:so,? |well,? |okay,? |and |now,? )*(?:let me|let's|i'll|i want to|"
    r"i'd like to) (?:just |first |quickly )*"
    r"(?:show|finish|get|go|start|tell|talk|walk|focus|continue|move)\b.*\b(?:first|"
    r"before (?:that|we)|for now|"
    r"this (?:bit|part|slide|one)|to the next)\b"
)

#: Foretells what the customer will feel, in place of what was asked: "you won't want to leave".
_FORETELLS = re.compile(
    r"\b(?:(?:you|they|your \w+)(?:'ll| will| would|'d|'re| are)? ?(?:never|not|won't|wouldn't)|"
    r"(?:nobody|no one)(?: will| would|'ll|'d)?)(?: going to)?(?: ever)? "
    r"(?:want|wish|regret|miss|look back|complain|leave|be (?:disappointed|sorry|bored|tempted)|"
    r"get (?:bored|tired|enough)|have (?:a|any) reason|think (?:about|of))\b"
    r"|\b(?:you|they|your \w+)(?:'ll| will) (?:\w+ )?"
    r"(?:love|adore|thank|be (?:amazed|thrilled|delighted|hooked|surprised))\b"
)
#: Words of a sentence of an answer from which it shows more than a yes.
_SHOWN_WORDS = 4
#: About the call itself, not about the product: "give me a second, I'll share my screen".
_HOUSEKEEPING = re.compile(
    r"\b(?:share (?:my|the) screen|give me a (?:second|minute|moment)|(?:one|just a) (?:second|"
    r"minute|moment)|bear with me|this (?:call|meeting|session)|on mute|next slide)\b"
)
#: A turn this short, straight after our question, asks back.
_DOUBT_WORDS = 7


def judge(heard: Heard) -> list[Criterion] | str:
    """The criteria of product knowledge, or why the call gave no chance for it."""
    asked, answered, missed, credit = _product_questions(heard)
    concrete = [
        p
        for p in heard.rep("concrete", question=False)
        if heard.transcript.words[p] >= SUBSTANCE_WORDS
        and not heard.is_in_speech(p)
        and not _HOUSEKEEPING.search(heard.transcript.lowered[p])
    ]
    specific = [
        p
        for p in heard.rep("specific", question=False)
        if not _HOUSEKEEPING.search(heard.transcript.lowered[p])
    ]
    if not asked and len(concrete) + len(heard.rep("pitch", question=False)) < 2:
        return "the product was not spoken of"
    promises = [
        p for p in heard.rep("empty_promise", question=False) if "courtesy" not in heard.cues[p]
    ]
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
            tuple(missed),
        ),
        with_moment(heard.enough("product_knowledge", "concrete", concrete), moment),
        with_moment(
            heard.enough("product_knowledge", "specific_to_customer", specific),
            moment,
        ),
        Criterion(
            "honest_about_limits",
            max(0.0, 1 - penalty / honest.points),
            f"empty promises: {len(promises)}",
            tuple(heard.rep("honest_limit", question=False)[:1]),
            promises[0] if promises else None,
            tuple(promises),
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
        reply = _next_of_ours(heard, transcript.turn_of[position])
        if reply is not None and reply.side == "colleague":
            continue  # a colleague answered: nothing to say about the rep
        quality = _answer_quality(heard, position, reply)
        if quality is None:
            continue  # in doubt: neither credited nor held against the rep
        asked.append(position)
        credit += quality
        if reply is not None and quality:
            answers.append(_said_in(heard, reply))
        else:
            missed.append(reply.first if reply is not None else position)
    return asked, answers, missed, credit


def _said_in(heard: Heard, reply: Turn) -> int:
    """The sentence of an answer that is worth showing: the first that is more than a yes."""
    places = range(reply.first, reply.last + 1)
    words = heard.transcript.words
    return next((p for p in places if words[p] >= _SHOWN_WORDS), reply.first)


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
    if _ASKS_A_DEED.search(transcript.lowered[position]):
        return False
    if any(o.position == position and o.is_certain for o in heard.objections):
        return False
    turn = transcript.turns[transcript.turn_of[position]]
    before = transcript.turns[turn.number - 1] if turn.number else None
    is_asked_back = (
        before is not None
        and before.side == "rep"
        and last_question(heard, before) is not None
        and position == turn.first
        and heard.words(turn) <= _DOUBT_WORDS
    )
    return not is_asked_back


def _next_of_ours(heard: Heard, turn: int, within: int = 2) -> Turn | None:
    """Our next turn that is more than a nod while the customer goes on."""
    turns = heard.transcript.turns
    following = turns[turn + 1 : turn + 1 + within]
    for reply in following:
        if reply.side not in ("rep", "colleague"):
            continue
        goes_on = reply.number + 1 < len(turns) and turns[reply.number + 1].side == "customer"
        if not (goes_on and _HUM.fullmatch(heard.transcript.lowered_turn(reply))):
            return reply
    return None


def _answer_quality(heard: Heard, question: int, reply: Turn | None) -> float | None:
    """What the answer is worth, 0 to 1; 0 when it is none, ``None`` when that is in doubt.

    An answer is judged by its content. It is none when the customer says so or asks again, when
    nobody replied, or when a phrase that puts off is all there is; a hedge in a full answer
    ("probably", "it depends on") takes nothing from it.
    """
    if reply is None:
        return None
    cues = heard.cues_of(reply)
    if _is_unhappy(heard, question, reply):
        return 0.0
    asks_amount = _ASKS_AMOUNT.search(heard.transcript.lowered[question])
    asks_yes_no = _ASKS_YES_NO.search(heard.transcript.lowered[question])
    spoken = [
        p
        for p in range(reply.first, reply.last + 1)
        if says_something(heard, p)
        or _SAYS_SO.search(heard.transcript.lowered[p])
        or (asks_yes_no and _YES_NO.fullmatch(heard.transcript.lowered[p]))
        or (asks_amount and has_number(heard.transcript.lowered[p]))
    ]
    stated = [p for p in spoken if _is_content(heard, question, p)]
    if not stated and "honest_limit" not in cues:
        shows = any(_only_shows(heard, question, p) for p in spoken)
        puts_off = cues & {"evasive", "empty_promise"} or shows or _deflects(heard, reply)
        return 0.0 if puts_off else None
    if _lacks_the_amount(heard, question, reply):
        return 0.0
    if _counts_other_things(heard, question, reply):
        return None
    worth = heard.rubric.answer_worth
    if cues & {"honest_limit", "specific"}:
        return worth["tailored"]
    concrete = cues & {"concrete", "proof"} or any(
        has_number(heard.transcript.lowered[p]) for p in stated
    )
    return worth["concrete"] if concrete else worth["general"]


def _deflects(heard: Heard, reply: Turn) -> bool:
    """Whether a reply in which nothing is stated puts praise, everybody or a joke in its place."""
    text = heard.transcript.lowered_turn(reply)
    asks_back = any(
        heard.is_question(p) and not heard.is_rhetorical(p)
        for p in range(reply.first, reply.last + 1)
    )
    return bool(_DEFLECTS.search(text) or _FORETELLS.search(text)) and not asks_back


def _lacks_the_amount(heard: Heard, question: int, reply: Turn) -> bool:
    """Whether an amount was asked for and the reply names none, nor says why."""
    texts = heard.transcript.lowered
    reply_text = heard.transcript.lowered_turn(reply)
    return (
        bool(_ASKS_AMOUNT.search(texts[question]))
        and not _AMOUNT.search(reply_text)
        and not has_number(reply_text)
        and not any(heard.is_question(p) for p in range(reply.first, reply.last + 1))
        and "honest_limit" not in heard.cues_of(reply)
    )


def _counts_other_things(heard: Heard, question: int, reply: Turn) -> bool:
    """Whether a measure was asked for and all that the reply counts is things: "four colours".

    That may be what was meant ("two floors") or not, where no word of the question is taken up.
    """
    asked, answer = heard.transcript.lowered[question], heard.transcript.lowered_turn(reply)
    if not _ASKS_MEASURE.search(asked) or "honest_limit" in heard.cues_of(reply):
        return False
    counted = [one for one in _COUNTED.finditer(answer) if has_number(one[0])]
    if not counted or content_words(asked) & content_words(answer):
        return False
    return all(
        one["of"]
        and not _LEAVES_OPEN.fullmatch(one["of"])
        and not any(_UNIT.fullmatch(word or "") for word in (one["of"], one["then"]))
        for one in counted
    )


def _is_content(heard: Heard, question: int, position: int) -> bool:
    """Whether a sentence of a reply states something about what was asked.

    It says yes or no, names a quantity or a thing, or takes up a word of the question; a phrase
    that puts off does not, unless it goes on after it.
    """
    text, cues = heard.transcript.lowered[position], heard.cues[position]
    if heard.is_question(position) or _only_shows(heard, question, position):
        return False
    if _SAYS_SO.search(text):
        return True
    if _PUTS_FIRST.search(text) or (_FORETELLS.search(text) and not has_number(text)):
        return False
    said = content_words(text)
    taken_up = said & content_words(heard.transcript.lowered[question])
    if "evasive" in cues or "empty_promise" in cues:
        return len(said) >= _FULL_ANSWER and bool(
            taken_up or cues & {"concrete", "specific", "proof"} or _DIRECT.search(text)
        )
    if taken_up or has_number(text) or cues & {"concrete", "specific", "proof", "honest_limit"}:
        return True
    if _DEFLECTS.search(text):
        return False  # of praise and jokes length makes no answer
    return bool(_DIRECT.search(text)) or len(said) >= _STATEMENT


def _only_shows(heard: Heard, question: int, position: int) -> bool:
    """Whether a sentence points at the screen, at nothing that was asked for."""
    asked, text = heard.transcript.lowered[question], heard.transcript.lowered[position]
    return (
        bool(_SHOWS.search(text))
        and not _ASKS_TO_SEE.search(asked)
        and not content_words(text) & content_words(asked)
    )


def _is_unhappy(heard: Heard, question: int, reply: Turn) -> bool:
    """Whether the customer says that the answer was none, or asks the same again."""
    transcript = heard.transcript
    after = next(
        (t for t in transcript.turns[reply.number + 1 : reply.number + 2] if t.side == "customer"),
        None,
    )
    if after is None:
        return False
    first = transcript.lowered[after.first]
    shared = content_words(first) & content_words(transcript.lowered[question])
    asked_again = heard.is_question(after.first) and len(shared) >= 2
    insists = bool(_INSISTS.search(first)) and (heard.is_question(after.first) or bool(shared))
    says_none = any(
        _SAYS_NONE.search(transcript.lowered[p]) for p in range(after.first, after.last + 1)
    )
    return asked_again or insists or says_none or "dissatisfied" in heard.cues_of(after)

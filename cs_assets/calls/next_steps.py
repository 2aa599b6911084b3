"""Next steps at the end of a conversation: who does what by when, in the speaker's words."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cs_assets.calls.due_dates import due_date
from cs_assets.calls.scoring import questions
from cs_assets.calls.scoring.rubric import Rubric
from cs_assets.calls.scoring.wording import content_words
from cs_assets.calls.transcript import Side, Transcript

#: Turns after a proposal in which a yes accepts it, or a sentence completes it with a day.
_ACCEPTED_WITHIN = 2
#: A sentence that only settles the day is short.
_AGREEING_WORDS = 10
_YES = re.compile(
    r"^(?:oh,? |well,? |and,? |then,? )*(?:yes|yeah|yep|sure|okay|ok|agreed|perfect|great|good|"
    r"fine|please do|please|sounds good|absolutely|definitely|deal|done|gladly|let's do (?:that|it)"
    r"|it would|it does|that works|works for me)\b"
)

# What a step is by its form: somebody of the two sides, a form of the future or an offer, and a
# deed. With a day named nearly any deed will do; without one it has to be handing over, asking,
# meeting or making something. Apostrophes may be missing ("ill bring").
_DEED = (
    r"(?:send|sending|mail\w*|e-mail\w*|email\w*|write|writing|call|calling|ring|ringing|phon\w+|"
    r"text|texting|ping|message|forward\w*|shar(?:e|ing)|draft\w*|prepar\w+|bring|bringing|drop|"
    r"dropping|ship\w*|post|posting|book|booking|schedul\w+|set(?:ting)? (?:up|you|it|a|the|that)|"
    r"arrang\w+|invit\w+|introduc\w+|connect\w*|loop\w*|come|coming|visit\w*|swing|pop|meet|"
    r"meeting|"
    r"sit down|check|checking|find out|look (?:into|at it)|get (?:you|him|her|them|it|that|our|"
    r"my|your|"
    r"the|a|an|back)|put (?:together|you|it|that|a|the|some)|order|ordering|fix|fixing|"
    r"convert\w*|print|file|"
    r"deliver\w*|test\w*|trac(?:e|ing)|load\w*|upload\w*|updat\w+|sign|signing|return\w*|reserv\w+|"
    r"install\w*|collect\w*|pick up|hand|handing|confirm\w*|propos\w+|ask|asking|follow up|"
    r"reconnect|rais(?:e|ing) (?:it|this|that)|pass(?:ing)? (?:it|this|that) (?:on|along|to)|"
    r"escalat\w+|"
    r"chas(?:e|ing) (?:it|this|that|them|him|her)|try(?:ing)? (?:it|this|that)|report back|compare|"
    r"invoice|make|making|build|run|running|do (?:it|that|the)|talk (?:to|with)|speak (?:to|"
    r"with)|hang|"
    r"walk|start|circulate|review|present|pull|cut|write up|let you know)"
)
_OURSELVES = r"(?:i|we|the (?:two|three|four) of us|\w+ and i)"
_SOMEBODY = r"(?:our|my) (?:[\w-]+ ){1,3}?"
_GOING = r"(?:'?ll| will|(?:'?m| am|'?re| are) going to| shall|'?d like to|(?:'?m| am) happy to)"
_FUTURE = re.compile(
    rf"\b(?:{_OURSELVES}{_GOING}|let me|let'?s|let us|i suggest|i propose|we should)\s+"
    rf"(?:also |then |just |first |personally |still )*(\w+)"
)
_PROMISES = re.compile(
    rf"\b(?:{_OURSELVES}(?:{_GOING}|(?:'?m| am|'?re| are))|let me|let'?s|let us|"
    rf"(?:{_SOMEBODY}|you)(?:'?ll| will))\s+(?:also |then |just |first |"
    rf"personally )*{_DEED}\b"
    # What others will do is a step when it is done for one of the two sides.
    rf"|\b(?:he|she|they)(?:'?ll| will)\s+(?:also |then |just |first )*{_DEED}"
    r"\b(?: \w+){0,4}? (?:you|us|me|over|back|together)\b"
    r"|\b(?:you(?:'?ll| will)|you'?re going to) (?:get|have|receive|hear)\b"
    r"|\byou get (?:it|the|a|an|my|our|two|three)\b"
    rf"|\b(?:and|,) (?:{_OURSELVES} )?(?:send|mail|call|ring|phone|bring) (?:you|it|them)\b"
    r"|\b(?:i|we) can (?:send|mail|email|bring|forward|share|ship) (?:you|it|them|over|that)\b"
)
_DOES = re.compile(
    rf"\b(?:{_OURSELVES}|the (?:two|three|four|five|six) of (?:you|them) should|{_SOMEBODY}|you|"
    rf"he|she|one|both|it|that|this|the (?:[\w-]+ ){{1,3}}?)\s*"
    rf"(?:'?ll\b|will\b|can\b|could\b|come|comes|go|goes|is\b|are\b|'?m\b|'?re\b|get|gets|have|has|"
    r"bring|brings|meet|meets|send|sends|call|calls|ring|rings|phone|phones|talk|speak|start|"
    r"starts|"
    r"write|writes|look|sit|sits|sign|signs|put|upload|ship|ships|hang|do\b|show|test|present)"
)
_PROPOSES = re.compile(
    rf"\b(?:shall|should|can|could|may|might) (?:we|i) (?:please |also |maybe |then )?(?:say|"
    rf"{_DEED}|"
    r"do|speak|talk|have|go)\b"
    rf"|\b(?:can|could|will|would) you (?:please |also |maybe )?(?:have \w+ )?(?:{_DEED}|do|"
    rf"have|get)\b"
    r"|\b(?:do|would) you (?:want|like) (?:me|us) to\b|\bwant me to\b"
    r"|\b(?:do|would) you (?:want|like) (?:a|an|the) (?:trial|demo|test|offer|quote|pilot|call)\b"
)
#: A step without a day is said in so many words at most.
_STEP_WORDS = 40
#: What is going on anyway: 'we are testing that', 'we're building a new line'.
_GOES_ON = re.compile(
    r"\b(?:we|they|i)(?:'re|'m| are| am) (?:currently |now |still |already )?(?:test|runn|"
    r"mak|build|load|updat|deliver|install|present|review|start|trac|order|convert|invit)ing\b"
)
#: Asks or tells the other side to do something: 'send me the link', 'give me the towns by Friday'.
_TELLS = re.compile(
    r"^(?:so |and |then |okay,? |good,? |great,? |fine,? |please |just |yes,? |sure,? )*"
    r"(?:send|mail|email|call|ring|bring|give|write|forward|come|sign|book|put|ask|tell|show) "
    r"(?:me|us|it|that|this|him|her|them|the|your|over|by|at)\b"
)
#: Conditional, uncertain, habitual or hearsay: nobody takes on anything.
_NO_PLAN = re.compile(
    r"^if\b|\b(?:if (?:i|he|she|they|you|we) (?:\w+ )?(?:change|want|ever|like|find|get|need|"
    r"do|have)|if i'?m|"
    r"whenever|usually|every (?:day|week|month|year|night)|at some point|some ?time|some day|"
    r"one day|let me (?:\w+ ){1,5}(?:right )?now|"
    r"they say|i heard|i'?m told|apparently|supposedly|so they claim|maybe|perhaps|possibly|"
    r"in the next (?:version|release)|i take it|i guess|i (?:hope|wish|wonder|think|believe|"
    r"doubt) )"
    # What is so every week, and what the product does by itself.
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days\b|\b(?:each|every) (?:\w+day|day|week|"
    r"month|quarter|"
    r"morning|evening|time)\b"
    r"|\b(?:always|typically|generally|normally)\b|\b(?:mornings|afternoons|evenings|nights)\b"
    r"|\b(?:system|tool|platform|app|software|dashboard|module|bot|engine|scheduler|workflow|portal)"
    r"(?:'?ll| will| is going to)\b"
)
#: A day on which an offer or a price ends, or pressure with one: nobody takes on anything by it.
_TERMS = (
    r"(?:offers?|prices?|pricing|discounts?|rebates?|quotes?|quotations?|deals?|promotions?|"
    r"specials?|rates?|"
    r"terms|conditions?|slots?|contracts?|licen[cs]es?|subscriptions?|agreements?|leases?|"
    r"budgets?|tenders?|fees?|bonus|places?|seats?|deadline|window)"
)
_EXPIRES = re.compile(
    rf"\b{_TERMS}\b(?: \w+){{0,4}}? ?(?:(?:is|are|'s|'re|was)(?: only| just| still)? (?:valid|good|"
    r"open|available|"
    r"firm|on|over|up|gone|void|due|running|until|till|through)|(?:only |just |still )?(?:expires?|"
    r"ends?|lapses?|closes?|stands?|holds?|lasts?|applies|apply|runs?|goes|go|rises?|increases?|"
    r"changes?|drops?|disappears?|renews?)|(?:will|would|'ll)(?: only)? (?:expire|end|lapse|close|"
    r"hold|last|be (?:gone|over|up)|go up|rise|increase|change|run out|renew))\b"
    r"|\b(?:only|just) (?:valid|good|available|open|until|till|this (?:week|month)|today|for \w+ "
    r"(?:days|hours))\b"
    r"|\b(?:it|that|this|they) (?:expires?|lapses?|runs out|ends|will be gone|won't (?:last|hold|"
    r"be there))\b"
    rf"|\b(?:hold|keep|guarantee|give you|do|honou?r|offer) (?:that|this|the|these|you (?:that|"
    rf"this|"
    rf"the)) (?:\w+ ){{0,2}}?{_TERMS} (?:\w+ ){{0,2}}?(?:until|till|through|by|up to|if)\b"
    r"|\bif you (?:sign|order|commit|decide|buy|close|book|go ahead)\b|\b(?:last chance|act now|"
    r"before it'?s too late|running out of time|time is running)\b"
    r"|\bafter (?:that|then|this|\w+day|the \w+)(?: \w+)? (?:it|the (?:price|offer|discount)|"
    r"prices)\b"
)
_NEGATED = re.compile(
    r"\b(?:i|we|you) (?:can't|cannot|won't|will not|don't|do not|wouldn't|couldn't|never|"
    r"have not|haven't)\b"
)
_PAST = re.compile(
    r"\b(?:was|were|had|did|went|came|sent|told|called|said|got|took|wrote|brought|met|spoke|"
    r"talked|showed|asked|promised|"
    r"(?:we|i|they|he|she) (?!need|proceed|succeed|exceed|feed|speed)\w+ed|"
    r"yesterday|ago|last (?:week|month|year|time|\w+day))\b"
)
#: Of the moment, a state or a feeling: 'I'll be brief', 'we'll have new prices', 'let me see'.
_NO_DEED = frozenset(
    [
        "be",
        "have",
        "see",
        "say",
        "tell",
        "show",
        "let",
        "explain",
        "think",
        "go",
        "hope",
        "like",
        "love",
        "want",
        "wonder",
        "worry",
        "miss",
        "know",
        "need",
        "note",
        "stop",
        "begin",
        "leave",
        "keep",
        "talk",
        "stay",
        "use",
        "believe",
        "understand",
        "admit",
        "take",
        "mention",
        "touch",
        "skip",
        "share",
    ]
)


Owner = Literal["us", "customer", "both"]


@dataclass(frozen=True, slots=True)
class Commitment:
    """A sentence in which somebody takes on a step; ``is_dated`` when it names a day or time."""

    position: int
    is_dated: bool
    dates: int
    """How many days or times it names: 'by Wednesday, and we meet on Thursday' is the plan."""
    side: Side = "rep"
    due: dt.date | None = None
    """The day it names, as a date; empty without one or without the day of the call."""
    owner: Owner = "us"
    names_a_deed: bool = False
    """Whether it says who does what, and not only when."""
    is_accepted: bool = False
    """Whether the other side says yes to it next."""


def find(
    transcript: Transcript,
    rubric: Rubric,
    cues: Sequence[frozenset[str]],
    called: dt.date | None = None,
) -> list[Commitment]:
    """Commitments of either known side in the later part of a call, in order.

    ``cues`` are the rubric's of each sentence; ``called`` is the call's day, against which
    relative dates are resolved. A bare yes is no step: the proposal that it accepts is, with the
    day named in either.
    """
    found: list[Commitment] = []
    earliest = rubric.next_step_from * len(transcript)
    for position in transcript.positions("rep", "colleague", "customer"):
        if position < earliest:
            continue
        text = transcript.lowered[position]
        due = due_date(text, called) if called else None
        names_a_time = "dated" in cues[position] and "vague_time" not in cues[position]
        is_dated = due is not None if called else names_a_time
        is_today = due is not None and due == called
        if not _commits(transcript, cues, position, is_dated, is_today):
            continue
        dates = max(1, rubric.dates_in(text)) if is_dated else 0
        side = transcript.sides[position]
        step = Commitment(position, is_dated, dates, side, due, owner(text, side))
        found.append(
            replace(
                step,
                names_a_deed=bool(_NAMES_A_DEED.search(text)),
                is_accepted=_is_accepted(transcript, position),
            )
        )
    return [_completed(transcript, one, cues, called) for one in found]


def _is_accepted(transcript: Transcript, position: int) -> bool:
    """Whether the next turn of the other side begins with a yes."""
    turn = transcript.turns[transcript.turn_of[position]]
    return any(
        _YES.search(transcript.lowered[later.first])
        for later in transcript.turns[turn.number + 1 : turn.number + 2]
        if (later.side == "customer") != (turn.side == "customer")
    )


def owner(text: str, side: Side) -> Owner:
    """Who is to do it: ``us``, the ``customer`` or ``both``, read from the subject of the deed."""
    is_ours = side != "customer"
    together = _TOGETHER.search(text)
    theirs = _FOR_YOU.search(text) or _TELLS.search(text)
    mine = _MINE.search(text)
    if together or (theirs and mine):
        return "both"
    if theirs:
        return "customer" if is_ours else "us"
    return "us" if is_ours else "customer"


#: Tells of what is to come for all that it is in the past tense.
_TO_COME = re.compile(
    r"\b(?:how|what|whether|if) (?:it|that|this|they|he|she|we) (?:went|said|did|found|liked)\b"
)
_TOGETHER = re.compile(
    r"\b(?:how about (?:a|another|the) (?:\w+ )?(?:call|meeting|follow-?up|session|chat|catch-?up|"
    r"workshop)|(?:would|does|is) .{2,40} (?:suit|work for|fit|okay for|good for) you\b|"
    r"another (?:call|meeting|session|look)|shall we|let'?s|let us|can we|could we|"
    r"we (?:meet|talk|speak|sit)|"
    r"we(?:'?ll| will) (?:meet|talk|speak|sit)|together|the (?:two|three) of us)\b"
)
_FOR_YOU = re.compile(
    r"\b(?:can|could|will|would) you\b|\byou (?:send|bring|sign|upload|ask|forward|fill|show|"
    r"give|write|"
    r"return|test|cut|check|call)\b|\byou(?:'?ll| will) (?:send|bring|sign|ask|check|share|"
    r"confirm)\b"
)
_MINE = re.compile(r"\b(?:i|we)(?:'?ll| will|'?m| am|'?re| are| \w+)\b")


def _commits(
    transcript: Transcript,
    cues: Sequence[frozenset[str]],
    position: int,
    is_dated: bool,
    is_today: bool,
) -> bool:
    """Whether a sentence takes on or proposes a step, by its form.

    A customer's question is none unless it asks us to do something; a yes that names nothing is
    none; neither is what only might be, what was, or what is so every week.
    """
    text, side = transcript.lowered[position], transcript.sides[position]
    is_ours = side != "customer"
    asks = questions.is_question(text, punctuated=transcript.marks_questions)
    is_short = transcript.words[position] <= _SETTLING_WORDS
    settles = is_short and bool(_SETTLES_A_DAY.search(text)) and not _NEGATED.search(text)
    if is_dated and is_ours and not is_today and settles and not _EXPIRES.search(text):
        return True
    if _NO_PLAN.search(text) or (_NEGATED.search(text) and (is_today or not is_dated)):
        return False
    if not is_dated and (transcript.words[position] > _STEP_WORDS or _GOES_ON.search(text)):
        return False
    if not is_dated and not content_words(text):
        return False
    if _EXPIRES.search(text) and not _PROMISED_STEP.search(text):
        return False
    if _YES.search(text) and not content_words(text) and not is_dated:
        return False
    if "no_step" in cues[position] and not is_dated:
        return False
    proposes = bool(_PROPOSES.search(text)) and not (asks and _ASKS_AN_ACCOUNT.search(text))
    if asks and not proposes:
        return is_dated and bool(_FITS.search(text)) and not _ASKS_AN_ACCOUNT.search(text)
    if proposes:
        return is_dated or (is_ours and bool(_PROMISED_DEED.search(text)))
    if is_dated:
        return _is_a_dated_plan(text, is_ours, is_today)
    future = _FUTURE.search(text)
    if future and future.group(1) in _NO_DEED and not re.search(r"\byou'?ll (?:get|have)", text):
        return False
    is_past = _PAST.search(_TO_COME.sub("", text))
    return bool(_PROMISES.search(text) or _TELLS.search(text)) and not is_past


#: Asks whether a day suits.
_FITS = re.compile(
    r"\b(?:suits?|works?|okay|ok|good|free|fits?|possible|be there|have time|say|about|alright|"
    r"(?:is|would) (?!today)\w+day|would you have)\b"
    r"|^(?:and |so |then |or )*(?:say |on |maybe )?(?:next |this )?(?:the \d|\w+day|tomorrow)"
)
_ASKS_AN_ACCOUNT = re.compile(
    r"^(?:and |so |but |okay,? |then )*(?:how (?!about)|what (?!about|if)|why|which|who|where)\b"
)
_PROMISED_DEED = re.compile(rf"\b{_DEED}\b")
#: Somebody of the two sides, and a deed.
_NAMES_A_DEED = re.compile(
    rf"\b(?:{_OURSELVES}|{_SOMEBODY}|you|he|she|they|let'?s|let us|the (?:two|three|four|five|"
    rf"six) of"
    rf" (?:you|them))\b(?:'\w+)?(?: \w+){{0,3}}? {_DEED}\b"
)
#: Taken on in so many words: what stands beside the terms of an offer counts then.
_PROMISED_STEP = re.compile(
    rf"\b(?:{_OURSELVES}(?:'?ll| will|(?:'?m| am|'?re| are) going to)|let me|let'?s|shall (?:we|i)|"
    rf"(?:can|could|will|would) you)\s+(?:also |then |just |please )*(?!hold|keep|do\b|offer)"
    rf"{_DEED}\b"
)


def _is_a_dated_plan(text: str, is_ours: bool, is_today: bool) -> bool:
    """Whether a sentence with a day is a plan of the two sides, not a fact or a memory.

    What is done or so today is a fact, unless it is promised.
    """
    if _PROMISES.search(text) or _TELLS.search(text) or _FUTURE.search(text):
        return True
    if is_today or _PAST.search(text) or _NEGATED.search(text):
        return False
    return bool(_DOES.search(text)) and (is_ours or bool(_PROMISED_DEED.search(text)))


#: Settles the day without a verb: 'then the seventeenth at nine, you, her and me'.
_SETTLES_A_DAY = re.compile(r"^(?:then|so|good|okay|great|fine|perfect),? (?!if\b)")
_SETTLING_WORDS = 14


def _completed(
    transcript: Transcript,
    step: Commitment,
    cues: Sequence[frozenset[str]],
    called: dt.date | None,
) -> Commitment:
    """A step without a day takes the day that the next turns agree on."""
    if step.is_dated or called is None:
        return step
    turn = transcript.turn_of[step.position]
    for position in range(step.position + 1, len(transcript)):
        if transcript.turn_of[position] > turn + _ACCEPTED_WITHIN:
            break
        text = transcript.lowered[position]
        if "no_step" in cues[position] or transcript.words[position] > _AGREEING_WORDS:
            continue
        due = due_date(text, called)
        if due is not None:
            return replace(step, is_dated=True, dates=1, due=due)
    return step


def best(commitments: list[Commitment]) -> Commitment | None:
    """The next step of the call, or none.

    The commitment with most dates; of equals one that says who does what, then one that the
    other side accepted, then one of our side, and of these the last.
    """
    return max(
        commitments,
        key=lambda one: (
            one.dates,
            one.names_a_deed,
            one.is_accepted,
            one.side != "customer",
            one.position,
        ),
        default=None,
    )

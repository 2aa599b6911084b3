"""Objections: found in the customer's words, followed to their outcome in the turns after.

An objection is a stated obstacle; a brush-off (a reflex to end the talk) is
reported apart and never scored. One objection is one kind within a few turns,
however often it is repeated there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cs_assets.calls import obstacle_kinds, obstacles
from cs_assets.calls.scoring import questions
from cs_assets.calls.scoring.rubric import ObjectionCues, ObjectionGroup, OutcomeCue, Taxonomy
from cs_assets.calls.scoring.wording import content_words
from cs_assets.calls.talk import words_on_the_matter
from cs_assets.calls.transcript import Transcript, Turn

#: What is an objection when it is held against us is an answer when we asked for it.
_ASKS_WHO = re.compile(
    r"\b(who|whom|whose|anybody|anyone|somebody|someone|people|sign|signs|decides?|decision|"
    r"approv\w+|"
    r"say in|opinion|involved|budget)\b"
)
_ASKS_WHEN = re.compile(r"^(?:\w+ )?(?:by |until |since )?when\b|\bhow soon\b|\bdeadline\b")
_ASKS_WHAT_THEY_HAVE = re.compile(
    r"\b(?:what|which|how)\b.*\b(?:do|does|are|is|did) (?:you|your \w+|that|it|one|they)\b"
    r".*\b(?:today|now|currently|at (?:the moment|present)|so far|these days|us(?:e|ing)|have|"
    r"run)\b"
)
_ASKS_AMOUNT = re.compile(
    r"\bhow much\b|\bwhat (?:do|did|does|would) (?:you|it|that) (?:\w+ )?(?:pay|cost)"
)
_ASKS_TERM = re.compile(
    r"\b(?:how long|when|until when|what notice)\b.*\b(?:contract|agreement|licen[cs]e|"
    r"subscription|"
    r"lease|run|notice)\b"
)
_ASKED_FOR = {
    "authority": (_ASKS_WHO,),
    "budget": (_ASKS_WHO, _ASKS_AMOUNT),
    "price": (_ASKS_AMOUNT,),
    "timing": (_ASKS_WHEN,),
    "status_quo": (_ASKS_WHAT_THEY_HAVE,),
    "competitor": (_ASKS_WHAT_THEY_HAVE,),
    "contract": (_ASKS_TERM,),
}
#: Asks after trouble in their own work, and a clause that is nothing but an answer.
_ASKS_TROUBLE = re.compile(
    r"\b(?:what|which|where)\b.*\b(?:problems?|troubles?|issues?|difficult\w*|hard(?:est)?|complicated|"
    r"annoy\w*|wrong|challenges?|pain|bottlenecks?|headaches?|slow\w*)\b"
    r"(?!.*\b(?:price|offer|contract|terms|us|our|ours|proposal|we)\b).*\?$"
)
_ONLY_ANSWERS = re.compile(
    r"^(?:well,? |mostly |mainly |just )*(?:that (?:it|there|we|they|he|she|the|nobody|"
    r"everything|our)\b"
    r"|because\b|by \w+ing\b)"
)
#: A refusal without a reason.
OTHER = "other"
#: What waits for somebody else or for a day is put off, not settled, when a day is named.
_WAITS = frozenset({"authority", "timing"})
#: Words of a customer's turn from which an obstacle without a name has to stand out, and how far.
_SPEECH_WORDS, _IN_A_SPEECH = 60, 1.0
#: A customer's turn this short may say that something is settled.
_SETTLED_WORDS = 18

#: Turns our own words against us, or draws the end of it: what it is about was said before.
_SAYS_MORE = re.compile(
    r"^(?:(?:well|yes|yeah|oh|no),? )*(?:that's what (?:\w+ ){1,4}(?:says?|said|told|thought|"
    r"used to)\b|(?:they|you|he|she)(?:'ve| have|'s| has)? (?:all |always )?(?:says?|said|"
    r"told \w+) (?:that|so|the same)\b)"
    r"|\b(?:i|we)(?:'ve| have) heard (?:that|this|it) (?:before|already|last time)\b"
    r"|\b(?:hand\w*|giv\w+|put\w*) in (?:our|my|the) notice\b|\bgiv\w+ (?:you )?notice\b"
    r"|\b(?:we|i)(?:'re|'ll|'m| are| will| am) (?:be )?(?:leaving|leave|gone|out of here|"
    r"cancelling|cancel|terminating|terminate|going elsewhere|go elsewhere|quitting)\b"
)

_ASKS_HOW = re.compile(
    r"^(?:and |so |but |okay,? |well,? |then )*(?:how|what|which|where|when|who|can|could|do|"
    r"does|is|are|"
    r"will|would)\b(?!.*\b(?:trust|safe|secure|guarantee\w*|expensive|so much|too)\b)"
)

Outcome = Literal["resolved", "deferred", "unresolved", "lost"]


@dataclass(frozen=True, slots=True)
class Objection:
    """One objection.

    ``position`` is the customer's sentence, ``replies`` our turns that dealt with
    it (empty when it was ignored), ``outcome_position`` the sentence that shows
    the outcome, if one does.
    """

    kind: str
    group: ObjectionGroup
    is_brush_off: bool
    position: int
    replies: tuple[Turn, ...]
    outcome: Outcome
    outcome_position: int | None
    is_certain: bool = True
    """Whether its handling may be judged: in doubt it is listed and nothing is held against us."""

    @property
    def reply_position(self) -> int | None:
        return self.replies[0].first if self.replies else None


#: Groups of which an objection in a call about trouble with the product is the trouble itself.
_OF_TROUBLE = frozenset({"technical", "other"})


def about_trouble(found: list[Objection]) -> list[Objection]:
    """The objections of a call about trouble: what may be the trouble itself is in doubt."""
    return [replace(o, is_certain=o.is_certain and o.group not in _OF_TROUBLE) for o in found]


@dataclass(frozen=True, slots=True)
class _Raised:
    """A sentence that states an obstacle; ``is_named``: in the words of a kind."""

    kind: str
    position: int
    is_named: bool
    is_certain: bool
    odds: float


def find(
    transcript: Transcript, taxonomy: Taxonomy, cues: Sequence[frozenset[str]]
) -> list[Objection]:
    """The objections of a call in the order raised.

    ``cues`` are the rubric's of each sentence: those of a date, of our question
    whether something is settled and of our question how they decide are read.
    """
    said = [taxonomy.heard_in(text) for text in transcript.lowered]
    raised = _raised(transcript, taxonomy, said, cues)
    objections: list[Objection] = []
    for number, one in enumerate(raised):
        kind, position = one.kind, one.position
        turn = transcript.turn_of[position]
        others = [transcript.turn_of[other.position] for other in raised[number + 1 :]]
        last = min(
            [turn + taxonomy.outcome_within_turns, len(transcript.turns) - 1]
            + [other for other in others if other > turn + 1]
        )
        window = transcript.turns[turn + 1 : last + 1]
        replies = _replies(window, taxonomy.reply_within_turns)
        near = turn + taxonomy.agreement_within_turns
        outcome, shown_at = _outcome(transcript, position, window, replies, near, said, cues)
        objections.append(
            Objection(
                kind=kind,
                group=taxonomy.kinds[kind].group,
                is_brush_off=taxonomy.kinds[kind].is_brush_off,
                position=position,
                replies=replies,
                outcome=outcome,
                outcome_position=shown_at,
                is_certain=one.is_certain,
            )
        )
    return objections


def _raised(
    transcript: Transcript,
    taxonomy: Taxonomy,
    said: Sequence[ObjectionCues],
    cues: Sequence[frozenset[str]],
) -> list[_Raised]:
    """Kind, sentence and certainty of each objection; repeated mentions nearby are dropped."""
    raised: list[_Raised] = []
    nearby = taxonomy.same_within_turns
    last_turn: dict[str, int] = {}
    for position in transcript.positions("customer"):
        found = _obstacle(transcript, taxonomy, said, position, cues)
        turn = transcript.turn_of[position]
        if found is None or not _said_to_us(transcript, turn, taxonomy):
            continue
        if _answers_what_we_asked(transcript, turn, found, cues):
            continue
        before = transcript.turn_of[raised[-1].position] if raised else -1000
        if turn == before and not found.is_named:
            if not raised[-1].is_named and found.odds > raised[-1].odds:
                raised[-1] = found  # of one turn the plainest sentence is quoted
            continue
        reason = raised[-1].kind != OTHER if raised else False
        is_clear = found.is_named or (found.is_certain and reason)
        if (found.kind == OTHER or not is_clear) and turn - before <= nearby:
            continue  # more about an objection whose reason is known
        if raised and _clarifies(transcript, taxonomy, turn, before):
            continue
        if turn - last_turn.get(found.kind, -1000) > taxonomy.same_within_turns:
            raised.append(found)
        last_turn[found.kind] = turn
    return raised


def _obstacle(
    transcript: Transcript,
    taxonomy: Taxonomy,
    said: Sequence[ObjectionCues],
    position: int,
    cues: Sequence[frozenset[str]],
) -> _Raised | None:
    """What a sentence of the customer raises, if it states an obstacle."""
    heard = said[position]
    if heard.is_none or (heard.kind is None and _goes_with_a_question(transcript, position, cues)):
        return None
    rules = taxonomy.obstacles
    signs = obstacles.signs(transcript, said, position, cues)
    if "after question" in signs and _ONLY_ANSWERS.search(transcript.lowered[position]):
        return None
    odds = obstacles.score(rules, signs)
    if heard.kind is not None and taxonomy.kinds[heard.kind].is_brush_off:
        return _Raised(heard.kind, position, True, False, odds)
    if heard.kind is not None:
        least = rules.named
    else:  # what leads to a question, answers one of ours or is a speech has to be clearer
        turn = transcript.turns[transcript.turn_of[position]]
        in_doubt = "after question" in signs or _asks(transcript, turn.last)
        least = rules.certain if in_doubt else rules.threshold
        if words_on_the_matter(transcript, cues, turn) >= _SPEECH_WORDS:
            least = max(least, _IN_A_SPEECH)
    if odds < least:
        return None
    kind = heard.kind if heard.kind not in (None, OTHER) else None
    kind = kind or _told_by_words(transcript, taxonomy, position, signs)
    says_more = _SAYS_MORE.search(transcript.lowered[position]) is not None
    # What answers a question of ours tells of their work as often as of us.
    is_clear = heard.kind is not None or (odds >= rules.certain and "after question" not in signs)
    is_certain = is_clear and not says_more and not _wants_an_answer(transcript, position)
    return _Raised(kind, position, heard.kind is not None, is_certain, odds)


def _told_by_words(
    transcript: Transcript, taxonomy: Taxonomy, position: int, signs: frozenset[str]
) -> str:
    """The kind of an obstacle that no cue names; ``other`` when that is in doubt."""
    turn = transcript.turn_of[position]
    before = transcript.turns[turn - 1] if turn else None
    is_ours = before is not None and before.side in ("rep", "colleague")
    ours = transcript.lowered_turn(before) if before is not None and is_ours else ""
    kind = obstacle_kinds.kind(transcript.lowered[position], ours, signs)
    return kind if kind in taxonomy.kinds else OTHER


def _goes_with_a_question(
    transcript: Transcript, position: int, cues: Sequence[frozenset[str]]
) -> bool:
    """Whether a sentence follows a question in the same turn: it says why that is asked."""
    first = transcript.turns[transcript.turn_of[position]].first
    before = position - 1
    return before >= first and _asks(transcript, before) and "product_question" in cues[before]


def _wants_an_answer(transcript: Transcript, position: int) -> bool:
    """Whether it is a question about how something is: it may be no more than that."""
    text = transcript.lowered[position]
    return _asks(transcript, position) and bool(_ASKS_HOW.search(text))


def _said_to_us(transcript: Transcript, turn: int, taxonomy: Taxonomy) -> bool:
    """Whether a customer's turn is part of a talk with us: no presentation, and we speak next.

    The last words of a call count, too; outsiders who talk among themselves do not.
    """
    if transcript.turns[turn].words > taxonomy.maximum_turn_words:
        return False
    following = transcript.turns[turn + 1 : turn + 1 + taxonomy.reply_within_turns]
    return not following or any(t.side in ("rep", "colleague") for t in following)


def _answers_what_we_asked(
    transcript: Transcript, turn: int, found: _Raised, cues: Sequence[frozenset[str]]
) -> bool:
    """Whether the turn tells what our question asked for: who decides, when, what they have.

    Who is asked how they do it tells of trouble that is none of ours.
    """
    if not turn or transcript.turns[turn - 1].side not in ("rep", "colleague"):
        return False
    before = transcript.turns[turn - 1]
    for p in (p for p in range(before.first, before.last + 1) if _asks(transcript, p)):
        text = transcript.lowered[p]
        wanted = (*_ASKED_FOR.get(found.kind, ()), _ASKS_TROUBLE)
        wanted = wanted if found.is_named else (*wanted, _ASKS_WHAT_THEY_HAVE)
        if any(asked.search(text) for asked in wanted):
            return True
        if found.kind in ("authority", "budget") and "decision" in cues[p]:
            return True
    return False


def _asks(transcript: Transcript, position: int) -> bool:
    return questions.is_question(
        transcript.lowered[position], punctuated=transcript.marks_questions
    )


def _clarifies(transcript: Transcript, taxonomy: Taxonomy, turn: int, objection: int) -> bool:
    """Whether the turn only answers what we asked about the objection before it."""
    if not 0 < turn - objection <= taxonomy.reply_within_turns:
        return False
    before = transcript.turns[turn - 1]
    return before.side in ("rep", "colleague") and any(
        _asks(transcript, p) for p in range(before.first, before.last + 1)
    )


def _replies(window: tuple[Turn, ...], within: int) -> tuple[Turn, ...]:
    ours = tuple(turn for turn in window if turn.side in ("rep", "colleague"))
    answered_in_time = any(turn in window[:within] for turn in ours)
    return ours if answered_in_time else ()


def _outcome(
    transcript: Transcript,
    raised_at: int,
    window: tuple[Turn, ...],
    replies: tuple[Turn, ...],
    near: int,
    said: Sequence[ObjectionCues],
    cues: Sequence[frozenset[str]],
) -> tuple[Outcome, int | None]:
    """Lost beats resolved beats deferred; a deferral needs a date."""
    reply_at = replies[0].first if replies else None
    lost = resolved = deferred = None
    dated = False
    heard = _Heard(transcript, said, cues, reply_at, content_words(transcript.lowered[raised_at]))
    if "lost" in said[raised_at].outcomes:
        lost = raised_at
    for turn in window:
        for position in range(turn.first, turn.last + 1):
            if deferred is None and "deferred" in said[position].outcomes:
                names_a_day = "dated" in cues[position] and "vague_time" not in cues[position]
                deferred = position if names_a_day else None
        if turn.side != "customer":
            heard.hear_ours(turn)
            places = range(turn.first, turn.last + 1)
            dated = dated or any("dated" in cues[p] and "vague_time" not in cues[p] for p in places)
            continue
        settled_at = heard.settled_by(turn, is_near=turn.number <= near)
        resolved = settled_at if resolved is None else resolved
        heard.hear_theirs(turn)
        for position in range(turn.first, turn.last + 1):
            if "lost" in said[position].outcomes:
                lost = position
    if lost is not None:
        return "lost", lost
    if resolved is not None:
        waits = said[raised_at].kind in _WAITS and dated
        return ("deferred" if waits else "resolved"), resolved
    if deferred is not None:
        return "deferred", deferred
    return "unresolved", None


@dataclass(slots=True)
class _Heard:
    """What we said last about an objection, and whether the customer's next turn settles it.

    Settled is what the customer accepts after our answer: in words that say so, by a yes to our
    question whether it will do, by a no to whether it would still be in the way, or by saying our
    answer back. A yes to something else that we
    offered, or a word that only hears, settles nothing; nor does a
    word of courtesy at the head of a turn on something else, if we did not ask or
    the turn brings up the next obstacle; nor what states an obstacle itself ("it works
    fine for us"), nor what is said after the customer asked about another matter.
    """

    transcript: Transcript
    said: Sequence[ObjectionCues]
    cues: Sequence[frozenset[str]]
    reply_at: int | None
    concern: frozenset[str]
    has_answered: bool = False
    asked: bool = False
    asked_if_it_stays: bool = False
    offered: bool = False
    ours: frozenset[str] = frozenset()
    is_on_other: bool = False

    def hear_theirs(self, turn: Turn) -> None:
        """A turn of theirs that asks about neither the concern nor our answer is on to that."""
        if self.reply_at is None or turn.first < self.reply_at:
            return
        asked = [
            p
            for p in range(turn.first, turn.last + 1)
            if "product_question" in self.cues[p] and _asks(self.transcript, p)
        ]
        matter = self.concern | self.ours
        self.is_on_other = self.is_on_other or any(
            not content_words(self.transcript.lowered[p]) & matter for p in asked
        )

    def hear_ours(self, turn: Turn) -> None:
        """A turn of ours: an answer when it states something, a check when it asks so."""
        texts, last = self.transcript.lowered, turn.last
        places = range(turn.first, last + 1)
        self.has_answered = self.has_answered or any(
            self.transcript.words[p] >= _ANSWER_WORDS
            and not _MOVES_ON.search(texts[p])
            and (not self._is_pure_question(p) or bool(_SUGGESTS.search(texts[p])))
            for p in places
        )
        self.asked = self._is_check(last)
        self.asked_if_it_stays = self._is_pure_question(last) and bool(_STAYS.search(texts[last]))
        self.offered = bool(_OFFERS.search(texts[last]))
        self.ours = content_words(self.transcript.lowered_turn(turn))

    def _is_check(self, position: int) -> bool:
        text, marked = self.transcript.lowered[position], self.transcript.marks_questions
        if not questions.is_question(text, punctuated=marked) and marked:
            return False
        if _SUGGESTS.search(text):
            return True
        return questions.asks_whether_it_will_do(text, punctuated=marked) or (
            "check" in self.cues[position] and not _OFFERS.search(text)
        )

    def _is_pure_question(self, position: int) -> bool:
        marked = self.transcript.marks_questions
        return marked and self.transcript.lowered[position].endswith("?")

    def settled_by(self, turn: Turn, *, is_near: bool) -> int | None:
        """The sentence of a customer's turn that settles it, if one does."""
        if self.reply_at is None or turn.first < self.reply_at or self.offered or self.is_on_other:
            return None
        places = self._before_the_next_topic(turn)
        text = " ".join(self.transcript.lowered[places.start : places.stop])
        if _ASKS_OTHERS.search(text):
            return None
        if self.asked_if_it_stays:  # a yes says that it stays
            return turn.first if is_near and self.has_answered and _GONE.search(text) else None
        doubts = any("not_resolved" in self.said[p].outcomes for p in places)
        if doubts and not _NO_DOUBT.search(text):
            return None
        words = sum(self.transcript.words[p] for p in places if "courtesy" not in self.cues[p])
        for position in places:
            if self.said[position].kind is not None:
                continue  # what states an obstacle settles none: "it works fine for us"
            outcomes = self.said[position].outcomes
            is_courtesy = words > 0 and "courtesy" in self.cues[position]
            if is_near and self.has_answered and "resolved" in outcomes and not is_courtesy:
                return position
            if is_courtesy and any(self.said[p].kind is not None for p in places):
                continue
            if self.asked and words <= _SETTLED_WORDS and self._says_yes(position, outcomes):
                return position
        return None

    def _before_the_next_topic(self, turn: Turn) -> range:
        """Sentences of a turn up to the one that goes on to something else: "and another thing"."""
        lowered = self.transcript.lowered
        later = range(turn.first + 1, turn.last + 1)
        end = next((p for p in later if _NEXT_TOPIC.search(lowered[p])), turn.last + 1)
        return range(turn.first, end)

    def _says_yes(self, position: int, outcomes: frozenset[OutcomeCue]) -> bool:
        text = self.transcript.lowered[position]
        theirs = content_words(text)
        echoes = bool(theirs) and 2 * len(theirs & self.ours) >= len(theirs)
        return "agrees" in outcomes or "resolved" in outcomes or bool(_YES.search(text)) or echoes


#: Words of a sentence of ours from which it answers something.
_ANSWER_WORDS = 4
#: Goes on to the next thing: what is said then is no answer.
_MOVES_ON = re.compile(
    r"^(?:(?:anyway|so|and|okay|now|well|but)[, ]+)*(?:moving on\b|as i was saying\b"
    r"|(?:let me|let's|i'll|we'll) (?:\w+ ){0,4}(?:the |our |to the )?next (?:\w+ )?(?:slide|"
    r"module|page|screen|part|thing|point|topic|item|feature))"
)
#: A way out put as a question: it is an answer, and a yes takes it.
_SUGGESTS = re.compile(
    r"^(?:\w+,? )?(?:what if|how about|what about if|and if|suppose|would it help if|"
    r"(?:could|can) (?:you|we) live with)\b"
)
_YES = re.compile(
    r"\b(?:yes|yeah|yep|fine|good|okay|sure|enough|alright|agreed|deal|done|sorted|perfect|lovely|"
    r"fair|great)\b|\b(?:that|it|he|she|they|we|i|which)(?:'d| would|'ll| will| does| do| can|"
    r" could)"
    r"(?: \w+){0,2}[.!]?$"
)
#: Asks whether the concern would be there all the same.
_STAYS = re.compile(
    r"^(?:\w+ |if .{0,60}, )?(?:\w+ )?(?:would|will|is|does|do|are|could)\b"
    r"(?! you (?:mind|like|want)\b)"
    r".*\b(?:(?:still|even) (?:be |feel |look |seem )?(?:a |an |the |too )?\w+"
    r"|(?:a|an|any) (?:problem|issue|concern|obstacle|blocker|worry|risk|show-?stopper)"
    r"|in (?:the|your) way|(?:stop|worry|bother|block|scare|trouble) (?:you|them|her|him)"
    r"|(?:keep|hold) (?:you|them) (?:from|back))\b"
)
#: The customer says that it is not, or no more.
_GONE = re.compile(
    r"^(?:(?:then|well|okay|hm|oh|i think|i guess|in that case|probably),? )*"
    r"(?:no\b(?!,? (?:idea|but|we|i|it still|that|way))"
    r"|not (?:any ?more|really|then|at all|for (?:me|us))\b"
    r"|(?:it|that|they|those)(?:'d| would| will| does| do| is| are)? ?"
    r"(?:not|wouldn't|won't|doesn't|don't|isn't|aren't|no longer)\b"
    r"(?! (?:help|be enough|work|enough|do)\b))"
)
_NO_DOUBT = re.compile(
    r"\b(?:don't see why not|no (?:problem|objection|more questions|doubt)|nothing against|"
    r"don't mind|can't complain)\b"
)
_NEXT_TOPIC = re.compile(
    r"^(?:and |but |so |oh,? |well,? )*(?:something else|(?:there's |there is )?(?:another|"
    r"one more|"
    r"one other) (?:thing|question|point)|before i forget|by the way|that brings me to|"
    r"(?:my )?next (?:question|point|thing)|different (?:topic|question|thing))\b"
)
#: The customer takes it to somebody else or will think about it: put off, not settled.
_ASKS_OTHERS = re.compile(
    r"\b(?:take (?:that|it|this) (?:to|back|up)|see what (?:he|she|they|my)|"
    r"(?:i'll|i will|i'd|let me|i have to|i need to) (?:have to |need to )?(?:ask|check|think|"
    r"see|look)|"
    r"run (?:it|that|this) (?:by|past)|sleep on it)\b(?!.*\bget a yes\b)"
)
#: We offer something beside the matter: a yes then takes the offer.
_OFFERS = re.compile(
    r"\b(?:i|we)(?:'ll| will| can| could)(?: also)? (?:send|mail|email|call|show|give|get back|"
    r"leave)\b"
    r"|\bshall (?:i|we)\b|\b(?:do|would) you (?:want|like) (?:a|an|the|me|us)\b"
    r"|\b(?:speak|meet|talk) (?:on|at|again)\b"
)

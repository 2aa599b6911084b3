"""What kind of question a sentence is, told by its form, with a question mark or without.

Speech without punctuation has no question marks: there a question is what begins like one.
All texts are lower case with plain apostrophes.
"""

import re
from typing import Literal

Kind = Literal["open", "closed"]

_FILLERS = (
    r"(?:(?:and|so|but|okay|ok|well|um|uh|oh|ah|alright|all right|right|now|then|great|thanks|hi|"
    r"hello|hey|yeah|yes|no|mm|hm|good|cool|nice|perfect|fine|sure|wow|got it|i see|fair enough|"
    r"actually|basically|honestly|again|also|say|look|listen|tell me|please)[,.!: ]+)*"
)
_PRONOUN = (
    r"(?:i|we|you|ya|they|it|he|she|that|this|there|the|your|my|our|their|his|her|a|an|any\w*|"
    r"some\w*|every\w*|these|those|people|both|all|one|nobody)"
)
_AUXILIARY = (
    r"(?:do|does|did|is|are|was|were|am|can|could|would|will|should|shall|has|have|had|may|might|"
    r"must|don't|doesn't|didn't|isn't|aren't|wasn't|weren't|can't|couldn't|wouldn't|won't|"
    r"shouldn't|hasn't|haven't)"
)
_AMOUNT = (
    r"(?:many|much|long|often|old|big|far|soon|late|early|large|fast|high|tall|small|frequently|"
    r"likely|close)"
)
_NAMED = (
    r"(?:time|times|date|day|days|month|year|size|city|country|number|version|percentage|share|"
    r"percent|name|kind of contract|colou?r)"
)

#: Asks for an account without being a question by form: 'tell me about your close'.
_REQUEST = re.compile(
    r"\b(?:(?<!you )tell (?:me|us) (?:about|more|how|what|why|a (?:bit|little))"
    r"|(?:can|could|would|will) you (?:please |maybe |just )?tell (?:me|us) (?:a (?:bit|"
    r"little) |more )*"
    r"(?:about|how|why)"
    r"|(?:walk|talk|take|run) (?:me|us) through"
    r"|(?:i|we)(?:'m|'d| am| was| were|'ve been| have been)? ?(?:just )?"
    r"(?:be )?(?:wonder|wondered|wondering|curious|interested|keen)(?: in(?: hearing)?|"
    r" to hear| to know)?,? "
    r"(?:what|how|why|about)"
    r"|help (?:me|us) (?:to )?(?:understand|picture|see)\b"
    r"|(?:could|can|would|will) you (?:please |just |maybe )?"
    r"(?:describe|explain|say (?:a bit )?more|elaborate|expand|paint|sketch|outline"
    r"|share (?:a|what|how|some)"
    r"|give (?:me|us) (?:a (?:sense|feel|picture|flavou?r)|an (?:example|idea|overview)))"
    r"|i'?d (?:love|like|be (?:glad|happy|curious)) to (?:hear|understand|learn|know)"
    r"(?: more)? (?:about|how|what|why)"
    r"|(?:love|like) to hear (?:more )?(?:about|how|what)"
    r"|give me an example|^(?:so |and |then )?(?:please )?describe\b)"
)
_OPEN_HEAD = re.compile(
    rf"^{_FILLERS}(?:(?:in|for|by|on|from|to|with|of) )?"
    rf"(?:how(?!\s+{_AMOUNT}\b)(?!\s+about\b)|how\s+close\s+(?:does|do)|"
    rf"what(?!\s+(?:{_NAMED})\b)|what's|why)\b"
)
_CLOSED_HEAD = re.compile(
    rf"^{_FILLERS}(?:(?:in|for|by|on|at|from|to|with|of|since) )?"
    rf"(?:what(?:'s| is| are) (?:the|your) (?:\w+ )?(?:budget|price|cost|deadline|{_NAMED})"
    rf"|how\s+{_AMOUNT}|how\s+about|which|where|who|whom|whose|when\s+{_AUXILIARY}|what\s+{_NAMED}|"
    rf"{_AUXILIARY}\s+{_PRONOUN}|{_AUXILIARY}\s+\w+\s+\w+)\b"
)
#: A clause ends here: the question may stand behind a preamble.
_CLAUSES = re.compile(r"[,;:.!]\s+|\s[-\N{EN DASH}\N{EM DASH}]\s|\s(?:so|and|but)\s")

_BEGINS_AS_QUESTION = re.compile(
    rf"^{_FILLERS}(?:"
    rf"(?:what|which|how|why|who|where|when|whose)(?:'s|'re)\b"
    rf"|(?:what|how|why|who|where|when|which|whose)\s+{_AUXILIARY}\b"
    rf"|(?:what|which|whose|how\s+{_AMOUNT})\s+(?!{_PRONOUN}\b)(?:\w+\s+){{0,3}}{_AUXILIARY}\b"
    rf"|what\s+(?:happens|happened|makes|made|brings|brought|got|keeps|kept|needs|if|about|else|"
    rf"stops|drives|led|worries|holds|would|matters|goes|breaks|takes|costs)\b"
    rf"|who\s+(?:else|decides|signs|owns|runs|looks|pays|does|has|needs|gets|makes|uses|sees)\b"
    rf"|how\s+(?:come|about|{_AMOUNT})\b"
    rf"|{_AUXILIARY}\s+(?:i|we|you|they|it|he|she|that|this|there|the|your|my|our|any\w*)\b"
    rf")"
)
_ASKS_WITHIN = re.compile(
    rf"\b(?:(?<!know )(?<!see )(?<!know exactly )(?:what|how|why|who)\s+{_AUXILIARY}\s+"
    rf"{_PRONOUN}\b|who else\b)"
)
#: Begins with an auxiliary and its subject, whoever that is: 'would legal accept that'.
_AUXILIARY_FIRST = re.compile(
    rf"^{_FILLERS}(?:would|could|does|did|is|are|was|were|can|will|should|shall|has|am|may|isn't|aren't|"
    r"doesn't|didn't|won't|wouldn't|couldn't|can't|shouldn't|hasn't)\s+"
    r"(?!do\b|be\b|love\b|like\b|not\b|also\b|help\b|fine\b|good\b|have\b|get\b|work\b|works\b|make\b|"
    r"take\b|use\b|send\b|go\b|only\b|always\b|never\b|just\b|okay\b|ok\b|very\b|too\b|so\b|what\b)\w+"
)
#: Begins with a question word and is no clause that is only the subject of another: 'what worries
#: me is the cost'.
_WORD_FIRST = re.compile(
    rf"^{_FILLERS}(?:and |so |but |or |well |now |then |oh |um )*(?:(?:in|for|by|on|at|from|to|"
    rf"with|of|since|until) )?"
    r"(?:who|whom|whose|which|what|why|where|whereabouts|when|how)(?:'s|'re|'d)?\s+"
    r"(?!i |we |you |they |he |she |it |a lot|about )\w+"
)
_ONLY_A_SUBJECT = re.compile(
    rf"^(?:\w+ ){{0,2}}what(?:'s)? (?!{_AUXILIARY}\b|happens)(?:[\w']+ ){{1,5}}(?:is|was|are) "
    r"(?!it\b|that\?)|\bplease\b|"
    r"^(?:so |well |now )*what(?:'s next| an?)\b|^how long it\b|\bwhich \w+ have not\b"
)
#: A clause without inversion: 'which of our three problems i should tackle first'.
_ONLY_A_CLAUSE = re.compile(
    rf"^(?:which|whose)(?: (?!{_AUXILIARY}\b)\w+){{1,6}} (?:i|we|you|they|he|she) "
    rf"(?:{_AUXILIARY}|\w+)\b(?! (?:i|we|you|they|he|she)\b)"
)
#: After a clause of condition or time the question stands in the middle.
_AFTER_A_CLAUSE = re.compile(
    rf"^{_FILLERS}(?:and |so |but |well |now |then |oh |um )*(?:if|when|before|after|once|"
    rf"since|besides|"
    r"for|now|then|let me ask|counting)\b.*"
    r"\b(?:(?:what|who|how|which|when|where|why)(?:'s| (?:would|will|does|do|did|is|are|can|"
    r"could|should|"
    r"has|have|happens|knows|calls|gets|else|in|on|one))|is there|are there|"
    rf"(?:would|could|should|will|can|does|do|did|shall) {_PRONOUN})\b"
)
_GREETS = re.compile(r"\bhow (?:are|is|'s) (?:things|it|everything|business|life)\b")
_ANYTHING = re.compile(
    r"^(?:and |so |or )*(?:any (?:other |more )?\w+|anything (?:else|that|new|left|missing))\b"
)
_ENDS_AS_QUESTION = re.compile(
    r"\b(?:how (?:many|much|long|often)(?: \w+)?|or what|from what to what|isn't it)$"
)


#: Asks whatever stop the transcriber set: 'where is it, and who has it.'
_PLAINLY_ASKS = re.compile(
    rf"^{_FILLERS}(?:what|how|why|where|when|who) (?:is|are|do|does|did|would|will|can|could|"
    rf"should|has) "
    r"(?:it|this|they|we|you|he|she|your|our|there)\b"
)


def is_question(text: str, *, punctuated: bool = True) -> bool:
    """Whether a sentence asks; without punctuation its form has to say so."""
    if text.endswith("?"):
        return True
    if _REQUEST.search(text) or _PLAINLY_ASKS.search(text):
        return True
    return not punctuated and has_form(text)


def has_form(text: str) -> bool:
    """Whether a sentence without marks asks by its form alone."""
    if _ONLY_A_CLAUSE.search(text):
        return False
    if _ONLY_A_SUBJECT.search(text) and not _AFTER_A_CLAUSE.search(text):
        return False
    forms = (
        _BEGINS_AS_QUESTION,
        _AUXILIARY_FIRST,
        _WORD_FIRST,
        _AFTER_A_CLAUSE,
        _ANYTHING,
        _GREETS,
        _ENDS_AS_QUESTION,
        _ASKS_WITHIN,
        _WILL_DO_TAIL,
        _REQUEST,
    )
    return any(form.search(text) for form in forms) or any(
        _BEGINS_AS_QUESTION.search(clause) for clause in _CLAUSES.split(text)[1:]
    )


#: What may be a question or not where nothing is marked: no verb, or a tag.
_ELLIPTIC_WORDS = 8
_HAS_A_VERB = re.compile(
    rf"\b(?:{_AUXILIARY}|\w+'(?:s|re|m|ve|ll|d)|i|we|you|they|he|she|it|thanks?|bye|hello|hi|sorry)\b"
)
_HANGS = re.compile(
    r"\b(?:right|okay|ok|agreed|then|huh|yes|no|seriously|fair)$|^(?:so|and|even if|you) "
)


#: Contractions that transcribers without marks write in one piece; those that are words of their
#: own ("well", "were", "its") stay.
_CONTRACTED = re.compile(
    r"\b(?:(?P<no>(?:do|does|did|is|are|was|were|have|has|had|could|would|should|ca|wo|ai|need|must))nt|"
    r"(?P<head>i|you|we|they|that|what|there|who|let|it|he|she|here|where)"
    r"(?P<tail>(?<=\bi)m|(?<=\bi)ve|(?<=you)(?:re|ve|ll|d)|(?<=we)ve|(?<=they)(?:re|ve|ll|d)|"
    r"(?<=that)(?:s|ll|d)|(?<=what)s|(?<=there)s|(?<=who)s|(?<=let)s|(?<=it)ll|(?<=he)s|(?<=she)s|"
    r"(?<=here)s|(?<=where)s))\b"
)


def with_apostrophes(text: str) -> str:
    """Speech without marks with the apostrophes of its contractions: "dont" as "don't"."""
    return _CONTRACTED.sub(
        lambda m: f"{m['no']}n't" if m["no"] else f"{m['head']}'{m['tail']}", text
    )


def marked(text: str, *, lenient: bool = False) -> str:
    """A sentence without stops as it would be written: with a mark where its form asks.

    Expressions that read a question by its mark then hear the same in unmarked speech.
    ``lenient``: also where the form leaves it open.
    """
    asks = has_form(text) or (lenient and _may_ask(text))
    return text.rstrip(" .") + ("?" if asks else ".")


def _may_ask(text: str) -> bool:
    words = len(text.split())
    return bool(_HANGS.search(text)) or (words <= _ELLIPTIC_WORDS and not _HAS_A_VERB.search(text))


#: The question after a clause of condition or time, with a comma before it or not.
_INNER = re.compile(
    rf"^.+?(?<!know)(?<!see)(?<!about)(?<!wonder) ((?:what|how|why)(?:'s|\s+(?:{_AUXILIARY}|"
    rf"happens)))\b"
)


def kind(text: str) -> Kind:
    """Open when the question wants an account; closed when a word, a name or a number will do.

    The head of a clause decides: 'do you know how it works' is closed for all its 'how'.
    """
    if _REQUEST.search(text):
        return "open"
    inner = _INNER.search(text)
    clauses = [text, *_CLAUSES.split(text), *([text[inner.start(1) :]] if inner else [])]
    if _CLOSED_HEAD.search(text):
        return "closed"
    return "open" if any(_OPEN_HEAD.search(clause.strip()) for clause in clauses) else "closed"


_TAG = re.compile(
    r"^(?!.*\benough\b)(?:(?:pretty |really |super |so |very |totally )?"
    r"(?:awesome|cool|great|amazing|nice|neat|good|fantastic|impressive|wonderful|perfect|brilliant|lovely|easy|simple)\b[^?]{0,20})?"
    r"(?:,? ?(?:right|huh|eh|yeah|yes|no|isn't it|isn't that \w+|doesn't it|don't you think))?\?$"
)


def is_tag(text: str) -> bool:
    """Whether a question waits for nothing but applause: 'awesome, right?'."""
    return bool(_TAG.search(text)) or text.endswith((", right?", ", huh?", ", isn't it?"))


_THING = (
    r"(?:that|this|it|these|those|such|he|she|they|one|two|three|with|without|in|on|"
    r"(?:your|the|both|all) \w+(?: \w+)?|\w+ \w+ at)"
)
#: Asks whether what was just said will do: 'would that keep them?', 'good enough?'.
_WILL_DO = re.compile(
    rf"^{_FILLERS}(?!(?:did|was|were) (?:he|she|they)\b)(?:(?:does|do|would|will|is|are|can|could|"
    rf"did|was|might|"
    rf"shall)(?:n't)? {_THING}\b.*"
    r"|(?:is|would|will|does|do|can|could|are) .*\b(?:that|it|this|such|them|you'd \w+ for)\b.*"
    r"|(?:would|will|could|can|might) you (?:\w+ )?(?:sign|stay|accept|take|like|leave|live|"
    r"work with|"
    r"be (?:fine|comfortable|okay|happy|in)|agree|try|go along)\b.*"
    r"|(?:good |fair |close |near )?(?:enough|fair|okay|ok|sorted|settled|deal|better|alright|"
    r"all right|agreed|fine)(?:,? (?:for|like|with|so|now|then|that|you|to)\b.{0,30})?"
    r"|that (?:do|help|work|okay|alright|enough|better)\b.{0,20}"
    r"|(?:would|will|does|do|is|are|could|can) (?!you\b|i\b|we\b)(?:[\w-]+ ){1,5}"
    r"(?:do|suffice|help|work|be enough|enough|feasible|acceptable|doable|bearable|manageable)"
    r"(?: (?:for|with) \w+(?: \w+)?)?"
    r"|how (?:does|would|did|do|is) (?:that|this|it|they|he|she) "
    r"(?:land|sit|sound|fit|look|strike|feel|go|suit)\b.*"
    r"|what do you (?:make of|think|say)\b.*)\??$"
)
#: Where speech is not marked the question is the tail of the sentence.
_WILL_DO_TAIL = re.compile(
    r"\b(?:does|would|will|is|can|could) (?:that|it|this) (?:\w+ ){0,4}"
    r"(?:do|help|work|enough|fine|okay|better|good|settle|sit|fit|suit|start with|right|alright)"
    r"(?: \w+){0,4}\??$"
)
_ALTERNATIVES = re.compile(r"\bor\b(?! (?:not|what|so))|^\W*(?:who|when|where|which|whose)\b")


def tells_and_asks(text: str) -> bool:
    """Whether an unmarked sentence ends in such a question after a statement."""
    return bool(_WILL_DO_TAIL.search(text)) and not _WILL_DO.search(text)


def asks_whether_it_will_do(text: str, *, punctuated: bool = True) -> bool:
    """Whether a question wants to know how what was just said has arrived.

    An alternative ("is it the price or the term?") asks what is behind something.
    """
    if _ALTERNATIVES.search(text) or is_tag(text):
        return False
    return bool(_WILL_DO.search(text)) or (not punctuated and bool(_WILL_DO_TAIL.search(text)))

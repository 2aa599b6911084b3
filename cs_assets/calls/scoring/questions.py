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
    r"\b(?:tell (?:me|us) (?:about|more|how|what|why|a (?:bit|little))"
    r"|(?:walk|talk|take|run) (?:me|us) through"
    r"|(?:i|we)(?:'m|'d| am| was| were|'ve been| have been)? ?(?:just )?"
    r"(?:wonder|wondered|wondering|curious|interested)(?: in hearing| to hear| to know)?,? "
    r"(?:what|how|why|about)"
    r"|help (?:me|us) (?:to )?understand"
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
    rf"(?:how\s+{_AMOUNT}|how\s+about|which|where|who|whom|whose|when\s+{_AUXILIARY}|what\s+{_NAMED}|"
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
_ENDS_AS_QUESTION = re.compile(
    r"\b(?:how (?:many|much|long|often)(?: \w+)?|or what|right|from what to what|isn't it)$"
)


def is_question(text: str, *, punctuated: bool = True) -> bool:
    """Whether a sentence asks; without punctuation its form has to say so."""
    if text.endswith("?"):
        return True
    if _REQUEST.search(text):
        return True
    if punctuated:
        return False
    forms = (_BEGINS_AS_QUESTION, _ENDS_AS_QUESTION, _ASKS_WITHIN)
    return any(form.search(text) for form in forms) or any(
        _BEGINS_AS_QUESTION.search(clause) for clause in _CLAUSES.split(text)[1:]
    )


def kind(text: str) -> Kind:
    """Open when the question wants an account; closed when a word, a name or a number will do.

    The head of a clause decides: 'do you know how it works' is closed for all its 'how'.
    """
    if _REQUEST.search(text):
        return "open"
    clauses = [text, *_CLAUSES.split(text)]
    if _CLOSED_HEAD.search(text):
        return "closed"
    return "open" if any(_OPEN_HEAD.search(clause.strip()) for clause in clauses) else "closed"


_TAG = re.compile(
    r"^(?:(?:pretty |really |super |so |very |totally )?(?:awesome|cool|great|amazing|nice|neat|"
    r"good|fantastic|impressive|wonderful|perfect|brilliant|lovely|easy|simple)\b[^?]{0,20})?"
    r"(?:,? ?(?:right|huh|eh|yeah|yes|no|isn't it|isn't that \w+|doesn't it|don't you think))?\?$"
)


def is_tag(text: str) -> bool:
    """Whether a question waits for nothing but applause: 'awesome, right?'."""
    return bool(_TAG.search(text)) or text.endswith((", right?", ", huh?", ", isn't it?"))

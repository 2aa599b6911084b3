"""Courtesy: greetings, thanks, apologies, nods and good wishes say nothing about the matter."""

import re
from collections.abc import Iterator

_SO = r"(?:(?:so|very|really|too|all|just|absolutely|totally|quite|pretty|most) )*"
_NICE = r"(?:nice|good|great|lovely|wonderful|pleasant|safe|fantastic|amazing|awesome)"
_DAY = (
    r"(?:rest of (?:the|your) )?"
    r"(?:day|weekend|week|evening|afternoon|morning|night|one|holidays?|trip|flight|vacation)"
)
_FOR = (
    r"(?: for (?:(?:your|the|all|making|taking|having|that|this|explaining|calling|coming|joining|"
    r"asking|sharing|showing|walking|getting back|bearing with|letting (?:me|us) know|being here|"
    r"it|today|now)\b)[^,.;:!?]*?(?=$|[,.;:!?]| but | and ))?"
)

#: Wherever they stand, whatever stands beside them.
_ANYWHERE = re.compile(
    "|".join(
        (
            rf"\b(?:many thanks|thanks|thank you|thank u|thx)"
            rf"(?: {_SO}much| a lot| a bunch| a million| again| everyone| everybody| guys| folks"
            rf"| both| in advance| indeed| kindly)*{_FOR}",
            r"\b(?:i |we )?(?:really |do |truly )*appreciate (?:it|that|you(?:r \w+(?: and \w+)?)?|"
            r"the (?:time|call|help|update|explanation|effort|invitation))\b",
            rf"\b(?:i |we )?hope (?:that )?(?:you|everyone|everybody|all)(?: all)?"
            rf"(?: is| are|'re| have| had| find)(?: doing| feeling)? {_SO}"
            rf"(?:well|okay|ok|fine|an? {_NICE} {_DAY}|{_NICE})",
            rf"\b(?:have|enjoy|wish(?:ing)? you|wish you all) (?:an? |the |your )?"
            rf"{_SO}(?:{_NICE} )?{_DAY}(?: (?:too|everyone|all|ahead))*",
            rf"\b(?:it(?:'s| is| was|'s been| has been) )?(?:an? )?{_SO}"
            rf"(?:{_NICE}|pleasure|pleased|glad|happy|delighted) (?:to )?"
            rf"(?:meet(?:ing)?|see(?:ing)?|talk(?:ing)?|speak(?:ing)?|hear(?:ing)? from|"
            rf"connect(?:ing)?|chat(?:ting)?|have you|be here|join(?:ing)?|catch(?:ing)? up)\b"
            rf"(?:(?: to| with| from)?(?: you(?:r voice)?(?: all| guys)?| everyone| me)"
            rf"(?: again| too| both| today| finally| here)*)?",
            rf"\bi(?:'m| am) (?:doing )?{_SO}(?:well|fine|good|great|okay)(?=$|[,.;:!?])",
            r"\b(?:(?:to|in the |on )?(?:monday|tuesday|wednesday|thursday|friday|tomorrow|january|"
            r"february|march|april|may|june|july|august|september|october|november|december|"
            r"next week)"
            r"(?: \w+)?) (?:would be|would|is|works|sounds|looks|suits)(?: very| really| quite)?"
            r" ?(?:good|fine|great|perfect|quick|better|okay|ok|lovely|work|me)?\b",
            r"\bhow are (?:you|things)(?: doing| all| today)*",
            r"\bgood (?:morning|afternoon|evening|day|night)\b|\bgood (?:question|point)\b",
            r"\b(?:i(?:'m| am) |we(?:'re| are) )?"
            + _SO
            + r"sorry (?:to (?:bother|interrupt|cut|jump"
            r"|keep you|hear)|for (?:being late|the (?:delay|noise|confusion|wait|interruption)|my|"
            r"interrupting|joining)|about (?:that|this)|i(?:'m| am| was) (?:late|on mute|running)|"
            r"(?:could|can|would) you (?:please )?(?:say|repeat)|what was)[^,.;:!?]*",
            r"\b(?:all the best|best of luck|good luck|take care|talk soon|speak soon|safe travels|"
            r"you(?:'re| are) (?:very |most )?welcome|my pleasure|no worries|"
            r"happy (?:monday|friday|birthday|new year|holidays))\b",
            r"\bsee you(?: then| soon| later| tomorrow| next \w+| on \w+)?(?=$|[,.;:!?])",
        )
    )
)

#: A whole part of a sentence, and nothing else in it.
_WHOLE = re.compile(
    r"(?:(?:and|but|well|oh|so|ah|um|uh|then|yes|no|yeah|okay|ok|hi|hello|great|perfect|that|it|"
    r"this"
    r"|which|would be|will be|that'll be|that's|it's|is|was|be|looks|sounds|seems|all|works"
    r"|i(?:'m| am)|we(?:'re| are)|pretty|just|very|really|so|absolutely|super|quite|a|an) )*"
    r"(?:"
    r"perfect(?:ly)?|great|good|fine|wonderful|lovely|excellent|fantastic|awesome|amazing|brilliant"
    r"|cool|nice|splendid|terrific|super|works|sorry|please|kindly|welcome|pleasure|glad|happy"
    r"|sure(?: thing)?|of course|absolutely|definitely|certainly|exactly|right|correct|okay|ok"
    r"|alright|all right|got it|i see|i understand|understood|m+-?h?m+|mm+|hm+|uh-?huh|yeah|yep|yes"
    r"|no|nope|hello|hi|hey|there|bye|goodbye|bye bye|cheers|congratulations|congrats|indeed"
    r"|no (?:problem|worries|rush|hurry|trouble|thanks)(?: at all)?|not a problem|never mind"
    r"|don't worry(?: about it)?|(?:take your time|bear with me)|fair (?:enough|point)|makes sense"
    r"|excuse me|pardon(?: me)?|my apologies|i apologi[sz]e|apologies|with pleasure|you too|"
    r"same here"
    r"|(?:good|great|nice|wonderful|excellent|brilliant) (?:to (?:know|hear)|idea|stuff|job|one|"
    r"work)"
    r"|not (?:bad|too bad)|(?:good|fine|okay|great) (?:with|for|by) (?:me|us|you)"
    r"|happy to (?:help|chat|talk|do (?:that|so))|looking forward(?: to (?:it|that|this|"
    r"seeing you))?"
    r"|(?:i )?(?:really )?(?:like|love) (?:that|it)|i'd (?:like|love) (?:that|to)"
    r")(?: (?:then|thanks|idea|for me|for us|with me|with us|by me|everyone|all|guys|sir|madam|"
    r"ma'am"
    r"|today|now|too|again|there|enough|so|so much|very much))*"
    r"|(?:and |so |well |oh |okay )*(?:hi|hello|hey|welcome|bye|goodbye|cheers)(?: there|"
    r" all)?(?: \w+)?"
)
_MARK = re.compile("[,.;:!?…—–\n]")
_TURNS = (" but ", " however ", " although ", " though ")
_LETTER = re.compile(r"[^\W\d_]")


#: A whole part of courtesy begins with one of these.
_BEGINNINGS = """
    and but well oh so ah um uh then yes no yeah okay ok hi hello great perfect perfectly that it
    this which would will that'll that's it's is was be looks sounds seems all works i i'm we we're
    pretty just very really absolutely super quite a an good fine wonderful lovely excellent
    fantastic awesome amazing brilliant cool nice splendid terrific sorry please kindly welcome
    pleasure glad happy sure of definitely certainly exactly right correct alright got understood
    mm mmm hm hmm mhm mhmm mm-hmm mm-hm uh-huh uhhuh yep nope hey there bye goodbye cheers
    congratulations congrats indeed not never don't take bear fair makes excuse pardon my apologies
    with you same looking like love i'd"""
_FIRST = frozenset(_BEGINNINGS.split())
#: One of these is in every courtesy that may stand anywhere; most sentences have none.
_COURTEOUS = re.compile(
    r"\b(?:than|thx|apprec|hop|enjoy|wish|have (?:an?|the|your) |nic|good|great|pleas|glad|happ"
    r"|delight|lovely|wonderful|how are|sorry|best of|all the best|take care|soon|safe|welcome"
    r"|see you|fine|well|okay|no worr|day|tomorrow|ary\b|march|april|may\b|june|july|august|"
    r"ber\b|week)"
)


def matter(text: str) -> list[str]:
    """The parts of a sentence that speak of the matter, in small letters; none is courtesy alone.

    ``text``: in small letters. Parts end at marks and at "but", "however", "although".
    """
    return list(_parts(text))


def speaks_of_the_matter(text: str) -> bool:
    """Whether ``matter`` has any part."""
    return next(_parts(text), None) is not None


def _parts(text: str) -> Iterator[str]:
    left = _ANYWHERE.sub(" ", text) if _COURTEOUS.search(text) else text
    for turn in _TURNS:
        left = left.replace(turn, "\n")
    for piece in _MARK.split(left):
        part = piece.strip()
        if (
            part
            and not (part.partition(" ")[0] in _FIRST and _WHOLE.fullmatch(part))
            and _LETTER.search(part)
        ):
            yield part

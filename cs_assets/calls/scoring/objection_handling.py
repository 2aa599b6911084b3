"""Objection handling: acknowledges, asks, answers shortly, checks that it is settled."""

import re
from collections.abc import Sequence

from cs_assets.calls.objections import Objection
from cs_assets.calls.scoring.evidence import SUBSTANCE_WORDS, Criterion, Heard
from cs_assets.calls.scoring.wording import content_words

#: A share below this is a miss that can be shown; above it something of it was there.
_MISSED_BELOW = 0.2
#: Words of a sentence from which it answers something.
_ANSWER_WORDS = 5

#: Asks that something be done: "could you ask again?".
_FAVOUR = re.compile(
    r"^(?:so,? |and |but |well,? |okay,? )*(?:could|can|would|will|won't|can't) you "
    r"(?:please |maybe |just |perhaps )*(?:ask|try|talk to|speak to|send|push|check|sign|give it|"
    r"let (?:me|us)|bring|put|move|forward|introduce|wait|hold)\b"
)


#: Asks round for whatever else there is, as at the end of a part: "any questions?".
_ROUND = re.compile(
    r"\b(?:any|no|some|what|which|more|other|further) (?:\w+ ){0,2}(?:questions?|thoughts?|"
    r"comments?|feedback|remarks?|points?|topics?)\b"
    r"|\b(?:anything|something|what) else\b|\bwas that (?:all|everything)\b"
    r"|\bdid i (?:leave|miss|skip|forget)\b|\b(?:still with me|with me so far|clear so far|"
    r"are you (?:with me|following))\b|\b(?:shall|should|can|may|could) (?:we|i) (?:\w+ )?"
    r"(?:move on|go on|continue|carry on|proceed|go ahead)\b"
)
#: Names the concern: "any questions left on that?".
_OF_THIS = re.compile(
    r"\b(?:on|about|around|with|regarding|to|of|against) (?:that|this|it|these|those|the \w+|"
    r"your \w+)\b|\b(?:left|open|still) (?:there|on|about)\b|\bconcerns?\b|\bworr\w+"
)
#: Says the customer's words to hold its own against them.
_HOLDS_AGAINST = re.compile(r"\b(?:anyway|still|but|though|nevertheless|even so|after all)\b")


def judge(heard: Heard) -> list[Criterion] | str:
    """Each criterion is the mean over the objections that were the rep's to answer."""
    mine = [o for o in heard.objections if o.is_certain and not o.is_brush_off and _is_for_rep(o)]
    if not mine:
        return _why_none(heard.objections)
    handled = [_handled(heard, objection) for objection in mine]
    rules = heard.rubric.dimensions["objection_handling"].criteria
    return [
        _over_all(key, rule.label, mine, [one[key] for one in handled])
        for key, rule in rules.items()
    ]


def _why_none(raised: Sequence[Objection]) -> str:
    """Why no objection was the rep's to answer: the same reasons stand beside them in the list."""
    stated = [one for one in raised if not one.is_brush_off]
    if any(one.is_certain for one in stated):
        return "a colleague took up what the customer objected to"
    if stated:
        return "it is in doubt whether what the customer said was an objection"
    if raised:
        return "the customer only put the talk off, and that asks for no answer"
    return "the customer raised no objection"


def _over_all(
    key: str,
    label: str,
    raised: Sequence[Objection],
    handled: Sequence[tuple[float | None, int | None]],
) -> Criterion:
    """One criterion over the objections that gave a chance for it."""
    chances = [
        (one, share) for one, (share, _) in zip(raised, handled, strict=True) if share is not None
    ]
    if not chances:
        return Criterion(key, None, f"{label}: settled without it")
    missed = tuple(
        one.position if one.reply_position is None else one.reply_position
        for one, share in chances
        if share < _MISSED_BELOW
    )
    weak = next((one for one, share in chances if share < 1), None)
    moment = None
    if weak is not None:
        moment = weak.position if weak.reply_position is None else weak.reply_position
    yes = sum(share >= 1 for _, share in chances)
    return Criterion(
        key,
        sum(share for _, share in chances) / len(chances),
        f"{label}: {yes} of {len(chances)}",
        tuple(p for _, p in handled if p is not None),
        missed[0] if missed else moment,
        missed,
    )


def _is_for_rep(objection: Objection) -> bool:
    """Ignored ones count against the rep; ones that only a colleague took up do not count."""
    return not objection.replies or any(turn.side == "rep" for turn in objection.replies)


def _handled(heard: Heard, objection: Objection) -> dict[str, tuple[float | None, int | None]]:
    """Share of each criterion for one objection, and the sentence that shows it."""
    transcript = heard.transcript
    replies = [turn for turn in objection.replies if turn.side == "rep"]
    positions = [p for turn in replies for p in range(turn.first, turn.last + 1)]
    first = range(replies[0].first, replies[0].last + 1) if replies else range(0)

    def seen(where: Sequence[int], cue: str) -> int | None:
        return next((p for p in where if cue in heard.cues[p]), None)

    check = next((p for p in positions if heard.is_check(p) and not _asks_round(heard, p)), None)
    clarifies = next((p for p in first if _asks_behind(heard, p)), None)
    proof = seen([p for p in positions if transcript.words[p] >= SUBSTANCE_WORDS - 2], "proof")
    longest = max((heard.words(turn) for turn in replies), default=0)
    brief = heard.rubric.objection_reply_words.share(longest) if replies else 0.0
    acknowledges = seen(first, "acknowledge")
    if acknowledges is None:
        acknowledges = _says_back(heard, objection, first)
    argues = seen(positions, "argue") is not None
    keep = 1 - (heard.rubric.argument_penalty / 100 if argues else 0)
    said_something = sum(heard.words(turn) for turn in replies) >= SUBSTANCE_WORDS
    shares: dict[str, tuple[float | None, int | None]] = {
        "acknowledges": (keep * (acknowledges is not None), acknowledges),
        "clarifies": (keep * (clarifies is not None), clarifies),
        "answers": (keep * (1.0 if proof is not None else 0.3 * said_something), proof),
        "stays_brief": (keep * brief * said_something, None),
        "confirms": (keep * (check is not None), check),
    }
    asked_round = any(_asks_round(heard, p) for p in positions)
    if check is None and replies and (asked_round or not _answers(heard, positions)):
        # What was only asked about has no answer to check; asked round, it is in doubt.
        shares["confirms"] = (None, None)
    if objection.outcome == "resolved":
        # What settled it was enough: what was not needed is no failure.
        shares["answers"] = (keep * (proof is not None or said_something), proof)
        shares = {k: (s, p) if s else (None, None) for k, (s, p) in shares.items()}
    return shares


def _asks_round(heard: Heard, position: int) -> bool:
    """Whether a question asks for whatever there is, and not whether this is settled."""
    text = heard.transcript.lowered[position]
    return heard.is_question(position) and bool(_ROUND.search(text)) and not _OF_THIS.search(text)


def _answers(heard: Heard, positions: Sequence[int]) -> bool:
    """Whether some sentence puts something forward: no question, thanks or sympathy."""
    return any(
        heard.transcript.words[p] >= _ANSWER_WORDS
        and not heard.is_question(p)
        and not {"acknowledge", "courtesy"} & heard.cues[p]
        for p in positions
    )


def _asks_behind(heard: Heard, position: int) -> bool:
    """Whether a question wants to know more, and neither checks nor asks for a favour."""
    text = heard.transcript.lowered[position]
    asks = heard.is_question(position) and not heard.is_check(position)
    return asks and "small_talk" not in heard.cues[position] and not _FAVOUR.search(text)


def _says_back(heard: Heard, objection: Objection, first: Sequence[int]) -> int | None:
    """The sentence at the head of the reply that says the concern in the customer's words."""
    texts = heard.transcript.lowered
    concern = content_words(texts[objection.position])
    for position in list(first)[:2]:
        if "argue" in heard.cues[position] or _HOLDS_AGAINST.search(texts[position]):
            return None
        if len(concern & content_words(texts[position])) >= min(2, max(1, len(concern))):
            return position
    return None

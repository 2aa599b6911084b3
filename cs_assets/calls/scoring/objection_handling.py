"""Objection handling: acknowledges, asks, answers shortly, checks that it is settled."""

from collections.abc import Sequence

from cs_assets.calls.objections import Objection
from cs_assets.calls.scoring.evidence import SUBSTANCE_WORDS, Criterion, Heard


def judge(heard: Heard) -> list[Criterion] | str:
    """Each criterion is the mean over the objections that were the rep's to answer."""
    mine = [o for o in heard.objections if not o.is_brush_off and _is_for_rep(o)]
    if not mine:
        return "the customer raised no objection that the rep had to answer"
    handled = [_handled(heard, objection) for objection in mine]
    criteria = []
    for key, rules in heard.rubric.dimensions["objection_handling"].criteria.items():
        shares = [h[key] for h in handled]
        heard_at = tuple(p for _, p in shares if p is not None)
        missing = [o for o, (share, _) in zip(mine, shares, strict=True) if share < 1]
        moment = None
        if missing:
            reply = missing[0].reply_position
            moment = missing[0].position if reply is None else reply
        yes = sum(share >= 1 for share, _ in shares)
        criteria.append(
            Criterion(
                key,
                sum(share for share, _ in shares) / len(shares),
                f"{rules.label}: {yes} of {len(shares)}",
                heard_at,
                moment,
            )
        )
    return criteria


def _is_for_rep(objection: Objection) -> bool:
    """Ignored ones count against the rep; ones that only a colleague took up do not count."""
    return not objection.replies or any(turn.side == "rep" for turn in objection.replies)


def _handled(heard: Heard, objection: Objection) -> dict[str, tuple[float, int | None]]:
    """Share of each criterion for one objection, and the sentence that shows it."""
    transcript = heard.transcript
    replies = [turn for turn in objection.replies if turn.side == "rep"]
    positions = [p for turn in replies for p in range(turn.first, turn.last + 1)]
    first = range(replies[0].first, replies[0].last + 1) if replies else range(0)

    def seen(where: Sequence[int], *cues: str, question: bool | None = None) -> int | None:
        wanted = frozenset(cues)
        for p in where:
            fits = question is None or heard.is_question(p) == question
            if fits and wanted <= heard.cues[p]:
                return p
        return None

    check = seen(positions, "check", question=True)
    clarifies = next(
        (p for p in first if heard.is_question(p) and "check" not in heard.cues[p]), None
    )
    proof = seen([p for p in positions if transcript.words[p] >= SUBSTANCE_WORDS - 2], "proof")
    longest = max((turn.words for turn in replies), default=0)
    brief = heard.rubric.objection_reply_words.share(longest) if replies else 0.0
    acknowledges = seen(first, "acknowledge")
    argues = seen(positions, "argue") is not None
    keep = 1 - (heard.rubric.argument_penalty / 100 if argues else 0)
    said_something = sum(turn.words for turn in replies) >= SUBSTANCE_WORDS
    return {
        "acknowledges": (keep * (acknowledges is not None), acknowledges),
        "clarifies": (keep * (clarifies is not None), clarifies),
        "answers": (keep * (1.0 if proof is not None else 0.3 * said_something), proof),
        "stays_brief": (keep * brief * said_something, None),
        "confirms": (keep * (check is not None), check),
    }

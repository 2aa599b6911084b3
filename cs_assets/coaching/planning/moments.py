"""Moments worth listening to again: a win, and where a behaviour in focus was missing."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal
from urllib.parse import quote

import pandas as pd

from cs_assets.coaching.planning.focus import Focus
from cs_assets.coaching.planning.standings import Chance, Standing
from cs_assets.coaching.policy import Behaviour, CoachingPolicy
from cs_assets.coaching.quotes import Exchange, Transcripts, Words

Call = Mapping[str, Any]

#: Milliseconds heard before and after what is quoted.
_LEAD_MS, _TAIL_MS = 3_000, 20_000


@dataclass(frozen=True)
class Moment:
    """A place in a call: our side's exact words, what the customer said before, what followed.

    ``then`` is the end of our turn. ``url`` opens the call at the second.
    """

    call_id: str
    title: str
    date: dt.date
    url: str | None
    words: Words
    before: tuple[Words, ...] = ()
    then: Words | None = None
    after: tuple[Words, ...] = ()
    rep_user_id: str | None = None

    @property
    def place(self) -> tuple[str, int]:
        """Call and sentence that the moment begins at."""
        return self.call_id, self.lines[0][1].sentence_index

    @cached_property
    def lines(self) -> tuple[tuple[str, Words], ...]:
        """Role and words of what is shown, in the order of the call."""
        ours = [("", self.words), *([("then", self.then)] if self.then else [])]
        return (*_numbered("before", self.before), *ours, *_numbered("after", self.after))


def _numbered(role: str, said: Sequence[Words]) -> list[tuple[str, Words]]:
    return [(f"{role}_{n}" if n > 1 else role, one) for n, one in enumerate(said, start=1)]


@dataclass(frozen=True)
class Win:
    """What went well: ``subject`` is a focus id, a dimension or an objection type."""

    kind: Literal[
        "improved_focus", "focus_shown", "improving", "objection_resolved", "shown", "none"
    ]
    subject: str = ""
    moment: Moment | None = None


def moment(call: Call, words: Words | Exchange) -> Moment:
    """The moment of some words, or of an exchange, in ``call`` (``evidence.readable``)."""
    shown = words if isinstance(words, Exchange) else Exchange((), words, None, ())
    first, last = (*shown.before, shown.words)[0], (shown.words, *shown.after)[-1]
    return Moment(
        call_id=str(call["call_id"]),
        title=title_of(call),
        date=call["call_date"],
        url=at_second(call["url"], first.start_ms, last.start_ms),
        words=shown.words,
        before=shown.before,
        then=shown.then,
        after=shown.after,
        rep_user_id=None if pd.isna(call["rep_user_id"]) else str(call["rep_user_id"]),
    )


def title_of(call: Call) -> str:
    """The call's title; empty for one without."""
    title = call["title"]
    return str(title) if not pd.isna(title) and str(title).strip() else ""


def at_second(url: Any, first_ms: int, last_ms: int) -> str | None:
    """The address of a call's page that plays from there, in Gong's form for shared parts; at the
    desk from that second.
    """
    if pd.isna(url):
        return None
    address = str(url)
    if "/calls?call=" in address:
        return f"{address}&at={max(0, first_ms - _LEAD_MS) // 1000}"
    if "/call?id=" not in address or "highlights=" in address:
        return address
    begin, end = max(0, first_ms - _LEAD_MS) // 1000, (last_ms + _TAIL_MS) // 1000
    part = quote(f'[{{"type":"SHARE","from":{begin},"to":{end}}}]', safe="")
    return f"{address}&highlights={part}"


def missed_places(seen: Sequence[Chance]) -> list[tuple[Call, int]]:
    """Calls that lacked a behaviour, the latest first, each with the sentence where."""
    return [(one.call, one.places[0]) for one in _newest(seen) if one.missing and one.places]


def focus_moment(
    seen: Sequence[Chance],
    transcripts: Transcripts,
    behaviour: Behaviour,
    told: Collection[tuple[str, int]] = (),
) -> Moment | None:
    """Where a behaviour was really missing, in the latest call that can be shown; or ``None``.

    Where it is done by asking, a line that asks shows no miss. ``told``: moments (``place``)
    that stand elsewhere already.
    """
    for found, _ in _moments([one for one in seen if one.missing], transcripts, behaviour):
        ours = (found.words, *([found.then] if found.then else []))
        asks = behaviour.is_question and any(one.is_question for one in ours)
        at = found.call_id, found.words.sentence_index
        explains = not behaviour.in_a_speech or transcripts.explains_at(*at)
        if explains and not asks and found.place not in told:
            return found
    return None


def missed_moments(
    found: Sequence[Standing],
    open_before: Sequence[Focus],
    seen: Mapping[str, Sequence[Chance]],
    transcripts: Transcripts,
    policy: CoachingPolicy,
) -> dict[str, Moment]:
    """Where what may come into focus, or is in it, was missing: by focus id, if it can be shown.

    Nothing comes into focus that cannot be shown: a rep could neither see nor dispute it.
    """
    wanted = {one.focus_id for one in open_before} | {
        one.focus_id for one in found if one.may_open(policy) and one.priority(policy) > 0
    }
    return {
        focus_id: shown
        for focus_id in sorted(wanted)
        if (behaviour := policy.behaviour(focus_id))
        and (shown := focus_moment(seen.get(focus_id, ()), transcripts, behaviour))
    }


def shown_moment(
    seen: Sequence[Chance], transcripts: Transcripts, behaviour: Behaviour
) -> Moment | None:
    """Where a behaviour was really done, in the latest call that can be shown; or ``None``.

    The line shown is the one that was heard as it, and tells something by itself. A question
    without room for the answer is none.
    """
    if not behaviour.may_be_win:
        return None
    for found, place in _moments([one for one in seen if not one.missing], transcripts):
        is_it = found.words.sentence_index == place and found.words.says_enough
        waited = not found.words.is_question or found.then is None or found.then.is_question
        if is_it and waited and behaviour.may_praise(found.words.text):
            return found
    return None


def _moments(
    seen: Sequence[Chance], transcripts: Transcripts, missed: Behaviour | None = None
) -> Iterator[tuple[Moment, int]]:
    """Every moment that can be shown, the latest call first, with the place it was found at.

    ``missed``: the behaviour whose misses are looked for.
    """
    for chance in _newest(seen):
        for place in chance.places:
            if missed is not None and missed.after_question:
                found = transcripts.exchange(
                    str(chance.call["call_id"]), place, after_question=True
                )
            elif missed is not None and missed.after_answer:
                found = _last_answer(chance.call, place, transcripts)
            else:
                found = _exchange(chance.call, place, transcripts)
            if found is not None:
                yield moment(chance.call, found), place


def _newest(seen: Sequence[Chance]) -> list[Chance]:
    return sorted(seen, key=lambda one: (-one.call["call_date"].toordinal(), one.call["call_id"]))


def _exchange(call: Call, place: int, transcripts: Transcripts) -> Exchange | None:
    """The exchange at a place; of an answer to an objection the objection stands before it."""
    found = transcripts.exchange(str(call["call_id"]), place)
    return found if found is None else _after_the_objection(call, place, transcripts, found)


def _after_the_objection(
    call: Call, place: int, transcripts: Transcripts, found: Exchange
) -> Exchange:
    raised = next((one for one in call["objections"] if one.reply_index == place), None)
    if raised is None:
        return found
    said = transcripts.concern(str(call["call_id"]), raised.sentence_index, raised.text)
    return replace(found, before=said) if said else found


def _last_answer(call: Call, place: int, transcripts: Transcripts) -> Exchange | None:
    """Our last answer in the reply to an objection that begins at a place.

    A reply that begins with a question is in doubt: what came of it may have been the check.
    """
    first = _exchange(call, place, transcripts)
    if first is None or first.words.asks:
        return None
    found = transcripts.answering(str(call["call_id"]), place, _places(call, "shown"))
    return found if found is None else _after_the_objection(call, place, transcripts, found)


def win(
    this_week: Sequence[Call],
    focus: Sequence[Focus],
    improving: Sequence[str],
    seen: Mapping[str, Sequence[Chance]],
    transcripts: Transcripts,
    policy: CoachingPolicy,
) -> Win:
    """The best that can be shown, strongest evidence first.

    A focus that reached its target; the focus done in a call of this week; a dimension that
    improves; an objection settled this week; another behaviour done this week. Else nothing:
    praise without evidence is noise. ``seen``: the chances of the window by focus id.
    """
    shown = _done_this_week(this_week, seen, transcripts, policy)
    for area in focus:
        if area.state == "improved":
            return Win("improved_focus", area.focus_id, shown.get(area.focus_id))
    for area in sorted(focus, key=lambda area: area.place or 0):
        if area.state == "open" and area.focus_id in shown:
            return Win("focus_shown", area.focus_id, shown[area.focus_id])
    best = _by_weight(shown, policy)
    for dimension in improving:
        own = next((one for one in best if one.partition(".")[0] == dimension), None)
        return Win("improving", dimension, shown[own] if own else None)
    settled = settled_moments(this_week, transcripts)
    for kind, how in settled.items():
        return Win("objection_resolved", kind, how)
    return Win("shown", best[0], shown[best[0]]) if best else Win("none")


def _done_this_week(
    this_week: Sequence[Call],
    seen: Mapping[str, Sequence[Chance]],
    transcripts: Transcripts,
    policy: CoachingPolicy,
) -> dict[str, Moment]:
    ids = {call["call_id"] for call in this_week}
    found = {}
    for focus_id, own in seen.items():
        now = [one for one in own if one.call["call_id"] in ids]
        behaviour = policy.behaviour(focus_id)
        shown = shown_moment(now, transcripts, behaviour) if behaviour else None
        if shown is not None:
            found[focus_id] = shown
    return found


def _by_weight(shown: Mapping[str, Moment], policy: CoachingPolicy) -> list[str]:
    return sorted(shown, key=lambda focus_id: (-policy.weight(focus_id), focus_id))


def settled_moments(calls: Sequence[Call], transcripts: Transcripts) -> dict[str, Moment]:
    """By type of objection: how one was settled, the latest first.

    What followed is the customer's sentence that shows it. An answer at which something was
    missed is no example, nor is one without a word on the concern before it: some customers agree
    in order to get on, and to ask whether it is fine is not to answer.
    """
    found: dict[str, Moment] = {}
    for call in sorted(calls, key=lambda c: (-c["call_date"].toordinal(), c["call_id"])):
        for one in call["objections"]:
            end, reply = one.outcome_index, one.reply_index
            if one.outcome != "resolved" or one.type in found or reply is None or end is None:
                continue
            call_id = str(call["call_id"])
            around = transcripts.settling(call_id, one.sentence_index, end)
            if around is None or reply in _places(call, "missed"):
                continue
            heard = [p for p in _places(call, "shown", _TAKES_UP) if reply <= p < end]
            if any(transcripts.tells_at(call_id, p) for p in heard) or transcripts.asks_first(
                call_id, reply, end
            ):
                found[one.type] = moment(call, around)
    return found


#: Criteria of handling an objection that take up the concern itself.
_TAKES_UP = frozenset({"acknowledges", "clarifies", "answers"})


def _places(
    call: Call, which: Literal["missed", "shown"], of: Collection[str] | None = None
) -> set[int]:
    """Sentences at which something of handling an objection was missed, or heard; ``of`` these."""
    evidence = call["evidence"].get("objection_handling")
    told = getattr(evidence, which) if evidence else {}
    return {p for key, places in told.items() if of is None or key in of for p in places}

"""What earlier reviews advised, what people did with it, and what the figures behind it do since.

What was advised is kept (``analytics.review_advice``); what was done stands in the ledger of
actions (``ops.customer_actions``) and among what was struck by hand. Both become facts here;
``what_became`` says them.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.facts import slots
from cs_assets.facts.model import Fact, FactSheet
from cs_assets.names import shown
from cs_assets.reviews.hands import Hand
from cs_assets.reviews.writing.plays.play import Play
from cs_assets.reviews.writing.text_blocks import Recommendation

#: How long earlier advice is followed up.
WEEKS = 13
#: Weeks for which advice is not given again after somebody was done with it, or dropped it.
_RESTS = {"done": 4, "dropped": 13}
#: Pieces of advice that a page has room for.
_LETTERS = "abcdefghij"
_STATES = {"taken": "taken up", "done": "done", "dropped": "dropped"}
#: Of advice of which nobody has said what became of it.
NOTHING_NOTED = "nothing is noted as done"
#: Facts that move with the window compared with, and not with what was done.
_COMPARED = ("_change", "_prior", "_year_ago", "_within")
#: Facts on the advice itself, which it does not rest on.
NO_EVIDENCE = ("last_time.", "effect.", "noted.")
#: What a code of the ledger must be to be part of a fact's id.
_CODE = re.compile(r"[a-z][a-z_]*")
_DAY, _WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)


@dataclass(frozen=True)
class Past:
    """What is known of one customer's advice before a week."""

    said: Sequence[Any] = ()
    """Rows of ``reviews/advice_before``, oldest first."""
    done: Sequence[Any] = ()
    """Rows of ``reviews/done_before``, oldest first."""
    struck: Sequence[Hand] = ()


def first_week(week: dt.date) -> dt.date:
    """The earliest week whose advice a review of ``week`` follows up."""
    return week - WEEKS * _WEEK


def pasts(said: pd.DataFrame, done: pd.DataFrame) -> dict[str, Past]:
    """Both frames by customer."""
    advised, noted = _by_customer(said), _by_customer(done)
    return {
        c: Past(tuple(advised.get(c, ())), tuple(noted.get(c, ()))) for c in {**advised, **noted}
    }


def _by_customer(rows: pd.DataFrame) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    row: Any
    for row in rows.itertuples(index=False):
        found.setdefault(row.customer_id, []).append(row)
    return found


def advice_code(play: str, playbook: str, number: int) -> str:
    """Under which code the ledger keeps what became of a piece of advice."""
    return playbook or play or f"advice_{number}"


def advice_rows(
    customer_id: str, made: Sequence[Recommendation], chosen: Iterable[Play], sheet: FactSheet
) -> Iterator[dict[str, Any]]:
    """Rows of ``analytics.review_advice`` without week and edition; ``chosen``: plays by rule."""
    by_title = {slots.fill(play.title, sheet).text: play for play in chosen}
    for number, one in enumerate(made, start=1):
        play = by_title.get(one.title)
        on = [i for i in one.evidence if not i.startswith(NO_EVIDENCE)]
        facts = [fact for i in on if (fact := sheet.get(i)) is not None]
        measured = _measure(on, sheet)
        yield {
            "customer_id": customer_id,
            "number": number,
            "title": one.title,
            "action": next((line.text for line in one.lines if line.label == "Action"), None),
            "play": play.code if play else None,
            "playbook": (play.playbook or None) if play else None,
            "fact_id": measured.fact_id if measured else None,
            "value": measured.number if measured else None,
            "n": measured.n if measured else None,
            "is_internal": not facts or any(fact.visibility == "internal" for fact in facts),
        }


def _measure(evidence: Sequence[str], sheet: FactSheet) -> Fact | None:
    """The first figure behind a recommendation that can be looked at again."""
    for fact_id in evidence:
        fact = sheet.get(fact_id)
        if (
            fact is not None and fact.is_number and fact.direction != "neutral"
            and not fact_id.endswith(_COMPARED)
        ):  # fmt: skip
            return fact
    return None


@dataclass
class _Said:
    """One piece of advice over the reviews that gave it, oldest first."""

    rows: list[Any]

    @property
    def last(self) -> dt.date:
        return _date(self.rows[-1].week_start)

    @property
    def first(self) -> dt.date:
        return _date(self.rows[0].week_start)

    def noted(self, past: Past) -> Any:
        """The newest event on it, as a mapping; ``None`` where nobody noted anything."""
        for hand in reversed(past.struck):
            if hand.title == self.rows[-1].title:
                return {"state": "struck", "by": hand.done_by, "note": hand.words,
                        "week": hand.week, "on": None}  # fmt: skip
        codes = {code for row in self.rows for code in (row.play, row.playbook) if _has(code)}
        ids = {f"{r.customer_id}/{_date(r.week_start)}/advice_{r.number}" for r in self.rows}
        for event in reversed(past.done):
            if _date(event.week_start) >= self.first and (
                event.code in codes or event.action_id in ids
            ):
                return {"state": event.state, "by": event.done_by, "on": _date(event.done_at),
                        "note": event.note if _has(event.note) else "",
                        "week": _date(event.week_start)}  # fmt: skip
        return None


def past_facts(past: Past, sheet: FactSheet) -> list[Fact]:
    """Facts on what was advised: title, since when, what was done, its measure then and now."""
    by_title: dict[str, _Said] = {}
    for row in past.said:
        by_title.setdefault(row.title, _Said([])).rows.append(row)
    every = [(said, said.noted(past)) for said in by_title.values()]
    # What somebody did something about is told before what nobody did, the newest first.
    every.sort(key=lambda one: (one[1] is not None, one[0].last), reverse=True)
    kept = every[: len(_LETTERS)]
    kept.sort(key=lambda one: one[0].last, reverse=True)
    told = [
        fact
        for letter, (said, noted) in zip(_LETTERS, kept, strict=False)
        for fact in _facts(f"last_time.{letter}", said, noted, sheet)
    ]
    return [*told, *_noted_of_the_list(past)]


def _noted_of_the_list(past: Past) -> Iterator[Fact]:
    """Of actions that no review has given: what was last noted, by playbook."""
    given = {code for row in past.said for code in (row.play, row.playbook) if _has(code)}
    newest = {event.code: event for event in past.done if event.code not in given}
    for code, event in sorted(newest.items()):
        noted = {"state": event.state, "by": event.done_by, "on": _date(event.done_at),
                 "note": event.note if _has(event.note) else "",
                 "week": _date(event.week_start)}  # fmt: skip
        if noted["state"] in _STATES and _CODE.fullmatch(code):
            yield Fact(f"noted.{code}.state", "What was done", _state(noted), "text",
                       visibility="internal", source="ops.customer_actions")  # fmt: skip
            yield from _note_and_rest(f"noted.{code}", noted)


def _facts(
    prefix: str, said: _Said, noted: Mapping[str, Any] | None, sheet: FactSheet
) -> list[Fact]:
    source = "analytics.review_advice"
    seen: Any = "internal" if any(row.is_internal for row in said.rows) else "customer"
    state = _state(noted)
    facts = [
        Fact(f"{prefix}.title", "Action", said.rows[-1].title, "text", visibility=seen,
             source=source),
        Fact(f"{prefix}.said", "First said in the review to", _end(said.first), "date",
             visibility=seen, source=source),
        Fact(f"{prefix}.said_last", "Last said in the review to", _end(said.last), "date",
             visibility=seen, source=source),
        Fact(f"{prefix}.state", "What was done", state, "text",
             visibility=seen if noted and noted["state"] in ("taken", "done") else "internal",
             source="ops.customer_actions"),
    ]  # fmt: skip
    if len(said.rows) > 1:
        facts.append(Fact(f"{prefix}.times", "Times said", float(len(said.rows)), "count",
                          visibility=seen, source=source))  # fmt: skip
    if noted:
        facts += _note_and_rest(prefix, noted)
    return [*facts, *_measured(prefix, said.rows[0], sheet)]


def _note_and_rest(prefix: str, noted: Mapping[str, Any]) -> Iterator[Fact]:
    """Who noted what, and until when the advice is not given again."""
    told = "; ".join(part for part in (f"noted by {shown(str(noted['by']))}",
                                       shown(str(noted["note"])).rstrip(".")) if part)  # fmt: skip
    yield Fact(f"{prefix}.note", "Note", told, "text", visibility="internal",
               source="ops.customer_actions")  # fmt: skip
    if rest := _RESTS.get(noted["state"]):
        until = noted["week"] + rest * _WEEK + 6 * _DAY
        yield Fact(f"{prefix}.rests_until", "Not given again before", until.isoformat(), "date",
                   visibility="internal", source="ops.customer_actions")  # fmt: skip


def _state(noted: Mapping[str, Any] | None) -> str:
    if noted is None:
        return NOTHING_NOTED
    if noted["state"] == "struck":
        return "struck by hand"
    day = noted["on"]
    return f"{_STATES[noted['state']]} on {day.day} {day:%B %Y}"


def _measured(prefix: str, row: Any, sheet: FactSheet) -> list[Fact]:
    """The figure that it rested on when it was first said, and now."""
    now = sheet.get(row.fact_id) if _has(row.fact_id) else None
    if now is None or not now.is_number or pd.isna(row.value):
        return []
    n = None if pd.isna(row.n) else int(row.n)
    return [
        Fact(f"{prefix}.measure", "Measure", now.label, "text", visibility=now.visibility),
        Fact(f"{prefix}.then", f"{now.label} then", float(row.value), now.unit, n=n,
             visibility=now.visibility, source=now.source),
        Fact(f"{prefix}.now", f"{now.label} now", now.value, now.unit, n=now.n,
             visibility=now.visibility, source=now.source),
    ]  # fmt: skip


def effect_facts(rows: pd.DataFrame) -> list[Fact]:
    """Facts on what is known of playbooks, from rows of ``reviews/effects``."""
    source, facts = "analytics.action_effects", []
    row: Any
    for row in rows.itertuples(index=False):
        prefix = f"effect.{row.code}"
        facts.append(Fact(f"{prefix}.verdict", "Effect", row.verdict, "text",
                          visibility="internal", source=source))  # fmt: skip
        for name, value in (
            ("points", row.effect), ("low", row.effect_low), ("high", row.effect_high)
        ):  # fmt: skip
            if not pd.isna(value):
                facts.append(Fact(f"{prefix}.{name}", "Points of health", float(value), "points",
                                  n=int(row.treated), visibility="internal",
                                  source=source))  # fmt: skip
        facts.append(Fact(f"{prefix}.treated", "Times it was taken up", float(row.treated), "count",
                          n=int(row.treated), visibility="internal", source=source))  # fmt: skip
    return facts


def _end(monday: dt.date) -> str:
    return (monday + 6 * _DAY).isoformat()


def _has(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _date(value: Any) -> dt.date:
    day: dt.date = pd.Timestamp(value).date()
    return day

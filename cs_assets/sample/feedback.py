"""What customers say in writing: support tickets and survey answers of three years."""

import datetime as dt
import random
from collections.abc import Sequence
from functools import cache
from typing import Any

from cs_assets.sample.clock import HISTORY_WEEKS, LAST_DAY, QUARTER_WEEKS, place
from cs_assets.sample.handwritten import document
from cs_assets.sample.lives import WEEKS, Life
from cs_assets.sample.people import people_of
from cs_assets.sample.randomness import stream, times
from cs_assets.sample.truths import LEAVING_CUSTOMER

Rows = list[dict[str, Any]]

#: Tickets a week of a customer for whom all is well; full trouble makes them eight times as many.
_TICKETS = {"Enterprise": 0.12, "Mid-Market": 0.07, "Small Business": 0.035}
_OF_TROUBLE = 7.0
_SEVERITIES = ("low", "normal", "high", "critical")
_DAYS_OPEN = {"low": 9.0, "normal": 5.0, "high": 3.0, "critical": 1.2}
#: One in so many surveys is answered, sent twice a year; the unhappy answer less often.
_ANSWERED = 0.65


def support_tickets(lives: Sequence[Life]) -> Rows:
    """Tickets while under contract, more of them and heavier ones when there is trouble."""
    rows: Rows = []
    for lived in lives:
        draw = stream("tickets", lived.customer.customer_id)
        for first in range(0, WEEKS, QUARTER_WEEKS):
            rows += _quarter_of_tickets(draw, lived, first)
    rows.sort(key=lambda row: (row["opened_on"], row["customer_id"]))
    return [{"ticket_id": f"TCK_{i:06d}", **row} for i, row in enumerate(rows, start=1)]


def _quarter_of_tickets(draw: random.Random, lived: Life, first: int) -> Rows:
    base = _TICKETS[lived.customer.segment]
    load = [
        base * (1 + _OF_TROUBLE * lived.trouble[week]) if _there(lived, week) else 0.0
        for week in range(first, first + QUARTER_WEEKS)
    ]
    weeks = (
        draw.choices(range(first, first + QUARTER_WEEKS), load, k=times(draw, sum(load)))
        if any(load)
        else []
    )
    return [_ticket(draw, lived, week) for week in weeks]


def _there(lived: Life, week: int) -> bool:
    """The whole week is under contract."""
    monday = HISTORY_WEEKS[week]
    end = lived.ended_on
    return monday >= lived.customer.since and (end is None or monday + dt.timedelta(days=6) < end)


def _ticket(draw: random.Random, lived: Life, week: int) -> dict[str, Any]:
    trouble = lived.trouble[week]
    opened = HISTORY_WEEKS[week] + dt.timedelta(days=draw.randrange(5))
    weights = (4.0, 5.0, 0.8 + 3 * trouble, 0.1 + 1.2 * trouble)
    severity = draw.choices(_SEVERITIES, weights)[0]
    module = draw.choice([m.code for m in lived.modules if m.since <= opened
                          and (m.until is None or m.until > opened)])  # fmt: skip
    kind = {"low": "question", "critical": "outage"}.get(severity, "fault")
    length = _DAYS_OPEN[severity] * (1 + 2 * trouble) * draw.lognormvariate(0, 0.8)
    closed = opened + dt.timedelta(days=round(length))
    done = closed <= LAST_DAY
    mood = "poor" if draw.random() < 0.15 + 0.7 * trouble else "good"
    score, remark = None, ""
    if done and draw.random() < 0.5:
        score = draw.choice((1, 2, 2, 3)) if mood == "poor" else draw.choice((4, 5, 5))
        remark = draw.choice(_texts()["remarks"][mood])
    return {
        "customer_id": lived.customer.customer_id,
        "opened_on": opened,
        "closed_on": closed if done else None,
        "module_code": module,
        "severity": severity,
        "ticket_text": _said(lived, draw.choice(_texts()["tickets"][module][kind])),
        "satisfaction_score": score,
        "satisfaction_text": remark or None,
    }


def survey_responses(lives: Sequence[Life]) -> Rows:
    """Answers to the question how likely one is to recommend, asked twice a year."""
    rows: Rows = []
    for lived in lives:
        draw = stream("surveys", lived.customer.customer_id)
        for asked in range(draw.randrange(26), WEEKS, 26):
            if _there(lived, asked) and place(lived.customer.since) + 12 <= asked:
                answered = draw.random() < _ANSWERED * (1 - 0.35 * lived.trouble[asked])
                row = _answer(draw, lived, asked)
                rows += [row] if answered and row["responded_on"] <= LAST_DAY else []
    rows += [
        _answer_of_who_leaves(lived)
        for lived in lives
        if lived.customer.customer_id == LEAVING_CUSTOMER
    ]
    rows.sort(key=lambda row: (row["responded_on"], row["customer_id"]))
    return [{"response_id": f"SRV_{i:06d}", **row} for i, row in enumerate(rows, start=1)]


def _answer(draw: random.Random, lived: Life, week: int) -> dict[str, Any]:
    use = lived.mean(lived.vitality, week, 8) * sum(lived.nature.adoption) / 2
    trouble = lived.mean(lived.trouble, week, 8)
    score = max(0, min(10, round(6.1 + 4.6 * min(0.8, use) - 6.5 * trouble + draw.gauss(0, 1.2))))
    mood = "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"
    left = lived.champion_left
    if mood != "promoter" and left is not None and 0 <= week - left < 30 and draw.random() < 0.5:
        mood = "orphaned"
    people = [p for p in people_of(lived) if p.until is None or place(p.until) > week]
    return {
        "customer_id": lived.customer.customer_id,
        "responded_on": HISTORY_WEEKS[week] + dt.timedelta(days=draw.randrange(1, 12)),
        "survey_kind": "nps",
        "score": score,
        "response_text": _said(lived, draw.choice(_texts()["surveys"][mood])) or None,
        "person_id": draw.choice(people).person_id if people else None,
    }


def _answer_of_who_leaves(lived: Life) -> dict[str, Any]:
    """The planted answer that speaks of leaving, two weeks ago."""
    draw = stream("leaving", lived.customer.customer_id)
    row = _answer(draw, lived, WEEKS - 3)
    text = _said(lived, _texts()["surveys"]["leaving"][0])
    day = HISTORY_WEEKS[WEEKS - 2] + dt.timedelta(days=2)
    return row | {"score": 3, "response_text": text, "responded_on": day}


def _said(lived: Life, text: str) -> str:
    words = _places()[lived.customer.industry]
    return text.format(**words, **{k.capitalize(): v[0].upper() + v[1:] for k, v in words.items()})


@cache
def _texts() -> Any:
    return document("feedback")


@cache
def _places() -> Any:
    return document("places")

"""The send gate: may a report be sent, and if not, which rule holds it and why.

A held report is a good outcome, a wrong one is not. Each rule is one function from what is known
of a report to a reason, or ``None``.
"""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass

from cs_assets.facts import slots
from cs_assets.facts.model import FactSheet
from cs_assets.names import alike, called
from cs_assets.reviews.configuration import Gate
from cs_assets.reviews.facts.groups import groups, number, text
from cs_assets.reviews.writing.report import Report


@dataclass(frozen=True)
class Feed:
    """One kind of source rows, of all customers up to the week's end."""

    name: str
    newest: dt.date | None
    """``None`` before its first row: it is not used."""
    week_rows: int
    usual_rows: float
    """Mean rows of the weeks before; 0 when there are none."""
    window_rows: int
    incomplete_rows: int
    """Rows of the window without a value that every row must have."""


@dataclass(frozen=True)
class UnjudgedCalls:
    """Calls of a customer in the last four weeks, and those of them that nothing has judged."""

    calls: int
    not_analysed: int
    without_sentiment: int
    first_day: dt.date
    """The first day with such a call: where to begin again."""


@dataclass(frozen=True)
class Candidate:
    """What the rules look at: a report with where it came from and where it would go."""

    customer_id: str
    customer_name: str | None
    recipient: str | None
    report: Report | None
    failure: str | None
    feeds: tuple[Feed, ...]
    unjudged: UnjudgedCalls | None = None
    is_approved: bool = False
    """Whether a person has approved it."""
    unproven: tuple[str, ...] = ()
    """Numbers on the printed pages that no fact accounts for."""


@dataclass(frozen=True)
class Reason:
    """A rule that holds a report, and what it found."""

    rule: str
    detail: str


@dataclass(frozen=True)
class Verdict:
    """``send`` without reasons, ``hold`` with at least one."""

    reasons: tuple[Reason, ...]

    @property
    def decision(self) -> str:
        return "hold" if self.reasons else "send"

    def reasons_json(self) -> str:
        return json.dumps([{"rule": r.rule, "detail": r.detail} for r in self.reasons])


Rule = Callable[[Candidate, Gate], str | None]


def judge(candidate: Candidate, policy: Gate) -> Verdict:
    """All rules that hold the report. Without a report only the reason for that is given."""
    if candidate.report is None:
        detail = candidate.failure or "no conversion and no message has been recorded"
        rule = "failed" if candidate.failure else "no_data"
        return Verdict((Reason(rule, detail),))
    found = ((name, rule(candidate, policy)) for name, rule in RULES.items())
    return Verdict(tuple(Reason(name, detail) for name, detail in found if detail))


def _sheet(candidate: Candidate) -> FactSheet:
    assert candidate.report is not None
    return candidate.report.sheet


def _recipient(candidate: Candidate, _: Gate) -> str | None:
    return None if candidate.recipient else "the customer has no CSM with an address"


def _approval(candidate: Candidate, policy: Gate) -> str | None:
    """Where the policy asks for a person: from so much yearly revenue on."""
    arr, least = number(_sheet(candidate), "account.arr"), policy.approval_from_arr
    if least is None or arr is None or arr < least or candidate.is_approved:
        return None
    return (
        f"waits for approval: cs-assets report approve {candidate.customer_id} --week "
        f"{_sheet(candidate).period_start}"
    )


def _freshness(candidate: Candidate, policy: Gate) -> str | None:
    """Each feed by itself: one that goes on must not hide one that has stopped."""
    end = _sheet(candidate).period_end
    used = [(feed.name, feed.newest) for feed in candidate.feeds if feed.newest is not None]
    if not used:
        return "no conversion or message of any customer is in the source tables"
    for name, newest in used:
        age = (end - newest).days
        if age > policy.maximum_age_days:
            return f"the newest {name} are {age} days older than the week's end: the feed stopped"
    return None


def _coverage(candidate: Candidate, _: Gate) -> str | None:
    """Feeds that a review cannot do without (``late: hold``); others are a caveat in its text."""
    late = text(_sheet(candidate), "data.late")
    return f"{late}: run this week again when they have come" if late else None


def _row_counts(candidate: Candidate, policy: Gate) -> str | None:
    """The week's rows of all customers against the weeks before; a small feed proves nothing."""
    for feed in candidate.feeds:
        if feed.usual_rows < _SMALL_FEED:
            continue
        share = feed.week_rows / feed.usual_rows
        if not policy.least_rows <= share <= policy.most_rows:
            return (
                f"the week has {feed.week_rows:,} {feed.name} of all customers, the "
                f"{policy.usual_weeks} weeks before {feed.usual_rows:,.0f} on average: a part of "
                f"the feed is {'missing' if share < 1 else 'there twice'}"
            )
    return None


#: Rows a week below which their number moves too much by chance to be judged.
_SMALL_FEED = 50


def _nulls(candidate: Candidate, policy: Gate) -> str | None:
    """Rows without a value or an owner vanish from every sum."""
    for feed in candidate.feeds:
        if feed.incomplete_rows > policy.maximum_incomplete * feed.window_rows:
            return (
                f"{feed.incomplete_rows:,} of {feed.window_rows:,} {feed.name} of the window lack "
                "a customer, a channel or a value"
            )
    return None


def _calls_judged(candidate: Candidate, _: Gate) -> str | None:
    """A report that is silent on a bad call because nobody has listened would be wrong."""
    found = candidate.unjudged
    if found is None:
        return None
    missing = [
        f"{count} {words}"
        for count, words in (
            (found.not_analysed, "not analysed"),
            (found.without_sentiment, "without a verdict on sentiment"),
        )
        if count
    ]
    return (
        f"of {found.calls} calls in four weeks {' and '.join(missing)}: run calls_job from "
        f"{found.first_day}, then this week again"
    )


def _required(candidate: Candidate, policy: Gate) -> str | None:
    missing = [fact_id for fact_id in policy.required_facts if not _sheet(candidate).has(fact_id)]
    return f"without a value: {', '.join(missing)}" if missing else None


def _totals(candidate: Candidate, _: Gate) -> str | None:
    """Parts must add up: channels to the total, to the cent."""
    sheet = _sheet(candidate)
    for total, prefix, measure in (
        ("conversions.value", "conversions.channel", "value"),
        ("conversions.count", "conversions.channel", "count"),
        ("attribution.revenue", "attribution.channel", "revenue"),
    ):
        whole = number(sheet, total)
        if whole is None:
            continue
        parts = sum(number(sheet, f"{g}.{measure}") or 0.0 for g in groups(sheet, prefix))
        if abs(whole - parts) > 0.01:
            return f"{total} is {whole:,.2f}, its channels add up to {parts:,.2f}"
    return None


def _move(candidate: Candidate, policy: Gate) -> str | None:
    """A move of the value that the number of conversions does not explain."""
    sheet = _sheet(candidate)
    value, before = number(sheet, "conversions.value"), number(sheet, "conversions.value_prior")
    count, earlier = number(sheet, "conversions.count"), number(sheet, "conversions.count_prior")
    if not value or not before or not count or not earlier:
        return None
    factor, counts = value / before, count / earlier
    size, explained = max(factor, 1 / factor), max(counts, 1 / counts)
    if size > policy.maximum_move and explained < size / 2:
        return (
            f"conversion value moved by a factor of {factor:.2f} while the number of conversions "
            f"moved by {counts:.2f}"
        )
    return None


def _own_rows(candidate: Candidate, _: Gate) -> str | None:
    sheet = _sheet(candidate)
    if sheet.entity_id != candidate.customer_id:
        return f"the facts are of {sheet.entity_id}"
    name = sheet.get("customer.name")
    own = called(candidate.customer_name, candidate.customer_id)
    if name is not None and name.value is not None and not alike(str(name.value), own):
        return "the facts carry another customer's name"
    return None


def _proven(candidate: Candidate, _: Gate) -> str | None:
    """Every passage must be what its slots and the facts give, and no page may show more."""
    assert candidate.report is not None
    if candidate.unproven:
        return f"on the printed pages: {', '.join(candidate.unproven[:5])}"
    for name, passage in candidate.report.passages.items():
        try:
            again = slots.fill(passage.slotted, candidate.report.sheet)
        except slots.RejectedText as error:
            return f"{name}: {error}"
        if again.text != passage.filled:
            return f"{name}: the text differs from its facts"
    return None


RULES: dict[str, Rule] = {
    "recipient": _recipient,
    "freshness": _freshness,
    "coverage": _coverage,
    "row_counts": _row_counts,
    "nulls": _nulls,
    "required_facts": _required,
    "calls_judged": _calls_judged,
    "totals": _totals,
    "large_move": _move,
    "other_customer": _own_rows,
    "number_without_fact": _proven,
    "approval": _approval,
}

#: Every rule that a reason can name; the first two stand where there is no report to judge.
ALL_RULES = ("failed", "no_data", *RULES)

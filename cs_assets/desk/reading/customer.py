"""All of one customer at the desk; a customer out of scope and one that is not there are alike."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cs_assets.answers.scope import Session as Reads
from cs_assets.customers.policy import CustomerPolicy
from cs_assets.customers.reading import lists
from cs_assets.desk.guards import ScopedSession
from cs_assets.desk.reading.book import newest_week
from cs_assets.errors import UsageError
from cs_assets.frames import records, text_or_none
from cs_assets.reviews.writing.report import passages_from_json
from cs_assets.reviews.writing.text_blocks import recommendations

#: Weeks of history that a page shows.
WEEKS = 26
#: Days in which signals are looked for.
SIGNAL_DAYS = 182
Row = dict[str, Any]


class NoCustomer(UsageError):
    """A customer that the viewer may not read, or that is not there (any more)."""


@dataclass(frozen=True)
class Customer:
    """One customer in the newest week."""

    week: dt.date
    row: Row
    """Of ``customers/overview``, with reasons, what takes it off the list, and its stake."""
    modules: list[Row]
    people: list[Row]
    inputs: list[Row]
    actions: list[Row]
    transitions: list[Row]
    weeks: list[Row]
    changes: list[Row]
    weights: dict[str, float]
    """Weight of each factor of health that the past proposes, 0 to 1."""
    advised: str
    """What to do next, as the week's review and the book call it; empty where they do not."""

    @property
    def id(self) -> str:
        return str(self.row["customer_id"])

    @property
    def name(self) -> str:
        return str(self.row["customer_name"])


@dataclass(frozen=True)
class Factor:
    """One part of a health score."""

    name: str
    value: float | None
    points: float | None
    of: float
    """Points that it can give: its weight, of 100."""
    proposed: float | None
    """The weight that the past proposes, of 100."""
    is_share: bool
    """Whether the value is a part of 1."""


def customer_of(db: ScopedSession, customer: str, policy: CustomerPolicy) -> Customer:
    """All of the customer with this id but its calls and reviews; raises ``NoCustomer``."""
    week = newest_week(db)
    rows = pd.DataFrame() if week is None else db.query("customers/overview", [week, customer])
    if week is None or rows.empty:
        raise NoCustomer(f"no customer '{customer}' is among those that you look after")
    first = week - dt.timedelta(weeks=WEEKS - 1)
    weights = db.query("customers/weights_of_week", [week])
    proposed = weights.dropna(subset=["proposed_weight"])
    return Customer(
        week,
        lists.overview(rows, policy)[0],
        modules=records(db.query("customers/modules_of_week", [week, customer, customer])),
        people=records(db.query("customers/people_of", [customer])),
        inputs=records(db.query("customers/inputs_of", [week, customer])),
        actions=records(db.query("customers/actions_of", [customer, customer])),
        transitions=records(
            db.query("customers/transitions_of", [customer, customer, first, week])
        ),
        weeks=records(db.query("desk/customer_weeks", [customer, first, week])),
        changes=records(db.query("answers/changes_of_customer", [customer, week])),
        weights=dict(
            zip(proposed["factor"], proposed["proposed_weight"].astype(float), strict=True)
        ),
        advised=advised(db, customer, week, rows["next_action_code"].iloc[0]),
    )


def advised(db: Reads, customer: str, week: dt.date, code: object) -> str:
    """What a week's review calls the advice of a playbook; empty where it gives none."""
    found = records(db.query("reports/advice", [customer, week]))
    return next((str(one["title"]) for one in found if one["playbook"] == code), "")


def factors(found: Customer, policy: CustomerPolicy) -> list[Factor]:
    """The parts of the health score, weightiest first."""
    labels = {
        **{str(name): one.label for name, one in policy.health.factors.items()},
        **{step.name: step.label for step in policy.health.onboarding.plan},
    }
    shares = {
        str(name) for name, one in policy.health.factors.items()
        if max(abs(one.zero), abs(one.full)) <= 1
    }  # fmt: skip
    told = text_or_none(found.row["health_factors"])
    parts: dict[str, Row] = json.loads(told) if told else {}
    made = [
        Factor(
            labels.get(name, name.replace("_", " ")), part["value"], part["points"],
            100 * part["weight"], 100 * found.weights[name] if name in found.weights else None,
            name in shares,
        )
        for name, part in parts.items()
    ]  # fmt: skip
    return sorted(made, key=lambda one: (-one.of, one.name))


def signals_of(db: ScopedSession, customer: str) -> list[Row]:
    """Signals of the last half year with their sentences, newest first."""
    span = db.query("calls/span_of_calls").iloc[0]
    if not int(span["calls"]):
        return []
    last = pd.Timestamp(span["last_day"]).date()
    first = last - dt.timedelta(days=SIGNAL_DAYS - 1)
    return records(db.query("answers/signals", [customer, None, first, last]))


def calls_of(db: ScopedSession, customer: str) -> list[Row]:
    """Analysed calls of the last half year, newest first."""
    span = db.query("calls/span_of_calls").iloc[0]
    if not int(span["calls"]):
        return []
    last = pd.Timestamp(span["last_day"]).date()
    first = last - dt.timedelta(days=SIGNAL_DAYS - 1)
    found = db.query("calls/list_calls", [first, last, None, customer, *[None] * 4])
    return records(found)


@dataclass(frozen=True)
class Review:
    """A review of a week, and how it stands."""

    week: dt.date
    edition: str
    status: str
    """``ready``, ``held``, ``no data`` or ``failed``."""
    title: str
    why: tuple[str, ...]
    text: str
    writer: str
    made_at: Any
    revision: int | None
    pdf_path: str | None
    html_path: str | None


def reviews_of(db: ScopedSession, customer: str) -> list[Review]:
    """Reviews of all weeks, newest first."""
    return [_review(row) for row in records(db.query("desk/customer_reviews", [customer]))]


def _review(row: Row) -> Review:
    reasons = text_or_none(row["reasons"])
    held = [f"{one['rule']}: {one['detail']}" for one in json.loads(reasons)] if reasons else []
    status = {"written": "ready", "no_data": "no data"}.get(str(row["status"]), "failed")
    if status == "ready" and (held or text_or_none(row["verdict"]) == "hold"):
        status = "held"
    failure = text_or_none(row["failure"])
    return Review(
        week=pd.Timestamp(row["week_start"]).date(),
        edition=str(row["edition"]),
        status=status,
        title=text_or_none(row["title"]) or "",
        why=tuple(held or ([failure] if failure else [])),
        text=text_or_none(row["full_report"]) or "",
        writer=text_or_none(row["writer"]) or "",
        made_at=row["generated_at"],
        revision=None if pd.isna(row["revision"]) else int(row["revision"]),
        pdf_path=text_or_none(row["pdf_path"]),
        html_path=text_or_none(row["html_path"]),
    )


def history_of(db: ScopedSession, customer: str) -> list[Row]:
    """What was written, sent and done by hand, newest week first."""
    return records(db.query("reports/history", [customer] * 4))


def advice_of(db: ScopedSession, customer: str, week: dt.date) -> list[str]:
    """Titles of the advice of a week's review: what can be struck."""
    rows = db.query("reports/sections", [customer, week])
    told = text_or_none(rows["sections"].iloc[0]) if len(rows) else None
    passage = passages_from_json(told or "{}").get("recommendations")
    made = recommendations(passage.filled, passage.claims)[1] if passage else []
    return [one.title for one in made]

"""The life of an advised action: proposed, taken, done or dropped; what next week's advice knows.

An action is named by customer, Monday of its first week and playbook. What a person does with it is
about the advice of a week, and the weeks after that one know of it: so a week that is made again
says what it said.
"""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from cs_assets.customers.policy import Playbook
from cs_assets.errors import UsageError
from cs_assets.names import shown
from sql import catalog

State = Literal["proposed", "taken", "done", "dropped"]
STATES: tuple[State, ...] = ("proposed", "taken", "done", "dropped")
TABLE = "ops.customer_actions"
#: Who proposed what no person did.
BY_RULES = "rules"
#: An action that was not advised for longer than this is another when it comes again.
_GOES_ON = dt.timedelta(weeks=4)
_LONGEST_NOTE = 500


class BadAction(UsageError):
    """An action that is not there, or cannot be put in that state; says what can."""


@dataclass(frozen=True)
class Action:
    """What is advised: which playbook, since when, by when, and where it stands."""

    action_id: str
    playbook: Playbook
    proposed_on: dt.date
    """Monday of the first week that advised it."""
    due_on: dt.date | None = None
    """The day that was set when somebody took it; empty while nobody has."""
    state: State = "proposed"


@dataclass(frozen=True)
class Past:
    """What is known of one customer's actions before a week."""

    events: Sequence[Mapping[str, Any]] = ()
    """Rows of ``customers/actions_before``, oldest first."""
    last: Mapping[str, Any] | None = None
    """Its latest insight up to the week."""
    without_effect: Collection[str] = field(default_factory=frozenset)
    """Playbooks that are known to do nothing, or harm."""

    def latest(self, code: str) -> Mapping[str, Any] | None:
        return next((e for e in reversed(self.events) if e["code"] == code), None)

    @property
    def newest(self) -> Mapping[str, Any] | None:
        return self.events[-1] if self.events else None


def chosen(
    playbooks: Sequence[Playbook],
    metrics: Mapping[str, Any],
    customer: str,
    week: dt.date,
    past: Past,
) -> Action:
    """The first playbook that fits, may be asked now, and was not done or dropped of late.

    One that was taken goes on while it fits. The last playbook always fits.
    """
    for playbook in playbooks[:-1]:
        if playbook.fitting(metrics) is None or not _may_ask(playbook, metrics):
            continue
        if playbook.code in past.without_effect or _rests(playbook, week, past):
            continue
        return _going_on(playbook, customer, week, past)
    return _going_on(playbooks[-1], customer, week, past)


def _may_ask(playbook: Playbook, metrics: Mapping[str, Any]) -> bool:
    """Nobody with words of leaving, or in trouble, is asked for more, whatever the rules say."""
    if not playbook.asks_for_more:
        return True
    spoke = metrics.get("churn_signals_13w")
    leaving = spoke is None or spoke != spoke or spoke > 0
    in_trouble = metrics.get("health_segment") != "Green" or metrics.get("behaviour_segment") in (
        "At risk", "Dormant", "Onboarding",
    )  # fmt: skip
    return not leaving and not in_trouble


def _rests(playbook: Playbook, week: dt.date, past: Past) -> bool:
    event = past.latest(playbook.code)
    if event is None or event["state"] not in ("done", "dropped"):
        return False
    return week - _date(event["week_start"]) <= dt.timedelta(weeks=playbook.rest_weeks)


def _going_on(playbook: Playbook, customer: str, week: dt.date, past: Past) -> Action:
    """The same action as before where it goes on, else a new one."""
    last = past.last
    if last is not None and last["next_action_code"] == playbook.code and _has(last, "action_id"):
        event = next(
            (e for e in reversed(past.events) if e["action_id"] == last["action_id"]), None
        )
        state: State = "proposed" if event is None else event["state"]
        recent = week - _date(last["week_start"]) <= _GOES_ON
        if recent and state in ("proposed", "taken"):
            # Who took it has promised a day; what nobody took is due anew.
            kept = state == "taken" and _has(last, "due_on")
            due = _date(last["due_on"]) if kept else None
            return Action(str(last["action_id"]), playbook, _date(last["proposed_on"]), due, state)
    return Action(f"{customer}/{week}/{playbook.code}", playbook, week)


def called(code: object, playbooks: Iterable[Playbook]) -> str:
    """A few words for an action; of its code where the playbook is gone or has no title."""
    title = next((one.title for one in playbooks if one.code == code), "")
    return title or str(code).replace("_", " ")


def in_words(event: Mapping[str, Any], playbooks: Iterable[Playbook]) -> str:
    """What a person did with the last advice, for a text: what, when, and the note."""
    day = pd.Timestamp(event["done_at"]).date()
    name = called(event["code"], playbooks)
    note = event.get("note")
    said = f" ({shown(str(note))})" if isinstance(note, str) and note else ""
    return f"“{name}” {event['state']} on {day.day} {day:%B %Y}{said}"


def proposals(insights: pd.DataFrame, week: dt.date) -> pd.DataFrame:
    """Rows of the ledger for the actions that a week's insights advise for the first time."""
    new = insights[pd.to_datetime(insights["proposed_on"]).eq(pd.Timestamp(week))]
    at = dt.datetime.combine(week + dt.timedelta(days=7), dt.time())
    rows = [
        event_row(
            row, "proposed", note=None, by=BY_RULES, at=at, owner=row["action_owner"],
        )
        for row in new.to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=catalog.table(TABLE).column_names)


def event_row(
    insight: Mapping[Any, Any],
    state: State,
    *,
    note: str | None,
    by: str,
    at: dt.datetime,
    owner: Any = None,
) -> dict[str, Any]:
    """One row of ``ops.customer_actions``; ``insight``: the row that advises the action."""
    action, customer = str(insight["action_id"]), str(insight["customer_id"])
    told = "\0".join((action, state, note or "", by, at.isoformat()))
    return {
        "event_id": hashlib.sha256(told.encode()).hexdigest(),
        "action_id": action,
        "customer_id": customer,
        "code": insight["next_action_code"],
        "week_start": insight["week_start"],
        "state": state,
        "owner_id": owner if isinstance(owner, str) else None,
        "due_on": insight["due_on"],
        "note": note,
        "done_by": by,
        "done_at": at,
    }


def checked(state: State, was: State, note: str) -> str | None:
    """The note as it is kept; raises ``BadAction`` for a step that cannot be taken."""
    if was in ("done", "dropped"):
        raise BadAction(f"the action is {was} already; what comes next is in next week's list")
    if state == "taken" and was == "taken":
        raise BadAction("the action is taken already; end it with --done or --dropped REASON")
    kept = " ".join(shown(note).split())
    if state == "dropped" and not kept:
        raise BadAction("say why it is dropped, in a few words")
    if len(kept) > _LONGEST_NOTE:
        raise BadAction(f"the note has {len(kept)} letters; at most {_LONGEST_NOTE} are kept")
    return kept or None


def _has(row: Mapping[str, Any], name: str) -> bool:
    value = row.get(name)
    return value is not None and not pd.isna(value)


def _date(value: Any) -> dt.date:
    day: dt.date = pd.Timestamp(value).date()
    return day

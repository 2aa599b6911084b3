"""Customers: at risk, up for renewal, what changed, what is advised, what was done."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from cs_assets.answers.metrics import why_no_arr
from cs_assets.answers.model import Answer
from cs_assets.answers.told.figures import change_told
from cs_assets.answers.told.telling import Row, Telling
from cs_assets.facts.model import Unit
from cs_assets.frames import number_or_none, text_or_none

_METRICS = "analytics.customer_metrics"
_SEGMENTS = "analytics.customer_segments"
_ACTIONS = "ops.customer_actions"
_CLOSED = ("done", "dropped")
_CONTRACT: tuple[tuple[str, str, Unit, str], ...] = (
    ("arr", "annual recurring revenue", "currency", "not known"),
    ("renewal_date", "renewal date", "date", "not known"),
    ("days_since_contact", "days since the last contact", "days", "not known"),
)


def at_risk(told: Telling) -> Answer:
    """Customers in scope whose health is Red or whose segment is At risk; the worst first."""
    rows = told.reader.rows("answers/state_of_week", [told.week, None])
    if not rows:
        return told.not_known("customer metrics of that week")
    found = [r for r in rows if r["health_segment"] == "Red" or r["behaviour_segment"] == "At risk"]
    found.sort(key=lambda row: (number_or_none(row["health_score"]) or 0.0, row["customer_id"]))
    of = (
        f"of {told.counted('looked_at', 'customers looked at', len(rows), _METRICS)} customers, "
        f"week of {told.week_named('week', told.week, rows[0])}"
    )
    if not found:
        return told.answer(f"No customer is red or in the segment At risk, {of}.", status="nothing")
    head = f"At risk: {told.counted('found', 'customers at risk', len(found), _METRICS)} {of}:"
    return _listed(told, head, found, _risk)


def _risk(told: Telling, at: int, row: Row) -> str:
    key = (row["customer_id"], row["week_start"])
    colour = told.cell(f"row{at}.colour", "health colour", row, (_METRICS, key, "health_segment"))
    score = told.cell(
        f"row{at}.health",
        "health score",
        row,
        (_METRICS, key, "health_score"),
        "points",
        reason="too little is known",
    )
    segment = told.cell(f"row{at}.segment", "segment", row, (_SEGMENTS, key, "behaviour_segment"))
    why = told.fact(f"row{at}.reason", "rule that decided", row["segment_reason"], "text",
                    (_SEGMENTS, key, "reason"), n=1)  # fmt: skip
    return (
        f"{told.customer(f'row{at}.customer', row)}: health {colour} at {score}; {segment}: {why}"
    )


def standing(told: Telling) -> Answer:
    """A customer's health and segment with what decided, contract, and what changed clearly."""
    rows = told.reader.rows("answers/state_of_week", [told.week, told.plan.values["customer"]])
    if not rows:
        return told.not_known("customer metrics of that week")
    row = rows[0]
    key = (row["customer_id"], row["week_start"])
    lines = [f"{_risk(told, 1, row)}, week of {told.week_named('week', told.week, row)}."]
    contract = [
        told.cell(
            f"row1.{column}",
            label,
            row,
            (_METRICS, key, column),
            unit,
            reason=why_no_arr(row) if column == "arr" else reason,
        )
        for column, label, unit, reason in _CONTRACT
    ]
    lines.append("ARR {}; renewal {}; last contact {} before.".format(*contract))
    changes = _clear_changes(told, str(row["customer_id"]))
    return told.answer(
        *lines, *(changes or ["No figure changed clearly on the four weeks before."])
    )


def renewals(told: Telling) -> Answer:
    """Customers whose contract year ends within the days from the newest week's end."""
    days = told.number("days", 0)
    rows = told.reader.rows("answers/state_of_week", [told.week, None])
    known = [row for row in rows if text_or_none(row["days_to_renewal"]) is not None]
    if not known:
        return told.not_known("contract terms or renewal dates")
    found = [row for row in known if 0 <= float(row["days_to_renewal"]) <= days]
    found.sort(key=lambda row: (float(row["days_to_renewal"]), row["customer_id"]))
    span = told.fact("days", "days asked for", days, "days", ("asked", ["days"], "days"), n=1)
    of = (
        f"within {span} of the end of the week of {told.week_named('week', told.week, known[0])}, "
        f"of {told.counted('looked_at', 'customers with a date', len(known), _METRICS)} customers"
    )
    if not found:
        return told.answer(f"No contract ends {of}.", status="nothing")
    head = f"Contracts that end {of}: {told.counted('found', 'contracts', len(found), _METRICS)}"
    return _listed(told, head, found, _renewal)


def _renewal(told: Telling, at: int, row: Row) -> str:
    key = (row["customer_id"], row["week_start"])
    arr = told.cell(
        f"row{at}.arr",
        "annual recurring revenue",
        row,
        (_METRICS, key, "arr"),
        "currency",
        reason=why_no_arr(row),
    )
    left = told.cell(
        f"row{at}.days", "days to renewal", row, (_METRICS, key, "days_to_renewal"), "days"
    )
    colour = told.cell(f"row{at}.colour", "health colour", row, (_METRICS, key, "health_segment"))
    return f"{told.customer(f'row{at}.customer', row)}: in {left}, {arr}, health {colour}"


def _listed(
    told: Telling, head: str, rows: Sequence[Row], line: Callable[[Telling, int, Row], str]
) -> Answer:
    shown = rows[: told.most]
    lines = [line(told, at, row) for at, row in enumerate(shown, start=1)]
    return told.answer(head, *lines, left_out=len(rows) - len(shown))


def changed_since(told: Telling) -> Answer:
    """Changes of health and segment between two weeks, and the verdicts of the newest week."""
    customer = told.plan.values["customer"]
    since = _since(told)
    if since is None:
        return told.not_known("customer metrics of at least two weeks")
    state = told.reader.rows("answers/state_of_week", [told.week, customer])
    if not state or not told.reader.rows("answers/state_of_week", [since, customer]):
        return told.not_known("customer metrics of both weeks")
    after = since + dt.timedelta(days=7)
    moves = told.reader.rows("answers/transitions", [customer, after, told.week])
    lines = [_move(told, at, row) for at, row in enumerate(moves, start=1)]
    lines += _clear_changes(told, customer)
    span = (
        f"{told.customer('customer', state[0])}, from the week of "
        f"{told.week_named('since', since, state[0])} to that of "
        f"{told.week_named('week', told.week, state[0])}"
    )
    if not lines:
        said = f"{span}: health and segment stayed, and no figure changed clearly."
        return told.answer(said, status="nothing")
    return told.answer(f"{span}:", *lines)


def _clear_changes(told: Telling, customer: str) -> list[str]:
    """What the stored verdicts call clear, over four weeks against the four before."""
    lines = []
    for at, change in enumerate(
        told.reader.rows("answers/changes_of_customer", [customer, told.week]), start=1
    ):
        is_clear = change["direction"] in ("rise", "fall")
        if is_clear and (int(change["window_weeks"]), change["compared_with"]) == (4, "before"):
            measure = str(change["measure"]).replace("_", " ")
            lines.append(
                f"{measure.capitalize()} over four weeks against the four before: "
                f"{change_told(told, f'change{at}', change)}."
            )
    return lines


def _since(told: Telling) -> dt.date | None:
    """The earlier week: the one asked for; "since last week" is the one before the newest."""
    asked = told.plan.values.get("since")
    if asked and dt.date.fromisoformat(asked) != told.weeks[0]:
        return dt.date.fromisoformat(asked)
    return told.weeks[1] if len(told.weeks) > 1 else None


def _move(told: Telling, at: int, row: Row) -> str:
    key = (row["customer_id"], row["week_start"], row["subject"])
    table = "analytics.customer_transitions"
    label = f"{row['subject']} before"
    was = told.cell(f"move{at}.was", label, row, (table, key, "was"))
    now = told.cell(f"move{at}.now", f"{row['subject']} now", row, (table, key, "has_become"))
    why = told.cell(
        f"move{at}.why", "what decided", row, (table, key, "reason"), reason="no reason is stored"
    )
    return f"{str(row['subject']).capitalize()} went from {was} to {now}: {why}"


def next_action(told: Telling) -> Answer:
    """The action advised in the week, with what made it fit and how its effect will be known."""
    customer = told.plan.values["customer"]
    rows = told.reader.rows("answers/advice", [customer, told.week])
    if not rows:
        return told.not_known("the advice of that week (the customers job)")
    row = rows[0]
    key = (row["customer_id"], row["week_start"])
    table = "analytics.customer_insights"
    labels = {
        "next_action": "what to do", "action_trigger": "what made it fit",
        "expected_effect": "how its effect will be known",
    }  # fmt: skip
    lines = [
        f"{label.capitalize()}: "
        + told.fact(column, label, row[column], "text", (table, key, column), n=1)
        for column, label in labels.items()
        if text_or_none(row[column])
    ]
    if text_or_none(row["due_on"]):
        due = told.cell("due_on", "due", row, (table, key, "due_on"), "date")
        lines.append(f"Due: {due}")
    return told.answer(*lines)


def actions(told: Telling) -> Answer:
    """Every action in scope with where it stands and what came of it; open ones first."""
    customer = told.plan.values.get("customer")
    by_action: dict[str, list[dict[str, Any]]] = {}
    for row in told.reader.rows("answers/actions", [customer, customer]):
        by_action.setdefault(str(row["action_id"]), []).append(row)
    is_open = told.plan.values.get("state") == "open"
    newest = sorted(
        (
            events[-1]
            for events in by_action.values()
            if not (is_open and events[-1]["state"] in _CLOSED)
        ),
        key=lambda row: (row["state"] in _CLOSED, row["action_id"]),
    )
    if not newest:
        return told.answer(
            "No action is on record among what you may read.", status="nothing",
            needs="actions that were taken up, done or dropped by their owners",
        )  # fmt: skip
    head = f"Actions: {told.counted('found', 'actions', len(newest), _ACTIONS)}"
    return _listed(told, head, newest, _action)


def _action(told: Telling, at: int, row: Row) -> str:
    def cell(column: str, label: str, unit: Any = "text") -> str:
        of = "done_at" if column == "done_on" else column
        proof = (_ACTIONS, (row["event_id"],), of)
        return told.fact(f"row{at}.{column}", label, row[column], unit, proof, n=1)

    playbook, state = cell("code", "playbook"), cell("state", "where it stands")
    line = f"{told.customer(f'row{at}.customer', row)}: {playbook}, {state} on " + cell(
        "done_on", "since", "date"
    )
    return f"{line}: {cell('note', 'what came of it')}" if text_or_none(row["note"]) else line

"""Customers: at risk, up for renewal, what changed, what is advised, what was done."""

import datetime as dt
from typing import Any

from cs_assets.answers.metrics import why_no_arr
from cs_assets.answers.model import Answer
from cs_assets.answers.told.calls import signal_told
from cs_assets.answers.told.figures import change_told
from cs_assets.answers.told.health import lost
from cs_assets.answers.told.telling import Row, Telling
from cs_assets.facts.model import Unit
from cs_assets.frames import number_or_none, text_or_none

_METRICS = "analytics.customer_metrics"
_SEGMENTS = "analytics.customer_segments"
_ACTIONS = "ops.customer_actions"
_INSIGHTS = "analytics.customer_insights"
_CLOSED = ("done", "dropped")
#: Signals told of what is new at a customer.
_HEARD = 3
#: Of an action, in the order in which they are told.
_STATES = ("taken", "proposed", *_CLOSED)
_CONTRACT: tuple[tuple[str, str, Unit, str], ...] = (
    ("arr", "annual recurring revenue", "currency", "not known"),
    ("renewal_date", "renewal date", "date", "not known"),
    ("days_to_renewal", "days to renewal", "days", "not known"),
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
        f"of {told.looked_at('looked_at', 'customers looked at', len(rows), _METRICS)}, "
        f"week of {told.week_named('week', told.week, rows[0])}"
    )
    if not found:
        return told.answer(f"No customer is red or in the segment At risk, {of}.", status="nothing")
    head = f"At risk: {told.counted('found', 'customers at risk', len(found), _METRICS)} {of}:"
    return told.listed(head, found, _risk)


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
    health = f"{colour} at {score} points" if _is_known(row, "health_score") else score
    return f"{told.customer(f'row{at}.customer', row)}: health {health}; {segment} ({why})"


def standing(told: Telling) -> Answer:
    """A customer's health and segment with what decided, contract, and what changed clearly."""
    rows = told.reader.rows("answers/state_of_week", [told.week, told.plan.values["customer"]])
    if not rows:
        return told.not_known("customer metrics of that week")
    row = rows[0]
    key = (row["customer_id"], row["week_start"])
    lines = [f"{_risk(told, 1, row)}, week of {told.week_named('week', told.week, row)}."]
    lines += lost(told, row)
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
    lines.append("ARR {}; renewal on {}, {} ahead; last contact {} before.".format(*contract))
    changes = _clear_changes(told, str(row["customer_id"]))
    none = [] if changes else ["No figure changed clearly on the four weeks before."]
    return told.answer(*lines, *none, rows=changes)


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
    within = f"in the {span} after the week of {told.week_named('week', told.week, known[0])}"
    of = (
        f"of {told.looked_at('looked_at', 'customers with a date', len(known), _METRICS)} "
        "whose date is known"
    )
    if not found:
        return told.answer(f"No contract ends {within}, {of}.", status="nothing")
    count = told.counted("found", "contracts", len(found), _METRICS)
    return told.listed(f"Contracts that end {within}: {count} {of}:", found, _renewal)


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
    day = told.cell(f"row{at}.day", "renewal date", row, (_METRICS, key, "renewal_date"), "date")
    colour = told.cell(f"row{at}.colour", "health colour", row, (_METRICS, key, "health_segment"))
    customer = told.customer(f"row{at}.customer", row)
    return f"{customer}: on {day} (in {left}), ARR {arr}, health {colour}"


def _is_known(row: Row, column: str) -> bool:
    return text_or_none(row[column]) is not None


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
    now = _health_at(told, "now", state[0])
    lines = [_move(told, at, row) for at, row in enumerate(moves, start=1)]
    lines += _clear_changes(told, customer)
    lines += _heard_since(told, customer, after)
    span = (
        f"{told.customer('customer', state[0])}, from the week of "
        f"{told.week_named('since', since, state[0])} to that of "
        f"{told.week_named('week', told.week, state[0])}"
    )
    if not lines:
        said = (
            f"{span}: health and segment stayed ({now}), no figure changed clearly, and no signal "
            "was heard."
        )
        name = str(state[0]["customer_name"])
        return told.answer(
            said, status="nothing", offered=[f"how is {name} doing", f"what did we promise {name}"]
        )
    return told.answer(f"{span}; {now}:", rows=lines)


def _health_at(told: Telling, fact_id: str, row: Row) -> str:
    """Colour and points of a week."""
    key = (row["customer_id"], row["week_start"])
    colour = told.cell(f"{fact_id}.colour", "health colour", row, (_METRICS, key, "health_segment"))
    if not _is_known(row, "health_score"):
        return f"health {colour}"
    points = told.cell(
        f"{fact_id}.health", "health score", row, (_METRICS, key, "health_score"), "points"
    )
    return f"health {colour} at {points} points"


def _heard_since(told: Telling, customer: str, first: dt.date) -> list[str]:
    """The newest signals heard in calls since a day."""
    rows = told.reader.rows("answers/signals", [customer, None, first, told.last_day])
    return [signal_told(told, at, row) for at, row in enumerate(rows[:_HEARD], start=1)]


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
    line = f"{str(row['subject']).capitalize()} went from {was} to {now}"
    if not _is_known(row, "reason"):
        return line
    why = told.cell(f"move{at}.why", "what decided", row, (table, key, "reason"))
    return f"{line}: {why}"


def next_action(told: Telling) -> Answer:
    """The action advised in the week, with what made it fit and how its effect will be known."""
    customer = told.plan.values["customer"]
    rows = told.reader.rows("answers/advice", [customer, told.week])
    if not rows:
        return told.not_known("the advice of that week (the customers job)")
    row = rows[0]
    key = (row["customer_id"], row["week_start"])
    table = _INSIGHTS
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
    week = told.cell("week", "week", row, (table, key, "week_start"), "date")
    return told.answer(f"Advice for {told.whom()}, week of {week}:", rows=lines)


def actions(told: Telling) -> Answer:
    """Every action in scope with where it stands and what came of it: what somebody has taken,
    then what is proposed (still advised before no longer advised), last what is done or dropped.
    """
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
        key=lambda row: (
            _STATES.index(row["state"]), -_week_advised(row), str(row["due_on"]), row["action_id"],
        ),
    )  # fmt: skip
    kind = "open action" if is_open else "action"
    if not newest:
        return told.answer(
            f"No {kind}{told.of_whom()} is on record.", status="nothing",
            needs="actions that were advised, and taken up, done or dropped by their owners",
        )  # fmt: skip
    count = told.counted("found", f"{kind}s", len(newest), _ACTIONS)
    head = f"{kind.capitalize()}s{told.of_whom()}: {count} ({_by_state(told, newest)}):"
    return told.listed(head, newest, _action)


def _by_state(told: Telling, rows: list[dict[str, Any]]) -> str:
    """How many actions stand where."""
    found = {one: sum(row["state"] == one for row in rows) for one in _STATES}
    return ", ".join(
        f"{told.counted(f'found.{one}', f'actions {one}', number, _ACTIONS)} {one}"
        for one, number in found.items()
        if number
    )


def _week_advised(row: Row) -> int:
    """The newest week that advised an action, as a number of days; 0 for none."""
    week = row["advised_week"]
    return int(week.toordinal()) if text_or_none(week) else 0


def _action(told: Telling, at: int, row: Row) -> str:
    def cell(column: str, label: str, unit: Any = "text") -> str:
        of = "done_at" if column == "done_on" else column
        proof = (_ACTIONS, (row["event_id"],), of)
        return told.fact(f"row{at}.{column}", label, row[column], unit, proof, n=1)

    if not _is_known(row, "action_title"):
        title = cell("code", "playbook")
    else:
        key = (row["customer_id"], row["advised_week"])
        title = told.cell(f"row{at}.title", "action", row, (_INSIGHTS, key, "action_title"))
    line = (
        f"{told.customer(f'row{at}.customer', row)}: {title}, {cell('state', 'state')} on "
        + cell("done_on", "since", "date")
    )
    if row["state"] not in _CLOSED and _is_known(row, "due_on"):
        line += f", due {cell('due_on', 'due', 'date')}"
    if row["state"] == "proposed" and 0 < _week_advised(row) < told.weeks[0].toordinal():
        proof = (_INSIGHTS, (row["customer_id"], row["advised_week"]), "week_start")
        last = told.fact(f"row{at}.advised", "last advised in", row["advised_week"], "date", proof,
                         n=1)  # fmt: skip
        line += f", last advised in the week of {last}"
    return f"{line}: {cell('note', 'what came of it')}" if _is_known(row, "note") else line

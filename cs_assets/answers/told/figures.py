"""Figures of customers: one, two side by side, one at two weeks, and rankings."""

import datetime as dt
from typing import Any

from cs_assets.answers.metrics import (
    METRICS,
    WINDOW_WORDS,
    Metric,
    Window,
    why_no_arr,
    window_of,
)
from cs_assets.answers.model import Answer
from cs_assets.answers.told.calls import titled
from cs_assets.answers.told.telling import Row, Telling
from cs_assets.frames import number_or_none, text_or_none

_TABLE = "analytics.customer_metrics"
_VERDICTS = {
    "rise": "a clear rise",
    "fall": "a clear fall",
    "none": "no clear change",
    "too_few": "too few cases to say whether it changed",
    "absent": "no verdict on its change",
}
_WEEKS = {"week": 1, "4w": 4, "13w": 13}


def metric(told: Telling) -> Answer:
    """One figure, with the stored verdict on its change where one is kept for the window."""
    wanted, window = _wanted(told)
    if window is None:
        return _other_window(told, wanted)
    row = _state(told, told.plan.values["customer"], told.week)
    if row is None:
        return _no_week(told, wanted)
    value = _figure(told, "value", wanted, window, row)
    line = f"{told.customer('customer', row)}: {wanted.label} {WINDOW_WORDS[window]} of " + (
        f"{told.week_named('week', told.week, row)}: {value}."
    )
    last = _last_call(told) if wanted.key == "days_since_contact" else []
    if _is_missing(row, wanted, window) and not last:
        return told.answer(line, status="not_known", needs=f"{wanted.feed} of that time")
    return told.answer(line, *last, *_verdict(told, wanted, window, row))


def _last_call(told: Telling) -> list[str]:
    """The last call on record up to the week's end; contact may have been by other ways since."""
    until = told.week + dt.timedelta(days=6)
    calls = told.reader.rows("answers/last_call", [told.plan.values["customer"], until])
    return [f"Last call on record: {titled(told, 'last', one)}." for one in calls]


def compare_customers(told: Telling) -> Answer:
    """The figure of both; no word on which is more than the other, which nothing has tested."""
    wanted, window = _wanted(told)
    if window is None:
        return _other_window(told, wanted)
    lines = []
    rows = [_state(told, told.plan.values[slot], told.week) for slot in ("customer", "other")]
    for number, row in enumerate(rows, start=1):
        if row is None:
            return _no_week(told, wanted)
        value = _figure(told, f"value{number}", wanted, window, row)
        lines.append(f"{told.customer(f'customer{number}', row)}: {value}.")
    assert row is not None
    week = told.week_named("week", told.week, row)
    head = f"{wanted.label.capitalize()} {WINDOW_WORDS[window]} of {week}:"
    below = ["Whether the difference is more than chance is not tested."]
    return told.answer(head, rows=lines, below=below)


def compare_weeks(told: Telling) -> Answer:
    """The figure at both weeks; a direction is told by a stored verdict alone."""
    wanted, window = _wanted(told)
    if window is None:
        return _other_window(told, wanted)
    since = dt.date.fromisoformat(told.plan.values["since"])
    if since == told.week and len(told.weeks) > 1 and since == told.weeks[0]:
        since = told.weeks[1]
    lines = []
    for number, week in enumerate((since, told.week), start=1):
        row = _state(told, told.plan.values["customer"], week)
        if row is None:
            return _no_week(told, wanted)
        value = _figure(told, f"value{number}", wanted, window, row)
        named = told.week_named(f"week{number}", week, row)
        lines.append(f"{WINDOW_WORDS[window].capitalize()} of {named}: {value}.")
    assert row is not None
    head = f"{told.customer('customer', row)}, {wanted.label}:"
    return told.answer(head, rows=lines, below=_verdict(told, wanted, window, row))


def ranking(told: Telling) -> Answer:
    """The customers in scope by the figure; those without it are counted, not ranked."""
    wanted, window = _wanted(told)
    if window is None:
        return _other_window(told, wanted)
    if wanted.unit == "text":
        return told.not_known("a figure that can be ranked", "That cannot be ranked.")
    order = told.plan.values["order"]
    if order in ("best", "worst") and wanted.is_better_high is None:
        return told.not_known("highest or lowest", "What is good in that figure is not known.")
    is_down = order == "highest" or (order == "best") == bool(wanted.is_better_high)
    if order in ("highest", "lowest"):
        is_down = order == "highest"
    rows = told.reader.rows("answers/state_of_week", [told.week, None])
    known = [row for row in rows if not _is_missing(row, wanted, window)]
    if not known:
        return _no_week(told, wanted)
    known.sort(key=lambda row: str(row["customer_id"]))
    known.sort(key=lambda row: _sortable(wanted.read(row, window)), reverse=is_down)
    head = (
        f"{wanted.label.capitalize()} {WINDOW_WORDS[window]} of "
        f"{told.week_named('week', told.week, known[0])}, {order} first, of "
        f"{told.looked_at('known', 'customers with the figure', len(known), _TABLE)}:"
    )
    below = []
    if without := len(rows) - len(known):
        n = told.counted("without", "customers without the figure", without, _TABLE)
        below.append(f"Customers of whom it is not known: {n}.")

    def line(told: Telling, at: int, row: Row) -> str:
        value = _figure(told, f"row{at}.value", wanted, window, row)
        return f"{told.customer(f'row{at}.customer', row)}: {value}"

    return told.listed(head, known, line, *below)


def _wanted(told: Telling) -> tuple[Metric, Window | None]:
    values = told.plan.values
    wanted = METRICS[values["metric"]]
    return wanted, window_of(wanted, values.get("window", ""), "week" in values)


def _state(told: Telling, customer: str, week: dt.date) -> Row | None:
    rows = told.reader.rows("answers/state_of_week", [week, customer])
    return rows[0] if rows else None


def _figure(told: Telling, fact_id: str, wanted: Metric, window: Window, row: Row) -> str:
    column = wanted.column(window)
    table = "analytics.customer_segments" if column == "behaviour_segment" else _TABLE
    value = None if _is_missing(row, wanted, window) else wanted.read(row, window)
    n: Any = row[wanted.n] if wanted.n else (value if wanted.unit == "count" else 1)
    key = (row["customer_id"], row["week_start"])
    reason = why_no_arr(row) if column == "arr" else f"no {wanted.feed}"
    proof = (table, key, column)
    said = told.fact(fact_id, wanted.label, value, wanted.unit, proof, n=n, reason=reason)
    if value is None or not wanted.n or text_or_none(n) is None:
        return said
    of = told.fact(f"{fact_id}.n", wanted.of, n, "count", (table, key, wanted.n), n=n)
    return f"{said} of {of} {wanted.of}"


def _is_missing(row: Row, wanted: Metric, window: Window) -> bool:
    return text_or_none(row[wanted.column(window)]) is None


def _sortable(value: Any) -> float:
    number = value.toordinal() if isinstance(value, dt.date) else number_or_none(value)
    return 0.0 if number is None else float(number)


def _verdict(told: Telling, wanted: Metric, window: Window, row: Row) -> list[str]:
    """What is stored on the change from the window before; nothing where nothing is."""
    if wanted.change is None or window not in _WEEKS:
        return []
    asked = [row["customer_id"], row["week_start"]]
    for change in told.reader.rows("answers/changes_of_customer", asked):
        named = (int(change["window_weeks"]), change["measure"], change["compared_with"])
        if named == (_WEEKS[window], wanted.change, "before"):
            return [f"Against the window before: {change_told(told, 'change', change)}."]
    return []


def change_told(told: Telling, fact_id: str, change: Row) -> str:
    """A stored verdict in words, with its size and interval where it is clear."""
    words = _VERDICTS[str(change["direction"])]
    if change["direction"] not in ("rise", "fall") or number_or_none(change["size"]) is None:
        return words
    is_rate = str(change["measure"]).endswith("_rate")
    scale = 1.0 if is_rate else 100.0
    low, high = (number_or_none(change[name]) for name in ("size_low", "size_high"))
    key = [change[c] for c in ("customer_id", "week_start", "window_weeks", "measure",
                               "compared_with", "part", "name")]  # fmt: skip
    slot = told.fact(
        fact_id, f"change of {str(change['measure']).replace('_', ' ')}",
        float(change["size"]) * scale, "points" if is_rate else "percent",
        ("analytics.customer_changes", key, "size"), n=change["n"], verdict=change["direction"],
        interval=None if low is None or high is None else (low * scale, high * scale),
    )  # fmt: skip
    said = f"{words}, {slot[:-1]}:signed}}"
    if not is_rate:
        return said
    # Over several channels what is judged is within them: the rate of all moved by its mix too.
    mixed = (number_or_none(change["channels"]) or 0) > 1
    return f"{said} points" + (" at an unchanged mix of channels" if mixed else "")


def _no_week(told: Telling, wanted: Metric) -> Answer:
    return told.not_known(f"{wanted.feed} of that week, and the customers job for it")


def _other_window(told: Telling, wanted: Metric) -> Answer:
    kept = ", ".join(WINDOW_WORDS[one] for one in wanted.columns)
    return told.not_known(
        f"that figure for that time; it is kept {kept}",
        f"The figure {wanted.label} is kept {kept}, and not for the time that you ask for.",
    )

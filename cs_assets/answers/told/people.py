"""Our own people: why an owner, a rep's focus and scores, and what is held back from whom."""

import datetime as dt
import json

from cs_assets.answers.model import Answer
from cs_assets.answers.told.telling import Row, Telling
from cs_assets.facts.model import Unit
from cs_assets.frames import text_or_none

_ADVICE = "analytics.csm_routing_recommendations"
_FOCUS = "analytics.rep_week_focus"
_SCORES = "analytics.rep_week_scores"
#: Days looked back for deliveries, from the newest week's Monday.
_DAYS = 21
_VERDICTS = {
    "improving": "improving",
    "declining": "declining",
    "no_clear_change": "no clear change",
    "too_few_calls": "too few calls to speak of a change",
}


def why_owner(told: Telling) -> Answer:
    """The owner in force and the explanation of the newest routing."""
    rows = told.reader.rows("answers/owner_of_account", [told.plan.values["account"]])
    if not rows:
        return told.not_known("a routing of that account")
    row = rows[0]
    key = (row["batch_id"], row["account_id"], row["rank"])
    lines = [f"Account {told.cell('account', 'account', row, (_ADVICE, key, 'account_id'))}"]
    if text_or_none(row["account_name"]):
        proof = (
            "analytics.accounts_needing_csm",
            (row["batch_id"], row["account_id"]),
            "account_name",
        )
        lines[0] += f", {told.cell('name', 'name', row, proof)}"
    lines[0] += "."
    if text_or_none(row["owner_name"]):
        owner = told.fact("owner", "owner in force", row["owner_name"], "text",
                          ("analytics.account_csm_assignments", (row["account_id"],),
                           "worker_name"), n=1)  # fmt: skip
        lines.append(f"Owner in force: {owner}.")
    state = told.plain("status", "state of the advice", row, (_ADVICE, key, "status"))
    advised = f"No owner is advised ({state})."
    if text_or_none(row["worker_name"]):
        name = told.cell("advised", "owner advised", row, (_ADVICE, key, "worker_name"))
        advised = f"Owner advised: {name} ({state})."
    why = told.cell("explanation", "explanation", row, (_ADVICE, key, "explanation"))
    return told.answer(*lines, advised, f"Why: {why}")


def focus(told: Telling) -> Answer:
    """What the rep works on by the newest digest, each with its moment."""
    rows = told.reader.rows("answers/focus_of_rep", [told.plan.values["rep"]])
    if not rows:
        return told.not_known("a digest with scored calls of that rep")
    head = f"Focus of {told.whom()} in the week of {_week(told, rows[0])}:"
    lines = [_behaviour(told, at, row) for at, row in enumerate(rows, start=1)]
    return told.answer(head, rows=lines)


def _week(told: Telling, row: Row) -> str:
    part, table = ("dimension", _SCORES) if "dimension" in row else ("focus_id", _FOCUS)
    key = (row["rep_user_id"], row["week_start"], row[part])
    return told.cell("week", "week", row, (table, key, "week_start"), "date")


def _behaviour(told: Telling, at: int, row: Row) -> str:
    key = (row["rep_user_id"], row["week_start"], row["focus_id"])

    def cell(column: str, label: str, unit: Unit = "text") -> str:
        proof = (_FOCUS, key, column)
        verdict = "below target" if row["is_clear"] is True else None
        return told.fact(
            f"row{at}.{column}", label, row[column], unit, proof, n=row["calls"], verdict=verdict
        )

    name, level = cell("behaviour", "behaviour"), cell("level", "done in", "percent")
    line = f"{name}: done in {level} of {cell('calls', 'calls', 'count')} calls that gave a chance"
    if text_or_none(row["moment_quote"]):
        said = told.quote(row["moment_quote"], row["moment_call_id"], "call",
                          row["moment_start_ms"])  # fmt: skip
        line += f"; listen to “{said}”"
    return line


def rep_scores(told: Telling) -> Answer:
    """Four weeks of scores by dimension with 95 % intervals and the stored verdict on change."""
    rows = told.reader.rows("answers/scores_of_rep", [told.plan.values["rep"]])
    if not rows:
        return told.not_known("scored calls of that rep")
    week = _week(told, rows[0])
    head = f"Scores of {told.whom()}, in points, over the four weeks up to the week of {week}:"
    return told.answer(head, rows=[_score(told, row) for row in rows])


def _score(told: Telling, row: Row) -> str:
    key = (row["rep_user_id"], row["week_start"], row["dimension"])
    name = str(row["dimension"])
    mean = told.fact(name, name.replace("_", " "), row["mean_window"], "points",
                     (_SCORES, key, "mean_window"), n=row["calls_window"],
                     verdict=row["verdict"],
                     interval=(row["low_window"], row["high_window"]))  # fmt: skip
    calls = told.fact(f"{name}.calls", "scored calls", row["calls_window"], "count",
                      (_SCORES, key, "calls_window"), n=row["calls_window"])  # fmt: skip
    verdict = _VERDICTS.get(str(row["verdict"]), "no verdict")
    line = f"{name.replace('_', ' ').capitalize()}: {mean} from {calls} calls"
    if text_or_none(row["low_window"]) and text_or_none(row["high_window"]):
        low, high = (
            told.cell(f"{name}.{end}", f"{end} end of the interval", row,
                      (_SCORES, key, f"{end}_window"), "points")
            for end in ("low", "high")
        )  # fmt: skip
        line += f" (likely between {low} and {high})"
    return f"{line}; {verdict}"


def held(told: Telling) -> Answer:
    """Deliveries in scope that are held, with the reasons that are stored."""
    rows = [row for row in told.reader.rows("answers/held") if _is_of(told, row)]
    if not rows:
        return told.answer(
            f"Nothing{told.of_whom()} is held, of {_looked_at(told)}.", status="nothing"
        )
    count = told.counted("found", "deliveries held", len(rows), "ops.deliveries")
    return told.listed(f"Held: {count}", rows, _held)


def _is_of(told: Telling, row: Row) -> bool:
    """Whether a delivery is about whom the plan names, if it names somebody."""
    values = told.plan.values
    return all(
        values.get(name) in (None, row[column])
        for name, column in (("customer", "customer_id"), ("rep", "rep_user_id"))
    )


def _looked_at(told: Telling) -> str:
    """How many deliveries there were that could have been held."""
    first = told.weeks[0] - dt.timedelta(days=_DAYS)
    rows = told.reader.rows("answers/deliveries_counted", [first])
    number = sum(int(row["deliveries"]) for row in rows if _is_of(told, row))
    count = told.counted("looked_at", "deliveries looked at", number, "ops.deliveries")
    since = told.fact("since", "first day looked at", first, "date", ("asked", ["since"], "days"),
                      n=1)  # fmt: skip
    what = "delivery" if number == 1 else "deliveries"
    return f"{count} {what} for the weeks since {since}"


def _held(told: Telling, at: int, row: Row) -> str:
    def cell(column: str, label: str) -> str:
        proof = ("ops.deliveries", (row["delivery_key"],), column)
        value = _reasons(row[column]) if column == "reason" else row[column]
        slot = told.fact(f"row{at}.{column}", label, value, "text", proof, n=1)
        return f"{slot[:-1]}:words}}" if column == "report_kind" else slot

    kind, of, why = cell("report_kind", "kind"), cell("artefact_id", "of"), cell("reason", "why")
    if text_or_none(row["customer_name"]):
        of = f"{told.customer(f'row{at}.customer', row)} ({of})"
    week = told.fact(f"row{at}.week", "first day of the period", row["period_start"], "date",
                     ("ops.deliveries", (row["delivery_key"],), "period_start"), n=1)  # fmt: skip
    return f"{kind} of {of}, period from {week}: {why}"


def _reasons(text: object) -> str | None:
    """Reasons in words, whether they are stored as JSON or as a text."""
    said = text_or_none(text)
    try:
        found = json.loads(said or "")
    except ValueError:
        return said
    if not isinstance(found, list):
        return said
    return "; ".join(str(one.get("detail", one.get("rule", ""))) for one in found)

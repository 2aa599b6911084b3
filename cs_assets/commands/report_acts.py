"""What became of a review's advice, into the ledger of actions."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from cs_assets.acting import acting_user

if TYPE_CHECKING:
    import pandas as pd

    from cs_assets.customers.follow_up.actions import State


def state_of(*, taken: bool, done: bool, dropped: str, note: str) -> "State":
    """The one state that was asked for; raises ``UsageError`` for none or several."""
    from cs_assets.errors import UsageError

    asked: list[tuple[State, bool]] = [
        ("taken", taken), ("done", done), ("dropped", bool(dropped)),
    ]  # fmt: skip
    states = [state for state, is_asked in asked if is_asked]
    if len(states) != 1:
        raise UsageError("say what became of it: one of --taken, --done, --dropped 'REASON'")
    if dropped and note:
        raise UsageError("--dropped holds the reason already; leave --note out")
    return states[0]


def keep(
    customer: str, monday: str | None, number: int, state: "State", note: str, by: str
) -> tuple[str, dt.date]:
    """Add the event to ``ops.customer_actions``; gives the title of the advice and its week.

    Where the list of customers has the same action open, it is that one: it has one life. Raises
    ``UsageError`` for a number that the review has not, and for a step that cannot be taken.
    """
    import pandas as pd

    from cs_assets.customers.follow_up import actions
    from cs_assets.errors import UsageError
    from cs_assets.reviews import by_hand
    from cs_assets.reviews.writing.follow_up import advice_code
    from resources.settings import Settings
    from resources.warehouse_choice import existing_warehouse

    now = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
    with (
        existing_warehouse(Settings.load()).session("report act") as db,
        db.transaction(actions.TABLE),
    ):
        week = by_hand.week_of(db, customer, monday)
        advice = db.query("reports/advice", [customer, week])
        row: Any = next((r for r in advice.itertuples(index=False) if r.number == number), None)
        if row is None:
            listed = "; ".join(f"{r.number}. {r.title}" for r in advice.itertuples(index=False))
            raise UsageError(f"advice {number}: the review has {listed or 'no advice on record'}")
        code = advice_code(_text(row.play), _text(row.playbook), number)
        life = db.query("customers/actions_of", [customer, customer])
        action, was, about = _action(life, customer, week, code)
        kept = actions.checked(state, was, note)
        event = actions.event_row(
            {**about, "action_id": action, "customer_id": customer, "next_action_code": code,
             "week_start": week},
            state, note=kept, by=by or acting_user(), at=now, owner=about.get("owner_id"),
        )  # fmt: skip
        db.append(actions.TABLE, pd.DataFrame([event]))
    return str(row.title), week


def _action(
    life: "pd.DataFrame", customer: str, week: dt.date, code: str
) -> tuple[str, Any, dict[str, Any]]:
    """The action of this code that is open, else one of the review's own; and where it stands."""
    own = f"{customer}/{week}/{code}"
    mine = life[life["code"] == code]
    if mine.empty:
        return own, "proposed", {"due_on": None}
    newest = mine["action_id"].iloc[-1]
    last = mine[mine["action_id"] == newest].iloc[-1]
    if last["state"] in ("done", "dropped") and newest != own:
        return own, "proposed", {"due_on": None}
    return newest, last["state"], {"due_on": last["due_on"], "owner_id": last["owner_id"]}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""

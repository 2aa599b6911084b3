"""What a person notes of an advised action: taken, done or dropped."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cs_assets.customers.follow_up import actions
from cs_assets.customers.follow_up.actions import BadAction, State
from cs_assets.decided import DecidedAlready, Ledger, is_newer
from cs_assets.frames import records


def note(
    db: Ledger,
    row: Mapping[str, Any],
    week: dt.date,
    state: State,
    *,
    words: str,
    by: str,
    at: dt.datetime,
    action: str = "",
    seen_at: dt.datetime | None = None,
) -> dict[str, Any]:
    """Store what became of an action; the event, as its row of ``ops.customer_actions``.

    ``row``: the customer's row of ``customers/overview`` for ``week``. ``action``: one of earlier
    weeks by its id, else the one that is advised. ``seen_at``: when ``by`` looked; raises
    ``DecidedAlready`` if somebody else did something with it since, ``BadAction`` for a step that
    cannot be taken.
    """
    with db.transaction(actions.TABLE):
        life = db.query("customers/actions_of", [row["customer_id"], row["customer_id"]])
        about = _about(row, life, action, week)
        mine = life[life["action_id"] == about["action_id"]]
        was: State = "proposed"
        if len(mine):
            last = mine.iloc[-1]
            was = last["state"]
            if last["done_by"] != by and is_newer(last["done_at"], seen_at):
                raise DecidedAlready(f"the action is {was}", last["done_by"], last["done_at"])
        kept = actions.checked(state, was, words)
        event = actions.event_row(
            about, state, note=kept, by=by, at=at, owner=about.get("action_owner")
        )
        db.append(actions.TABLE, pd.DataFrame([event]))
    return event


def _about(
    row: Mapping[str, Any], life: pd.DataFrame, action: str, week: dt.date
) -> dict[str, Any]:
    """The advice that is meant: this week's, or an earlier one by its id."""
    if not action or action == row["action_id"]:
        if not isinstance(row["action_id"], str):
            raise BadAction(
                f"{row['customer_id']} has no action in the week of {week}; "
                "make its advice first: cs-assets run weekly"
            )
        return {**row, "week_start": week}
    mine = life[life["action_id"] == action]
    if mine.empty:
        known = ", ".join(dict.fromkeys(life["action_id"])) or "none"
        raise BadAction(f"{row['customer_id']} has no action '{action}'; it has: {known}")
    last = records(mine)[-1]
    return {**last, "next_action_code": last["code"], "action_owner": last["owner_id"],
            "week_start": week}  # fmt: skip

"""What is advised next, what became of it, and the life of earlier advice."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from cs_assets.customers.follow_up.actions import BY_RULES, State, called
from cs_assets.customers.policy import Playbook
from cs_assets.customers.reading import wording
from cs_assets.desk.reading.customer import Customer, Row
from cs_assets.desk.showing import html, words
from cs_assets.desk.showing.deciding import Draft
from cs_assets.desk.showing.frame import put
from cs_assets.frames import text_or_none

_DECISIONS: dict[str, State] = {"I take it": "taken", "It is done": "done", "Drop it": "dropped"}


def next_one(
    found: Customer, draft: Draft, playbooks: Sequence[Playbook]
) -> tuple[State, str] | None:
    """The advised action with a form for what became of it; the decision once it is sent."""
    row = found.row
    advice = text_or_none(row["next_action"])
    if advice is None:
        return None
    with st.container(border=True):
        state = wording.state(row, found.week)
        told = f"Do next: {found.advised or called(row['next_action_code'], playbooks)}"
        put(html.tag("p", html.joined([html.tag("strong", told), html.muted(state)])))
        put(html.tag("p", advice, kind="cs-lead"))
        why = words.plain(row["action_trigger"])
        put(html.muted(f"Because {why}. {words.plain(row['expected_effect'])}"))
        now = text_or_none(row["action_state"]) or "proposed"
        if now in ("done", "dropped"):
            by, at = words.plain(row["action_by"]), words.moment(row["action_at"])
            st.caption(f"It was {now} by {by}, {at}. What comes next is in next week's list.")
            return None
        return _form(now, draft)


def _form(now: str, draft: Draft) -> tuple[State, str] | None:
    note = draft.line("note", "Note: what came of it, or why it is dropped", 500)
    with st.container(horizontal=True):
        pressed = [
            state
            for label, state in _DECISIONS.items()
            if st.button(
                label, disabled=state == now, type="primary" if state == "done" else "secondary"
            )
        ]
    return (pressed[0], note) if pressed else None


def life(found: Customer, playbooks: Sequence[Playbook]) -> Markup:
    """What was advised, taken, done and dropped, the newest first."""
    rows = [
        (_called(one, found, playbooks), words.plain(one["state"]), words.date(one["week_start"]),
         "" if one["done_by"] == BY_RULES else words.moment(one["done_at"]),
         words.plain(one["done_by"]), words.date(one["due_on"]), words.plain(one["note"]))
        for one in reversed(found.actions)
    ]  # fmt: skip
    if not rows:
        return html.muted("Nothing has been advised yet.")
    headings = ("Action", "State", "Week of", "When", "By", "Due", "Note")
    return html.table("Life of the advice", headings, rows)


def _called(event: Row, found: Customer, playbooks: Sequence[Playbook]) -> str:
    """What is open is called as above; earlier advice had its own dates and reasons."""
    is_open = event["action_id"] == found.row["action_id"]
    return (found.advised if is_open else "") or called(event["code"], playbooks)

"""Operations: feeds, gate, deliveries to decide and send again, spending, checks."""

from collections.abc import Sequence

import streamlit as st

from cs_assets.decided import DecidedAlready
from cs_assets.delivery.model import Delivery, State
from cs_assets.desk import decisions, session
from cs_assets.desk.decisions import Outcome
from cs_assets.desk.drafts import Form
from cs_assets.desk.reading import operations as reading
from cs_assets.desk.session import Visit, settings
from cs_assets.desk.showing import deciding
from cs_assets.desk.showing import operations as showing
from cs_assets.desk.showing.frame import framed, heading, title

#: What was sent is shown and offered up to so many.
_SENT = 25
SECTIONS = ("Feeds and gate", "Deliveries", "Dead letters", "AI spend", "Doctor")


def show(visit: Visit) -> None:
    """A section at a time."""
    title("Operations")
    deciding.told()
    section = st.segmented_control(
        "Section", SECTIONS, default=SECTIONS[0], key="section", required=True,
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    if section == "Feeds and gate":
        showing.feeds(visit.remembered("feeds", read=reading.feeds), session.now().date())
        return
    if section == "Dead letters" and session.is_in_snowflake():  # whose role may not read them
        st.info("They are shown where the runs are: cs-assets gong dead-letters.")
        return
    if section == "Dead letters":
        showing.dead_letters(visit.remembered("dead letters", read=reading.dead_letters))
        return
    with visit.reading("operations") as db:
        scope = db.scope
    if section == "Deliveries":
        _deliveries(visit, reading.deliveries(scope, settings()))
    elif section == "AI spend":
        showing.spending(reading.spending(scope, settings(), session.now().date()))
    elif session.is_in_snowflake():
        st.info("The checks look at a machine of its own: cs-assets doctor, where the runs are.")
    elif st.button("Run the checks", type="primary"):
        from cs_assets.commands import doctor  # loads what is not inside Snowflake

        with st.spinner("Looking: some seconds"):
            showing.findings(list(doctor.examine()))


def _deliveries(visit: Visit, found: reading.Deliveries) -> None:
    showing.deliveries(found)
    if not found.counts:
        return
    with st.expander("What was sent", expanded=not found.open):
        wanted = st.text_input("To whom, about what, or of which kind", key="sent", max_chars=100)
        fitting = found.found(wanted)
        showing.sent(fitting[:_SENT], len(fitting))
    by_key = {one.delivery_key: one for one in (*found.open, *found.sent)}
    is_unclear = any(one.state == State.UNKNOWN for one in found.open)

    def draw(draft: deciding.Draft) -> None:
        before = [one for one in draft.form.fields.get("keys") or () if one in by_key]
        near = [one.delivery_key for one in (*found.open, *fitting[:_SENT])]
        keys = draft.some_of(
            "keys", "Which", list(dict.fromkeys([*near, *before])),
            lambda key: showing.labelled(by_key[key]),
        )  # fmt: skip
        note = draft.line("note", "Why: what the decision rests on", 300)
        with st.container(horizontal=True):
            was_sent = is_unclear and st.button("It was sent")
            was_not = is_unclear and st.button("It was not sent")
            again = st.button("Send again", type="primary")
            late = st.checkbox("allow what is late")
        chosen = [by_key[key] for key in keys]
        if not (was_sent or was_not or again):
            return
        if not chosen:
            st.warning("Choose the deliveries first.")
        elif again:
            draft.send(
                lambda form: decisions.resend(
                    visit.viewer,
                    form.part(f"again {sorted(keys)} {late}"),
                    keys,
                    note,
                    allow_late=late,
                )
            )
        elif any(one.state != State.UNKNOWN for one in chosen):
            st.warning("Only deliveries that are unknown can be decided; send the others again.")
        else:
            draft.send(lambda form: _resolved(visit, form, chosen, note, was_sent=was_sent))

    heading("Decide, or send again" if is_unclear else "Send again")
    deciding.drawn(visit, "delivery", "several", draw)


def _resolved(
    visit: Visit, form: Form, chosen: Sequence[Delivery], note: str, *, was_sent: bool
) -> Outcome:
    """Each delivery is a decision of its own; of those that somebody else decided first that is
    told, and the others are decided all the same.
    """
    told: list[str] = []
    refused: list[DecidedAlready] = []
    for one in chosen:
        try:
            part = form.part(f"{one.delivery_key} {was_sent} {note}")
            outcome = decisions.resolve(
                visit.viewer, part, one.delivery_key, was_sent=was_sent, note=note
            )
        except DecidedAlready as error:
            refused.append(error)
        else:
            told.append(outcome.words)
    if not told:
        raise refused[0]
    return Outcome("; ".join([*told, *(error.told() for error in refused)]), session.now())


if __name__ == "__main__":
    framed(show)

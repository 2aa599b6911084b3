"""Operations: feeds, gate, deliveries to decide and send again, spending, checks."""

from collections.abc import Sequence

import streamlit as st

from cs_assets.delivery.model import Delivery, State
from cs_assets.desk import decisions, session
from cs_assets.desk.decisions import Outcome
from cs_assets.desk.drafts import Form
from cs_assets.desk.reading import operations as reading
from cs_assets.desk.session import Visit, settings
from cs_assets.desk.showing import deciding
from cs_assets.desk.showing import operations as showing
from cs_assets.desk.showing.frame import framed, title

SECTIONS = ("Feeds and gate", "Deliveries", "Dead letters", "AI spend", "Doctor")


def show(visit: Visit) -> None:
    """A section at a time."""
    title("Operations")
    deciding.told()
    section = st.segmented_control(
        "Section", SECTIONS, default=SECTIONS[0], key="section", required=True,
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    if section in ("Feeds and gate", "Dead letters"):
        found = visit.remembered("feeds", read=reading.feeds)
        if section == SECTIONS[0]:
            showing.feeds(found, session.now().date())
        else:
            showing.dead_letters(found)
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
    if not found.open:
        return
    by_key = {one.delivery_key: one for one in found.open}
    with st.form("deliveries"):
        keys = st.multiselect(
            "Which", list(by_key), format_func=lambda key: showing.labelled(by_key[key])
        )
        note = st.text_input("Why: what the decision rests on", max_chars=300)
        with st.container(horizontal=True):
            was_sent = st.form_submit_button("It was sent")
            was_not = st.form_submit_button("It was not sent")
            again = st.form_submit_button("Send again", type="primary")
            late = st.checkbox("although the period is long over")
    if not (was_sent or was_not or again):
        return
    if not keys:
        st.warning("Choose the deliveries first.")
        return
    about, fields = ",".join(sorted(keys)), {"note": note}
    if again:
        deciding.send(
            visit, "resend", about, fields,
            lambda form: decisions.resend(visit.viewer, form, keys, note, allow_late=late),
        )  # fmt: skip
        return
    chosen = reading.chosen(found.open, keys)
    if any(one.state != State.UNKNOWN for one in chosen):
        st.warning("Only deliveries that are unknown can be decided; send the others again.")
        return
    deciding.send(
        visit, "delivery", about, fields,
        lambda form: _resolved(visit, form, chosen, note, was_sent=was_sent),
    )  # fmt: skip


def _resolved(
    visit: Visit, form: Form, chosen: Sequence[Delivery], note: str, *, was_sent: bool
) -> Outcome:
    """Each delivery is a decision of its own, under an id that follows from the form's."""
    outcomes = [
        decisions.resolve(
            visit.viewer,
            form if len(chosen) == 1 else form.part(one.delivery_key),
            one.delivery_key, was_sent=was_sent, note=note,
        )
        for one in chosen
    ]  # fmt: skip
    return Outcome("; ".join(one.words for one in outcomes), outcomes[-1].done_at)


if __name__ == "__main__":
    framed(show)

"""How a customer stands: why it is on the list, its health with weights and vetoes, its people."""

import streamlit as st
from markupsafe import Markup

from cs_assets.customers.policy import CustomerPolicy
from cs_assets.customers.reading import wording
from cs_assets.desk.reading.customer import Customer, factors
from cs_assets.desk.showing import html, words
from cs_assets.desk.showing.frame import heading, put
from cs_assets.frames import text_or_none
from cs_assets.reviews.books.book import money


def head(found: Customer) -> None:
    """The line of figures under the name."""
    row = found.row
    owner = words.plain(row["csm_name"]) or words.plain(row["csm_id"]) or "nobody"
    put(
        html.figures(
            {
                "Health": html.health(
                    str(row["health_segment"]),
                    None if wording.is_empty(row["health_score"]) else float(row["health_score"]),
                ),
                "ARR": money(None if wording.is_empty(row["arr"]) else float(row["arr"])),
                "Segment": words.plain(row["behaviour_segment"], words.NO_DATA),
                "Renewal": words.date(row["renewal_date"], words.NO_DATA),
                "CSM": owner,
            }
        )
    )
    told = f"Week of {words.long_date(found.week)}: {wording.renewal(row)}; {wording.risk(row)}."
    put(html.tag("p", told, kind="cs-muted"))


def body(found: Customer, policy: CustomerPolicy) -> None:
    """Why, what is said, health, people, and what is not known."""
    row = found.row
    left, right = st.columns(2, gap="large")
    with left:
        heading("Why it is on the list")
        put(html.bullets(row["reasons"]) if row["reasons"] else html.muted("Nothing is urgent."))
        if row["off"]:
            put(html.muted("What would take it off:") + html.bullets(row["off"]))
    with right:
        heading("In short")
        said = text_or_none(row["summary"])
        put(html.paragraphs(said) if said else html.muted("No summary was written this week."))
    heading("Health")
    put(_health(found, policy))
    put(_people(found))
    with st.expander("What is known of this customer, and how fresh it is"):
        put(_inputs(found))


def _health(found: Customer, policy: CustomerPolicy) -> Markup:
    row, unknown = found.row, "not known"
    rows = [
        (one.name,
         words.percent(one.value, missing=unknown) if one.is_share
         else words.number(one.value, 0, unknown),
         words.number(one.points, 0, unknown),
         words.number(one.of), words.number(one.proposed, 0, ""))
        for one in factors(found, policy)
    ]  # fmt: skip
    veto = text_or_none(row["health_override"])
    told = html.tag("p", f"Held down by a rule: {veto}.") if veto else Markup("")
    if not rows:
        return told + html.muted("Too little is known to score its health.")
    note = (
        f"{words.percent(row['health_coverage'])} of the weight is known; what is missing is left "
        "out of the mean, it is never zero. Renewals and losses of the past would give the weights "
        "of the last column."
    )
    headings = ("Factor", "Value", "Points", "Of at most", "By the past")
    return told + html.table(
        "Factors of health", headings, rows, numbers=range(1, 5), note=note, is_titled=False
    )


def _people(found: Customer) -> Markup:
    rows = [
        (words.plain(one["full_name"]), words.plain(one["job_title"]), words.plain(one["role"]),
         words.date(one["since"]), words.date(one["last_contact_on"]), words.date(one["left_on"]))
        for one in found.people
    ]  # fmt: skip
    if not rows:
        return html.muted("Nobody is on record.")
    headings = ("Name", "Job", "Role", "Since", "Last contact", "Left")
    return html.table("People on record", headings, rows)


def _inputs(found: Customer) -> Markup:
    rows = [
        (words.plain(one["input_name"]), words.plain(one["state"]), words.date(one["last_day"]),
         words.number(one["age_days"], 0, ""), words.plain(one["why"]))
        for one in found.inputs
    ]  # fmt: skip
    headings = ("Input", "State", "Newest", "Days old", "Why")
    return html.table("Inputs", headings, rows, numbers=[3])

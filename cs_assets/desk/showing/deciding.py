"""How decisions are sent from a page: one form one decision, and what came of it in words."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from cs_assets.decided import DecidedAlready
from cs_assets.desk import decisions
from cs_assets.desk.decisions import Outcome
from cs_assets.desk.drafts import Form, Kind
from cs_assets.desk.session import Visit
from cs_assets.errors import CsAssetsError

_TOLD = "decided"


def begun(visit: Visit, kind: Kind, about: str) -> Form:
    """The form of a decision: the same one until it is sent, a draft of it where one was kept."""
    key = _key(kind, about)
    if key not in st.session_state:
        st.session_state[key] = decisions.begun(visit.viewer, kind, about, visit.begun_at)
    form: Form = st.session_state[key]
    return form


def send(
    visit: Visit,
    kind: Kind,
    about: str,
    fields: Mapping[str, Any],
    decide: Callable[[Form], Outcome],
) -> None:
    """Send the form; the page begins anew with what came of it, or says why nothing did."""
    form = dataclasses.replace(begun(visit, kind, about), fields=dict(fields))
    try:
        outcome = decide(form)
    except DecidedAlready as error:
        # What was written stands in the form of the next try.
        anew = decisions.begun(visit.viewer, kind, about, visit.begun_at)
        st.session_state[_key(kind, about)] = dataclasses.replace(anew, fields=form.fields)
        st.warning(_sentence(error) + " Look again before you decide.")
        return
    except CsAssetsError as error:
        st.warning(_sentence(error) + " What you wrote is kept.")
        return
    st.session_state.pop(_key(kind, about), None)
    st.session_state[_TOLD] = outcome.words
    st.rerun()


def key(form: Form, field: str) -> str:
    """The key of a field: the next form of its kind begins empty."""
    return f"{field} {form.form_id}"


def told() -> None:
    """What the last decision came to, once."""
    words = st.session_state.pop(_TOLD, "")
    if words:
        st.success(f"{words[:1].upper()}{words[1:]}.")


def _key(kind: Kind, about: str) -> str:
    return f"form {kind} {about}"


def _sentence(error: CsAssetsError) -> str:
    said = error.told().rstrip(".")
    return f"{said[:1].upper()}{said[1:]}."

"""How decisions are written and sent from a page: one form one decision, kept as it is written.

A form is a fragment: what is written in it draws it alone anew. Each field that is left goes into
the draft of who writes, so that a browser that is closed, or a sign-in that ends, takes nothing
with it. Keys of fields depend on what is decided alone: a connection that comes back as another
session meets the same fields, with what stands in them.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from cs_assets.decided import DecidedAlready
from cs_assets.desk import decisions, session
from cs_assets.desk.decisions import Outcome
from cs_assets.desk.drafts import Form, Kind
from cs_assets.desk.session import Visit
from cs_assets.desk.showing.frame import guarded, sentence, sign_in_again
from cs_assets.desk.viewer import NotSignedIn
from cs_assets.errors import CsAssetsError

_TOLD = "decided"
Option = TypeVar("Option")


@dataclasses.dataclass(frozen=True)
class Draft:
    """A form before somebody; ``form`` has what they wrote when they last looked."""

    visit: Visit
    kind: Kind
    about: str
    form: Form

    @property
    def is_begun(self) -> bool:
        """Whether something was written before."""
        return bool(self.form.fields)

    def line(self, name: str, label: str, longest: int) -> str:
        """A line of text."""
        return st.text_input(
            label, self._text(name), max_chars=longest, key=self._key(name), on_change=self._keep
        )

    def text(self, name: str, label: str, longest: int) -> str:
        """A text of several lines."""
        return st.text_area(
            label, self._text(name), max_chars=longest, key=self._key(name), on_change=self._keep
        )

    def one_of(
        self,
        name: str,
        label: str,
        options: Sequence[Option],
        *,
        first: Option | None,
        called: Callable[[Option], str] = str,
    ) -> Option | None:
        """One of a list; ``first`` to begin with, ``None`` for none."""
        before = self.form.fields.get(name, first)
        return st.selectbox(
            label, options, index=options.index(before) if before in options else None,
            format_func=called, placeholder="Choose", key=self._key(name), on_change=self._keep,
        )  # fmt: skip

    def some_of(
        self, name: str, label: str, options: Sequence[str], called: Callable[[str], str]
    ) -> list[str]:
        """Some of a list."""
        before = [one for one in self.form.fields.get(name) or () if one in options]
        return st.multiselect(
            label, options, before, format_func=called, key=self._key(name), on_change=self._keep
        )

    def send(self, decide: Callable[[Form], Outcome]) -> None:
        """Decide; the page begins anew with what came of it, or says why nothing did."""
        form = dataclasses.replace(self.form, fields=self._fields())
        try:
            with st.spinner("Storing it"):
                outcome = decide(form)
        except DecidedAlready as error:
            # What was written stands in the form of the next try, which knows who was first.
            seen_at = max(self.visit.begun_at, error.when)
            anew = dataclasses.replace(Form.new(seen_at), fields=form.fields)
            st.session_state[_place(self.kind, self.about)] = anew
            decisions.keep(self.visit.viewer, self.kind, self.about, anew)
            st.warning(f"{sentence(error)} Look again before you decide.")
        except NotSignedIn:
            pass  # told below the form, where it is said to whoever writes on
        except CsAssetsError as error:
            st.warning(f"{sentence(error)} What you wrote is kept.")
        else:
            decisions.forget(self.visit.viewer, self.kind, self.about)
            st.session_state.pop(_place(self.kind, self.about), None)
            st.session_state[_sent(self.kind, self.about)] = self._times_sent() + 1
            st.session_state[_TOLD] = outcome.words
            st.rerun()

    def _text(self, name: str) -> str:
        return str(self.form.fields.get(name) or "")

    def _key(self, name: str) -> str:
        return self._prefix() + name

    def _keep(self) -> None:
        form = dataclasses.replace(self.form, fields=self._fields())
        with guarded():
            decisions.keep(self.visit.viewer, self.kind, self.about, form)

    def _fields(self) -> dict[str, Any]:
        before = self._prefix()
        return {
            str(key).removeprefix(before): value
            for key, value in st.session_state.items()
            if str(key).startswith(before)
        }

    def _prefix(self) -> str:
        return f"{self.kind} {self.about} {self._times_sent()} "

    def _times_sent(self) -> int:
        return int(st.session_state.get(_sent(self.kind, self.about), 0))


def drawn(visit: Visit, kind: Kind, about: str, draw: Callable[[Draft], None]) -> None:
    """Draw the form of a decision: the same one until it is sent, its draft where there is one."""

    @st.fragment
    def alone() -> None:
        with guarded():
            draw(Draft(visit, kind, about, _begun(visit, kind, about)))
            if session.now() >= visit.viewer.until:
                sign_in_again(visit.viewer)

    alone()


def told() -> None:
    """What the last decision came to, once."""
    words = st.session_state.pop(_TOLD, "")
    if words:
        st.success(f"{words[:1].upper()}{words[1:]}.")


def _begun(visit: Visit, kind: Kind, about: str) -> Form:
    place = _place(kind, about)
    if place not in st.session_state:
        st.session_state[place] = decisions.begun(visit.viewer, kind, about, visit.begun_at)
    form: Form = st.session_state[place]
    return form


def _place(kind: Kind, about: str) -> str:
    return f"form {kind} {about}"


def _sent(kind: Kind, about: str) -> str:
    return f"sent {kind} {about}"

"""What every page stands in: who looks, the colours, and errors as sentences for people."""

import contextlib
import logging
import re
import uuid
from collections.abc import Callable, Iterator
from urllib.parse import urlencode, urlsplit

import streamlit as st
from markupsafe import Markup

from cs_assets.answers.scope import Role
from cs_assets.desk import configured, noting
from cs_assets.desk.session import Visit, is_in_snowflake, settings, visit
from cs_assets.desk.showing import html, looks
from cs_assets.desk.viewer import NotSignedIn, Viewer
from cs_assets.errors import CsAssetsError, Unavailable
from cs_assets.paper.brand import Brand, Colours

_log = logging.getLogger("cs_assets.desk")
#: A place in the file system, by its last name.
_PLACE = re.compile(r"(?<![\w/:.])/(?:[^\s/:;,'\"]+/)+([^\s/:;,'\"]*)")
_ROLES: dict[Role, str] = {
    "csm": "CSM", "rep": "rep", "manager": "manager", "operations": "operations",
}  # fmt: skip


def put(part: Markup) -> None:
    """A part of ours on the page."""
    if part:
        st.html(str(part))


def title(words: str) -> None:
    """The heading of a page; without Streamlit's link to it, which only holds up the keyboard."""
    st.title(words, anchor=False)


def back(words: str, page: str) -> None:
    """The way from one of many to all of them: the page's own name leads nowhere from there."""
    put(html.tag("p", html.link(f"← {words}", page), kind="cs-back"))


def heading(words: str) -> None:
    """The heading of a part of a page."""
    st.subheader(words, anchor=False)


def colours() -> Colours:
    """The colours of the theme that the reader sees."""
    brand = _brand()
    return brand.dark if st.context.theme.type == "dark" else brand.colours


def _brand() -> Brand:
    return configured.brand(settings().cs_assets_config_dir)


def framed(show: Callable[[Visit], None]) -> None:
    """Show a page to who looks; whatever goes wrong is a sentence, and the page stays usable."""
    st.html(looks.style(_brand()))
    with guarded():
        seen = visit()
        with guarded():
            show(seen)
            noting.note(seen, st.context.url or "", dict(st.query_params))
        put(_who(seen))


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Whatever goes wrong within is a sentence for people."""
    try:
        yield
    except NotSignedIn as error:
        signed_out(error)
    except Unavailable as error:
        st.warning(f"{sentence(error)} Nothing is lost.")
        _try_again()
    except CsAssetsError as error:
        st.info(sentence(error))
    except Exception:
        reference = uuid.uuid4().hex[:8]
        _log.exception("a page of the desk failed (%s)", reference)
        st.error(
            "Something went wrong on our side; what you decided before is kept. Try again, and if "
            f"it stays, tell CS operations this reference: {reference}."
        )
        _try_again()


def _try_again() -> None:
    st.button("Try again", key=f"again {uuid.uuid4().hex}", type="primary")


def signed_out(error: NotSignedIn) -> None:
    """Why somebody is not known any more, and the way back to where they are."""
    st.warning(sentence(error))
    if not is_in_snowflake() and settings().oidc_issuer:
        put(html.tag("p", html.link("Sign in again", "auth/login", next=_here())))


def sign_in_again(viewer: Viewer) -> None:
    """Say so to somebody whose time is over."""
    try:
        viewer.checked(viewer.until)
    except NotSignedIn as error:
        signed_out(error)


def _here() -> str:
    """The address of the page without the desk's own."""
    asked = urlencode(dict(st.query_params))
    return urlsplit(st.context.url or "").path + (f"?{asked}" if asked else "")


def _who(seen: Visit) -> Markup:
    """Who looks, and the way out where people sign in."""
    address, role = seen.viewer.address, _ROLES[seen.viewer.asker.role]
    if is_in_snowflake():
        told: html.Part = f"Signed in by Snowflake as {address} ({role})."
    elif settings().oidc_issuer:
        until = f"Signed in as {address} ({role}) until {seen.viewer.until:%H:%M} UTC."
        told = html.joined([until, html.link("Sign out", "auth/logout")])
    else:
        told = f"Nobody signs in on this machine: you see all, and decide as {address}."
    return html.tag("p", told, kind="cs-foot")


def sentence(error: CsAssetsError) -> str:
    """An error as a sentence for who looks: where on this machine it was is for its log."""
    if isinstance(error, Unavailable):
        reference = uuid.uuid4().hex[:8]
        _log.warning("the data cannot be reached (%s): %s", reference, error.told())
        return (
            "The data cannot be reached right now: a run is writing, or the database is away. Try "
            f"again in a minute; if it stays, tell CS operations this reference: {reference}."
        )
    told = _PLACE.sub(lambda found: found[1], error.told()).rstrip(".")
    return f"{told[:1].upper()}{told[1:]}."


def page_of(places: int, size: int, key: str) -> slice:
    """The rows of the page that the reader is on; a control where there are several pages."""
    pages = max(1, -(-places // size))
    if pages == 1:
        return slice(0, size)
    current = int(st.session_state.get(key) or 1)
    first = (min(current, pages) - 1) * size
    return slice(first, first + size)


def pages_below(places: int, size: int, key: str) -> None:
    """The control that ``page_of`` reads."""
    pages = max(1, -(-places // size))
    if pages > 1:
        st.pagination(pages, key=key)

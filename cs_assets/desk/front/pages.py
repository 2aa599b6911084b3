"""The process of the pages: ``python -m cs_assets.desk.front.pages SOCKET KEY``.

Streamlit, told to keep to itself: no trace of an error, no path and no statistics go out, and
nothing is answered that does not bear the front's signature.
"""

import logging
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import uvicorn

from cs_assets.commands.serving import uvicorn_run
from cs_assets.commands.serving.guard import App, Receive, Scope, Send
from cs_assets.desk import configured, session
from cs_assets.desk.showing.looks import theme_options
from cs_assets.desk.viewer import NotSignedIn, verified

_LOG = logging.getLogger("cs_assets.desk")
_OPTIONS = {
    "BROWSER_GATHER_USAGE_STATS": "false",
    "CLIENT_SHOW_ERROR_DETAILS": "none",
    "CLIENT_SHOW_ERROR_LINKS": "false",
    "CLIENT_TOOLBAR_MODE": "minimal",
    "LOGGER_LEVEL": "warning",
    "RUNNER_MAGIC_ENABLED": "false",
    "SERVER_DISCONNECTED_SESSION_TTL": "120",
    "SERVER_ENABLE_AGENT_API": "false",
    "SERVER_FILE_WATCHER_TYPE": "none",
    "SERVER_HEADLESS": "true",
    "SERVER_MAX_MESSAGE_SIZE": "30",
    "SERVER_MAX_UPLOAD_SIZE": "1",
    "SERVER_MAX_WIDGET_STATE_SIZE": "1",
}


class Signed:
    """Passes on what the front has signed, and nothing else."""

    def __init__(self, app: App, key: bytes) -> None:
        self._app = app
        self._key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._is_signed(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            headers = [(b"content-length", b"0"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": b""})

    def _is_signed(self, scope: Scope) -> bool:
        name = session.HEADER.lower().encode()
        brought = [value for key, value in scope["headers"] if key.lower() == name]
        try:
            verified(b"".join(brought[:1]).decode("latin-1"), self._key, session.now())
        except NotSignedIn:
            return False
        return len(brought) == 1


def _set(options: Mapping[str, str]) -> None:
    """Set options of Streamlit by the names of their variables.

    Only its command line reads the variables themselves, and we start it without.
    """
    from streamlit import config as streamlit_options

    names = {one.env_var: key for key, one in streamlit_options.get_config_options().items()}
    words = {"true": True, "false": False}
    for name, value in options.items():
        typed = words.get(value, int(value) if value.isdecimal() else value)
        streamlit_options.set_option(names[f"STREAMLIT_{name}"], typed)


def _told(error: Exception) -> bool:
    """Of what no page has caught: a sentence for who looks, and for the log no word of the data."""
    import streamlit as st

    _LOG.error("the desk failed outside of a page: %s", type(error).__name__)
    st.error("Something went wrong on our side; what you have written is kept. Try again.")
    return True


def _load() -> None:
    """What every page needs, before anybody asks: the front says meanwhile that it is starting."""
    from cs_assets.desk.app import TITLES

    for name in TITLES:
        import_module(f"cs_assets.desk.screens.{name}")


def config(socket: str, key: bytes, script: Path) -> uvicorn.Config:
    """Streamlit's application of ``script`` on a socket; ``key`` is known to this process only."""
    os.environ[session.KEY] = key.hex()
    import streamlit as st

    brand = configured.brand(session.settings().cs_assets_config_dir)
    _set({**_OPTIONS, **dict(theme_options(brand))})
    _load()
    app = st.App(script, on_script_error=_told)
    # Addresses name customers, and Streamlit would log each, whatever level uvicorn is given.
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("uvicorn.error").addFilter(lambda said: said.levelno >= logging.WARNING)
    return uvicorn.Config(
        Signed(app, key),
        uds=socket,
        log_config=None,
        log_level="warning",
        proxy_headers=False,
        ws_max_size=2_000_000,
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    where, key_file = sys.argv[1:]
    Path(where).unlink(missing_ok=True)  # of a process that was killed
    app = Path(session.__file__).with_name("app.py")
    uvicorn_run.run(config(where, Path(key_file).read_bytes(), app))

"""Serves the desk: Streamlit's pages behind a socket, and the front before them.

Both are processes that are started again when they die. The pages listen on a socket in a folder
that only this user may open, and answer nobody but who has the front's signature; its key is in a
file beside it for as long as they run.
"""

import ipaddress
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from cs_assets.commands.serving.guard import Allowed, local_origins
from cs_assets.commands.serving.ports import check_free, shown
from cs_assets.commands.serving.watching import Service, told_to_stop, watch
from cs_assets.commands.terminal import echo
from cs_assets.errors import UsageError
from resources.settings import Settings

_NEEDS = ("streamlit", "authlib", "starlette", "uvicorn", "websockets")
_EXTRA = "the desk needs its extra: pip install 'cs-assets[desk]'"


def is_installed() -> bool:
    """Whether what the desk needs is here."""
    return all(find_spec(name) for name in _NEEDS)


def why_not_installed() -> str:
    """What to do where it is not."""
    return _EXTRA


def serve(host: str, port: int) -> None:
    """Serve the desk alone until told to stop; raises ``UsageError`` for what cannot be."""
    if not is_installed():
        raise UsageError(_EXTRA)
    settings = Settings.load()
    check_free(host, port)
    with services(settings, host, port) as found, told_to_stop() as stopped:
        echo(f"Serving the desk on http://{shown(host)}:{port}; Ctrl-C stops it")
        watch(found, stopped)
    echo("Stopped")


@contextmanager
def services(settings: Settings, host: str, port: int) -> Iterator[list[Service]]:
    """The processes to keep running, and the folder that they need meanwhile."""
    if not (_is_loopback(host) or settings.oidc_issuer):
        raise UsageError(
            f"--host {host}: the desk is served to this machine alone unless people sign in: set "
            "OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET"
        )
    origins = local_origins(host, port) + ([settings.desk_url] if settings.desk_url else [])
    Allowed(origins)
    with tempfile.TemporaryDirectory(prefix="cs-assets-desk-") as folder:  # its owner's alone
        socket, key = Path(folder) / "pages", Path(folder) / "key"
        key.touch(0o600)
        key.write_bytes(secrets.token_bytes(32))
        before = [str(socket), str(key)]
        yield [
            Service("desk's pages", ["cs_assets.desk.front.pages", *before]),
            # At once: until the pages are there, it says so.
            Service("desk", ["cs_assets.desk.front", host, str(port), *before, *origins]),
        ]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""The front as it is served, before pages that note who asks and what reaches them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cs_assets.commands.serving.guard import local_origins
from cs_assets.desk import session
from cs_assets.desk.front.application import Front
from cs_assets.desk.front.pages import Signed
from cs_assets.desk.front.proxy import LARGEST_IN
from cs_assets.desk.viewer import Viewer, verified
from resources.settings import Settings
from tests.desk.listening import listening
from tests.desk.viewing import SECRET


@dataclass
class Pages:
    """Answers who looks, and a frame with itself."""

    seen: list[tuple[str, Viewer]] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        given = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.headers.append(given)
        viewer = verified(given[session.HEADER.lower()], SECRET, session.now())
        self.seen.append((scope["path"], viewer))
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept", "subprotocol": "streamlit"})
            while (message := await receive())["type"] == "websocket.receive":
                self.frames.append(message["bytes"])
                await send({"type": "websocket.send", "bytes": message["bytes"]})
            return
        body = f"{viewer.asker} {viewer.address}".encode()
        if scope["path"] == "/empty":
            body = b'<title>Streamlit</title><div id="root"></div>'
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@contextmanager
def fronted(
    folder: Path, home: Path, *, are_there: bool = True, **settings: Any
) -> Iterator[tuple[str, Pages, Front]]:
    """The front's address, the pages behind it (if they ``are_there``), and the front itself."""
    pages, own = Pages(), Settings(cs_assets_home=home, **settings)
    where = folder / "pages"
    front = Front(own, where, SECRET)

    listens = "pages" if are_there else "elsewhere"

    def application(port: int) -> Any:
        return front.application(local_origins("127.0.0.1", port))

    with (
        listening(lambda _: Signed(pages, SECRET), folder / listens, lifespan="off"),
        listening(application, ws_max_size=LARGEST_IN, timeout_graceful_shutdown=1) as port,
    ):
        yield f"http://127.0.0.1:{port}", pages, front

"""As much of Streamlit's browser as a test needs: opens a page, and reads what it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect


@contextmanager
def opened(address: str, **headers: str) -> Iterator[ClientConnection]:
    """A session with the desk at ``http://...``."""
    with connect(
        address.replace("http", "ws", 1) + "/_stcore/stream",
        additional_headers=headers,
        origin=address,
        subprotocols=["streamlit", "xsrf"],
        max_size=None,
    ) as page:
        yield page


def shown(page: ClientConnection, path: str, query: str = "", seconds: float = 120.0) -> str:
    """All that the page at ``path`` shows, as text of its messages."""
    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.page_name = path
    page.send(asked.SerializeToString())
    told: list[Any] = []
    while True:
        message = ForwardMsg()
        message.ParseFromString(page.recv(seconds))
        told.append(message)
        if message.WhichOneof("type") == "script_finished":
            return "\n".join(str(one) for one in told)

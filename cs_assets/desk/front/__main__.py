"""The process of the front: ``python -m cs_assets.desk.front HOST PORT SOCKET KEY ORIGIN ...``."""

import sys
from pathlib import Path

import uvicorn

from cs_assets.commands.serving import uvicorn_run
from cs_assets.desk.front.application import Front
from cs_assets.desk.front.proxy import LARGEST_IN
from resources.settings import Settings

#: How long open pages may take to let go of their connections when the server stops.
_GRACE_SECONDS = 3


def config(arguments: list[str]) -> uvicorn.Config:
    """What is served, where, and for whom."""
    host, port, socket, key, *origins = arguments
    front = Front(Settings.load(), Path(socket), Path(key).read_bytes())
    return uvicorn.Config(
        front.application(origins),
        host=host,
        port=int(port),
        log_level="warning",
        access_log=False,
        server_header=False,
        # Nobody in front of us is to be believed about who asks.
        proxy_headers=False,
        ws_max_size=LARGEST_IN,
        limit_concurrency=2_000,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


if __name__ == "__main__":
    uvicorn_run.run(config(sys.argv[1:]))

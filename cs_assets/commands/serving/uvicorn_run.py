"""Runs an ASGI application until it is told to stop."""

import asyncio
import signal

import uvicorn


def run(config: uvicorn.Config) -> None:
    """Without uvicorn's sending itself the signal again, which would end in a traceback."""
    server = uvicorn.Server(config)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    asyncio.run(server.serve())

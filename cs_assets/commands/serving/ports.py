"""Addresses to serve on: how they are written, and whether they are free."""

import socket

from cs_assets.errors import UsageError


def shown(host: str) -> str:
    """As it stands in an address."""
    return f"[{host}]" if ":" in host else host


def check_free(host: str, port: int) -> None:
    """A server would only say so among much else, and be started again; raises ``UsageError``."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or error
            raise UsageError(f"{host}:{port}: {reason}; choose another with --port") from error

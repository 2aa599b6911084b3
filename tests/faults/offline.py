"""``demo`` with every key set, on a machine where each connection is counted."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import no_network
from tests.figures import Figure, NotHere

#: Every way out that a setting opens; addresses that can be named are those of a listener.
KEYS = {
    "ANTHROPIC_API_KEY": "sk-ant-canary",
    "ANTHROPIC_AUTH_TOKEN": "canary",
    "ANTHROPIC_BASE_URL": "http://127.0.0.1:{port}",
    "AWS_ACCESS_KEY_ID": "AKIACANARY",
    "AWS_SECRET_ACCESS_KEY": "canary",
    "AWS_REGION": "eu-central-1",
    "SES_ENDPOINT_URL": "http://127.0.0.1:{port}",
    "SENDGRID_API_KEY": "SG.canary",
    "SENDGRID_BASE_URL": "http://127.0.0.1:{port}",
    "SMTP_HOST": "127.0.0.1",
    "SMTP_PORT": "{port}",
    "SMTP_PASSWORD": "canary",
    "SMTP_TLS": "none",
    "SLACK_WEBHOOK_URL": "http://127.0.0.1:{port}/services/T0/B0/canary",
    "SLACK_BOT_TOKEN": "xoxb-canary",
    "SLACK_BASE_URL": "http://127.0.0.1:{port}/api/",
    "GONG_ACCESS_KEY": "canary",
    "GONG_ACCESS_KEY_SECRET": "canary",
    "GONG_BASE_URL": "http://127.0.0.1:{port}",
    "gong_oauth_client_id": "canary",
    "GONG_OAUTH_CLIENT_SECRET": "canary",
    "GONG_OAUTH_REFRESH_TOKEN": "canary",
    "SNOWFLAKE_ACCOUNT": "org-canary",
    "SNOWFLAKE_USER": "canary",
    "SNOWFLAKE_DATABASE": "canary",
    "SNOWFLAKE_PRIVATE_KEY": "canary",
    "CS_ASSETS_WAREHOUSE": "snowflake",
    "CORTEX_AGENT": "a.b.c",
    "CORTEX_SEARCH_SERVICE": "a.b.c",
    "CORTEX_BASE_URL": "http://127.0.0.1:{port}",
    "DELIVERY_DATABASE_URL": "postgresql://canary:canary@127.0.0.1:{port}/ledger",
    "CS_ASSETS_ENVIRONMENT": "production",
    "DELIVERY_ALLOW_LIST": "@fairlight.example",
    "ALERT_EMAIL": "ops@fairlight.example",
    "ALERT_SLACK_CHANNEL": "#ops",
}


class Listener:
    """Counts who connects, and hangs up."""

    def __init__(self) -> None:
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # closed
                return
            self.connections += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()


@contextmanager
def keys() -> Iterator[tuple[Listener, dict[str, str]]]:
    """A listener, and the environment whose addresses lead to it."""
    listener = Listener()
    try:
        yield listener, {name: v.format(port=listener.port) for name, v in KEYS.items()}
    finally:
        listener.close()


def figure(connections: int, attempts: int, made: bool) -> Figure:
    secret = sum("canary" in value.lower() for value in KEYS.values())
    return Figure(
        "R-59",
        f"connects of demo with {secret} keys among {len(KEYS)} settings: here, beyond",
        f"{connections}, {attempts}" + ("" if made else "; it failed"),
        "0, 0",
        connections == attempts == 0 and made and secret >= 15,
    )


def demo_offline() -> Figure:
    """R-59: the command in a network of its own in which only loopback exists."""
    if not no_network.enter():
        raise NotHere("the system gives no network namespace (root, or user namespaces on Linux)")
    before = no_network.attempts()
    with tempfile.TemporaryDirectory() as folder, keys() as (listener, environment):
        done = subprocess.run(
            [sys.executable, "-m", "cs_assets.cli", "demo", "--home", folder],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            check=False,
            timeout=1200,
        )
        made = done.returncode == 0 and any(Path(folder, "outbox").glob("*.eml"))
        return figure(listener.connections, no_network.attempts() - before, made)


BY_ID = {"R-59": demo_offline}

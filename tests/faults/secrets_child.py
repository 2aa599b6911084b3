"""Delivery runs that fail in every way with canaries for all secrets, to see what they write.

Run as a program by ``tests.faults.leaks``; everything it prints and stores is searched.
"""

import json
import logging
import os
import sys
from pathlib import Path

from resources.settings import Settings

#: Places that a process may talk to: this machine. Everything else is written down.
_HERE = ("127.0.0.1", "::1", "localhost")


def watch_the_network(log: Path) -> None:
    """Write every connection or look-up beyond this machine into ``log``, and refuse it."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event not in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
            return
        target = arguments[1] if event != "socket.getaddrinfo" else arguments
        host = target[0] if isinstance(target, tuple) else target
        if isinstance(host, bytes):
            host = host.decode("ascii", "replace")
        local = host is None or host in _HERE or (isinstance(host, str) and "/" in host)
        if not local:
            with log.open("a") as file:
                file.write(f"{event} {host!r}\n")
            raise OSError("no network in this test")

    sys.addaudithook(hook)


def main() -> None:
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    home = Path(os.environ["CS_ASSETS_HOME"])
    watch_the_network(home.parent / "network.log")
    import dagster as dg

    from cs_assets.delivery import assets
    from resources.duckdb.warehouse import DuckDBWarehouse
    from resources.home_resource import HomeResource
    from resources.ledger_resource import LedgerResource
    from resources.mail.choice import MailerResource
    from resources.slack.choice import SlackResource

    logging.getLogger().setLevel(logging.DEBUG)
    root = str(home)
    (home / "dagster").mkdir(exist_ok=True)
    with dg.DagsterInstance.get() as instance:
        for variables in json.loads(os.environ["PROVIDERS"]):
            os.environ.update(variables)
            result = dg.materialize(
                [assets.weekly_report_deliveries],
                instance=instance,
                resources={
                    "settings": Settings.load(cs_assets_home=root),
                    "warehouse": DuckDBWarehouse(path=str(home / "warehouse.duckdb")),
                    "home": HomeResource(root=root),
                    "ledger": LedgerResource(settings=Settings.load(cs_assets_home=root)),
                    "mailer": MailerResource(settings=Settings.load(cs_assets_home=root)),
                    "slack": SlackResource(settings=Settings.load(cs_assets_home=root)),
                },
                partition_key="2026-11-09",
                tags={"cs_assets/allow_late": "true"},
                raise_on_error=False,
            )
            print("run", variables.get("EMAIL_PROVIDER"), result.success)


if __name__ == "__main__":
    main()

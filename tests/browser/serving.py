"""The desk of a home, served as people have it, for as long as it is looked at."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.waiting import until


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of ``cs-assets desk`` over a home."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "cs_assets.cli", "--home", str(home), "desk"]
    process = subprocess.Popen([*command, "--port", str(port)])
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, "the desk ended"
        try:
            with urlopen(f"{address}/", timeout=20) as answer:
                return bool(answer.status == 200)
        except HTTPError as error:
            return error.code == 401  # where people sign in
        except OSError:
            return False

    try:
        until(answers, "the desk")
        yield address
    finally:
        process.terminate()
        process.wait(60)

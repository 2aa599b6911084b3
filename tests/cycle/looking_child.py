"""Runs commands one after another in forks of one process, for tests of what they may touch.

``python -m tests.cycle.looking_child < commands.json`` with a list of argument lists; prints, as
JSON, status and output of each. What is imported is imported once.
"""

import contextlib
import importlib
import io
import json
import os
import sys
from collections.abc import Sequence

from cs_assets import cli

#: Imported once, so that each fork finds it.
_WANTED = ("cs_assets.definitions", "cs_assets.reviews.on_demand", "resources.models.writer")


def main() -> None:
    for name in _WANTED:
        importlib.import_module(name)
    cli.mount_rooms()
    print(json.dumps([_run(arguments) for arguments in json.load(sys.stdin)]))


def _run(arguments: Sequence[str]) -> tuple[int, str]:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        said = io.StringIO()
        status = 1
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                sys.argv = ["cs-assets", *arguments]
                cli.mount_rooms = lambda: None  # type: ignore[assignment]
                cli.main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        finally:
            os.write(writing, said.getvalue().encode()[-20_000:])
            os._exit(status)
    os.close(writing)
    with open(reading, encoding="utf-8") as file:
        text = file.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text


if __name__ == "__main__":
    main()

"""Shows long work: a live line on a terminal, plain lines elsewhere.

Where nobody takes the lines any more (a terminal that was closed, a full disk with the log, a
reader that has ended) they are lost, and the work goes on.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rich.markup import escape
from rich.status import Status

from cs_assets.commands.console import Console

_DONE = "[green]✓[/]"
_FAILED = "[red]✗[/]"


class Progress:
    """Steps of one command. On a terminal the running part is shown live."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._status: Status | None = None
        self._title = ""
        self._mark = _DONE

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """One step; its title and seconds are printed when it has ended.

        Call ``failed`` inside when the step's work came to nothing, though nothing was raised.
        """
        started = time.monotonic()
        title = escape(title)
        self._title, self._mark = title, _DONE
        if self.console.is_terminal:
            with self._live(title):
                yield
        else:
            self._say(f"{title} ...")
            yield
        seconds = time.monotonic() - started
        self._say(f"{self._mark} {title} [dim]{seconds:.1f} s[/]")

    @contextmanager
    def _live(self, title: str) -> Iterator[None]:
        spinner = "dots" if self.console.encoding.startswith("utf") else "line"
        self._status = self.console.status(title, spinner=spinner)
        with suppress(OSError):
            self._status.start()
        try:
            yield
        finally:
            with suppress(OSError):
                self._status.stop()
            self._status = None

    def failed(self) -> None:
        """Mark the running step as one that failed."""
        self._mark = _FAILED

    def detail(self, text: str) -> None:
        """What the running step is at."""
        if self._status is not None:
            with suppress(OSError):
                self._status.update(f"{self._title} [dim]{escape(text)}[/]")

    def warn(self, text: str) -> None:
        """Something a person should know; the work goes on."""
        self._say(f"[yellow]![/] {escape(text)}")

    def _say(self, text: str) -> None:
        with suppress(OSError):
            self.console.print(text, highlight=False)

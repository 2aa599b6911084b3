"""rich's console, safe for text that others wrote: tables, styled lines, progress."""

import errno
import os
from collections.abc import Iterable, Sized

import rich.console
from rich.segment import Segment
from rich.text import Text

from cs_assets.names import shown_lines

#: Columns that a line has in any case.
_NARROWEST = 20


class Console(rich.console.Console):  # noqa: TID251 - made safe here
    """rich's console for text that others wrote.

    ``markup`` is for callers that escape what they put between the tags of their own.
    """

    def __init__(
        self, *, markup: bool = False, soft_wrap: bool = False, stderr: bool = False
    ) -> None:
        super().__init__(markup=markup, soft_wrap=soft_wrap, emoji=False, stderr=stderr)

    def hang(self, line: str) -> None:
        """A line that begins with blanks; what it has no room for goes on below its beginning."""
        text = self.render_str(line)
        blanks = len(text.plain) - len(text.plain.lstrip())
        for part in text[blanks:].wrap(self, max(self.width - blanks, _NARROWEST)):
            part.rstrip()
            self.print(Text(" " * blanks).append_text(part))

    def tell_more(self, rows: Sized, most: int) -> None:
        """How many of ``rows`` a list leaves out that shows ``most``."""
        if len(rows) > most:
            self.print(f"\n{len(rows) - most:,} more: ask with --most.")

    def on_broken_pipe(self) -> None:
        """An error like others of the output; rich would end the process, whatever it is at."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    def render(
        self,
        renderable: rich.console.RenderableType,
        options: rich.console.ConsoleOptions | None = None,
    ) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(shown_lines(segment.text), segment.style)

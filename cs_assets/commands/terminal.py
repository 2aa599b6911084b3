"""The one way to the terminal: others' words cannot steer it, and every locale can show them.

Text goes out without control and direction marks (``cs_assets.names``), and only what this house
styles itself is styled; ``console`` does the same for tables. JSON keeps such marks, escaped. A
terminal that cannot show a character gets the nearest letters instead, never an error.
"""

import codecs
import json
import locale
import os
import sys
from typing import Any, TextIO

from cs_assets.names import escaped_in_json, shown, shown_lines

_FALLBACK = "cs_assets.nearest_letters"
_SIGNS = {"✓": "ok", "✗": "x", "→": "->", "·": "-", "…": "...", "−": "-", "“": '"', "”": '"'}


def echo(text: str = "", *, error: bool = False, end: str = "\n") -> None:
    """Lines of plain text."""
    stream = sys.stderr if error else sys.stdout
    stream.write(shown_lines(text) + end)
    stream.flush()


def echo_title(text: str) -> None:
    """A line that stands out on a terminal."""
    bold = sys.stdout.isatty()
    sys.stdout.write(("\x1b[1m" if bold else "") + shown(text) + ("\x1b[0m\n" if bold else "\n"))


def echo_json(document: Any, *, indent: int | None = 1) -> None:
    """A document for programs: the data as they are, marks and foreign letters escaped."""
    ascii_only = not _is_unicode(sys.stdout)
    text = json.dumps(document, default=str, ensure_ascii=ascii_only, indent=indent)
    sys.stdout.write(escaped_in_json(text) + "\n")


def echo_records(records_json: str) -> None:
    """JSON that pandas has written."""
    sys.stdout.write(escaped_in_json(records_json) + "\n")


def prepare() -> None:
    """Make the process fit for text of any script; called once, before anything is printed.

    Where the locale is no UTF-8 Python cannot even name files, so it is begun again in its UTF-8
    mode, with the terminal's own encoding kept.
    """
    _have_streams()
    if not _names_files_in_utf_8() and os.environ.get("PYTHONUTF8") != "1":
        kept = os.environ.get("PYTHONIOENCODING") or sys.stdout.encoding
        changed = {**os.environ, "PYTHONUTF8": "1", "PYTHONIOENCODING": kept}
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], changed)  # noqa: S606
    plain = _is_plain_locale()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            encoding = "ascii" if plain and stream.isatty() else stream.encoding
            reconfigure(encoding=encoding, errors=_FALLBACK)


def _have_streams() -> None:
    """A command started with a stream closed has nobody there; no file may come in its place."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
            os.set_inheritable(number, True)
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def let_go() -> None:
    """Write what is left to be written; what nobody takes any more is dropped.

    A reader that has read enough, or a terminal that was closed, would else change the exit status.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _is_plain_locale() -> bool:
    """Whether the locale's terminals have ASCII alone. Python then takes them for UTF-8."""
    if os.environ.get("PYTHONIOENCODING") or not hasattr(locale, "nl_langinfo"):
        return False
    try:
        return codecs.lookup(locale.nl_langinfo(locale.CODESET)).name == "ascii"
    except LookupError:  # a name of this system's own
        return False


def _names_files_in_utf_8() -> bool:
    return sys.getfilesystemencoding().lower().replace("-", "") == "utf8"


def _is_unicode(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """What an encoding lacks in the nearest letters that it has."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    from anyascii import anyascii

    lacking = error.object[error.start : error.end]
    letters = "".join(_SIGNS.get(c) or anyascii(c) or "?" for c in lacking)
    return letters, error.end


codecs.register_error(_FALLBACK, _nearest)

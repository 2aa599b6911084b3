"""Reads a delimited file record by record, whatever is in it, and knows where each begins.

What cannot be read is told and reading goes on with the next line, so that one
open quote or one wrong byte hides nothing that comes after it.
"""

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from resources.sources.forms import FILE_NAME, Writing
from resources.sources.problems import Problem, Problems

#: Longest cell in characters; a quote that is never closed runs into it.
MAX_CELL = 1_000_000
_LONGEST_LINE = 8_000_000
#: Characters of unread lines that are kept.
_ROOM = 20_000_000

Record = tuple[int, list[str]]


class Unread:
    """The text of lines that are no record, as far as there is room for it."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._room = _ROOM

    def add(self, text: str) -> None:
        self._room -= len(text)
        if self._room > 0:
            self._texts.append(text)

    def may_hold(self, value: str) -> bool:
        """Whether an unread line may be the one with this value."""
        return self._room <= 0 or any(value in text for text in self._texts)


class _Lines:
    """The lines of a file for ``csv.reader``; can go back to the second line of a record."""

    def __init__(self, file: TextIO, name: str, problems: Problems, encoding: str) -> None:
        self._file, self._name, self._problems = file, name, problems
        self._encoding = encoding
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._next()
        if not line:
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        return line

    def _next(self) -> str:
        line = self._file.readline(_LONGEST_LINE)
        if len(line) == _LONGEST_LINE:
            expected = f"expected lines of less than {_LONGEST_LINE:,} characters"
            mend = "see that rows end with a line end; the rest of the file was not read"
            self._problems.add(Problem(self._name, self._at(), "", expected, mend=mend))
            return ""
        if not line.isascii():
            line = self._tell_bytes(line)
        return line

    def _at(self) -> int:
        return self.number + len(self._again) + 1

    def _tell_bytes(self, line: str) -> str:
        wrong = next((c for c in line if "\udc80" <= c <= "\udcff" or c == "\ufffd"), None)
        if wrong is None or (wrong == "\ufffd" and self._encoding.startswith("utf")):
            return line
        byte = "" if wrong == "\ufffd" else f", not the byte 0x{ord(wrong) - 0xDC00:02x}"
        called = "UTF-8" if self._encoding.startswith("utf-8") else self._encoding
        expected = f"expected text in {called}{byte}; save the file as UTF-8"
        mend = (
            f"save the file as UTF-8, or name its encoding in {FILE_NAME} (encoding: windows-1252)"
        )
        at = self._at()
        self._problems.add(Problem(self._name, at, "", expected, rule="encoding", mend=mend))
        return line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    def pass_comments(self) -> None:
        """Lines before the header that begin with #, as templates have them."""
        for line in self:
            if not line.lstrip().startswith(("#", '"#')) and line.strip(" \t\r\n,;"):
                break
        else:
            return
        self._again.append(self.taken.pop())
        self.number -= 1

    def begin(self) -> None:
        self.taken.clear()

    def go_back(self) -> str:
        """Read again from the line after the first of this record; gives that first line."""
        first, *others = self.taken
        self._again.extendleft(reversed(others))
        self.number -= len(others)
        self.taken.clear()
        return first


class Records:
    """The records of one file; broken ones are told, left out, and noted in ``unread``."""

    def __init__(self, path: Path, writing: Writing, problems: Problems) -> None:
        self._path, self._writing, self._problems = path, writing, problems
        self.unread = Unread()

    def rows(self, width: int | None = None) -> Iterator[Record]:
        """Each record with the line that it starts on.

        ``width``: cells that the header has; records after the first with another number are told.
        """
        path, problems = self._path, self._problems
        encoding = _encoding(path, self._writing, problems)
        csv.field_size_limit(MAX_CELL)
        with path.open(encoding=encoding, errors=_errors(encoding), newline="") as file:
            lines = _Lines(file, path.name, problems, encoding)
            lines.pass_comments()
            reader = _reader(lines, self._writing)
            first = True
            while True:
                lines.begin()
                line = lines.number + 1
                try:
                    row = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    problems.add(_broken(path.name, line, self._writing, str(error)))
                    self.unread.add(lines.go_back())
                    reader = _reader(lines, self._writing)
                    first = False
                    continue
                if not row:
                    continue
                if width is None or first or len(row) == width:
                    yield line, row
                else:
                    problems.add(_wrong_length(path.name, line, width, len(row)))
                    # An open quote that another one has closed by chance swallows no rows.
                    self.unread.add(lines.go_back())
                    reader = _reader(lines, self._writing)
                first = False


def _wrong_length(name: str, line: int, width: int, found: int) -> Problem:
    expected = f"expected {width} values as in the header, found {found}"
    mend = "quote cells that hold a delimiter or a line end, and leave no cell out"
    return Problem(name, line, "", expected, rule="row length", mend=mend)


def _reader(lines: _Lines, writing: Writing) -> "Iterator[list[str]]":
    return csv.reader(lines, strict=True, delimiter=writing.delimiter, skipinitialspace=True)


def _broken(name: str, line: int, writing: Writing, why: str) -> Problem:
    kind = "comma" if writing.delimiter == "," else repr(writing.delimiter)
    expected = f"expected a row of {kind}-separated values ({why})"
    mend = 'close the quote, or write a quote inside a cell twice ("")'
    return Problem(name, line, "", expected, rule="row form", mend=mend)


def _errors(encoding: str) -> str:
    return "surrogateescape" if encoding in ("utf-8", "utf-8-sig", "ascii") else "replace"


def _encoding(path: Path, writing: Writing, problems: Problems) -> str:
    """The encoding to read in; UTF-16 that nobody has named is told, and read as such."""
    with path.open("rb") as file:
        begin = file.read(3)
    named = codecs.lookup(writing.encoding).name
    if begin.startswith((b"\xff\xfe", b"\xfe\xff")) and not named.startswith("utf-16"):
        expected = f"expected text in UTF-8, not the byte 0x{begin[0]:02x}; save the file as UTF-8"
        mend = f"save the file as UTF-8, or name its encoding in {FILE_NAME} (encoding: utf-16)"
        problems.add(Problem(path.name, 1, "", expected, rule="encoding", mend=mend))
        return "utf-16"
    return "utf-8-sig" if named == "utf-8" else named
